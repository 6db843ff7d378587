#include "parkway/address_wait_slow.h"

namespace parkway {

namespace internal {

PaddedAddressBucket address_table[kAddressBuckets];

void forget_address_waiters_of_parent() noexcept {
  for (PaddedAddressBucket& padded : address_table) {
    padded.bucket.forget_waiters();
  }
}

}  // namespace internal

template class BasicAddressWaiter<Platform>;

std::size_t wake_address_waiters(std::uintptr_t context) noexcept {
  std::size_t woken = 0;
  for (internal::PaddedAddressBucket& padded : internal::address_table) {
    woken += AddressWaiter::wake_in(padded.bucket, context);
  }
  return woken;
}

}  // namespace parkway
