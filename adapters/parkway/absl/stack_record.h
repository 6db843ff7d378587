// SPDX-License-Identifier: Apache-2.0

// Call stacks for the debugging aids: taking, keeping and printing them.
#ifndef PARKWAY_ABSL_STACK_RECORD_H_
#define PARKWAY_ABSL_STACK_RECORD_H_

#include <cstddef>
#include <cstdint>

#include "absl/base/attributes.h"
#include "parkway/absl/debug_memory.h"
#include "parkway/absl/hook.h"
#include "parkway/absl/namespace.h"

PARKWAY_ABSL_NAMESPACE_BEGIN
namespace internal {

// Return addresses, innermost first.
struct StackRecord {
  static constexpr int kMaxDepth = 32;

  // Takes the calling thread's stack from the caller outwards, without its
  // first `skip` frames (at most 4). Allocates nothing. It reads the unwind
  // tables, as ::absl::GetStackTrace does not: that one needs frame pointers,
  // which optimised programs do not have. The tables cost about 0.1 us per
  // frame, unless the thread asks again from the same place, and reading them
  // may take the dynamic linker's lock: hold no lock here that is taken with
  // that one held.
  ABSL_ATTRIBUTE_NOINLINE void Capture(int skip);

  int depth = 0;
  void* pcs[kMaxDepth];
};

// Every stack once, for good, under a number. Memory is bounded: after
// kMaxWords the depot keeps no new ones. Not synchronised; without a destructor
// (see DebugArena).
//
// A fork may catch another thread in the middle of Put() or Clear(). Its child
// calls Repair() before it uses the depot.
class StackDepot {
 public:
  static constexpr std::uint32_t kMaxWords = 1 << 20;

  constexpr StackDepot() = default;
  StackDepot(const StackDepot&) = delete;
  StackDepot& operator=(const StackDepot&) = delete;

  // The number of this stack, made if it is new. 0 if there is no room.
  std::uint32_t Put(DebugArena& arena, const StackRecord& stack);

  // The stack with this number; an empty one for 0.
  void Get(std::uint32_t number, StackRecord* stack) const;

  // Removes everything, keeping the memory.
  void Clear();

  // Makes a whole depot of one that a thread has left at any point: of all
  // stacks, less the one that it was adding. Linear in the size of the depot.
  void Repair();

  std::size_t size() const { return count_; }

 private:
  bool Grow(DebugArena& arena);
  void FillTable();

  // A stack is its depth, its hash, the next of its hash chain, and its
  // addresses; its number is where that begins. Word 0 is not used.
  static constexpr std::uint32_t kDepth = 0;
  static constexpr std::uint32_t kHash = 1;
  static constexpr std::uint32_t kNext = 2;
  static constexpr std::uint32_t kHeader = 3;

  DebugVector<std::uintptr_t> words_;
  DebugVector<std::uint32_t> heads_;  // hash table; its size is 2^n
  std::uint32_t count_ = 0;
};

// Replaces ::absl::Symbolize if it is set.
extern Hook<bool(const void* pc, char* out, int out_size)> symbolizer;

// Text of any length for ABSL_RAW_LOG, which cuts what is longer than 3000
// bytes: it is handed on in pieces, cut between lines.
class LogText {
 public:
  // What a piece is handed to.
  using Sink = void (*)(const char* text);

  explicit LogText(Sink sink) : sink_(sink) {}
  LogText(const LogText&) = delete;
  LogText& operator=(const LogText&) = delete;

  // Adds formatted text, as printf; at most kMaxAdd bytes of it.
  void Add(const char* format, ...) ABSL_PRINTF_ATTRIBUTE(2, 3);

  // Adds a line per frame, "\t@ 0x... name" as upstream does, with names where
  // `symbolize` and where they can be had.
  void AddStack(const StackRecord& stack, bool symbolize);

  // Hands on what there is.
  void Flush();

 private:
  static constexpr std::size_t kMaxAdd = 400;

  Sink sink_;
  std::size_t length_ = 0;
  char text_[2700];
};

}  // namespace internal
PARKWAY_ABSL_NAMESPACE_END

#endif  // PARKWAY_ABSL_STACK_RECORD_H_
