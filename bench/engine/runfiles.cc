// SPDX-License-Identifier: Apache-2.0

#include "bench/engine/runfiles.h"

#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <vector>

namespace parkway_bench {
namespace {

namespace fs = std::filesystem;

}  // namespace

std::string FindRunfile(const std::string& file) {
  std::error_code ignored;
  std::vector<fs::path> roots;
  // A test's first: Bazel does not keep those beside the program up to date for
  // it.
  for (const char* const name : {"RUNFILES_DIR", "TEST_SRCDIR"}) {
    if (const char* const root = std::getenv(name)) {
      roots.emplace_back(root);
    }
  }
  const fs::path self = fs::read_symlink("/proc/self/exe", ignored);
  if (!self.empty()) {
    roots.push_back(self.string() + ".runfiles");
  }
  // `bazel run` starts in the folder of the main repository, within the
  // runfiles.
  roots.push_back(fs::current_path(ignored).parent_path());
  for (const fs::path& root : roots) {
    // The folder below is the repository's name, which differs between a
    // WORKSPACE, a module and a use from elsewhere.
    for (const fs::directory_entry& repository :
         fs::directory_iterator(root, ignored)) {
      const fs::path found = repository.path() / file;
      if (fs::exists(found, ignored)) {
        return found.string();
      }
    }
  }
  return "";
}

}  // namespace parkway_bench
