// SPDX-License-Identifier: Apache-2.0

// What can be run on a simulated machine: each scene with each lock.
#ifndef PARKWAY_BENCH_SCALE_CELLS_H_
#define PARKWAY_BENCH_SCALE_CELLS_H_

#include <functional>
#include <string>
#include <vector>

#include "bench/scale/figures.h"

namespace parkway_bench::scale {

// Whose it is; of others, how it waits.
enum class Side { kOurs, kSleeps, kSpins };

struct Cell {
  std::string scene;
  std::string lock;
  Side side = Side::kOurs;
  std::function<Figures(const Setup&)> measure;

  std::string Name() const { return scene + "/" + lock; }
};

// All cells; those of a scene follow each other.
std::vector<Cell> Cells();

// What the scene measures, a sentence or two.
const char* WhatIs(const std::string& scene);

// In cells_mutex.cc and cells_wait.cc.
void AddMutexCells(std::vector<Cell>* cells);
void AddWaitCells(std::vector<Cell>* cells);

}  // namespace parkway_bench::scale

#endif  // PARKWAY_BENCH_SCALE_CELLS_H_
