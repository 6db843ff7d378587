// SPDX-License-Identifier: Apache-2.0

// The contention profile: start_profile(), write_profile(), set_lock_name().
#ifndef PARKWAY_PROFILE_H_
#define PARKWAY_PROFILE_H_

#include "parkway/profile/contention_profile.h"

#endif  // PARKWAY_PROFILE_H_
