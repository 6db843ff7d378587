// SPDX-License-Identifier: Apache-2.0

#include "parkway/task/blocking_pool.h"

#include <type_traits>

#include "parkway/task/blocking_pool_slow.h"
#include "parkway/wait/process_hooks.h"

namespace parkway {
namespace {

static_assert(std::is_trivially_destructible_v<BlockingPool>);

BlockingPool g_pool;

}  // namespace

template class BasicBlockingPool<Platform>;

BlockingPool& blocking_pool() noexcept {
  // Without memory for the handler, a process that has used the pool can't use
  // it in a child that it forks.
  internal::call_in_forked_child([] { g_pool.forget_parent(); });
  return g_pool;
}

}  // namespace parkway
