// SPDX-License-Identifier: Apache-2.0

// What the calling convention has a function keep, put to the test:
// context_registers_<processor>.S.
#ifndef PARKWAY_TESTS_UNIT_TASK_CONTEXT_REGISTERS_H_
#define PARKWAY_TESTS_UNIT_TASK_CONTEXT_REGISTERS_H_

#include <cstdint>

// Gives each register that a function must keep a value of its own, from `base`
// on, and calls call(argument). Returns how many have lost theirs.
extern "C" int parkway_test_registers_lost(void (*call)(void* argument),
                                           void* argument, std::uint64_t base);

#endif  // PARKWAY_TESTS_UNIT_TASK_CONTEXT_REGISTERS_H_
