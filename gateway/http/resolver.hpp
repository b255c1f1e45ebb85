#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace harborline::gateway {

/// Where hosts are, for one HttpClient. Asio looks names up on one thread for the whole loop, and nothing can end a
/// look-up there: while one zone's name servers hang, every other name waits behind it. So at most one look-up a host
/// is under way, whoever waits for it; and where it fails or is late, the host is where it was last.
class Resolver : public std::enable_shared_from_this<Resolver> {
  public:
    using Addresses = std::vector<boost::asio::ip::address>;
    using SteadyPoint = std::chrono::steady_clock::time_point;
    /// Looks a name up and calls `found` once on the loop's thread, with nothing where there is no such host.
    using LookUp = std::function<void(const std::string& host, std::function<void(Addresses)> found)>;

    /// Without a `look_up` the system is asked.
    Resolver(boost::asio::io_context& loop, LookUp look_up);

    /// Nothing where nobody knew by the deadline. Addresses and "localhost" are not looked up.
    static boost::asio::awaitable<Addresses> find(std::shared_ptr<Resolver> self, std::string host,
                                                  SteadyPoint deadline);

  private:
    struct Host {
        Addresses last{};
        bool is_looked_up = false;
        std::list<boost::asio::steady_timer> waiting{};
    };
    void begin(const std::string& name, Host& host);
    void end(Host& host, Addresses found);

    boost::asio::io_context& loop_;
    LookUp look_up_;
    std::unordered_map<std::string, Host> hosts_{};  ///< As many as carriers; none ever leaves.
};

}  // namespace harborline::gateway
