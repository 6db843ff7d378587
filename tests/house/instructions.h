// SPDX-License-Identifier: Apache-2.0

// How many instructions a function takes: unlike a time it is the same in each
// run.
#ifndef PARKWAY_TESTS_HOUSE_INSTRUCTIONS_H_
#define PARKWAY_TESTS_HOUSE_INSTRUCTIONS_H_

namespace parkway::test {

// Of the second call of `work` in a child process, which runs alone and step by
// step: the first one has done what happens once. -1 where no process may be
// run so.
long InstructionsOf(void (*work)());

}  // namespace parkway::test

#endif  // PARKWAY_TESTS_HOUSE_INSTRUCTIONS_H_
