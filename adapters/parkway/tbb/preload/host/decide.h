// SPDX-License-Identifier: Apache-2.0

// Which layers are used over a copy of oneTBB.
#ifndef PARKWAY_TBB_PRELOAD_HOST_DECIDE_H_
#define PARKWAY_TBB_PRELOAD_HOST_DECIDE_H_

#include "parkway/preload/loaded_modules.h"
#include "parkway/preload/remarks.h"
#include "parkway/tbb/preload/host/copy.h"

namespace parkway::preload {

// All that is to be known of the copy in a library that is certainly loaded
// meanwhile.
void read_copy(const LoadedModule& module, Copy& copy) noexcept;

// Decides by what the copy has, not by its number: a layer needs its functions;
// the stacks and the yields need oneTBB alone in its library; and over
// a release that was never seen, a layer has to work in a trial
// (parkway/tbb/preload/host/trial.h). Says nothing itself.
void decide_about(Copy& copy, Remarks& remarks) noexcept;

// While it lives, this thread is in the start of a oneTBB, which holds a lock
// meanwhile that a trial of its workers or its stacks would wait for.
class InItsStart {
 public:
  InItsStart() noexcept;
  ~InItsStart();
  InItsStart(const InItsStart&) = delete;
  InItsStart& operator=(const InItsStart&) = delete;
};

}  // namespace parkway::preload

#endif  // PARKWAY_TBB_PRELOAD_HOST_DECIDE_H_
