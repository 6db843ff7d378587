// SPDX-License-Identifier: Apache-2.0

// A fuzz target without libFuzzer, so that any compiler runs it: the inputs of
// its corpus, then inputs made of them and of nothing, by the seed that is
// printed at the start.
//
//   NAME_fuzz_test CORPUS_FOLDER [INPUT_FILE...]
//
// With files it runs these alone, in their order. PARKWAY_SEED repeats the
// inputs of a run, PARKWAY_STRESS_SECONDS has it run for longer. An input that
// ends the program is printed in hexadecimal.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "parkway/base/sanitizers.h"
#include "parkway/os/os.h"
#include "tests/fuzz/story.h"
#include "tests/suites/support.h"

#if defined(PARKWAY_ASAN) || defined(PARKWAY_TSAN)
#include <sanitizer/common_interface_defs.h>
#endif

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size);

namespace parkway::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

// As libFuzzer's -max_len in README.md: the longest sequence.
constexpr std::size_t kMostBytes = 200;
// At most, besides those of the corpus.
constexpr std::uint64_t kRandomInputs = 20000;
constexpr std::chrono::seconds kUsualTime{6};

std::vector<std::string> g_arguments;
const Bytes* g_running = nullptr;

// For whoever ends the program, in its last moments: no allocation.
void PrintInput() {
  const Bytes* const input = g_running;
  if (input == nullptr) return;
  static constexpr char kWhat[] = "fuzz: the input, for xxd -r -p: ";
  os::write_error(kWhat, sizeof(kWhat) - 1);
  for (const std::uint8_t byte : *input) {
    static constexpr char kDigits[] = "0123456789abcdef";
    const char text[2] = {kDigits[byte / 16], kDigits[byte % 16]};
    os::write_error(text, sizeof(text));
  }
  os::write_error("\n", 1);
}

void OnSignal(int number) {
  signal(number, SIG_DFL);
  PrintInput();
  raise(number);
}

void PrintAtTheEnd() {
#if defined(PARKWAY_ASAN) || defined(PARKWAY_TSAN)
  __sanitizer_set_death_callback(&PrintInput);
#else
  for (const int number : {SIGSEGV, SIGBUS, SIGILL}) signal(number, &OnSignal);
#endif
  signal(SIGABRT, &OnSignal);
}

void RunInput(const Bytes& input) {
  g_running = &input;
  LLVMFuzzerTestOneInput(input.data(), input.size());
  g_running = nullptr;
}

Bytes ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

// The inputs of the corpus, in an order that does not depend on the disk.
std::vector<Bytes> Corpus() {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(
           g_arguments.empty() ? "." : g_arguments[0])) {
    paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<Bytes> inputs;
  for (const std::string& path : paths) inputs.push_back(ReadFile(path));
  return inputs;
}

// An input of the corpus, or none, with some of it changed.
Bytes Made(Random& random, const std::vector<Bytes>& corpus) {
  Bytes made;
  if (!corpus.empty() && !random.OneIn(3)) {
    made = corpus[random.Below(corpus.size())];
  }
  if (made.empty() || random.OneIn(4)) {
    made.resize(random.Below(kMostBytes + 1));
    for (auto& byte : made) byte = static_cast<std::uint8_t>(random.Next());
  }
  for (std::uint64_t changes = random.Below(8); changes > 0; --changes) {
    const std::uint64_t at = random.Below(made.size() + 1);
    const auto place = made.begin() + static_cast<std::ptrdiff_t>(at);
    if (random.OneIn(2) && at < made.size()) {
      *place = static_cast<std::uint8_t>(random.Next());
    } else if (random.OneIn(2) && !corpus.empty()) {
      // The rest of another one.
      const Bytes& other = corpus[random.Below(corpus.size())];
      made.resize(at);
      const std::size_t from = std::min(at, other.size());
      made.insert(made.end(), other.begin() + from, other.end());
    } else {
      made.insert(place, static_cast<std::uint8_t>(random.Next()));
    }
  }
  made.resize(std::min(made.size(), kMostBytes));
  return made;
}

TEST(Fuzz, Corpus) {
  SetStateReport(&fuzz::PrintStory);
  const std::vector<Bytes> corpus = Corpus();
  EXPECT_THAT(corpus, testing::Not(testing::IsEmpty()));
  for (const Bytes& input : corpus) RunInput(input);
  std::printf("%zu inputs of the corpus\n", corpus.size());
  // For docs/design/proof.md.
  testing::Test::RecordProperty("inputs_of_the_corpus",
                                std::to_string(corpus.size()));
}

TEST(Fuzz, RandomInputs) {
  SetStateReport(&fuzz::PrintStory);
  const std::vector<Bytes> corpus = Corpus();
  Random random = Random::Stream(1);
  const bool longer = StressTime(kUsualTime) > kUsualTime;
  const auto end = std::chrono::steady_clock::now() + StressTime(kUsualTime);
  std::uint64_t count = 0;
  while (longer || count < kRandomInputs) {
    RunInput(Made(random, corpus));
    ++count;
    if (std::chrono::steady_clock::now() >= end) break;
  }
  std::printf("%llu random inputs\n", static_cast<unsigned long long>(count));
  testing::Test::RecordProperty("random_inputs", std::to_string(count));
  EXPECT_GT(count, 0u);
}

}  // namespace
}  // namespace parkway::test

int main(int argc, char** argv) {
  using namespace parkway::test;
  testing::InitGoogleTest(&argc, argv);
  g_arguments.assign(argv + 1, argv + argc);
  PrintAtTheEnd();
  if (g_arguments.size() < 2) return RUN_ALL_TESTS();
  for (std::size_t i = 1; i < g_arguments.size(); ++i) {
    const Bytes input = ReadFile(g_arguments[i]);
    RunInput(input);
    parkway::fuzz::PrintStory();
    std::printf("%s: as the model says\n", g_arguments[i].c_str());
  }
  return 0;
}
