// SPDX-License-Identifier: Apache-2.0

#include "parkway/profile/probes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <string>

namespace parkway::internal {
namespace {

constexpr WaitKind kAll[] = {
    WaitKind::kMutex,     WaitKind::kReader,
    WaitKind::kWriter,    WaitKind::kConditionVariable,
    WaitKind::kCondition,
};

std::string Printed(const char* command) {
  std::string text;
  std::FILE* const pipe = popen(command, "r");
  if (pipe == nullptr) return text;
  char piece[4096];
  std::size_t length;
  while ((length = std::fread(piece, 1, sizeof(piece), pipe)) > 0) {
    text.append(piece, length);
  }
  pclose(pipe);
  return text;
}

// This program has them all, because of the calls below.
TEST(Probes, AreInTheNotesOfTheFile) {
  if (!kHasProbes) GTEST_SKIP() << "compiled without <sys/sdt.h>";
  int lock = 0;
  for (const WaitKind kind : kAll) {
    probe_entry(kind, &lock);
    probe_release(kind, &lock);
    probe_end(kind, &lock);
  }
  const std::string notes = Printed("readelf -n /proc/$PPID/exe 2>/dev/null");
  if (notes.empty()) GTEST_SKIP() << "there is no readelf here";
  EXPECT_THAT(notes, testing::HasSubstr("Provider: parkway"));
  for (const char* name :
       {"mutex_entry", "mutex_acquired", "mutex_release", "rdlock_entry",
        "rdlock_acquire_read", "wrlock_entry", "wrlock_acquire_write",
        "rwlock_unlock", "cond_wait", "cond_signal", "wait_entry", "wait_done",
        "wake"}) {
    EXPECT_THAT(notes, testing::HasSubstr(std::string("Name: ") + name + "\n"));
  }
}

}  // namespace
}  // namespace parkway::internal
