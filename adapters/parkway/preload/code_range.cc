// SPDX-License-Identifier: Apache-2.0

#include "parkway/preload/code_range.h"

#include <cstddef>

namespace parkway::preload {

CodeRange code_of(const dl_phdr_info& info) noexcept {
  CodeRange range;
  for (int i = 0; i < info.dlpi_phnum; ++i) {
    const ElfW(Phdr)& part = info.dlpi_phdr[i];
    if (part.p_type != PT_LOAD || (part.p_flags & PF_X) == 0) continue;
    const std::uintptr_t begin = info.dlpi_addr + part.p_vaddr;
    if (range.begin == 0) range.begin = begin;
    range.end = begin + part.p_memsz;
  }
  return range;
}

CodeRange own_code() noexcept {
  CodeRange range;
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* data) {
        const CodeRange code = code_of(*info);
        if (!code.contains(reinterpret_cast<const void*>(&own_code))) return 0;
        *static_cast<CodeRange*>(data) = code;
        return 1;
      },
      &range);
  return range;
}

}  // namespace parkway::preload
