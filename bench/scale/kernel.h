// SPDX-License-Identifier: Apache-2.0

// The kernel of a simulated machine: CPUs, the threads that are pinned to them,
// run queues, futexes, membarrier, idle states; and the clock of the whole.
//
// Each CPU has a clock of its own. The thread that runs there spends time as it
// goes, and what others could see it do it does when no other CPU has anything
// to do earlier: Sync(). So all that is seen happens in the order of time, one
// after the other, the same way each time.
//
// Scheduling is Linux's as far as it matters to a lock:
//   - a thread keeps its CPU until it blocks, yields, its slice has ended at
//     a tick and another one waits there, or one is woken that has had less
//     (EEVDF: who has had more than the average protects no slice of its own);
//     who wakes it sends an interrupt, and the end of a system call comes first
//     if it is sooner;
//   - the thread that has had the least goes next; who yields counts as if it
//     had had its slice; who has slept is as far from the average as before;
//   - a CPU without threads sleeps, the longer the deeper.
#ifndef PARKWAY_BENCH_SCALE_KERNEL_H_
#define PARKWAY_BENCH_SCALE_KERNEL_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <queue>
#include <unordered_map>
#include <vector>

#include "bench/scale/agenda.h"
#include "bench/scale/costs.h"
#include "bench/scale/machine.h"
#include "bench/scale/memory.h"
#include "parkway/task/context/context.h"

namespace parkway_bench::scale {

class Kernel;

struct Thread {
  Kernel* kernel = nullptr;
  int index = 0;
  int cpu = 0;
  parkway::Context context;
  std::function<void()> body;

  // Of its work, before it can go on, when it has lost its CPU.
  Time left = 0;
  Time had = 0;  // CPU time, as the scheduler counts it
  Time lag = 0;  // less than the average of its CPU, when it went to sleep
  Time spent = 0;

  // Queues on a futex at that address until it is woken or its time is up;
  // sleeps if it has given its CPU away.
  const void* queues_on = nullptr;
  std::uint32_t sleep = 0;  // a number for each time
  bool sleeps = false;
  bool timed_out = false;

  Time computes_until = 0;
  // The word of which its last access was a load.
  const void* loaded = nullptr;

  std::uint64_t switches = 0;
};

// What the kernel was asked for.
struct Counts {
  std::uint64_t sleeps = 0;
  std::uint64_t wakes = 0;  // threads woken
  std::uint64_t futex_calls = 0;
  std::uint64_t yields = 0;
  std::uint64_t preemptions = 0;
  std::uint64_t barriers = 0;
  std::uint64_t interrupts = 0;
  Time interrupted = 0;  // of all CPUs together
};

class Kernel {
 public:
  Kernel(const Costs& costs, const Topology& topology, std::uint64_t seed);
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;

  // The thread begins at `at` on its cpu. Threads outlive the kernel.
  void Start(Thread* thread, Time at);
  // Calls `what` at that time, outside of all threads.
  void At(Time at, std::function<void()> what);
  // Until all threads have ended. False: those that are left sleep for ever.
  bool Run();

  // By the thread that runs, of which there is one on each CPU and one at all.
  Thread& current() { return *current_; }
  Time now() const { return cpu_->clock; }
  void Spend(Time time) { cpu_->clock += time; }
  // Until nobody else has anything to do before now().
  void Sync() {
    if (cpu_->clock > agenda_.next()) Leave();
  }
  void WaitUntil(Time time) {
    if (time > cpu_->clock) cpu_->clock = time;
    Sync();
  }

  // Has the line to read or to write, after Sync(). Who loses its CPU before
  // the line is there asks once more.
  void Read(const void* address) {
    const std::uint32_t line = Memory::LineOf(address);
    Time here = 0;
    do {
      here = Fetch(*cpu_, line, now());
      WaitUntil(here);
    } while (now() > here);
  }
  void Own(const void* address) {
    const std::uint32_t line = Memory::LineOf(address);
    Time here = 0;
    do {
      here = Take(*cpu_, line, now());
      WaitUntil(here);
    } while (now() > here);
  }
  // A computation whose result nothing else needs. The next access comes after
  // it, but its line is asked for earlier: a processor looks ahead.
  void Compute(Time time);
  // Nothing comes before the end of that.
  void Dawdle(Time time) {
    Spend(time);
    current_->computes_until = std::max(current_->computes_until, now());
  }
  void AfterComputing() { WaitUntil(current_->computes_until); }
  void AfterComputing(const void* address, bool writes) {
    if (current_->computes_until > now()) AskAhead(address, writes);
  }
  // A word was loaded; a compare-and-exchange needs it; nothing does any more.
  void Loaded(const void* address) { current_->loaded = address; }
  void Need(const void* address) {
    if (current_->loaded == address) Spend(costs_.load_use);
  }
  void ForgetLoad() { current_->loaded = nullptr; }
  // Asks for it, after Sync(), and goes on.
  void ReadAhead(const void* address) {
    const Time here = Fetch(*cpu_, Memory::LineOf(address), now());
    cpu_->all_done_at = std::max(cpu_->all_done_at, here);
  }
  void OwnAhead(const void* address) {
    Take(*cpu_, Memory::LineOf(address), now());
  }
  // A plain store of `bytes` bytes: it leaves the CPU in the order of its
  // stores, as x86 has it, when the line is there; the thread does not wait.
  void Store(void* address, std::uint64_t value, unsigned bytes);
  // The newest store of the CPU's to that address that is still on its way.
  bool Forward(const void* address, std::uint64_t* value) const {
    return !cpu_->stores.empty() && ForwardSlow(address, value);
  }
  void DrainStores() {
    if (!cpu_->stores.empty()) DrainStoresSlow();
    cpu_->clock = std::max(cpu_->clock, cpu_->all_done_at);
  }

  // Compares under the bucket's lock. False: timed out.
  bool FutexSleep(const void* address, std::uint32_t expected, Time deadline);
  void FutexWake(const void* address, std::uint32_t count);
  // Whether another thread ran meanwhile.
  bool Yield();
  // Yield(), and then again and again, with a load each time, for as long as
  // the CPU has its copy of the line and no other thread. As such a loop, but
  // for the host's time.
  void YieldWhileKept(const void* address);
  // The same with loads alone, not more than so many. How many there were.
  int LoadWhileKept(const void* address, int most);
  void Barrier();

  const Costs& costs() const { return costs_; }
  const Topology& topology() const { return topology_; }
  const Counts& counts() const { return counts_; }
  const Machine& machine() const { return machine_; }
  // What the running threads have had of their CPUs and is in no Thread::spent
  // yet, outside of all threads.
  Time Unaccounted(Time now) const;

 private:
  struct PendingStore {
    Time here;
    void* address;
    std::uint64_t value;
    unsigned bytes;
  };
  struct Cpu {
    int index = 0;
    // What it has on the agenda, each kNever if it does not.
    Time run_at = Agenda::kNever;  // its thread goes on; or it wakes up
    Time store_at = Agenda::kNever;
    Time slice_at = Agenda::kNever;

    Thread* running = nullptr;
    std::vector<Thread*> ready;
    Time clock = 0;
    Time began = 0;  // when the running thread's time was last counted
    Time slice_end = 0;
    Time interrupted = 0;  // not yet paid for
    Time idle_since = 0;
    Time average_had = 0;  // of its threads, when one slept
    bool lingers = false;  // in YieldWhileKept() or LoadWhileKept(), since:
    Time lingers_since = 0;
    Time lingers_turn = 0;       // of the loop, which ends with a load
    bool told = false;           // that it shall run another
    Time told_at = 0;            // when the interrupt comes that says so
    bool in_gate = false;        // not to be preempted
    bool preempt_later = false;  // after the gate
    std::deque<PendingStore> stores;
    // When the stores are gone that did not wait for their lines, and the lines
    // are there that were read ahead.
    Time all_done_at = 0;
    std::uint64_t stored = 0;  // how many have left it
  };
  // The kernel's own locks: passed by one after the other, in the order in
  // which they ask. Whoever waits spins.
  struct Gate {
    bool held = false;
    int last_cpu = -1;
    std::deque<Cpu*> waiting;
  };
  struct Bucket {
    Gate lock;
    std::deque<Thread*> sleepers;
  };
  // On the agenda as one more CPU: the end of a sleep, or a call.
  struct Alarm {
    Time at;
    std::uint64_t order;
    Thread* thread;
    std::uint64_t number;  // of its sleep, or of the call

    bool operator>(const Alarm& other) const {
      return at != other.at ? at > other.at : order > other.order;
    }
  };

  Cpu& CpuAt(int index) { return cpus_[static_cast<std::size_t>(index)]; }

  void Plan(const Cpu& cpu) {
    agenda_.Set(cpu.index, std::min({cpu.run_at, cpu.store_at, cpu.slice_at}));
  }
  void RunAt(Cpu& cpu, Time at) {
    cpu.run_at = at;
    Plan(cpu);
  }
  void StoreAt(Cpu& cpu, Time at) {
    cpu.store_at = at;
    Plan(cpu);
  }
  void SliceAt(Cpu& cpu, Time at) {
    cpu.slice_at = at;
    Plan(cpu);
  }
  void Ring(Time at, Thread* thread, std::uint64_t number);
  void PlanAlarms();

  // The running thread's context goes elsewhere, and comes back at its time.
  void Leave();
  void SwitchAway();
  Thread* NextThread();
  Thread* GoOn(Cpu& cpu);
  void Alarms();
  // As machine_.Read(), machine_.Own().
  Time Fetch(Cpu& cpu, std::uint32_t line, Time now) {
    const Time here = machine_.Read(cpu.index, line, now);
    if (!machine_.lost().empty()) EndLost();
    return here;
  }
  Time Take(Cpu& cpu, std::uint32_t line, Time now) {
    const Time here = machine_.Own(cpu.index, line, now);
    if (!machine_.lost().empty()) EndLost();
    return here;
  }
  void AskAhead(const void* address, bool writes);
  Time Linger(const void* address, Time turn, Time most);
  Time LoadBy(const Cpu& cpu, Time at) const;
  void EndLost();
  void EndLingering(Cpu& cpu, Time at);
  void CommitStore(Cpu& cpu);
  void EndSlice(Cpu& cpu);
  void TimeIsUp(const Alarm& alarm);
  bool ForwardSlow(const void* address, std::uint64_t* value) const;
  void DrainStoresSlow();
  void Account(Cpu& cpu, Time until);
  static Thread* NextOf(const Cpu& cpu);
  void Begin(Cpu& cpu, Time at);  // the next of its ready threads
  void GiveUpCpu();               // by the running thread
  void Join(Cpu& cpu, Thread* thread, Time at);
  Time AverageHad(const Cpu& cpu, Time at) const;
  bool MakeReady(Thread* thread, Time at);
  void EndCall();
  void Enter(Gate* gate);
  void Exit(Gate* gate);
  Time Apart(int cpu, int other) const;
  Time TickAfter(Time time) const;

 public:
  static void EnterThread(void* thread);  // of a Thread, by its context

 private:
  const Costs costs_;
  const Topology topology_;
  Machine machine_;
  std::vector<Cpu> cpus_;
  Agenda agenda_;
  std::priority_queue<Alarm, std::vector<Alarm>, std::greater<Alarm>> alarms_;
  std::uint64_t alarm_order_ = 0;
  std::vector<std::function<void()>> calls_;
  std::unordered_map<const void*, Bucket> buckets_;
  Gate barrier_lock_;
  Thread* current_ = nullptr;
  Cpu* cpu_ = nullptr;  // the current thread's
  parkway::Context host_;
  int threads_ = 0;
  Counts counts_;
};

}  // namespace parkway_bench::scale

#endif  // PARKWAY_BENCH_SCALE_KERNEL_H_
