// SPDX-License-Identifier: Apache-2.0

// Files whose reads take as long as one asks.

#ifndef PARKWAY_BENCH_TASKS_SLOW_FILES_H_
#define PARKWAY_BENCH_TASKS_SLOW_FILES_H_

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <string>

namespace parkway_bench {

// `files` files of `bytes` bytes 'x', in a file system that answers the read of
// one after `delay`, any number of them at a time. A file that is opened is not
// in the page cache. Served by a process of its own (slow_file_server.cc) until
// the object is destroyed; nothing is mounted where others see it.
class SlowFiles {
 public:
  SlowFiles(int files, std::size_t bytes, std::chrono::microseconds delay);
  ~SlowFiles();
  SlowFiles(const SlowFiles&) = delete;
  SlowFiles& operator=(const SlowFiles&) = delete;

  // Why there are none, in one sentence; empty if they are there.
  const std::string& error() const { return error_; }
  // Of file i, from 0 on.
  std::string path(int i) const;

  // Why there can't be any on this machine, in one sentence; empty if they can.
  static std::string WhyNot();

 private:
  void Start(const std::string& program, int files, std::size_t bytes,
             std::chrono::microseconds delay);

  pid_t server_ = -1;
  int end_ = -1;  // the server's standard input
  std::string root_;
  std::string error_;
};

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_TASKS_SLOW_FILES_H_
