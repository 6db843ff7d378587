// SPDX-License-Identifier: Apache-2.0

#include "parkway/base/checks.h"

#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "parkway/os/os.h"

namespace parkway::internal {
namespace {

// A line in the making; what does not fit is cut, never overrun.
class Line {
 public:
  void add(const char* text) {
    while (*text != '\0' && length_ < sizeof(text_)) text_[length_++] = *text++;
  }
  void add_hex(std::uintptr_t value) {
    char digits[2 * sizeof(value)];
    std::size_t n = 0;
    do {
      digits[n++] = "0123456789abcdef"[value & 15];
      value >>= 4;
    } while (value != 0);
    add("0x");
    while (n > 0 && length_ < sizeof(text_)) text_[length_++] = digits[--n];
  }
  const char* data() const { return text_; }
  std::size_t size() const { return length_; }

 private:
  char text_[256];
  std::size_t length_ = 0;
};

}  // namespace

void fatal(const char* type, const void* object, const char* fault) noexcept {
  Line line;
  line.add("parkway: ");
  line.add(type);
  line.add(" at ");
  line.add_hex(reinterpret_cast<std::uintptr_t>(object));
  line.add(": ");
  line.add(fault);
  line.add("\n");
  os::write_error(line.data(), line.size());
  std::abort();
}

}  // namespace parkway::internal
