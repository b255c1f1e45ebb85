// How fast the outbox drains into a carrier on loopback that takes everything at once: messages a second, and what one
// costs on the threads of the gateway (the carrier's own thread is not counted). Prints one JSON object.
#include <gtest/gtest.h>
#include <time.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <thread>

#include "gateway/carriers/registry.hpp"
#include "gateway/http/client.hpp"
#include "gateway/workers/delivery_worker.hpp"
#include "tests/gateway/http/loop.hpp"
#include "tests/support/world.hpp"

namespace harborline {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using namespace std::chrono_literals;

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
constexpr std::string_view kTaken =
    "HTTP/1.1 202 Accepted\r\nContent-Type: text/html\r\nContent-Length: 24\r\n\r\n0: Accepted for delivery";

double cpu_seconds(clockid_t clock) {
    timespec at{};
    ::clock_gettime(clock, &at);
    return static_cast<double>(at.tv_sec) + static_cast<double>(at.tv_nsec) / 1e9;
}

/// A carrier on a thread of its own.
class Sink {
  public:
    Sink() {
        asio::co_spawn(loop_, accept(), [](std::exception_ptr) {});
        thread_ = std::thread([this] {
            loop_.run();
            cpu_ = cpu_seconds(CLOCK_THREAD_CPUTIME_ID);
        });
    }
    /// Seconds of CPU that it took in all.
    double stop() {
        loop_.stop();
        thread_.join();
        return cpu_;
    }
    std::string url() const {
        return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + "/cgi-bin/sendsms";
    }

  private:
    asio::awaitable<void> accept() {
        for (;;) {
            auto socket = co_await acceptor_.async_accept(asio::use_awaitable);
            socket.set_option(tcp::no_delay(true));
            auto serving = serve(std::move(socket));
            asio::co_spawn(loop_, std::move(serving), [](std::exception_ptr) {});
        }
    }
    static asio::awaitable<void> serve(tcp::socket socket) {
        boost::beast::flat_buffer buffer;
        for (;;) {
            http::request_parser<http::string_body> parser;
            const auto [failed, size] = co_await http::async_read(socket, buffer, parser, kNoThrow);
            if (failed) co_return;
            co_await asio::async_write(socket, asio::buffer(kTaken), kNoThrow);
        }
    }

    asio::io_context loop_{1};
    tcp::acceptor acceptor_{loop_, {asio::ip::make_address("127.0.0.1"), 0}};
    double cpu_ = 0;
    std::thread thread_{};
};

config::Settings settings_for(const std::string& url, int in_flight) {
    auto settings = testing::shipped().settings;
    auto& channel = settings.channels.at(0);
    channel.name = channel.carrier = "kannel";
    channel.token = core::Secret{"kannel-token-0123456789a"};
    channel.api_url = url;
    channel.api_user = "harborline";
    channel.api_password = core::Secret{"not-a-password"};
    channel.public_url = "http://127.0.0.1:1";
    channel.rate_per_s = 1e9;
    channel.in_flight_max = in_flight;
    return settings;
}

void fill(testing::World& world, int messages) {
    constexpr int kAtOnce = 1'000;
    for (int done = 0; done < messages; done += kAtOnce) {
        world.in([&](storage::Transaction& tx) {
            const auto now = world.clock.now();
            for (int i = done; i < std::min(done + kAtOnce, messages); ++i)
                tx.outbox().add({.channel = world.channel().name,
                                 .to = tx.handsets().find_or_add(testing::phone(1'000 + i % 5'000), now).id,
                                 .text = "【哈尔滨市妇联】已登记，编号68541839。15日内告诉您由谁办、怎么办。",
                                 .created_at = now,
                                 .due_at = now,
                                 .expires_at = now + 1h});
        });
    }
}

void drain(int messages, int in_flight) {
    Sink sink;
    testing::World world(testing::shipped_roster(), settings_for(sink.url(), in_flight));
    fill(world, messages);
    asio::io_context loop{1};
    gateway::StoreGate gate(world.ground->store(), loop.get_executor());
    gateway::HttpClient client(loop, {.idle_max_per_host = static_cast<std::size_t>(in_flight)});
    const auto carrier =
        gateway::make_carrier(world.channel(), {.country = "86", .private_url = "http://127.0.0.1:1"}).value();
    testing::FakeRandom random;
    int sent = 0;
    gateway::DeliveryWorker worker(
        {.gate = gate,
         .replies = world.ground->replies(),
         .desk = world.ground->taker().desk(),
         .carrier = *carrier,
         .channel = world.channel(),
         .settings = world.settings.outbox,
         .clock = world.clock,
         .random = random,
         .send = [&](gateway::ApiRequest request) { return client.send(std::move(request)); },
         .on_result = [&](core::MessageClass,
                          gateway::SendResult::Kind kind) { sent += kind == gateway::SendResult::Kind::kSent; },
         .log = {}},
        loop.get_executor());

    const double cpu_before = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID);
    const auto start = std::chrono::steady_clock::now();
    bool ended = false;
    asio::co_spawn(loop, worker.run(), [&](std::exception_ptr) { ended = true; });
    testing::run_until(
        loop, [&] { return sent == messages; }, 120s);
    worker.stop();
    testing::run_until(loop, [&] { return ended; });
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    const double cpu = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu_before;
    world.ground->store().stop();
    const double of_the_sink = sink.stop();
    std::printf("{\"in_flight\": %d, \"messages\": %d, \"sent\": %d, \"drained_per_s\": %.0f, \"cpu_us\": %.1f}\n",
                in_flight, messages, sent, messages / took.count(), (cpu - of_the_sink) / messages * 1e6);
}

}  // namespace
}  // namespace harborline

int main(int argc, char** argv) try {
    const int messages = argc > 1 ? std::atoi(argv[1]) : 10'000;
    for (const int in_flight : {1, 8, 64}) harborline::drain(messages, in_flight);
    return 0;
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
