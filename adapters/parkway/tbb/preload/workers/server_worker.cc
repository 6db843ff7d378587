// SPDX-License-Identifier: Apache-2.0

#include "parkway/tbb/preload/workers/server_worker.h"

#include <cstring>

#include "parkway/os/os.h"
#include "parkway/preload/message.h"
#include "parkway/tbb/preload/host/counters.h"
#include "parkway/tbb/preload/workers/server.h"
#include "parkway/tbb/preload/workers/thread.h"

namespace parkway::preload {

void ServerWorker::attach(Server& server, IdleMember<Platform>& member,
                          const Copy& copy) noexcept {
  server_ = &server;
  member_ = &member;
  yield_.attach(server.pool_, member, copy);
}

bool ServerWorker::rouse() noexcept {
  // relaxed: a worker in the pool is nobody's but ours until it runs.
  if (launch_.load(std::memory_order_relaxed) == kNone) return start();
  count(kWorkerWakes);
  IdlePool::wake(*member_);
  return true;
}

void ServerWorker::rouse_to_leave() noexcept {
  if (launch_.load(std::memory_order_relaxed) != kNone) {
    IdlePool::wake(*member_);
  }
}

bool ServerWorker::start() noexcept {
  int before = kNone;
  // Fails if the server was closed meanwhile: then there is nothing to start.
  if (!launch_.compare_exchange_strong(before, kStarting)) return true;
  const int error =
      start_thread(thread_, server_->stack_bytes_, &ServerWorker::main, this);
  before = kStarting;
  if (launch_.compare_exchange_strong(before, error == 0 ? kStarted : kNone)) {
    if (error == 0) {
      count(kThreadsStarted);
      return true;
    }
    count(kThreadsRefused);
    say("libparkway_tbb.so: no worker thread: %s", std::strerror(error));
    return false;
  }
  // close() came in between and leaves the thread to us.
  if (error == 0) {
    before_close_ = kStarted;
    release();
  } else {
    server_->leave();
  }
  return true;
}

bool ServerWorker::close() noexcept {
  before_close_ = launch_.exchange(kClosing);
  return before_close_ == kNone;
}

void ServerWorker::release() noexcept {
  if (before_close_ != kStarted) return;
  if (server_->joins_) {
    pthread_join(thread_, nullptr);
  } else {
    pthread_detach(thread_);
  }
}

void* ServerWorker::main(void* self) noexcept {
  static_cast<ServerWorker*>(self)->run();
  return nullptr;
}

void ServerWorker::run() noexcept {
  Server& server = *server_;
  // The next one, before the work that makes the host's data of this thread.
  server.rouse_one();
  rml::Job& job = *server.client_.create_one_job();
  for (;;) {
    const bool parks = server.pool_.surplus() || IdlePool::resting(*member_);
    const std::int64_t since = parks ? os::nanotime() : 0;
    if (server.pool_.rest(*member_, os::kForever) == IdlePool::Rest::kClosed) {
      break;
    }
    if (parks) {
      count(kWorkerParks);
      yield_.rested(os::nanotime() - since);
    }
    server.rouse_one();
    yield_.begin();
    server.client_.process(job);
    yield_.end();
  }
  server.client_.cleanup(job);
  server.leave();
}

}  // namespace parkway::preload
