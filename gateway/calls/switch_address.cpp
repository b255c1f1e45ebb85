#include "gateway/calls/switch_address.hpp"

#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <utility>

namespace harborline::gateway {

namespace asio = boost::asio;
using core::Error;
using core::ErrorKind;
using core::Result;

Result<SwitchAddress> read_switch_address(std::string_view written) {
    const Error wrong{ErrorKind::kMalformed, "event_socket is 127.0.0.1:8021, [::1]:8021 or localhost:8021"};
    const auto colon = written.rfind(':');
    if (colon == std::string_view::npos) return wrong;
    const std::string_view port = written.substr(colon + 1);
    std::string host{written.substr(0, colon)};
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    if (host == "localhost") host = "127.0.0.1";

    SwitchAddress address;
    const auto [end, failed] = std::from_chars(port.data(), port.data() + port.size(), address.port);
    boost::system::error_code no_address;
    const auto ip = asio::ip::make_address(host, no_address);
    const bool fine = failed == std::errc{} && end == port.data() + port.size() && address.port != 0 && !no_address;
    if (!fine || !ip.is_loopback()) return wrong;
    address.host = std::move(host);
    return address;
}

}  // namespace harborline::gateway
