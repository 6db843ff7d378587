// SPDX-License-Identifier: Apache-2.0

// Counts the words of its arguments and prints the most frequent first.

#include <cstddef>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/strings/cord.h"
#include "cache/cache.h"
#include "settings/settings.h"
#include "text/word_count.h"

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage("wordcount [--threads=N] TEXT...");
  const std::vector<char*> arguments = absl::ParseCommandLine(argc, argv);
  const std::vector<absl::Cord> texts(arguments.begin() + 1, arguments.end());
  example::Cache counted([&texts](absl::string_view separators) {
    return example::CountWords(texts, separators, absl::GetFlag(FLAGS_threads));
  });
  std::fputs(counted.Get(absl::GetFlag(FLAGS_separators)).c_str(), stdout);
}
