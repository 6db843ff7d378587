// SPDX-License-Identifier: Apache-2.0

// Parcels through a flow graph: weighed, sorted by weight, and shipped in the
// order in which they came.

#ifndef ROUTES_ROUTES_H_
#define ROUTES_ROUTES_H_

#include <string>
#include <vector>

namespace example {

struct Shipment {
  std::vector<std::string> heavy;  // in the order of the parcels
  std::vector<std::string> light;  // in no order
};

// Parcels of `limit` characters and more are heavy. At most `at_once` are on
// the way at any time.
Shipment Ship(const std::vector<std::string>& parcels, std::size_t limit,
              std::size_t at_once);

}  // namespace example

#endif  // ROUTES_ROUTES_H_
