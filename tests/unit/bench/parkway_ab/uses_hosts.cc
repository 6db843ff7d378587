// SPDX-License-Identifier: Apache-2.0

// Linked to stand-ins for hosts.
extern "C" int fake_used();

int main() { return fake_used() == 0; }
