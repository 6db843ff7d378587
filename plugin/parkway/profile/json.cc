// SPDX-License-Identifier: Apache-2.0

// Everything that was noted. docs/guide/measure.md has the fields.
#include <cstdint>

#include "parkway/profile/names.h"
#include "parkway/profile/output.h"

namespace parkway::internal {
namespace {

using Ull = unsigned long long;

void print_stack(const char* name, const Stack& stack, Output& output) {
  output.print(",\"%s\":[", name);
  for (int i = 0; i < stack.depth; ++i) {
    output.print(
        "%s\"0x%llx\"", i == 0 ? "" : ",",
        static_cast<Ull>(reinterpret_cast<std::uintptr_t>(stack.frames[i])));
  }
  output.print("]");
}

void print_site(const Site& site, Output& output) {
  char name[kLongestName + 1];
  find_lock_name(site.lock, name);
  output.print(
      "{\"kind\":\"%s\",\"lock\":\"0x%llx\",\"name\":", name_of(site.kind),
      static_cast<Ull>(reinterpret_cast<std::uintptr_t>(site.lock)));
  output.quote(name);
  output.print(
      ",\"count\":%llu,\"nanoseconds\":%llu,\"longest_nanoseconds\":%llu,"
      "\"slept\":%llu,\"histogram\":[",
      static_cast<Ull>(site.count), static_cast<Ull>(site.nanoseconds),
      static_cast<Ull>(site.longest), static_cast<Ull>(site.slept));
  int buckets = Site::kBuckets;
  while (buckets > 0 && site.histogram[buckets - 1] == 0) --buckets;
  for (int i = 0; i < buckets; ++i) {
    output.print("%s%llu", i == 0 ? "" : ",",
                 static_cast<Ull>(site.histogram[i]));
  }
  output.print("]");
  print_stack("waiter", site.waiter, output);
  print_stack("releaser", site.releaser, output);
  output.print("}");
}

struct Mappings {
  Output* output;
  bool first;
};

void print_mapping(void* context, const Mapping& mapping) {
  auto& mappings = *static_cast<Mappings*>(context);
  mappings.output->print(
      "%s\n{\"start\":\"0x%llx\",\"end\":\"0x%llx\",\"offset\":\"0x%llx\","
      "\"path\":",
      mappings.first ? "" : ",", mapping.start, mapping.end, mapping.offset);
  mappings.output->quote(mapping.path);
  mappings.output->print("}");
  mappings.first = false;
}

}  // namespace

void write_json(const Notes& notes, const ProfileRun& run, Output& output) {
  output.print(
      "{\"parkway_profile\":1,\"seconds\":%.6f,\"cpu_seconds\":%.6f,"
      "\"threads\":%u,\"sample\":%u,\"left_out\":%llu,\"locks\":\"%s\",\n"
      "\"waits\":[",
      1e-9 * static_cast<double>(run.nanoseconds), run.cpu_seconds, run.threads,
      run.one_in, static_cast<Ull>(notes.left_out),
      run.of_stock ? "stock" : "parkway");
  std::size_t count = 0;
  const Site** const sites = sorted_sites(notes, &count);
  for (std::size_t i = 0; i < count; ++i) {
    output.print(i == 0 ? "\n" : ",\n");
    print_site(*sites[i], output);
  }
  delete[] sites;
  output.print("],\n\"mappings\":[");
  Mappings mappings = {&output, true};
  for_each_mapping(print_mapping, &mappings);
  output.print("]}\n");
}

}  // namespace parkway::internal
