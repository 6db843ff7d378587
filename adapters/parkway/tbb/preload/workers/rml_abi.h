// SPDX-License-Identifier: Apache-2.0

// The plugin interface through which oneTBB gets its worker threads from
// another library ("resource management layer"): src/tbb/rml_base.h and
// rml_tbb.h, equal in 2021.5 to 2023.2. Only the order of the virtual
// functions and the four names count; the class names are ours.
#ifndef PARKWAY_TBB_PRELOAD_WORKERS_RML_ABI_H_
#define PARKWAY_TBB_PRELOAD_WORKERS_RML_ABI_H_

#include <cstddef>

namespace parkway::preload::rml {

// One worker's data of oneTBB's, opaque.
class Job;
// oneTBB's handle of the plugin, opaque.
class Factory;

enum class Status : int {
  kSuccess,
  kConnectionExists,
  kNotFound,
  kIncompatible,
};

// The versions of the interface that there ever were under these names.
inline constexpr unsigned kFactoryVersion = 2;
inline constexpr unsigned kClientVersion = 0;

// oneTBB. Lives until it has been told that the connection is closed.
class Client {
 public:
  virtual ~Client() = default;
  virtual unsigned version() const = 0;
  // The most workers it will ever want, and their stack size in bytes.
  virtual unsigned max_job_count() const = 0;
  virtual std::size_t min_stack_size() const = 0;
  // By each worker thread when it starts; at most max_job_count() times.
  virtual Job* create_one_job() = 0;
  // Nothing of the server is needed any more: all jobs are cleaned up.
  virtual void acknowledge_close_connection() = 0;
  virtual void cleanup(Job& job) = 0;
  // Does work until there is none.
  virtual void process(Job& job) = 0;
};

// What we are to oneTBB. It owns itself: the client never deletes it.
class Server {
 public:
  virtual ~Server() = default;
  virtual unsigned version() const = 0;
  virtual void request_close_connection(bool exiting) = 0;
  virtual void yield() = 0;
  virtual void independent_thread_number_changed(int delta) = 0;
  virtual unsigned default_concurrency() const = 0;
  virtual void adjust_job_count_estimate(int delta) = 0;
};

// The entries that oneTBB looks for. The names are its choice.
extern "C" {
Status parkway_rml_open_factory(Factory& factory, unsigned& server_version,
                                unsigned client_version) noexcept
    __asm__("__RML_open_factory");
void parkway_rml_close_factory(Factory& factory) noexcept
    __asm__("__RML_close_factory");
Status parkway_rml_make_server(Factory& factory, Server*& server,
                               Client& client) noexcept
    __asm__("__TBB_make_rml_server");
void parkway_rml_server_info(
    void (*callback)(void* argument, const char* info),
    void* argument) __asm__("__TBB_call_with_my_server_info");
}

}  // namespace parkway::preload::rml

#endif  // PARKWAY_TBB_PRELOAD_WORKERS_RML_ABI_H_
