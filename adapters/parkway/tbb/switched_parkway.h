// SPDX-License-Identifier: Apache-2.0

// parkway/tbb/switched.h with parkway's locks.
#ifndef PARKWAY_TBB_SWITCHED_PARKWAY_H_
#define PARKWAY_TBB_SWITCHED_PARKWAY_H_

#include "parkway/tbb/mutex.h"
#include "parkway/tbb/queuing_mutex.h"
#include "parkway/tbb/queuing_rw_mutex.h"
#include "parkway/tbb/rw_mutex.h"
#include "parkway/tbb/spin_mutex.h"
#include "parkway/tbb/spin_rw_mutex.h"
#include "parkway/tbb/task/blocking_call.h"
#include "parkway/tbb/task/file_calls.h"
#include "parkway/tbb/task/task_mutex.h"

namespace parkway {
namespace switched {
namespace tbb {

using mutex = ::parkway::tbb::mutex;
using queuing_mutex = ::parkway::tbb::queuing_mutex;
using queuing_rw_mutex = ::parkway::tbb::queuing_rw_mutex;
using rw_mutex = ::parkway::tbb::rw_mutex;
using spin_mutex = ::parkway::tbb::spin_mutex;
using spin_rw_mutex = ::parkway::tbb::spin_rw_mutex;
using task_mutex = ::parkway::tbb::task_mutex;
using ::parkway::tbb::blocking_call;
using ::parkway::tbb::open_file;
using ::parkway::tbb::read_file;
using ::parkway::tbb::read_whole_file;

// Which position of the switch this program was built with.
inline constexpr char kLocks[] = "parkway";

}  // namespace tbb
}  // namespace switched
}  // namespace parkway

#endif  // PARKWAY_TBB_SWITCHED_PARKWAY_H_
