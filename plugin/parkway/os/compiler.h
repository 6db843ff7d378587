// SPDX-License-Identifier: Apache-2.0

// What parkway asks of a compiler beyond C++17: GNU's words for it (GCC, clang,
// clang-cl), and Microsoft's.
#ifndef PARKWAY_OS_COMPILER_H_
#define PARKWAY_OS_COMPILER_H_

#include <cstdint>

#include "parkway/os/language.h"

#if defined(__GNUC__) || defined(__clang__)

// Before a function's declaration. A call of its own, whatever the caller is:
// in a task a thread-local variable is another one after a wait.
#define PARKWAY_NOINLINE [[gnu::noinline]]
// Hardly ever called: code that must not be in the way of the rest.
#define PARKWAY_COLD [[gnu::cold]]
// A condition's usual value.
#define PARKWAY_LIKELY(condition) __builtin_expect(!!(condition), 1)
#define PARKWAY_UNLIKELY(condition) __builtin_expect(!!(condition), 0)
// Storage of a variable that each thread has its own of. Unlike thread_local it
// never has a constructor, and so no call to look for one. Such a variable is
// of more than one file: where one is static or in an unnamed namespace, gold
// 1.16 gives other thread-local variables of the same shared library each
// other's places.
#define PARKWAY_THREAD_LOCAL __thread

#else

#define PARKWAY_NOINLINE __declspec(noinline)
#define PARKWAY_COLD
#define PARKWAY_LIKELY(condition) (condition)
#define PARKWAY_UNLIKELY(condition) (condition)
#define PARKWAY_THREAD_LOCAL __declspec(thread)

#include <intrin.h>

#endif

namespace parkway::internal {

#if defined(__GNUC__) || defined(__clang__)

// The place of the uppermost bit, and of the lowest, of a word that is not 0.
constexpr unsigned top_bit(std::uint64_t word) noexcept {
  return 63u - static_cast<unsigned>(__builtin_clzll(word));
}
constexpr unsigned top_bit(std::uint32_t word) noexcept {
  return 31u - static_cast<unsigned>(__builtin_clz(word));
}
constexpr unsigned lowest_bit(std::uint64_t word) noexcept {
  return static_cast<unsigned>(__builtin_ctzll(word));
}
// How many are set.
constexpr unsigned count_bits(std::uint64_t word) noexcept {
  return static_cast<unsigned>(__builtin_popcountll(word));
}

#else

// Microsoft's are no constants, and differ by processor: by halves instead.
constexpr unsigned top_bit(std::uint64_t word) noexcept {
  unsigned bit = 0;
  for (unsigned half = 32; half != 0; half /= 2) {
    if (word >> half != 0) {
      word >>= half;
      bit += half;
    }
  }
  return bit;
}
constexpr unsigned top_bit(std::uint32_t word) noexcept {
  return top_bit(std::uint64_t{word});
}
constexpr unsigned lowest_bit(std::uint64_t word) noexcept {
  return top_bit(word & (~word + 1));
}
constexpr unsigned count_bits(std::uint64_t word) noexcept {
  unsigned count = 0;
  for (; word != 0; word &= word - 1) ++count;
  return count;
}

#endif

}  // namespace parkway::internal

#endif  // PARKWAY_OS_COMPILER_H_
