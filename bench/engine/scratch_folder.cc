// SPDX-License-Identifier: Apache-2.0

#include "bench/engine/scratch_folder.h"

#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace parkway_bench {

ScratchFolder::ScratchFolder() {
  std::error_code ignored;
  std::string pattern =
      (std::filesystem::temp_directory_path(ignored) / "parkway_ab_XXXXXX")
          .string();
  if (mkdtemp(pattern.data()) != nullptr) {
    path_ = pattern;
  }
}

ScratchFolder::~ScratchFolder() {
  if (!path_.empty()) {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
}

}  // namespace parkway_bench
