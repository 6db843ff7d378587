// SPDX-License-Identifier: Apache-2.0

// SemaNote.
#include "parkway/lock/sema_note_slow.h"
#include "tests/model/note_suites.h"

int main(int argc, char** argv) {
  using namespace parkway::model;
  using P = ModelPlatform<WeakMemory>;
  start(argc, argv);
  check_note<P, parkway::BasicSemaNote<P>>();
  check_met("a sleep ended for no reason", coverage.spurious);
  return finish();
}
