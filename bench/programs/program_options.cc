// SPDX-License-Identifier: Apache-2.0

#include "bench/programs/program_options.h"

#include <cstdlib>

namespace parkway_bench {
namespace {

constexpr int kMostMore = 1000000;

bool ParseCount(const std::string& text, int least, int most, int* count) {
  char* end = nullptr;
  const long value = std::strtol(text.c_str(), &end, 10);
  if (text.empty() || *end != '\0' || value < least || value > most) {
    return false;
  }
  *count = static_cast<int>(value);
  return true;
}

}  // namespace

bool ParseProgramOptions(int argc, const char* const* argv,
                         ProgramOptions* options, std::string* error,
                         const MoreOptions& more) {
  for (int i = 1; i < argc; ++i) {
    std::string name = argv[i];
    std::string value;
    const std::size_t equals = name.find('=');
    if (equals != std::string::npos) {
      value = name.substr(equals + 1);
      name.resize(equals);
    } else if (i + 1 < argc) {
      value = argv[++i];
    } else {
      *error = name + " needs a value";
      return false;
    }
    bool good = true;
    if (name == "--input") {
      options->input = value;
    } else if (name == "--report") {
      options->report = value;
    } else if (name == "--threads") {
      good = ParseCount(value, 1, 1024, &options->threads);
    } else if (name == "--rounds") {
      good = ParseCount(value, 1, 100000, &options->rounds);
    } else if (const auto own = more.find(name); own != more.end()) {
      good = ParseCount(value, 0, kMostMore, own->second);
    } else {
      *error = "unknown option " + name;
      return false;
    }
    if (!good) {
      *error = name + "=" + value + " is not a number in range";
      return false;
    }
  }
  if (options->input.empty()) {
    *error = "--input DIR is missing";
    return false;
  }
  return true;
}

}  // namespace parkway_bench
