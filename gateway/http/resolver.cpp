#include "gateway/http/resolver.hpp"

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/string.hpp>
#include <utility>

#include "gateway/http/no_throw.hpp"

namespace harborline::gateway {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

/// So long a request waits for news of a host that it could reach where it was last.
constexpr std::chrono::milliseconds kLateAfter{1'000};

Resolver::LookUp system_look_up(asio::io_context& loop) {
    return [&loop](const std::string& host, std::function<void(Resolver::Addresses)> found) {
        const auto resolver = std::make_shared<tcp::resolver>(loop);
        resolver->async_resolve(host, "",
                                [resolver, found = std::move(found)](boost::system::error_code, const auto& results) {
                                    Resolver::Addresses addresses;
                                    for (const auto& result : results) addresses.push_back(result.endpoint().address());
                                    found(std::move(addresses));
                                });
    };
}

/// Of a host that needs no look-up: an address, or this machine (RFC 6761, 6.3).
Resolver::Addresses known(const std::string& host) {
    if (boost::beast::iequals(host, "localhost"))
        return {asio::ip::address_v4::loopback(), asio::ip::address_v6::loopback()};
    boost::system::error_code no_address;
    const auto address = asio::ip::make_address(host, no_address);
    if (no_address) return {};
    return {address};
}

}  // namespace

Resolver::Resolver(asio::io_context& loop, LookUp look_up)
    : loop_(loop), look_up_(look_up ? std::move(look_up) : system_look_up(loop)) {}

void Resolver::begin(const std::string& name, Host& host) {
    host.is_looked_up = true;
    look_up_(name, [weak = weak_from_this(), &host](Addresses found) {
        if (const auto self = weak.lock()) self->end(host, std::move(found));
    });
}

void Resolver::end(Host& host, Addresses found) {
    host.is_looked_up = false;
    if (!found.empty()) host.last = std::move(found);
    for (auto& waiting : host.waiting) waiting.cancel();
}

// At its deadline a request leaves, and the look-up stays: it is the only one of its host, and what it finds serves the
// next request. Taken back, it would lose its place behind a name that hangs.
asio::awaitable<Resolver::Addresses> Resolver::find(std::shared_ptr<Resolver> self, std::string name,
                                                    SteadyPoint deadline) {
    if (auto addresses = known(name); !addresses.empty()) co_return addresses;
    auto& host = self->hosts_[name];
    if (!host.is_looked_up) self->begin(name, host);
    if (host.is_looked_up) {
        const auto now = std::chrono::steady_clock::now();
        const auto until = host.last.empty() ? deadline : std::min(now + kLateAfter, now + (deadline - now) / 2);
        const auto waiting = host.waiting.emplace(host.waiting.end(), self->loop_, until);
        co_await waiting->async_wait(kNoThrow);
        host.waiting.erase(waiting);
    }
    co_return host.last;
}

}  // namespace harborline::gateway
