#include "gateway/http/server.hpp"

#include <gmock/gmock.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <deque>
#include <memory>

#include "gateway/http/no_throw.hpp"
#include "gateway/http/request_text.hpp"
#include "tests/gateway/http/loop.hpp"

namespace harborline::gateway {
namespace {

namespace asio = boost::asio;
using asio::awaitable;
using asio::ip::tcp;
using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

/// A raw client on the same loop: says bytes, hears bytes.
class Peer {
  public:
    Peer(asio::io_context& loop, std::uint16_t port) : loop_(loop), socket_(std::make_shared<tcp::socket>(loop)) {
        socket_->connect({asio::ip::make_address("127.0.0.1"), port});
    }
    ~Peer() {
        boost::system::error_code ignored;
        socket_->close(ignored);
    }
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;

    void say(std::string bytes) {
        auto kept = std::make_shared<std::string>(std::move(bytes));
        asio::async_write(*socket_, asio::buffer(*kept), [kept](boost::system::error_code, std::size_t) {});
    }

    /// Says bytes and then no more.
    void say_last(std::string bytes) {
        auto kept = std::make_shared<std::string>(std::move(bytes));
        asio::async_write(*socket_, asio::buffer(*kept),
                          [kept, socket = socket_](boost::system::error_code, std::size_t) {
                              boost::system::error_code ignored;
                              socket->shutdown(tcp::socket::shutdown_send, ignored);
                          });
    }

    /// Everything until the server closes.
    std::string hear_all() { return testing::run(loop_, read_to_end(*socket_)); }
    /// So many answers, each as long as its Content-Length says.
    std::string hear(int answers = 1) { return testing::run(loop_, read_answers(*socket_, heard_, answers)); }

    static awaitable<std::string> read_to_end(tcp::socket& socket) {
        std::string all;
        std::array<char, 4096> piece{};
        for (;;) {
            const auto [failed, size] = co_await socket.async_read_some(asio::buffer(piece), kNoThrow);
            all.append(piece.data(), size);
            if (failed == asio::error::eof) co_return all;
            if (failed) co_return all + "<" + failed.message() + ">";
        }
    }

    static awaitable<std::string> read_answers(tcp::socket& socket, std::string& heard, int answers) {
        std::string all;
        for (int i = 0; i < answers; ++i) {
            const auto [failed, head] =
                co_await asio::async_read_until(socket, asio::dynamic_buffer(heard), "\r\n\r\n", kNoThrow);
            if (failed) co_return all + heard + "<" + failed.message() + ">";
            const auto at = heard.find("Content-Length: ");
            const auto size = head + (at < head ? std::stoul(heard.substr(at + 16)) : 0);
            while (heard.size() < size) {
                std::array<char, 4096> piece{};
                const auto [cut, more] = co_await socket.async_read_some(asio::buffer(piece), kNoThrow);
                if (cut) co_return all + heard + "<" + cut.message() + ">";
                heard.append(piece.data(), more);
            }
            all += heard.substr(0, size);
            heard.erase(0, size);
        }
        co_return all;
    }

  private:
    asio::io_context& loop_;
    std::shared_ptr<tcp::socket> socket_;
    std::string heard_;
};

class HttpServer : public ::testing::Test {
  protected:
    void TearDown() override {
        if (server_) stop(1s);
    }

    void start() {
        auto server = Server::listen(loop_, options_, policy_, [this](WebRequest& request) { return handle(request); });
        ASSERT_TRUE(server) << server.error().message;
        server_ = std::move(*server);
        asio::co_spawn(loop_, server_->run(), [this](std::exception_ptr) { ended_ = true; });
    }

    void stop(std::chrono::milliseconds within) {
        bool stopped = false;
        asio::co_spawn(loop_, server_->stop(within), [&](std::exception_ptr) { stopped = true; });
        ASSERT_TRUE(testing::run_until(loop_, [&] { return stopped; }));
    }

    Peer connect() { return Peer(loop_, server_->port()); }

    std::string answer_to(const std::string& request) {
        auto peer = connect();
        peer.say(request);
        return peer.hear();
    }

    /// Answers with what it was asked; waits for `release` on /wait.
    awaitable<WebResponse> handle(WebRequest& request) {
        ++handling_;
        if (request.path == "/throw") throw std::runtime_error("13800138000 said something");
        if (request.path == "/wait") {
            asio::steady_timer never(loop_, asio::steady_timer::time_point::max());
            waiting_.push_back(&never);
            co_await never.async_wait(kNoThrow);
        }
        WebResponse response{.status = 200, .content_type = "text/plain", .body = {}};
        response.body = request.method + " " + request.path + " " + request.query + " " + request.body;
        if (request.path == "/big") response.body.assign(8'000'000, 'x');
        if (request.path == "/headers") {
            for (const auto& [name, value] : request.headers) response.body += name + "=" + value + ";";
            response.body += request.peer;
        }
        --handling_;
        co_return response;
    }

    void release() {
        for (auto* timer : waiting_) timer->cancel();
        waiting_.clear();
    }

    asio::io_context loop_{1};
    ServerOptions options_{.header_timeout = 10s, .idle_timeout = 10s, .linger = 5s};
    RoutePolicy policy_ = [](std::string_view method, std::string_view path) {
        RouteLimits limits{.body_max = 64 * 1024};
        if (path == "/none") limits.refusal = WebResponse{.status = 404, .content_type = "text/plain", .body = "no\n"};
        if (path == "/post" && method != "POST") {
            limits.refusal = WebResponse{.status = 405, .content_type = "text/plain", .body = "no\n"};
            limits.allow = "POST";
        }
        return limits;
    };
    /// From `start` on, newcomers are what `who_` is when they come.
    void admit_as_told() {
        options_.admit = [this](std::string_view) { return who_; };
    }

    Admission who_ = Admission::kUnknown;
    std::unique_ptr<Server> server_;
    bool ended_ = false;
    int handling_ = 0;
    std::vector<asio::steady_timer*> waiting_;
};

TEST_F(HttpServer, AnswersAndKeepsTheConnection) {
    start();
    auto peer = connect();

    peer.say("GET /a?x=%20y HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_THAT(peer.hear(), AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), EndsWith("\r\n\r\nGET /a x=%20y ")));
    peer.say("POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello");
    EXPECT_THAT(peer.hear(), AllOf(Not(HasSubstr("Connection")), EndsWith("\r\n\r\nPOST /b  hello")));

    EXPECT_EQ(server_->counts().accepted, 1U);
    EXPECT_EQ(server_->counts().requests, 2U);
}

TEST_F(HttpServer, PassesHeadersAsReceivedAndTheTruePeer) {
    start();

    EXPECT_THAT(answer_to("GET /headers HTTP/1.1\r\nX-Kannel-To: 12338\r\nX-Forwarded-For: 9.9.9.9\r\nE:\r\n\r\n"),
                EndsWith("X-Kannel-To=12338;X-Forwarded-For=9.9.9.9;E=;127.0.0.1"));
    // The object is used again: nothing of the longer request before may show.
    EXPECT_THAT(answer_to("GET /headers HTTP/1.1\r\nA: b\r\n\r\n"), EndsWith("GET /headers  A=b;127.0.0.1"));
}

TEST_F(HttpServer, TakesARequestInPiecesOfOneByte) {
    start();
    auto peer = connect();
    const std::string request =
        "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n";

    for (const char c : request) {
        peer.say(std::string(1, c));
        loop_.poll();
    }

    EXPECT_THAT(peer.hear(), EndsWith("POST /a  abcde"));
}

TEST_F(HttpServer, AnswersPipelinedRequestsInOrder) {
    start();
    auto peer = connect();
    std::string requests;
    for (int i = 0; i < 500; ++i) {
        const auto body = std::to_string(i);
        requests += "POST /p HTTP/1.1\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    }

    peer.say(requests);

    const auto answers = peer.hear(500);
    std::size_t at = 0;
    for (int i = 0; i < 500; ++i) {
        at = answers.find("POST /p  " + std::to_string(i), at);
        ASSERT_NE(at, std::string::npos) << i;
    }
    EXPECT_EQ(server_->counts().connections, 1U);
}

TEST_F(HttpServer, WhoPipelinesManyRequestsLetsOthersInBetween) {
    std::uint64_t answered_before = 0;
    policy_ = [&](std::string_view, std::string_view path) {
        if (path == "/first") asio::post(loop_, [&] { answered_before = server_->counts().requests; });
        return RouteLimits{.body_max = 64};
    };
    start();
    auto peer = connect();
    std::string requests = "GET /first HTTP/1.1\r\n\r\n";
    for (int i = 1; i < 100; ++i) requests += "GET /p HTTP/1.1\r\n\r\n";

    peer.say(requests);

    peer.hear(100);
    EXPECT_EQ(server_->counts().requests, 100U);
    EXPECT_GE(answered_before, 1U);
    EXPECT_LE(answered_before, 16U);
}

TEST_F(HttpServer, ServesTwoHundredConnectionsAtOnce) {
    start();
    std::deque<Peer> peers;
    for (int i = 0; i < 200; ++i) peers.emplace_back(loop_, server_->port());
    for (int i = 0; i < 200; ++i)
        peers[static_cast<std::size_t>(i)].say("GET /wait?" + std::to_string(i) + " HTTP/1.1\r\n\r\n");
    ASSERT_TRUE(testing::run_until(loop_, [&] { return handling_ == 200; }));

    release();

    for (int i = 0; i < 200; ++i) {
        EXPECT_THAT(peers[static_cast<std::size_t>(i)].hear(), EndsWith("GET /wait " + std::to_string(i) + " "));
    }
}

struct BadCase {
    std::string name;
    std::string request;
    std::string status;
};

class HttpServerBad : public HttpServer, public ::testing::WithParamInterface<BadCase> {};

TEST_P(HttpServerBad, IsAnsweredAndTheConnectionClosed) {
    start();
    auto peer = connect();

    peer.say_last(GetParam().request);

    EXPECT_THAT(peer.hear_all(), AllOf(StartsWith("HTTP/1.1 " + GetParam().status), HasSubstr("Connection: close"),
                                       Not(HasSubstr("<"))));
    EXPECT_EQ(server_->counts().requests, 0U);
    EXPECT_EQ(server_->counts().refused, 1U);
    EXPECT_EQ(handling_, 0);
}

const std::string kLongField = "X: " + std::string(5'000, 'x') + "\r\n";

INSTANTIATE_TEST_SUITE_P(
    HttpServer, HttpServerBad,
    ::testing::Values(
        BadCase{"Garbage", "\x16\x03\x01\x02garbage\r\n\r\n", "400"}, BadCase{"NoVersion", "GET /\r\n\r\n", "400"},
        BadCase{"Version2", "GET / HTTP/2.0\r\n\r\n", "400"},
        BadCase{"SpaceInName", "GET / HTTP/1.1\r\nA B: c\r\n\r\n", "400"},
        BadCase{"NulInValue", std::string("GET / HTTP/1.1\r\nA: \0\r\n\r\n", 24), "400"},
        BadCase{"TwoLengths", "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "400"},
        BadCase{"LengthAndChunked", "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
                "400"},
        BadCase{"NegativeLength", "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", "400"},
        BadCase{"HugeLength", "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n", "400"},
        BadCase{"BadChunk", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "400"},
        BadCase{"LongHeader", "GET / HTTP/1.1\r\n" + kLongField + kLongField + "\r\n", "431"},
        BadCase{"LongTarget", "GET /" + std::string(9'000, 'x') + " HTTP/1.1\r\n\r\n", "431"},
        BadCase{"ManyFields",
                "GET / HTTP/1.1\r\n" +
                    [] {
                        std::string fields;
                        for (int i = 0; i < 65; ++i) fields += "a:b\r\n";
                        return fields;
                    }() +
                    "\r\n",
                "431"},
        BadCase{"EndlessChunkExtension",
                "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;" + std::string(200'000, 'x'), "4"},
        BadCase{"BodyByLength", "POST / HTTP/1.1\r\nContent-Length: 65537\r\n\r\n", "413"},
        BadCase{"BodyByChunk",
                "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n20000\r\n" + std::string(0x20000, 'x') +
                    "\r\n0\r\n\r\n",
                "413"},
        BadCase{"TenMegabytes", "POST / HTTP/1.1\r\nContent-Length: 10000000\r\n\r\n" + std::string(10'000'000, 'x'),
                "413"},
        BadCase{"NoSuchPath", "POST /none HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", "404"}),
    [](const auto& param_info) { return param_info.param.name; });

TEST_F(HttpServer, TellsTheMethodsThatAPathHas) {
    start();

    EXPECT_THAT(answer_to("PUT /post HTTP/1.1\r\n\r\n"),
                AllOf(StartsWith("HTTP/1.1 405"), HasSubstr("Allow: POST\r\n")));
}

TEST_F(HttpServer, RefusesALargeBodyBeforeAByteOfItCame) {
    start();

    EXPECT_THAT(answer_to("POST /a HTTP/1.1\r\nContent-Length: 10000000\r\n\r\n"), StartsWith("HTTP/1.1 413"));
}

TEST_F(HttpServer, GivesLeaveToSendABodyOnceAndOnlyWhereItWillBeTaken) {
    start();
    auto peer = connect();

    peer.say("POST /a HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    EXPECT_EQ(peer.hear(), "HTTP/1.1 100 Continue\r\n\r\n");
    peer.say("h");
    peer.say("i");
    EXPECT_THAT(peer.hear(), AllOf(StartsWith("HTTP/1.1 200"), EndsWith("hi")));

    EXPECT_THAT(answer_to("POST /none HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"),
                StartsWith("HTTP/1.1 404"));
}

TEST_F(HttpServer, AnswersHeadWithoutABodyAndOldClientsAsTheyExpect) {
    start();
    auto peer = connect();

    peer.say("HEAD /a HTTP/1.1\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(peer.hear_all(), AllOf(HasSubstr("Content-Length: 9\r\n"), EndsWith("\r\n\r\n")));

    auto old = connect();
    old.say("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /b HTTP/1.0\r\n\r\n");
    EXPECT_THAT(old.hear_all(),
                AllOf(HasSubstr("Connection: keep-alive"), HasSubstr("Connection: close"), EndsWith("GET /b  ")));
}

TEST_F(HttpServer, SendsALargeAnswerToASlowReader) {
    start();

    EXPECT_GT(answer_to("GET /big HTTP/1.1\r\n\r\n").size(), 8'000'000U);
}

TEST_F(HttpServer, AnExceptionIsAnswered500AndTheNextRequestServed) {
    start();
    auto peer = connect();

    peer.say("GET /throw HTTP/1.1\r\n\r\n");
    EXPECT_THAT(peer.hear(), AllOf(StartsWith("HTTP/1.1 500"), Not(HasSubstr("13800138000"))));
    peer.say("GET /a HTTP/1.1\r\n\r\n");
    EXPECT_THAT(peer.hear(), StartsWith("HTTP/1.1 200"));
    EXPECT_EQ(server_->counts().failed, 1U);
}

struct SlowCase {
    std::string name;
    std::string sent;
    std::string heard;  ///< Its beginning; empty: closed without a word.
};

class HttpServerSlow : public HttpServer, public ::testing::WithParamInterface<SlowCase> {};

TEST_P(HttpServerSlow, EndsByTheTimeOut) {
    options_.header_timeout = 40ms;
    options_.idle_timeout = 40ms;
    start();
    auto peer = connect();

    peer.say(GetParam().sent);

    const auto heard = peer.hear_all();
    EXPECT_THAT(heard, StartsWith(GetParam().heard));
    EXPECT_EQ(heard.empty(), GetParam().heard.empty());
    EXPECT_GE(server_->counts().timed_out, 1U);
    EXPECT_EQ(server_->counts().requests, 0U);
}

INSTANTIATE_TEST_SUITE_P(HttpServer, HttpServerSlow,
                         ::testing::Values(SlowCase{"SlowHeader", "GET / HTTP/1.1\r\nHos", "HTTP/1.1 408"},
                                           SlowCase{"SlowBody", "POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc",
                                                    "HTTP/1.1 408"},
                                           SlowCase{"Silent", "", ""}),
                         [](const auto& param_info) { return param_info.param.name; });

TEST_F(HttpServer, ADripOfBytesDoesNotPutTheTimeOutOff) {
    options_.header_timeout = 60ms;
    start();
    auto peer = connect();
    peer.say("GET / HTTP/1.1\r\nX: ");
    bool dripping = true;
    const auto drip = [&]() -> awaitable<void> {
        asio::steady_timer pause(loop_);
        while (dripping) {
            peer.say("x");
            pause.expires_after(5ms);
            co_await pause.async_wait(kNoThrow);
        }
    };
    bool ended = false;
    asio::co_spawn(loop_, drip(), [&](std::exception_ptr) { ended = true; });

    EXPECT_THAT(peer.hear(), StartsWith("HTTP/1.1 408"));

    dripping = false;
    EXPECT_TRUE(testing::run_until(loop_, [&] { return ended; }));
}

TEST_F(HttpServer, AnIdleConnectionIsClosedAndABusyOneIsNot) {
    options_.idle_timeout = 40ms;
    start();
    auto busy = connect();
    busy.say("GET /wait HTTP/1.1\r\n\r\n");
    auto idle = connect();
    idle.say("GET /a HTTP/1.1\r\n\r\n");

    EXPECT_THAT(idle.hear_all(), EndsWith("GET /a  "));
    EXPECT_EQ(server_->counts().connections, 1U);

    release();
    EXPECT_THAT(busy.hear(), EndsWith("GET /wait  "));
}

TEST_F(HttpServer, AFullHouseClosesTheLongestIdleAndTurnsAwayWhereNoneIs) {
    options_.connections_max = 2;
    start();
    auto idle = connect();
    idle.say("GET /first HTTP/1.1\r\n\r\n");
    EXPECT_THAT(idle.hear(), EndsWith("/first  "));
    auto busy = connect();
    busy.say("GET /wait HTTP/1.1\r\n\r\n");
    ASSERT_TRUE(testing::run_until(loop_, [&] { return handling_ == 1; }));

    auto third = connect();
    third.say("GET /wait?3 HTTP/1.1\r\n\r\n");
    EXPECT_EQ(idle.hear_all(), "");
    ASSERT_TRUE(testing::run_until(loop_, [&] { return handling_ == 2; }));
    auto fourth = connect();
    EXPECT_EQ(fourth.hear_all(), "");

    EXPECT_EQ(server_->counts().evicted, 1U);
    EXPECT_EQ(server_->counts().turned_away, 1U);
    release();
    EXPECT_THAT(third.hear(), EndsWith("/wait 3 "));
}

TEST_F(HttpServer, StrangersThatBeginAndNeverEndHoldHalfTheHouseAtMost) {
    options_.connections_max = 4;
    admit_as_told();
    start();
    std::deque<Peer> strangers;
    for (int i = 0; i < 6; ++i) {
        strangers.emplace_back(loop_, server_->port());
        strangers.back().say("G");
    }
    ASSERT_TRUE(testing::run_until(
        loop_, [&] { return server_->counts().accepted == 6 && server_->counts().connections == 2; }));
    EXPECT_EQ(server_->counts().evicted, 4U);
    for (std::size_t i = 0; i < 4; ++i)
        EXPECT_THAT(strangers[i].hear_all(), ::testing::AnyOf("", "<Connection reset by peer>")) << i;

    // Nobody knows her carrier yet, and its request is let in all the same.
    EXPECT_THAT(answer_to("GET /a HTTP/1.1\r\n\r\n"), EndsWith("GET /a  "));

    EXPECT_EQ(server_->counts().turned_away, 0U);
}

TEST_F(HttpServer, InAFullHouseAKnownNewcomerTakesThePlaceOfTheOldestStranger) {
    options_.connections_max = 4;
    admit_as_told();
    start();
    // Two whose requests were let in: one was a stranger, and is none any more.
    std::deque<Peer> busy;
    const auto come_and_wait = [&] {
        busy.emplace_back(loop_, server_->port());
        busy.back().say("GET /wait?" + std::to_string(busy.size()) + " HTTP/1.1\r\n\r\n");
        const int so_many = static_cast<int>(busy.size());
        return testing::run_until(loop_, [&] { return handling_ == so_many; });
    };
    ASSERT_TRUE(come_and_wait());
    who_ = Admission::kKnown;
    ASSERT_TRUE(come_and_wait());
    who_ = Admission::kUnknown;
    auto silent = connect();
    ASSERT_TRUE(testing::run_until(loop_, [&] { return server_->counts().connections == 3; }));
    auto reading = connect();
    reading.say("POST /a HTTP/1.1\r\nContent-Length: 9\r\n\r\nhalf");
    ASSERT_TRUE(testing::run_until(loop_, [&] { return server_->counts().connections == 4; }));

    who_ = Admission::kKnown;
    ASSERT_TRUE(come_and_wait());
    EXPECT_EQ(silent.hear_all(), "");
    EXPECT_EQ(server_->counts().evicted, 1U);
    ASSERT_TRUE(come_and_wait());
    EXPECT_THAT(reading.hear_all(), ::testing::AnyOf("", "<Connection reset by peer>"));
    auto fifth = connect();
    EXPECT_EQ(fifth.hear_all(), "");

    EXPECT_EQ(server_->counts().evicted, 2U);
    EXPECT_EQ(server_->counts().turned_away, 1U);
    release();
    for (std::size_t i = 0; i < busy.size(); ++i)
        EXPECT_THAT(busy[i].hear(), EndsWith("/wait " + std::to_string(i + 1) + " "));
}

TEST_F(HttpServer, StopAnswersWhatWasReadAndClosesTheRest) {
    start();
    auto idle = connect();
    idle.say("GET /a HTTP/1.1\r\n\r\n");
    idle.hear();
    auto half = connect();
    half.say("POST /a HTTP/1.1\r\nContent-Length: 10\r\n\r\nhalf");
    auto busy = connect();
    busy.say("GET /wait HTTP/1.1\r\n\r\n");
    ASSERT_TRUE(testing::run_until(loop_, [&] { return handling_ == 1 && server_->counts().connections == 3; }));

    bool stopped = false;
    asio::co_spawn(loop_, server_->stop(10s), [&](std::exception_ptr) { stopped = true; });

    EXPECT_EQ(idle.hear_all(), "");
    EXPECT_THAT(half.hear_all(), ::testing::AnyOf("", "<Connection reset by peer>"));
    EXPECT_THROW(connect(), boost::system::system_error);
    EXPECT_FALSE(stopped);
    release();
    EXPECT_THAT(busy.hear_all(), AllOf(HasSubstr("Connection: close"), EndsWith("GET /wait  ")));
    EXPECT_TRUE(testing::run_until(loop_, [&] { return stopped && ended_; }));
    EXPECT_EQ(server_->counts().connections, 0U);
}

TEST_F(HttpServer, StopAnswersALastRequestOnAConnectionThatIsInUse) {
    start();
    auto peer = connect();
    peer.say("GET /a HTTP/1.1\r\n\r\n");
    peer.hear();
    bool stopped = false;
    asio::co_spawn(loop_, server_->stop(10s), [&](std::exception_ptr) { stopped = true; });
    ASSERT_TRUE(testing::run_until(loop_, [&] { return ended_; }));  // No new ones.

    peer.say("GET /b HTTP/1.1\r\n\r\n");

    EXPECT_THAT(peer.hear_all(), AllOf(HasSubstr("Connection: close"), EndsWith("GET /b  ")));
    EXPECT_TRUE(testing::run_until(loop_, [&] { return stopped && ended_; }));
}

TEST_F(HttpServer, StopAnswersWhoHasConnectedAndWasNotAcceptedYet) {
    start();
    loop_.poll();
    auto queued = connect();
    queued.say("GET /a HTTP/1.1\r\n\r\n");
    bool stopped = false;

    // First in the loop, before the system is asked who has come.
    asio::co_spawn(loop_, server_->stop(10s), [&](std::exception_ptr) { stopped = true; });

    EXPECT_THAT(queued.hear_all(), AllOf(HasSubstr("Connection: close"), EndsWith("GET /a  ")));
    EXPECT_TRUE(testing::run_until(loop_, [&] { return stopped && ended_; }));
}

TEST_F(HttpServer, StopWaitsNoLongerThanItWasGiven) {
    start();
    auto busy = connect();
    busy.say("GET /wait HTTP/1.1\r\n\r\n");
    ASSERT_TRUE(testing::run_until(loop_, [&] { return handling_ == 1; }));

    stop(30ms);

    EXPECT_EQ(busy.hear_all(), "");
    release();
    EXPECT_TRUE(testing::run_until(loop_, [&] { return server_->counts().connections == 0; }));
}

TEST_F(HttpServer, ALoopWithAStoppedServerEndsByItself) {
    start();
    auto peer = connect();
    peer.say("GET /a HTTP/1.1\r\n\r\n");
    peer.hear();

    stop(1s);

    loop_.restart();
    loop_.run_for(10s);
    EXPECT_TRUE(loop_.stopped());
}

TEST_F(HttpServer, MayBeDestroyedBeforeItsLoopWithRequestsUnderway) {
    start();
    auto peer = connect();
    peer.say("GET /wait HTTP/1.1\r\n\r\n");
    ASSERT_TRUE(testing::run_until(loop_, [&] { return handling_ == 1; }));

    server_.reset();

    EXPECT_EQ(peer.hear_all(), "");
    release();
}

TEST_F(HttpServer, APeerThatLeavesInTheMiddleHarmsNobody) {
    start();
    {
        auto peer = connect();
        peer.say("GET /wait HTTP/1.1\r\n\r\n");
        ASSERT_TRUE(testing::run_until(loop_, [&] { return handling_ == 1; }));
    }

    release();

    EXPECT_TRUE(testing::run_until(loop_, [&] { return server_->counts().connections == 0; }));
    EXPECT_EQ(handling_, 0);
}

TEST(HttpAuthority, IsWhatAUrlTakes) {
    EXPECT_EQ(authority_of("127.0.0.1", 8701), "127.0.0.1:8701");
    EXPECT_EQ(authority_of("::1", 8701), "[::1]:8701");
    const auto text = write_request({.url = "http://" + authority_of("::1", 8701) + "/handset/sms"});
    ASSERT_TRUE(text);
    EXPECT_EQ(text->host, "::1");
    EXPECT_EQ(text->port, "8701");
}

TEST_F(HttpServer, AnAddressThatIsTakenIsRefusedInWords) {
    start();
    options_.port = server_->port();

    const auto second =
        Server::listen(loop_, options_, policy_, [this](WebRequest& request) { return handle(request); });

    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, core::ErrorKind::kUnavailable);
    EXPECT_THAT(second.error().message, HasSubstr("can not listen on 127.0.0.1 port"));
}

}  // namespace
}  // namespace harborline::gateway
