// SPDX-License-Identifier: Apache-2.0

// The caches of a simulated machine: who has which line, and when a CPU that
// wants it has it.
//
// A line is like those of MESI. Whoever writes it has it alone; any number may
// have a copy to read. A transfer has three legs: the request goes to where all
// requests for that line are put in order, from there to the CPU that has the
// line, and the line from there to who asked. One transfer of a line at a time;
// the requests of others are there already, so theirs have the last two legs
// only. The CPU that loses a line can use it until the second leg has ended.
// Where lines migrate, who reads what another CPU has written has it alone.
#ifndef PARKWAY_BENCH_SCALE_MACHINE_H_
#define PARKWAY_BENCH_SCALE_MACHINE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "bench/scale/costs.h"
#include "bench/scale/random.h"

namespace parkway_bench::scale {

class Machine {
 public:
  // `seed`: of what transfers differ by.
  Machine(const Costs& costs, const Topology& topology, std::uint64_t seed);

  // `cpu` asks for the line of that number at `now`, which is not before the
  // last call's. When it has it, from then on until somebody else takes it;
  // `now` if it has it already.
  Time Read(int cpu, std::uint32_t line, Time now);
  Time Own(int cpu, std::uint32_t line, Time now);

  // Until when it has the copy that it has; kForever if nobody has asked for
  // that.
  Time KeptUntil(int cpu, std::uint32_t line) {
    return CopyOf(LineOf(line), cpu).readable;
  }
  // `cpu`, for which that is kForever, wants to be in lost() when it is not.
  void Watch(int cpu, std::uint32_t line) {
    LineOf(line).watchers.push_back(cpu);
  }
  // Who has lost such a copy, and when; until ForgetLost().
  struct Lost {
    int cpu;
    Time at;
  };
  const std::vector<Lost>& lost() const { return lost_; }
  void ForgetLost() { lost_.clear(); }

  // How often a line went from one CPU to another, also to another socket.
  std::uint64_t transfers() const { return transfers_; }
  std::uint64_t far_transfers() const { return far_transfers_; }

 private:
  // One CPU's copy: there from `here` on, to be read until `readable`, to be
  // written until `writable`.
  struct Copy {
    Time here = 0;
    Time used = 0;
    Time readable = 0;
    Time writable = 0;
  };
  struct Line {
    std::vector<Copy> copies;  // by CPU
    std::vector<int> holders;  // that have a copy as long as nobody asks
    std::vector<int> watchers;
    int owner = -1;        // has it alone as long as nobody asks
    bool written = false;  // by the owner
    int from_owner = -1;   // who had it alone before it was shared
    Time free_at = 0;      // when the last transfer is over
  };
  struct Place {
    int socket;
    int cluster;
  };
  struct Transfer {
    Time start;  // of the second leg
    Time lost;
    Time here;
  };
  enum class From { kMemory, kSocket, kOtherSocket };
  // Where a line comes from.
  struct Source {
    Time latency;
    From from;
  };

  Line& LineOf(std::uint32_t number);
  Copy& CopyOf(Line& line, int cpu) {
    return line.copies[static_cast<std::size_t>(cpu)];
  }
  Time Fetch(int cpu, Line& line, Time now);
  Time FetchAlone(int cpu, Line& line, Time now);
  Source SourceAt(int holder, int cpu) const;
  Source Nearest(const Line& line, int cpu) const;
  void Count(From from);
  Transfer Begin(const Line& line, Time latency, Time now);
  void Lose(Line& line, Time at);
  void Migrate(Line& line, int cpu, Time at);
  void WriteBeforeLoss(Line& line, int cpu);
  Time Varied(Time time);

  const Costs& costs_;
  std::vector<Place> places_;  // by CPU
  Random random_;
  std::vector<Line> lines_;  // by number
  std::vector<Lost> lost_;
  std::uint64_t transfers_ = 0;
  std::uint64_t far_transfers_ = 0;
};

inline Machine::Line& Machine::LineOf(std::uint32_t number) {
  if (number >= lines_.size()) lines_.resize(number + 1);
  Line& line = lines_[number];
  if (line.copies.empty()) line.copies.resize(places_.size());
  return line;
}

inline Time Machine::Read(int cpu, std::uint32_t number, Time now) {
  Line& line = LineOf(number);
  Copy& copy = CopyOf(line, cpu);
  const bool ahead = now - copy.used < costs_.works_ahead;
  copy.used = now;
  return now < copy.readable + (ahead ? costs_.loads_ahead : 0)
             ? std::max(now, copy.here)
             : Fetch(cpu, line, now);
}

inline Time Machine::Own(int cpu, std::uint32_t number, Time now) {
  Line& line = LineOf(number);
  Copy& copy = CopyOf(line, cpu);
  copy.used = now;
  if (now >= copy.writable) return FetchAlone(cpu, line, now);
  const Time here = std::max(now, copy.here);
  if (line.owner == cpu) {
    line.written = true;
  } else if (costs_.lines_migrate) {
    WriteBeforeLoss(line, cpu);
  }
  return here;
}

}  // namespace parkway_bench::scale

#endif  // PARKWAY_BENCH_SCALE_MACHINE_H_
