// SPDX-License-Identifier: Apache-2.0

#include "tests/fuzz/lock_kinds.h"

#include <new>
#include <type_traits>

#include "parkway/lock/byte_mutex.h"
#include "parkway/lock/futex_mutex.h"
#include "parkway/lock/queuing_rw_mutex.h"
#include "parkway/lock/rw_mutex.h"
#include "parkway/lock/sema_mutex.h"
#include "tests/fuzz/story.h"

namespace parkway::fuzz {
namespace {

template <class M>
constexpr bool kIsRw = std::is_same_v<M, RwMutex>;
template <class M>
constexpr bool kHasNodes = std::is_same_v<M, QueuingMutex>;
template <class M>
constexpr bool kIsShared = kIsRw<M> || std::is_same_v<M, QueuingRwMutex>;
template <class M>
constexpr bool kIsQueuing = kHasNodes<M> || std::is_same_v<M, QueuingRwMutex>;

template <class M>
class KindOf final : public LockKind {
 public:
  explicit KindOf(const char* name)
      : LockKind(name,
                 {kIsShared<M>, !kIsQueuing<M>, kIsQueuing<M>, kIsRw<M>}) {
    static_assert(sizeof(M) <= kObjectBytes);
  }

  void Make(void* at) const override { new (at) M; }
  void End(void* at) const override { Of(at).~M(); }

  void Lock(void* at, Node& node, Mode mode) const override {
    if constexpr (kHasNodes<M>) {
      Of(at).lock(node);
    } else if constexpr (kIsShared<M>) {
      mode == Mode::kShared ? Of(at).lock_shared() : Of(at).lock();
    } else {
      Of(at).lock();
    }
    (void)node, (void)mode;
  }

  bool TryLock(void* at, Node& node, Mode mode) const override {
    (void)node, (void)mode;
    if constexpr (kHasNodes<M>) {
      return Of(at).try_lock(node);
    } else if constexpr (kIsShared<M>) {
      return mode == Mode::kShared ? Of(at).try_lock_shared()
                                   : Of(at).try_lock();
    } else {
      return Of(at).try_lock();
    }
  }

  bool TryLockFor(void* at, Mode mode,
                  std::chrono::nanoseconds time) const override {
    (void)at, (void)mode, (void)time;
    if constexpr (kIsQueuing<M>) {
      Fail("the harness timed a lock that has no timed form");
    } else if constexpr (kIsShared<M>) {
      return mode == Mode::kShared ? Of(at).try_lock_shared_for(time)
                                   : Of(at).try_lock_for(time);
    } else {
      return Of(at).try_lock_for(time);
    }
  }

  void Unlock(void* at, Node& node, Mode mode) const override {
    (void)node, (void)mode;
    if constexpr (kHasNodes<M>) {
      Of(at).unlock(node);
    } else if constexpr (kIsShared<M>) {
      mode == Mode::kShared ? Of(at).unlock_shared() : Of(at).unlock();
    } else {
      Of(at).unlock();
    }
  }

  bool TryUpgrade(void* at) const override {
    (void)at;
    if constexpr (kIsShared<M>) {
      return Of(at).try_upgrade();
    } else {
      Fail("the harness upgraded a lock without readers");
    }
  }
  void Downgrade(void* at) const override {
    (void)at;
    if constexpr (kIsShared<M>) {
      Of(at).downgrade();
    } else {
      Fail("the harness downgraded a lock without readers");
    }
  }

 private:
  static M& Of(void* at) { return *std::launder(static_cast<M*>(at)); }
};

}  // namespace

const LockKind& LockKindOf(int number) {
  static const KindOf<FutexMutex> futex("FutexMutex");
  static const KindOf<SemaMutex> sema("SemaMutex");
  static const KindOf<ByteMutex> byte("ByteMutex");
  static const KindOf<RwMutex> rw("RwMutex");
  static const KindOf<QueuingMutex> queuing("QueuingMutex");
  static const KindOf<QueuingRwMutex> queuing_rw("QueuingRwMutex");
  static const LockKind* const kinds[kLockKinds] = {
      &futex, &sema, &byte, &rw, &queuing, &queuing_rw};
  return *kinds[number];
}

}  // namespace parkway::fuzz
