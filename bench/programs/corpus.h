// SPDX-License-Identifier: Apache-2.0

// What the programs work on: the files, or the text files, below a folder.

#ifndef PARKWAY_BENCH_PROGRAMS_CORPUS_H_
#define PARKWAY_BENCH_PROGRAMS_CORPUS_H_

#include <cstdint>
#include <string>
#include <vector>

namespace parkway_bench {

// One file.
struct TextFile {
  std::string name;  // relative to the folder, '/' between its parts
  std::string path;  // to open it
  std::uint64_t bytes = 0;
};

// Finds the text files below `folder`, ordered by name: regular files that are
// readable, not empty, at most 16 MiB long and without a zero byte in their
// first 4 KiB. Links to files are followed, links to folders below `folder` are
// not. Returns false, and one sentence in `*error`, when the folder cannot be
// read or has none.
bool FindTextFiles(const std::string& folder, std::vector<TextFile>* files,
                   std::string* error);

// The same for all regular files, of any length and content, those that can't
// be read as well.
bool FindFiles(const std::string& folder, std::vector<TextFile>* files,
               std::string* error);

// The whole file in `*content`. Returns false when it cannot be read to its
// end.
bool ReadTextFile(const std::string& path, std::string* content);

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_PROGRAMS_CORPUS_H_
