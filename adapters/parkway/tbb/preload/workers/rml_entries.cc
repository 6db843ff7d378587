// SPDX-License-Identifier: Apache-2.0

// The entries of the plugin interface. A host that we do not know, or that is
// to keep its own server, hears that there is no plugin.
#include "parkway/tbb/preload/host/state.h"
#include "parkway/tbb/preload/workers/rml_abi.h"
#include "parkway/tbb/preload/workers/server.h"

namespace parkway::preload::rml {

Status parkway_rml_open_factory(Factory&, unsigned& server_version,
                                unsigned client_version) noexcept {
  // Other releases of TBB look for the same names.
  if (!in_use(kWorkers) || !host_code().contains(__builtin_return_address(0))) {
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
  server = preload::Server::make(client);
  // Not found: the host says so and makes its own.
  return server != nullptr ? Status::kSuccess : Status::kNotFound;
}

void parkway_rml_server_info(void (*callback)(void* argument, const char* info),
                             void* argument) {
  callback(argument, "RML: parkway");
}

}  // namespace parkway::preload::rml
