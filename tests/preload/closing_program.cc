// SPDX-License-Identifier: Apache-2.0

// Brings its host (argv[2], a SONAME) by dlopen, gives it back, and does so
// again: argv[1] is a library that has parkway_test_use().
#include <dlfcn.h>

#include <cstdio>

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  for (int i = 0; i < 2; ++i) {
    void* const library = dlopen(argv[1], RTLD_NOW);
    if (library == nullptr) {
      std::fprintf(stderr, "closing_program: %s\n", dlerror());
      return 1;
    }
    reinterpret_cast<void (*)()>(dlsym(library, "parkway_test_use"))();
    dlclose(library);
    void* const host = dlopen(argv[2], RTLD_NOW | RTLD_NOLOAD);
    std::printf("the host is %s\n", host != nullptr ? "still there" : "gone");
  }
}
