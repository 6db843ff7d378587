// SPDX-License-Identifier: Apache-2.0

// Calls to Windows and their error codes (parkway/task/syscall.h), in tasks
// that go on on another thread, and with callbacks that make calls: the point
// of the Go change of 2024, whose calls had had a thread pinned. And file
// calls.
#define WIN32_LEAN_AND_MEAN
#define NOMINMAX
#include <fcntl.h>
#include <gtest/gtest.h>
#include <io.h>
#include <windows.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "parkway/task/file_calls.h"
#include "parkway/task/run_blocking.h"
#include "parkway/task/syscall.h"
#include "tests/suites/jobs.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

constexpr DWORD kCallers = 1234567;

TEST(WindowsCalls, ResultAndErrorAreTheCalls) {
  SetLastError(kCallers);
  const SyscallResult failed =
      blocking_call(GetFileAttributesW, L"no:such|file");
  EXPECT_EQ(failed.as<DWORD>(), INVALID_FILE_ATTRIBUTES);
  EXPECT_NE(failed.err, 0);
  EXPECT_NE(failed.err, static_cast<int>(kCallers));
  const SyscallResult closed = blocking_call(CloseHandle, HANDLE{nullptr});
  EXPECT_EQ(closed.r1, FALSE);
  EXPECT_EQ(closed.err, ERROR_INVALID_HANDLE);
  const SyscallResult process = blocking_call(GetCurrentProcessId);
  EXPECT_EQ(process.r1, static_cast<std::int64_t>(GetCurrentProcessId()));
  EXPECT_EQ(process.err, 0);
  EXPECT_EQ(GetLastError(), kCallers);
}

struct Record {
  int calls = 0;
  SyscallResult inner;
  DWORD before = 0;
  DWORD after = 0;
};

BOOL CALLBACK OnInit(PINIT_ONCE, void* argument, void**) {
  Record& record = *static_cast<Record*>(argument);
  SetLastError(111);
  record.before = GetLastError();
  record.inner = blocking_call(CloseHandle, HANDLE{nullptr});
  record.after = GetLastError();
  ++record.calls;
  SetLastError(222);
  return TRUE;
}

// A callback that Windows makes, in the middle of a call.
void CallWithCallback() {
  INIT_ONCE once = INIT_ONCE_STATIC_INIT;
  Record record;
  SetLastError(kCallers);
  const SyscallResult outer = blocking_call([&] {
    const BOOL done = InitOnceExecuteOnce(&once, OnInit, &record, nullptr);
    SetLastError(333);
    return done;
  });
  EXPECT_EQ(record.calls, 1);
  EXPECT_EQ(record.before, 111u);
  EXPECT_EQ(record.inner.r1, FALSE);
  EXPECT_EQ(record.inner.err, ERROR_INVALID_HANDLE);
  EXPECT_EQ(record.after, 111u);
  EXPECT_EQ(outer.r1, TRUE);
  EXPECT_EQ(outer.err, 333);
  EXPECT_EQ(GetLastError(), kCallers);
}

TEST(WindowsCalls, ANestedCallLeavesTheOutersAlone) { CallWithCallback(); }

// The record is the task's: it goes on on whatever thread resumes it.
TEST(WindowsCalls, TasksTakeTheirResultsWithThem) {
  std::atomic<int> moved{0};
  std::atomic<int> wrong{0};
  {
    TaskJobs<2> jobs;
    for (int t = 1; t <= 20; ++t) {
      jobs.Start([&, t] {
        for (int i = 0; i < 50; ++i) {
          const auto before = ThreadId();
          const SyscallResult result = run_blocking([&] {
            return blocking_call([&] {
              SetLastError(static_cast<DWORD>(1000 * t + i));
              return i;
            });
          });
          if (result.r1 != i || result.err != 1000 * t + i) ++wrong;
          if (ThreadId() != before) ++moved;
          CallWithCallback();
        }
      });
    }
  }
  EXPECT_EQ(wrong, 0);
  EXPECT_GT(moved, 0);
}

// A callback that parks: the outer call's frame waits with the task.
TEST(WindowsCalls, ACallbackThatParks) {
  TaskJobs<2> jobs;
  for (int t = 0; t < 10; ++t) {
    jobs.Start([] {
      SetLastError(kCallers);
      const SyscallResult outer = blocking_call([] {
        SetLastError(5);
        Waiter self;
        EXPECT_FALSE(park_for(self, std::chrono::milliseconds(2)));
        SetLastError(6);
        return 7;
      });
      EXPECT_EQ(outer.r1, 7);
      EXPECT_EQ(outer.err, 6);
    });
  }
}

class Files : public testing::Test {
 protected:
  void SetUp() override {
    name_ = testing::TempDir() + "parkway_files_" +
            std::to_string(GetCurrentProcessId());
    const SyscallResult made =
        open_file(name_.c_str(), _O_CREAT | _O_TRUNC | _O_WRONLY, 0644);
    ASSERT_GE(made.r1, 0) << made.err;
    // Two line ends, which a file of text would read as one byte each, and what
    // would end it.
    ASSERT_EQ(_write(static_cast<int>(made.r1), kText, kLength), kLength);
    ASSERT_EQ(_close(static_cast<int>(made.r1)), 0);
  }
  void TearDown() override { std::remove(name_.c_str()); }

  static constexpr char kText[] = "one\r\ntwo\r\n\x1a three";
  static constexpr int kLength = sizeof(kText) - 1;
  std::string name_;
};

void ReadAll(const std::string& name, const std::string& text) {
  const SyscallResult opened = open_file(name.c_str(), _O_RDONLY);
  ASSERT_GE(opened.r1, 0) << opened.err;
  const int file = static_cast<int>(opened.r1);
  char buffer[64];
  EXPECT_EQ(read_file(file, buffer, 4).r1, 4);
  // By an offset, which leaves the position alone.
  const SyscallResult at = pread_file(file, buffer, sizeof(buffer), 5);
  EXPECT_EQ(std::string(buffer, static_cast<std::size_t>(at.r1)),
            text.substr(5));
  const SyscallResult rest = read_file(file, buffer, sizeof(buffer));
  EXPECT_EQ(std::string(buffer, static_cast<std::size_t>(rest.r1)),
            text.substr(4));
  EXPECT_EQ(read_file(file, buffer, sizeof(buffer)).r1, 0);
  const SyscallResult end = pread_file(file, buffer, 1, 1000000);
  EXPECT_EQ(end.r1, 0);
  // A file that another program does not get.
  DWORD flags = HANDLE_FLAG_INHERIT;
  EXPECT_TRUE(GetHandleInformation(
      reinterpret_cast<HANDLE>(_get_osfhandle(file)), &flags));
  EXPECT_EQ(flags & HANDLE_FLAG_INHERIT, 0u);
  EXPECT_EQ(_close(file), 0);
}

TEST_F(Files, AreReadAsTheyAre) {
  ReadAll(name_, std::string(kText, kLength));
  TaskJobs<2> jobs;
  for (int i = 0; i < 5; ++i) {
    jobs.Start([this] { ReadAll(name_, std::string(kText, kLength)); });
  }
}

TEST_F(Files, AreReadAsAWhole) {
  const auto check = [this] {
    std::string text = "what was there before";
    EXPECT_EQ(read_whole_file(name_.c_str(), &text).r1, kLength);
    EXPECT_EQ(text, std::string(kText, kLength));
    EXPECT_EQ(read_whole_file((name_ + ".none").c_str(), &text).err,
              ERROR_FILE_NOT_FOUND);
    EXPECT_EQ(text, "");
  };
  check();
  TaskJobs<2> jobs;
  for (int i = 0; i < 5; ++i) jobs.Start(check);
}

TEST_F(Files, ErrorsAreTheSystems) {
  errno = 42;
  SetLastError(kCallers);
  const SyscallResult none = open_file((name_ + ".none").c_str(), _O_RDONLY);
  EXPECT_EQ(none.r1, -1);
  EXPECT_EQ(none.err, ERROR_FILE_NOT_FOUND);
  const SyscallResult there =
      open_file(name_.c_str(), _O_CREAT | _O_EXCL | _O_RDWR, 0644);
  EXPECT_EQ(there.r1, -1);
  EXPECT_EQ(there.err, ERROR_FILE_EXISTS);
  char byte;
  const SyscallResult written = open_file(name_.c_str(), _O_WRONLY);
  ASSERT_GE(written.r1, 0);
  const int file = static_cast<int>(written.r1);
  EXPECT_EQ(read_file(file, &byte, 1).err, ERROR_ACCESS_DENIED);
  EXPECT_EQ(pread_file(file, &byte, 1, -1).err, ERROR_NEGATIVE_SEEK);
  EXPECT_EQ(_close(file), 0);
  EXPECT_EQ(errno, 42);
  EXPECT_EQ(GetLastError(), kCallers);
}

TEST_F(Files, OfWhichSomeAreRead) {
  // Threads and tasks that read by offsets, and one by the position.
  const SyscallResult opened = open_file(name_.c_str(), _O_RDONLY);
  ASSERT_GE(opened.r1, 0);
  const int file = static_cast<int>(opened.r1);
  std::atomic<int> wrong{0};
  {
    TaskJobs<2> jobs;
    for (int t = 0; t < 4; ++t) {
      jobs.Start([&, t] {
        for (int i = 0; i < 50; ++i) {
          char byte = 0;
          const int at = (t + i) % kLength;
          if (pread_file(file, &byte, 1, at).r1 != 1 || byte != kText[at]) {
            ++wrong;
          }
        }
      });
    }
    for (int at = 0; at < kLength; ++at) {
      char byte = 0;
      if (read_file(file, &byte, 1).r1 != 1 || byte != kText[at]) ++wrong;
    }
  }
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(_close(file), 0);
}

// A pipe has an end, and no offsets.
TEST(Pipes, AreRead) {
  int ends[2];
  ASSERT_EQ(_pipe(ends, 256, _O_BINARY), 0);
  char buffer[8];
  ASSERT_EQ(_write(ends[1], "abc", 3), 3);
  EXPECT_EQ(pread_file(ends[0], buffer, 1, 0).err, ERROR_SEEK_ON_DEVICE);
  EXPECT_EQ(read_file(ends[0], buffer, sizeof(buffer)).r1, 3);
  EXPECT_EQ(std::memcmp(buffer, "abc", 3), 0);
  _close(ends[1]);
  const SyscallResult end = read_file(ends[0], buffer, sizeof(buffer));
  EXPECT_EQ(end.r1, 0);
  _close(ends[0]);
}

}  // namespace
}  // namespace parkway::test
