// SPDX-License-Identifier: Apache-2.0

// open_file(), read_file(), pread_file(), read_whole_file(): file calls of
// tasks that leave their thread only if the call has to wait for storage.
#ifndef PARKWAY_TASK_FILE_CALLS_H_
#define PARKWAY_TASK_FILE_CALLS_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "parkway/task/syscall.h"

namespace parkway {

// run_blocking() moves a call to another thread and the task back, which costs
// some 20 us; most reads of files that a program uses again are answered from
// memory in less. These ask first whether the call can be: what can is made on
// the calling thread at once, what can't, and what nothing is known of, goes
// through run_blocking() (parkway/task/run_blocking.h). Outside of a task all
// are plain calls.
//
// A task that goes from one answered call to the next never leaves its thread.
// So each of these calls gives way first if tasks that were resumed have waited
// for a thread for long (Scheduler::give_way()).
//
// Results and error numbers are those of the functions that they are named
// after, in a SyscallResult (parkway/task/syscall.h); the caller's errno stays
// what it was. The memory that they are given is used until they return.
// Visible as if they had been plain calls: what run_blocking() says.
//
// Origin: Go's idea that a system call keeps its place only while it is short
// (its monitor takes it away after 20 us). A task's thread can't be taken from
// it, so the kernel is asked: RWF_NOWAIT (Linux 4.14) and RESOLVE_CACHED
// (5.12). Elsewhere, and on file systems that know neither, every call of
// a task goes through run_blocking().

// On Windows files are descriptors of the C runtime, as those of _open(), and
// err is GetLastError()'s. What is read are the file's bytes, also where it was
// opened as text. While a thread reads by an offset the file's position moves;
// read_file() and pread_file() take turns, and nobody else knows of that. For
// a number that is no descriptor's the runtime calls its handler of invalid
// parameters, which ends the program, or not: then err is ERROR_INVALID_HANDLE.

// open(path, flags | O_CLOEXEC, mode). The caller closes r1. On Windows
// _open(path, flags | _O_NOINHERIT | _O_BINARY, mode), where _O_TEXT and the
// like in `flags` take the place of _O_BINARY; of `mode` _S_IREAD and _S_IWRITE
// count.
SyscallResult open_file(const char* path, int flags, unsigned mode = 0);

// read(file, buffer, bytes), from and beyond the file's position. A regular
// file is read as far as it goes, as read() does; the part that is in memory
// first, and then the rest. Two threads that read by the same position at
// a time may each get a part of what the other asked for.
SyscallResult read_file(int file, void* buffer, std::size_t bytes);

// pread(file, buffer, bytes, offset). Leaves the file's position alone.
SyscallResult pread_file(int file, void* buffer, std::size_t bytes,
                         std::int64_t offset);

// All that the file has, from its start to its end, in `*content`, whose memory
// is used again. r1 is content->size(). A call that a signal interrupts is made
// again. If it fails `*content` is what had been read before.
//
// What is in memory takes no more calls than one that asks for the size, reads
// until nothing is left and closes: there is no need to look first what kind of
// file it is, since whatever it is will be read to its end. So prefer it to
// open_file() and read_file(), which have to ask before they open and before
// they read. A device, too, is opened without waiting at first (O_NONBLOCK), on
// the calling thread: for one whose driver remembers that use open_file().
// Throws what a string throws that can't have the memory; the file is closed
// then.
SyscallResult read_whole_file(const char* path, std::string* content);

}  // namespace parkway

#endif  // PARKWAY_TASK_FILE_CALLS_H_
