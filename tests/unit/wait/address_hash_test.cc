// SPDX-License-Identifier: Apache-2.0

// How well address_hash() spreads objects that lie as those of programs do.
#include "parkway/wait/address_hash.h"

#include <gtest/gtest.h>

#include <bitset>
#include <cstddef>
#include <cstdint>

namespace parkway::internal {
namespace {

// As of globals, of two heaps, of a mapping and of a stack.
constexpr std::uint64_t kPlaces[] = {0x404080,       0x5581c3a4f2a0,
                                     0x7f27d4000b60, 0x7f9a1c6de000,
                                     0x7ffd3b9ac1f0, 0};

// Whether so many objects fit into the address space from there on.
bool Fit(std::uint64_t place, std::uint64_t objects, std::uint64_t stride) {
  return place + objects * stride <= UINTPTR_MAX;
}

// The buckets of objects, of which each has some members.
class Buckets {
 public:
  void Add(std::uint64_t place, std::size_t objects, std::uint64_t stride,
           std::size_t members = 1, std::uint64_t member_stride = 0) {
    for (std::size_t i = 0; i < objects; ++i) {
      for (std::size_t m = 0; m < members; ++m) {
        const std::uint64_t address = place + i * stride + m * member_stride;
        const std::size_t hash =
            address_hash(reinterpret_cast<const void*>(address));
        ASSERT_LT(hash, kAddressHashes);
        met_.set(hash);
      }
    }
  }
  // How many different ones there are.
  std::size_t Met() const { return met_.count(); }

 private:
  std::bitset<kAddressHashes> met_;
};

// 1-byte mutexes, 4- and 8-byte words, objects of one cache line, and one
// object on each page or in each 64 KiB.
TEST(AddressHash, SpreadsObjectsSideBySide) {
  for (const std::uint64_t place : kPlaces) {
    for (const std::uint64_t stride : {1, 4, 8, 64, 4096, 65536}) {
      if (!Fit(place, kAddressHashes, stride)) continue;
      Buckets buckets;
      buckets.Add(place, kAddressHashes, stride);
      EXPECT_GE(buckets.Met(), kAddressHashes / 2)
          << "stride " << stride << " from " << place;
    }
  }
}

// What a program chooses, or its allocator does, and threads' stacks with their
// guard pages. As many random numbers as buckets meet .63 of these in the mean;
// a regular series may be worse.
TEST(AddressHash, HasNoBadStride) {
  constexpr std::size_t kLeast = kAddressHashes * 3 / 8;
  for (const std::uint64_t place : kPlaces) {
    for (unsigned bits = 0; bits <= 30; ++bits) {
      if (!Fit(place, kAddressHashes, std::uint64_t{1} << bits)) continue;
      Buckets buckets;
      buckets.Add(place, kAddressHashes, std::uint64_t{1} << bits);
      EXPECT_GE(buckets.Met(), kLeast) << "2^" << bits << " from " << place;
    }
    for (std::uint64_t stride = 8; stride <= 2048; stride += 8) {
      if (!Fit(place, kAddressHashes, stride)) continue;
      Buckets buckets;
      buckets.Add(place, kAddressHashes, stride);
      EXPECT_GE(buckets.Met(), kLeast) << stride << " from " << place;
    }
    for (const std::uint64_t kib : {64, 256, 1024, 2048, 8192}) {
      if (!Fit(place, kAddressHashes, (kib + 4) * 1024)) continue;
      Buckets buckets;
      buckets.Add(place, kAddressHashes, (kib + 4) * 1024);
      EXPECT_GE(buckets.Met(), kLeast) << kib << " KiB from " << place;
    }
  }
}

// Four locks in each object.
TEST(AddressHash, SpreadsMembersOfObjects) {
  for (const std::uint64_t place : kPlaces) {
    for (unsigned bits = 6; bits <= 21; ++bits) {
      for (const std::uint64_t member_stride : {1, 4, 8, 16}) {
        if (!Fit(place, kAddressHashes / 4, std::uint64_t{1} << bits)) continue;
        Buckets buckets;
        buckets.Add(place, kAddressHashes / 4, std::uint64_t{1} << bits, 4,
                    member_stride);
        EXPECT_GE(buckets.Met(), kAddressHashes * 3 / 8)
            << "2^" << bits << ", " << member_stride << " from " << place;
      }
    }
  }
}

}  // namespace
}  // namespace parkway::internal
