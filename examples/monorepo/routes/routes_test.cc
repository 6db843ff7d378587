// SPDX-License-Identifier: Apache-2.0

#include "routes/routes.h"

#include <algorithm>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace example {
namespace {

TEST(Routes, EveryParcelArrivesOnce) {
  constexpr std::size_t kLimit = 4;
  std::vector<std::string> parcels, heavy, light;
  for (int i = 0; i < 3000; ++i) {
    parcels.push_back(std::to_string(i));
    (parcels.back().size() >= kLimit ? heavy : light).push_back(parcels[i]);
  }
  for (std::size_t at_once : {1, 16}) {
    Shipment shipment = Ship(parcels, kLimit, at_once);
    EXPECT_EQ(shipment.heavy, heavy) << at_once;
    std::sort(shipment.light.begin(), shipment.light.end());
    std::vector<std::string> want = light;
    std::sort(want.begin(), want.end());
    EXPECT_EQ(shipment.light, want) << at_once;
  }
}

TEST(Routes, NothingToDo) {
  const Shipment shipment = Ship({}, 1, 1);
  EXPECT_TRUE(shipment.heavy.empty());
  EXPECT_TRUE(shipment.light.empty());
}

}  // namespace
}  // namespace example
