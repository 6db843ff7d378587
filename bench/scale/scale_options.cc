// SPDX-License-Identifier: Apache-2.0

#include "bench/scale/scale_options.h"

#include <algorithm>
#include <cstddef>
#include <regex>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "bench/engine/options.h"

namespace parkway_bench::scale {
namespace {

constexpr int kMostCpus = 1024;
constexpr int kMostSockets = 64;
constexpr double kLeastFactor = .1;
constexpr double kMostFactor = 8;
constexpr int kMostMs = 10000;
constexpr int kMostOfOneSocket = 128;
constexpr int kCpusPerCluster = 8;

bool ParseCount(absl::string_view text, int most, int* count) {
  return absl::SimpleAtoi(text, count) && *count >= 1 && *count <= most;
}

bool ParseCpus(const std::string& list, std::vector<int>* cpus) {
  cpus->clear();
  for (const absl::string_view item : absl::StrSplit(list, ',')) {
    int count = 0;
    if (!ParseCount(item, kMostCpus, &count)) return false;
    cpus->push_back(count);
  }
  return true;
}

bool ParseFactors(const std::string& list, std::vector<double>* factors) {
  factors->clear();
  for (const absl::string_view item : absl::StrSplit(list, ',')) {
    double factor = 0;
    if (!absl::SimpleAtod(item, &factor) || !(factor >= kLeastFactor) ||
        factor > kMostFactor) {
      return false;
    }
    factors->push_back(factor);
  }
  return true;
}

bool IsRegex(const std::string& text) {
  try {
    const std::regex parsed(text);
    return true;
  } catch (const std::regex_error&) {
    return false;
  }
}

bool* FindSwitch(const std::string& name, Options* options) {
  return name == "--help"   ? &options->help
         : name == "--list" ? &options->list
                            : nullptr;
}

std::string Unless(bool good, const std::string& why) {
  return good ? "" : why;
}

// Returns why `value` does not suit `name`; empty when it does.
std::string SetOption(const std::string& name, const std::string& value,
                      Options* options) {
  if (FindSwitch(name, options) != nullptr) return "takes no value";
  const auto count = [&](int most, int* to) {
    return Unless(ParseCount(value, most, to),
                  absl::StrCat("is not a number from 1 to ", most));
  };
  if (name == "--cpus") {
    return Unless(
        ParseCpus(value, &options->cpus),
        absl::StrCat("is not a list of numbers from 1 to ", kMostCpus));
  }
  if (name == "--threads") {
    return Unless(ParseFactors(value, &options->threads),
                  absl::StrCat("is not a list of numbers from ", kLeastFactor,
                               " to ", kMostFactor));
  }
  if (name == "--sockets") return count(kMostSockets, &options->sockets);
  if (name == "--cluster") return count(kMostCpus, &options->cluster);
  if (name == "--duration-ms") return count(kMostMs, &options->duration_ms);
  if (name == "--seed") {
    return Unless(absl::SimpleAtoi(value, &options->seed), "is not a number");
  }
  if (name == "--costs") {
    options->costs = value;
    return Unless(
        FindCosts(value) != nullptr,
        absl::StrCat("are not costs that there are: ", NamesOfCosts()));
  }
  if (name == "--filter") {
    options->filter = value;
    return Unless(IsRegex(value), "is not a regular expression");
  }
  std::string* const path = name == "--html"       ? &options->html
                            : name == "--markdown" ? &options->markdown
                            : name == "--json"     ? &options->json
                                                   : nullptr;
  if (path == nullptr) return "is not an option of scale; --help lists them";
  *path = UserPath(value);
  return Unless(!value.empty(), "needs a path");
}

}  // namespace

const char kUsage[] =
    R"(scale: what parkway's locks do on machines that we do not have, simulated.

  --cpus LIST        machines with so many CPUs, from 1 to 1024 (default 8,64,192,384)
  --threads LIST     threads, each times the CPUs, such as .5,1,2,4 (default 1)
  --sockets N        sockets of each machine (default: 1 up to 128 CPUs, else 2)
  --cluster N        CPUs that share a cache (default 8)
  --costs NAME       what the machine charges, by a name of costs.cc (default server)
  --duration-ms N    how much time of the machine is measured (default 20)
  --seed N           another one gives other figures (default 1)
  --filter REGEX     only the cells whose name it matches somewhere, such as
                     ReadersWriters or MutexContention/Futex
  --list             lists the cells and runs nothing
  --html FILE        writes a page with a figure and a table for each scene; it needs no
                     other file and no network
  --markdown FILE    writes the tables as Markdown
  --json FILE        writes all figures
  --help             prints this

Nothing is measured: the same arguments give the same figures on each host.
Exit status: 0 done; 1 a lock failed; 2 wrong arguments.
)";

bool ParseOptions(const std::vector<std::string>& args, Options* options,
                  std::string* error) {
  for (std::size_t i = 0; i < args.size(); ++i) {
    if (bool* const on = FindSwitch(args[i], options); on != nullptr) {
      *on = true;
      continue;
    }
    const std::pair<std::string, std::string> parts =
        absl::StrSplit(args[i], absl::MaxSplits('=', 1));
    const std::string& name = parts.first;
    std::string value = parts.second;
    const bool has_value = name.size() != args[i].size();
    if (!has_value && i + 1 < args.size()) {
      value = args[++i];
    } else if (!has_value) {
      Options ignored;
      const std::string fault = SetOption(name, "1", &ignored);
      *error = absl::StrCat(
          name, " ",
          fault.empty() || name == "--costs" ? "needs a value" : fault);
      return false;
    }
    const std::string fault = SetOption(name, value, options);
    if (!fault.empty()) {
      *error = absl::StrCat(name, has_value ? "=" : " ", value, " ", fault);
      return false;
    }
  }
  return true;
}

Topology TopologyOf(int cpus, const Options& options) {
  Topology topology;
  topology.cpus = cpus;
  topology.sockets = options.sockets != 0 ? std::min(options.sockets, cpus)
                                          : (cpus > kMostOfOneSocket ? 2 : 1);
  topology.cpus_per_cluster =
      options.cluster != 0 ? options.cluster : std::min(cpus, kCpusPerCluster);
  return topology;
}

int ThreadsFor(int cpus, double factor) {
  return std::max(2, static_cast<int>(cpus * factor + .5));
}

}  // namespace parkway_bench::scale
