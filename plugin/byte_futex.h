// A futex for 1-byte words: the algorithm of FutexMutex, apart from its
// storage.
#ifndef PARKWAY_BYTE_FUTEX_H_
#define PARKWAY_BYTE_FUTEX_H_

#include <cstdint>

#include "parkway/address_futex.h"
#include "parkway/platform.h"

namespace parkway {

template <class P>
struct ByteFutex : AddressFutex<P, std::uint8_t> {
  static constexpr const char* kMutexName = "ByteMutex";
};

}  // namespace parkway

#endif  // PARKWAY_BYTE_FUTEX_H_
