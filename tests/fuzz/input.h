// SPDX-License-Identifier: Apache-2.0

// The bytes that a fuzz target is called with, as a row of choices.
#ifndef PARKWAY_TESTS_FUZZ_INPUT_H_
#define PARKWAY_TESTS_FUZZ_INPUT_H_

#include <cstddef>
#include <cstdint>

namespace parkway::fuzz {

// One byte for each choice, so that a sequence can be written by hand and a
// byte that a fuzzer changes changes one thing.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size)
      : data_(data), left_(size) {}

  bool empty() const { return left_ == 0; }

  // The next byte; 0 when there is none left.
  unsigned Byte() {
    if (left_ == 0) return 0;
    --left_;
    return *data_++;
  }

  // 0 to n - 1, by the next byte.
  unsigned Below(unsigned n) { return Byte() % n; }

 private:
  const std::uint8_t* data_;
  std::size_t left_;
};

}  // namespace parkway::fuzz

#endif  // PARKWAY_TESTS_FUZZ_INPUT_H_
