// SPDX-License-Identifier: Apache-2.0

// mmap(), munmap() and mprotect() as the process would have them without this
// library.
#ifndef PARKWAY_TBB_PRELOAD_STACKS_SYSTEM_MEMORY_H_
#define PARKWAY_TBB_PRELOAD_STACKS_SYSTEM_MEMORY_H_

#include <sys/types.h>

#include <cstddef>

namespace parkway::preload {

// The next definition, of libc or of whatever else is preloaded. Before this
// library's constructors have run, the system call: programs map memory that
// early, and inside malloc(), where nothing may be looked up. Arguments, result
// and errno are those of the functions.
void* system_mmap(void* address, std::size_t bytes, int protection, int flags,
                  int file, off_t offset) noexcept;
int system_munmap(void* address, std::size_t bytes) noexcept;
int system_mprotect(void* address, std::size_t bytes, int protection) noexcept;

}  // namespace parkway::preload

#endif  // PARKWAY_TBB_PRELOAD_STACKS_SYSTEM_MEMORY_H_
