// SPDX-License-Identifier: Apache-2.0

// Atomic: std::atomic's members, of a word in a simulated machine's memory. An
// access costs what the machine charges, and happens in the order of x86: plain
// stores leave their CPU late and in order, all else at once. And Plain.
#ifndef PARKWAY_BENCH_SCALE_ATOMIC_H_
#define PARKWAY_BENCH_SCALE_ATOMIC_H_

#include <atomic>
#include <cstdint>
#include <cstring>
#include <utility>

#include "bench/scale/world.h"

namespace parkway_bench::scale {

template <class T>
class Atomic {
 public:
  constexpr Atomic() noexcept = default;
  constexpr Atomic(T value) noexcept : value_(value) {}
  Atomic(const Atomic&) = delete;
  Atomic& operator=(const Atomic&) = delete;

  T load(std::memory_order = std::memory_order_seq_cst) const {
    Kernel* const kernel = World::Simulating();
    if (kernel == nullptr) return value_;
    kernel->AfterComputing(&value_, false);
    kernel->Spend(kernel->costs().load);
    kernel->Loaded(&value_);
    kernel->Sync();
    std::uint64_t bits = 0;
    if (kernel->Forward(&value_, &bits)) return FromBits(bits);
    kernel->Read(&value_);
    return value_;
  }

  // A load of what nothing waits for. It is over before the next locked
  // instruction ends; until then the thread goes on.
  T load_ahead() const {
    Kernel* const kernel = World::Simulating();
    if (kernel == nullptr) return value_;
    kernel->AfterComputing(&value_, false);
    kernel->Spend(kernel->costs().load);
    kernel->Sync();
    std::uint64_t bits = 0;
    if (kernel->Forward(&value_, &bits)) return FromBits(bits);
    kernel->ReadAhead(&value_);
    return value_;
  }

  void store(T value, std::memory_order order = std::memory_order_seq_cst) {
    Kernel* const kernel = World::Simulating();
    if (kernel == nullptr) {
      value_ = value;
    } else if (order == std::memory_order_seq_cst) {
      exchange(value);
    } else {
      kernel->AfterComputing(&value_, true);
      kernel->Store(&value_, ToBits(value), sizeof(T));
    }
  }

  T exchange(T value, std::memory_order = std::memory_order_seq_cst) {
    return Update([value](T) { return value; });
  }
  T fetch_add(T value, std::memory_order = std::memory_order_seq_cst) {
    return Update([value](T old) { return static_cast<T>(old + value); });
  }
  T fetch_sub(T value, std::memory_order = std::memory_order_seq_cst) {
    return Update([value](T old) { return static_cast<T>(old - value); });
  }
  T fetch_or(T value, std::memory_order = std::memory_order_seq_cst) {
    return Update([value](T old) { return static_cast<T>(old | value); });
  }
  T fetch_and(T value, std::memory_order = std::memory_order_seq_cst) {
    return Update([value](T old) { return static_cast<T>(old & value); });
  }

  bool compare_exchange_strong(T& expected, T desired, std::memory_order,
                               std::memory_order) {
    if (Kernel* const kernel = World::Simulating(); kernel != nullptr) {
      kernel->Need(&value_);
    }
    bool same = false;
    const T old = Update([&](T value) {
      same = value == expected;
      return same ? desired : value;
    });
    if (!same) expected = old;
    return same;
  }
  bool compare_exchange_strong(
      T& expected, T desired,
      std::memory_order order = std::memory_order_seq_cst) {
    return compare_exchange_strong(expected, desired, order, order);
  }
  bool compare_exchange_weak(
      T& expected, T desired,
      std::memory_order order = std::memory_order_seq_cst) {
    return compare_exchange_strong(expected, desired, order, order);
  }
  bool compare_exchange_weak(T& expected, T desired, std::memory_order success,
                             std::memory_order failure) {
    return compare_exchange_strong(expected, desired, success, failure);
  }

  // One locked instruction that makes of the word what `change` returns for it,
  // such as an exchange of one byte of it. Returns what was there.
  template <class Change>
  T change(const Change& change) {
    return Update(change);
  }

  // What is there, at no cost.
  T now() const { return value_; }

 private:
  static_assert(sizeof(T) <= sizeof(std::uint64_t));

  static std::uint64_t ToBits(T value) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof(T));
    return bits;
  }
  static T FromBits(std::uint64_t bits) {
    T value;
    std::memcpy(&value, &bits, sizeof(T));
    return value;
  }

  template <class Change>
  T Update(const Change& change) {
    Kernel* const kernel = World::Simulating();
    if (kernel == nullptr) return std::exchange(value_, change(value_));
    kernel->AfterComputing(&value_, true);
    kernel->Sync();
    kernel->OwnAhead(&value_);
    kernel->DrainStores();
    kernel->Sync();
    kernel->Own(&value_);
    // At its end; whoever asks for the line meanwhile is kept waiting.
    kernel->Spend(kernel->costs().update);
    kernel->Sync();
    kernel->ForgetLoad();
    const T old = value_;
    value_ = change(old);
    return old;
  }

  T value_{};
};

// A variable that is no atomic one, whose accesses are charged all the same.
template <class T>
class Plain {
 public:
  constexpr Plain() noexcept = default;
  constexpr Plain(T value) noexcept : value_(value) {}
  Plain(const Plain&) = delete;
  Plain& operator=(const Plain& other) { return *this = static_cast<T>(other); }

  operator T() const { return value_.load_ahead(); }
  Plain& operator=(T value) {
    value_.store(value, std::memory_order_relaxed);
    return *this;
  }
  T operator->() const { return *this; }

  T now() const { return value_.now(); }

 private:
  Atomic<T> value_;
};

}  // namespace parkway_bench::scale

#endif  // PARKWAY_BENCH_SCALE_ATOMIC_H_
