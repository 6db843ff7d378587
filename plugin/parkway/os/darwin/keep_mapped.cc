// SPDX-License-Identifier: Apache-2.0

// Pins the library that this code is in, when it is loaded: see
// os/posix/keep_mapped.cc.
#include <dlfcn.h>
#include <mach-o/loader.h>

#include "parkway/os/os.h"
#include "parkway/os/posix/saved_errno.h"

namespace parkway::os {

extern const bool keeps_code_mapped = true;

namespace {

// An address in this library and in no other copy of it.
const char here = 0;

[[gnu::constructor]] void keep_code_mapped() {
  const posix::SavedErrno keep;
  Dl_info found;
  if (dladdr(&here, &found) == 0 || found.dli_fname == nullptr) return;
  const auto* const image = static_cast<const mach_header*>(found.dli_fbase);
  if (image->filetype == MH_EXECUTE) return;
  // An error must not be left for the program's next dlerror().
  if (dlopen(found.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE) ==
      nullptr) {
    dlerror();
  }
}

}  // namespace
}  // namespace parkway::os
