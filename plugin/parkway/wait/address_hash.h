// SPDX-License-Identifier: Apache-2.0

// Which bucket of a table by address is an address's.
#ifndef PARKWAY_WAIT_ADDRESS_HASH_H_
#define PARKWAY_WAIT_ADDRESS_HASH_H_

#include <cstddef>
#include <cstdint>

#include "parkway/os/language.h"

namespace parkway::internal {

inline constexpr unsigned kAddressHashBits = 10;

// How many buckets such a table has.
inline constexpr std::size_t kAddressHashes = std::size_t{1}
                                              << kAddressHashBits;

// Less than kAddressHashes. Objects that differ in some bits of their addresses
// only should go to different buckets, whichever bits these are:
//   0 to 2          1-byte mutexes side by side, and 4-byte words
//   3 to 11         8-byte words, members of one object, objects of an array
//   12 and above    members at the same place of their pages, of their stacks,
//                   of objects whose size is a power of two
//
// So each bit of the address must count. In the product it does: the topmost
// bits depend on all. A product alone makes a regular series of buckets of
// a regular series of addresses, and some such series are short; the shift
// before it breaks them up.
//
// The factor is the best of a random search: for strides of powers of two and
// of usual sizes, and for objects with several members. As many objects in
// a row as there are buckets meet at least 3/8 of them, whichever of the usual
// strides they have (tests/unit/wait/address_hash_test.cc); random numbers
// meet 63 % in the mean. A hash by neighbours alone would meet all for a dense
// array, and 32 for the same members of some objects.
inline std::uint64_t mixed_address(const void* address) noexcept {
  std::uint64_t bits = reinterpret_cast<std::uintptr_t>(address);
  bits ^= bits >> 6;
  return bits * 0xf30567547a34c163;
}
inline std::size_t address_hash(const void* address) noexcept {
  return static_cast<std::size_t>(mixed_address(address) >>
                                  (64 - kAddressHashBits));
}

// A second hash, for the addresses of one bucket: less than 2^kSecondHashBits.
inline constexpr unsigned kSecondHashBits = 9;
inline std::size_t second_address_hash(const void* address) noexcept {
  return static_cast<std::size_t>(mixed_address(address) << kAddressHashBits >>
                                  (64 - kSecondHashBits));
}

}  // namespace parkway::internal

#endif  // PARKWAY_WAIT_ADDRESS_HASH_H_
