// SPDX-License-Identifier: Apache-2.0

// A folder for temporary files.

#ifndef PARKWAY_BENCH_ENGINE_SCRATCH_FOLDER_H_
#define PARKWAY_BENCH_ENGINE_SCRATCH_FOLDER_H_

#include <string>

namespace parkway_bench {

// Made by the constructor, removed with all that is in it by the destructor.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  // Empty if it could not be made.
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_ENGINE_SCRATCH_FOLDER_H_
