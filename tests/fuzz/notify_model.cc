// SPDX-License-Identifier: Apache-2.0

#include "tests/fuzz/notify_model.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace parkway::fuzz {

std::size_t NotifyModel::Queue(bool may_leave) {
  Waiter made;
  made.may_leave = may_leave;
  for (std::size_t i = 0; i < waiters_.size(); ++i) {
    if (waiters_[i].back || waiters_[i].all || must(i)) continue;
    (may(i) ? made.perhaps_ahead : made.ahead).push_back(i);
  }
  waiters_.push_back(std::move(made));
  return waiters_.size() - 1;
}

void NotifyModel::NotifyOne() {
  for (Waiter& w : waiters_) ++w.ones;
}

void NotifyModel::NotifyAll() {
  for (Waiter& w : waiters_) w.all = true;
}

void NotifyModel::CameBack(std::size_t waiter, bool notified) {
  waiters_[waiter].back = true;
  waiters_[waiter].notified = notified;
}

bool NotifyModel::must(std::size_t waiter) const {
  const Waiter& w = waiters_[waiter];
  if (w.all) return !w.may_leave;
  const auto counts = [this](const std::vector<std::size_t>& list) {
    return static_cast<std::size_t>(std::count_if(
        list.begin(), list.end(),
        [this](std::size_t i) { return perhaps_takes(waiters_[i]); }));
  };
  return !w.may_leave && w.ones > counts(w.ahead) + counts(w.perhaps_ahead);
}

bool NotifyModel::may(std::size_t waiter) const {
  const Waiter& w = waiters_[waiter];
  if (w.all) return true;
  const auto before = static_cast<std::size_t>(
      std::count_if(w.ahead.begin(), w.ahead.end(),
                    [this](std::size_t i) { return takes(waiters_[i]); }));
  return w.ones > before;
}

std::size_t NotifyModel::fewest() const {
  std::size_t count = 0;
  for (std::size_t i = 0; i < waiters_.size(); ++i) {
    const Waiter& w = waiters_[i];
    if (!w.back && !w.may_leave && !may(i)) ++count;
  }
  return count;
}

std::size_t NotifyModel::most() const {
  std::size_t count = 0;
  for (std::size_t i = 0; i < waiters_.size(); ++i) {
    if (!waiters_[i].back && !must(i) && !waiters_[i].all) ++count;
  }
  return count;
}

bool NotifyModel::nobody_touches_it() const {
  for (std::size_t i = 0; i < waiters_.size(); ++i) {
    if (!waiters_[i].back && !must(i)) return false;
  }
  return true;
}

}  // namespace parkway::fuzz
