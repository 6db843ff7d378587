// SPDX-License-Identifier: Apache-2.0

// A library whose names next_definition_test looks up. PARKWAY_STYLE is how its
// hash table is written.
#define PARKWAY_NAME(style) PARKWAY_JOIN(style)
#define PARKWAY_JOIN(style) parkway_test_in_##style

extern "C" {

int parkway_test_everywhere() { return 3; }
int PARKWAY_NAME(PARKWAY_STYLE)() { return 4; }
int parkway_test_variable = 5;

int parkway_test_versions_1() { return 1; }
int parkway_test_versions_2() { return 2; }
int parkway_test_old_1() { return 1; }
}

__asm__(".symver parkway_test_versions_1, parkway_test_versions@PARKWAY_1");
__asm__(".symver parkway_test_versions_2, parkway_test_versions@@PARKWAY_2");
__asm__(".symver parkway_test_old_1, parkway_test_old@PARKWAY_1");
