// SPDX-License-Identifier: Apache-2.0

// Which C++ parkway is written in. Every header that includes no other one of
// parkway's includes this one, so that a compiler of an older C++ says what is
// missing and not what it does not understand.
#ifndef PARKWAY_OS_LANGUAGE_H_
#define PARKWAY_OS_LANGUAGE_H_

#if defined(_MSVC_LANG)
#define PARKWAY_LANGUAGE _MSVC_LANG
#else
#define PARKWAY_LANGUAGE __cplusplus
#endif

#if PARKWAY_LANGUAGE < 201703L
#error "parkway needs C++17 or later: pass -std=c++17 (MSVC: /std:c++17)"
// The compiler stops here.
#include "parkway_needs_cxx17"
#endif

#endif  // PARKWAY_OS_LANGUAGE_H_
