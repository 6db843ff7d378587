// SPDX-License-Identifier: Apache-2.0

// A oneTBB that has no more of it than what tells it from other libraries.
extern "C" {

extern const char fake_tbb_version[];
const char fake_tbb_version[] = "oneTBB: VERSION\t\t2021.8";

int TBB_runtime_interface_version() { return 12080; }
int fake_used() { return TBB_runtime_interface_version(); }
}
