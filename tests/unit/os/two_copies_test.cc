// SPDX-License-Identifier: Apache-2.0

// Several copies of parkway in one process: the program's, and those of
// libraries that it opens, whose names are hidden or not. Each has its own
// tables, records, pools and keys. Arguments: the libraries.
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include <memory>
#include <vector>

#include "tests/suites/support.h"
#include "tests/unit/os/uses.h"

extern "C" const parkway::test::Uses parkway_test_uses;

namespace parkway::test {
namespace {

std::vector<const char*> g_libraries;
std::vector<const Uses*> g_copies;

// False if one of them can't be opened.
bool Open(int mode) {
  g_copies = {&parkway_test_uses};
  for (const char* path : g_libraries) {
    void* const library = dlopen(path, RTLD_NOW | mode);
    if (library == nullptr) return false;
    g_copies.push_back(static_cast<const Uses*>(dlsym(library, kUses)));
  }
  return true;
}

bool UseAll() {
  bool good = true;
  for (const Uses* const uses : g_copies) {
    good = uses->locks() && uses->stacks() && good;
    uses->pool(1000);
    uses->thread();
  }
  return good;
}

// Here, in threads that end, and in children of forks: in the handler and after
// it.
int UseEverywhere() {
  if (!UseAll()) return 2;
  for (int i = 0; i < 3; ++i) {
    bool good = false;
    Thread([&good] { good = UseAll(); }).Join();
    if (!good) return 3;
  }
  static bool good_in_handler;
  good_in_handler = false;
  static const int handler =
      pthread_atfork(nullptr, nullptr, [] { good_in_handler = UseAll(); });
  static_cast<void>(handler);
  const auto in_child = [] { return good_in_handler && UseAll() ? 0 : 1; };
  for (int i = 0; i < 3; ++i) {
    if (RunInChild([&] {
          const int status = in_child();
          return status != 0 ? status : RunInChild(in_child);
        }) != 0) {
      return 4;
    }
  }
  return UseAll() ? 0 : 5;
}

class TwoCopies : public testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    if (const char* why = WhyNoFork(Others::kRunning)) GTEST_SKIP() << why;
  }
};
INSTANTIATE_TEST_SUITE_P(Modes, TwoCopies,
                         testing::Values(RTLD_LOCAL, RTLD_GLOBAL));

TEST_P(TwoCopies, WorkSideBySide) {
  EXPECT_EQ(RunInChild([] {
              if (!Open(GetParam())) return 6;
              return UseEverywhere();
            }),
            0);
}

// A copy that comes when the process has threads, or has been forked.
TEST_P(TwoCopies, OneComesLate) {
  EXPECT_EQ(RunInChild([] {
              g_copies = {&parkway_test_uses};
              if (!UseAll()) return 7;
              return RunInChild([] {
                if (!UseAll()) return 8;
                return Open(GetParam()) ? UseEverywhere() : 6;
              });
            }),
            0);
}

}  // namespace
}  // namespace parkway::test

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc < 2) return 2;
  parkway::test::g_libraries.assign(argv + 1, argv + argc);
  return RUN_ALL_TESTS();
}
