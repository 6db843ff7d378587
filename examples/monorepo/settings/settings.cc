// SPDX-License-Identifier: Apache-2.0

#include "settings/settings.h"

#include <string>

#include "absl/flags/flag.h"

ABSL_FLAG(int, threads, 4, "how many threads work");
ABSL_FLAG(std::string, separators, " \t\r\n", "what stands between words");
