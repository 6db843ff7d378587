// SPDX-License-Identifier: Apache-2.0

// The layer stacks keeps as much free memory as PARKWAY_STACK_MIB says.
#include <cstddef>
#include <optional>

#include "parkway/stack/stack_freelist.h"
#include "parkway/tbb/preload/host/layer_start.h"
#include "parkway/tbb/preload/host/layers.h"

namespace parkway::preload {
namespace {

void limit_stacks() noexcept {
  if (const std::optional<std::size_t> bytes = stack_bytes_asked_for()) {
    StackLimits limits = stack_limits();
    limits.shared_bytes = *bytes;
    set_stack_limits(limits);
  }
}

}  // namespace

const LayerStart stacks_start = {kStacks, &limit_stacks};

}  // namespace parkway::preload
