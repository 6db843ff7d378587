// SPDX-License-Identifier: Apache-2.0

// What threads ask the kernel for: futexes and membarrier.
#include <algorithm>
#include <cstring>
#include <vector>

#include "bench/scale/kernel.h"

namespace parkway_bench::scale {

// ---- the kernel's own locks ----

Time Kernel::Apart(int cpu, int other) const {
  if (cpu == other || other < 0) return 0;
  return topology_.socket_of(cpu) == topology_.socket_of(other)
             ? costs_.from_socket
             : costs_.from_other_socket;
}

void Kernel::Enter(Gate* gate) {
  Sync();
  cpu_->in_gate = true;
  if (gate->held) {
    gate->waiting.push_back(cpu_);
    SwitchAway();
  } else {
    gate->held = true;
    WaitUntil(now() + Apart(cpu_->index, gate->last_cpu));
  }
}

void Kernel::Exit(Gate* gate) {
  Sync();
  Cpu& own = *cpu_;
  own.in_gate = false;
  gate->last_cpu = own.index;
  gate->held = !gate->waiting.empty();
  if (gate->held) {
    Cpu& next = *gate->waiting.front();
    gate->waiting.pop_front();
    RunAt(next, own.clock + Apart(own.index, next.index));
  }
  if (own.preempt_later) {
    own.preempt_later = false;
    SliceAt(own, own.clock);
  }
}

// ---- futexes ----

bool Kernel::FutexSleep(const void* address, std::uint32_t expected,
                        Time deadline) {
  ++counts_.futex_calls;
  AfterComputing();
  Dawdle(costs_.system_call / 2);
  DrainStores();
  // What is in the buckets stays where it is when others come.
  Bucket& bucket = buckets_[address];
  Enter(&bucket.lock);
  Spend(costs_.futex_bucket);
  Sync();
  Read(address);
  Thread& self = *current_;
  std::uint32_t value = 0;
  std::memcpy(&value, address, sizeof(value));
  const bool late = deadline <= now();
  if (value != expected || late) {
    Exit(&bucket.lock);
    EndCall();
    return value != expected;
  }
  self.timed_out = false;
  self.queues_on = address;
  ++self.sleep;
  bucket.sleepers.push_back(&self);
  Exit(&bucket.lock);
  if (deadline < kForever) {
    Ring(deadline, &self, self.sleep);
  }
  Spend(costs_.futex_sleep);
  Sync();
  if (self.queues_on == nullptr) {  // woken on its way
    EndCall();
    return !self.timed_out;
  }
  ++counts_.sleeps;
  ++self.switches;
  self.sleeps = true;
  self.left = costs_.system_call / 2;
  GiveUpCpu();
  SwitchAway();
  return !self.timed_out;
}

void Kernel::TimeIsUp(const Alarm& alarm) {
  Thread* const thread = alarm.thread;
  if (thread->queues_on == nullptr || thread->sleep != alarm.number) return;
  auto& sleepers = buckets_[thread->queues_on].sleepers;
  sleepers.erase(std::find(sleepers.begin(), sleepers.end(), thread));
  thread->queues_on = nullptr;
  thread->timed_out = true;
  if (thread->sleeps) MakeReady(thread, alarm.at);
}

void Kernel::FutexWake(const void* address, std::uint32_t count) {
  ++counts_.futex_calls;
  AfterComputing();
  Dawdle(costs_.system_call / 2);
  DrainStores();
  Sync();
  const auto found = buckets_.find(address);
  if (found == buckets_.end() || found->second.sleepers.empty()) {
    Spend(costs_.futex_miss);
    EndCall();
    return;
  }
  Bucket& bucket = found->second;
  Enter(&bucket.lock);
  Spend(costs_.futex_bucket);
  Sync();
  // Who was taken off the queue wakes by itself if it is still on its way, and
  // may have slept again since.
  struct Woken {
    Thread* thread;
    std::uint32_t sleep;
  };
  std::vector<Woken> woken;
  for (; count > 0 && !bucket.sleepers.empty(); --count) {
    Thread* const thread = bucket.sleepers.front();
    bucket.sleepers.pop_front();
    thread->queues_on = nullptr;
    woken.push_back({thread, thread->sleep});
  }
  Exit(&bucket.lock);
  for (const Woken& one : woken) {
    ++counts_.wakes;
    // They come here, and go back when it runs.
    const Time lines =
        costs_.futex_wake_lines * Apart(cpu_->index, one.thread->cpu);
    Spend(costs_.futex_wake + lines);
    Sync();
    if (!one.thread->sleeps || one.thread->sleep != one.sleep) continue;
    one.thread->left += lines;
    if (MakeReady(one.thread, now())) Spend(costs_.send_interrupt);
  }
  EndCall();
}

// ---- membarrier ----

void Kernel::Barrier() {
  ++counts_.barriers;
  AfterComputing();
  Dawdle(costs_.system_call);
  DrainStores();
  Enter(&barrier_lock_);
  Spend(costs_.barrier);
  Sync();
  struct Busy {
    Cpu* cpu;
    std::uint64_t stored;  // when its stores of now have left it
  };
  std::vector<Busy> busy;
  Time done = now();
  for (int i = 0; i < topology_.cpus; ++i) {
    Cpu& other = CpuAt(i);
    if (&other == cpu_ || other.running == nullptr) continue;
    Spend(costs_.barrier_send);
    // Who waits for a lock of the kernel has nothing else to do.
    if (other.lingers) EndLingering(other, now());
    if (!other.in_gate) other.interrupted += costs_.interrupt;
    counts_.interrupted += costs_.interrupt;
    ++counts_.interrupts;
    done = std::max(done, now() + costs_.barrier_answer);
    if (!other.stores.empty()) {
      busy.push_back({&other, other.stored + other.stores.size()});
    }
  }
  WaitUntil(done);
  for (const Busy& one : busy) {
    while (one.cpu->stored < one.stored) {
      WaitUntil(std::max(now(), one.cpu->store_at) + 1);
    }
  }
  Exit(&barrier_lock_);
}

}  // namespace parkway_bench::scale
