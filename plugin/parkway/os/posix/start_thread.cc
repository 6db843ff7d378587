// SPDX-License-Identifier: Apache-2.0

#include <pthread.h>
#include <signal.h>

#include <new>

#include "parkway/os/os.h"

namespace parkway::os {
namespace {

[[gnu::used]] const bool* const linked_with_threads = &keeps_code_mapped;

struct Start {
  void (*function)(void*);
  void* argument;
};

void* begin(void* memory) {
  const Start start = *static_cast<Start*>(memory);
  delete static_cast<Start*>(memory);
  start.function(start.argument);
  return nullptr;
}

}  // namespace

bool start_thread(void (*function)(void*), void* argument) noexcept {
  Start* const start = new (std::nothrow) Start{function, argument};
  if (start == nullptr) return false;
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  const int error = pthread_create(&thread, nullptr, &begin, start);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (error != 0) {
    delete start;
    return false;
  }
  pthread_detach(thread);
  return true;
}

}  // namespace parkway::os
