// SPDX-License-Identifier: Apache-2.0

// The entries once more for each copy: for plug-ins, whose calls are written
// anew (parkway/preload/newcomers.h), so that nobody has to find out who calls.
#ifndef PARKWAY_TBB_PRELOAD_HOST_VARIANTS_H_
#define PARKWAY_TBB_PRELOAD_HOST_VARIANTS_H_

#include <cstddef>
#include <utility>

#include "parkway/tbb/preload/host/copies.h"
#include "parkway/tbb/preload/host/variant_tables.h"

namespace parkway::preload {

// Of an entry's implementation, a function whose first argument is the copy.
template <auto kImplementation>
struct VariantsOf;
template <class Result, class... Arguments,
          Result (*kImplementation)(const Copy&, Arguments...)>
struct VariantsOf<kImplementation> {
  template <std::size_t kPlace>
  static Result call(Arguments... arguments) {
    return kImplementation(internal::copies[2 * kPlace + 1], arguments...);
  }
  template <std::size_t... kPlace>
  static Variants make(std::index_sequence<kPlace...>) {
    return {{reinterpret_cast<void*>(&call<kPlace>)...}};
  }
};
template <auto kImplementation>
Variants variants_of() {
  return VariantsOf<kImplementation>::make(
      std::make_index_sequence<kMostCopies>());
}

}  // namespace parkway::preload

#endif  // PARKWAY_TBB_PRELOAD_HOST_VARIANTS_H_
