// SPDX-License-Identifier: Apache-2.0

#include <algorithm>

#include "bench/scale/costs.h"

namespace parkway_bench::scale {
namespace {

const std::vector<Costs>& All() {
  static const std::vector<Costs> all = {Server(), VirtualXeon()};
  return all;
}

struct Named {
  const char* name;
  Time Costs::*cost;
};
constexpr Named kTimes[] = {
    {"load", &Costs::load},
    {"load_use", &Costs::load_use},
    {"store", &Costs::store},
    {"update", &Costs::update},
    {"fence", &Costs::fence},
    {"drain", &Costs::drain},
    {"pause", &Costs::pause},
    {"read_clock", &Costs::read_clock},
    {"turn", &Costs::turn},
    {"operation", &Costs::operation},
    {"from_cluster", &Costs::from_cluster},
    {"from_socket", &Costs::from_socket},
    {"from_other_socket", &Costs::from_other_socket},
    {"from_memory", &Costs::from_memory},
    {"for_each_copy", &Costs::for_each_copy},
    {"line_between", &Costs::line_between},
    {"loads_ahead", &Costs::loads_ahead},
    {"works_ahead", &Costs::works_ahead},
    {"looks_ahead", &Costs::looks_ahead},
    {"system_call", &Costs::system_call},
    {"futex_sleep", &Costs::futex_sleep},
    {"futex_wake", &Costs::futex_wake},
    {"futex_miss", &Costs::futex_miss},
    {"futex_bucket", &Costs::futex_bucket},
    {"yield", &Costs::yield},
    {"context_switch", &Costs::context_switch},
    {"send_interrupt", &Costs::send_interrupt},
    {"wake_interrupt", &Costs::wake_interrupt},
    {"slice", &Costs::slice},
    {"tick", &Costs::tick},
    {"barrier", &Costs::barrier},
    {"barrier_send", &Costs::barrier_send},
    {"barrier_answer", &Costs::barrier_answer},
    {"interrupt", &Costs::interrupt},
};

}  // namespace

const Costs* FindCosts(const std::string& name) {
  const auto found =
      std::find_if(All().begin(), All().end(),
                   [&name](const Costs& costs) { return costs.name == name; });
  return found == All().end() ? nullptr : &*found;
}

std::string NamesOfCosts() {
  std::string names;
  for (const Costs& costs : All()) {
    names += (names.empty() ? "" : ", ") + costs.name;
  }
  return names;
}

Time* FindCost(const std::string& name, Costs* costs) {
  for (const Named& one : kTimes) {
    if (one.name == name) return &(costs->*one.cost);
  }
  return nullptr;
}

}  // namespace parkway_bench::scale
