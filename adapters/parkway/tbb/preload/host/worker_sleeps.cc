// SPDX-License-Identifier: Apache-2.0

#include "parkway/tbb/preload/host/worker_sleeps.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unwind.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "parkway/preload/dynamic_symbols.h"
#include "parkway/preload/loaded_modules.h"
#include "parkway/preload/newcomers.h"
#include "parkway/preload/next_definition.h"
#include "parkway/preload/stock_wait.h"

namespace parkway::preload {
namespace {

NextFunction<long(long, ...)> g_syscall("syscall");

// Of the libc, in which threads start.
std::atomic<std::uintptr_t> g_libc_begin{0};
std::atomic<std::uintptr_t> g_libc_end{0};

struct Walk {
  CodeRange own;
  CodeRange host;  // of the first frame that is not ours
  bool in_host = false;
  bool is_worker = false;
};

_Unwind_Reason_Code look_at(_Unwind_Context* context, void* data) {
  Walk& walk = *static_cast<Walk*>(data);
  const auto at = reinterpret_cast<const void*>(_Unwind_GetIP(context));
  if (walk.host.contains(at)) {
    walk.in_host = true;
    return _URC_NO_REASON;
  }
  if (!walk.in_host && walk.own.contains(at)) return _URC_NO_REASON;
  const CodeRange libc = {g_libc_begin.load(std::memory_order_relaxed),
                          g_libc_end.load(std::memory_order_relaxed)};
  walk.is_worker = walk.in_host && libc.contains(at);
  return _URC_NORMAL_STOP;
}

// Whether nothing but libtbb is on the calling thread's stack: then it is
// a worker and in no task, because tasks are the program's code.
bool is_worker_without_work(const CodeRange& host) noexcept {
  Walk walk;
  walk.own = own_code();
  walk.host = host;
  _Unwind_Backtrace(&look_at, &walk);
  return walk.is_worker;
}

// The libraries that call us: none is ever forgotten.
struct Caller {
  std::atomic<std::uintptr_t> begin{0};
  std::atomic<std::uintptr_t> end{0};
};
Caller g_callers[kMostCopies];

CodeRange code_around(const void* place) noexcept {
  for (const Caller& caller : g_callers) {
    // acquire: pairs with the release in remember().
    const CodeRange code = {caller.begin.load(std::memory_order_relaxed),
                            caller.end.load(std::memory_order_acquire)};
    if (code.contains(place)) return code;
  }
  return {};
}

bool remember(const CodeRange& code) noexcept {
  for (Caller& caller : g_callers) {
    std::uintptr_t begin = 0;
    if (!caller.begin.compare_exchange_strong(begin, code.begin) &&
        begin != code.begin) {
      continue;
    }
    // release: pairs with the acquire in code_around().
    caller.end.store(code.end, std::memory_order_release);
    return true;
  }
  return false;
}

// Where a thread of libtbb's sleeps: the last places, and whether that is the
// loop of a worker without work. Nothing else is at that depth of the thread's
// stack, so the answer holds for the next time.
class Places {
 public:
  bool is_idle(const void* caller, const void* frame) noexcept {
    for (const Place& place : places_) {
      if (place.caller == caller && place.frame == frame) return place.idle;
    }
    Place& place = places_[next_++ % kPlaces];
    place = {caller, frame, is_worker_without_work(code_around(caller))};
    return place.idle;
  }

 private:
  struct Place {
    const void* caller;
    const void* frame;
    bool idle;
  };
  static constexpr std::size_t kPlaces = 4;
  Place places_[kPlaces];
  std::size_t next_;
};
[[gnu::tls_model("initial-exec")]] thread_local Places t_places = {};

using Words = long[7];

long go_on(const Words& words) noexcept {
  return g_syscall.get()(words[0], words[1], words[2], words[3], words[4],
                         words[5], words[6]);
}

// In the place of libtbb's syscall(). What was not given is read as well: it is
// in registers or on the stack of the caller.
long sleep_or_wake(long number, long first, long second, long third,
                   long fourth, long fifth, long sixth) {
  const Words words = {number, first, second, third, fourth, fifth, sixth};
  const long command = second & FUTEX_CMD_MASK;
  const auto* const word = reinterpret_cast<const void*>(first);
  if (number == SYS_futex && ::parkway::internal::profiling()) {
    if (command == FUTEX_WAKE) {
      stock_releases(WaitKind::kWorker, word);
    } else if (command == FUTEX_WAIT && !in_stock_wait() &&
               t_places.is_idle(__builtin_return_address(0),
                                __builtin_frame_address(0))) {
      const StockWait wait(WaitKind::kWorker, word, StockWait::kPerhaps);
      return go_on(words);
    }
  }
  return go_on(words);
}

// Of the library that defines it, which is never unloaded.
bool find_libc() noexcept {
  if (g_libc_end.load(std::memory_order_relaxed) != 0) return true;
  const void* const start = next_definition("pthread_create");
  CodeRange code;
  LoadedModules::look([&](LoadedModules& modules) {
    const LoadedModule* const module = modules.at(start);
    if (module != nullptr) code = code_of(module->info);
  });
  g_libc_begin.store(code.begin, std::memory_order_relaxed);
  g_libc_end.store(code.end, std::memory_order_relaxed);
  return code.end != 0;
}

}  // namespace

const char* see_sleeps_of(const Copy& copy) noexcept {
  if (!copy.alone) return "there is other code in its library";
  g_syscall.find();
  if (!find_libc() || !remember(copy.code)) return "there is no place for it";
  const char* problem = "it does not call syscall()";
  LoadedModules::look([&](LoadedModules& modules) {
    for (const LoadedModule& module : modules) {
      if (!copy.is_of(module.info)) continue;
      DynamicSymbols(module.info)
          .each_import([&](const std::string_view name, void** place) {
            if (name != "syscall") return;
            const bool written = write_place(
                module.info, place, reinterpret_cast<void*>(&sleep_or_wake));
            problem = written ? nullptr : "the system does not allow it";
          });
    }
  });
  return problem;
}

}  // namespace parkway::preload
