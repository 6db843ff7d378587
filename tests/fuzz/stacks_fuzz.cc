// SPDX-License-Identifier: Apache-2.0

// The freelists of stacks, by a few threads in turns: stacks wander from one
// thread to another, limits change, threads come and go. The model is the list
// of stacks in use.
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "parkway/stack/stack_class.h"
#include "parkway/stack/stack_freelist.h"
#include "tests/fuzz/crew.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/story.h"

namespace parkway::fuzz {
namespace {

constexpr int kThreads = 3;
// 4 KiB to 256 KiB.
constexpr unsigned kSizes = 7;
constexpr std::size_t kMostInUse = 200;

struct Piece {
  std::uint64_t* words = nullptr;
  std::size_t bytes = 0;
  StackGuard guard = StackGuard::kPage;
  std::uint64_t tag = 0;

  std::size_t size() const { return stack_size(bytes); }
  // Where a stack is written to: its ends and its middle.
  std::array<std::uint64_t*, 3> marks() const {
    const std::size_t last = size() / sizeof(std::uint64_t) - 1;
    return {words, words + last / 2, words + last};
  }
};

class Stacks {
 public:
  explicit Stacks(Crew& crew) : crew_(crew) {}

  // Three bytes: who, what, and how.
  void Step(Input& input) {
    const int thread = static_cast<int>(input.Below(kThreads));
    const unsigned action = input.Byte();
    const unsigned argument = input.Byte();
    // So many that a thread's own lists overflow.
    const unsigned count = 1 + argument / 8;
    if (action < 90) {
      Alloc(thread, argument, count);
    } else if (action < 200) {
      Free(thread, argument, count);
    } else if (action < 215) {
      Trim(thread);
    } else if (action < 230) {
      Limit(argument);
    } else if (action < 235) {
      AskForTooMuch(thread);
    } else if (action < 245) {
      Tell("thread " + std::to_string(thread) + " ends, another one starts");
      crew_.Renew(thread);
    }
    Expect(stack_stats().in_use == in_use_, "in_use is wrong");
  }

  void Empty() {
    Free(kThreads - 1, 0, kMostInUse);
    Expect(stack_stats().in_use == 0, "some are in use that are not");
    for (int i = 0; i < kThreads; ++i) Trim(i);
    const StackStats stats = stack_stats();
    Expect(stats.cached == 0, "a trim left stacks in a list");
    Expect(stats.from_system == 0, "the system has not got all back");
    set_stack_limits(StackLimits());
  }

 private:
  void On(int thread, Crew::Job job) {
    crew_.Start(thread, std::move(job));
    if (!crew_.Await(thread)) Fail("a call does not return");
    crew_.Take(thread);
  }

  void Alloc(int thread, unsigned choice, std::size_t count) {
    std::vector<Piece> made(std::min(count, kMostInUse - pieces_.size()));
    for (Piece& piece : made) {
      // Also what is no power of two.
      piece.bytes = (kMinStackBytes << choice % kSizes) - choice % 7;
      piece.guard = choice % 3 == 0 ? StackGuard::kNone : StackGuard::kPage;
      piece.tag = ++tags_;
      Tell("thread " + std::to_string(thread) + ": alloc " +
           std::to_string(piece.bytes) + " as " + std::to_string(piece.tag));
    }
    On(thread, [&made] {
      for (Piece& piece : made) {
        errno = 0;
        piece.words =
            static_cast<std::uint64_t*>(stack_alloc(piece.bytes, piece.guard));
        Expect(piece.words != nullptr, "the system has no stack left");
        Expect(errno == 0, "an alloc that succeeds changes errno");
        for (std::uint64_t* const word : piece.marks()) *word = piece.tag;
      }
      return 0;
    });
    for (const Piece& piece : made) {
      CheckPlace(piece);
      in_use_ += piece.size();
      pieces_.push_back(piece);
    }
  }

  void CheckPlace(const Piece& made) const {
    const auto from = [](const Piece& piece) {
      return reinterpret_cast<std::uintptr_t>(piece.words);
    };
    Expect(from(made) % 4096 == 0, "a stack is not aligned");
    for (const Piece& other : pieces_) {
      Expect(from(made) + made.size() <= from(other) ||
                 from(other) + other.size() <= from(made),
             "two stacks overlap");
    }
  }

  // Whoever allocated them.
  void Free(int thread, unsigned choice, std::size_t count) {
    std::vector<Piece> gone(std::min(count, pieces_.size()));
    for (Piece& piece : gone) {
      std::swap(pieces_[choice % pieces_.size()], pieces_.back());
      piece = pieces_.back();
      pieces_.pop_back();
      in_use_ -= piece.size();
      Tell("thread " + std::to_string(thread) + ": free " +
           std::to_string(piece.tag));
    }
    On(thread, [&gone] {
      for (const Piece& piece : gone) {
        for (const std::uint64_t* const word : piece.marks()) {
          Expect(*word == piece.tag, "a stack in use was written to");
        }
        stack_free(piece.words, piece.bytes, piece.guard);
      }
      return 0;
    });
  }

  void Trim(int thread) {
    Tell("thread " + std::to_string(thread) + ": trim");
    On(thread, [] {
      stack_trim();
      return 0;
    });
  }

  static void Limit(unsigned choice) {
    StackLimits limits;
    limits.shared_bytes =
        choice % 4 == 0 ? 0 : std::size_t{1} << (14 + choice % 8);
    limits.whole_bytes = choice % 3 == 0 ? 0 : limits.shared_bytes / 2;
    limits.warm_bytes = std::size_t{4096} << choice % 4;
    limits.lazily = choice % 2 != 0;
    Tell("limits " + std::to_string(choice));
    set_stack_limits(limits);
  }

  void AskForTooMuch(int thread) {
    Tell("thread " + std::to_string(thread) + ": too much");
    On(thread, [] {
      errno = 0;
      Expect(stack_alloc(kMaxStackBytes + 1) == nullptr && errno == EINVAL,
             "too much is not refused");
      return 0;
    });
  }

  Crew& crew_;
  std::vector<Piece> pieces_;
  std::size_t in_use_ = 0;
  std::uint64_t tags_ = 0;
};

}  // namespace
}  // namespace parkway::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace parkway::fuzz;
  static Crew crew(parkway::fuzz::kThreads);
  StartStory();
  Stacks stacks(crew);
  for (Input input(data, size); !input.empty();) stacks.Step(input);
  stacks.Empty();
  return 0;
}
