// SPDX-License-Identifier: Apache-2.0

#include "parkway/tbb/preload/workers/server.h"

#include <cstddef>
#include <new>
#include <utility>

#include "parkway/os/os.h"
#include "parkway/tbb/preload/host/counters.h"
#include "parkway/tbb/preload/workers/finalize.h"

namespace parkway::preload {

Server* Server::make(rml::Client& client, const Copy& copy) noexcept {
  const unsigned count = client.max_job_count();
  if (count > IdlePool::kMaxMembers) return nullptr;
  std::unique_ptr<IdleMember<Platform>[]> members(
      new (std::nothrow) IdleMember<Platform>[count]);
  std::unique_ptr<ServerWorker[]> workers(new (std::nothrow)
                                              ServerWorker[count]);
  if (members == nullptr || workers == nullptr) return nullptr;
  auto* const server = new (std::nothrow)
      Server(client, copy, count, std::move(members), std::move(workers));
  if (server != nullptr) preload::count(kServers);
  return server;
}

Server::Server(rml::Client& client, const Copy& copy, unsigned count,
               std::unique_ptr<IdleMember<Platform>[]> members,
               std::unique_ptr<ServerWorker[]> workers) noexcept
    : client_(client),
      count_(count),
      stack_bytes_(client.min_stack_size()),
      members_(std::move(members)),
      workers_(std::move(workers)),
      pool_(members_.get(), count),
      references_(count + 1) {
  for (unsigned i = 0; i < count; ++i) {
    workers_[i].attach(*this, members_[i], copy);
  }
}

void Server::request_close_connection(bool) {
  joins_ = finalizing();
  pool_.close([this](IdleMember<Platform>& member) {
    workers_[&member - members_.get()].rouse_to_leave();
  });
  unsigned never_started = 0;
  for (unsigned i = 0; i < count_; ++i) {
    if (workers_[i].close()) {
      ++never_started;
    } else {
      workers_[i].release();
    }
  }
  // Not before: they hold the arrays.
  for (; never_started > 0; --never_started) leave();
  leave();
}

void Server::yield() { os::osyield(); }

void Server::adjust_job_count_estimate(int delta) {
  if (delta == 0) return;
  count(delta > 0 ? kDemandsUp : kDemandsDown);
  pool_.adjust(delta);
  if (delta > 0) rouse_one();
}

void Server::rouse_one() noexcept {
  IdleMember<Platform>* const member = pool_.take();
  if (member == nullptr) return;
  ServerWorker& worker = workers_[member - members_.get()];
  // Without a thread now: the next wish, which may never come, or the next
  // worker that passes by tries again. If the server was closed meanwhile,
  // nobody will.
  if (!worker.rouse() && !pool_.give_back(*member) && worker.close()) leave();
}

void Server::leave() noexcept {
  // acq_rel: the last one sees what all have done.
  if (references_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  client_.acknowledge_close_connection();
  delete this;
}

}  // namespace parkway::preload
