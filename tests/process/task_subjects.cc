// SPDX-License-Identifier: Apache-2.0

// The subjects of plugin/parkway/task, as threads use them.
#include "parkway/task/task_platform.h"
#include "tests/process/subject.h"
#include "tests/process/subject_templates.h"

namespace parkway::test {
SubjectKinds TaskSubjects() {
  return {
      Kind<ByLock<TaskMutex>>("TaskLock"),
      Kind<ByTimedLock<TaskMutex>>("TaskLockTimed"),
      Kind<ByTimedLock<TaskRwMutex>>("TaskRwWriter"),
      Kind<TimedReaderBehindWriter<TaskRwMutex>>("TaskRwReader"),
      Kind<TimedWriterBehindReader<TaskRwMutex>>("TaskRwWriterBehindReader"),
      Kind<ByCondition<TaskRwMutex, false>>("TaskRwCondition"),
      Kind<ByNotify<TaskCondVar, TaskMutex>>("TaskCondVar"),
      Kind<ByTimedNotify<TaskCondVar, TaskMutex>>("TaskCondVarTimed"),
      Kind<ByPermit<TaskSemaphore>>("TaskPermit"),
      Kind<ByTimedPermit<TaskSemaphore>>("TaskPermitTimed"),
      Kind<BySleep<TaskNote>>("TaskNote"),
      Kind<ByTimedSleep<TaskNote>>("TaskNoteTimed"),
  };
}

}  // namespace parkway::test
