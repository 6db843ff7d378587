// SPDX-License-Identifier: Apache-2.0

// The copies of a host in this process, and which of them a call belongs to.
//
// A process may have several: a plug-in brings its own, under a name of its
// own, or has it within itself. A copy is what defines the host's functions.
// Each has its own state, so each gets the calls that would be its own if this
// library were not there: who calls decides.
#ifndef PARKWAY_PRELOAD_COPY_TABLE_H_
#define PARKWAY_PRELOAD_COPY_TABLE_H_

#include <pthread.h>
#include <sys/mman.h>

#include <atomic>
#include <cerrno>
#include <cstddef>

#include "parkway/preload/caller_map.h"
#include "parkway/preload/code_range.h"
#include "parkway/preload/loaded_modules.h"
#include "parkway/preload/newcomers.h"
#include "parkway/preload/remarks.h"
#include "parkway/preload/unloading.h"
#include "parkway/wait/word_lock.h"

namespace parkway::preload {

inline constexpr unsigned kMostCopies = 16;

// What each record of a copy begins with.
struct CopyBase {
  // Of the library that has it.
  dl_phdr_info info = {};
  CodeRange code;
  // Calls are bound to it rather than to this library.
  bool comes_first = false;
  // Whoever calls: the process has started with it.
  bool everybodys = false;
  // Whether the library must stay loaded: our slots point into it, or threads
  // of ours return into it.
  bool stays = false;
  // Whether the caller may be another copy's: see LoadedModules::Answer.
  bool guessed = false;

  bool is_of(const dl_phdr_info& other) const noexcept {
    return info.dlpi_addr == other.dlpi_addr &&
           info.dlpi_name == other.dlpi_name &&
           info.dlpi_phdr == other.dlpi_phdr;
  }
};

// Cancellation waits until this is over: it makes calls that a thread may be
// cancelled in.
class Uncancelled {
 public:
  Uncancelled() { pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before_); }
  ~Uncancelled() { pthread_setcancelstate(before_, nullptr); }
  Uncancelled(const Uncancelled&) = delete;
  Uncancelled& operator=(const Uncancelled&) = delete;

 private:
  int before_ = PTHREAD_CANCEL_ENABLE;
};

// Copy is derived from CopyBase. Host has static members
//   symbol(i), symbol_count()  the functions that we define as well
//   names()                    what there is to know of names
//   read(module, copy)         all that the record needs of the library, which
//                              is certainly loaded meanwhile; CopyBase is set
//   decide(copy, remarks)      what is ours over it. The library may be gone
//   leave_alone(copy)          nothing is: there is no place for it
//   target(copy, number, i)    what a plug-in over that copy is to call: ours
//                              for that copy, or its own; null: what it calls
//   has_come(copy)             under the lock, before anybody else knows
template <class Copy, class Host>
class CopyTable {
 public:
  CallerMap callers;

  // By number: what find() returned, or `callers` has. Number 2 i + 1 is copy
  // i, 2 i + 2 is copy i for callers that may be another one's.
  const Copy& operator[](unsigned number) const noexcept {
    return places_[(number - 1) / kNumbers].copies[(number - 1) % kNumbers];
  }

  // The number, if that is known without a search.
  unsigned find_fast(const void* caller) const noexcept {
    // acquire: pairs with the release in look_up(), for the record.
    const unsigned all = everybodys_.load(std::memory_order_acquire);
    return all != CallerMap::kUnknown ? all : callers.find(caller);
  }

  // The copy that a call of Host::symbol(symbol) from there would reach without
  // this library. Decides about it if it is new. kUnknown if there is no place
  // for it, or nobody answers: then `copy` is its record, or empty.
  unsigned find(const void* caller, std::size_t symbol, Copy& copy) noexcept {
    const int saved = errno;
    const Uncancelled until_it_returns;
    unsigned number = callers.find_library(caller);
    if (number == CallerMap::kUnknown) {
      number = look_up(caller, symbol, symbol + 1, copy);
    }
    errno = saved;
    return number;
  }

  // The copy that anybody's calls reach, at the start of the process.
  unsigned find_at_start() noexcept {
    const int saved = errno;
    Copy copy;
    const unsigned number = look_up(nullptr, 0, Host::symbol_count(), copy);
    errno = saved;
    return number;
  }

  // The copy that stays and has its code there, or null. Takes no lock, any
  // time.
  const Copy* at(const void* address) const noexcept {
    for (const Place& place : places_) {
      // acquire: pairs with the release in fill().
      if (place.state.load(std::memory_order_acquire) == State::kStays &&
          place.copies[0].code.contains(address)) {
        return &place.copies[0];
      }
    }
    return nullptr;
  }

  // A picture of copy i; false: there is none.
  bool picture(unsigned i, Copy& into) noexcept {
    lock_.lock();
    const bool there = is_there(places_[i]);
    if (there) into = places_[i].copies[0];
    lock_.unlock();
    return there;
  }

  // Around a dlclose(): a plug-in may be gone, and another one may be at its
  // address.
  void forget_unloaded() noexcept {
    bool any = false;
    for (const Place& place : places_) any = any || is_there(place);
    if (!any) return;
    LoadedModules::look([this](LoadedModules& modules) { notice(modules); });
  }

  // In a child that tries something out: this copy is there from now on.
  const Copy& pretend(const Copy& copy) noexcept {
    Place& place = places_[kMostCopies - 1];
    fill(place, copy, State::kStays);
    callers.clear();
    return place.copies[0];
  }

 private:
  static constexpr unsigned kNumbers = 2;
  static_assert(kMostCopies * kNumbers <= CallerMap::kMost);

  enum class State : int {
    kFree,
    kLoaded,
    kStays,  // until the process ends
  };

  struct Place {
    // Written under the lock. A record is written in kFree only, and not
    // changed afterwards: nobody gets its number before that, and `callers`
    // forgets it before the place is free again.
    std::atomic<State> state{State::kFree};
    Copy copies[kNumbers];  // the second one is guessed
  };

  // Who answers a call. If that was guessed, all that may, the best guess
  // first.
  struct Answer {
    Copy candidates[kMostCopies];
    std::size_t count;
    bool guessed;
    CodeRange caller;
  };

  // Memory for what is too large for a small stack; null: there is none.
  template <class T>
  class Scratch {
   public:
    Scratch() {
      void* const memory = mmap(nullptr, sizeof(T), PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      if (memory != MAP_FAILED) it_ = static_cast<T*>(memory);
    }
    ~Scratch() {
      if (it_ != nullptr) munmap(it_, sizeof(T));
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    T* get() const { return it_; }

   private:
    T* it_ = nullptr;
  };

  static bool is_there(const Place& place) noexcept {
    // acquire: pairs with the release in fill().
    return place.state.load(std::memory_order_acquire) != State::kFree;
  }

  static bool is_loaded(const LoadedModules& modules,
                        const Copy& copy) noexcept {
    for (const LoadedModule& module : modules) {
      if (copy.is_of(module.info)) return true;
    }
    return false;
  }

  // Forgets what was unloaded, also by a dlclose() that did not come by.
  void notice(const LoadedModules& modules) noexcept {
    if (modules.begin() == modules.end()) return;
    lock_.lock();
    const bool is_new = unloaded_ != modules.unloaded();
    unloaded_ = modules.unloaded();
    for (Place& place : places_) {
      if (is_new && is_there(place) && !is_loaded(modules, place.copies[0])) {
        place.state.store(State::kFree, std::memory_order_relaxed);
      }
    }
    lock_.unlock();
    if (!is_new) return;
    callers.clear();
    newcomers_.forget();
  }

  unsigned number_of(const Place& place, bool guessed) const noexcept {
    return static_cast<unsigned>(&place - places_) * kNumbers + 1 +
           static_cast<unsigned>(guessed);
  }

  void fill(Place& place, const Copy& copy, State state) noexcept {
    place.copies[0] = copy;
    place.copies[1] = copy;
    place.copies[1].guessed = true;
    Host::has_come(copy);
    // release: pairs with the acquire in is_there().
    place.state.store(state, std::memory_order_release);
  }

  // The copy's place, else a free one, else null.
  Place* place_of(const Copy& copy) noexcept {
    Place* free = nullptr;
    for (Place& place : places_) {
      if (!is_there(place)) {
        if (free == nullptr) free = &place;
      } else if (place.copies[0].is_of(copy.info)) {
        return &place;
      }
    }
    return free;
  }

  bool is_only_one(const Place& it) const noexcept {
    for (const Place& place : places_) {
      if (&place != &it && is_there(place)) return false;
    }
    return true;
  }

  static void read(LoadedModules& modules, const LoadedModule& module,
                   bool everybodys, Copy& copy) noexcept {
    copy = Copy();
    copy.info = module.info;
    copy.code = code_of(module.info);
    copy.comes_first = modules.goes_before_us(module);
    copy.everybodys = everybodys;
    Host::read(module, copy);
  }

  // One of the functions from `first` to before `end`, called from there.
  // False: nobody has it.
  bool find_answer(const void* caller, std::size_t first, std::size_t end,
                   Answer& answer) noexcept {
    answer.count = 0;
    LoadedModules::look([&](LoadedModules& modules) {
      notice(modules);
      for (std::size_t i = first; i < end && answer.count == 0; ++i) {
        const LoadedModules::Answer found =
            modules.answer(caller, Host::symbol(i));
        if (found.module == nullptr) continue;
        const LoadedModule* const from = modules.at(caller);
        answer.caller = from != nullptr ? code_of(from->info) : CodeRange();
        answer.guessed = found.guessed;
        read(modules, *found.module, found.everybodys,
             answer.candidates[answer.count++]);
        if (!found.guessed) continue;
        for (const LoadedModule& module : modules) {
          if (answer.count < kMostCopies && &module != found.module &&
              modules.defines(module, Host::symbol(i))) {
            read(modules, module, false, answer.candidates[answer.count++]);
          }
        }
      }
    });
    return answer.count != 0;
  }

  // The place of the copy, which is decided about if it is new. Null if there
  // is no place left: then nothing is ours over it.
  Place* place_for(Copy& copy) noexcept {
    lock_.lock();
    Place* place = place_of(copy);
    const bool is_known = place != nullptr && is_there(*place);
    lock_.unlock();
    if (is_known) return place;
    if (place == nullptr) {
      Host::leave_alone(copy);
      return nullptr;
    }
    // Without the lock: others come to the same result meanwhile. Only one of
    // them has something to say.
    Remarks remarks;
    Host::decide(copy, remarks);
    lock_.lock();
    place = place_of(copy);
    const bool is_mine = place != nullptr && !is_there(*place);
    if (is_mine) {
      if (copy.stays) keep_loaded(copy.info.dlpi_name);
      fill(*place, copy, copy.stays ? State::kStays : State::kLoaded);
    }
    const bool is_first = place != nullptr && is_only_one(*place);
    lock_.unlock();
    if (place == nullptr) Host::leave_alone(copy);
    if (!is_mine) return place;
    remarks.say_all();
    // Where there was one copy, it was everybody's.
    if (!is_first) callers.clear();
    return place;
  }

  unsigned look_up(const void* caller, std::size_t first, std::size_t end,
                   Copy& copy) noexcept {
    copy = Copy();
    const unsigned newcomers =
        caller != nullptr ? bind_newcomers(first) : CallerMap::kUnknown;
    const Scratch<Answer> scratch;
    if (scratch.get() == nullptr ||
        !find_answer(caller, first, end, *scratch.get())) {
      return CallerMap::kUnknown;
    }
    Answer& answer = *scratch.get();
    // Else one of those would not have called yet.
    if (answer.guessed && newcomers != CallerMap::kUnknown) return newcomers;
    Place* const place = place_for(answer.candidates[0]);
    if (place == nullptr) {
      copy = answer.candidates[0];
      return CallerMap::kUnknown;
    }
    for (std::size_t i = 1; i < answer.count; ++i) {
      place_for(answer.candidates[i]);
    }
    const bool guessed = answer.guessed && !is_only_one(*place);
    const unsigned number = number_of(*place, guessed);
    if (answer.candidates[0].everybodys) {
      // release: pairs with the acquire in find_fast().
      everybodys_.store(number, std::memory_order_release);
    } else if (caller != nullptr && !answer.guessed) {
      // Not where it was guessed: another newcomer may call in the same way.
      callers.put(caller, answer.caller, number);
    }
    return number;
  }

  struct Binding {
    Newcomer newcomer;
    Copy candidates[Newcomer::kMostCandidates];
  };

  // Calls from libraries that came lately go where they belong, from now on.
  // Returns the copy that all of those belong to that call this function, if
  // there are any and they agree.
  unsigned bind_newcomers(std::size_t symbol) noexcept {
    const Scratch<Binding> scratch;
    if (scratch.get() == nullptr) return CallerMap::kUnknown;
    Newcomer& newcomer = scratch.get()->newcomer;
    Copy* const candidates = scratch.get()->candidates;
    unsigned number = CallerMap::kUnknown;
    bool agree = true;
    for (bool more = true; more;) {
      LoadedModules::look([&](LoadedModules& modules) {
        notice(modules);
        more = newcomers_.next(modules, Host::names(), newcomer);
        for (std::size_t i = 0; more && i < newcomer.candidates_count; ++i) {
          read(modules, *newcomer.candidates[i], false, candidates[i]);
        }
      });
      if (!more) break;
      unsigned numbers[Newcomer::kMostCandidates] = {};
      for (std::size_t i = 0; i < newcomer.candidates_count; ++i) {
        Place* const place = place_for(candidates[i]);
        if (place != nullptr) numbers[i] = number_of(*place, false);
      }
      for (std::size_t i = 0; i < newcomer.imports_count; ++i) {
        ImportPlace& import = newcomer.imports[i];
        const unsigned its = numbers[import.candidate];
        if (its == CallerMap::kUnknown) continue;
        import.target = Host::target((*this)[its], its, import.symbol);
        if (import.symbol != symbol) continue;
        agree = agree && (number == CallerMap::kUnknown || number == its);
        number = its;
      }
      newcomers_.write(newcomer);
    }
    return agree ? number : CallerMap::kUnknown;
  }

  Newcomers newcomers_;
  Place places_[kMostCopies];
  WordLock lock_;
  unsigned long long unloaded_ = 0;
  // The number of the copy that answers whoever calls, if there is one.
  std::atomic<unsigned> everybodys_{CallerMap::kUnknown};
};

}  // namespace parkway::preload

#endif  // PARKWAY_PRELOAD_COPY_TABLE_H_
