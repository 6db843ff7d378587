// SPDX-License-Identifier: Apache-2.0

// What the tools that look for races and for deadlocks are told of the locks.
//
// They know the mutexes of the libc. A lock made of atomics is to them what its
// atomics are: they miss the order in which locks are taken and the unlock of
// a lock that nobody holds, and helgrind, which knows no atomics, sees races
// everywhere. So each operation says what it is, by an object for its time:
//   Acquiring    takes a mutex, however long that takes
//   Trying       the same, but may fail
//   Releasing    gives it back
//   Downgrading  the writer becomes a reader
// Without a tool (parkway/base/lock_tool.h) nothing is left of them.
//
// While one of them lives the tool looks at nothing else that the thread does:
// neither at accesses nor at atomics. What happens before what follows from the
// operations alone. Otherwise a reader's unlock, an atomic that the next reader
// sees, would hide races between the two. Therefore:
//   - What threads share besides atomics is touched either always or never
//     while the tool looks. RwMutex's waiters: never, for which there is also
//     Unseen. What sleeps by address (parkway/wait/address_wait.h) and is woken
//     by semaphores and condition variables as well: always, for which there is
//     Seen.
//   - A condition is the program's own code: ConditionSeen.
//
// Not for P whose kHeldLocks is false: what a task locks it may unlock on
// another thread, and to the tools a thread holds a mutex. What happens before
// what they know from the atomics.
#ifndef PARKWAY_BASE_TOOL_ANNOTATIONS_H_
#define PARKWAY_BASE_TOOL_ANNOTATIONS_H_

#include "parkway/base/lock_tool.h"

namespace parkway::internal {

template <class P>
inline constexpr bool kWatched = bool{LockTool::kOn} && P::kHeldLocks;

// LockTool, by a name that is looked up only where it is used.
template <class P>
struct ToolOf {
  using type = LockTool;
};
template <class P>
using Tool = typename ToolOf<P>::type;

// Before the tool looks away: the record that the thread gets with its first
// lock was another one's perhaps, and the tool has to see that it was given
// back in between.
template <class P>
void find_record() {
  if constexpr (Tool<P>::kLooksAway) P::current_worker();
}

// May fail: got() says that it has not. `waits`: the first half of a lock(),
// whose other half is an operation of its own.
template <class P>
class Trying {
 public:
  template <class Mutex>
  explicit Trying(const Mutex* mutex, bool shared = false, bool waits = false)
      : mutex_(mutex), mode_{shared, !waits} {
    if constexpr (kWatched<P>) {
      find_record<P>();
      Tool<P>::lock_begins(mutex, sizeof(Mutex), mode_);
    }
  }
  ~Trying() {
    if constexpr (kWatched<P>) Tool<P>::lock_ends(mutex_, mode_, got_);
  }
  Trying(const Trying&) = delete;
  Trying& operator=(const Trying&) = delete;

  bool got(bool taken) {
    got_ = taken;
    return taken;
  }

 private:
  const void* const mutex_;
  const LockMode mode_;
  bool got_ = false;
};

template <class P>
class Acquiring {
 public:
  template <class Mutex>
  explicit Acquiring(const Mutex* mutex, bool shared = false)
      : trying_(mutex, shared, true) {
    trying_.got(true);
  }

 private:
  Trying<P> trying_;
};

// The mutex may be gone when it ends.
template <class P>
class Releasing {
 public:
  explicit Releasing(const void* mutex, bool shared = false)
      : mutex_(mutex), shared_(shared) {
    if constexpr (kWatched<P>) {
      find_record<P>();
      Tool<P>::unlock_begins(mutex, shared);
    }
  }
  ~Releasing() {
    if constexpr (kWatched<P>) Tool<P>::unlock_ends(mutex_, shared_);
  }
  Releasing(const Releasing&) = delete;
  Releasing& operator=(const Releasing&) = delete;

 private:
  const void* const mutex_;
  const bool shared_;
};

// To the tools these two are an unlock and a lock, between which nobody else
// comes.
template <class P>
class Downgrading {
 public:
  explicit Downgrading(const void* mutex) : mutex_(mutex) {
    if constexpr (kWatched<P>) Tool<P>::unlock_begins(mutex, false);
  }
  ~Downgrading() {
    if constexpr (kWatched<P>) {
      Tool<P>::unlock_ends(mutex_, false);
      Tool<P>::lock_begins(mutex_, 1, {true, true});
      Tool<P>::lock_ends(mutex_, {true, true}, true);
    }
  }
  Downgrading(const Downgrading&) = delete;
  Downgrading& operator=(const Downgrading&) = delete;

 private:
  const void* const mutex_;
};

// The reader has become the writer.
template <class P>
void upgraded(const void* mutex) {
  if constexpr (kWatched<P>) {
    Tool<P>::unlock_begins(mutex, true);
    Tool<P>::unlock_ends(mutex, true);
    Tool<P>::lock_begins(mutex, 1, {false, true});
    Tool<P>::lock_ends(mutex, {false, true}, true);
  }
}

// What mutexes do with their waiters where none of them is taken or given back.
template <class P>
class Unseen {
 public:
  Unseen() {
    if constexpr (kWatched<P>) Tool<P>::unseen_begins();
  }
  ~Unseen() {
    if constexpr (kWatched<P>) Tool<P>::unseen_ends();
  }
  Unseen(const Unseen&) = delete;
  Unseen& operator=(const Unseen&) = delete;
};

// Within one of the above: the tool looks again.
template <class P>
class Seen {
 public:
  Seen() {
    if constexpr (kWatched<P>) Tool<P>::seen_begins();
  }
  ~Seen() {
    if constexpr (kWatched<P>) Tool<P>::seen_ends();
  }
  Seen(const Seen&) = delete;
  Seen& operator=(const Seen&) = delete;
};

// Within one of the above, while a condition is evaluated on behalf of another
// thread. Of that the tool sees the locks and the atomics. Not the accesses:
// the mutex counts as given back already, although it is not.
template <class P>
class ConditionSeen {
 public:
  ConditionSeen() {
    if constexpr (kWatched<P>) Tool<P>::atomics_seen_begins();
  }
  ~ConditionSeen() {
    if constexpr (kWatched<P>) Tool<P>::atomics_seen_ends();
  }
  ConditionSeen(const ConditionSeen&) = delete;
  ConditionSeen& operator=(const ConditionSeen&) = delete;
};

// Within one of the above: what came before happens_before(x) is visible to who
// comes to happens_after(x).
template <class P>
void happens_before(const void* address) {
  Seen<P> seen;
  if constexpr (kWatched<P>) Tool<P>::release(address);
}
template <class P>
void happens_after(const void* address) {
  Seen<P> seen;
  if constexpr (kWatched<P>) Tool<P>::acquire(address);
}

// For constructors: what the tool knows of the address was another mutex. Our
// mutexes have no destructor that would say so.
template <class P>
constexpr void mutex_made([[maybe_unused]] const void* mutex) {
  if constexpr (kWatched<P>) Tool<P>::made(mutex);
}
// Selects a constructor that tells the tool nothing: for the part of a mutex
// that does so itself, or that has to be a constant in these builds as well.
struct Untold {};
// For a mutex that has a destructor: its constructor and that. One that begins
// as a constant is, as far as tools know, never gone: threads may use it as
// long as the process lives.
template <class P>
constexpr void mutex_will_go([[maybe_unused]] const void* mutex) {
  if constexpr (kWatched<P>) Tool<P>::will_go(mutex);
}
template <class P>
void mutex_gone([[maybe_unused]] const void* mutex) {
  if constexpr (kWatched<P>) Tool<P>::gone(mutex);
}

}  // namespace parkway::internal

#endif  // PARKWAY_BASE_TOOL_ANNOTATIONS_H_
