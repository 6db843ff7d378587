// SPDX-License-Identifier: Apache-2.0

// Reads the dynamic symbol table of a loaded ELF library.
#ifndef PARKWAY_PRELOAD_DYNAMIC_SYMBOLS_H_
#define PARKWAY_PRELOAD_DYNAMIC_SYMBOLS_H_

#include <elf.h>
#include <link.h>

#include <cstddef>
#include <cstdint>

namespace parkway::preload {

class DynamicSymbols {
 public:
  // Of a library that dl_iterate_phdr() comes to.
  explicit DynamicSymbols(const dl_phdr_info& info) noexcept;

  // DT_SONAME, or an empty string.
  const char* soname() const { return soname_; }

  // use(name) for each library that this one says it needs (DT_NEEDED), until
  // that is true. Whether it was.
  template <class Use>
  bool any_needed(Use use) const {
    if (strings_ == nullptr) return false;
    const ElfW(Dyn)* entry = dynamic_;
    for (; entry != nullptr && entry->d_tag != DT_NULL; ++entry) {
      if (entry->d_tag == DT_NEEDED && use(strings_ + entry->d_un.d_val)) {
        return true;
      }
    }
    return false;
  }

  // use(name, place) for each place that the dynamic linker fills with the
  // address of something that another library may define.
  template <class Use>
  void each_import(Use use) const {
    for (const Relocations& table : relocations_) {
      for (std::size_t i = 0; i < table.bytes / sizeof(ElfW(Rela)); ++i) {
        const ElfW(Rela)& entry = table.entries[i];
        if (!is_address(entry)) continue;
        use(strings_ + symbols_[symbol_of(entry)].st_name,
            reinterpret_cast<void**>(base_ + entry.r_offset));
      }
    }
  }

  // use(name) for each function that the library defines.
  template <class Use>
  void each_function(Use use) const {
    const std::uint32_t n =
        symbols_ != nullptr && strings_ != nullptr ? count() : 0;
    for (std::uint32_t i = 1; i < n; ++i) {
      const ElfW(Sym)& symbol = symbols_[i];
      if (symbol.st_shndx != SHN_UNDEF && (symbol.st_info & 0xf) == STT_FUNC) {
        use(strings_ + symbol.st_name);
      }
    }
  }

  // The sum that generate.py calls fingerprint.
  std::uint64_t fingerprint() const noexcept;

  // What the library defines under that name, or null: a function or a variable
  // that programs of today are linked to. Not one that is chosen at run time
  // (STT_GNU_IFUNC).
  void* find(const char* name) const noexcept;

 private:
  struct Relocations {
    const ElfW(Rela) * entries = nullptr;
    std::size_t bytes = 0;
  };

  static bool is_address(const ElfW(Rela) & entry) noexcept;
  static std::size_t symbol_of(const ElfW(Rela) & entry) noexcept;
  std::uint32_t count() const noexcept;
  bool defines(std::uint32_t index, const char* name) const noexcept;
  // The index of a definition, or 0.
  std::uint32_t look_up(const char* name) const noexcept;

  ElfW(Addr) base_ = 0;
  const ElfW(Dyn) * dynamic_ = nullptr;
  const ElfW(Sym) * symbols_ = nullptr;
  const char* strings_ = nullptr;
  const std::uint32_t* hash_ = nullptr;      // DT_HASH
  const std::uint32_t* gnu_hash_ = nullptr;  // DT_GNU_HASH
  const ElfW(Half) * versions_ = nullptr;    // DT_VERSYM, of each symbol
  const char* soname_ = "";
  Relocations relocations_[2];  // DT_RELA, DT_JMPREL
};

}  // namespace parkway::preload

#endif  // PARKWAY_PRELOAD_DYNAMIC_SYMBOLS_H_
