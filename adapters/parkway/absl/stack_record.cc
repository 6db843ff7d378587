// SPDX-License-Identifier: Apache-2.0

#include "parkway/absl/stack_record.h"

#include <unwind.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstring>

#include "absl/debugging/symbolize.h"

PARKWAY_ABSL_NAMESPACE_BEGIN
namespace internal {

ABSL_CONST_INIT Hook<bool(const void*, char*, int)> symbolizer;

namespace {

// The last stack that this thread took, whole, and where on the stack its
// return addresses lie. If the next one is taken from the same place, and the
// same addresses still lie there, it is the same: then the tables, which are a
// hundred times slower, need not be read. (Each address says how far up the
// next one is. That is not so for functions with variable-length arrays, whose
// callers could in theory be mistaken for those of the last time.)
struct LastStack {
  // The caller of Capture() may skip a few.
  static constexpr int kMaxDepth = StackRecord::kMaxDepth + 4;

  const void* frame;  // of Capture(); null if there is no last stack
  int depth;
  void* pcs[kMaxDepth];
  void* const* slots[kMaxDepth];
};
thread_local LastStack t_last = {};

struct Walk {
  LastStack* last;
  bool first;        // frame: Capture() itself
  bool complete;     // all slots are known
  void* const* low;  // the lower end of the frame that is left
};

// A word of another function's frame, which sanitizers don't like to see read.
// clang-format off
ABSL_ATTRIBUTE_NO_SANITIZE_ADDRESS
ABSL_ATTRIBUTE_NO_SANITIZE_MEMORY
ABSL_ATTRIBUTE_NO_SANITIZE_THREAD
// clang-format on
inline void* Peek(void* const* word) { return *word; }

// Where between `low` and `high` the return address lies; null if it does not,
// or not as it is.
void* const* FindSlot(void* const* low, void* const* high, void* pc) {
  constexpr int kMaxWords = 64;
  for (int i = 0; i < kMaxWords && high > low; ++i) {
    if (Peek(--high) == pc) return high;
  }
  return nullptr;
}

bool IsUnchanged(const LastStack& last) {
  for (int i = 0; i < last.depth; ++i) {
    if (Peek(last.slots[i]) != last.pcs[i]) return false;
  }
  return true;
}

_Unwind_Reason_Code VisitFrame(_Unwind_Context* context, void* arg) {
  Walk& walk = *static_cast<Walk*>(arg);
  LastStack& last = *walk.last;
  void* const pc = reinterpret_cast<void*>(
      static_cast<std::uintptr_t>(_Unwind_GetIP(context)));
  // The upper end of the frame that was left for this one.
  void* const* const high = reinterpret_cast<void* const*>(
      static_cast<std::uintptr_t>(_Unwind_GetCFA(context)));
  if (walk.first) {
    walk.first = false;
  } else {
    if (pc == nullptr || last.depth >= LastStack::kMaxDepth) {
      return _URC_END_OF_STACK;
    }
    void* const* const slot = FindSlot(walk.low, high, pc);
    walk.complete = walk.complete && slot != nullptr;
    last.pcs[last.depth] = pc;
    last.slots[last.depth] = slot;
    ++last.depth;
  }
  walk.low = high;
  return _URC_NO_REASON;
}

constexpr std::uint32_t kFirstTableSize = 256;

// Writes the name of the function around `pc` and returns true, if it is known.
bool SymbolizePc(const void* pc, char* out, int out_size) {
  const auto fn = symbolizer.Load();
  return fn != nullptr ? fn(pc, out, out_size)
                       : ::absl::Symbolize(pc, out, out_size);
}

}  // namespace

void StackRecord::Capture(int skip) {
  LastStack& last = t_last;
  const void* const frame = __builtin_frame_address(0);
  if (last.frame != frame || !IsUnchanged(last)) {
    last.frame = nullptr;
    last.depth = 0;
    Walk walk{&last, true, true, nullptr};
    _Unwind_Backtrace(&VisitFrame, &walk);
    if (walk.complete) last.frame = frame;
  }
  depth = std::max(0, std::min(last.depth - skip, kMaxDepth));
  std::memcpy(pcs, last.pcs + skip,
              static_cast<std::size_t>(depth) * sizeof(pcs[0]));
}

bool StackDepot::Grow(DebugArena& arena) {
  if (words_.size() == 0 && !words_.Push(arena, 0)) return false;
  if (count_ < heads_.size()) return true;
  const std::uint32_t size = std::max(kFirstTableSize, 2 * heads_.size());
  if (!heads_.AssignZero(arena, size)) return false;
  FillTable();
  return true;
}

// The table, which is empty, from the words.
void StackDepot::FillTable() {
  for (std::uint32_t at = 1; at < words_.size();
       at += kHeader + static_cast<std::uint32_t>(words_[at + kDepth])) {
    std::uint32_t& head = heads_[words_[at + kHash] & (heads_.size() - 1)];
    words_[at + kNext] = head;
    head = at;
  }
}

void StackDepot::Repair() {
  std::fill(heads_.begin(), heads_.end(), 0);
  count_ = 0;
  if (words_.size() == 0) return;
  std::uint32_t at = 1;
  while (at + kHeader <= words_.size()) {
    const std::uint32_t end =
        at + kHeader + static_cast<std::uint32_t>(words_[at + kDepth]);
    if (end > words_.size()) break;
    at = end;
    ++count_;
  }
  // Words come one after the other: only the last stack may be a part of one.
  words_.Truncate(at);
  FillTable();
}

std::uint32_t StackDepot::Put(DebugArena& arena, const StackRecord& stack) {
  if (stack.depth == 0 || !Grow(arena)) return 0;
  const auto depth = static_cast<std::uint32_t>(stack.depth);
  std::uint64_t mixed = depth;
  for (int i = 0; i < stack.depth; ++i) {
    mixed = (mixed << 7 | mixed >> 57) ^
            reinterpret_cast<std::uintptr_t>(stack.pcs[i]);
    mixed *= 0xff51afd7ed558ccdu;
  }
  const std::uint32_t hash = DebugHash(mixed);
  std::uint32_t at = heads_[hash & (heads_.size() - 1)];
  for (; at != 0; at = static_cast<std::uint32_t>(words_[at + kNext])) {
    if (words_[at + kHash] == hash && words_[at + kDepth] == depth &&
        std::memcmp(&words_[at + kHeader], stack.pcs,
                    depth * sizeof(stack.pcs[0])) == 0) {
      return at;
    }
  }
  at = words_.size();
  const std::uint32_t end = at + kHeader + depth;
  if (end > kMaxWords || !words_.Reserve(arena, end)) return 0;
  std::uint32_t& head = heads_[hash & (heads_.size() - 1)];
  words_.PushReserved(depth);
  words_.PushReserved(hash);
  words_.PushReserved(head);
  for (int i = 0; i < stack.depth; ++i) {
    words_.PushReserved(reinterpret_cast<std::uintptr_t>(stack.pcs[i]));
  }
  head = at;
  ++count_;
  return at;
}

void StackDepot::Get(std::uint32_t number, StackRecord* stack) const {
  stack->depth = number == 0 ? 0 : static_cast<int>(words_[number + kDepth]);
  for (int i = 0; i < stack->depth; ++i) {
    stack->pcs[i] = reinterpret_cast<void*>(
        words_[number + kHeader + static_cast<std::uint32_t>(i)]);
  }
}

void StackDepot::Clear() {
  words_.Clear();
  heads_.Clear();
  count_ = 0;
}

void LogText::Add(const char* format, ...) {
  char piece[kMaxAdd];
  std::va_list arguments;
  va_start(arguments, format);
  const int written = std::vsnprintf(piece, sizeof(piece), format, arguments);
  va_end(arguments);
  if (written <= 0) return;
  const std::size_t length =
      std::min(static_cast<std::size_t>(written), sizeof(piece) - 1);
  if (length_ + length >= sizeof(text_)) Flush();
  std::memcpy(text_ + length_, piece, length);
  length_ += length;
}

void LogText::AddStack(const StackRecord& stack, bool symbolize) {
  for (int i = 0; i < stack.depth; ++i) {
    char name[200];
    // A return address may lie behind its function, when that one ends with
    // the call: one less does not.
    const void* const call = static_cast<const char*>(stack.pcs[i]) - 1;
    if (!symbolize || !SymbolizePc(call, name, sizeof(name))) name[0] = '\0';
    Add("\t@ %p %s\n", stack.pcs[i], name);
  }
  if (stack.depth == 0) Add("\t(not recorded)\n");
}

void LogText::Flush() {
  if (length_ == 0) return;
  text_[length_] = '\0';
  length_ = 0;
  sink_(text_);
}

}  // namespace internal
PARKWAY_ABSL_NAMESPACE_END
