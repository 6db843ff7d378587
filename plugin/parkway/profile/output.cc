// SPDX-License-Identifier: Apache-2.0

#include "parkway/profile/output.h"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <new>

namespace parkway::internal {

void Output::put(const char* text, std::size_t length) {
  if (length > kPiece - held_) finish();
  std::memcpy(piece_ + held_, text, length);
  held_ += length;
}

bool Output::finish() {
  ok_ = ok_ && (held_ == 0 || sink_(context_, piece_, held_));
  held_ = 0;
  return ok_;
}

void Output::print(const char* format, ...) {
  char text[1001];
  std::va_list arguments;
  va_start(arguments, format);
  const int length = std::vsnprintf(text, sizeof(text), format, arguments);
  va_end(arguments);
  if (length > 0) {
    put(text, std::min(static_cast<std::size_t>(length), sizeof(text) - 1));
  }
}

void Output::quote(const char* text) {
  put("\"", 1);
  for (; *text != '\0'; ++text) {
    const auto c = static_cast<unsigned char>(*text);
    if (c == '"' || c == '\\') {
      print("\\%c", c);
    } else if (c < 0x20) {
      print("\\u%04x", c);
    } else {
      put(text, 1);
    }
  }
  put("\"", 1);
}

const Site** sorted_sites(const Notes& notes, std::size_t* count) noexcept {
  auto** const sorted = new (std::nothrow) const Site*[Notes::kSites];
  *count = 0;
  if (sorted == nullptr) return nullptr;
  for (const Site& site : notes.sites) {
    if (site.count != 0) sorted[(*count)++] = &site;
  }
  std::sort(sorted, sorted + *count, [](const Site* a, const Site* b) {
    return a->nanoseconds > b->nanoseconds;
  });
  return sorted;
}

void for_each_mapping(void (*visit)(void* context, const Mapping& mapping),
                      void* context) {
  std::FILE* const maps = std::fopen("/proc/self/maps", "re");
  if (maps == nullptr) return;
  char line[700];
  while (std::fgets(line, sizeof(line), maps) != nullptr) {
    Mapping mapping = {};
    char rights[8] = "";
    int path_at = 0;
    if (std::sscanf(line, "%llx-%llx %7s %llx %*s %*s %n", &mapping.start,
                    &mapping.end, rights, &mapping.offset, &path_at) < 4 ||
        std::strchr(rights, 'x') == nullptr || path_at == 0) {
      continue;
    }
    const char* const path = line + path_at;
    std::snprintf(mapping.path, sizeof(mapping.path), "%.*s",
                  static_cast<int>(std::strcspn(path, "\n")), path);
    visit(context, mapping);
  }
  std::fclose(maps);
}

}  // namespace parkway::internal
