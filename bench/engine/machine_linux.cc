// SPDX-License-Identifier: Apache-2.0

#include <oneapi/tbb/version.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <string>

#include "absl/base/config.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "bench/engine/machine.h"
#include "bench/engine/pinning.h"

namespace parkway_bench {
namespace {

std::string CpuModel() {
  std::ifstream cpuinfo("/proc/cpuinfo");
  for (std::string line; std::getline(cpuinfo, line);) {
    if (absl::StartsWith(line, "model name")) {
      return std::string(
          absl::StripAsciiWhitespace(line.substr(line.find(':') + 1)));
    }
  }
  return "unknown";
}

// The CPU seconds that the whole machine has spent on something; negative when
// unknown.
double MachineBusySeconds() {
  std::ifstream stat("/proc/stat");
  std::string cpu;
  double user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0,
         softirq = 0, steal = 0;
  if (!(stat >> cpu >> user >> nice >> system >> idle >> iowait >> irq >>
        softirq >> steal)) {
    return -1;
  }
  return (user + nice + system + irq + softirq + steal) /
         static_cast<double>(sysconf(_SC_CLK_TCK));
}

double OwnSeconds() {
  return ProcessUsage().cpu_seconds + ChildrenUsage().cpu_seconds;
}

double Seconds() { return 1e-9 * static_cast<double>(MonotonicNanos()); }

}  // namespace

NeighbourWatch::NeighbourWatch()
    : start_busy_(MachineBusySeconds()),
      start_own_(OwnSeconds()),
      start_seconds_(Seconds()) {}

double NeighbourWatch::Share() const {
  const double busy = MachineBusySeconds();
  if (busy < 0 || start_busy_ < 0) {
    return -1;
  }
  const double others = (busy - start_busy_) - (OwnSeconds() - start_own_);
  const double all = (Seconds() - start_seconds_) *
                     static_cast<double>(sysconf(_SC_NPROCESSORS_ONLN));
  return all <= 0 ? 0 : std::min(std::max(others / all, 0.0), 1.0);
}

bool IsOptimizedBuild() {
#ifdef __OPTIMIZE__
  return true;
#else
  return false;
#endif
}

std::vector<std::pair<std::string, std::string>> DescribeMachine() {
  utsname system{};
  uname(&system);
  return {
      {"cpu", CpuModel()},
      {"usable cpus", absl::StrCat(UsableCpus().size())},
      {"system",
       absl::StrCat(system.sysname, " ", system.release, " ", system.machine)},
      {"date", absl::FormatTime("%Y-%m-%d %H:%M UTC", absl::Now(),
                                absl::UTCTimeZone())},
      {"compiler", __VERSION__},
      {"build", IsOptimizedBuild() ? "optimized" : "NOT OPTIMIZED: use -c opt"},
      {"Abseil", absl::StrCat(ABSL_LTS_RELEASE_VERSION, ".",
                              ABSL_LTS_RELEASE_PATCH_LEVEL)},
      {"oneTBB", absl::StrCat(TBB_VERSION_MAJOR, ".", TBB_VERSION_MINOR)},
  };
}

}  // namespace parkway_bench
