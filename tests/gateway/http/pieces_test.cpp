// What a peer says byte by byte is read like the whole, requests as answers.
#include <gtest/gtest.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "gateway/http/client.hpp"
#include "gateway/http/request_reader.hpp"
#include "tests/gateway/http/loop.hpp"

namespace harborline::gateway {
namespace {

namespace asio = boost::asio;
using asio::awaitable;
using asio::ip::tcp;

struct PiecesCase {
    std::string name{};
    std::string head{};  ///< Headers behind the first line.
    std::string wire{};  ///< The body as it is sent.
    std::string body{};  ///< As it must be read.
    friend void PrintTo(const PiecesCase& test, std::ostream* out) { *out << test.name; }
};

const PiecesCase kPieces[] = {
    {"Length", "Content-Length: 5\r\n", "hello", "hello"},
    {"NoBody", "Content-Length: 0\r\n", "", ""},
    {"Chunks", "Transfer-Encoding: chunked\r\n", "3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n", "hello"},
    {"LastChunkOnly", "Transfer-Encoding: chunked\r\n", "0\r\n\r\n", ""},
    {"LastChunkOnlyWithTrailer", "Transfer-Encoding: chunked\r\n", "0\r\nX-T: 1\r\n\r\n", ""},
};

std::string case_name(const ::testing::TestParamInfo<PiecesCase>& info) {
    return info.param.name;
}

class I13_Pieces : public ::testing::TestWithParam<PiecesCase> {};

TEST_P(I13_Pieces, OfARequestAreReadLikeTheWhole) {
    const std::string bytes = "POST /in HTTP/1.1\r\nHost: a\r\n" + GetParam().head + "\r\n" + GetParam().wire;
    const RoutePolicy policy = [](auto, auto) { return RouteLimits{.body_max = 100}; };
    RequestReader reader{policy, 1024};
    WebRequest request;
    reader.start(request);

    for (std::size_t at = 0; at + 1 < bytes.size(); ++at)
        ASSERT_EQ(reader.feed(std::string_view{bytes}.substr(at, 1)), RequestReader::State::kNeedMore) << at;
    EXPECT_EQ(reader.feed(std::string_view{bytes}.substr(bytes.size() - 1)), RequestReader::State::kComplete);

    EXPECT_EQ(request.body, GetParam().body);
    EXPECT_FALSE(reader.has_leftover());
}

/// One byte, and time for whoever listens on the same loop to read it.
awaitable<void> say_slowly(tcp::acceptor& acceptor, std::string bytes) {
    tcp::socket socket = co_await acceptor.async_accept(asio::use_awaitable);
    socket.set_option(tcp::no_delay(true));
    std::string heard;
    const auto into = asio::dynamic_buffer(heard);
    co_await asio::async_read_until(socket, into, "\r\n\r\n", asio::use_awaitable);
    for (const char& byte : bytes) {
        const auto one = asio::buffer(&byte, 1);
        co_await asio::async_write(socket, one, asio::use_awaitable);
        for (int turn = 0; turn < 4; ++turn) co_await asio::post(socket.get_executor(), asio::use_awaitable);
    }
    co_await socket.async_wait(tcp::socket::wait_read, asio::use_awaitable);
}

TEST_P(I13_Pieces, OfAnAnswerAreReadLikeTheWhole) {
    asio::io_context loop{1};
    tcp::acceptor acceptor{loop, {asio::ip::make_address("127.0.0.1"), 0}};
    asio::co_spawn(loop, say_slowly(acceptor, "HTTP/1.1 202 Accepted\r\n" + GetParam().head + "\r\n" + GetParam().wire),
                   [](std::exception_ptr) {});
    HttpClient client{loop};
    ApiRequest request;
    request.url = "http://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port()) + "/";

    const auto answer = harborline::testing::run(loop, client.send(std::move(request)));

    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 202);
    EXPECT_EQ(answer->body, GetParam().body);
}

INSTANTIATE_TEST_SUITE_P(Bodies, I13_Pieces, ::testing::ValuesIn(kPieces), case_name);

}  // namespace
}  // namespace harborline::gateway
