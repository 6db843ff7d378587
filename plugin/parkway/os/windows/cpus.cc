// SPDX-License-Identifier: Apache-2.0

#include "parkway/os/os.h"
#include "parkway/os/windows/keep_last_error.h"
#include "parkway/os/windows/system_header.h"

namespace parkway::os {
namespace {

int bits_of(DWORD_PTR mask) {
  int count = 0;
  for (; mask != 0; mask &= mask - 1) ++count;
  return count;
}

// In the mask of a process of one group of processors (of 64 at most). 0 if its
// threads are in more than one.
int in_mask(HANDLE process) {
  DWORD_PTR own = 0;
  DWORD_PTR all = 0;
  return GetProcessAffinityMask(process, &own, &all) ? bits_of(own) : 0;
}

// Of all groups that the process may use: since Windows 11 those are all, as
// long as nobody sets a mask.
int in_groups(HANDLE process) {
  USHORT groups[64];  // more than there can be
  USHORT count = sizeof(groups) / sizeof(groups[0]);
  if (!GetProcessGroupAffinity(process, &count, groups)) return 0;
  if (count == 1) return in_mask(process);
  DWORD cpus = 0;
  for (USHORT i = 0; i < count; ++i) {
    cpus += GetActiveProcessorCount(groups[i]);
  }
  return static_cast<int>(cpus);
}

}  // namespace

int ncpu() noexcept {
  const windows::KeepLastError keep;
  const HANDLE process = GetCurrentProcess();
  int cpus = GetActiveProcessorGroupCount() > 1 ? in_groups(process)
                                                : in_mask(process);
  if (cpus == 0) {
    SYSTEM_INFO system;
    GetSystemInfo(&system);
    cpus = static_cast<int>(system.dwNumberOfProcessors);
  }
  return cpus > 0 ? cpus : 1;
}

}  // namespace parkway::os
