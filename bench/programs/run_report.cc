// SPDX-License-Identifier: Apache-2.0

#include "bench/programs/run_report.h"

#include <cstdlib>
#include <fstream>
#include <iomanip>
#include <limits>

#include "bench/programs/corpus.h"
#include "bench/programs/wait_meter.h"

namespace parkway_bench {
namespace {

// The text after `"key":`, or null.
const char* FindValue(const std::string& json, const std::string& key) {
  const std::string quoted = '"' + key + "\":";
  const std::size_t at = json.find(quoted);
  return at == std::string::npos ? nullptr : json.c_str() + at + quoted.size();
}

bool ReadNumber(const std::string& json, const std::string& key,
                double* number) {
  const char* const value = FindValue(json, key);
  if (value == nullptr) {
    return false;
  }
  char* end = nullptr;
  *number = std::strtod(value, &end);
  return end != value;
}

}  // namespace

RunMeter::RunMeter()
    : start_nanos_(MonotonicNanos()), start_usage_(ProcessUsage()) {}

RunReport RunMeter::Finish(const std::string& locks) const {
  const Usage usage = ProcessUsage();
  RunReport report;
  report.locks = locks;
  report.wall_seconds =
      1e-9 * static_cast<double>(MonotonicNanos() - start_nanos_);
  report.cpu_seconds = usage.cpu_seconds - start_usage_.cpu_seconds;
  report.voluntary_switches = static_cast<double>(
      usage.voluntary_switches - start_usage_.voluntary_switches);
  report.longest_wait_microseconds =
      1e-3 * static_cast<double>(LongestWaitNanos());
  return report;
}

bool WriteRunReport(const std::string& path, const RunReport& report) {
  std::ofstream out(path);
  out << std::setprecision(std::numeric_limits<double>::max_digits10)  //
      << "{\"locks\":\"" << report.locks
      << "\",\"wall_seconds\":" << report.wall_seconds
      << ",\"cpu_seconds\":" << report.cpu_seconds
      << ",\"voluntary_switches\":" << report.voluntary_switches
      << ",\"longest_wait_microseconds\":" << report.longest_wait_microseconds
      << "}\n";
  out.close();
  return !out.fail();
}

bool ReadRunReport(const std::string& path, RunReport* report) {
  std::string json;
  if (!ReadTextFile(path, &json)) {
    return false;
  }
  const char* const locks = FindValue(json, "locks");
  if (locks == nullptr || *locks != '"') {
    return false;
  }
  const std::string rest(locks + 1);
  report->locks = rest.substr(0, rest.find('"'));
  return ReadNumber(json, "wall_seconds", &report->wall_seconds) &&
         ReadNumber(json, "cpu_seconds", &report->cpu_seconds) &&
         ReadNumber(json, "voluntary_switches", &report->voluntary_switches) &&
         ReadNumber(json, "longest_wait_microseconds",
                    &report->longest_wait_microseconds);
}

}  // namespace parkway_bench
