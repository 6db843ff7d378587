// SPDX-License-Identifier: Apache-2.0

#include "routes/routes.h"

#include <cstddef>
#include <tuple>

#include "oneapi/tbb/flow_graph.h"

namespace example {
namespace {

namespace flow = tbb::flow;

struct Parcel {
  std::size_t number = 0;
  std::string name;
};

}  // namespace

Shipment Ship(const std::vector<std::string>& parcels, std::size_t limit,
              std::size_t at_once) {
  Shipment shipment;
  std::vector<const std::string*> heavy(parcels.size());
  flow::graph graph;

  std::size_t next = 0;
  flow::input_node<Parcel> arrivals(graph, [&](tbb::flow_control& control) {
    if (next == parcels.size()) {
      control.stop();
      return Parcel();
    }
    Parcel parcel{next, parcels[next]};
    ++next;
    return parcel;
  });
  // Two come back here: a decrementer of numbers does not wait for both.
  flow::limiter_node<Parcel, int> limiter(graph, at_once);
  using Scale = flow::multifunction_node<Parcel, std::tuple<Parcel, Parcel>>;
  Scale scale(graph, flow::unlimited,
              [limit](const Parcel& parcel, Scale::output_ports_type& ports) {
                if (parcel.name.size() >= limit) {
                  std::get<0>(ports).try_put(parcel);
                } else {
                  std::get<1>(ports).try_put(parcel);
                }
              });
  flow::function_node<Parcel, int> truck(
      graph, flow::unlimited, [&](const Parcel& parcel) {
        heavy[parcel.number] = &parcels[parcel.number];
        return 1;
      });
  flow::queue_node<Parcel> shelf(graph);
  flow::function_node<Parcel, int> bicycle(
      graph, flow::serial, [&](const Parcel& parcel) {
        shipment.light.push_back(parcel.name);
        return 1;
      });

  flow::make_edge(arrivals, limiter);
  flow::make_edge(limiter, scale);
  flow::make_edge(flow::output_port<0>(scale), truck);
  flow::make_edge(flow::output_port<1>(scale), shelf);
  flow::make_edge(shelf, bicycle);
  flow::make_edge(truck, limiter.decrementer());
  flow::make_edge(bicycle, limiter.decrementer());
  arrivals.activate();
  graph.wait_for_all();

  for (const std::string* name : heavy) {
    if (name != nullptr) shipment.heavy.push_back(*name);
  }
  return shipment;
}

}  // namespace example
