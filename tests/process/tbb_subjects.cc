// SPDX-License-Identifier: Apache-2.0

// The subjects of adapters/parkway/tbb, as threads use them.
#include <condition_variable>

#include "parkway/tbb/mutex.h"
#include "parkway/tbb/queuing_mutex.h"
#include "parkway/tbb/queuing_rw_mutex.h"
#include "parkway/tbb/rw_mutex.h"
#include "parkway/tbb/spin_mutex.h"
#include "parkway/tbb/spin_rw_mutex.h"
#include "parkway/tbb/task/task_condition_variable.h"
#include "parkway/tbb/task/task_mutex.h"
#include "parkway/tbb/task/task_note.h"
#include "parkway/tbb/task/task_rw_mutex.h"
#include "parkway/tbb/task/task_semaphore.h"
#include "tests/process/subject.h"
#include "tests/process/subject_templates.h"

namespace parkway::test {
namespace {

namespace ptbb = ::parkway::tbb;

// What only a scoped_lock can hold. A reader or a writer waits for the other.
template <class M, class... HoldsAs>
struct ByScopedLock {
  static constexpr bool kManyWait = true;
  using Lock = typename M::scoped_lock;

  void Hold() { held.acquire(object, HoldsAs::value...); }
  void Wake() { held.release(); }
  bool Wait() {
    Lock lock(object, !HoldsAs::value...);
    return true;
  }
  bool Alone() {
    Lock first;
    Lock second;
    first.acquire(object);
    const bool twice = second.try_acquire(object);
    first.release();
    if (twice || !second.try_acquire(object)) return false;
    second.release();
    return true;
  }
  template <class F>
  void Section(F&& f) {
    Lock lock(object);
    f();
  }

  M object;
  Lock held;
};

// task_condition_variable with the members of CondVar.
class TbbTaskCondVarOf {
 public:
  void wait(ptbb::task_mutex& mutex) { impl_.wait(mutex); }
  template <class Duration>
  bool wait_for(ptbb::task_mutex& mutex, const Duration& time) {
    return impl_.wait_for(mutex, time) == std::cv_status::no_timeout;
  }
  void notify_one() { impl_.notify_one(); }
  void notify_all() { impl_.notify_all(); }

 private:
  ptbb::task_condition_variable impl_;
};

}  // namespace

SubjectKinds TbbSubjects() {
  return {
      Kind<ByLock<ptbb::mutex>>("TbbMutex"),
      Kind<ByLock<ptbb::spin_mutex>>("TbbSpinMutex", Quirk::kLooksAgain),
      Kind<ByLock<ptbb::rw_mutex>>("TbbRwWriter"),
      Kind<ReaderBehindWriter<ptbb::rw_mutex>>("TbbRwReader"),
      Kind<WriterBehindReader<ptbb::rw_mutex>>("TbbRwWriterBehindReader"),
      Kind<ByLock<ptbb::spin_rw_mutex>>("TbbSpinRwWriter", Quirk::kLooksAgain),
      Kind<ReaderBehindWriter<ptbb::spin_rw_mutex>>("TbbSpinRwReader",
                                                    Quirk::kLooksAgain),
      Kind<WriterBehindReader<ptbb::spin_rw_mutex>>(
          "TbbSpinRwWriterBehindReader", Quirk::kLooksAgain),
      Kind<ByScopedLock<ptbb::queuing_mutex>>("TbbQueuing"),
      Kind<ByScopedLock<ptbb::queuing_rw_mutex, std::true_type>>(
          "TbbQueuingRwReader"),
      Kind<ByScopedLock<ptbb::queuing_rw_mutex, std::false_type>>(
          "TbbQueuingRwWriter"),
      Kind<ByTimedLock<ptbb::task_mutex>>("TbbTaskMutex"),
      Kind<TimedReaderBehindWriter<ptbb::task_rw_mutex>>("TbbTaskRwReader"),
      Kind<TimedWriterBehindReader<ptbb::task_rw_mutex>>(
          "TbbTaskRwWriterBehindReader"),
      Kind<ByTimedNotify<TbbTaskCondVarOf, ptbb::task_mutex>>("TbbTaskCondVar"),
      Kind<ByTimedPermit<ptbb::task_semaphore>>("TbbTaskSemaphore"),
      Kind<ByTimedSleep<ptbb::task_note>>("TbbTaskNote"),
  };
}

}  // namespace parkway::test
