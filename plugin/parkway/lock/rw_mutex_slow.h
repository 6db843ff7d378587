// SPDX-License-Identifier: Apache-2.0

// The cold half of BasicRwMutex. Included where it is instantiated: by
// rw_mutex.cc, task_platform.cc, the model checker and the fault tests, by no
// header of users. In parts, by subject:
//
//   rw_mutex_poll.h     take it, look at it, watch it
//   rw_mutex_acquire.h  queue up, sleep, give up
//   rw_mutex_release.h  give it back, wake
//   rw_mutex_choose.h   whom a release wakes
//   rw_mutex_await.h    wait for a condition
//   rw_mutex_marks.h    make_slow() and forget_slow()
//
// Invariants, by whose letters the parts name them:
//
// (S) A queued waiter counts as a sleeper of the word, and either was announced
//     as holder of the mutex before it gave it back, or announced itself before
//     it looked at the word and found it held. It stops counting when it has
//     the mutex.
// (N) So a release that saw no sleeper, neither before nor after its store,
//     leaves nobody behind: what waits will find the word free. One that saw
//     a sleeper after its store calls release_late(). That takes the mutex once
//     more, if it is free and has waiters, to wake them as a holder. If it is
//     not, it leaves kQueued with whoever has it now: the store may have
//     overwritten that.
// (Q) kQueued is in the word if somebody is in the queue, from the moment that
//     the bucket's lock is given back until it is taken again, but for (N). So
//     a release that finds nothing in the word but its own hold may give it
//     back by a compare-exchange from that: whose sleepers are near does not
//     matter. So may one that has looked at all of the queue and found only
//     conditions that are false: from the word that it saw when it began.
//     Whoever queues meanwhile leaves kNews there.
// (R) While kEvaluating is in the word only the holder that has set it takes
//     waiters out of the queue, and none of them leaves by itself. So that
//     holder may drop the bucket's lock to evaluate a condition and go on from
//     there. There is one at most: the writer, a reader that found itself the
//     last, or one that took the mutex beside others to look (release_late()).
//     A reader that finds the bit set leaves it to that one, which has not left
//     and finds out what this one would.
// (A) Whoever was taken out is awake and in acquire(): it will hold the mutex,
//     and release it by the slow path, or queue again. Until then releases need
//     not wake anybody else (kWaking), but for those by a thread that sleeps
//     next. Its waker may be stopped before the wake, or it gets no CPU: who
//     queues meanwhile looks once, some milliseconds later (looks_at). Or it
//     holds the mutex already (RwWaiter::granted).
// (W) Its wakeup is the only one its semaphore gets for this wait, and it
//     consumes it before it goes on, even if it comes after a timeout.
#ifndef PARKWAY_LOCK_RW_MUTEX_SLOW_H_
#define PARKWAY_LOCK_RW_MUTEX_SLOW_H_

#include "parkway/lock/rw_mutex.h"
#include "parkway/lock/rw_mutex_acquire.h"
#include "parkway/lock/rw_mutex_await.h"
#include "parkway/lock/rw_mutex_choose.h"
#include "parkway/lock/rw_mutex_marks.h"
#include "parkway/lock/rw_mutex_poll.h"
#include "parkway/lock/rw_mutex_release.h"

#endif  // PARKWAY_LOCK_RW_MUTEX_SLOW_H_
