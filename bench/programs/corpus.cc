// SPDX-License-Identifier: Apache-2.0

#include "bench/programs/corpus.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace parkway_bench {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kLongestFile = 16u << 20;
constexpr std::size_t kProbe = 4096;

bool LooksLikeText(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  char head[kProbe];
  in.read(head, sizeof(head));
  const auto got = static_cast<std::size_t>(in.gcount());
  return got > 0 && std::memchr(head, '\0', got) == nullptr;
}

// The regular files below `folder` that `wanted` is true for, by name. `kind`
// says in a message what there is none of.
template <typename Wanted>
bool Find(const std::string& folder, const char* kind, Wanted wanted,
          std::vector<TextFile>* files, std::string* error) {
  files->clear();
  std::error_code failure;
  const fs::path root(folder);
  if (!fs::is_directory(root, failure)) {
    *error = folder + (fs::exists(root, failure) ? " is not a directory"
                                                 : " does not exist");
    return false;
  }
  // Without skip_permission_denied for the folder itself: not being allowed to
  // read the very folder that was named is an error, not an empty input.
  const fs::directory_iterator readable(root, failure);
  if (failure) {
    *error = "cannot read the directory " + folder + ": " + failure.message();
    return false;
  }
  fs::recursive_directory_iterator entry(
      root, fs::directory_options::skip_permission_denied, failure);
  for (; !failure && entry != fs::recursive_directory_iterator();
       entry.increment(failure)) {
    std::error_code ignored;
    if (!entry->is_regular_file(ignored)) {
      continue;
    }
    TextFile file;
    file.path = entry->path().string();
    file.name = entry->path().lexically_relative(root).generic_string();
    file.bytes = entry->file_size(ignored);
    if (!ignored && wanted(file)) {
      files->push_back(std::move(file));
    }
  }
  if (failure) {
    *error = "cannot read the directory " + folder + ": " + failure.message();
    return false;
  }
  if (files->empty()) {
    *error = std::string("no ") + kind + " in " + folder;
    return false;
  }
  std::sort(
      files->begin(), files->end(),
      [](const TextFile& a, const TextFile& b) { return a.name < b.name; });
  return true;
}

}  // namespace

bool FindTextFiles(const std::string& folder, std::vector<TextFile>* files,
                   std::string* error) {
  const auto is_text = [](const TextFile& file) {
    return file.bytes > 0 && file.bytes <= kLongestFile &&
           LooksLikeText(file.path);
  };
  return Find(folder, "readable text file", is_text, files, error);
}

bool FindFiles(const std::string& folder, std::vector<TextFile>* files,
               std::string* error) {
  const auto all = [](const TextFile&) { return true; };
  return Find(folder, "file", all, files, error);
}

bool ReadTextFile(const std::string& path, std::string* content) {
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  if (!in) {
    return false;
  }
  const std::streamoff size = in.tellg();
  if (size < 0) {
    return false;
  }
  content->resize(static_cast<std::size_t>(size));
  in.seekg(0);
  in.read(content->data(), size);
  return in.gcount() == size;
}

}  // namespace parkway_bench
