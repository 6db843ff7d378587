// SPDX-License-Identifier: Apache-2.0

// Libraries with a parkway of their own that are closed before what they have
// started has ended. Arguments: such a library, and one whose constructor waits
// for a thread.
#include <dirent.h>
#include <dlfcn.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <vector>

#include "tests/suites/support.h"
#include "tests/unit/os/uses.h"

namespace parkway::test {
namespace {

const char* g_library;
const char* g_impatient;

// Null if it is not loaded, else a handle that keeps it.
void* Loaded(const char* path) { return dlopen(path, RTLD_NOW | RTLD_NOLOAD); }

int Threads() {
  int count = 0;
  DIR* const folder = opendir("/proc/self/task");
  while (const dirent* const entry = readdir(folder)) {
    count += entry->d_name[0] != '.';
  }
  closedir(folder);
  return count;
}

// In a process of its own, which no library has been opened in before; 0 if all
// went well. `before` is called by four threads before the library is closed.
// Then these end, and the process forks.
template <class Before>
int CloseBeforeTheEnd(Before before) {
  return RunInChild([&] {
    void* const library = dlopen(g_library, RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) return 2;
    auto* const uses = static_cast<const Uses*>(dlsym(library, kUses));
    if (uses == nullptr) return 3;
    constexpr int kThreads = 4;
    std::atomic<int> bad{0};
    std::atomic<int> done{0};
    std::atomic<bool> closed{false};
    {
      std::vector<std::unique_ptr<Thread>> threads;
      for (int i = 0; i < kThreads; ++i) {
        threads.push_back(std::make_unique<Thread>([&] {
          bad += !before(*uses);
          ++done;
          Eventually([&] { return closed.load(); });
        }));
      }
      if (!Eventually([&] { return done == kThreads; })) return 4;
      if (dlclose(library) != 0) return 5;
      closed = true;
    }
    if (bad != 0) return 6;
    return RunInChild([] { return 0; });
  });
}

TEST(KeepMapped, ThreadsThatHaveWaited) {
  EXPECT_EQ(CloseBeforeTheEnd([](const Uses& uses) { return uses.locks(); }),
            0);
}

TEST(KeepMapped, ThreadsThatHaveARecord) {
  EXPECT_EQ(CloseBeforeTheEnd([](const Uses& uses) {
              uses.thread();
              return true;
            }),
            0);
}

TEST(KeepMapped, ThreadsThatHaveStacks) {
  EXPECT_EQ(CloseBeforeTheEnd([](const Uses& uses) { return uses.stacks(); }),
            0);
}

// They wait in the library for another call, and leave when there is none.
TEST(KeepMapped, ThreadsOfThePool) {
  EXPECT_EQ(RunInChild([] {
              void* const library = dlopen(g_library, RTLD_NOW | RTLD_LOCAL);
              if (library == nullptr) return 2;
              const int before = Threads();
              static_cast<const Uses*>(dlsym(library, kUses))->pool(20000);
              dlclose(library);
              return Eventually([&] { return Threads() == before; }) ? 0 : 3;
            }),
            0);
}

// Whatever was used of it.
TEST(KeepMapped, StaysWhenItIsClosed) {
  EXPECT_EQ(RunInChild([] {
              if (Loaded(g_library) != nullptr) return 2;
              void* const library = dlopen(g_library, RTLD_NOW | RTLD_LOCAL);
              if (library == nullptr || dlclose(library) != 0) return 3;
              return Loaded(g_library) != nullptr ? 0 : 4;
            }),
            0);
}

TEST(KeepMapped, StaysInANamespaceOfItsOwn) {
  EXPECT_EQ(
      RunInChild([] {
        void* const library =
            dlmopen(LM_ID_NEWLM, g_library, RTLD_NOW | RTLD_LOCAL);
        if (library == nullptr) return 2;
        Lmid_t space = LM_ID_BASE;
        dlinfo(library, RTLD_DI_LMID, &space);
        if (space == LM_ID_BASE || dlclose(library) != 0) return 3;
        if (Loaded(g_library) != nullptr) return 4;
        return dlmopen(space, g_library, RTLD_NOW | RTLD_NOLOAD) != nullptr ? 0
                                                                            : 5;
      }),
      0);
}

// The program's dlerror() is about the program's calls.
TEST(KeepMapped, LeavesNoError) {
  EXPECT_EQ(RunInChild([] {
              if (dlerror() != nullptr) return 2;
              if (dlopen(g_library, RTLD_NOW | RTLD_LOCAL) == nullptr) return 3;
              return dlerror() == nullptr ? 0 : 4;
            }),
            0);
}

// Nothing needs the loader's lock at its first use.
TEST(KeepMapped, AConstructorMayWaitForAThread) {
  EXPECT_EQ(RunInChild(
                [] {
                  return dlopen(g_impatient, RTLD_NOW | RTLD_LOCAL) != nullptr
                             ? 0
                             : 2;
                },
                20),
            0);
}

}  // namespace
}  // namespace parkway::test

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc != 3) return 2;
  parkway::test::g_library = argv[1];
  parkway::test::g_impatient = argv[2];
  return RUN_ALL_TESTS();
}
