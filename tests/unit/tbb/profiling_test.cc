// SPDX-License-Identifier: Apache-2.0

// What a profiler hears, in a program with TBB_USE_PROFILING_TOOLS. The
// functions that oneTBB's library would send it to are defined here.
#define TBB_USE_PROFILING_TOOLS 1
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "parkway/tbb/mutex.h"
#include "parkway/tbb/queuing_mutex.h"
#include "parkway/tbb/queuing_rw_mutex.h"
#include "parkway/tbb/rw_mutex.h"
#include "parkway/tbb/spin_mutex.h"
#include "parkway/tbb/spin_rw_mutex.h"

namespace {

struct Heard {
  std::string what;
  const void* object;
  friend bool operator==(const Heard& a, const Heard& b) {
    return a.what == b.what && a.object == b.object;
  }
};
std::vector<Heard>& Log() {
  static std::vector<Heard> log;
  return log;
}

}  // namespace

namespace tbb {
namespace detail {
namespace r1 {

void create_itt_sync(void* object, const char* type, const char* name) {
  Log().push_back({std::string("created ") + type + name, object});
}
void call_itt_notify(int what, void* object) {
  const char* const names[] = {"prepare", "cancel", "acquired", "releasing",
                               "destroy"};
  Log().push_back({names[what], object});
}
void itt_set_sync_name(void* object, const char* name) {
  Log().push_back({std::string("named ") + name, object});
}

}  // namespace r1
}  // namespace detail
}  // namespace tbb

namespace {

using testing::ElementsAre;

template <class Mutex>
constexpr const char* kType = nullptr;
template <>
constexpr const char* kType<parkway::tbb::mutex> = "tbb::mutex";
template <>
constexpr const char* kType<parkway::tbb::spin_mutex> = "tbb::spin_mutex";
template <>
constexpr const char* kType<parkway::tbb::rw_mutex> = "tbb::rw_mutex";
template <>
constexpr const char* kType<parkway::tbb::spin_rw_mutex> = "tbb::spin_rw_mutex";
template <>
constexpr const char* kType<parkway::tbb::queuing_mutex> = "tbb::queuing_mutex";
template <>
constexpr const char* kType<parkway::tbb::queuing_rw_mutex> =
    "tbb::queuing_rw_mutex";

template <class Mutex>
class Profiled : public testing::Test {
 protected:
  Profiled() { Log().clear(); }
};
using Mutexes =
    testing::Types<parkway::tbb::mutex, parkway::tbb::spin_mutex,
                   parkway::tbb::queuing_mutex, parkway::tbb::rw_mutex,
                   parkway::tbb::spin_rw_mutex, parkway::tbb::queuing_rw_mutex>;
TYPED_TEST_SUITE(Profiled, Mutexes);

TYPED_TEST(Profiled, HearsOfEveryStep) {
  TypeParam m;
  set_name(m, "its name");
  typename TypeParam::scoped_lock lock(m);
  lock.release();
  EXPECT_TRUE(lock.try_acquire(m));
  typename TypeParam::scoped_lock other;
  EXPECT_FALSE(other.try_acquire(m));
  lock.release();
  const std::string created = std::string("created ") + kType<TypeParam>;
  EXPECT_THAT(Log(),
              ElementsAre(Heard{created, &m}, Heard{"named its name", &m},
                          Heard{"prepare", &m}, Heard{"acquired", &m},
                          Heard{"releasing", &m}, Heard{"acquired", &m},
                          Heard{"releasing", &m}));
}

template <class Mutex>
class ProfiledRw : public Profiled<Mutex> {};
using RwMutexes =
    testing::Types<parkway::tbb::rw_mutex, parkway::tbb::spin_rw_mutex,
                   parkway::tbb::queuing_rw_mutex>;
TYPED_TEST_SUITE(ProfiledRw, RwMutexes);

TYPED_TEST(ProfiledRw, HearsOfReadersAndChanges) {
  TypeParam m;
  Log().clear();
  typename TypeParam::scoped_lock lock(m, /*write=*/false);
  EXPECT_TRUE(lock.upgrade_to_writer());
  EXPECT_TRUE(lock.downgrade_to_reader());
  lock.release();
  EXPECT_THAT(Log(),
              ElementsAre(Heard{"prepare", &m}, Heard{"acquired", &m},
                          Heard{"releasing", &m}, Heard{"releasing", &m}));
}

}  // namespace
