// SPDX-License-Identifier: Apache-2.0

// Calls what the layer `stacks` takes over, for itself: memory by mmap() under
// a malloc() of its own, which runs before any constructor, mappings that look
// like a coroutine's, and contexts. What it prints is the same in every mode,
// but for the last line: whose the signal mask is that a task sees.
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "oneapi/tbb/global_control.h"
#include "oneapi/tbb/task.h"
#include "oneapi/tbb/task_group.h"

namespace {

// ---- malloc(): every block is a mapping.

constexpr std::size_t kHeader = 64;
std::atomic<long> blocks{0};

struct Header {
  void* mapped;
  std::size_t mapped_bytes;
  std::size_t bytes;
};
Header* header_of(void* block) {
  return reinterpret_cast<Header*>(static_cast<char*>(block) - kHeader);
}

void* allocate(std::size_t alignment, std::size_t bytes) {
  if (alignment < kHeader) alignment = kHeader;
  const std::size_t all = bytes + kHeader + alignment;
  void* const mapped = mmap(nullptr, all, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) return nullptr;
  const auto begin = reinterpret_cast<std::uintptr_t>(mapped) + kHeader;
  void* const block =
      reinterpret_cast<void*>((begin + alignment - 1) & ~(alignment - 1));
  *header_of(block) = {mapped, all, bytes};
  blocks.fetch_add(1, std::memory_order_relaxed);
  return block;
}

}  // namespace

extern "C" {
void* malloc(std::size_t bytes) { return allocate(kHeader, bytes); }
void* calloc(std::size_t n, std::size_t bytes) {
  return allocate(kHeader, n * bytes);
}
void* memalign(std::size_t alignment, std::size_t bytes) {
  return allocate(alignment, bytes);
}
void* aligned_alloc(std::size_t alignment, std::size_t bytes) {
  return allocate(alignment, bytes);
}
int posix_memalign(void** block, std::size_t alignment, std::size_t bytes) {
  *block = allocate(alignment, bytes);
  return *block != nullptr ? 0 : ENOMEM;
}
void free(void* block) {
  if (block == nullptr) return;
  const Header header = *header_of(block);
  if (munmap(header.mapped, header.mapped_bytes) != 0) abort();
}
void* realloc(void* block, std::size_t bytes) {
  void* const fresh = allocate(kHeader, bytes);
  if (block == nullptr || fresh == nullptr) return fresh;
  const std::size_t before = header_of(block)->bytes;
  std::memcpy(fresh, block, before < bytes ? before : bytes);
  free(block);
  return fresh;
}
}

namespace {

const std::size_t kPage = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));

// What /proc/self/maps says of the page at that address. Without stdio, whose
// buffer would be mapped where something was unmapped before.
void permissions(const char* address, char* text) {
  static char maps[1 << 20];
  const int file = open("/proc/self/maps", O_RDONLY);
  std::size_t length = 0;
  for (ssize_t n; (n = read(file, maps + length, sizeof maps - 1 - length)) > 0;
       length += static_cast<std::size_t>(n)) {
  }
  close(file);
  maps[length] = '\0';
  std::strcpy(text, "none");
  const auto at = reinterpret_cast<std::uintptr_t>(address);
  for (const char* line = maps; *line != '\0'; ++line) {
    unsigned long begin, end;
    char is[8];
    if (std::sscanf(line, "%lx-%lx %7s", &begin, &end, is) == 3 &&
        begin <= at && at < end) {
      std::strcpy(text, is);
    }
    line = std::strchr(line, '\n');
    if (line == nullptr) break;
  }
}

void print_pages(const char* what, const char* begin, int pages) {
  std::printf("%s:", what);
  for (int i = 0; i < pages; ++i) {
    char text[8];
    permissions(begin + static_cast<std::size_t>(i) * kPage, text);
    std::printf(" %s", text);
  }
  std::printf("\n");
}

// As libtbb does it for a coroutine.
void mappings() {
  char* const stack =
      static_cast<char*>(mmap(nullptr, 6 * kPage, PROT_NONE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0));
  if (stack == MAP_FAILED) std::abort();
  print_pages("mapped", stack, 6);
  if (mprotect(stack + kPage, 4 * kPage, PROT_READ | PROT_WRITE) != 0) abort();
  print_pages("protected", stack, 6);
  stack[kPage] = stack[5 * kPage - 1] = 1;
  if (munmap(stack + 2 * kPage, kPage) != 0) abort();
  print_pages("a page less", stack, 6);
  if (munmap(stack, 6 * kPage) != 0) abort();
  print_pages("unmapped", stack, 6);

  errno = 0;
  const bool map_refused =
      mmap64(nullptr, 0, PROT_NONE, MAP_PRIVATE, -1, 0) == MAP_FAILED;
  std::printf("refused: %d %d", map_refused, errno == EINVAL || errno == EBADF);
  const int unmapped = munmap(stack + 1, kPage);
  std::printf(" %d %d", unmapped, errno == EINVAL);
  const int protected_ = mprotect(stack, kPage, PROT_READ | PROT_WRITE);
  std::printf(" %d %d\n", protected_, errno == ENOMEM);
}

bool blocked(int signal) {
  sigset_t mask;
  pthread_sigmask(SIG_SETMASK, nullptr, &mask);
  return sigismember(&mask, signal) == 1;
}

void block(int how, int signal) {
  sigset_t mask;
  sigemptyset(&mask);
  sigaddset(&mask, signal);
  pthread_sigmask(how, &mask, nullptr);
}

ucontext_t g_main, g_other;
int g_sum = 0;

void other(int a, int b, int c, int d, int e) {
  g_sum = a + 2 * b + 3 * c + 4 * d + 5 * e;
  block(SIG_BLOCK, SIGUSR1);
  swapcontext(&g_other, &g_main);
  std::printf("other: blocked %d\n", blocked(SIGUSR1));
  // And to uc_link.
}

void contexts() {
  static char stack[64 * 1024];
  getcontext(&g_other);
  g_other.uc_stack.ss_sp = stack;
  g_other.uc_stack.ss_size = sizeof stack;
  g_other.uc_link = &g_main;
  makecontext(&g_other, reinterpret_cast<void (*)()>(&other), 5, 1, 2, 3, 4, 5);
  swapcontext(&g_main, &g_other);
  std::printf("main: sum %d, blocked %d\n", g_sum, blocked(SIGUSR1));
  swapcontext(&g_main, &g_other);

  // Twice out of one getcontext().
  volatile int times = 0;
  ucontext_t here;
  getcontext(&here);
  times = times + 1;
  if (times < 3) setcontext(&here);
  std::printf("getcontext: %d times\n", times);
}

// The task that was spawned last runs first, and the other while it is
// suspended.
void tasks() {
  tbb::task::suspend_point point = nullptr;
  bool seen = false;
  tbb::task_group group;
  group.run([&] {
    block(SIG_BLOCK, SIGUSR2);
    tbb::task::resume(point);
  });
  group.run([&] {
    tbb::task::suspend([&](tbb::task::suspend_point p) { point = p; });
    seen = blocked(SIGUSR2);
  });
  group.wait();
  std::printf("blocks: %s\n", blocks > 10 ? "yes" : "no");
  std::printf("signal mask of the %s\n", seen ? "thread" : "task");
}

}  // namespace

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  // No other thread maps anything where something was unmapped.
  tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
  // Before oneTBB was used, and after.
  for (int i = 0; i < 2; ++i) {
    mappings();
    contexts();
    if (i == 0) {
      tbb::task_group group;
      group.run_and_wait([] {
        tbb::task::suspend(
            [](tbb::task::suspend_point p) { tbb::task::resume(p); });
      });
    }
  }
  tasks();
}
