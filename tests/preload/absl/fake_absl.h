// SPDX-License-Identifier: Apache-2.0

// A host library in small, for tests of the preload library that run where no
// Abseil is installed. Every function says who answered.
#ifndef PARKWAY_TESTS_PRELOAD_ABSL_FAKE_ABSL_H_
#define PARKWAY_TESTS_PRELOAD_ABSL_FAKE_ABSL_H_

#include <cstdint>

// Another version's names are in another namespace.
#ifndef PARKWAY_FAKE_SPACE
#define PARKWAY_FAKE_SPACE fake1
#define PARKWAY_FAKE_SEM_WAIT AbslInternalPerThreadSemWait_fake1
#endif

namespace absl {
inline namespace PARKWAY_FAKE_SPACE {

class Condition {
 public:
  static const Condition kTrue;
  bool Eval() const;

 private:
  const void* arg_ = nullptr;
};

class Mutex {
 public:
  void Lock();
  void Unlock();
  void ReaderLock();

 private:
  void NotOurs();  // which only the host has

  std::uint64_t word_ = 0;  // 1: held
};

// More arguments than registers, of both kinds.
double Mixed(int a, int b, int c, int d, int e, int f, int g, double h,
             double i, double j, double k, double l, double m, double n,
             double o, double p);
double Sum(int count, ...);

// What our code uses of the host's libraries.
int Helper(int x);
extern int helper_variable;

}  // namespace PARKWAY_FAKE_SPACE
}  // namespace absl

extern "C" bool PARKWAY_FAKE_SEM_WAIT(int ticks);

#endif  // PARKWAY_TESTS_PRELOAD_ABSL_FAKE_ABSL_H_
