// SPDX-License-Identifier: Apache-2.0

#include <chrono>
#include <cstddef>
#include <memory>
#include <thread>

#include "bench/engine/lock_list.h"
#include "bench/engine/syscall_count.h"
#include "bench/engine/window.h"
#include "bench/locks/micro.h"

namespace parkway_bench {
namespace {

// Nobody sleeps: what a wake costs when it could have been left out.
template <typename Note>
class WakeWithoutSleeper {
 public:
  explicit WakeWithoutSleeper(int threads)
      : slots_(new Slot[static_cast<std::size_t>(threads)]) {}

  template <bool kTimed>
  void Run(Worker& worker) {
    Note& note = slots_[worker.index()].note;
    std::uint64_t operations = 0;
    while (!worker.Stopped()) {
      note.clear();
      worker.Metered<kTimed>([&] { note.wakeup(); });
      ++operations;
    }
    worker.Finish(operations);
  }

  std::string Check(std::uint64_t) const { return ""; }

 private:
  struct alignas(128) Slot {
    Note note;
  };
  const std::unique_ptr<Slot[]> slots_;
};

// Threads 2k and 2k + 1 wake each other in turn; an odd one out has nothing to
// do and is left out.
template <typename Note>
class WakeSleeper {
 public:
  explicit WakeSleeper(int threads)
      : pairs_(new Pair[static_cast<std::size_t>(threads) / 2]) {}

  template <bool kTimed>
  void Run(Worker& worker) {
    Pair& pair = pairs_[worker.index() / 2];
    std::uint64_t operations = 0;
    if (worker.index() % 2 == 0) {
      bool last = false;
      while (!last) {
        last = worker.Stopped();
        pair.last = last;
        pair.ping.wakeup();
        worker.Metered<kTimed>([&] { pair.pong.sleep(); });
        pair.pong.clear();
        ++operations;
      }
    } else {
      bool last = false;
      while (!last) {
        worker.Metered<kTimed>([&] { pair.ping.sleep(); });
        pair.ping.clear();
        // Plain: the notes order it.
        last = pair.last;
        pair.pong.wakeup();
        ++operations;
      }
    }
    worker.Finish(operations);
  }

  std::string Check(std::uint64_t) const { return ""; }

 private:
  struct alignas(128) Pair {
    Note ping;
    alignas(128) Note pong;
    alignas(128) bool last = false;
  };
  const std::unique_ptr<Pair[]> pairs_;
};

template <typename Note>
std::optional<double> SyscallsWithoutSleeper() {
  constexpr int kWakes = 1000;
  const std::optional<long> count = CountSyscalls([] {
    Note note;
    note.clear();
    note.wakeup();  // whatever the first use sets up
    MarkCountedSection();
    for (int i = 0; i < kWakes; ++i) {
      note.clear();
      note.wakeup();
    }
    MarkCountedSection();
  });
  return count.has_value() ? std::optional<double>(1.0 * *count / kWakes)
                           : std::nullopt;
}

template <typename Note>
std::optional<double> SyscallsWithSleeper() {
  constexpr int kWakes = 40;
  const std::optional<long> count = CountSyscalls([] {
    Note note;
    std::atomic<int> woken{0};
    std::thread sleeper([&] {
      for (int i = 0; i < kWakes; ++i) {
        note.sleep();
        note.clear();
        woken.store(i + 1);
      }
    });
    for (int i = 0; i < kWakes; ++i) {
      // Far longer than any spinning before the sleep.
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
      MarkCountedSection();
      note.wakeup();
      MarkCountedSection();
      while (woken.load() != i + 1) {
        std::this_thread::sleep_for(std::chrono::microseconds(100));
      }
    }
    sleeper.join();
  });
  return count.has_value() ? std::optional<double>(1.0 * *count / kWakes)
                           : std::nullopt;
}

// Counted once, before the first window: a count does not vary as a time does.
void SetSyscalls(const std::optional<double>& syscalls, Sample* sample) {
  if (syscalls.has_value()) {
    sample->counters[kSyscalls] = *syscalls;
  }
}

}  // namespace

void AddNotes(const std::vector<int>& threads, std::vector<Cell>* cells) {
  for (const int n : threads) {
    Notes::ForEach([&](auto type) {
      using Note = typename Only<decltype(type)>::type;
      Cell cell = MakeCell<Note>("NoteWake", n);
      cell.measure = [n] {
        static const std::optional<double> syscalls =
            SyscallsWithoutSleeper<Note>();
        Sample sample = MeasureInWindows<WakeWithoutSleeper<Note>>(n);
        SetSyscalls(syscalls, &sample);
        return sample;
      };
      cells->push_back(std::move(cell));
    });
  }
  for (const int n : threads) {
    if (n < 2) {
      continue;  // nobody could be asleep
    }
    Notes::ForEach([&](auto type) {
      using Note = typename Only<decltype(type)>::type;
      Cell cell = MakeCell<Note>("NoteWakeSleeper", n);
      cell.measure = [n] {
        static const std::optional<double> syscalls =
            SyscallsWithSleeper<Note>();
        Sample sample = MeasureInWindows<WakeSleeper<Note>>(n - n % 2);
        SetSyscalls(syscalls, &sample);
        return sample;
      };
      cells->push_back(std::move(cell));
    });
  }
}

}  // namespace parkway_bench
