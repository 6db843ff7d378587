// SPDX-License-Identifier: Apache-2.0

#include "parkway/profile/contention_profile.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <ctime>

#include "parkway/os/os.h"
#include "parkway/profile/contention.h"
#include "parkway/profile/output.h"
#include "parkway/profile/sites.h"
#include "parkway/profile/threads.h"

namespace parkway {
namespace {

std::atomic<std::uint32_t> g_one_in{0};  // also after stop_profile()

bool write_to_file(void* context, const char* text, std::size_t length) {
  return std::fwrite(text, 1, length, static_cast<std::FILE*>(context)) ==
         length;
}

}  // namespace

bool start_profile(std::uint32_t one_in) noexcept {
  constexpr std::uint32_t kMost = 1u << 30;
  if (!internal::prepare_notes()) return false;
  one_in = std::clamp(one_in, 1u, kMost);
  g_one_in.store(one_in, std::memory_order_relaxed);
  // release: who notes a wait finds the memory for it.
  internal::profile_one_in.store(one_in, std::memory_order_release);
  return true;
}

void stop_profile() noexcept {
  internal::profile_one_in.store(0, std::memory_order_relaxed);
}

void clear_profile() noexcept { internal::forget_notes(); }

bool write_profile(ProfileFormat format, ProfileSink sink,
                   void* context) noexcept {
  // In the child of a fork nobody may have waited yet.
  if (g_one_in.load(std::memory_order_relaxed) != 0) internal::prepare_notes();
  const internal::Notes* const notes = internal::copy_notes();
  if (notes == nullptr) return false;
  internal::ProfileRun run = {};
  run.began = internal::notes_began();
  run.nanoseconds = os::nanotime() - run.began;
  run.cpu_seconds = static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
  run.one_in = g_one_in.load(std::memory_order_relaxed);
  run.threads = internal::profiled_threads();
  run.of_stock = internal::profile_of_stock.load(std::memory_order_relaxed);
  internal::Output output(sink, context);
  switch (format) {
    case ProfileFormat::kPprof:
      write_pprof(*notes, run, false, output);
      break;
    case ProfileFormat::kPprofReleases:
      write_pprof(*notes, run, true, output);
      break;
    case ProfileFormat::kText:
      write_text(*notes, run, output);
      break;
    case ProfileFormat::kTrace:
      write_trace(*notes, run, output);
      break;
    case ProfileFormat::kJson:
      write_json(*notes, run, output);
      break;
  }
  delete notes;
  return output.finish();
}

bool write_profile(ProfileFormat format, const char* path) noexcept {
  std::FILE* const file = std::fopen(path, "w");
  if (file == nullptr) return false;
  const bool written = write_profile(format, write_to_file, file);
  return std::fclose(file) == 0 && written;
}

}  // namespace parkway
