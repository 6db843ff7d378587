// SPDX-License-Identifier: Apache-2.0

// How often each word occurs.

#ifndef TEXT_WORD_COUNT_H_
#define TEXT_WORD_COUNT_H_

#include <string>
#include <vector>

#include "absl/strings/cord.h"
#include "absl/strings/string_view.h"

namespace example {

// One line for each word, "count word", the most frequent first. `threads`
// threads count; the texts share nothing with each other.
std::string CountWords(const std::vector<absl::Cord>& texts,
                       absl::string_view separators, int threads);

}  // namespace example

#endif  // TEXT_WORD_COUNT_H_
