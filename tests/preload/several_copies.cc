// SPDX-License-Identifier: Apache-2.0

// Opens libraries with RTLD_LOCAL, each with a copy of the host, and uses all
// of them. Arguments: `+FILE` opens one, `^FILE` with RTLD_DEEPBIND, `=N` uses
// the N-th that was opened, `~N` has it wake by a call that was made a jump,
// `-N` closes it.
#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>
#include <vector>

int main(int argc, char** argv) {
  std::vector<void*> libraries;
  const auto call = [&](const char* number, const char* function) {
    void* const library = libraries.at(std::strtoul(number, nullptr, 10));
    if (void* const address = dlsym(library, function)) {
      reinterpret_cast<void (*)()>(address)();
    } else {
      std::printf("no %s\n", function);
    }
  };
  for (int i = 1; i < argc; ++i) {
    const char* const rest = argv[i] + 1;
    switch (argv[i][0]) {
      case '+':
      case '^':
        libraries.push_back(dlopen(
            rest,
            RTLD_LAZY | RTLD_LOCAL | (argv[i][0] == '^' ? RTLD_DEEPBIND : 0)));
        if (libraries.back() == nullptr) std::puts(dlerror());
        break;
      case '=':
        call(rest, "parkway_test_use");
        break;
      case '~':
        call(rest, "parkway_test_jump");
        break;
      case '-':
        dlclose(libraries.at(std::strtoul(rest, nullptr, 10)));
        break;
    }
  }
}
