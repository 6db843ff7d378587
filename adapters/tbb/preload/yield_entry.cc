// sched_yield() of the whole process. Nothing changes but for our workers in
// libtbb.
#include <sys/syscall.h>
#include <unistd.h>

#include "adapters/tbb/preload/server_worker.h"
#include "adapters/tbb/preload/state.h"

extern "C" int sched_yield() {
  using parkway::preload::ServerWorker;
  ServerWorker* const worker = ServerWorker::current();
  if (worker != nullptr &&
      parkway::preload::in_use(parkway::preload::kYields) &&
      worker->idle_yield().pass(__builtin_return_address(0),
                                __builtin_frame_address(0))) {
    return 0;
  }
  return static_cast<int>(syscall(SYS_sched_yield));
}
