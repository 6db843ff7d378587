// SPDX-License-Identifier: Apache-2.0

// Mutex: the lock that the platform prefers.
#ifndef PARKWAY_MUTEX_H_
#define PARKWAY_MUTEX_H_

#include "parkway/lock/futex_mutex.h"
#include "parkway/lock/sema_mutex.h"

// `--//bazel:algorithm=sema` defines this for the whole build; the default on
// systems with futexes is futex.
#ifndef PARKWAY_USE_SEMA
#define PARKWAY_USE_SEMA 0
#endif

namespace parkway {

#if PARKWAY_USE_SEMA
using Mutex = SemaMutex;
#else
using Mutex = FutexMutex;
#endif

}  // namespace parkway

#endif  // PARKWAY_MUTEX_H_
