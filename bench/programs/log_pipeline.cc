// SPDX-License-Identifier: Apache-2.0

// A bounded pipeline that reads, parses, deduplicates and aggregates the lines
// of a folder of text, written with Abseil's synchronization types.
//
// Readers take files from a shared list and send their lines, a few to a batch,
// through one bounded queue; a full queue stops them (Mutex, CondVar). A reader
// has at most two files that are not yet finished and waits for the
// acknowledgement of the older one (Notification). Parsers take batches,
// normalise every line, drop those that any parser has seen before (sharded
// set, one Mutex per shard) and add the others to the totals of their key
// (sharded map, likewise).
//
// How much the locks matter: one queue operation for each eight lines, one lock
// for each line and one more for each new line, with some hundred nanoseconds
// of parsing between. Larger batches would need fewer locks and gain less from
// faster ones.
//
// --threads N: a quarter of them, at least one, read; the others, at least one,
// parse. N = 1 therefore runs a reader and a parser, both pinned to one CPU: a
// pipeline has two ends.
//
// Standard output depends on the input only, never on the schedule, the threads
// or the locks.

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "bench/engine/pinning.h"
#include "bench/programs/corpus.h"
#include "bench/programs/digest.h"
#include "bench/programs/run_report.h"
#include "bench/programs/wait_meter.h"
#include "parkway/absl/switched.h"

ABSL_FLAG(std::string, input, "", "the folder of text to work on");
ABSL_FLAG(int, threads, 2, "readers and parsers together, 1..1024");
ABSL_FLAG(int, rounds, 1, "how often the folder is worked through, 1..100000");
ABSL_FLAG(std::string, report, "",
          "where the JSON report of the run goes; empty: nowhere");

namespace parkway_bench {
namespace {

using parkway::switched::absl::CondVar;
using parkway::switched::absl::Mutex;
using parkway::switched::absl::Notification;

constexpr std::size_t kBatchLines = 8;
constexpr std::size_t kQueueBatches = 64;
constexpr std::size_t kFilesInFlight = 2;
constexpr std::size_t kShards = 16;
constexpr std::size_t kTopKeys = 20;

// A scope that holds a Mutex and meters the waiting for it.
class ABSL_SCOPED_LOCKABLE MeteredLock {
 public:
  explicit MeteredLock(Mutex* mutex) ABSL_EXCLUSIVE_LOCK_FUNCTION(mutex)
      : mutex_(mutex) {
    if (!mutex_->TryLock()) {
      const std::int64_t start = MonotonicNanos();
      mutex_->Lock();
      RecordWait(MonotonicNanos() - start);
    }
  }
  ~MeteredLock() ABSL_UNLOCK_FUNCTION() { mutex_->Unlock(); }
  MeteredLock(const MeteredLock&) = delete;
  MeteredLock& operator=(const MeteredLock&) = delete;

 private:
  Mutex* const mutex_;
};

// One file on its way through the pipeline; owned by its reader, which waits
// for `done`.
struct FileInFlight {
  std::string text;
  std::uint64_t round = 0;
  // Batches not yet parsed, and one more while the reader still sends.
  std::atomic<int> pending{1};
  Notification done;

  void FinishOne() {
    if (pending.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      done.Notify();
    }
  }
};

struct Batch {
  FileInFlight* file = nullptr;
  std::vector<absl::string_view> lines;  // into file->text
};

// A queue with room for kQueueBatches; any number of threads on both ends.
class BatchQueue {
 public:
  // Waits for room.
  void Push(Batch batch) {
    const MeteredLock lock(&mutex_);
    while (batches_.size() >= kQueueBatches) {
      not_full_.Wait(&mutex_);
    }
    batches_.push_back(std::move(batch));
    not_empty_.Signal();
  }

  // Waits for a batch; nothing once the queue is closed and empty.
  std::optional<Batch> Pop() {
    const MeteredLock lock(&mutex_);
    while (batches_.empty() && !closed_) {
      not_empty_.Wait(&mutex_);
    }
    if (batches_.empty()) {
      return std::nullopt;
    }
    Batch batch = std::move(batches_.front());
    batches_.pop_front();
    not_full_.Signal();
    return batch;
  }

  // No Push follows.
  void Close() {
    const MeteredLock lock(&mutex_);
    closed_ = true;
    not_empty_.SignalAll();
  }

 private:
  Mutex mutex_;
  CondVar not_full_;
  CondVar not_empty_;
  std::deque<Batch> batches_ ABSL_GUARDED_BY(mutex_);
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

// The files still to be read, in order.
class WorkList {
 public:
  explicit WorkList(std::uint64_t items) : items_(items) {}

  std::optional<std::uint64_t> Take() {
    const MeteredLock lock(&mutex_);
    return next_ < items_ ? std::optional<std::uint64_t>(next_++)
                          : std::nullopt;
  }

 private:
  Mutex mutex_;
  const std::uint64_t items_;
  std::uint64_t next_ ABSL_GUARDED_BY(mutex_) = 0;
};

// The fingerprints of all lines seen.
class SeenLines {
 public:
  // Whether the line is new.
  bool Insert(std::uint64_t fingerprint) {
    Shard& shard = shards_[fingerprint % kShards];
    const MeteredLock lock(&shard.mutex);
    return shard.seen.insert(fingerprint).second;
  }

 private:
  struct alignas(64) Shard {
    Mutex mutex;
    absl::flat_hash_set<std::uint64_t> seen ABSL_GUARDED_BY(mutex);
  };
  std::array<Shard, kShards> shards_;
};

// What is known about the lines of one key. Every field is a sum: the order
// does not matter.
struct Totals {
  std::uint64_t lines = 0;
  std::uint64_t bytes = 0;
  std::uint64_t numbers = 0;
  std::uint64_t digest = 0;

  void Add(const Totals& other) {
    lines += other.lines;
    bytes += other.bytes;
    numbers += other.numbers;
    digest += other.digest;
  }
};

class Aggregate {
 public:
  void Add(absl::string_view key, const Totals& totals) {
    Shard& shard = shards_[Fingerprint({key.data(), key.size()}) % kShards];
    const MeteredLock lock(&shard.mutex);
    shard.totals[key].Add(totals);
  }

  // All keys, those with most lines first, then by name.
  std::vector<std::pair<std::string, Totals>> Sorted() {
    std::vector<std::pair<std::string, Totals>> all;
    for (Shard& shard : shards_) {
      const MeteredLock lock(&shard.mutex);
      all.insert(all.end(), shard.totals.begin(), shard.totals.end());
    }
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
      return a.second.lines != b.second.lines ? a.second.lines > b.second.lines
                                              : a.first < b.first;
    });
    return all;
  }

 private:
  struct alignas(64) Shard {
    Mutex mutex;
    absl::flat_hash_map<std::string, Totals> totals ABSL_GUARDED_BY(mutex);
  };
  std::array<Shard, kShards> shards_;
};

class Pipeline {
 public:
  Pipeline(const std::vector<TextFile>& files, std::uint64_t rounds,
           int readers)
      : files_(files), work_(files.size() * rounds), readers_left_(readers) {}

  void Read() {
    start_.WaitForNotification();
    std::deque<std::unique_ptr<FileInFlight>> in_flight;
    while (const std::optional<std::uint64_t> item = work_.Take()) {
      if (in_flight.size() == kFilesInFlight) {
        in_flight.front()->done.WaitForNotification();
        in_flight.pop_front();
      }
      in_flight.push_back(std::make_unique<FileInFlight>());
      SendFile(*item, in_flight.back().get());
    }
    for (const std::unique_ptr<FileInFlight>& file : in_flight) {
      file->done.WaitForNotification();
    }
    if (readers_left_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      queue_.Close();
    }
  }

  void Parse() {
    start_.WaitForNotification();
    std::string line;
    while (std::optional<Batch> batch = queue_.Pop()) {
      for (const absl::string_view raw : batch->lines) {
        ParseLine(raw, batch->file->round, &line);
      }
      batch->file->FinishOne();
    }
  }

  // Lets readers and parsers begin.
  void Start() { start_.Notify(); }

  Aggregate& aggregate() { return aggregate_; }
  std::uint64_t lines() const { return lines_.load(); }

 private:
  void SendFile(std::uint64_t item, FileInFlight* file) {
    file->round = item / files_.size();
    // A file that vanished since it was listed has no lines in every variant.
    ReadTextFile(files_[item % files_.size()].path, &file->text);
    Batch batch;
    for (const absl::string_view line : absl::StrSplit(file->text, '\n')) {
      batch.lines.push_back(line);
      if (batch.lines.size() == kBatchLines) {
        SendBatch(file, &batch);
      }
    }
    if (!batch.lines.empty()) {
      SendBatch(file, &batch);
    }
    file->FinishOne();
  }

  void SendBatch(FileInFlight* file, Batch* batch) {
    file->pending.fetch_add(1, std::memory_order_relaxed);
    batch->file = file;
    queue_.Push(std::move(*batch));
    *batch = Batch();
    batch->lines.reserve(kBatchLines);
  }

  // `*line` is the caller's buffer, reused.
  void ParseLine(absl::string_view raw, std::uint64_t round,
                 std::string* line) {
    line->assign(raw.data(), raw.size());
    absl::RemoveExtraAsciiWhitespace(line);
    if (line->empty()) {
      return;
    }
    lines_.fetch_add(1, std::memory_order_relaxed);
    // A round stands for another day's log: its lines repeat within the day
    // only.
    const std::uint64_t fingerprint = Fingerprint(*line, round);
    if (!seen_.Insert(fingerprint)) {
      return;
    }
    Totals totals;
    totals.lines = 1;
    totals.bytes = line->size();
    totals.digest = fingerprint;
    std::uint64_t number = 0;
    for (const char c : *line) {
      const bool digit = absl::ascii_isdigit(static_cast<unsigned char>(c));
      number = digit ? number * 10 + static_cast<std::uint64_t>(c - '0') : 0;
      totals.numbers += digit ? number : 0;
    }
    const std::size_t key_end =
        std::min(line->find_first_of(" (;:,<"), line->size());
    aggregate_.Add(absl::string_view(*line).substr(0, key_end), totals);
  }

  const std::vector<TextFile>& files_;
  WorkList work_;
  std::atomic<int> readers_left_;
  std::atomic<std::uint64_t> lines_{0};
  Notification start_;
  BatchQueue queue_;
  SeenLines seen_;
  Aggregate aggregate_;
};

int Fail(const std::string& error) {
  absl::FPrintF(stderr, "log_pipeline: %s\n", error);
  return 2;
}

int Main() {
  const int threads = absl::GetFlag(FLAGS_threads);
  const int rounds = absl::GetFlag(FLAGS_rounds);
  if (threads < 1 || threads > 1024) {
    return Fail("--threads must be 1..1024");
  }
  if (rounds < 1 || rounds > 100000) {
    return Fail("--rounds must be 1..100000");
  }
  if (absl::GetFlag(FLAGS_input).empty()) {
    return Fail("--input DIR is missing");
  }
  std::vector<TextFile> files;
  std::string error;
  if (!FindTextFiles(absl::GetFlag(FLAGS_input), &files, &error)) {
    return Fail(error);
  }
  // Stock at its best.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  UsableCpus();  // before any thread is pinned

  const int readers = std::max(1, threads / 4);
  const int parsers = std::max(1, threads - readers);
  Pipeline pipeline(files, static_cast<std::uint64_t>(rounds), readers);
  std::vector<std::thread> workers;
  for (int i = 0; i < readers + parsers; ++i) {
    workers.emplace_back([&pipeline, i, readers, threads] {
      PinThisThread(i % threads);
      if (i < readers) {
        pipeline.Read();
      } else {
        pipeline.Parse();
      }
    });
  }
  const RunMeter meter;
  pipeline.Start();
  for (std::thread& worker : workers) {
    worker.join();
  }
  const RunReport report = meter.Finish(parkway::switched::absl::kLocks);

  const auto keys = pipeline.aggregate().Sorted();
  Totals all;
  std::uint64_t digest = 0;
  for (const auto& [key, totals] : keys) {
    all.Add(totals);
    digest = Mix(digest ^ Fingerprint(key, totals.lines) ^ totals.bytes);
    digest = Mix(digest ^ totals.numbers);
    digest = Mix(digest ^ totals.digest);
  }
  absl::PrintF("files %d rounds %d lines %d unique %d keys %d\n", files.size(),
               rounds, pipeline.lines(), all.lines, keys.size());
  absl::PrintF("digest %016x\n", digest);
  for (std::size_t i = 0; i < std::min(kTopKeys, keys.size()); ++i) {
    const Totals& totals = keys[i].second;
    absl::PrintF("%10d lines %10d bytes %016x %s\n", totals.lines, totals.bytes,
                 totals.numbers, keys[i].first);
  }
  const std::string report_path = absl::GetFlag(FLAGS_report);
  if (!report_path.empty() && !WriteRunReport(report_path, report)) {
    return Fail("cannot write " + report_path);
  }
  return 0;
}

}  // namespace
}  // namespace parkway_bench

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage(
      "log_pipeline --input DIR [--threads N] [--rounds N]");
  absl::ParseCommandLine(argc, argv);
  return parkway_bench::Main();
}
