// SPDX-License-Identifier: Apache-2.0

// A worker in a word, beside flags, for SemaMutex and SemaNote.
#ifndef PARKWAY_WAIT_WORKER_LINK_H_
#define PARKWAY_WAIT_WORKER_LINK_H_

#include <cstdint>

#include "parkway/os/language.h"

namespace parkway {

// A 64-bit word of
//   flags       kFlagBits; whatever their owner makes of them
//   a worker    24 bits: its number, 0 for none
//   generation  30 bits: of the process whose worker that is
//               (parkway/os/fork_generation.h)
// A worker of another process of the chain of forks is nobody: in the child of
// a fork the parent's waiters are forgotten, and flags that were theirs.
template <class P, unsigned kFlagBits>
struct WorkerLink {
  using Word = std::uint64_t;

  static constexpr Word kFlags = (Word{1} << kFlagBits) - 1;
  static constexpr unsigned kIndexBits = 24;
  static constexpr unsigned kGenerationShift = kFlagBits + kIndexBits;

  // Null if the word has none. Of a word of this process.
  static typename P::Worker* worker(Word word) {
    const auto index = static_cast<std::uint32_t>((word >> kFlagBits) %
                                                  (Word{1} << kIndexBits));
    return index == 0 ? nullptr : P::worker_at(index);
  }

  // A word of this process, with that worker (or none) and those flags.
  static Word word(const typename P::Worker* worker, Word flags) {
    const Word index = worker == nullptr ? 0 : worker->index;
    return Word{P::fork_generation()} << kGenerationShift | index << kFlagBits |
           flags;
  }

  // Whether the worker, and flags that belong to waiters, are this process's.
  static bool is_own(Word word) {
    return word >> kGenerationShift == P::fork_generation();
  }
};

}  // namespace parkway

#endif  // PARKWAY_WAIT_WORKER_LINK_H_
