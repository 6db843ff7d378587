// SPDX-License-Identifier: Apache-2.0

#include "tests/process/subject.h"

#include <cstdio>
#include <cstdlib>

namespace parkway::test {

const SubjectKinds& AllSubjects() {
  static const auto* const all = [] {
    auto* const kinds = new SubjectKinds;
    for (const SubjectKinds& layer :
         {CoreSubjects(), TaskSubjects(), AbslSubjects(), TbbSubjects()}) {
      kinds->insert(kinds->end(), layer.begin(), layer.end());
    }
    return kinds;
  }();
  return *all;
}

SubjectKinds DistinctSubjects() {
  return Only([](const SubjectKind& kind) {
    for (const SubjectKind* other : AllSubjects()) {
      if (other->name == kind.name + "Timed") return false;
    }
    return true;
  });
}

SubjectKinds Named(const std::vector<std::string>& names) {
  SubjectKinds kinds;
  for (const std::string& name : names) {
    for (const SubjectKind* kind : AllSubjects()) {
      if (kind->name == name) kinds.push_back(kind);
    }
    if (kinds.empty() || kinds.back()->name != name) {
      std::fprintf(stderr, "no subject is called %s\n", name.c_str());
      std::abort();
    }
  }
  return kinds;
}

SubjectKinds Only(const std::function<bool(const SubjectKind&)>& wanted) {
  SubjectKinds kinds;
  for (const SubjectKind* kind : AllSubjects()) {
    if (wanted(*kind)) kinds.push_back(kind);
  }
  return kinds;
}

}  // namespace parkway::test
