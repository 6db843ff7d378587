// SPDX-License-Identifier: Apache-2.0

// The entries of the plugin interface. A host that we do not know, or that is
// to keep its own server, hears that there is no plugin.
#include "parkway/tbb/preload/host/copies.h"
#include "parkway/tbb/preload/host/decide.h"
#include "parkway/tbb/preload/workers/rml_abi.h"
#include "parkway/tbb/preload/workers/server.h"

namespace parkway::preload::rml {

Status parkway_rml_open_factory(Factory&, unsigned& server_version,
                                unsigned client_version) noexcept {
  const void* const caller = __builtin_return_address(0);
  const InItsStart until_it_returns;
  const Copy& copy = copy_for(caller, kFinalize);
  // Other releases of TBB look for the same names, and so does a copy in
  // a library that does not let others see it.
  if (!copy.uses(kWorkers) || !copy.code.contains(caller)) {
    return Status::kNotFound;
  }
  server_version = kFactoryVersion;
  return client_version == kFactoryVersion ? Status::kSuccess
                                           : Status::kIncompatible;
}

void parkway_rml_close_factory(Factory&) noexcept {}

Status parkway_rml_make_server(Factory&, Server*& server,
                               Client& client) noexcept {
  if (client.version() != kClientVersion) return Status::kIncompatible;
  const Copy& copy = copy_for(__builtin_return_address(0), kFinalize);
  server = preload::Server::make(client, copy);
  // Not found: the host says so and makes its own.
  return server != nullptr ? Status::kSuccess : Status::kNotFound;
}

void parkway_rml_server_info(void (*callback)(void* argument, const char* info),
                             void* argument) {
  callback(argument, "RML: parkway");
}

}  // namespace parkway::preload::rml
