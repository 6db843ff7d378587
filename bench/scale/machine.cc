// SPDX-License-Identifier: Apache-2.0

#include "bench/scale/machine.h"

#include <algorithm>

namespace parkway_bench::scale {

Machine::Machine(const Costs& costs, const Topology& topology,
                 std::uint64_t seed)
    : costs_(costs), random_(seed) {
  for (int i = 0; i < topology.cpus; ++i) {
    places_.push_back({topology.socket_of(i), topology.cluster_of(i)});
  }
}

Time Machine::Varied(Time time) {
  const auto spread = static_cast<std::uint64_t>(time) *
                      static_cast<std::uint64_t>(costs_.spread_percent) / 100;
  return time - static_cast<Time>(spread) +
         static_cast<Time>(random_.Below(2 * spread + 1));
}

Machine::Source Machine::SourceAt(int holder, int cpu) const {
  const Place& there = places_[static_cast<std::size_t>(holder)];
  const Place& here = places_[static_cast<std::size_t>(cpu)];
  if (there.socket != here.socket) {
    return {costs_.from_other_socket, From::kOtherSocket};
  }
  return {
      there.cluster == here.cluster ? costs_.from_cluster : costs_.from_socket,
      From::kSocket};
}

Machine::Source Machine::Nearest(const Line& line, int cpu) const {
  Source nearest{kForever, From::kMemory};
  for (const int holder : line.holders) {
    if (holder == cpu) continue;
    const Source source = SourceAt(holder, cpu);
    if (source.latency < nearest.latency) nearest = source;
    if (nearest.latency == costs_.from_cluster) break;
  }
  if (nearest.from == From::kMemory) nearest.latency = costs_.from_memory;
  return nearest;
}

void Machine::Count(From from) {
  if (from != From::kMemory) ++transfers_;
  if (from == From::kOtherSocket) ++far_transfers_;
}

Machine::Transfer Machine::Begin(const Line& line, Time latency, Time now) {
  const Time varied = Varied(latency);
  const Time asked = varied * costs_.asked_percent / 100;
  const Time lost = varied * costs_.lost_percent / 100;
  const Time start = std::max(now + asked, line.free_at);
  return {start, start + lost - asked, start + varied - asked};
}

// Every copy ends.
void Machine::Lose(Line& line, Time at) {
  for (const int holder : line.holders) {
    Copy& copy = CopyOf(line, holder);
    copy.readable = std::min(copy.readable, at);
    copy.writable = std::min(copy.writable, at);
  }
  for (const int watcher : line.watchers) lost_.push_back({watcher, at});
  line.watchers.clear();
}

// `cpu` has it alone, for a read.
void Machine::Migrate(Line& line, int cpu, Time at) {
  Lose(line, at);
  CopyOf(line, cpu).writable = kForever;
  line.holders.assign(1, cpu);
  line.owner = cpu;
  line.written = false;
}

// Whoever asked to read it was told that it would share it with `cpu`, which
// writes before the request is there.
void Machine::WriteBeforeLoss(Line& line, int cpu) {
  if (line.owner >= 0 || line.from_owner != cpu || line.holders.size() != 2) {
    return;
  }
  const Time readable = CopyOf(line, line.holders.back()).readable;
  Migrate(line, line.holders.back(), CopyOf(line, cpu).writable);
  CopyOf(line, line.holders.back()).readable = readable;
}

Time Machine::Fetch(int cpu, Line& line, Time now) {
  const Source source = Nearest(line, cpu);
  Copy& own = CopyOf(line, cpu);
  const Transfer transfer = Begin(line, source.latency, now);
  Count(source.from);
  if (line.owner < 0) {
    line.free_at = transfer.start + costs_.line_between;
    line.holders.push_back(cpu);
  } else if (costs_.lines_migrate && line.written) {
    line.free_at = transfer.here;
    Migrate(line, cpu, transfer.lost);
  } else {
    line.free_at = transfer.here;
    Copy& owner = CopyOf(line, line.owner);
    owner.writable = std::min(owner.writable, transfer.lost);
    line.from_owner = line.owner;
    line.owner = -1;
    line.holders.push_back(cpu);
  }
  own.here = transfer.here;
  own.readable = kForever;
  return transfer.here;
}

Time Machine::FetchAlone(int cpu, Line& line, Time now) {
  Copy& own = CopyOf(line, cpu);
  Source source{0, From::kMemory};
  if (now >= own.readable) {
    source = Nearest(line, cpu);
  } else if (line.holders.size() == 1) {
    source.latency = costs_.update;
  }
  // Every other copy ends; the farthest one's answer takes the longest.
  Time ends = 0;
  for (const int holder : line.holders) {
    if (holder == cpu) continue;
    ends += costs_.for_each_copy;
    const Source other = SourceAt(holder, cpu);
    source.latency = std::max(source.latency, other.latency);
    source.from = std::max(source.from, other.from);
  }
  Count(source.from);
  Transfer transfer = Begin(line, source.latency, now);
  transfer.here += std::max<Time>(0, ends - costs_.for_each_copy);
  Lose(line, transfer.lost);
  own.here = transfer.here;
  own.readable = own.writable = kForever;
  line.holders.assign(1, cpu);
  line.owner = cpu;
  line.written = true;
  line.free_at = transfer.here;
  return transfer.here;
}

}  // namespace parkway_bench::scale
