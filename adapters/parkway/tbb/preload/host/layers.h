// SPDX-License-Identifier: Apache-2.0

// What the environment asks for.
#ifndef PARKWAY_TBB_PRELOAD_HOST_LAYERS_H_
#define PARKWAY_TBB_PRELOAD_HOST_LAYERS_H_

#include <cstddef>
#include <optional>

namespace parkway::preload {

// The parts of the library that can be in use: bits.
enum Layers : unsigned {
  kNoLayers = 0,
  kWaits = 1,        // waiting on addresses and bounded queues
  kWorkers = 2,      // the server of oneTBB's worker threads
  kYields = 4,       // and what those do while they find no work
  kStacks = 8,       // the coroutines' stacks, and the switches between them
  kConditions = 16,  // the program's own condition variables
  kAllLayers = kWaits | kWorkers | kYields | kStacks | kConditions,
};

// What is in use if nothing is asked for, with a host of that
// TBB_runtime_interface_version(): each layer where it was seen to lose nothing
// (docs/results/tbb_preload.md), or hardly anything. From 2021.13 on idle
// workers spin for 1 ms, which keeps a CPU awake; kWorkers and kYields together
// end that, and a small loop after a pause then takes a few microseconds longer
// at p99. Never kConditions: with that layer a wait may end for no reason,
// which POSIX allows, but not every program is written for.
unsigned default_layers(int interface) noexcept;

// PARKWAY=off|on and PARKWAY_TBB=all|LAYER[,LAYER...], with that host.
// kNoLayers with a sentence in `complaint` (else left empty) if a variable has
// a value that we do not know, PARKWAY_STACK_MIB included.
unsigned layers_asked_for(int interface, char* complaint,
                          std::size_t size) noexcept;

// PARKWAY_STACK_MIB=N: N MiB in bytes, for StackLimits::shared_bytes; nothing
// if it is not asked for, or has a value that we do not know.
std::optional<std::size_t> stack_bytes_asked_for() noexcept;

// Their names, with commas between.
void spell_names(unsigned layers, char* text, std::size_t size) noexcept;
// As one would set it, into `text`; `watched`: by PARKWAY=watch.
void spell(unsigned layers, unsigned watched, char* text,
           std::size_t size) noexcept;

}  // namespace parkway::preload

#endif  // PARKWAY_TBB_PRELOAD_HOST_LAYERS_H_
