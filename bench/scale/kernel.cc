// SPDX-License-Identifier: Apache-2.0

#include "bench/scale/kernel.h"

#include <algorithm>
#include <utility>

namespace parkway_bench::scale {

Kernel::Kernel(const Costs& costs, const Topology& topology, std::uint64_t seed)
    : costs_(costs),
      topology_(topology),
      machine_(costs_, topology_, seed),
      cpus_(static_cast<std::size_t>(topology.cpus)),
      agenda_(topology.cpus + 1) {
  for (std::size_t i = 0; i < cpus_.size(); ++i) {
    cpus_[i].index = static_cast<int>(i);
  }
}

// ---- what comes next ----

void Kernel::Start(Thread* thread, Time at) {
  ++threads_;
  thread->kernel = this;
  MakeReady(thread, at);
}

void Kernel::At(Time at, std::function<void()> what) {
  Ring(at, nullptr, calls_.size());
  calls_.push_back(std::move(what));
}

bool Kernel::Run() {
  Thread* const first = NextThread();
  if (first != nullptr) parkway::switch_context(&host_, first->context);
  return threads_ == 0;
}

Thread* Kernel::NextThread() {
  while (threads_ > 0 && agenda_.next() < Agenda::kNever) {
    const int who = agenda_.who();
    if (who == topology_.cpus) {
      Alarms();
      continue;
    }
    Cpu& cpu = CpuAt(who);
    const Time now = agenda_.next();
    if (cpu.store_at == now) {
      CommitStore(cpu);
    } else if (cpu.slice_at == now) {
      EndSlice(cpu);
    } else if (Thread* const thread = GoOn(cpu); thread != nullptr) {
      return thread;
    }
  }
  return nullptr;
}

Thread* Kernel::GoOn(Cpu& cpu) {
  const Time now = cpu.run_at;
  if (cpu.interrupted > 0) {
    RunAt(cpu, now + std::exchange(cpu.interrupted, 0));
    return nullptr;
  }
  RunAt(cpu, Agenda::kNever);
  if (cpu.running == nullptr) {
    Begin(cpu, now);
    return nullptr;
  }
  current_ = cpu.running;
  cpu_ = &cpu;
  cpu.clock = now;
  return current_;
}

void Kernel::Ring(Time at, Thread* thread, std::uint64_t number) {
  alarms_.push({at, alarm_order_++, thread, number});
  PlanAlarms();
}

void Kernel::PlanAlarms() {
  agenda_.Set(topology_.cpus,
              alarms_.empty() ? Agenda::kNever : alarms_.top().at);
}

void Kernel::Alarms() {
  const Alarm alarm = alarms_.top();
  alarms_.pop();
  PlanAlarms();
  cpu_ = nullptr;  // no thread calls
  if (alarm.thread != nullptr) {
    TimeIsUp(alarm);
  } else {
    calls_[alarm.number]();
  }
}

void Kernel::SwitchAway() {
  Thread* const self = current_;
  Thread* const next = NextThread();
  if (next == self) return;
  parkway::switch_context(&self->context,
                          next != nullptr ? next->context : host_);
}

void Kernel::Leave() {
  RunAt(*cpu_, cpu_->clock);
  SwitchAway();
}

void Kernel::EnterThread(void* thread) {
  auto& self = *static_cast<Thread*>(thread);
  Kernel& kernel = *self.kernel;
  self.body();
  kernel.DrainStores();
  kernel.Sync();
  --kernel.threads_;
  kernel.GiveUpCpu();
  kernel.SwitchAway();
}

// ---- the scheduler ----

void Kernel::Account(Cpu& cpu, Time until) {
  const Time ran = std::max<Time>(0, until - cpu.began);
  cpu.running->had += ran;
  cpu.running->spent += ran;
  cpu.began = until;
}

Time Kernel::Unaccounted(Time now) const {
  Time sum = 0;
  for (const Cpu& cpu : cpus_) {
    if (cpu.running != nullptr) sum += std::max<Time>(0, now - cpu.began);
  }
  return sum;
}

Time Kernel::TickAfter(Time time) const {
  return (time / costs_.tick + 1) * costs_.tick;
}

Thread* Kernel::NextOf(const Cpu& cpu) {
  return *std::min_element(
      cpu.ready.begin(), cpu.ready.end(),
      [](const Thread* a, const Thread* b) { return a->had < b->had; });
}

void Kernel::Begin(Cpu& cpu, Time at) {
  if (cpu.running != nullptr || cpu.ready.empty()) return;
  Thread* const thread = NextOf(cpu);
  cpu.ready.erase(std::find(cpu.ready.begin(), cpu.ready.end(), thread));
  cpu.running = thread;
  if (std::exchange(cpu.told, false) && at < cpu.told_at) {
    cpu.interrupted += costs_.interrupt;
  }
  cpu.began = at;
  cpu.slice_end = TickAfter(at + costs_.slice - 1);
  cpu.run_at = at + costs_.context_switch + std::exchange(thread->left, 0);
  cpu.slice_at = cpu.ready.empty() ? Agenda::kNever : cpu.slice_end;
  Plan(cpu);
}

Time Kernel::AverageHad(const Cpu& cpu, Time at) const {
  std::int64_t threads = 0;
  Time sum = 0;
  if (cpu.running != nullptr) {
    ++threads;
    sum += cpu.running->had + std::max<Time>(0, at - cpu.began);
  }
  for (const Thread* const thread : cpu.ready) {
    ++threads;
    sum += thread->had;
  }
  return threads == 0 ? cpu.average_had : sum / threads;
}

// Who is woken is as far from the average as when it went to sleep, but not
// beyond it for that reason.
void Kernel::Join(Cpu& cpu, Thread* thread, Time at) {
  const Time average = AverageHad(cpu, at);
  const auto threads = static_cast<std::int64_t>(
      cpu.ready.size() + (cpu.running != nullptr ? 1 : 0));
  if (threads == 0) {
    thread->had = std::max(thread->had, average);
  } else if (thread->had < average) {
    thread->had = average - thread->lag * (threads + 1) / threads;
  }
  cpu.ready.push_back(thread);
}

void Kernel::GiveUpCpu() {
  Cpu& own = *cpu_;
  Account(own, own.clock);
  own.average_had = AverageHad(own, own.clock);
  own.running->lag = std::clamp<Time>(own.average_had - own.running->had, 0,
                                      std::max(2 * costs_.slice, costs_.tick));
  own.running = nullptr;
  own.idle_since = own.clock;
  SliceAt(own, Agenda::kNever);
  Begin(own, own.clock);
}

void Kernel::EndSlice(Cpu& cpu) {
  const Time now = std::exchange(cpu.slice_at, Agenda::kNever);
  Plan(cpu);
  if (cpu.in_gate) {
    cpu.preempt_later = true;
    return;
  }
  ++counts_.preemptions;
  Thread* const thread = cpu.running;
  Account(cpu, now);
  thread->left = cpu.run_at - now;
  ++thread->switches;
  cpu.running = nullptr;
  cpu.ready.push_back(thread);
  Begin(cpu, now);
}

// True: its CPU is told by an interrupt, unless that is who calls.
bool Kernel::MakeReady(Thread* thread, Time at) {
  Cpu& cpu = CpuAt(thread->cpu);
  thread->sleeps = false;
  Join(cpu, thread, at);
  if (cpu.running != nullptr) {
    if (cpu.lingers) EndLingering(cpu, at);
    if (cpu.ready.size() == 1) {
      if (cpu.slice_end < at) cpu.slice_end = TickAfter(at);
      SliceAt(cpu, cpu.slice_end);
    }
    const Time had = cpu.running->had + std::max<Time>(0, at - cpu.began);
    if (had <= AverageHad(cpu, at) || cpu.told || NextOf(cpu) != thread) {
      return false;
    }
    cpu.told = true;
    if (&cpu == cpu_) {
      cpu.told_at = at;
      return false;
    }
    cpu.told_at = at + costs_.wake_interrupt;
    SliceAt(cpu, std::min(cpu.slice_at, cpu.told_at));
    return true;
  }
  if (cpu.run_at < Agenda::kNever) return false;  // it wakes up already
  Time latency = costs_.wake_interrupt;
  for (const IdleState& state : costs_.idle) {
    if (at - cpu.idle_since >= state.after) {
      latency = costs_.wake_interrupt + state.latency;
    }
  }
  RunAt(cpu, at + latency);
  return true;
}

void Kernel::EndCall() {
  Spend(costs_.system_call / 2);
  if (cpu_->told) SliceAt(*cpu_, std::min(cpu_->slice_at, cpu_->clock));
}

bool Kernel::Yield() {
  ++counts_.yields;
  AfterComputing();
  Dawdle(costs_.yield);
  DrainStores();
  Sync();
  Cpu& own = *cpu_;
  Thread& self = *current_;
  if (own.ready.empty()) return false;
  Account(own, own.clock);
  self.had += costs_.slice;
  own.running = nullptr;
  ++self.switches;
  own.ready.push_back(&self);
  Begin(own, own.clock);
  SwitchAway();
  return true;
}

void Kernel::YieldWhileKept(const void* address) {
  // Another thread of the CPU may have changed what is there.
  if (Yield() || !cpu_->stores.empty()) return;
  const Time turn = costs_.load + costs_.yield;
  const Time lingered = Linger(address, turn, Agenda::kNever);
  counts_.yields += static_cast<std::uint64_t>(lingered / turn);
}

int Kernel::LoadWhileKept(const void* address, int most) {
  Sync();
  if (!cpu_->ready.empty() || !cpu_->stores.empty() || most <= 0) return 0;
  const Time lingered = Linger(address, costs_.load, most * costs_.load);
  return static_cast<int>(lingered / costs_.load);
}

Time Kernel::Linger(const void* address, Time turn, Time most) {
  Dawdle(0);
  Cpu& own = *cpu_;
  const Time start = own.clock;
  const std::uint32_t line = Memory::LineOf(address);
  const Time kept_until = machine_.KeptUntil(own.index, line);
  own.lingers_since = start;
  own.lingers_turn = turn;
  Time until = std::min(start + most, Agenda::kNever);
  if (kept_until == kForever) {
    machine_.Watch(own.index, line);
  } else {
    until = std::min(until, LoadBy(own, kept_until));
  }
  if (until <= start) return 0;
  own.lingers = true;
  RunAt(own, until);
  SwitchAway();
  own.lingers = false;
  return own.clock - start;
}

// Before the first load of who lingers that is not earlier than `at`.
Time Kernel::LoadBy(const Cpu& cpu, Time at) const {
  const Time since = at - cpu.lingers_since - costs_.load;
  const Time turns =
      std::max<Time>(0, (since + cpu.lingers_turn - 1) / cpu.lingers_turn);
  return cpu.lingers_since + turns * cpu.lingers_turn;
}

void Kernel::EndLingering(Cpu& cpu, Time at) {
  cpu.lingers = false;
  RunAt(cpu, std::min(cpu.run_at, LoadBy(cpu, at)));
}

void Kernel::EndLost() {
  for (const Machine::Lost& lost : machine_.lost()) {
    Cpu& cpu = CpuAt(lost.cpu);
    if (cpu.lingers) EndLingering(cpu, lost.at);
  }
  machine_.ForgetLost();
}

}  // namespace parkway_bench::scale
