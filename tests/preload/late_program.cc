// SPDX-License-Identifier: Apache-2.0

// Meets its host only by dlopen, with RTLD_LOCAL: argv[1] is a library that has
// parkway_test_use().
#include <dlfcn.h>

#include <cstdio>

int main(int argc, char** argv) {
  void* const library = argc == 2 ? dlopen(argv[1], RTLD_NOW) : nullptr;
  if (library == nullptr) {
    std::fprintf(stderr, "late_program: %s\n", dlerror());
    return 1;
  }
  reinterpret_cast<void (*)()>(dlsym(library, "parkway_test_use"))();
}
