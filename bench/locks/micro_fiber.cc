// SPDX-License-Identifier: Apache-2.0

// Origin: Boost.Fiber's skynet, which is that of github.com/atemerev/skynet.

#include <algorithm>
#include <boost/context/fixedsize_stack.hpp>
#include <boost/context/pooled_fixedsize_stack.hpp>
#include <boost/context/protected_fixedsize_stack.hpp>
#include <boost/context/stack_context.hpp>
#include <boost/fiber/all.hpp>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <string>
#include <type_traits>
#include <utility>

#include "bench/engine/lock_list.h"
#include "bench/engine/pinning.h"
#include "bench/engine/window.h"
#include "bench/locks/micro.h"
#include "parkway/boost/stack_allocator.h"

namespace parkway_bench {
namespace {

// Boost's benchmark has two pages, which only goes well without a guard: a call
// that the dynamic linker has yet to resolve saves the vector registers there.
constexpr std::size_t kStackBytes = 4 * 4096;
constexpr std::uint64_t kChildren = 10;
constexpr std::size_t kChannelRoom = 16;

using FreelistStack =
    parkway::boost::freelist_stack<boost::context::stack_context>;

// The same where the system gets nothing back, as with Boost's pool.
struct KeptFreelistStack : FreelistStack {
  using FreelistStack::FreelistStack;
};

template <class Stacks>
struct StacksTraits;
template <>
struct StacksTraits<FreelistStack> {
  static constexpr char kName[] = "freelist";
  static constexpr Side kSide = Side::kParkway;
};
template <>
struct StacksTraits<KeptFreelistStack> {
  static constexpr char kName[] = "freelist, all kept";
  static constexpr Side kSide = Side::kParkway;
};
template <>
struct StacksTraits<boost::fibers::pooled_fixedsize_stack> {
  static constexpr char kName[] = "pooled_fixedsize_stack";
  static constexpr Side kSide = Side::kStock;
};
template <>
struct StacksTraits<boost::fibers::protected_fixedsize_stack> {
  static constexpr char kName[] = "protected_fixedsize_stack";
  static constexpr Side kSide = Side::kStock;
};
template <>
struct StacksTraits<boost::fibers::fixedsize_stack> {
  static constexpr char kName[] = "fixedsize_stack";
  static constexpr Side kSide = Side::kStock;
};

using AllStacks = TypeList<
    FreelistStack, KeptFreelistStack, boost::fibers::pooled_fixedsize_stack,
    boost::fibers::protected_fixedsize_stack, boost::fibers::fixedsize_stack>;

using Sums = boost::fibers::buffered_channel<std::uint64_t>;

// Sends the sum of the numbers of `leaves` leaves, the first of which is
// `first`.
template <class Stacks>
void Skynet(Stacks& stacks, Sums& result, std::uint64_t first,
            std::uint64_t leaves) {
  if (leaves == 1) {
    result.push(first);
    return;
  }
  Sums sums(kChannelRoom);
  const std::uint64_t each = leaves / kChildren;
  for (std::uint64_t i = 0; i < kChildren; ++i) {
    boost::fibers::fiber(boost::fibers::launch::dispatch, std::allocator_arg,
                         stacks,
                         [&stacks, &sums, at = first + i * each, each] {
                           Skynet(stacks, sums, at, each);
                         })
        .detach();
  }
  std::uint64_t sum = 0;
  for (std::uint64_t i = 0; i < kChildren; ++i) sum += sums.value_pop();
  result.push(sum);
}

// Each thread runs trees of its own: Boost's pool is for one thread.
template <class Stacks>
class Trees {
 public:
  explicit Trees(std::uint64_t leaves) : leaves_(leaves) {
    for (std::uint64_t n = leaves; n > 1; n /= kChildren) fibers_ += n;
  }

  Sample Measure(int threads) {
    parkway::StackLimits limits;
    if (std::is_same_v<Stacks, KeptFreelistStack>) {
      limits.shared_bytes = std::numeric_limits<std::size_t>::max();
    }
    parkway::set_stack_limits(limits);
    const WindowResult window = RunWindow(
        threads, WindowFor(threads), [this](Worker& worker) { Run(worker); });
    Sample sample = ToSample(window, window);
    // A tree may take longer than the window: to the end of the last one.
    sample.seconds_per_op =
        1e-9 * static_cast<double>(end_ - start_) / sample.operations;
    sample.counters.erase(kLongestWait);
    if (wrong_) sample.error = "a tree's sum is wrong";
    return sample;
  }

 private:
  void Run(Worker& worker) {
    const std::int64_t start = MonotonicNanos();
    Stacks stacks(kStackBytes);
    std::uint64_t operations = 0;
    bool wrong = false;
    do {
      Sums result(2);
      Skynet(stacks, result, 0, leaves_);
      wrong = wrong || result.value_pop() != leaves_ * (leaves_ - 1) / 2;
      operations += fibers_;
    } while (!worker.Stopped());
    const std::int64_t end = MonotonicNanos();
    worker.Finish(operations);
    const std::lock_guard<std::mutex> lock(mutex_);
    start_ = std::min(start_, start);
    end_ = std::max(end_, end);
    wrong_ = wrong_ || wrong;
  }

  const std::uint64_t leaves_;
  std::uint64_t fibers_ = 0;
  std::mutex mutex_;
  std::int64_t start_ = std::numeric_limits<std::int64_t>::max();
  std::int64_t end_ = 0;
  bool wrong_ = false;
};

}  // namespace

void AddFibers(const std::vector<int>& threads, std::vector<Cell>* cells) {
  for (const std::uint64_t leaves : {10, 100, 1000, 10000}) {
    for (const int n : threads) {
      AllStacks::ForEach([&](auto type) {
        using Stacks = typename Only<decltype(type)>::type;
        Cell cell;
        cell.group = "FiberSkynet/" + std::to_string(leaves);
        cell.subject = StacksTraits<Stacks>::kName;
        cell.threads = n;
        cell.side = StacksTraits<Stacks>::kSide;
        cell.reference = std::is_same_v<Stacks, FreelistStack>;
        cell.measure = [n, leaves] { return Trees<Stacks>(leaves).Measure(n); };
        cells->push_back(std::move(cell));
      });
    }
  }
}

}  // namespace parkway_bench
