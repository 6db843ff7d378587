// SPDX-License-Identifier: Apache-2.0

// One worker of a Server: its thread, and what that does.
#ifndef PARKWAY_TBB_PRELOAD_WORKERS_SERVER_WORKER_H_
#define PARKWAY_TBB_PRELOAD_WORKERS_SERVER_WORKER_H_

#include <pthread.h>

#include <atomic>

#include "parkway/tbb/preload/yields/idle_yield.h"
#include "parkway/wait/idle_pool.h"

namespace parkway::preload {

class Server;

class ServerWorker {
 public:
  ServerWorker() = default;
  ServerWorker(const ServerWorker&) = delete;
  ServerWorker& operator=(const ServerWorker&) = delete;

  // Before all else. Both outlive the worker.
  void attach(Server& server, IdleMember<Platform>& member,
              const Copy& copy) noexcept;

  // The worker was taken from the pool: wakes its thread, or starts it. False
  // if the system has no thread for it now.
  bool rouse() noexcept;

  // The pool was closed while the worker was in it.
  void rouse_to_leave() noexcept;

  // The server is being closed. True if no thread was ever started; then none
  // will be.
  bool close() noexcept;
  // After close(): waits for the thread's end, or lets go of it.
  void release() noexcept;

 private:
  enum Launch : int { kNone, kStarting, kStarted, kClosing };

  static void* main(void* self) noexcept;
  void run() noexcept;
  bool start() noexcept;

  Server* server_ = nullptr;
  IdleMember<Platform>* member_ = nullptr;
  // kNone -> kStarting -> kStarted by whoever took it from the pool,
  // kStarting -> kNone if there is no thread, all -> kClosing by close().
  std::atomic<int> launch_{kNone};
  int before_close_ = kNone;
  pthread_t thread_{};
  IdleYield yield_;
};

}  // namespace parkway::preload

#endif  // PARKWAY_TBB_PRELOAD_WORKERS_SERVER_WORKER_H_
