// SPDX-License-Identifier: Apache-2.0

// Hashes every file below a folder and finds those that are the same, in
// parallel with oneTBB.
//
// 64 tasks take one file after the other: each reads a file as a whole, hashes
// it, and enters it into a map that all tasks share, behind one mutex. On stock
// a task that reads keeps its worker; with parkway it keeps it for what is in
// the page cache, and leaves it to a task that hashes where it has to wait.
//
// --read-delay-us N makes each read sleep for so long first, as slow storage
// would, in one blocking call that opens, reads and closes; the default is 0.
//
// Threads are not pinned, unlike in the other programs: those that read belong
// to neither kind of locks' workers, and the kernel has to place them.
//
// Standard output depends on the input only, never on the schedule, the threads
// or the locks.

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/partitioner.h>
#include <oneapi/tbb/task_arena.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "bench/programs/corpus.h"
#include "bench/programs/digest.h"
#include "bench/programs/program_options.h"
#include "bench/programs/run_report.h"
#include "bench/programs/wait_meter.h"
#include "parkway/tbb/switched.h"

namespace parkway_bench {
namespace {

using Mutex = parkway::switched::tbb::task_mutex;
using Lock = MeteredScopedLock<Mutex>;
using parkway::SyscallResult;

// Files that are read or hashed at a time; as many threads read at most.
constexpr int kInFlight = 64;
constexpr std::size_t kShown = 10;

struct Settings {
  int threads = 1;
  int rounds = 1;
  int read_delay_us = 0;
};

void SleepFor(int microseconds) {
  const timespec time = {microseconds / 1000000,
                         microseconds % 1000000 * 1000L};
  nanosleep(&time, nullptr);
}

SyscallResult ReadFile(const char* path, int delay_us, std::string* content) {
  using namespace parkway::switched::tbb;
  if (delay_us == 0) return read_whole_file(path, content);
  SyscallResult result;
  blocking_call([&] {
    SleepFor(delay_us);
    result = parkway::read_whole_file(path, content);
  });
  return result;
}

// Files of the same content, as far as length and digest say.
struct Same {
  std::vector<std::uint32_t> files;
  std::uint64_t times_seen = 0;
};
using ByContent = std::map<std::pair<std::uint64_t, std::uint64_t>, Same>;

// What all tasks enter their files into.
class Results {
 public:
  void Add(std::uint32_t file, std::uint64_t bytes, std::uint64_t digest,
           bool first_round) {
    const Lock lock(mutex_);
    Same& same = by_content_[{bytes, digest}];
    ++same.times_seen;
    bytes_ += bytes;
    if (first_round) {
      same.files.push_back(file);
    }
  }
  void AddUnreadable() {
    const Lock lock(mutex_);
    ++unreadable_;
  }

  // When all tasks have ended.
  ByContent& by_content() { return by_content_; }
  std::uint64_t bytes() const { return bytes_; }
  std::uint64_t unreadable() const { return unreadable_; }

 private:
  Mutex mutex_;
  ByContent by_content_;
  std::uint64_t bytes_ = 0;
  std::uint64_t unreadable_ = 0;
};

void HashAll(const std::vector<TextFile>& files, const Settings& settings,
             Results* results) {
  const std::size_t total =
      files.size() * static_cast<std::size_t>(settings.rounds);
  std::atomic<std::size_t> next{0};
  tbb::parallel_for(
      0, kInFlight,
      [&](int) {
        std::string content;
        for (std::size_t i = next++; i < total; i = next++) {
          const std::size_t file = i % files.size();
          const SyscallResult read = ReadFile(files[file].path.c_str(),
                                              settings.read_delay_us, &content);
          if (read.r1 < 0) {
            results->AddUnreadable();
          } else {
            results->Add(static_cast<std::uint32_t>(file), content.size(),
                         Fingerprint(content), i < files.size());
          }
        }
      },
      tbb::simple_partitioner());
}

void Print(const std::vector<TextFile>& files, const Settings& settings,
           Results* results) {
  std::uint64_t digest = 0;
  std::uint64_t doubles = 0;
  std::uint64_t wasted = 0;
  struct Group {
    std::uint64_t bytes;
    std::vector<std::uint32_t> files;
  };
  std::vector<Group> groups;
  for (auto& [content, same] : results->by_content()) {
    std::sort(same.files.begin(), same.files.end());
    digest = Mix(digest ^ content.first);
    digest = Mix(digest ^ content.second ^ same.times_seen);
    for (const std::uint32_t file : same.files) {
      digest = Mix(digest ^ Fingerprint(files[file].name));
    }
    if (same.files.size() > 1) {
      doubles += same.files.size() - 1;
      wasted += (same.files.size() - 1) * content.first;
      groups.push_back({content.first, same.files});
    }
  }
  // What wastes most first, then by name: one order for every schedule.
  std::sort(groups.begin(), groups.end(), [](const Group& a, const Group& b) {
    const std::uint64_t of_a = (a.files.size() - 1) * a.bytes;
    const std::uint64_t of_b = (b.files.size() - 1) * b.bytes;
    return of_a != of_b ? of_a > of_b : a.files < b.files;
  });
  std::printf("files %zu rounds %d bytes %llu unreadable %llu\n", files.size(),
              settings.rounds,
              static_cast<unsigned long long>(results->bytes()),
              static_cast<unsigned long long>(results->unreadable()));
  std::printf("digest %016llx\n", static_cast<unsigned long long>(digest));
  std::printf("duplicates %llu bytes %llu\n",
              static_cast<unsigned long long>(doubles),
              static_cast<unsigned long long>(wasted));
  for (std::size_t i = 0; i < std::min(groups.size(), kShown); ++i) {
    std::printf("%10llu x %zu %s\n",
                static_cast<unsigned long long>(groups[i].bytes),
                groups[i].files.size(), files[groups[i].files[0]].name.c_str());
  }
}

int Main(int argc, char** argv) {
  ProgramOptions options;
  Settings settings;
  std::string error;
  std::vector<TextFile> files;
  if (!ParseProgramOptions(argc, argv, &options, &error,
                           {{"--read-delay-us", &settings.read_delay_us}}) ||
      !FindFiles(options.input, &files, &error)) {
    std::fprintf(stderr, "directory_hasher: %s\n", error.c_str());
    return 2;
  }
  settings.threads = options.threads;
  settings.rounds = options.rounds;

  const tbb::global_control threads(
      tbb::global_control::max_allowed_parallelism,
      static_cast<std::size_t>(settings.threads));
  tbb::task_arena arena(settings.threads);
  // The workers start outside the metered phase.
  arena.execute(
      [&] { tbb::parallel_for(0, 4 * settings.threads, [](int) {}); });

  Results results;
  const RunMeter meter;
  arena.execute([&] { HashAll(files, settings, &results); });
  const RunReport report = meter.Finish(parkway::switched::tbb::kLocks);

  Print(files, settings, &results);
  if (!options.report.empty() && !WriteRunReport(options.report, report)) {
    std::fprintf(stderr, "directory_hasher: cannot write %s\n",
                 options.report.c_str());
    return 2;
  }
  return 0;
}

}  // namespace
}  // namespace parkway_bench

int main(int argc, char** argv) { return parkway_bench::Main(argc, argv); }
