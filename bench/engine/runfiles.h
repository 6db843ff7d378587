// SPDX-License-Identifier: Apache-2.0

// Where the build put what ab needs.

#ifndef PARKWAY_BENCH_ENGINE_RUNFILES_H_
#define PARKWAY_BENCH_ENGINE_RUNFILES_H_

#include <string>

namespace parkway_bench {

// The path of `file`, given relative to this repository's root, in the runfiles
// of the running program. Empty when there is none. Independent of the name
// that the repository goes by.
std::string FindRunfile(const std::string& file);

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_ENGINE_RUNFILES_H_
