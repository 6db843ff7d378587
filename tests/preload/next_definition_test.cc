// SPDX-License-Identifier: Apache-2.0

// Names are looked up without the loader's lock, and found where dlsym() finds
// them. The program stands for the preload library here.
#include "parkway/preload/next_definition.h"

#include <dlfcn.h>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "parkway/preload/decision.h"

extern "C" {
// Ours, and in both libraries.
int parkway_test_everywhere() { return 1; }
// Each in one of them.
int parkway_test_in_gnu();
int parkway_test_in_sysv();
}

namespace parkway::preload {

const Library library = {"next_definition_test", "no host", [] {}, [] {},
                         [] { return true; },    [] {}};

namespace {

using ::testing::IsNull;
using ::testing::NotNull;

class NextDefinitionTest : public ::testing::TestWithParam<const char*> {};

TEST_P(NextDefinitionTest, IsWhereTheLoaderFindsIt) {
  void* const wanted = dlsym(RTLD_NEXT, GetParam());
  ASSERT_THAT(wanted, NotNull());
  EXPECT_EQ(next_definition(GetParam()), wanted);
  EXPECT_EQ(needed_definition(GetParam()), wanted);
}

INSTANTIATE_TEST_SUITE_P(OfTheLibc, NextDefinitionTest,
                         ::testing::Values("dlclose", "environ", "getcontext",
                                           "mmap", "mprotect", "munmap",
                                           "swapcontext"));
// The libraries differ in how the linker wrote their hash tables.
INSTANTIATE_TEST_SUITE_P(OfOurLibraries, NextDefinitionTest,
                         ::testing::Values("parkway_test_everywhere",
                                           "parkway_test_in_gnu",
                                           "parkway_test_in_sysv",
                                           "parkway_test_variable"));

TEST(NextDefinition, IsOfTodaysVersion) {
  for (const char* name :
       {"pthread_cond_wait", "pthread_cond_signal", "pthread_cond_broadcast"}) {
    // x86-64's glibc has an older one as well, which dlsym() may find.
    void* const versioned = dlvsym(RTLD_NEXT, name, "GLIBC_2.3.2");
    void* const wanted =
        versioned != nullptr ? versioned : dlsym(RTLD_NEXT, name);
    EXPECT_EQ(next_definition(name), wanted) << name;
  }
  void* const two = next_definition("parkway_test_versions");
  ASSERT_THAT(two, NotNull());
  EXPECT_EQ(reinterpret_cast<int (*)()>(two)(), 2);
  EXPECT_THAT(next_definition("parkway_test_old"), IsNull());
}

TEST(NextDefinition, IsInALibraryThatIsLoaded) {
  EXPECT_EQ(parkway_test_in_gnu(), 4);
  EXPECT_EQ(parkway_test_in_sysv(), 4);
}

TEST(NextDefinition, IsNotOurs) {
  void* const theirs = next_definition("parkway_test_everywhere");
  ASSERT_THAT(theirs, NotNull());
  EXPECT_NE(reinterpret_cast<int (*)()>(theirs)(), parkway_test_everywhere());
}

TEST(NextDefinition, MayBeMissing) {
  EXPECT_THAT(next_definition("parkway_test_nowhere"), IsNull());
  EXPECT_THAT(next_definition(""), IsNull());
}

TEST(NextDefinitionDeathTest, IsNeeded) {
  EXPECT_DEATH(needed_definition("parkway_test_nowhere"),
               "no library of this process defines parkway_test_nowhere");
}

}  // namespace
}  // namespace parkway::preload
