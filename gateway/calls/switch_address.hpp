#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "handlers/core/result.hpp"

namespace harborline::gateway {

/// Where an event socket listens.
struct SwitchAddress {
    std::string host = "127.0.0.1";
    std::uint16_t port = 8021;
};

/// Reads "host:port" of the settings. The password crosses the connection in clear: fails with kMalformed on anything
/// but an address of the machine itself.
core::Result<SwitchAddress> read_switch_address(std::string_view written);

}  // namespace harborline::gateway
