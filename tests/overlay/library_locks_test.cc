// SPDX-License-Identifier: Apache-2.0

// Succeeds if oneTBB's own library was compiled with the locks that the
// argument names: nothing else in this program could have brought parkway's
// functions into it.

#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>

#include "oneapi/tbb/task_arena.h"

#if defined(__TBB_mutex_H) || defined(__TBB_rw_mutex_H) || \
    defined(__TBB_spin_mutex_H) || defined(__TBB_spin_rw_mutex_H)
#error "This source has locks of its own: it would prove nothing."
#endif

int main(int argc, char** argv) {
  // Or the library would not be linked.
  int ran = 0;
  tbb::task_arena(1).execute([&ran] { ran = 1; });

  std::ifstream program(argv[0], std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(program),
                          std::istreambuf_iterator<char>()};
  // The namespace as it is in the names of symbols; in two halves, so that this
  // is not found.
  const bool found =
      bytes.find(std::string("N7park") + "way") != std::string::npos;
  const char* const locks = found ? "parkway" : "stock";
  if (argc != 2 || std::strcmp(argv[1], locks) != 0) {
    std::fprintf(stderr, "%zu bytes, compiled with the locks of %s\n",
                 bytes.size(), locks);
    return 1;
  }
  return ran == 1 ? 0 : 1;
}
