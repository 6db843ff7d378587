// SPDX-License-Identifier: Apache-2.0

#include "tests/suites/support.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "parkway/os/os.h"
#include "tests/suites/support_system.h"

namespace parkway::test {
namespace {

using std::chrono::nanoseconds;
using std::chrono::steady_clock;

std::uint64_t Number(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr || *text == '\0' ? otherwise
                                          : std::strtoull(text, nullptr, 0);
}

std::atomic<void (*)()> g_report{nullptr};
char g_test[256];

void OnAlarm() {
  char line[512];
  const int n = std::snprintf(line, sizeof(line),
                              "watchdog: %s hangs; PARKWAY_SEED=%llu\n", g_test,
                              static_cast<unsigned long long>(Seed()));
  os::write_error(line, static_cast<std::size_t>(n));
  if (void (*report)() = g_report.load()) report();
  internal::ShowStacks();
  std::abort();
}

class Watchdog : public testing::EmptyTestEventListener {
 public:
  void OnTestProgramStart(const testing::UnitTest&) override {
    std::printf("PARKWAY_SEED=%llu\n", static_cast<unsigned long long>(Seed()));
    std::fflush(stdout);
  }
  void OnTestStart(const testing::TestInfo& info) override {
    std::snprintf(g_test, sizeof(g_test), "%s.%s", info.test_suite_name(),
                  info.name());
    const std::uint64_t seconds = Number(
        "PARKWAY_TEST_LIMIT", 200 + 2 * Number("PARKWAY_STRESS_SECONDS", 0));
    internal::SetAlarm(static_cast<unsigned>(seconds), &OnAlarm);
  }
  void OnTestEnd(const testing::TestInfo&) override {
    internal::SetAlarm(0, nullptr);
    g_report = nullptr;
  }
};

const bool g_installed = [] {
  testing::UnitTest::GetInstance()->listeners().Append(new Watchdog);
  return true;
}();

template <class Asleep, class GiveUp>
bool SeenAsleep(Asleep&& asleep, GiveUp&& give_up) {
  int seen = 0;
  Eventually([&] {
    std::this_thread::sleep_for(std::chrono::microseconds(100));
    seen = asleep() ? seen + 1 : 0;
    return seen == internal::kLooks || give_up();
  });
  return seen == internal::kLooks;
}

}  // namespace

std::uint64_t Seed() {
  static const std::uint64_t seed =
      Number("PARKWAY_SEED",
             (static_cast<std::uint64_t>(os::nanotime()) * 2654435761u ^
              internal::ProcessNumber()) &
                 0xffffffffu);
  return seed;
}

nanoseconds StressTime(nanoseconds usual) {
  const std::uint64_t seconds = Number("PARKWAY_STRESS_SECONDS", 0);
  return seconds == 0 ? usual : std::chrono::seconds(seconds);
}

void SetStateReport(void (*report)()) { g_report = report; }

void Burn(nanoseconds time) {
  const auto end = steady_clock::now() + time;
  while (steady_clock::now() < end) {
  }
}

bool Eventually(const std::function<bool()>& condition) {
  const auto end = steady_clock::now() + std::chrono::minutes(1);
  while (!condition()) {
    if (steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  return true;
}

bool WaitAsleep(ThreadNumber thread) {
  return SeenAsleep([thread] { return internal::SleepsNow(thread); },
                    [] { return false; });
}

bool WaitOthersAsleep() {
  return SeenAsleep(&internal::OthersSleepNow, [] { return false; });
}

bool Thread::WaitAsleep() const {
  return SeenAsleep(
      [this] {
        const ThreadNumber number = number_;
        return number > 0 && internal::SleepsNow(number);
      },
      [this] { return ended(); });
}

bool Emulated() {
  static const bool emulated = std::getenv("PARKWAY_EMULATOR") != nullptr;
  return emulated;
}

}  // namespace parkway::test
