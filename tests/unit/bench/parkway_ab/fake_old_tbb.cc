// SPDX-License-Identifier: Apache-2.0

// The same of TBB before it was oneTBB.
extern "C" {

extern const char fake_tbb_version[];
const char fake_tbb_version[] = "TBB: VERSION\t\t2020.3";

int TBB_runtime_interface_version() { return 11103; }
int fake_used() { return TBB_runtime_interface_version(); }
}
