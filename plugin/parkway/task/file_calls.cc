// SPDX-License-Identifier: Apache-2.0

#include "parkway/task/file_calls.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "parkway/os/cached_file.h"
#include "parkway/os/file.h"
#include "parkway/task/run_blocking.h"
#include "parkway/task/scheduler.h"

namespace parkway {
namespace {

SyscallResult success(std::int64_t value) {
  SyscallResult result;
  result.r1 = value;
  return result;
}

// The caller's scheduler, or null. Each call here is a place where others that
// have waited for long may come first.
Scheduler* scheduler_giving_way() {
  Scheduler* const scheduler = scheduler_of_caller();
  if (scheduler != nullptr) {
    blocking_call([scheduler] { scheduler->give_way(); });
  }
  return scheduler;
}

// In one piece, waiting where it has to.
SyscallResult read_blocking(int file, char* buffer, std::size_t bytes,
                            std::int64_t offset) {
  return run_blocking([&] {
    return offset == os::kFilePosition
               ? blocking_call(os::read_file, file, buffer, bytes)
               : blocking_call(os::pread_file, file, buffer, bytes, offset);
  });
}

SyscallResult read_at(int file, void* memory, std::size_t bytes,
                      std::int64_t offset) {
  char* const buffer = static_cast<char*>(memory);
  if (scheduler_giving_way() == nullptr ||
      blocking_call(os::may_be_cached, file).r1 == 0) {
    return read_blocking(file, buffer, bytes, offset);
  }
  std::size_t done = 0;
  const auto next = [&] {
    return offset == os::kFilePosition
               ? offset
               : offset + static_cast<std::int64_t>(done);
  };
  // Where the next byte is, at least: a position is not known.
  const auto least = [&] {
    return std::max<std::int64_t>(offset, 0) + static_cast<std::int64_t>(done);
  };
  while (done < bytes) {
    // By blocking_call(), as all here, so that errno stays the caller's.
    const std::int64_t got = blocking_call(os::read_cached, file, buffer + done,
                                           bytes - done, next())
                                 .r1;
    if (got == 0) break;  // the file's end
    if (got < 0) {
      const SyscallResult rest =
          read_blocking(file, buffer + done, bytes - done, next());
      if (done == 0) return rest;
      // What has been read counts; an error comes again with the next call.
      if (rest.r1 > 0) done += static_cast<std::size_t>(rest.r1);
      break;
    }
    done += static_cast<std::size_t>(got);
    // A part: up to the end, or as far as it is in memory, or what a pipe has.
    if (done < bytes && blocking_call(os::has_more, file, least()).r1 == 0) {
      break;
    }
  }
  return success(static_cast<std::int64_t>(done));
}

// Closes it, whatever happens. A thread may be cancelled in that as well, so an
// exception may come out of it.
class OwnFile {
 public:
  explicit OwnFile(int file) : file_(file) {}
  ~OwnFile() noexcept(false) { blocking_call(os::close_file, file_); }
  OwnFile(const OwnFile&) = delete;
  OwnFile& operator=(const OwnFile&) = delete;

  int get() const { return file_; }

 private:
  const int file_;
};

// What of a string is filled, and room for more of a file.
class Filling {
 public:
  explicit Filling(std::string* content) : content_(content) {}
  // Room for a file of that size, and for the byte more that shows its end.
  // What is not a file's size, as that of /proc/kcore, is not believed.
  void expect(std::int64_t size) {
    constexpr std::int64_t kMostBelieved = std::int64_t{1} << 30;
    constexpr std::size_t kUnknown = 4096;
    const bool known = size > 0 && size <= kMostBelieved;
    content_->resize(known ? static_cast<std::size_t>(size) + 1 : kUnknown);
  }
  char* next() { return content_->data() + done_; }
  std::size_t room() const { return content_->size() - done_; }
  std::int64_t done() const { return static_cast<std::int64_t>(done_); }
  void add(std::int64_t bytes) {
    done_ += static_cast<std::size_t>(bytes);
    if (room() == 0) content_->append(done_, '\0');
  }
  // Cuts off what is not filled.
  SyscallResult end() {
    content_->resize(done_);
    return success(static_cast<std::int64_t>(done_));
  }

 private:
  std::string* const content_;
  std::size_t done_ = 0;
};

SyscallResult fill(int file, Filling* filling) {
  for (;;) {
    const SyscallResult got =
        blocking_call(os::read_file, file, filling->next(), filling->room());
    if (got.r1 > 0) {
      filling->add(got.r1);
    } else if (got.r1 == 0 || !os::was_interrupted(got.err)) {
      const SyscallResult all = filling->end();
      return got.r1 == 0 ? all : got;
    }
  }
}

SyscallResult read_whole_blocking(const char* path, std::string* content) {
  SyscallResult opened;
  do {
    opened = blocking_call(os::open_file, path, os::kReadOnly, 0u);
  } while (opened.r1 < 0 && os::was_interrupted(opened.err));
  Filling filling(content);
  if (opened.r1 < 0) {
    filling.end();
    return opened;
  }
  const OwnFile file(opened.as<int>());
  filling.expect(blocking_call(os::regular_size, file.get()).r1);
  return fill(file.get(), &filling);
}

}  // namespace

SyscallResult open_file(const char* path, int flags, unsigned mode) {
  const auto open_here = [&] {
    return blocking_call(os::open_file, path, flags, mode);
  };
  if (scheduler_giving_way() == nullptr) return open_here();
  const SyscallResult file = blocking_call(os::open_cached, path, flags);
  return file.r1 >= 0 ? success(file.r1) : run_blocking(open_here);
}

SyscallResult read_file(int file, void* buffer, std::size_t bytes) {
  return read_at(file, buffer, bytes, os::kFilePosition);
}

SyscallResult pread_file(int file, void* buffer, std::size_t bytes,
                         std::int64_t offset) {
  // Not os::kFilePosition, which it is here.
  if (offset < 0) {
    return blocking_call(os::pread_file, file, buffer, bytes, offset);
  }
  return read_at(file, buffer, bytes, offset);
}

SyscallResult read_whole_file(const char* path, std::string* content) {
  if (scheduler_giving_way() == nullptr) {
    return read_whole_blocking(path, content);
  }
  const SyscallResult opened = blocking_call(os::open_to_read_cached, path);
  if (opened.r1 < 0) {
    return run_blocking([&] { return read_whole_blocking(path, content); });
  }
  std::optional<OwnFile> file(std::in_place, opened.as<int>());
  const std::int64_t size = opened.r2;
  Filling filling(content);
  filling.expect(size);
  while (size >= 0) {
    const std::int64_t got =
        blocking_call(os::read_cached, file->get(), filling.next(),
                      filling.room(), os::kFilePosition)
            .r1;
    // Short of its size is not the end: some kernels say so of what they do not
    // have in memory.
    if (got == 0 && filling.done() >= size) return filling.end();
    if (got <= 0) break;
    filling.add(got);
  }
  // To close it may wait, too.
  return run_blocking([&] {
    SyscallResult result =
        blocking_call(os::wait_from_now_on, file->get()).r1 != 0
            ? fill(file->get(), &filling)
            : read_whole_blocking(path, content);
    file.reset();
    return result;
  });
}

}  // namespace parkway
