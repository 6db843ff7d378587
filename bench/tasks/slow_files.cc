// SPDX-License-Identifier: Apache-2.0

#include "bench/tasks/slow_files.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "bench/engine/runfiles.h"

namespace parkway_bench {
namespace {

// Both ends of a pipe, closed with the object.
class Pipe {
 public:
  Pipe() {
    if (pipe2(ends_, O_CLOEXEC) != 0) {
      ends_[0] = ends_[1] = -1;
    }
  }
  ~Pipe() {
    for (const int end : ends_) {
      if (end >= 0) {
        close(end);
      }
    }
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  bool good() const { return ends_[0] >= 0; }
  int reading_end() const { return ends_[0]; }
  int writing_end() const { return ends_[1]; }
  void CloseWritingEnd() { close(ReleaseWritingEnd()); }
  int ReleaseWritingEnd() {
    const int end = ends_[1];
    ends_[1] = -1;
    return end;
  }

 private:
  int ends_[2];
};

// The first line that can be read, without its end.
std::string FirstLine(int file) {
  std::string line;
  char byte;
  while (read(file, &byte, 1) == 1 && byte != '\n') {
    line += byte;
  }
  return line;
}

}  // namespace

SlowFiles::SlowFiles(int files, std::size_t bytes,
                     std::chrono::microseconds delay) {
  const std::string program = FindRunfile("bench/tasks/slow_file_server");
  if (program.empty()) {
    error_ =
        "there is no program that serves slow files; it is built where libfuse "
        "3 is (Debian: libfuse3-dev)";
  } else {
    Start(program, files, bytes, delay);
  }
}

void SlowFiles::Start(const std::string& program, int files, std::size_t bytes,
                      std::chrono::microseconds delay) {
  Pipe input;
  Pipe output;
  if (!input.good() || !output.good()) {
    error_ = absl::StrCat("can't make a pipe: ", std::strerror(errno));
    return;
  }
  std::array<std::string, 4> words = {program, absl::StrCat(files),
                                      absl::StrCat(bytes),
                                      absl::StrCat(delay.count())};
  std::vector<char*> argv;
  for (std::string& word : words) {
    argv.push_back(word.data());
  }
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input.reading_end(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output.writing_end(),
                                   STDOUT_FILENO);
  const int failed = posix_spawn(&server_, program.c_str(), &actions, nullptr,
                                 argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) {
    server_ = -1;
    error_ = absl::StrCat(program, ": ", std::strerror(failed));
    return;
  }
  output.CloseWritingEnd();
  end_ = input.ReleaseWritingEnd();
  const std::string said = FirstLine(output.reading_end());
  absl::string_view line = said;
  if (said.empty()) {
    error_ = absl::StrCat(program, " ended without a word");
  } else if (absl::ConsumePrefix(&line, "error: ")) {
    error_ = std::string(line);
  } else {
    root_ = said;
  }
}

SlowFiles::~SlowFiles() {
  if (server_ < 0) {
    return;
  }
  close(end_);
  while (waitpid(server_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

std::string SlowFiles::path(int i) const { return absl::StrCat(root_, "/", i); }

std::string SlowFiles::WhyNot() {
  return SlowFiles(1, 1, std::chrono::microseconds(0)).error();
}

}  // namespace parkway_bench
