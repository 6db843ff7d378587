// SPDX-License-Identifier: Apache-2.0

// How a contention profile is written, and where to.
#ifndef PARKWAY_PROFILE_PROFILE_FORMAT_H_
#define PARKWAY_PROFILE_PROFILE_FORMAT_H_

#include <cstddef>

namespace parkway {

enum class ProfileFormat {
  // For pprof of Go and of gperftools ("google-pprof"): how long each waiter's
  // stack has waited. Addresses; they look for the names.
  kPprof,
  // The same by what others had to wait for each releaser's stack: where the
  // time comes from. Waits that an inline unlock has ended are not in it.
  kPprofReleases,
  // For people: one paragraph for each lock, the costliest first.
  kText,
  // The last single waits on a time line, for Perfetto and chrome://tracing.
  kTrace,
  // Everything, for programs (docs/guide/measure.md has the fields).
  kJson,
};

// Gets the text in pieces. False: it can't be written, and no more comes.
using ProfileSink = bool (*)(void* context, const char* text,
                             std::size_t length);

}  // namespace parkway

#endif  // PARKWAY_PROFILE_PROFILE_FORMAT_H_
