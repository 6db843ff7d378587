// SPDX-License-Identifier: Apache-2.0

// Work for several threads.

#ifndef WORKERS_WORKERS_H_
#define WORKERS_WORKERS_H_

#include <functional>

namespace example {

// Calls work(0) to work(count - 1), each in a thread of its own; none begins
// before all threads are there. Returns when all calls have.
void InParallel(int count, const std::function<void(int index)>& work);

// The same in so many rounds: work(index, round) is called when every call of
// the round before has returned.
void InRounds(int count, int rounds,
              const std::function<void(int index, int round)>& work);

}  // namespace example

#endif  // WORKERS_WORKERS_H_
