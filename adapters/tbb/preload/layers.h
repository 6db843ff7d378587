// What the environment asks for.
#ifndef PARKWAY_ADAPTERS_TBB_PRELOAD_LAYERS_H_
#define PARKWAY_ADAPTERS_TBB_PRELOAD_LAYERS_H_

#include <cstddef>

namespace parkway::preload {

// The parts of the library that can be in use: bits.
enum Layers : unsigned {
  kNoLayers = 0,
  kWaits = 1,    // waiting on addresses and bounded queues
  kWorkers = 2,  // the server of oneTBB's worker threads
  kYields = 4,   // and what those do while they find no work
  kAllLayers = kWaits | kWorkers | kYields,
};

// PARKWAY=off|on and PARKWAY_TBB=LAYER[,LAYER...]. kNoLayers with a sentence in
// `complaint` (else left empty) if a variable has a value that we do not know.
unsigned layers_asked_for(char* complaint, std::size_t size) noexcept;

// PARKWAY_STATS=1.
bool stats_asked_for() noexcept;

// As one would set it, into `text`.
void spell(unsigned layers, char* text, std::size_t size) noexcept;

}  // namespace parkway::preload

#endif  // PARKWAY_ADAPTERS_TBB_PRELOAD_LAYERS_H_
