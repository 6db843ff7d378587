// SPDX-License-Identifier: Apache-2.0

// What there is to say of a decision, a line each: said later, by who has it.
#ifndef PARKWAY_PRELOAD_REMARKS_H_
#define PARKWAY_PRELOAD_REMARKS_H_

#include <cstddef>

namespace parkway::preload {

class Remarks {
 public:
  [[gnu::format(printf, 2, 3)]] void add(const char* format, ...) noexcept;
  // That the library steps aside because of the environment: said once in
  // a process. Nothing for an empty text.
  void complain(const char* complaint) noexcept;

  // On standard error.
  void say_all() const noexcept;

 private:
  static constexpr std::size_t kMost = 4;
  std::size_t count_ = 0;
  char lines_[kMost][320];
  char complaint_[256] = {};
};

}  // namespace parkway::preload

#endif  // PARKWAY_PRELOAD_REMARKS_H_
