// SPDX-License-Identifier: Apache-2.0

// Letters between threads: a limited number in the box, and what came back.

#ifndef MAILBOX_MAILBOX_H_
#define MAILBOX_MAILBOX_H_

#include <cstddef>
#include <optional>
#include <utility>

#include "oneapi/tbb/concurrent_queue.h"

namespace example {

template <typename Letter>
class Mailbox {
 public:
  explicit Mailbox(std::size_t capacity) {
    box_.set_capacity(static_cast<std::ptrdiff_t>(capacity));
  }

  // Waits for room.
  void Post(Letter letter) { box_.push(std::move(letter)); }

  // Posts it if there is room now. Returns whether there was.
  bool TryPost(Letter letter) { return box_.try_push(std::move(letter)); }

  // Waits for a letter; nothing if the box was closed meanwhile.
  std::optional<Letter> Take() {
    try {
      Letter letter;
      box_.pop(letter);
      return letter;
    } catch (const tbb::user_abort&) {
      return std::nullopt;
    }
  }

  // Ends all Post() and Take() that wait now.
  void Close() { box_.abort(); }

  // Never waits: there is always room for what comes back.
  void Return(Letter letter) { returned_.push(std::move(letter)); }
  std::optional<Letter> TryTakeReturned() {
    Letter letter;
    if (!returned_.try_pop(letter)) return std::nullopt;
    return letter;
  }

 private:
  tbb::concurrent_bounded_queue<Letter> box_;
  tbb::concurrent_queue<Letter> returned_;
};

}  // namespace example

#endif  // MAILBOX_MAILBOX_H_
