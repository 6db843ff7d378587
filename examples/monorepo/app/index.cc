// SPDX-License-Identifier: Apache-2.0

// Prints each word of its arguments, in order, with the numbers of the
// arguments that have it.

#include <cstddef>
#include <cstdio>
#include <set>
#include <string>
#include <vector>

#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"
#include "catalog/catalog.h"
#include "oneapi/tbb/parallel_for.h"

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage("index TEXT...");
  const std::vector<char*> arguments = absl::ParseCommandLine(argc, argv);
  example::Catalog catalog;
  absl::Mutex mutex;
  std::set<std::string> words;
  tbb::parallel_for(std::size_t{1}, arguments.size(), [&](std::size_t page) {
    for (const std::string& word :
         std::vector<std::string>(absl::StrSplit(arguments[page], ' '))) {
      catalog.Add(word, static_cast<int>(page));
      absl::MutexLock lock(&mutex);
      words.insert(word);
    }
  });
  for (const std::string& word : words) {
    std::printf("%s %s\n", word.c_str(),
                absl::StrJoin(catalog.Pages(word), ",").c_str());
  }
}
