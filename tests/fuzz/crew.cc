// SPDX-License-Identifier: Apache-2.0

#include "tests/fuzz/crew.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "tests/fuzz/story.h"

namespace parkway::fuzz {
namespace {

// Only a hang takes that long, also on a machine with ten times the threads
// that it has CPUs for, under a sanitizer.
constexpr std::chrono::seconds kHang{90};

// Looks of AllAsleep(), and the time between: longer in all than any spin
// before a sleep (250 us), and than a turn of a busy machine's other threads
// mostly takes.
constexpr int kLooks = 60;
constexpr std::chrono::microseconds kBetweenLooks{50};

// Whether the kernel says that the thread sleeps, and how often it has gone to
// sleep so far.
bool Asleep(pid_t id, std::uint64_t* switches) {
  char path[64];
  std::snprintf(path, sizeof(path), "/proc/self/task/%d/status",
                static_cast<int>(id));
  std::FILE* const file = std::fopen(path, "r");
  if (file == nullptr) return false;
  char text[4096];
  const std::size_t size = std::fread(text, 1, sizeof(text) - 1, file);
  std::fclose(file);
  text[size] = '\0';
  static constexpr char kCount[] = "\nvoluntary_ctxt_switches:";
  const char* const count = std::strstr(text, kCount);
  if (count == nullptr) return false;
  *switches = std::strtoull(count + sizeof(kCount) - 1, nullptr, 10);
  return std::strstr(text, "\nState:\tS") != nullptr;
}

}  // namespace

Crew::Crew(int threads) {
  for (int i = 0; i < threads; ++i) {
    members_.push_back(std::make_unique<Member>());
    Launch(*members_.back());
  }
}

Crew::~Crew() {
  for (auto& member : members_) End(*member);
}

void Crew::Launch(Member& member) {
  member.leave = false;
  member.thread = std::thread([this, &member] { Work(member); });
  std::unique_lock<std::mutex> hold(mutex_);
  finished_.wait(hold, [&] { return member.id != 0; });
}

void Crew::End(Member& member) {
  {
    const std::lock_guard<std::mutex> hold(mutex_);
    member.leave = true;
    member.wake.notify_one();
  }
  member.thread.join();
  member.id = 0;
}

void Crew::Renew(int thread) {
  End(*members_[thread]);
  Launch(*members_[thread]);
}

void Crew::Work(Member& me) {
  std::unique_lock<std::mutex> hold(mutex_);
  me.id = static_cast<pid_t>(syscall(SYS_gettid));
  finished_.notify_one();
  for (;;) {
    me.wake.wait(hold, [&] { return me.leave || me.job; });
    if (!me.job) return;
    const Job job = std::exchange(me.job, nullptr);
    hold.unlock();
    const int result = job();
    hold.lock();
    me.result = result;
    finished_.notify_one();
  }
}

void Crew::Start(int thread, Job job) {
  Member& member = *members_[thread];
  const std::lock_guard<std::mutex> hold(mutex_);
  if (member.busy) Fail("the harness gave a busy thread a job");
  member.busy = true;
  member.job = std::move(job);
  member.wake.notify_one();
}

std::optional<int> Crew::Take(int thread) {
  Member& member = *members_[thread];
  const std::lock_guard<std::mutex> hold(mutex_);
  const std::optional<int> result = std::exchange(member.result, std::nullopt);
  if (result) member.busy = false;
  return result;
}

bool Crew::AwaitAny() {
  std::unique_lock<std::mutex> hold(mutex_);
  return finished_.wait_for(hold, kHang, [this] {
    for (auto& member : members_) {
      if (member->result) return true;
    }
    return false;
  });
}

bool Crew::Await(int thread) {
  Member& member = *members_[thread];
  std::unique_lock<std::mutex> hold(mutex_);
  return finished_.wait_for(hold, kHang,
                            [&] { return member.result.has_value(); });
}

// Whether each thread that has not finished is asleep, one after the other.
bool Crew::SeeAsleep(std::vector<std::uint64_t>& switches) {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    pid_t id = 0;
    {
      const std::lock_guard<std::mutex> hold(mutex_);
      if (!members_[i]->busy || members_[i]->result) continue;
      // It has not even been told yet.
      if (members_[i]->job) return false;
      id = members_[i]->id;
    }
    if (!Asleep(id, &switches[i])) return false;
  }
  return true;
}

bool Crew::AllAsleep() {
  // Twice, and none has gone to sleep once more in between: so none has run
  // between the two, and there was a moment at which all slept.
  std::vector<std::uint64_t> first;
  std::vector<std::uint64_t> second;
  for (int look = 0; look < kLooks; ++look) {
    first.assign(members_.size(), 0);
    second.assign(members_.size(), 0);
    if (SeeAsleep(first) && SeeAsleep(second) && first == second) return true;
    std::this_thread::sleep_for(kBetweenLooks);
  }
  return false;
}

}  // namespace parkway::fuzz
