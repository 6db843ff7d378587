// getcontext(), makecontext() and swapcontext() of the whole process.
#ifndef PARKWAY_ADAPTERS_TBB_PRELOAD_CONTEXT_ENTRIES_H_
#define PARKWAY_ADAPTERS_TBB_PRELOAD_CONTEXT_ENTRIES_H_

// In the order of the entries in context_entries_<processor>.S.
enum ParkwayContextFunction : unsigned {
  kParkwayGetcontext,
  kParkwayMakecontext,
  kParkwaySwapcontext,
  kParkwayContextFunctions,
};

// Where the entry with that number goes on, called from `caller`: an entry is
// a jump, with all arguments and the stack as they were, because a frame of
// ours would be gone when getcontext() returns for the second time.
extern "C" [[gnu::visibility("hidden")]] void* parkway_context_function(
    unsigned function, const void* caller) noexcept;

#endif  // PARKWAY_ADAPTERS_TBB_PRELOAD_CONTEXT_ENTRIES_H_
