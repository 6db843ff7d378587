// SPDX-License-Identifier: Apache-2.0

#include "parkway/tbb/preload/host/layers.h"

#include <charconv>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <system_error>

#include "parkway/preload/environment.h"

namespace parkway::preload {
namespace {

struct Name {
  std::string_view name;
  unsigned layer;
};
constexpr Name kNames[] = {{"waits", kWaits},
                           {"workers", kWorkers},
                           {"yields", kYields},
                           {"stacks", kStacks},
                           {"conditions", kConditions}};

// TBB_runtime_interface_version() of 2021.13.
constexpr int kStayingInterface = 12130;

unsigned layer_of(std::string_view name) noexcept {
  for (const Name& known : kNames) {
    if (known.name == name) return known.layer;
  }
  return kNoLayers;
}

// kNoLayers if there is a name that is none.
unsigned parse(std::string_view list) noexcept {
  unsigned layers = kNoLayers;
  for (;;) {
    const std::size_t comma = list.find(',');
    const unsigned layer = layer_of(list.substr(0, comma));
    if (layer == kNoLayers) return kNoLayers;
    layers |= layer;
    if (comma == list.npos) return layers;
    list.remove_prefix(comma + 1);
  }
}

constexpr const char* kStackVariable = "PARKWAY_STACK_MIB";
// More than any machine has, and no overflow.
constexpr std::size_t kMostStackMib = std::size_t{1} << 30;

std::optional<std::size_t> parse_mib(std::string_view text) noexcept {
  std::size_t mib = 0;
  const char* const end = text.data() + text.size();
  const auto [parsed, error] = std::from_chars(text.data(), end, mib);
  if (error != std::errc() || parsed != end || mib > kMostStackMib) return {};
  return mib << 20;
}

}  // namespace

unsigned default_layers(int interface) noexcept {
  constexpr unsigned kAlways = kWaits | kStacks;
  return interface < kStayingInterface ? kAlways | kWorkers | kYields : kAlways;
}

unsigned layers_asked_for(int interface, char* complaint,
                          std::size_t size) noexcept {
  if (switched_off(complaint, size)) return kNoLayers;
  const std::string_view stacks = variable(kStackVariable);
  if (!stacks.empty() && !parse_mib(stacks)) {
    std::snprintf(complaint, size, "%s=%s: allowed are whole numbers of MiB",
                  kStackVariable, stacks.data());
    return kNoLayers;
  }
  const std::string_view list = variable("PARKWAY_TBB");
  if (list.empty()) return default_layers(interface);
  if (list == "all") return kAllLayers;
  const unsigned layers = parse(list);
  if (layers == kNoLayers) {
    std::snprintf(complaint, size,
                  "PARKWAY_TBB=%s: allowed are all, or one or more of waits, "
                  "workers, yields, stacks, conditions, with commas between",
                  list.data());
  } else if ((layers & (kWorkers | kYields)) == kYields) {
    std::snprintf(complaint, size,
                  "PARKWAY_TBB=%s: yields needs workers as well", list.data());
    return kNoLayers;
  }
  return layers;
}

std::optional<std::size_t> stack_bytes_asked_for() noexcept {
  return parse_mib(variable(kStackVariable));
}

void spell_names(unsigned layers, char* text, std::size_t size) noexcept {
  const char* separator = "";
  text[0] = '\0';
  for (const Name& known : kNames) {
    if ((layers & known.layer) == 0) continue;
    const std::size_t used = std::strlen(text);
    std::snprintf(text + used, size - used, "%s%s", separator,
                  known.name.data());
    separator = ",";
  }
}

void spell(unsigned layers, unsigned watched, char* text,
           std::size_t size) noexcept {
  if ((layers | watched) == kNoLayers) {
    std::snprintf(text, size, "PARKWAY=off");
    return;
  }
  char names[64];
  spell_names(layers | watched, names, sizeof names);
  std::snprintf(text, size, "PARKWAY=%s PARKWAY_TBB=%s",
                watched != kNoLayers ? "watch" : "on", names);
}

}  // namespace parkway::preload
