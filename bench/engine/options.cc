// SPDX-License-Identifier: Apache-2.0

#include "bench/engine/options.h"

#include <cstddef>
#include <cstdlib>
#include <regex>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace parkway_bench {
namespace {

constexpr int kMostThreads = 1024;
constexpr int kMostRepetitions = 1000;

bool ParseCount(absl::string_view text, int most, int* count) {
  return absl::SimpleAtoi(text, count) && *count >= 1 && *count <= most;
}

bool ParseThreads(const std::string& list, std::vector<int>* threads) {
  threads->clear();
  for (const absl::string_view item : absl::StrSplit(list, ',')) {
    int count = 0;
    if (!ParseCount(item, kMostThreads, &count)) {
      return false;
    }
    threads->push_back(count);
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

// The option that has no value, or null.
bool* FindSwitch(const std::string& name, Options* options) {
  return name == "--help"     ? &options->help
         : name == "--groups" ? &options->groups
                              : nullptr;
}

// Returns why `value` does not suit `name`; empty when it does.
std::string SetOption(const std::string& name, const std::string& value,
                      Options* options) {
  if (FindSwitch(name, options) != nullptr) {
    return "takes no value";
  }
  if (name == "--filter") {
    options->filter = value;
    return IsRegex(value) ? "" : "is not a regular expression";
  }
  if (name == "--threads") {
    return ParseThreads(value, &options->threads)
               ? ""
               : absl::StrCat("is not a list of numbers from 1 to ",
                              kMostThreads);
  }
  if (name == "--repetitions") {
    return ParseCount(value, kMostRepetitions, &options->repetitions)
               ? ""
               : absl::StrCat("is not a number from 1 to ", kMostRepetitions);
  }
  std::string* path = nullptr;
  if (name == "--input") {
    path = &options->input;
  } else if (name == "--json") {
    path = &options->json;
  } else if (name == "--markdown") {
    path = &options->markdown;
  } else if (name == "--html") {
    path = &options->html;
  } else if (name == "--programs") {
    path = &options->programs;
  } else if (name == "--baseline") {
    path = &options->baseline;
  } else {
    return "is not an option of ab; --help lists them";
  }
  *path = UserPath(value);
  return value.empty() ? "needs a path" : "";
}

}  // namespace

const char kUsage[] =
    R"(ab: what parkway's locks do for three programs, and for themselves, against stock.

  --filter REGEX     only the benchmarks whose name it matches somewhere, such as
                     program/inverted_index or MutexContention/.*/threads:2$
  --threads LIST     thread counts, such as 1,4 (default: 1,2,4,16 for the programs,
                     1,2 for oneTBB's tasks, 1,2,4,8,16 for the rest)
  --repetitions N    runs of each benchmark (default 5)
  --groups           lists the groups of benchmarks, what they measure and how long they
                     take, and measures nothing
  --baseline FILE    compares with an earlier run: marks what got slower, and names what
                     is new or missing; FILE is what --json wrote then
  --input DIR        the text the programs work on (default: the dependencies' sources)
  --json FILE        writes Google Benchmark's JSON, which --baseline reads
  --markdown FILE    writes the tables as Markdown
  --html FILE        writes a page with the tables and a figure for each; it needs no
                     other file and no network
  --programs DIR     where the programs are (default: where the build put them)
  --help             prints this

Exit status: 0 done; 1 outputs differ, a lock failed or a program did; 2 wrong arguments.
)";

bool ParseOptions(const std::vector<std::string>& args, Options* options,
                  std::string* error) {
  for (std::size_t i = 0; i < args.size(); ++i) {
    bool* const on = FindSwitch(args[i], options);
    if (on != nullptr) {
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
      *error = absl::StrCat(name, " ", fault.empty() ? "needs a value" : fault);
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

std::string UserPath(const std::string& path) {
  const char* const folder = std::getenv("BUILD_WORKING_DIRECTORY");
  if (folder == nullptr || path.empty() || path[0] == '/') {
    return path;
  }
  return absl::StrCat(folder, "/", path);
}

}  // namespace parkway_bench
