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

}  // namespace

DynamicSymbols::DynamicSymbols(const dl_phdr_info& info) noexcept {
  const ElfW(Addr) base = info.dlpi_addr;
  const ElfW(Dyn)* const dynamic = dynamic_section(info);
  // glibc puts addresses into the table, musl leaves offsets.
  const auto at = [base](const ElfW(Dyn) * entry) {
    const ElfW(Addr) value = entry->d_un.d_ptr;
    return reinterpret_cast<const char*>(value < base ? value + base : value);
  };
  const ElfW(Dyn)* soname = nullptr;
  for (const ElfW(Dyn)* d = dynamic; d != nullptr && d->d_tag != DT_NULL; ++d) {
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
      case DT_SONAME:
        soname = d;
        break;
    }
  }
  if (soname != nullptr && strings_ != nullptr) {
    soname_ = strings_ + soname->d_un.d_val;
  }
}

// The table does not say its own length.
std::uint32_t DynamicSymbols::count() const noexcept {
  if (hash_ != nullptr) return hash_[1];
  if (gnu_hash_ == nullptr) return 0;
  const std::uint32_t buckets = gnu_hash_[0];
  const std::uint32_t first = gnu_hash_[1];
  const std::uint32_t bloom_words = gnu_hash_[2];
  const std::uint32_t* const bucket =
      gnu_hash_ + 4 + bloom_words * (sizeof(ElfW(Addr)) / 4);
  const std::uint32_t* const chain = bucket + buckets;
  std::uint32_t last = 0;
  for (std::uint32_t i = 0; i < buckets; ++i) {
    if (bucket[i] > last) last = bucket[i];
  }
  if (last < first) return first;
  // The low bit marks the end of a chain.
  while ((chain[last - first] & 1) == 0) ++last;
  return last + 1;
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
