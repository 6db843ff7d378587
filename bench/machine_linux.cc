#include <oneapi/tbb/version.h>
#include <sys/utsname.h>

#include <fstream>
#include <string>

#include "absl/base/config.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "bench/machine.h"
#include "bench/support/pinning.h"

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

}  // namespace

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
