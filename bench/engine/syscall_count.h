// SPDX-License-Identifier: Apache-2.0

// Counting the system calls of a piece of code, by watching it as a debugger
// would.

#ifndef PARKWAY_BENCH_ENGINE_SYSCALL_COUNT_H_
#define PARKWAY_BENCH_ENGINE_SYSCALL_COUNT_H_

#include <functional>
#include <optional>

namespace parkway_bench {

// Runs `code` in a forked child and returns how many system calls its first
// thread made between the calls of MarkCountedSection(): the first opens a
// section, the second closes it, and so on. Other threads that `code` starts
// are not counted. Nothing when the system does not let us watch. The calling
// process must have one thread only; the child gets 20 seconds.
std::optional<long> CountSyscalls(const std::function<void()>& code);

void MarkCountedSection();

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_ENGINE_SYSCALL_COUNT_H_
