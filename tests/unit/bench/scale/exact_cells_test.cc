// SPDX-License-Identifier: Apache-2.0

// A dozen cells of parkway's whose figures are exact_cells.txt's, to the last
// operation: what they cost on a large machine has changed if these have.
//
//   exact_cells_test FILE           compares
//   exact_cells_test FILE --write   writes the file, from `bazel run`
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "bench/scale/cells.h"
#include "parkway/base/checks.h"

namespace parkway_bench::scale {
namespace {

struct Machine {
  const char* cell;
  int cpus;
  int sockets;
  int threads;
};

constexpr Machine kExact[] = {
    {"MutexContention/FutexMutex", 64, 1, 64},
    {"MutexContention/FutexMutex", 64, 1, 256},
    {"MutexContention/SemaMutex", 64, 1, 64},
    {"MutexContentionWork/FutexMutex", 192, 2, 192},
    {"MutexContentionWork/RwMutex", 64, 1, 64},
    {"MutexContentionLong/SemaMutex", 64, 1, 128},
    {"ManyLocks/FutexMutex", 64, 1, 64},
    {"ManyLocks/RwMutex", 64, 1, 64},
    {"StackDepot/WordLock", 64, 1, 64},
    {"ChanWaits/FutexMutex", 64, 1, 64},
    {"NoteWakeSleeper/SemaNote", 8, 1, 32},
    {"CondVarBroadcast/FutexMutex", 64, 1, 64},
    {"CondVarBroadcast/RwMutex", 64, 1, 64},
    {"ReadersWriters90/RwMutex", 384, 8, 384},
    {"ReadersWriters99/RwMutex", 64, 1, 64},
};

constexpr char kHead[] =
    "# SPDX-License-Identifier: Apache-2.0\n"
    "# What exact_cells_test.cc expects; it says how to write this anew.\n"
    "# cell, CPUs, sockets, threads: operations, longest wait in ps, futex "
    "calls, barriers\n";

using Lines = std::map<std::string, std::vector<std::uint64_t>>;

std::vector<std::uint64_t> Measure(const Machine& machine) {
  for (const Cell& cell : Cells()) {
    if (cell.Name() != machine.cell) continue;
    Setup setup;
    setup.costs = Server();
    setup.topology.cpus = machine.cpus;
    setup.topology.sockets = machine.sockets;
    setup.topology.cpus_per_cluster = 8;
    setup.threads = machine.threads;
    setup.lead = Micros(1000);
    setup.duration = Micros(4000);
    const Figures figures = cell.measure(setup);
    if (!figures.fault.empty()) {
      std::cerr << machine.cell << ": " << figures.fault << '\n';
      std::exit(1);
    }
    return {figures.operations,
            static_cast<std::uint64_t>(figures.longest_wait),
            figures.counts.futex_calls, figures.counts.barriers};
  }
  std::cerr << "no cell is called " << machine.cell << '\n';
  std::exit(1);
}

std::string KeyOf(const Machine& machine) {
  std::ostringstream key;
  key << machine.cell << ' ' << machine.cpus << ' ' << machine.sockets << ' '
      << machine.threads;
  return key.str();
}

std::string Text(const std::vector<std::uint64_t>& numbers) {
  std::ostringstream text;
  for (const std::uint64_t number : numbers) text << ' ' << number;
  return text.str();
}

Lines Read(const std::string& path) {
  Lines lines;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    const std::size_t colon = line.find(':');
    if (line.empty() || line[0] == '#' || colon == std::string::npos) continue;
    std::istringstream numbers(line.substr(colon + 1));
    auto& known = lines[line.substr(0, colon)];
    for (std::uint64_t number; numbers >> number;) known.push_back(number);
  }
  return lines;
}

int Write(const std::string& path) {
  const char* const root = std::getenv("BUILD_WORKSPACE_DIRECTORY");
  if (root == nullptr) {
    std::cerr << "--write is for `bazel run`, which says where the file is\n";
    return 2;
  }
  std::ofstream out(std::string(root) + "/" + path);
  out << kHead;
  for (const Machine& machine : kExact) {
    out << KeyOf(machine) << ':' << Text(Measure(machine)) << '\n';
  }
  out.close();
  return out.fail() ? 1 : 0;
}

int Compare(const std::string& path) {
  const Lines lines = Read(path);
  int changed = 0;
  for (const Machine& machine : kExact) {
    const std::string key = KeyOf(machine);
    const std::vector<std::uint64_t> now = Measure(machine);
    const auto found = lines.find(key);
    if (found != lines.end() && found->second == now) continue;
    ++changed;
    std::cerr << key << '\n';
    if (found == lines.end() || found->second.size() != now.size()) {
      std::cerr << "  is not in the file\n";
      continue;
    }
    const auto was = static_cast<double>(found->second[0]);
    std::cerr << "  expected" << Text(found->second) << "\n  got     "
              << Text(now) << "\n  " << static_cast<double>(now[0]) / was
              << " of the operations"
              << (static_cast<double>(now[0]) < was ? ": SLOWER" : "") << '\n';
  }
  if (lines.size() != std::size(kExact)) {
    std::cerr << "the file has " << lines.size() << " cells, the test has "
              << std::size(kExact) << '\n';
    ++changed;
  }
  if (changed == 0) return 0;
  if (parkway::kChecks) {
    std::cerr << "not compared: misuse checks are on, and cost something\n";
    return 0;
  }
  std::cerr
      << "\nOperations, longest wait in ps, futex calls and barriers of "
      << changed
      << " cells are no longer those of exact_cells.txt. If an algorithm has "
         "changed, look at what that does to large machines first:\n"
         "  ./bazelw run //bench:scale\n"
         "Then write the new figures, and say in the change what is slower:\n"
         "  ./bazelw run //tests/unit/bench/scale:exact_cells_test -- "
         "--write\n";
  return 1;
}

int Main(const std::vector<std::string>& words) {
  if (words.size() == 2) return Compare(words[1]);
  if (words.size() == 3 && words[2] == "--write") return Write(words[1]);
  std::cerr << "exact_cells_test FILE [--write]\n";
  return 2;
}

}  // namespace
}  // namespace parkway_bench::scale

int main(int argc, char** argv) {
  return parkway_bench::scale::Main({argv, argv + argc});
}
