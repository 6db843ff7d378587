// SPDX-License-Identifier: Apache-2.0

// What happened in the input that runs now, for whoever reads a failure.
#ifndef PARKWAY_TESTS_FUZZ_STORY_H_
#define PARKWAY_TESTS_FUZZ_STORY_H_

#include <string>

namespace parkway::fuzz {

// A new input: forgets the last one.
void StartStory();

// One more line.
void Tell(std::string line);

// Prints the story and then what is wrong, and ends the program: libFuzzer
// saves the input, and so does the driver (driver_test.cc). Any thread.
[[noreturn]] void Fail(const std::string& what);

// Fails unless that is so.
inline void Expect(bool so, const char* what) {
  if (!so) Fail(what);
}

// For a watchdog: prints the story so far.
void PrintStory();

}  // namespace parkway::fuzz

#endif  // PARKWAY_TESTS_FUZZ_STORY_H_
