// SPDX-License-Identifier: Apache-2.0

// Numbered accounts under one lock, of a type that the user chooses.

#ifndef ACCOUNTS_ACCOUNTS_H_
#define ACCOUNTS_ACCOUNTS_H_

#include <cstddef>
#include <numeric>
#include <vector>

namespace example {

// `Mutex` is any of oneTBB's.
template <typename Mutex>
class Accounts {
 public:
  Accounts(std::size_t count, long balance) : balances_(count, balance) {}

  void Transfer(std::size_t from, std::size_t to, long amount) {
    const typename Mutex::scoped_lock lock(mutex_);
    balances_[from] -= amount;
    balances_[to] += amount;
  }

  // Does it only if nobody else is at the accounts. Returns whether it did.
  bool TryTransfer(std::size_t from, std::size_t to, long amount) {
    typename Mutex::scoped_lock lock;
    if (!lock.try_acquire(mutex_)) return false;
    balances_[from] -= amount;
    balances_[to] += amount;
    return true;
  }

  long Total() {
    typename Mutex::scoped_lock lock;
    lock.acquire(mutex_);
    const long total = std::accumulate(balances_.begin(), balances_.end(), 0L);
    lock.release();
    return total;
  }

 protected:
  Mutex mutex_;
  std::vector<long> balances_;
};

// The same for mutexes that know readers.
template <typename Mutex>
class SharedAccounts : public Accounts<Mutex> {
 public:
  using Accounts<Mutex>::Accounts;

  long TotalAsReader() {
    const typename Mutex::scoped_lock lock(this->mutex_, /*write=*/false);
    return std::accumulate(this->balances_.begin(), this->balances_.end(), 0L);
  }

  // Opens an account with nothing in it, if there are fewer than `limit`, and
  // looks at what is there on the way. Returns how many there are then.
  std::size_t Grow(std::size_t limit) {
    typename Mutex::scoped_lock lock(this->mutex_, /*write=*/false);
    if (this->balances_.size() >= limit) return this->balances_.size();
    if (!lock.upgrade_to_writer() && this->balances_.size() >= limit) {
      return this->balances_.size();  // somebody else came in between
    }
    this->balances_.push_back(0);
    lock.downgrade_to_reader();
    return this->balances_.size();
  }
};

}  // namespace example

#endif  // ACCOUNTS_ACCOUNTS_H_
