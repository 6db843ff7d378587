// SPDX-License-Identifier: Apache-2.0

// <windows.h> without what it has of everybody else's names.
#ifndef PARKWAY_OS_WINDOWS_SYSTEM_HEADER_H_
#define PARKWAY_OS_WINDOWS_SYSTEM_HEADER_H_

#include "parkway/os/language.h"

#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#ifndef NOMINMAX
#define NOMINMAX
#endif
#include <windows.h>

#endif  // PARKWAY_OS_WINDOWS_SYSTEM_HEADER_H_
