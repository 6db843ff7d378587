// SPDX-License-Identifier: Apache-2.0

#include "parkway/wait/address_wait_slow.h"

namespace parkway {

namespace internal {

PaddedAddressBucket address_table[kAddressBuckets];

}  // namespace internal

template class BasicAddressWaiter<Platform>;

std::size_t wake_address_waiters(AddressKind kind,
                                 std::uintptr_t context) noexcept {
  std::size_t woken = 0;
  for (internal::PaddedAddressBucket& padded : internal::address_table) {
    woken += AddressWaiter::wake_in(padded.bucket, kind, context);
  }
  return woken;
}

}  // namespace parkway
