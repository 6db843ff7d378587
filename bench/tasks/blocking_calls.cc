// SPDX-License-Identifier: Apache-2.0

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "bench/engine/scratch_folder.h"
#include "bench/tasks/delay_line.h"
#include "bench/tasks/measure.h"
#include "bench/tasks/slow_files.h"
#include "bench/tasks/task_groups.h"
#include "oneapi/tbb/parallel_for.h"
#include "oneapi/tbb/partitioner.h"
#include "oneapi/tbb/task_arena.h"
#include "parkway/task/syscall.h"
#include "parkway/tbb/task/blocking_call.h"
#include "parkway/tbb/task/file_calls.h"

namespace parkway_bench {
namespace {

using parkway::SyscallResult;

constexpr int kCalls = 400;
constexpr std::int64_t kCallNanos = 1'000'000;
constexpr std::size_t kFileBytes = 64 * 1024;

// How a task makes a call.
struct Parked {
  static constexpr char kName[] = "tbb::blocking_call";
  static constexpr Side kSide = Side::kParkway;
  template <typename... Args>
  static SyscallResult Call(Args&&... args) {
    return parkway::tbb::blocking_call(std::forward<Args>(args)...);
  }
};
struct Direct {
  static constexpr char kName[] = "called directly";
  static constexpr Side kSide = Side::kStock;
  template <typename... Args>
  static SyscallResult Call(Args&&... args) {
    return parkway::blocking_call(std::forward<Args>(args)...);
  }
};

// body(i) -> bool in kCalls tasks.
template <typename Body>
Sample MeasureCalls(Body body) {
  std::atomic<int> right{0};
  tbb::task_arena arena(kTaskWorkers);
  arena.initialize();
  Sample sample = MeasureOnce([&] {
    arena.execute([&] {
      tbb::parallel_for(
          0, kCalls, [&](int i) { right += body(i) ? 1 : 0; },
          tbb::simple_partitioner());
    });
    return static_cast<double>(kCalls);
  });
  if (right != kCalls) {
    sample.error =
        absl::StrCat("only ", right.load(), " of ", kCalls, " calls succeeded");
  }
  return sample;
}

template <typename How>
Sample Sleeps() {
  return MeasureCalls([](int) {
    const timespec time = {0, kCallNanos};
    return How::Call(::nanosleep, &time, nullptr).r1 == 0;
  });
}

// Sends a byte through a pipe a millisecond after it was asked to.
class SlowPipe {
 public:
  SlowPipe() {
    if (pipe(ends_) != 0) {
      ends_[0] = ends_[1] = -1;
    }
  }
  ~SlowPipe() {
    bytes_.reset();
    close(ends_[0]);
    close(ends_[1]);
  }

  void Ask() { bytes_->Add(""); }
  int reading_end() const { return ends_[0]; }

 private:
  int ends_[2];
  std::optional<DelayLine<const char*>> bytes_{
      std::in_place, std::chrono::nanoseconds(kCallNanos),
      [this](const char* byte) {
        // A write that fails leaves a reader waiting; the run has a time limit.
        [[maybe_unused]] const ssize_t sent = write(ends_[1], byte, 1);
      }};
};

template <typename How>
Sample Pipes() {
  SlowPipe pipe;
  return MeasureCalls([&pipe](int) {
    char byte;
    pipe.Ask();
    return How::Call(::read, pipe.reading_end(), &byte, 1).r1 == 1;
  });
}

// kCalls files, made once.
class Files {
 public:
  Files() {
    const std::string content(kFileBytes, 'x');
    for (int i = 0; i < kCalls; ++i) {
      paths_.push_back(absl::StrCat(folder_.path(), "/", i));
      std::ofstream(paths_.back(), std::ios::binary) << content;
    }
  }
  const std::string& path(int i) const {
    return paths_[static_cast<std::size_t>(i)];
  }
  // Takes them out of the page cache, where the file system has one and lets
  // go of it.
  void Drop() const {
    for (const std::string& path : paths_) {
      const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
      fsync(file);
      posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
      close(file);
    }
  }

 private:
  const ScratchFolder folder_;
  std::vector<std::string> paths_;
};

// All of one file, opened and read with open(path, flags) and read(file,
// buffer, bytes). Like a system call: the number of bytes, or -1 with the error
// number.
template <typename Open, typename Read>
SyscallResult ReadFile(Open open, Read read, const char* path) {
  const SyscallResult file = open(path, O_RDONLY | O_CLOEXEC);
  if (file.r1 < 0) {
    return file;
  }
  std::array<char, kFileBytes> buffer;
  SyscallResult all;
  for (;;) {
    const SyscallResult got =
        read(file.as<int>(), buffer.data(), buffer.size());
    if (got.r1 <= 0) {
      close(file.as<int>());
      return got.r1 < 0 ? got : all;
    }
    all.r1 += got.r1;
  }
}

std::int64_t ReadPlainly(const char* path) {
  return ReadFile(
             [](const char* p, int flags) {
               return parkway::blocking_call(::open, p, flags);
             },
             [](int file, char* buffer, std::size_t bytes) {
               return parkway::blocking_call(::read, file, buffer, bytes);
             },
             path)
      .r1;
}

// By the calls for files.
struct CachedFirst {
  static constexpr char kName[] = "tbb::open_file, read_file";
  static constexpr Side kSide = Side::kParkway;
};

std::int64_t ReadCachedFirst(const char* path) {
  return ReadFile([](const char* p,
                     int flags) { return parkway::tbb::open_file(p, flags); },
                  [](int file, char* buffer, std::size_t bytes) {
                    return parkway::tbb::read_file(file, buffer, bytes);
                  },
                  path)
      .r1;
}

template <typename How>
bool ReadsAll(const char* path) {
  if constexpr (std::is_same_v<How, CachedFirst>) {
    return ReadCachedFirst(path) == kFileBytes;
  } else {
    return How::Call(ReadPlainly, path).r1 == kFileBytes;
  }
}

template <typename How>
Sample Reads(const Files& files, bool cold) {
  if (cold) {
    files.Drop();
  }
  return MeasureCalls(
      [&files](int i) { return ReadsAll<How>(files.path(i).c_str()); });
}

template <typename How>
Sample SlowReads() {
  // Served from when they are needed to the end of the program.
  static const SlowFiles files(kCalls, kFileBytes,
                               std::chrono::microseconds(kCallNanos / 1000));
  if (!files.error().empty()) {
    Sample failed;
    failed.error = files.error();
    return failed;
  }
  return MeasureCalls(
      [](int i) { return ReadsAll<How>(files.path(i).c_str()); });
}

template <typename How>
Cell CallCell(const char* group, std::function<Sample()> measure) {
  Cell cell;
  cell.group = group;
  cell.subject = How::kName;
  cell.threads = kTaskWorkers;
  cell.side = How::kSide;
  cell.reference = std::is_same_v<How, Parked>;
  cell.measure = std::move(measure);
  return cell;
}

template <typename How>
void AddReads(const char* group, bool cold, std::vector<Cell>* cells) {
  cells->push_back(CallCell<How>(group, [cold] {
    // Made when they are needed, removed at the end of the program.
    static const Files files;
    return Reads<How>(files, cold);
  }));
}

template <typename How>
void AddSlowReads(std::vector<Cell>* cells) {
  cells->push_back(CallCell<How>("BlockingCallSlowFile", &SlowReads<How>));
  cells->back().why_not = &SlowFiles::WhyNot;
}

}  // namespace

void AddBlockingCalls(std::vector<Cell>* cells) {
  cells->push_back(CallCell<Parked>("BlockingCallSleep", &Sleeps<Parked>));
  cells->push_back(CallCell<Direct>("BlockingCallSleep", &Sleeps<Direct>));
  cells->push_back(CallCell<Parked>("BlockingCallPipe", &Pipes<Parked>));
  cells->push_back(CallCell<Direct>("BlockingCallPipe", &Pipes<Direct>));
  AddSlowReads<Parked>(cells);
  AddSlowReads<CachedFirst>(cells);
  AddSlowReads<Direct>(cells);
  AddReads<Parked>("BlockingCallColdFile", true, cells);
  AddReads<CachedFirst>("BlockingCallColdFile", true, cells);
  AddReads<Direct>("BlockingCallColdFile", true, cells);
  AddReads<Parked>("BlockingCallCachedFile", false, cells);
  AddReads<CachedFirst>("BlockingCallCachedFile", false, cells);
  AddReads<Direct>("BlockingCallCachedFile", false, cells);
}

}  // namespace parkway_bench
