// SPDX-License-Identifier: Apache-2.0

#include "parkway/profile/probes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <string>

#include "parkway/profile/output.h"

namespace parkway::internal {
namespace {

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

// The file that has this code; "" if the system does not say.
std::string FileOfProbes() {
  std::string file;
  for_each_mapping(
      [](void* context, const Mapping& mapping) {
        const auto here = reinterpret_cast<std::uintptr_t>(&probe_entry);
        if (here >= mapping.start && here < mapping.end) {
          *static_cast<std::string*>(context) = mapping.path;
        }
      },
      &file);
  return file;
}

TEST(Probes, AreInTheNotesOfTheFile) {
  if (!has_probes) GTEST_SKIP() << "compiled without <sys/sdt.h>";
  const std::string file = FileOfProbes();
  ASSERT_NE(file, "");
  const std::string notes =
      Printed(("readelf -n '" + file + "' 2>/dev/null").c_str());
  if (notes.empty()) GTEST_SKIP() << "there is no readelf here";
  EXPECT_THAT(notes, testing::HasSubstr("Provider: parkway"));
  int lock = 0;
  probe_entry(WaitKind::kMutex, &lock);  // so that they are linked
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
