// SPDX-License-Identifier: Apache-2.0

#include "bench/engine/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"

namespace parkway_bench {
namespace {

constexpr unsigned kMostSeconds = 120;

constexpr int kNoFile = 126;  // as shells have them
constexpr int kNoProgram = 127;

std::vector<char*> Pointers(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) {
    pointers.push_back(word.data());
  }
  pointers.push_back(nullptr);
  return pointers;
}

// Makes a file of what is written to `descriptor`.
bool Redirect(const std::string& path, int descriptor) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  return file >= 0 && dup2(file, descriptor) >= 0;
}

// In the child between fork and exec, where little is allowed: everything is
// prepared before.
[[noreturn]] void Become(const ChildProcess& child, char* const* argv,
                         char* const* environment) {
  if (!Redirect(child.output, STDOUT_FILENO) ||
      (!child.errors.empty() && !Redirect(child.errors, STDERR_FILENO))) {
    _exit(kNoFile);
  }
  alarm(kMostSeconds);  // survives the exec
  execve(child.file.c_str(), argv, environment);
  _exit(kNoProgram);
}

}  // namespace

int RunChild(ChildProcess child) {
  const std::vector<char*> argv = Pointers(child.words);
  std::vector<char*> environment = Pointers(child.environment);
  environment.pop_back();
  for (char** ours = environ; *ours != nullptr; ++ours) {
    environment.push_back(*ours);
  }
  environment.push_back(nullptr);
  const pid_t id = fork();
  if (id == 0) {
    Become(child, argv.data(), environment.data());
  }
  int status = 0;
  return id > 0 && waitpid(id, &status, 0) == id ? status : -1;
}

std::string DescribeEnd(int status) {
  if (WIFSIGNALED(status)) {
    return WTERMSIG(status) == SIGALRM
               ? "did not end in time"
               : absl::StrCat("was ended by signal ", WTERMSIG(status));
  }
  return absl::StrCat("ended with status ", WEXITSTATUS(status));
}

}  // namespace parkway_bench
