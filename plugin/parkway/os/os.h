// SPDX-License-Identifier: Apache-2.0

// What parkway asks of an operating system. The declarations are the same
// everywhere; Bazel links the one folder parkway/os/<os>/ that defines them,
// with files that it shares with others. The names follow the two callback sets
// of the 2011 Go change: a system offers futexsleep/futexwakeup, or
// semacreate/semasleep/semawakeup (parkway/os/semaphore.h). The semaphore set
// of a system that has futexes is WorkerSemaphore
// (parkway/wait/worker_semaphore.h), built on the first set; the futexes of one
// that has semaphores are parkway/os/derived/futex_by_semaphore.h.
#ifndef PARKWAY_OS_OS_H_
#define PARKWAY_OS_OS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "parkway/os/language.h"

namespace parkway::os {

// "No deadline" for every function that takes one. Deadlines are absolute, in
// nanoseconds of nanotime(), so that a wait which is interrupted and entered
// again never starts its time anew.
inline constexpr std::int64_t kForever = INT64_MAX;

// Atomically: if *word == expected, sleeps until a wakeup, a signal, the
// deadline, or for no reason at all. Returns false only if the deadline has
// passed; every other return is true and may be spurious. Touches nothing but
// the address, so the object around *word may be gone by the time of a wake.
bool futexsleep(std::atomic<std::uint32_t>* word, std::uint32_t expected,
                std::int64_t deadline) noexcept;

// Wakes at most `count` threads asleep on the address. The memory at `word`
// is not read and need no longer be the object that it was.
void futexwakeup(std::atomic<std::uint32_t>* word,
                 std::uint32_t count) noexcept;

// Makes every running thread of the process pass a full memory barrier, each
// between two of its instructions, before it returns. False if the kernel
// does not offer that (seccomp, Linux before 4.14), or has not been asked to
// prepare it; then nothing was done.
bool process_barrier() noexcept;

// Prepares that for this process and, on Linux, for the children of its forks.
// False if it can't be had, or if the process has more than one thread already:
// then the kernel would make the caller wait for some 10 ms.
bool prepare_process_barrier() noexcept;

// CPUs that the process may use, at least 1: those of its affinity mask, or all
// that are running where the system has no such mask. Where only threads have
// masks (Linux): of the first thread or of the caller, whichever is not pinned
// to one CPU. If both are, 1 if every thread that has asked was pinned to the
// same one, and 2 else, which means "several". So the answer may grow.
int ncpu() noexcept;

// Monotonic nanoseconds since some fixed point.
std::int64_t nanotime() noexcept;

// The same, cheaper, and late by up to 10 ms.
std::int64_t coarse_nanotime() noexcept;

// The calling thread's real-time priority; 0 for a thread that has none, and
// where the system does not say.
int thread_priority() noexcept;

// Lets another runnable thread have the CPU.
void osyield() noexcept;

// Zeroed memory from the system, never given back. Null if there is none.
void* sysalloc(std::size_t bytes) noexcept;

// The same, which the child of each fork finds zeroed again, before any handler
// of that fork runs and whatever the parent has written. Null if the system
// can't do that, or has no mapping left.
void* map_wiped_on_fork(std::size_t bytes) noexcept;

// Memory for stacks, zeroed and readable and writable, in a range whose start
// is a multiple of `alignment` (a power of two). Pages cost memory when they
// are first touched, and huge pages are not used. Null if there is none, or no
// mapping left.
void* map_stacks(std::size_t bytes, std::size_t alignment) noexcept;
// All of what a map_stacks() returned.
void unmap_stacks(void* memory, std::size_t bytes) noexcept;

// Pages of stacks; `page` and `bytes` are multiples of 4096 and page_bytes().
// Makes every access to it fault. Where the kernel can't do that within a
// mapping (MADV_GUARD_INSTALL, Linux 6.13) it splits it, and there is a limit
// to the number of mappings. False if that was reached.
bool guard_stack(void* page, std::size_t bytes) noexcept;
// The system takes the memory; the next access finds zeroes. `lazily`: only
// when the system is short of memory, and until then the old contents are
// there.
void release_stack(void* page, std::size_t bytes, bool lazily) noexcept;
// The unit of all that.
std::size_t page_bytes() noexcept;

// Calls fn(arg) when the calling thread exits, as late as the system allows.
// One registration per thread; a later one replaces it, and one made by a
// destructor that runs after fn is honoured again. False if it can't be had.
bool at_thread_exit(void (*fn)(void*), void* arg) noexcept;

// Starts a thread that runs function(argument), with all signals blocked, that
// nobody waits for. False if the system has none left.
bool start_thread(void (*function)(void*), void* argument) noexcept;

// Calls fn() in every child that the process forks from now on, before fork()
// returns there. False if it can't be had.
bool at_fork_in_child(void (*fn)()) noexcept;

// Defined where it is seen to that a library which has this code in it stays
// mapped when it is closed, and its threads can still end. Whoever gives the
// system a function to call later refers to it, so that it is linked.
extern const bool keeps_code_mapped;

// The error number that the calling thread's last failed call has left: errno,
// on Windows GetLastError(). Functions and not the system's macros, because
// a compiler may keep errno's address across a wait, after which a task is on
// another thread.
int last_error() noexcept;
void set_last_error(int error) noexcept;

// Writes to standard error without allocating, ignoring failure.
void write_error(const char* text, std::size_t length) noexcept;

}  // namespace parkway::os

#endif  // PARKWAY_OS_OS_H_
