// SPDX-License-Identifier: Apache-2.0

// Threads that do one thing when they are told to.
#ifndef PARKWAY_TESTS_FUZZ_CREW_H_
#define PARKWAY_TESTS_FUZZ_CREW_H_

#include <sys/types.h>

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace parkway::fuzz {

// The conductor, who owns it, gives a thread a job; the thread has then
// finished, or waits in the job for what another one will do. All members are
// the conductor's to call. Nothing of parkway is used to keep them in step.
class Crew {
 public:
  using Job = std::function<int()>;

  explicit Crew(int threads);
  // All must be idle. Joins them.
  ~Crew();
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  int size() const { return static_cast<int>(members_.size()); }

  // The thread, which must be idle, does the job.
  void Start(int thread, Job job);

  // The result of its job, once it has finished; then it is idle again.
  std::optional<int> Take(int thread);

  // Waits until some job has finished whose result was not taken. False after
  // a time that only a hang can take.
  bool AwaitAny();
  // The same for this thread's.
  bool Await(int thread);

  // Tries to see that every thread which has not finished is asleep in the
  // kernel, all at one moment: then each that waits has queued itself, and none
  // is on its way. Gives up after some milliseconds, or where the kernel does
  // not tell. So a false only means that nothing is known.
  bool AllAsleep();

  // Ends the thread, which must be idle, and starts another one in its place.
  void Renew(int thread);

 private:
  struct Member {
    std::thread thread;
    std::condition_variable wake;
    pid_t id = 0;
    bool leave = false;
    Job job;                    // empty: none to do
    bool busy = false;          // has a job whose result was not taken
    std::optional<int> result;  // finished, not taken
  };

  void Work(Member& me);
  void Launch(Member& member);
  void End(Member& member);
  bool SeeAsleep(std::vector<std::uint64_t>& switches);

  std::mutex mutex_;
  std::condition_variable finished_;
  std::vector<std::unique_ptr<Member>> members_;
};

}  // namespace parkway::fuzz

#endif  // PARKWAY_TESTS_FUZZ_CREW_H_
