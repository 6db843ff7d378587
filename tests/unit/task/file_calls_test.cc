// SPDX-License-Identifier: Apache-2.0

// parkway/task/file_calls.h: in tasks that leave their worker only if they
// must.
#define _FILE_OFFSET_BITS 64

#include "parkway/task/file_calls.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <fstream>
#include <functional>
#include <string>
#include <thread>

#include "parkway/os/cached_file.h"
#include "parkway/task/blocking_pool.h"
#include "tests/suites/jobs.h"

namespace parkway::test {
namespace {

constexpr int kCallers = ENOTNAM;

std::uint64_t Trips() { return blocking_pool().stats().calls; }

// In a task of a scheduler with one worker.
void InTask(std::function<void()> body) {
  TaskJobs<1> jobs;
  jobs.Start(std::move(body));
}

class FileCallsTest : public testing::Test {
 protected:
  ~FileCallsTest() override { unlink(path_.c_str()); }

  // The path of a new file, which is then in memory and on the disk.
  const char* File(const std::string& content) {
    std::ofstream(path_, std::ios::binary) << content;
    return path_.c_str();
  }
  const char* Path() const { return path_.c_str(); }

  // Has the system forget part of it, as far as it likes to.
  void Forget(off_t from, off_t bytes) {
    const int file = open(Path(), O_RDONLY | O_CLOEXEC);
    fsync(file);
    posix_fadvise(file, from, bytes, POSIX_FADV_DONTNEED);
    close(file);
  }
  // What parkway's system layer says of the file without waiting.
  std::int64_t InMemory(std::int64_t offset) {
    const int file = os::open_cached(Path(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return -1;
    char byte;
    const std::int64_t got = os::read_cached(file, &byte, 1, offset);
    close(file);
    return got;
  }
  // The same of the kernel, whatever parkway makes of it: whether it opens the
  // file and reads of it without waiting, and whether its first page is there.
  bool KernelReadsWithoutWaiting() {
    constexpr long kOpenat2 = 437;
    constexpr std::uint64_t kResolveCached = 0x20;
    const std::uint64_t how[] = {O_RDONLY | O_CLOEXEC, 0, kResolveCached};
    const auto file =
        static_cast<int>(syscall(kOpenat2, AT_FDCWD, Path(), how, sizeof(how)));
    if (file < 0) return false;
    char byte;
    const iovec memory = {&byte, 1};
    const bool read = preadv2(file, &memory, 1, 0, RWF_NOWAIT) == 1;
    close(file);
    return read;
  }
  bool KernelHasFirstPage() {
    const int file = open(Path(), O_RDONLY | O_CLOEXEC);
    void* const page = mmap(nullptr, 1, PROT_READ, MAP_SHARED, file, 0);
    close(file);
    unsigned char there = 0;
    EXPECT_EQ(mincore(page, 1, &there), 0);
    munmap(page, 1);
    return there % 2 != 0;
  }

 private:
  const std::string path_ =
      testing::TempDir() + "/parkway_file_calls." + std::to_string(getpid());
};

std::string Numbers(int n) {
  std::string text;
  for (int i = 0; i < n; ++i) text += std::to_string(i) + "\n";
  return text;
}

// By reads of `chunk` bytes, to the end.
std::string ReadAll(const char* path, std::size_t chunk) {
  const SyscallResult file = open_file(path, O_RDONLY);
  EXPECT_GE(file.r1, 0) << file.err;
  std::string text;
  for (;;) {
    const std::size_t before = text.size();
    text.resize(before + chunk);
    const SyscallResult got =
        read_file(file.as<int>(), text.data() + before, chunk);
    EXPECT_GE(got.r1, 0) << got.err;
    text.resize(before +
                static_cast<std::size_t>(std::max<std::int64_t>(got.r1, 0)));
    if (got.r1 <= 0) break;
  }
  close(file.as<int>());
  return text;
}

TEST_F(FileCallsTest, OutsideOfATaskTheyArePlainCalls) {
  const std::string content = Numbers(1000);
  const char* const path = File(content);
  const std::uint64_t trips = Trips();
  errno = kCallers;
  EXPECT_EQ(ReadAll(path, 100), content);
  EXPECT_EQ(open_file("/no/such/file", O_RDONLY).err, ENOENT);
  char buffer[1];
  EXPECT_EQ(read_file(-1, buffer, 1).err, EBADF);
  EXPECT_EQ(errno, kCallers);
  EXPECT_EQ(Trips(), trips);
}

// Also where a program's own offsets would have 32 bits.
TEST_F(FileCallsTest, OffsetsHave64Bits) {
  constexpr off_t kFar = off_t{5} << 30;
  const char* const path = File("");
  const int file = open(path, O_RDWR | O_CLOEXEC);
  ASSERT_GE(file, 0);
  // A file with a hole.
  if (pwrite(file, "x", 1, kFar) != 1) {
    const int error = errno;
    close(file);
    GTEST_SKIP() << "no file of 5 GiB here: error " << error;
  }
  close(file);
  const auto read_far = [&] {
    const SyscallResult opened = open_file(path, O_RDONLY);
    ASSERT_GE(opened.r1, 0) << opened.err;
    char buffer[2] = {};
    EXPECT_EQ(pread_file(opened.as<int>(), buffer, 2, kFar).r1, 1);
    EXPECT_EQ(buffer[0], 'x');
    close(opened.as<int>());
  };
  read_far();
  InTask(read_far);
}

TEST_F(FileCallsTest, WhatIsInMemoryKeepsTheWorker) {
  const std::string content = Numbers(100000);
  const char* const path = File(content);
  if (!KernelReadsWithoutWaiting()) {
    GTEST_SKIP() << "this system does not say what is in memory";
  }
  EXPECT_EQ(InMemory(0), 1);
  for (const std::size_t chunk : {std::size_t{100}, std::size_t{65536},
                                  content.size(), 2 * content.size()}) {
    const std::uint64_t trips = Trips();
    std::string text;
    int error = 0;
    InTask([&] {
      errno = kCallers;
      text = ReadAll(path, chunk);
      error = errno;
    });
    EXPECT_EQ(text, content);
    EXPECT_EQ(error, kCallers);
    EXPECT_EQ(Trips(), trips) << chunk;
  }
}

TEST_F(FileCallsTest, WhatIsNotInMemoryIsReadByThePool) {
  const std::string content = Numbers(100000);
  const char* const path = File(content);
  Forget(0, 0);
  if (KernelHasFirstPage()) {
    GTEST_SKIP() << "this file system does not forget";
  }
  // A look that finds it missing has the kernel bring it. Whether that is done
  // before the look ends, or before the read, is the disk's affair: then forget
  // once more.
  std::int64_t looked = InMemory(0);
  for (int i = 0; i < 100 && looked != -1; ++i) {
    File(content);
    Forget(0, 0);
    looked = InMemory(0);
  }
  EXPECT_EQ(looked, -1);
  const std::uint64_t trips = Trips();
  for (int i = 0; i < 100 && Trips() == trips; ++i) {
    File(content);
    Forget(0, 0);
    std::string text;
    InTask([&] { text = ReadAll(path, 2 * content.size()); });
    EXPECT_EQ(text, content);
  }
  EXPECT_GT(Trips(), trips);
}

// One read, whichever half it finds in memory.
TEST_F(FileCallsTest, ARegularFileIsReadAsFarAsItGoes) {
  const std::string content = Numbers(300000);
  const char* const path = File(content);
  const auto half = static_cast<off_t>(content.size() / 2);
  for (const bool second : {true, false}) {
    File(content);
    Forget(second ? half : 0, half);
    InTask([&] {
      const SyscallResult file = open_file(path, O_RDONLY);
      std::string text(2 * content.size(), ' ');
      const SyscallResult got =
          read_file(file.as<int>(), text.data(), text.size());
      EXPECT_EQ(got.r1, static_cast<std::int64_t>(content.size()));
      EXPECT_EQ(text.substr(0, content.size()), content);
      EXPECT_EQ(lseek(file.as<int>(), 0, SEEK_CUR),
                static_cast<off_t>(content.size()));
      EXPECT_EQ(read_file(file.as<int>(), text.data(), 1).r1, 0);
      close(file.as<int>());
    });
  }
}

TEST_F(FileCallsTest, PreadLeavesThePositionAlone) {
  const char* const path = File("0123456789");
  const auto check = [&] {
    const SyscallResult file = open_file(path, O_RDONLY);
    char found[4] = {};
    EXPECT_EQ(pread_file(file.as<int>(), found, 3, 4).r1, 3);
    EXPECT_EQ(std::string(found), "456");
    EXPECT_EQ(pread_file(file.as<int>(), found, 3, 9).r1, 1);
    EXPECT_EQ(pread_file(file.as<int>(), found, 3, 100).r1, 0);
    EXPECT_EQ(lseek(file.as<int>(), 0, SEEK_CUR), 0);
    const SyscallResult negative = pread_file(file.as<int>(), found, 3, -1);
    EXPECT_EQ(negative.r1, -1);
    EXPECT_EQ(negative.err, EINVAL);
    close(file.as<int>());
  };
  check();
  InTask(check);
}

TEST_F(FileCallsTest, ErrorsAreThoseOfTheCalls) {
  InTask([&] {
    errno = kCallers;
    EXPECT_EQ(open_file("/no/such/file", O_RDONLY).err, ENOENT);
    EXPECT_EQ(open_file("/", O_WRONLY).err, EISDIR);
    char byte;
    EXPECT_EQ(read_file(-1, &byte, 1).err, EBADF);
    const SyscallResult folder = open_file("/", O_RDONLY | O_DIRECTORY);
    EXPECT_GE(folder.r1, 0);
    EXPECT_EQ(read_file(folder.as<int>(), &byte, 1).err, EISDIR);
    close(folder.as<int>());
    int ends[2];
    EXPECT_EQ(pipe(ends), 0);
    EXPECT_EQ(pread_file(ends[0], &byte, 1, 0).err, ESPIPE);
    close(ends[0]);
    close(ends[1]);
  });
}

TEST_F(FileCallsTest, OpenGivesWhatWasAskedFor) {
  const auto check = [&] {
    unlink(Path());
    const SyscallResult made =
        open_file(Path(), O_RDWR | O_CREAT | O_EXCL, 0600);
    ASSERT_GE(made.r1, 0) << made.err;
    struct stat found;
    EXPECT_EQ(fstat(made.as<int>(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777, 0600u);
    EXPECT_EQ(write(made.as<int>(), "parkway", 7), 7);
    close(made.as<int>());
    for (const int flag : {0, O_NONBLOCK}) {
      const SyscallResult file = open_file(Path(), O_RDONLY | flag);
      EXPECT_EQ(fcntl(file.as<int>(), F_GETFL) & O_NONBLOCK, flag);
      EXPECT_EQ(fcntl(file.as<int>(), F_GETFD), FD_CLOEXEC);
      close(file.as<int>());
    }
    const SyscallResult emptied = open_file(Path(), O_WRONLY | O_TRUNC);
    EXPECT_EQ(fstat(emptied.as<int>(), &found), 0);
    EXPECT_EQ(found.st_size, 0);
    close(emptied.as<int>());
  };
  check();
  InTask(check);
}

// To read, and even to open, waits for the other end: a task on the same
// worker.
TEST_F(FileCallsTest, PipesWaitWithoutTheWorker) {
  ASSERT_EQ(mkfifo(Path(), 0600), 0);
  std::string text(10, ' ');
  std::int64_t got = 0;
  {
    TaskJobs<1> jobs;
    jobs.Start([&] {
      const SyscallResult end = open_file(Path(), O_RDONLY);
      const SyscallResult read =
          read_file(end.as<int>(), text.data(), text.size());
      got = read.r1;
      close(end.as<int>());
    });
    jobs.Start([&] {
      const SyscallResult end = open_file(Path(), O_WRONLY);
      EXPECT_EQ(write(end.as<int>(), "abc", 3), 3);
      close(end.as<int>());
    });
  }
  // What there was, not as much as was asked for.
  EXPECT_EQ(got, 3);
  EXPECT_EQ(text.substr(0, 3), "abc");
}

std::string ReadWhole(const char* path) {
  std::string text = "what was there before";
  const SyscallResult got = read_whole_file(path, &text);
  EXPECT_EQ(got.r1, static_cast<std::int64_t>(text.size())) << got.err;
  return text;
}

TEST_F(FileCallsTest, WholeFilesInMemoryKeepTheWorker) {
  File(Numbers(1));
  if (!KernelReadsWithoutWaiting()) {
    GTEST_SKIP() << "this system does not say what is in memory";
  }
  for (const int lines : {0, 1, 1000, 100000}) {
    const std::string content = Numbers(lines);
    const char* const path = File(content);
    EXPECT_EQ(ReadWhole(path), content);
    const std::uint64_t trips = Trips();
    InTask([&] {
      errno = kCallers;
      EXPECT_EQ(ReadWhole(path), content);
      EXPECT_EQ(errno, kCallers);
    });
    EXPECT_EQ(Trips(), trips) << lines;
  }
}

// Whichever part of it is in memory.
TEST_F(FileCallsTest, WholeFilesAreWhole) {
  const std::string content = Numbers(300000);
  const auto half = static_cast<off_t>(content.size() / 2);
  for (const off_t from : {off_t{0}, half}) {
    const char* const path = File(content);
    Forget(from, half);
    InTask([&] { EXPECT_EQ(ReadWhole(path), content); });
    Forget(from, half);
    EXPECT_EQ(ReadWhole(path), content);
  }
}

// Of the kernel's own files, which say that they are empty; some of them would
// answer a reader that does not wait with an error.
TEST_F(FileCallsTest, WholeFilesWithoutASize) {
  const std::string version = ReadWhole("/proc/version");
  EXPECT_NE(version, "");
  InTask([&] { EXPECT_EQ(ReadWhole("/proc/version"), version); });
  const std::string memory = ReadWhole("/proc/self/smaps");
  EXPECT_GT(memory.size(), 4096u);  // more than a read of no known size takes
}

TEST_F(FileCallsTest, WholeFilesThatGrow) {
  File("");
  const int writer = open(Path(), O_WRONLY | O_APPEND | O_CLOEXEC);
  std::string content;
  for (int i = 0; i < 100; ++i) {
    const std::string more = Numbers(i);
    ASSERT_EQ(write(writer, more.data(), more.size()),
              static_cast<ssize_t>(more.size()));
    content += more;
    InTask([&] { EXPECT_EQ(ReadWhole(Path()), content); });
  }
  close(writer);
}

TEST_F(FileCallsTest, WholeFilesFailAsTheCallsDo) {
  const auto check = [] {
    errno = kCallers;
    std::string text = "before";
    EXPECT_EQ(read_whole_file("/no/such/file", &text).err, ENOENT);
    EXPECT_EQ(text, "");
    text = "before";
    const SyscallResult folder = read_whole_file("/", &text);
    EXPECT_EQ(folder.r1, -1);
    EXPECT_EQ(folder.err, EISDIR);
    EXPECT_EQ(text, "");
    EXPECT_EQ(errno, kCallers);
  };
  check();
  InTask(check);
}

// The reader comes first, and waits for a writer without the worker, on which
// the writer is.
TEST_F(FileCallsTest, WholePipesThatAreWrittenLater) {
  ASSERT_EQ(mkfifo(Path(), 0600), 0);
  std::string text;
  {
    TaskJobs<1> jobs;
    jobs.Start([&] { text = ReadWhole(Path()); });
    jobs.Start([&] {
      const SyscallResult end = open_file(Path(), O_WRONLY);
      EXPECT_EQ(write(end.as<int>(), "abc", 3), 3);
      EXPECT_EQ(write(end.as<int>(), "def", 3), 3);
      close(end.as<int>());
    });
  }
  EXPECT_EQ(text, "abcdef");
}

// Nothing is lost of a writer that comes and goes as soon as it can, nor does
// it see the pipe closed.
TEST_F(FileCallsTest, WholePipesOfHastyWriters) {
  ASSERT_EQ(mkfifo(Path(), 0600), 0);
  for (int i = 0; i < 200; ++i) {
    std::string text;
    std::thread writer([&] {
      const int end = open(Path(), O_WRONLY | O_CLOEXEC);
      EXPECT_GE(end, 0);
      if (i % 2 == 0) {
        EXPECT_EQ(write(end, "abc", 3), 3);
      }
      close(end);
    });
    InTask([&] { text = ReadWhole(Path()); });
    writer.join();
    EXPECT_EQ(text, i % 2 == 0 ? "abc" : "");
  }
}

// The reader does not wait on the worker for a lease that this process has,
// and gives the file when it is given up.
TEST_F(FileCallsTest, WholeFilesUnderALease) {
  const std::string content = Numbers(1000);
  const int owner = open(File(content), O_RDWR | O_CLOEXEC);
  static std::atomic<int> leased{-1};
  leased = owner;
  struct sigaction give_up = {}, before;
  give_up.sa_handler = [](int) { fcntl(leased, F_SETLEASE, F_UNLCK); };
  give_up.sa_flags = SA_RESTART;
  ASSERT_EQ(sigaction(SIGIO, &give_up, &before), 0);
  if (fcntl(owner, F_SETLEASE, F_WRLCK) != 0) {
    close(owner);
    sigaction(SIGIO, &before, nullptr);
    GTEST_SKIP() << "no leases on this file system: error " << errno;
  }
  InTask([&] { EXPECT_EQ(ReadWhole(Path()), content); });
  sigaction(SIGIO, &before, nullptr);
  close(owner);
}

// What a read of anything but a regular file finds is all that it gets.
TEST_F(FileCallsTest, MessagesStayApart) {
  int ends[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, ends), 0);
  const auto check = [&] {
    ASSERT_EQ(write(ends[0], "first", 5), 5);
    ASSERT_EQ(write(ends[0], "second", 6), 6);
    for (const std::string expected : {"first", "second"}) {
      std::string text(100, ' ');
      const SyscallResult got = read_file(ends[1], text.data(), text.size());
      EXPECT_EQ(got.r1, static_cast<std::int64_t>(expected.size()));
      EXPECT_EQ(text.substr(0, expected.size()), expected);
    }
  };
  check();
  InTask(check);
  close(ends[0]);
  close(ends[1]);
}

}  // namespace
}  // namespace parkway::test
