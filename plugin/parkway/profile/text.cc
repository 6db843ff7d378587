// SPDX-License-Identifier: Apache-2.0

// The profile for people.
#include <algorithm>
#include <cstdint>
#include <new>

#include "parkway/profile/names.h"
#include "parkway/profile/output.h"

namespace parkway::internal {
namespace {

using Ull = unsigned long long;

struct Code {
  const void* address;
  Output* output;
  bool found;
};

void print_if_there(void* context, const Mapping& mapping) {
  Code& code = *static_cast<Code*>(context);
  const Ull address = reinterpret_cast<std::uintptr_t>(code.address);
  if (code.found || address < mapping.start || address >= mapping.end) return;
  code.found = true;
  code.output->print("      %s+0x%llx\n", mapping.path,
                     address - mapping.start + mapping.offset);
}

void print_stack(const char* what, const Stack& stack, Output& output) {
  if (stack.depth == 0) return;
  output.print("    %s\n", what);
  for (int i = 0; i < stack.depth; ++i) {
    Code code = {stack.frames[i], &output, false};
    for_each_mapping(print_if_there, &code);
    if (!code.found) output.print("      %p\n", stack.frames[i]);
  }
}

// The time that half of the waits took at most, to a power of two.
Ull median(const Site& site) {
  std::uint64_t seen = 0;
  for (int i = 0; i < Site::kBuckets; ++i) {
    seen += site.histogram[i];
    if (2 * seen >= site.count) return Ull{2} << i;
  }
  return 0;
}

}  // namespace

void write_text(const Notes& notes, const ProfileRun& run, Output& output) {
  constexpr std::size_t kMostSites = 20;
  std::size_t count = 0;
  const Site** const sites = sorted_sites(notes, &count);
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < count; ++i) total += sites[i]->nanoseconds;
  output.print(
      "Waits for %slocks: %.3f s of all threads together, in %.3f s; %.3f s of "
      "CPU, %u threads that waited. One of %u waits was noted.\n",
      run.of_stock ? "the program's own " : "",
      1e-9 * static_cast<double>(total),
      1e-9 * static_cast<double>(run.nanoseconds), run.cpu_seconds, run.threads,
      run.one_in);
  if (notes.left_out != 0) {
    output.print("%llu waits found no place in the profile.\n",
                 static_cast<Ull>(notes.left_out));
  }
  for (std::size_t i = 0; i < std::min(count, kMostSites); ++i) {
    const Site& site = *sites[i];
    char name[kLongestName + 1];
    find_lock_name(site.lock, name);
    output.print(
        "\n%s %p%s%s: %.6f s, %llu waits, %llu slept, half of them at most "
        "%llu ns, the longest %llu ns\n",
        name_of(site.kind), site.lock, name[0] != '\0' ? " " : "", name,
        1e-9 * static_cast<double>(site.nanoseconds),
        static_cast<Ull>(site.count), static_cast<Ull>(site.slept),
        median(site), static_cast<Ull>(site.longest));
    print_stack("waits:", site.waiter, output);
    print_stack("lets go:", site.releaser, output);
  }
  if (count > kMostSites) {
    output.print("\n%llu more.\n", static_cast<Ull>(count - kMostSites));
  }
  delete[] sites;
}

}  // namespace parkway::internal
