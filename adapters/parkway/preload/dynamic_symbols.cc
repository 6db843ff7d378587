// SPDX-License-Identifier: Apache-2.0

#include "parkway/preload/dynamic_symbols.h"

#include <charconv>
#include <cstddef>
#include <cstring>
#include <string_view>

namespace parkway::preload {
namespace {

std::uint64_t fnv1a(std::uint64_t value, std::string_view text) {
  for (const char c : text) {
    value = (value ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  }
  return value;
}

constexpr std::uint64_t kFnvStart = 0xCBF29CE484222325u;

const ElfW(Dyn) * dynamic_section(const dl_phdr_info& info) noexcept {
  const ElfW(Dyn)* dynamic = nullptr;
  for (int i = 0; i < info.dlpi_phnum; ++i) {
    if (info.dlpi_phdr[i].p_type == PT_DYNAMIC) {
      dynamic = reinterpret_cast<const ElfW(Dyn)*>(info.dlpi_addr +
                                                   info.dlpi_phdr[i].p_vaddr);
    }
  }
  return dynamic;
}

// As the linker spread the names over DT_GNU_HASH.
std::uint32_t gnu_hash_of(const char* name) noexcept {
  std::uint32_t hash = 5381;
  for (; *name != '\0'; ++name) {
    hash = hash * 33 + static_cast<unsigned char>(*name);
  }
  return hash;
}

// In DT_VERSYM: a version that only programs of the past are linked to.
constexpr ElfW(Half) kHiddenVersion = 0x8000;

// The parts of DT_GNU_HASH.
struct GnuHash {
  explicit GnuHash(const std::uint32_t* table)
      : buckets(table[0]),
        first(table[1]),
        bucket(table + 4 + table[2] * (sizeof(ElfW(Addr)) / 4)),
        chain(bucket + buckets) {}

  const std::uint32_t buckets;
  const std::uint32_t first;  // the index of the first symbol in it
  const std::uint32_t* const bucket;
  // Of each symbol from `first` on: its hash, with the low bit for the end of
  // a bucket.
  const std::uint32_t* const chain;
};

}  // namespace

DynamicSymbols::DynamicSymbols(const dl_phdr_info& info) noexcept
    : base_(info.dlpi_addr), dynamic_(dynamic_section(info)) {
  const ElfW(Addr) base = base_;
  // glibc puts addresses into the table, musl leaves offsets.
  const auto at = [base](const ElfW(Dyn) * entry) {
    const ElfW(Addr) value = entry->d_un.d_ptr;
    return reinterpret_cast<const char*>(value < base ? value + base : value);
  };
  const ElfW(Dyn)* soname = nullptr;
  for (const ElfW(Dyn)* d = dynamic_; d != nullptr && d->d_tag != DT_NULL;
       ++d) {
    switch (d->d_tag) {
      case DT_SYMTAB:
        symbols_ = reinterpret_cast<const ElfW(Sym)*>(at(d));
        break;
      case DT_STRTAB:
        strings_ = at(d);
        break;
      case DT_HASH:
        hash_ = reinterpret_cast<const std::uint32_t*>(at(d));
        break;
      case DT_GNU_HASH:
        gnu_hash_ = reinterpret_cast<const std::uint32_t*>(at(d));
        break;
      case DT_VERSYM:
        versions_ = reinterpret_cast<const ElfW(Half)*>(at(d));
        break;
      case DT_SONAME:
        soname = d;
        break;
      case DT_RELA:
        relocations_[0].entries = reinterpret_cast<const ElfW(Rela)*>(at(d));
        break;
      case DT_RELASZ:
        relocations_[0].bytes = d->d_un.d_val;
        break;
      case DT_JMPREL:
        relocations_[1].entries = reinterpret_cast<const ElfW(Rela)*>(at(d));
        break;
      case DT_PLTRELSZ:
        relocations_[1].bytes = d->d_un.d_val;
        break;
    }
  }
  if (symbols_ == nullptr || strings_ == nullptr) {
    for (Relocations& table : relocations_) table = {};
  }
  if (soname != nullptr && strings_ != nullptr) {
    soname_ = strings_ + soname->d_un.d_val;
  }
}

// As a function or a variable is, without anything added to it.
bool DynamicSymbols::is_address(const ElfW(Rela) & entry) noexcept {
  const auto type = static_cast<std::uint32_t>(ELF64_R_TYPE(entry.r_info));
#if defined(__x86_64__)
  const bool is = type == R_X86_64_JUMP_SLOT || type == R_X86_64_GLOB_DAT ||
                  type == R_X86_64_64;
#elif defined(__aarch64__)
  const bool is = type == R_AARCH64_JUMP_SLOT || type == R_AARCH64_GLOB_DAT ||
                  type == R_AARCH64_ABS64;
#else
  const bool is = false && type != 0;
#endif
  return is && entry.r_addend == 0 && symbol_of(entry) != 0;
}

std::size_t DynamicSymbols::symbol_of(const ElfW(Rela) & entry) noexcept {
  return ELF64_R_SYM(entry.r_info);
}

// The table does not say its own length.
std::uint32_t DynamicSymbols::count() const noexcept {
  if (hash_ != nullptr) return hash_[1];
  if (gnu_hash_ == nullptr) return 0;
  const GnuHash table(gnu_hash_);
  std::uint32_t last = 0;
  for (std::uint32_t i = 0; i < table.buckets; ++i) {
    if (table.bucket[i] > last) last = table.bucket[i];
  }
  if (last < table.first) return table.first;
  while ((table.chain[last - table.first] & 1) == 0) ++last;
  return last + 1;
}

bool DynamicSymbols::defines(std::uint32_t index,
                             const char* name) const noexcept {
  const ElfW(Sym)& symbol = symbols_[index];
  const unsigned bind = symbol.st_info >> 4;
  const unsigned type = symbol.st_info & 0xf;
  return symbol.st_shndx != SHN_UNDEF && bind != STB_LOCAL &&
         (type == STT_FUNC || type == STT_OBJECT || type == STT_NOTYPE) &&
         (versions_ == nullptr || (versions_[index] & kHiddenVersion) == 0) &&
         std::strcmp(strings_ + symbol.st_name, name) == 0;
}

std::uint32_t DynamicSymbols::look_up(const char* name) const noexcept {
  if (symbols_ == nullptr || strings_ == nullptr) return 0;
  if (gnu_hash_ == nullptr) {
    std::uint32_t i = count();
    while (i > 0 && !defines(--i, name)) {
    }
    return i;
  }
  const GnuHash table(gnu_hash_);
  if (table.buckets == 0) return 0;
  const std::uint32_t hash = gnu_hash_of(name);
  std::uint32_t i = table.bucket[hash % table.buckets];
  if (i < table.first) return 0;
  for (;; ++i) {
    const std::uint32_t its = table.chain[i - table.first];
    if ((its | 1) == (hash | 1) && defines(i, name)) return i;
    if ((its & 1) != 0) return 0;
  }
}

void* DynamicSymbols::find(const char* name) const noexcept {
  const std::uint32_t index = look_up(name);
  if (index == 0) return nullptr;
  return reinterpret_cast<void*>(base_ + symbols_[index].st_value);
}

std::uint64_t DynamicSymbols::fingerprint() const noexcept {
  std::uint64_t total = 0;
  const std::uint32_t n = symbols_ && strings_ ? count() : 0;
  for (std::uint32_t i = 1; i < n; ++i) {
    const ElfW(Sym)& symbol = symbols_[i];
    if (symbol.st_shndx == SHN_UNDEF) continue;
    const std::string_view name = strings_ + symbol.st_name;
    const unsigned bind = symbol.st_info >> 4;
    const unsigned type = symbol.st_info & 0xf;
    if (bind != STB_GLOBAL &&
        !(bind == STB_WEAK && name.substr(0, 12) == "AbslInternal")) {
      continue;
    }
    std::uint64_t hash = fnv1a(kFnvStart, name);
    if (type != STT_FUNC && type != STT_GNU_IFUNC) {
      char size[24] = "=";
      const auto end = std::to_chars(size + 1, size + sizeof size,
                                     static_cast<std::size_t>(symbol.st_size));
      hash = fnv1a(hash, std::string_view(size, end.ptr - size));
    }
    total += hash;
  }
  return total;
}

}  // namespace parkway::preload
