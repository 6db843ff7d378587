// SPDX-License-Identifier: Apache-2.0

// What generate.py finds out about one host library, as tables. It writes the
// definitions (table.cc) and the assembly that goes with them (trampolines.S)
// for every preload library that is built; the runtime in this folder is the
// same for all of them.
#ifndef PARKWAY_ABSL_PRELOAD_TABLE_H_
#define PARKWAY_ABSL_PRELOAD_TABLE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace parkway::preload {

// The library that the preload was built for.
struct Host {
  const char* soname;       // libabsl_synchronization.so.20220623
  const char* soname_stem;  // libabsl_synchronization.so
  const char* label;        // the SONAME and, in brackets, the inline namespace
  std::uint64_t symbols;    // fingerprint of its defined symbols
};

// The two sets that can be in the place of the host's functions: bits.
enum Sets : unsigned char { kNone = 0, kLocks = 1, kSemaphore = 2 };

// What PARKWAY=watch has to know of one: that it waits for its object, and for
// what; or that it lets go.
enum class Watch : unsigned char {
  kNot,
  kWriter,     // to become a Mutex's writer
  kReader,     // or one of its readers
  kCondition,  // a Condition, or what is made of one: a Notification
  kAwait,      // the same, and the caller has the Mutex, which it lets go
  kCondVar,    // a CondVar; lets go of the Mutex, the second argument
  kUnlock,     // lets go of a Mutex, or brings about a Condition
  kSignal,     // wakes waiters of a CondVar
};

// A function that the host defines and we define as well.
struct Entry {
  const char* symbol;  // as the host exports it
  const char* label;   // for people
  void (*own)();       // ours, under a private name
  Sets set;
  bool locks;  // whether "contended" means anything
  Watch watch;
};

// A function of the host's libraries that our code calls.
struct Import {
  const char* symbol;
  unsigned sets;  // that need it
};

// A variable of the host's libraries that our code uses: null if it was not
// there when the process started.
struct DataImport {
  const char* symbol;
  unsigned sets;
  const void* address;
};

extern const Host host;
extern const Entry entries[];
extern const std::size_t entry_count;
extern const Import imports[];
extern const std::size_t import_count;
extern const DataImport data_imports[];
extern const std::size_t data_import_count;

// Bits of a mutex's first word that say that a writer, or a reader, would have
// to wait: for our own mutex and for the host's.
struct HeldBits {
  std::uint64_t to_writer;
  std::uint64_t to_reader;
};
extern const HeldBits own_held_bits;
extern const HeldBits host_held_bits;

}  // namespace parkway::preload

// In trampolines.S. Index i belongs to entries[i], or to imports[i].
extern "C" {
using ParkwayCode = void (*)();
// Where the exported function jumps to; at start the lazy stub.
extern std::atomic<ParkwayCode> parkway_slots[];
// Where the counting stub goes on to; at start the lazy stub as well.
extern std::atomic<ParkwayCode> parkway_next[];
// What can be in the two, besides functions: counts and goes on; asks
// parkway_preload_route(), and jumps there; and calls parkway_watch().
extern const ParkwayCode parkway_counting_stubs[];
extern const ParkwayCode parkway_lazy_stubs[];
extern const ParkwayCode parkway_watching_stubs[];
// The functions of the copy that is watched.
extern std::atomic<ParkwayCode> parkway_watched[];
extern std::atomic<std::uint64_t> parkway_calls[];
extern std::atomic<std::uint64_t> parkway_contended[];
// What "contended" tests, by mode (HeldBits).
extern std::atomic<std::uint64_t> parkway_held_to_writer;
extern std::atomic<std::uint64_t> parkway_held_to_reader;
extern std::atomic<ParkwayCode> parkway_import_slots[];

// Called by the lazy stubs; the arguments of the interrupted call are safe.
// Where it goes on, called from `caller`.
ParkwayCode parkway_preload_route(std::size_t entry,
                                  const void* caller) noexcept;

// Called by the watching stubs, with the registers of the call's arguments.
// Returns what the host's function returns.
using ParkwayWord = std::uintptr_t;
ParkwayWord parkway_watch(ParkwayWord object, ParkwayWord second,
                          ParkwayWord third, ParkwayWord fourth,
                          ParkwayWord fifth, std::size_t entry);
}

#endif  // PARKWAY_ABSL_PRELOAD_TABLE_H_
