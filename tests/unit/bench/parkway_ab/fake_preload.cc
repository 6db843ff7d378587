// SPDX-License-Identifier: Apache-2.0

// A preload library that serves nothing. At exit, in each process, it prints
// the lines FAKE_STATS if PARKWAY_STATS is set, and copies the file
// FAKE_PROFILE to where PARKWAY_PROFILE says; with PARKWAY=watch the lines
// FAKE_WATCH_STATS and the file FAKE_WATCH_PROFILE.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

std::string Variable(const char* name) {
  const char* const value = std::getenv(name);
  return value != nullptr ? value : "";
}

void Replace(std::string& text, const std::string& old,
             const std::string& with) {
  const std::size_t at = text.find(old);
  if (at != std::string::npos) text.replace(at, old.size(), with);
}

void Copy(const std::string& from, std::string to) {
  Replace(to, "%p", std::to_string(getpid()));
  Replace(to, "%h", "fake");
  std::FILE* const in = std::fopen(from.c_str(), "r");
  std::FILE* const out = std::fopen(to.c_str(), "w");
  if (in == nullptr || out == nullptr) std::abort();
  for (int c; (c = std::fgetc(in)) != EOF;) std::fputc(c, out);
  std::fclose(in);
  std::fclose(out);
}

[[gnu::destructor]] void AtExit() {
  const bool watches = Variable("PARKWAY") == "watch";
  if (!Variable("PARKWAY_STATS").empty()) {
    std::fprintf(
        stderr, "%s\n",
        Variable(watches ? "FAKE_WATCH_STATS" : "FAKE_STATS").c_str());
  }
  const std::string profile = Variable("PARKWAY_PROFILE");
  const std::string source =
      Variable(watches ? "FAKE_WATCH_PROFILE" : "FAKE_PROFILE");
  if (!profile.empty() && !source.empty()) Copy(source, profile);
}

}  // namespace
