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

}  // namespace parkway
