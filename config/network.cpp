#include "config/network.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <string>

namespace harborline::config {

namespace {

constexpr int kMappedBits = 96;

struct Address {
    std::array<std::uint8_t, 16> bytes{};
    bool is_v4 = false;
};

std::optional<Address> parse_address(std::string_view written) {
    const std::string text(written);
    Address address;
    if (text.find('\0') != std::string::npos) return std::nullopt;  // The C library would read up to there.
    if (inet_pton(AF_INET, text.c_str(), address.bytes.data() + 12) == 1) {
        address.bytes[10] = address.bytes[11] = 0xff;
        address.is_v4 = true;
        return address;
    }
    if (inet_pton(AF_INET6, text.c_str(), address.bytes.data()) == 1) return address;
    return std::nullopt;
}

bool same_prefix(const std::array<std::uint8_t, 16>& a, const std::array<std::uint8_t, 16>& b, int bits) {
    const auto whole = static_cast<std::size_t>(bits / 8);
    if (!std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(whole), b.begin())) return false;
    if (bits % 8 == 0) return true;
    return ((a[whole] ^ b[whole]) >> (8 - bits % 8)) == 0;
}

}  // namespace

std::optional<Network> Network::parse(std::string_view written) {
    const auto slash = written.find('/');
    const auto address = parse_address(written.substr(0, slash));
    if (!address) return std::nullopt;

    Network network;
    network.base_ = address->bytes;
    network.prefix_ = 128;
    if (slash == std::string_view::npos) return network;

    const auto digits = written.substr(slash + 1);
    int bits = -1;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    const int bits_max = address->is_v4 ? 32 : 128;
    if (error != std::errc{} || end != digits.data() + digits.size() || bits < 0 || bits > bits_max)
        return std::nullopt;
    network.prefix_ = address->is_v4 ? kMappedBits + bits : bits;
    return network;
}

bool Network::contains(std::string_view address) const {
    const auto parsed = parse_address(address);
    return parsed && same_prefix(base_, parsed->bytes, prefix_);
}

bool Network::contains(const Network& other) const {
    return other.prefix_ >= prefix_ && same_prefix(base_, other.base_, prefix_);
}

bool is_loopback(const Network& network) {
    return Network::parse("127.0.0.0/8")->contains(network) || Network::parse("::1")->contains(network);
}

}  // namespace harborline::config
