// SPDX-License-Identifier: Apache-2.0

// Where segments of kBytes come from: each source behind the same
// two calls.

#ifndef PARKWAY_BENCH_LOCKS_SEGMENT_SOURCES_H_
#define PARKWAY_BENCH_LOCKS_SEGMENT_SOURCES_H_

#include <oneapi/tbb/scalable_allocator.h>
#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <vector>

#include "bench/engine/cell.h"
#include "parkway/lock/futex_mutex.h"
#include "parkway/stack/stack_class.h"
#include "parkway/stack/stack_freelist.h"

namespace parkway_bench {

// Each source: Take() returns a segment or null, Give() takes it back on any
// thread. kName, kSide as in Traits (lock_list.h).

template <std::size_t kBytes>
class FreelistSegments {
 public:
  static constexpr char kName[] = "freelist";
  static constexpr Side kSide = Side::kParkway;
  void* Take() {
    return parkway::stack_alloc(kBytes, parkway::StackGuard::kNone);
  }
  void Give(void* segment) {
    parkway::stack_free(segment, kBytes, parkway::StackGuard::kNone);
  }
};

// What the freelists replaced: one FixAlloc of the Go runtime behind one
// runtime lock, which keeps its statistics up to date under that lock.
//
// Origin: stackalloc() and stackfree() before Go's change of July 2011, and
// FixAlloc.
template <std::size_t kBytes>
class CentralListSegments {
 public:
  static constexpr char kName[] = "central_list";
  static constexpr Side kSide = Side::kStock;

  CentralListSegments() = default;
  ~CentralListSegments() {
    for (void* const chunk : chunks_) munmap(chunk, kChunkBytes);
  }
  CentralListSegments(const CentralListSegments&) = delete;
  CentralListSegments& operator=(const CentralListSegments&) = delete;

  void* Take() {
    const std::lock_guard<parkway::FutexMutex> guard(lock_);
    void* segment = list_;
    if (segment != nullptr) {
      list_ = list_->next;
    } else {
      segment = Carve();
      if (segment == nullptr) return nullptr;
    }
    in_use_ += kBytes;
    published_in_use_ = in_use_;
    published_from_system_ = chunks_.size() * kChunkBytes;
    return segment;
  }

  void Give(void* segment) {
    const std::lock_guard<parkway::FutexMutex> guard(lock_);
    auto* const link = static_cast<Link*>(segment);
    link->next = list_;
    list_ = link;
    in_use_ -= kBytes;
    published_in_use_ = in_use_;
    published_from_system_ = chunks_.size() * kChunkBytes;
  }

 private:
  struct Link {
    Link* next;
  };
  // Go's FixAllocChunk.
  static constexpr std::size_t kChunkBytes = std::size_t{128} << 10;
  static_assert(kChunkBytes % kBytes == 0);

  void* Carve() {
    if (left_ == 0) {
      void* const chunk = mmap(nullptr, kChunkBytes, PROT_READ | PROT_WRITE,
                               MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      if (chunk == MAP_FAILED) return nullptr;
      chunks_.push_back(chunk);
      rest_ = static_cast<char*>(chunk);
      left_ = kChunkBytes;
    }
    void* const segment = rest_;
    rest_ += kBytes;
    left_ -= kBytes;
    return segment;
  }

  parkway::FutexMutex lock_;
  Link* list_ = nullptr;
  char* rest_ = nullptr;
  std::size_t left_ = 0;
  std::size_t in_use_ = 0;
  std::vector<void*> chunks_;
  // mstats.stacks_inuse and stacks_sys: for others to read.
  volatile std::uint64_t published_in_use_ = 0;
  volatile std::uint64_t published_from_system_ = 0;
};

template <std::size_t kBytes>
class MallocSegments {
 public:
  static constexpr char kName[] = "malloc";
  static constexpr Side kSide = Side::kStock;
  void* Take() { return std::malloc(kBytes); }
  void Give(void* segment) { std::free(segment); }
};

template <std::size_t kBytes>
class ScalableMallocSegments {
 public:
  static constexpr char kName[] = "tbb::scalable_malloc";
  static constexpr Side kSide = Side::kStock;
  void* Take() { return scalable_malloc(kBytes); }
  void Give(void* segment) { scalable_free(segment); }
};

template <std::size_t kBytes>
class MmapSegments {
 public:
  static constexpr char kName[] = "mmap";
  static constexpr Side kSide = Side::kStock;
  void* Take() {
    void* const segment = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE,
                               MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return segment == MAP_FAILED ? nullptr : segment;
  }
  void Give(void* segment) { munmap(segment, kBytes); }
};

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_LOCKS_SEGMENT_SOURCES_H_
