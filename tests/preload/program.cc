// SPDX-License-Identifier: Apache-2.0

extern "C" void parkway_test_use();

int main() { parkway_test_use(); }
