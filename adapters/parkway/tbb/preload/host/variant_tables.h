// SPDX-License-Identifier: Apache-2.0

// The entries once more for each copy, as the layers have them: made by
// parkway/tbb/preload/host/variants.h.
#ifndef PARKWAY_TBB_PRELOAD_HOST_VARIANT_TABLES_H_
#define PARKWAY_TBB_PRELOAD_HOST_VARIANT_TABLES_H_

#include <cstddef>

#include "parkway/preload/copy_table.h"

namespace parkway::preload {

// One function for each place in the table of copies.
struct Variants {
  void* functions[kMostCopies];
};

// Of the layers, in the order of their entries.
const Variants& address_variants(std::size_t i) noexcept;  // kWaitOnAddress...
const Variants& queue_variants(std::size_t i) noexcept;  // kAllocateBounded...
const Variants& finalize_variants() noexcept;
// Not on every processor.
[[gnu::weak]] const Variants& suspend_variants(std::size_t i) noexcept;

}  // namespace parkway::preload

#endif  // PARKWAY_TBB_PRELOAD_HOST_VARIANT_TABLES_H_
