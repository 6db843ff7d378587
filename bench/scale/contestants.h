// SPDX-License-Identifier: Apache-2.0

// The locks under comparison: what each is called, and whose it is.
#ifndef PARKWAY_BENCH_SCALE_CONTESTANTS_H_
#define PARKWAY_BENCH_SCALE_CONTESTANTS_H_

#include <string>
#include <vector>

#include "bench/scale/cells.h"
#include "bench/scale/peers/cna.h"
#include "bench/scale/peers/designated_waker.h"
#include "bench/scale/peers/futex2011.h"
#include "bench/scale/peers/futex_cond.h"
#include "bench/scale/peers/glibc_mutex.h"
#include "bench/scale/peers/mcs.h"
#include "bench/scale/peers/rw_designated.h"
#include "bench/scale/peers/rw_glibc.h"
#include "bench/scale/peers/rw_spin.h"
#include "bench/scale/peers/spinbit.h"
#include "bench/scale/peers/tas_backoff.h"
#include "bench/scale/sim_platform.h"

namespace parkway_bench::scale {

template <class Type>
struct Contestant;

template <>
struct Contestant<FutexMutex> {
  static constexpr const char* kName = "FutexMutex";
  static constexpr Side kSide = Side::kOurs;
  using Note = FutexNote;
};
template <>
struct Contestant<SemaMutex> {
  static constexpr const char* kName = "SemaMutex";
  static constexpr Side kSide = Side::kOurs;
  using Note = SemaNote;
};
template <>
struct Contestant<RwMutex> {
  static constexpr const char* kName = "RwMutex";
  static constexpr Side kSide = Side::kOurs;
  using Note = FutexNote;
};
template <>
struct Contestant<FutexNote> {
  static constexpr const char* kName = "FutexNote";
  static constexpr Side kSide = Side::kOurs;
};
template <>
struct Contestant<SemaNote> {
  static constexpr const char* kName = "SemaNote";
  static constexpr Side kSide = Side::kOurs;
};

template <Side kItsSide>
struct Peer {
  static constexpr Side kSide = kItsSide;
  using Note = FutexEvent;
};
template <>
struct Contestant<Futex2011> : Peer<Side::kSleeps> {
  static constexpr const char* kName = "futex of 2011";
};
template <>
struct Contestant<GlibcMutex> : Peer<Side::kSleeps> {
  static constexpr const char* kName = "glibc's mutex";
};
template <>
struct Contestant<Spinbit> : Peer<Side::kSleeps> {
  static constexpr const char* kName = "spinbit";
};
template <>
struct Contestant<DesignatedWaker> : Peer<Side::kSleeps> {
  static constexpr const char* kName = "designated waker";
};
template <>
struct Contestant<TasBackoff> : Peer<Side::kSpins> {
  static constexpr const char* kName = "test-and-set";
};
template <>
struct Contestant<Mcs> : Peer<Side::kSpins> {
  static constexpr const char* kName = "MCS";
};
template <>
struct Contestant<Cna> : Peer<Side::kSpins> {
  static constexpr const char* kName = "CNA";
};
template <>
struct Contestant<RwGlibc> : Peer<Side::kSleeps> {
  static constexpr const char* kName = "glibc's rwlock";
};
template <>
struct Contestant<RwDesignated> : Peer<Side::kSleeps> {
  static constexpr const char* kName = "designated waker";
};
template <>
struct Contestant<RwSpin> : Peer<Side::kSpins> {
  static constexpr const char* kName = "spinning rwlock";
};
template <>
struct Contestant<FutexEvent> : Peer<Side::kSleeps> {
  static constexpr const char* kName = "futex";
};

// Each a scene for the locks of a list: Add(cells, scene, how), where
// how(Type<Lock>(), setup) measures.
template <class Lock>
struct Type {
  using type = Lock;
};
template <class... Locks>
struct Contest {
  template <class How>
  static void Add(std::vector<Cell>* cells, const std::string& scene,
                  const How& how) {
    (cells->push_back(
         {scene, Contestant<Locks>::kName, Contestant<Locks>::kSide,
          [how](const Setup& setup) { return how(Type<Locks>(), setup); }}),
     ...);
  }
};

using Mutexes = Contest<FutexMutex, SemaMutex, RwMutex, Futex2011, GlibcMutex,
                        Spinbit, DesignatedWaker, TasBackoff, Mcs, Cna>;
using Notes = Contest<FutexNote, SemaNote, FutexEvent>;
using RwLocks = Contest<RwMutex, RwGlibc, RwDesignated, RwSpin>;

}  // namespace parkway_bench::scale

#endif  // PARKWAY_BENCH_SCALE_CONTESTANTS_H_
