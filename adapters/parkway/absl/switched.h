// SPDX-License-Identifier: Apache-2.0

// The locks that --//bazel:locks=parkway|stock chose for this build, as
// parkway::switched::absl: a program that takes its locks from here goes back
// to the host's own without an edit.
//
// A program depends on //adapters:absl_switched, which follows the switch;
// switched_stock and switched_parkway of //adapters/parkway/absl pin one
// position, for comparing both in one build.
#ifndef PARKWAY_ABSL_SWITCHED_H_
#define PARKWAY_ABSL_SWITCHED_H_

#if defined(PARKWAY_STOCK_LOCKS) && PARKWAY_STOCK_LOCKS
#include "parkway/absl/switched_stock.h"
#else
#include "parkway/absl/switched_parkway.h"
#endif

#endif  // PARKWAY_ABSL_SWITCHED_H_
