// SPDX-License-Identifier: Apache-2.0

// Reads the dynamic symbol table of a loaded ELF library.
#ifndef PARKWAY_PRELOAD_DYNAMIC_SYMBOLS_H_
#define PARKWAY_PRELOAD_DYNAMIC_SYMBOLS_H_

#include <elf.h>
#include <link.h>

#include <cstdint>

namespace parkway::preload {

class DynamicSymbols {
 public:
  // Of a library that dl_iterate_phdr() comes to.
  explicit DynamicSymbols(const dl_phdr_info& info) noexcept;

  // DT_SONAME, or an empty string.
  const char* soname() const { return soname_; }

  // The sum that generate.py calls fingerprint.
  std::uint64_t fingerprint() const noexcept;

  // What the library defines under that name, or null: a function or a variable
  // that programs of today are linked to. Not one that is chosen at run time
  // (STT_GNU_IFUNC).
  void* find(const char* name) const noexcept;

 private:
  std::uint32_t count() const noexcept;
  bool defines(std::uint32_t index, const char* name) const noexcept;
  // The index of a definition, or 0.
  std::uint32_t look_up(const char* name) const noexcept;

  ElfW(Addr) base_ = 0;
  const ElfW(Sym) * symbols_ = nullptr;
  const char* strings_ = nullptr;
  const std::uint32_t* hash_ = nullptr;      // DT_HASH
  const std::uint32_t* gnu_hash_ = nullptr;  // DT_GNU_HASH
  const ElfW(Half) * versions_ = nullptr;    // DT_VERSYM, of each symbol
  const char* soname_ = "";
};

}  // namespace parkway::preload

#endif  // PARKWAY_PRELOAD_DYNAMIC_SYMBOLS_H_
