// SPDX-License-Identifier: Apache-2.0

// The server of oneTBB's worker threads: starts them, lets them work while work
// is wanted, parks them while it is not.
#ifndef PARKWAY_TBB_PRELOAD_WORKERS_SERVER_H_
#define PARKWAY_TBB_PRELOAD_WORKERS_SERVER_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "parkway/tbb/preload/host/copies.h"
#include "parkway/tbb/preload/workers/rml_abi.h"
#include "parkway/tbb/preload/workers/server_worker.h"
#include "parkway/wait/idle_pool.h"

namespace parkway::preload {

// One per connection; a program can have several, one after another or, with
// several copies of the host, at once. It deletes itself when the connection is
// closed and the last worker has left.
class Server final : public rml::Server {
 public:
  // Null if there is no memory for it, or the client wants more workers than an
  // IdlePool has room for.
  static Server* make(rml::Client& client, const Copy& copy) noexcept;

  unsigned version() const override { return 0; }

  // Ends all workers, each as soon as it is without work. Waits for that if the
  // calling thread is in finalize(), else returns at once: then the client
  // hears of it by acknowledge_close_connection().
  void request_close_connection(bool exiting) override;

  void yield() override;

  // Threads that are not ours have no influence: wishes are all that counts.
  void independent_thread_number_changed(int) override {}

  // As many as the client may want: the system's scheduler sets the limit.
  // (oneTBB warns a program that asks for more than this.)
  unsigned default_concurrency() const override { return count_; }

  // The client wants so many more workers, or fewer. Wakes or starts one.
  void adjust_job_count_estimate(int delta) override;

 private:
  friend class ServerWorker;

  Server(rml::Client& client, const Copy& copy, unsigned count,
         std::unique_ptr<IdleMember<Platform>[]> members,
         std::unique_ptr<ServerWorker[]> workers) noexcept;
  ~Server() override = default;

  // Wakes, or starts, one more worker if more are wanted than run.
  void rouse_one() noexcept;
  // A worker that was started, or never will be, is done with the server.
  void leave() noexcept;

  rml::Client& client_;
  const unsigned count_;
  const std::size_t stack_bytes_;
  const std::unique_ptr<IdleMember<Platform>[]> members_;
  const std::unique_ptr<ServerWorker[]> workers_;
  IdlePool pool_;
  // Set before the pool is closed.
  bool joins_ = false;
  // The workers, started or not, and the connection.
  std::atomic<unsigned> references_;
};

}  // namespace parkway::preload

#endif  // PARKWAY_TBB_PRELOAD_WORKERS_SERVER_H_
