// SPDX-License-Identifier: Apache-2.0

// The installed Abseil's objects, seen as ours.
//
// Programs bring their objects: their size, and what the installed headers
// inline (constructors, HasBeenNotified(), the scoped locks). The files in this
// folder define the members that those headers only declare, over the types of
// parkway/absl/*.h at the same address. All bits zero is a new object to both.
#ifndef PARKWAY_ABSL_PRELOAD_LOCKS_OURS_H_
#define PARKWAY_ABSL_PRELOAD_LOCKS_OURS_H_

#include "parkway/absl/barrier.h"
#include "parkway/absl/blocking_counter.h"
#include "parkway/absl/cond_var.h"
#include "parkway/absl/deadlock.h"
#include "parkway/absl/events.h"
#include "parkway/absl/mutex.h"
#include "parkway/absl/mutex_lock.h"
#include "parkway/absl/notification.h"

namespace parkway::preload {

// Ours where it is not the same name in namespace absl.
namespace ours = ::parkway::absl;

template <class Ours, class Installed>
Ours& as(Installed* object) {
  static_assert(
      sizeof(Ours) <= sizeof(Installed) && alignof(Ours) <= alignof(Installed),
      "our object does not fit into the installed Abseil's");
  return *reinterpret_cast<Ours*>(object);
}
template <class Ours, class Installed>
const Ours& as(const Installed* object) {
  return as<Ours>(const_cast<Installed*>(object));
}

}  // namespace parkway::preload

#endif  // PARKWAY_ABSL_PRELOAD_LOCKS_OURS_H_
