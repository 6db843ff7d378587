// SPDX-License-Identifier: Apache-2.0

// Whether the calling thread is in oneapi::tbb::finalize().
#ifndef PARKWAY_TBB_PRELOAD_WORKERS_FINALIZE_H_
#define PARKWAY_TBB_PRELOAD_WORKERS_FINALIZE_H_

namespace parkway::preload {

// Then the connection that it closes has to be closed with all worker threads
// joined. oneTBB's own server reads that from a member of its client that the
// plugin interface does not show.
bool finalizing() noexcept;

}  // namespace parkway::preload

#endif  // PARKWAY_TBB_PRELOAD_WORKERS_FINALIZE_H_
