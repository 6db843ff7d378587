// SPDX-License-Identifier: Apache-2.0

// Text on its way to a ProfileSink.
#ifndef PARKWAY_PROFILE_OUTPUT_H_
#define PARKWAY_PROFILE_OUTPUT_H_

#include <cstddef>
#include <cstdint>

#include "parkway/profile/profile_format.h"
#include "parkway/profile/sites.h"

#if defined(__GNUC__) || defined(__clang__)
#define PARKWAY_PRINTF(text, first) [[gnu::format(printf, text, first)]]
#else
#define PARKWAY_PRINTF(text, first)
#endif

namespace parkway::internal {

// Passes it on in pieces of some size: a sink may be a write(2).
class Output {
 public:
  Output(ProfileSink sink, void* context) : sink_(sink), context_(context) {}
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  // At most 1000 characters a call.
  PARKWAY_PRINTF(2, 3) void print(const char* format, ...);
  // As a string of JSON, with its quotes.
  void quote(const char* text);
  // Passes on what is left. False if the sink has said so at any time; it was
  // not called again then.
  bool finish();

 private:
  static constexpr std::size_t kPiece = 4096;

  void put(const char* text, std::size_t length);

  const ProfileSink sink_;
  void* const context_;
  bool ok_ = true;
  std::size_t held_ = 0;
  char piece_[kPiece];
};

// When and how long, and on what.
struct ProfileRun {
  std::int64_t began;  // os::nanotime()
  std::int64_t nanoseconds;
  double cpu_seconds;
  std::uint32_t one_in;
  std::uint32_t threads;
  bool of_stock;  // profile_of_stock
};

// The sites of `notes` that have waits, the longest times first; by new.
const Site** sorted_sites(const Notes& notes, std::size_t* count) noexcept;

void write_pprof(const Notes& notes, const ProfileRun& run, bool releases,
                 Output& output);
void write_text(const Notes& notes, const ProfileRun& run, Output& output);
void write_trace(const Notes& notes, const ProfileRun& run, Output& output);
void write_json(const Notes& notes, const ProfileRun& run, Output& output);

// A mapping with code of this process.
struct Mapping {
  unsigned long long start;
  unsigned long long end;
  unsigned long long offset;
  char path[512];
};
// Calls visit(context, mapping) for each. None where the system has no
// /proc/self/maps.
void for_each_mapping(void (*visit)(void* context, const Mapping& mapping),
                      void* context);

}  // namespace parkway::internal

#endif  // PARKWAY_PROFILE_OUTPUT_H_
