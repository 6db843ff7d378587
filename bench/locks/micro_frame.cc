// SPDX-License-Identifier: Apache-2.0

// From which size on a coroutine's frame is better off in the freelists.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>

#include "bench/engine/lock_list.h"
#include "bench/engine/window.h"
#include "bench/locks/micro.h"
#include "bench/locks/segment_sources.h"
#include "parkway/std/coroutine_frame.h"

namespace parkway_bench {
namespace {

// Frames that a thread has at once: a few coroutines that wait for each other.
constexpr std::size_t kAtOnce = 8;
// The look at the stop flag must not count.
constexpr std::size_t kBatch = 16;

template <std::size_t kBytes>
class CoroutineFrames {
 public:
  static constexpr char kName[] = "coroutine_frame";
  static constexpr Side kSide = Side::kParkway;
  void* Take() { return parkway::coroutine_frame::operator new(kBytes); }
  void Give(void* frame) {
    parkway::coroutine_frame::operator delete(frame, kBytes);
  }
};

template <typename Source>
class Frames {
 public:
  explicit Frames(int) {}

  template <bool kTimed>
  void Run(Worker& worker) {
    std::uint64_t operations = 0;
    std::uint64_t faults = 0;
    volatile std::uint64_t* frames[kAtOnce];
    while (!worker.Stopped()) {
      for (std::size_t i = 0; i < kBatch; ++i) {
        for (std::size_t f = 0; f < kAtOnce; ++f) {
          worker.Metered<kTimed>([&] {
            frames[f] = static_cast<volatile std::uint64_t*>(source_.Take());
          });
          // A frame begins with what to resume and what to destroy.
          frames[f][0] = f;
          frames[f][1] = f;
        }
        for (std::size_t f = kAtOnce; f-- > 0;) {
          if (frames[f][1] != f) ++faults;
          source_.Give(const_cast<std::uint64_t*>(frames[f]));
        }
      }
      operations += kBatch * kAtOnce;
    }
    faults_.fetch_add(faults, std::memory_order_relaxed);
    worker.Finish(operations);
  }

  std::string Check(std::uint64_t) const {
    return faults_.load() == 0 ? "" : "a frame was overwritten";
  }

 private:
  Source source_;
  std::atomic<std::uint64_t> faults_{0};
};

template <std::size_t kBytes>
void Add(const std::vector<int>& threads, std::vector<Cell>* cells) {
  using Sources =
      TypeList<CoroutineFrames<kBytes>, FreelistSegments<kBytes>,
               MallocSegments<kBytes>, ScalableMallocSegments<kBytes>>;
  for (const int n : threads) {
    Sources::ForEach([&](auto type) {
      using Source = typename Only<decltype(type)>::type;
      Cell cell;
      cell.group = "FrameAllocation/" + std::to_string(kBytes);
      cell.subject = Source::kName;
      cell.threads = n;
      cell.side = Source::kSide;
      cell.reference = std::is_same_v<Source, CoroutineFrames<kBytes>>;
      cell.measure = [n] { return MeasureInWindows<Frames<Source>>(n); };
      cells->push_back(std::move(cell));
    });
  }
}

}  // namespace

void AddFrames(const std::vector<int>& threads, std::vector<Cell>* cells) {
  Add<512>(threads, cells);
  Add<2048>(threads, cells);
  Add<4096>(threads, cells);
  Add<16384>(threads, cells);
}

}  // namespace parkway_bench
