// SPDX-License-Identifier: Apache-2.0

// The mutexes of parkway behind one interface, over memory that is the
// caller's: one place may be a mutex of one kind and then of another.
#ifndef PARKWAY_TESTS_FUZZ_LOCK_KINDS_H_
#define PARKWAY_TESTS_FUZZ_LOCK_KINDS_H_

#include <chrono>

#include "parkway/lock/queuing_mutex.h"

namespace parkway::fuzz {

enum class Mode { kNone, kShared, kExclusive };

inline const char* NameOf(Mode mode) {
  return mode == Mode::kExclusive ? "exclusive"
         : mode == Mode::kShared  ? "shared"
                                  : "not held";
}

// What every place has room for.
inline constexpr int kObjectBytes = 8;

class LockKind {
 public:
  // What the interface has, and what the contract says.
  struct Traits {
    bool shared = false;  // readers, upgrade and downgrade
    bool timed = false;
    bool in_order = false;  // first come, first served
    // Conditions (await), condition variables of its own, and make_slow().
    bool conditions = false;
  };

  virtual ~LockKind() = default;
  const char* name() const { return name_; }
  const Traits& traits() const { return traits_; }

  virtual void Make(void* at) const = 0;
  virtual void End(void* at) const = 0;

  // `node` is for QueuingMutex: from a lock to the end of its unlock the same
  // one, which nobody else uses.
  using Node = QueuingMutex::Node;
  virtual void Lock(void* at, Node& node, Mode mode) const = 0;
  virtual bool TryLock(void* at, Node& node, Mode mode) const = 0;
  virtual bool TryLockFor(void* at, Mode mode,
                          std::chrono::nanoseconds time) const = 0;
  virtual void Unlock(void* at, Node& node, Mode mode) const = 0;
  virtual bool TryUpgrade(void* at) const = 0;
  virtual void Downgrade(void* at) const = 0;

 protected:
  LockKind(const char* name, const Traits& traits)
      : name_(name), traits_(traits) {}

 private:
  const char* const name_;
  const Traits traits_;
};

// FutexMutex, SemaMutex, ByteMutex, RwMutex, QueuingMutex, QueuingRwMutex.
inline constexpr int kLockKinds = 6;
const LockKind& LockKindOf(int number);

}  // namespace parkway::fuzz

#endif  // PARKWAY_TESTS_FUZZ_LOCK_KINDS_H_
