// SPDX-License-Identifier: Apache-2.0

// Pins the library that this code is in, when it is loaded.
//
// Not when it is first needed: dlopen() takes the loader's lock, and a thread
// that opens another library may hold that while it waits for this one. Here
// the caller is the loader itself.
#include <dlfcn.h>
#include <errno.h>
#include <link.h>

#include <cstddef>
#include <cstdint>

#include "parkway/os/os.h"

// Weak: a static program does not have it, and is not to get it by this. Before
// glibc 2.34 it is in libdl; if neither the main program nor this library has
// named that one, nothing is pinned.
extern "C" __attribute__((weak)) decltype(dlsym) dlsym;

namespace parkway::os {

extern const bool keeps_code_mapped = true;

namespace {

// An address in this library and in no other copy of it.
const char here = 0;

// The name by which the loader knows the object that `here` is in. Empty: the
// main program, or nobody knows it. Not by dladdr(), which goes through all
// symbols of the object.
int find_name(dl_phdr_info* object, std::size_t, void* name) {
  const auto at = reinterpret_cast<std::uintptr_t>(&here) - object->dlpi_addr;
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const auto& part = object->dlpi_phdr[i];
    if (part.p_type == PT_LOAD && at - part.p_vaddr < part.p_memsz) {
      *static_cast<const char**>(name) = object->dlpi_name;
      return 1;
    }
  }
  return 0;
}

// The loader's function of that name, or null. Not named in the code: static
// programs have dlopen() in any case, and their linker warns of each mention.
template <class Function>
Function* loaders(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, name));
}

void pin(const char* name) {
  auto* const open = loaders<decltype(dlopen)>("dlopen");
  auto* const take_error = loaders<decltype(dlerror)>("dlerror");
  if (open == nullptr || take_error == nullptr) return;
  // By its own name, which the loader compares before it looks for files; and
  // in the caller's namespace, which the loader knows by the caller's address.
  // An error must not be left for the program's next dlerror().
  if (open(name, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE) == nullptr) {
    take_error();
  }
}

[[gnu::constructor]] void keep_code_mapped() {
  if (dlsym == nullptr) return;
  const int saved = errno;
  const char* name = nullptr;
  dl_iterate_phdr(&find_name, &name);
  if (name != nullptr && *name != '\0') pin(name);
  errno = saved;
}

}  // namespace
}  // namespace parkway::os
