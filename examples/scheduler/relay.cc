// SPDX-License-Identifier: Apache-2.0

// Tasks of TinyScheduler that wait for each other through parkway's locks: a
// hundred runners hand a baton around a track, on two threads. Each wait leaves
// its thread to the others; with locks that block threads, two runners would
// hold both threads for ever.
#include <cstdio>

#include "examples/scheduler/tiny_scheduler.h"
#include "parkway/task/task_platform.h"

namespace {

constexpr int kRunners = 100;
constexpr int kLaps = 1000;

struct Track {
  parkway::TaskMutex mutex;
  parkway::TaskCondVar moved;
  int baton = 0;  // whose turn it is, counted over all laps
  parkway::TaskNote finished;
};

void run(Track& track, int runner) {
  for (int lap = 0; lap < kLaps; ++lap) {
    track.mutex.lock();
    while (track.baton != lap * kRunners + runner) {
      track.moved.wait(track.mutex);
    }
    ++track.baton;
    const bool last = track.baton == kRunners * kLaps;
    track.mutex.unlock();
    track.moved.notify_all();
    if (last) track.finished.wakeup();
  }
}

}  // namespace

int main() {
  // For ever, as every Scheduler.
  auto* const scheduler = new parkway::example::TinyScheduler(2);
  auto* const track = new Track;
  for (int runner = 0; runner < kRunners; ++runner) {
    scheduler->spawn([=] { run(*track, runner); });
  }
  track->finished.sleep();
  std::printf("%d runners, %d laps, %d hand-overs on 2 threads\n", kRunners,
              kLaps, track->baton);
}
