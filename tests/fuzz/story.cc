// SPDX-License-Identifier: Apache-2.0

#include "tests/fuzz/story.h"

#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace parkway::fuzz {
namespace {

struct Story {
  std::mutex mutex;
  std::vector<std::string> lines;
};

// Never destroyed: a thread of the crew may still fail while the process ends.
Story& story() {
  static auto* const made = new Story;
  return *made;
}

void Print(const Story& all) {
  for (const std::string& line : all.lines) {
    std::fprintf(stderr, "  %s\n", line.c_str());
  }
}

}  // namespace

void StartStory() {
  const std::lock_guard<std::mutex> hold(story().mutex);
  story().lines.clear();
}

void Tell(std::string line) {
  const std::lock_guard<std::mutex> hold(story().mutex);
  story().lines.push_back(std::move(line));
}

void PrintStory() {
  // A watchdog may have stopped who holds it.
  if (!story().mutex.try_lock()) return;
  Print(story());
  story().mutex.unlock();
}

void Fail(const std::string& what) {
  // Held until the end: what others would add is no part of it any more.
  story().mutex.lock();
  std::fprintf(stderr, "fuzz: the sequence\n");
  Print(story());
  std::fprintf(stderr, "fuzz: WRONG: %s\n", what.c_str());
  std::fflush(stderr);
  std::abort();
}

}  // namespace parkway::fuzz
