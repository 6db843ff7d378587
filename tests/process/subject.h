// SPDX-License-Identifier: Apache-2.0

// Subjects: one object each, and one way to wait for it, so that a test is
// written once and asked of every primitive.
#ifndef PARKWAY_TESTS_PROCESS_SUBJECT_H_
#define PARKWAY_TESTS_PROCESS_SUBJECT_H_

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

namespace parkway::test {

class Subject {
 public:
  virtual ~Subject() = default;

  // From now on Wait() waits. By one thread, which also calls Wake().
  virtual void Hold() = 0;
  // Lets all go on that wait, one after another or at once.
  virtual void Wake() = 0;
  // True if it ended as it should have.
  virtual bool Wait() = 0;
  // What one thread can do with an object that nobody holds or waits for, the
  // waits that end by time included. True if all of it did what it should have.
  // Allocates nothing and starts no thread: for handlers of fork(), too.
  virtual bool Alone() = 0;

  // Where the kind has it: calls f() as the only one. Any number of threads.
  virtual void Section(const std::function<void()>& f) = 0;
  // Where the kind has it: waits, or not, for some microseconds at most. Any
  // number of threads.
  virtual void Brief() = 0;

  // Hold what others hold only while they use the object, as who forks has to;
  // after Hold(), by the same thread.
  virtual void Freeze() = 0;
  virtual void Thaw() = 0;
};

enum class Quirk {
  kNone,
  // Whoever waits has used up one of the places that the object has: in the
  // child of a fork it stays used.
  kCountsWaiters,
  // It may be in memory that processes share: who sleeps looks again now and
  // then.
  kLooksAgain,
};

struct SubjectKind {
  std::string name;
  // More than one thread may wait at a time.
  bool many_wait;
  bool has_section;
  bool has_brief;
  Quirk quirk;
  // A new one, whose object is at `place`, or anywhere. The object is never
  // destroyed.
  std::unique_ptr<Subject> (*make)(void* place);

  std::unique_ptr<Subject> Make() const { return make(nullptr); }
};

using SubjectKinds = std::vector<const SubjectKind*>;

// All of a layer; all.
SubjectKinds CoreSubjects();
SubjectKinds TaskSubjects();
SubjectKinds AbslSubjects();
SubjectKinds TbbSubjects();
const SubjectKinds& AllSubjects();

// All but those that another one includes: the same waits, some with a limit.
SubjectKinds DistinctSubjects();
// Those with these names.
SubjectKinds Named(const std::vector<std::string>& names);
// Those of which `wanted` is true.
SubjectKinds Only(const std::function<bool(const SubjectKind&)>& wanted);

// For a suite of tests with a SubjectKind each.
class SubjectTest : public testing::TestWithParam<const SubjectKind*> {
 protected:
  static const SubjectKind& kind() { return *GetParam(); }
};
inline std::string NameOf(
    const testing::TestParamInfo<const SubjectKind*>& info) {
  return info.param->name;
}
inline void PrintTo(const SubjectKind* kind, std::ostream* out) {
  *out << kind->name;
}

}  // namespace parkway::test

#endif  // PARKWAY_TESTS_PROCESS_SUBJECT_H_
