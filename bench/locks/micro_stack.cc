// SPDX-License-Identifier: Apache-2.0

// Origin: Go's BenchmarkStackGrowth of July 2011.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>

#include "bench/engine/lock_list.h"
#include "bench/engine/window.h"
#include "bench/locks/micro.h"
#include "bench/locks/segment_sources.h"

namespace parkway_bench {
namespace {

// Go's StackMin and FixedStack.
constexpr std::size_t kSegmentBytes = 4096;
// Go's: `var pad [128]uint64`, stackGrowthRecursive(10), CallsPerSched.
constexpr std::size_t kFrameBytes = 1024;
constexpr int kDepth = 10;
constexpr int kCallsPerYield = 1000;

template <typename Source>
class Growth {
 public:
  explicit Growth(int) {}

  template <bool kTimed>
  void Run(Worker& worker) {
    Task<kTimed> task{source_, worker};
    std::uint64_t operations = 0;
    while (!worker.Stopped()) {
      // A thousand calls are longer than a window where each segment is a
      // system call.
      for (int i = 0; i < kCallsPerYield && !worker.Stopped(); ++i) {
        task.Recurse(kDepth);
        ++operations;
      }
      std::this_thread::yield();
    }
    faults_.fetch_add(task.faults, std::memory_order_relaxed);
    bottoms_.fetch_add(task.bottoms, std::memory_order_relaxed);
    worker.Finish(operations);
  }

  std::string Check(std::uint64_t operations) const {
    if (faults_.load() != 0) return "a frame was overwritten, or had no memory";
    return bottoms_.load() == operations ? "" : "not every call had its frames";
  }

 private:
  template <bool kTimed>
  struct Task {
    Source& source;
    Worker& worker;
    std::uint64_t bottoms = 0;
    std::uint64_t faults = 0;

    // A call whose frame has a segment of its own: taken before, given back
    // after. Whether it stays its own is looked at in the metered window only,
    // where it costs nothing that counts.
    [[gnu::noinline]] void Recurse(int depth) {
      void* segment = nullptr;
      worker.Metered<kTimed>([&] { segment = source.Take(); });
      if (segment == nullptr) {
        ++faults;
        return;
      }
      // Stacks grow down: the frame is the segment's upper end.
      volatile std::uint64_t* const end = reinterpret_cast<std::uint64_t*>(
          static_cast<char*>(segment) + kSegmentBytes);
      volatile std::uint64_t* const frame =
          end - kFrameBytes / sizeof(std::uint64_t);
      const auto mine =
          static_cast<std::uint64_t>(worker.index() * (kDepth + 1) + depth);
      frame[0] = mine;
      end[-1] = mine;
      if (depth == 1) {
        ++bottoms;
      } else {
        Recurse(depth - 1);
      }
      if constexpr (kTimed) {
        if (frame[0] != mine || end[-1] != mine) ++faults;
      }
      source.Give(segment);
    }
  };

  Source source_;
  std::atomic<std::uint64_t> bottoms_{0};
  std::atomic<std::uint64_t> faults_{0};
};

using Sources =
    TypeList<FreelistSegments<kSegmentBytes>,
             CentralListSegments<kSegmentBytes>, MallocSegments<kSegmentBytes>,
             ScalableMallocSegments<kSegmentBytes>,
             MmapSegments<kSegmentBytes>>;

}  // namespace

void AddStacks(const std::vector<int>& threads, std::vector<Cell>* cells) {
  for (const int n : threads) {
    Sources::ForEach([&](auto type) {
      using Source = typename Only<decltype(type)>::type;
      Cell cell;
      cell.group = "StackGrowth";
      cell.subject = Source::kName;
      cell.threads = n;
      cell.side = Source::kSide;
      cell.reference = Source::kSide == Side::kParkway;
      cell.measure = [n] { return MeasureInWindows<Growth<Source>>(n); };
      cells->push_back(std::move(cell));
    });
  }
}

}  // namespace parkway_bench
