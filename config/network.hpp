#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace harborline::config {

/// A block of addresses in CIDR form (RFC 4632, RFC 4291): "10.0.0.0/8", "::1/128". A lone address is a block of one.
/// IPv4 is kept as IPv4-mapped IPv6, so that a peer on a dual-stack socket matches either way of writing it.
class Network {
  public:
    static std::optional<Network> parse(std::string_view written);

    /// False for anything that is no address.
    bool contains(std::string_view address) const;
    bool contains(const Network& other) const;

  private:
    std::array<std::uint8_t, 16> base_{};
    int prefix_ = 0;  ///< Of the 128 bits.
};

/// 127.0.0.0/8 or ::1, wholly.
bool is_loopback(const Network& network);

}  // namespace harborline::config
