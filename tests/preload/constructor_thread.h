// SPDX-License-Identifier: Apache-2.0

// For libraries whose constructor waits for a thread that makes its first
// calls. dlopen() holds the loader's lock while it runs constructors, so none
// of these calls may wait for that lock.
#ifndef PARKWAY_TESTS_PRELOAD_CONSTRUCTOR_THREAD_H_
#define PARKWAY_TESTS_PRELOAD_CONSTRUCTOR_THREAD_H_

#include <pthread.h>

namespace parkway_test {

// POSIX's own, so that nothing but what is tested is looked up.
class ConstructorThread {
 public:
  explicit ConstructorThread(void (*calls)()) : calls_(calls) {
    pthread_mutex_lock(&mutex_);
    pthread_t thread;
    pthread_create(&thread, nullptr, &run, this);
    while (!ready_) pthread_cond_wait(&changed_, &mutex_);
    pthread_mutex_unlock(&mutex_);
    pthread_join(thread, nullptr);
  }

 private:
  static void* run(void* self) {
    auto* const me = static_cast<ConstructorThread*>(self);
    me->calls_();
    pthread_mutex_lock(&me->mutex_);
    me->ready_ = true;
    pthread_cond_signal(&me->changed_);
    pthread_mutex_unlock(&me->mutex_);
    return nullptr;
  }

  void (*const calls_)();
  pthread_mutex_t mutex_ = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t changed_ = PTHREAD_COND_INITIALIZER;
  bool ready_ = false;
};

}  // namespace parkway_test

#endif  // PARKWAY_TESTS_PRELOAD_CONSTRUCTOR_THREAD_H_
