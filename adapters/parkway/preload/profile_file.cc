// SPDX-License-Identifier: Apache-2.0

#include "parkway/preload/profile_file.h"

#include <fcntl.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstring>

#include "parkway/preload/environment.h"
#include "parkway/preload/message.h"
#include "parkway/profile/contention.h"

namespace parkway::preload {
namespace {

constexpr const char* kFile = "PARKWAY_PROFILE";
constexpr const char* kOneIn = "PARKWAY_PROFILE_ONE_IN";
constexpr std::uint32_t kUsually = 100;

// The process that has started it; 0: there is none.
pid_t g_process = 0;

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() &&
         text.substr(text.size() - end.size()) == end;
}

// "tbb" of libparkway_tbb.so.
std::string_view host_of(std::string_view file) {
  constexpr std::string_view kBefore = "libparkway_";
  if (file.substr(0, kBefore.size()) != kBefore) return file;
  file.remove_prefix(kBefore.size());
  return file.substr(0, file.find('.'));
}

// One of how many; 0: the variable says nothing that we know.
std::uint32_t asked_one_in() {
  const std::string_view text = variable(kOneIn);
  if (text.empty()) return kUsually;
  std::uint32_t one_in = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, one_in);
  return read.ec == std::errc() && read.ptr == end ? one_in : 0;
}

bool write_all(void* context, const char* text, std::size_t length) {
  const int file = *static_cast<const int*>(context);
  while (length > 0) {
    const ssize_t written = write(file, text, length);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text += written;
    length -= static_cast<std::size_t>(written);
  }
  return true;
}

// Null, or what went wrong.
const char* write_to(const char* path) {
  // Without O_TRUNC: nothing of a file that is no regular one is touched.
  // O_NONBLOCK: nor waited for, if it is a pipe.
  int file = open(
      path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0644);
  if (file < 0) {
    return errno == ELOOP ? "it is a symbolic link" : std::strerror(errno);
  }
  errno = 0;  // where there is no memory nothing sets it
  struct stat status;
  const char* problem = nullptr;
  if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) {
    problem = "it is no regular file";
  } else if (ftruncate(file, 0) != 0 ||
             !write_profile(format_of(path), write_all, &file)) {
    problem = errno != 0 ? std::strerror(errno) : "no memory";
  }
  close(file);
  return problem;
}

}  // namespace

ProfileFormat format_of(std::string_view path) noexcept {
  if (ends_with(path, ".txt")) return ProfileFormat::kText;
  if (ends_with(path, ".trace.json")) return ProfileFormat::kTrace;
  if (ends_with(path, ".json")) return ProfileFormat::kJson;
  if (ends_with(path, ".releases")) return ProfileFormat::kPprofReleases;
  return ProfileFormat::kPprof;
}

bool fill_in(std::string_view name, int process, std::string_view host,
             char* path, std::size_t size) noexcept {
  std::size_t at = 0;
  const auto add = [&](std::string_view text) {
    if (text.size() >= size - at) return false;
    at = static_cast<std::size_t>(
        std::copy(text.begin(), text.end(), path + at) - path);
    path[at] = '\0';
    return true;
  };
  char number[16];
  std::snprintf(number, sizeof(number), "%d", process);
  path[0] = '\0';
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] != '%') {
      if (!add(name.substr(i, 1))) return false;
      continue;
    }
    const char letter = ++i < name.size() ? name[i] : '\0';
    if (letter != 'p' && letter != 'h' && letter != '%') return false;
    if (!add(letter == 'p' ? number : letter == 'h' ? host : "%")) return false;
  }
  return at != 0;
}

void start_profile_if_asked_for(const char* library) noexcept {
  const std::string_view name = variable(kFile);
  if (name.empty() || getauxval(AT_SECURE) != 0) return;
  char path[4096];
  if (!fill_in(name, getpid(), host_of(library), path, sizeof(path))) {
    say("%s: %s=%s: after a %% there may be p, h or another %%, and the name "
        "may have 4095 characters; no profile is written",
        library, kFile, name.data());
    return;
  }
  const std::uint32_t one_in = asked_one_in();
  if (one_in == 0) {
    say("%s: %s=%s: a whole number above 0 is wanted; no profile is written",
        library, kOneIn, variable(kOneIn).data());
    return;
  }
  ::parkway::internal::profile_of_stock.store(watching(),
                                              std::memory_order_relaxed);
  if (start_profile(one_in)) {
    g_process = getpid();
  } else {
    say("%s: no memory for a profile", library);
  }
}

void write_profile_if_asked_for(const char* library, bool took_over) noexcept {
  const std::string_view name = variable(kFile);
  if (g_process == 0 || name.empty()) return;
  if (g_process != getpid() && name.find("%p") == std::string_view::npos) {
    return;
  }
  stop_profile();
  // Where nothing was taken over, another process writes that file.
  if (!took_over) return;
  char path[4096];
  if (!fill_in(name, getpid(), host_of(library), path, sizeof(path))) {
    return;
  }
  if (const char* const problem = write_to(path)) {
    say("%s: the profile %s can't be written: %s", library, path, problem);
  }
}

}  // namespace parkway::preload
