#include "gateway/http/client.hpp"

#include <gmock/gmock.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <functional>

#include "gateway/http/request_text.hpp"
#include "tests/gateway/http/loop.hpp"

namespace harborline::gateway {
namespace {

namespace asio = boost::asio;
using asio::awaitable;
using asio::ip::tcp;
using core::ErrorKind;
using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);

/// What a carrier does with one connection after it has read a request's header.
struct Behaviour {
    std::string answers{};  ///< Said for each request in turn, the same every time.
    int requests = 1;       ///< So many requests are read and answered; then:
    enum class End { kClose, kReset, kHang } end = End::kClose;
    bool reads = true;  ///< False: accepts, and never looks at what comes.
};

class HttpClientTest : public ::testing::Test {
  protected:
    HttpClientTest() : acceptor_(loop_, {asio::ip::make_address("127.0.0.1"), 0}) {
        asio::co_spawn(loop_, accept_all(), [](std::exception_ptr) {});
    }

    awaitable<void> accept_all() {
        for (;;) {
            auto [failed, socket] = co_await acceptor_.async_accept(kNoThrow);
            if (failed) co_return;
            ++accepted_;
            asio::co_spawn(loop_, serve(std::move(socket)), [](std::exception_ptr) {});
        }
    }

    awaitable<void> serve(tcp::socket socket) {
        asio::steady_timer never(loop_, asio::steady_timer::time_point::max());
        std::string heard;
        for (int i = 0; behaviour_.reads && i < behaviour_.requests; ++i) {
            const auto [failed, size] =
                co_await asio::async_read_until(socket, asio::dynamic_buffer(heard), "\r\n\r\n", kNoThrow);
            if (failed) co_return;
            requests_.push_back(heard);
            heard.clear();
            co_await asio::async_write(socket, asio::buffer(behaviour_.answers), kNoThrow);
        }
        if (!behaviour_.reads || behaviour_.end == Behaviour::End::kHang) co_await never.async_wait(kNoThrow);
        if (behaviour_.end == Behaviour::End::kReset) socket.set_option(asio::socket_base::linger(true, 0));
        socket.close();
        ++closed_;
    }

    std::string url(const std::string& target = "/send?x=1") const {
        return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + target;
    }

    core::Result<WebResponse> send(ApiRequest request) { return testing::run(loop_, client_.send(std::move(request))); }
    core::Result<WebResponse> send() {
        ApiRequest request;
        request.url = url();
        request.timeout = timeout_;
        return send(std::move(request));
    }

    asio::io_context loop_{1};
    tcp::acceptor acceptor_;
    Behaviour behaviour_;
    int accepted_ = 0;
    int closed_ = 0;
    std::vector<std::string> requests_;
    std::chrono::milliseconds timeout_{10'000};
    HttpClient client_{loop_};
};

const std::string kOk = "HTTP/1.1 202 Accepted\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\n0:";

TEST_F(HttpClientTest, SendsTheRequestAsItStandsAndReadsTheAnswer) {
    behaviour_.answers = kOk;
    ApiRequest request{.method = "POST", .url = url("/cgi-bin/sendsms?dlr-url=http%3A%2F%2Fh"), .body = "文字"};
    request.headers = {{"X-Kannel-To", "12338"}, {"Content-Type", "text/plain; charset=UTF-8"}};

    const auto answer = send(std::move(request));

    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 202);
    EXPECT_EQ(answer->content_type, "text/html");
    EXPECT_EQ(answer->body, "0:");
    ASSERT_EQ(requests_.size(), 1U);
    EXPECT_THAT(requests_[0],
                AllOf(StartsWith("POST /cgi-bin/sendsms?dlr-url=http%3A%2F%2Fh HTTP/1.1\r\nHost: 127.0.0.1:"),
                      HasSubstr("\r\nX-Kannel-To: 12338\r\n"), HasSubstr("\r\nContent-Length: 6\r\n"),
                      EndsWith("\r\n\r\n文字")));
}

TEST_F(HttpClientTest, KeepsTheConnectionForTheNextRequest) {
    behaviour_ = {.answers = kOk, .requests = 3};

    for (int i = 0; i < 3; ++i) ASSERT_TRUE(send());

    EXPECT_EQ(accepted_, 1);
}

TEST_F(HttpClientTest, DoesNotKeepAConnectionThatThePeerCloses) {
    behaviour_ = {.answers = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", .requests = 2};

    ASSERT_TRUE(send());
    ASSERT_TRUE(send());

    EXPECT_EQ(accepted_, 2);
}

TEST_F(HttpClientTest, GoesRoundAKeptConnectionThatDiedMeanwhile) {
    behaviour_ = {.answers = kOk, .requests = 1};
    ASSERT_TRUE(send());
    ASSERT_TRUE(testing::run_until(loop_, [&] { return closed_ == 1; }));

    ASSERT_TRUE(send());

    EXPECT_EQ(accepted_, 2);
}

TEST_F(HttpClientTest, DoesNotKeepAConnectionOnWhichThePeerTalksOutOfTurn) {
    behaviour_ = {.answers = kOk + kOk, .requests = 2};

    ASSERT_TRUE(send());
    ASSERT_TRUE(send());

    EXPECT_EQ(accepted_, 2);
}

TEST_F(HttpClientTest, KeepsNoMoreThanItsBoundOfConnections) {
    behaviour_ = {.answers = kOk, .requests = 2};
    int done = 0;
    for (int i = 0; i < 12; ++i) {
        ApiRequest request{.url = url()};
        asio::co_spawn(loop_, client_.send(std::move(request)),
                       [&](std::exception_ptr, core::Result<WebResponse> answer) { done += answer.has_value(); });
    }
    ASSERT_TRUE(testing::run_until(loop_, [&] { return done == 12; }));
    ASSERT_EQ(accepted_, 12);

    for (int i = 0; i < 9; ++i) ASSERT_TRUE(send());

    EXPECT_EQ(accepted_, 13);
}

TEST_F(HttpClientTest, SkipsInterimAnswers) {
    behaviour_.answers = "HTTP/1.1 100 Continue\r\n\r\n" + kOk;

    EXPECT_EQ(send()->status, 202);
}

TEST_F(HttpClientTest, ReadsAnAnswerThatEndsWithTheConnection) {
    behaviour_.answers = "HTTP/1.0 200 OK\r\n\r\nall of it";

    EXPECT_EQ(send()->body, "all of it");
}

TEST_F(HttpClientTest, TakesAnyStatusForAnAnswer) {
    behaviour_.answers = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";

    EXPECT_EQ(send()->status, 503);
}

struct LostCase {
    std::string name;
    Behaviour behaviour;
    std::string message;
};

class HttpClientLost : public HttpClientTest, public ::testing::WithParamInterface<LostCase> {};

TEST_P(HttpClientLost, IsUnknownBecauseTheRequestWasSent) {
    behaviour_ = GetParam().behaviour;
    if (behaviour_.end == Behaviour::End::kHang) timeout_ = 50ms;

    const auto answer = send();

    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::kUnknown);
    EXPECT_THAT(answer.error().message, AllOf(HasSubstr(GetParam().message), Not(HasSubstr("x=1"))));
    EXPECT_EQ(requests_.size(), 1U) << "it must not be sent twice";
}

INSTANTIATE_TEST_SUITE_P(
    HttpClient, HttpClientLost,
    ::testing::Values(
        LostCase{"BlackHole", {.answers = "", .end = Behaviour::End::kHang}, "in time"},
        LostCase{"HalfHeader", {.answers = "HTTP/1.1 200 O"}, "broke"},
        LostCase{"HalfBody", {.answers = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab"}, "broke"},
        LostCase{"HalfBodyAndSilence",
                 {.answers = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab", .end = Behaviour::End::kHang},
                 "in time"},
        LostCase{"Closed", {.answers = ""}, "broke"},
        LostCase{"Reset", {.answers = "", .end = Behaviour::End::kReset}, "broke"},
        LostCase{"Garbage", {.answers = "SSH-2.0-OpenSSH_9.2\r\n\r\n"}, "not HTTP"},
        LostCase{"HugeByLength", {.answers = "HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n"}, "too large"},
        LostCase{"HugeToTheEnd", {.answers = "HTTP/1.1 200 OK\r\n\r\n" + std::string(300'000, 'x')}, "too large"},
        LostCase{"EndlessHeader", {.answers = "HTTP/1.1 200 OK\r\nA: " + std::string(100'000, 'x')}, "not HTTP"},
        LostCase{
            "EndlessInterim",
            {.answers = "HTTP/1.1 100 C\r\n\r\nHTTP/1.1 100 C\r\n\r\nHTTP/1.1 100 C\r\n\r\nHTTP/1.1 100 C\r\n\r\n"},
            "point"}),
    [](const auto& param_info) { return param_info.param.name; });

TEST_F(HttpClientTest, NobodyThereIsUnavailable) {
    ApiRequest request{.url = url()};
    acceptor_.close();

    const auto answer = send(std::move(request));

    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::kUnavailable);
}

TEST_F(HttpClientTest, APeerThatNeverTakesTheWholeRequestIsUnavailable) {
    behaviour_.reads = false;
    ApiRequest request{.url = url(), .body = std::string(50'000'000, 'x'), .timeout = 200ms};

    const auto answer = send(std::move(request));

    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::kUnavailable);
}

TEST_F(HttpClientTest, FindsAPeerByName) {
    behaviour_.answers = kOk;
    ApiRequest request{.url = "http://localhost:" + std::to_string(acceptor_.local_endpoint().port())};

    ASSERT_TRUE(send(std::move(request)));

    EXPECT_THAT(requests_[0], StartsWith("POST / HTTP/1.1\r\nHost: localhost:"));
}

TEST_F(HttpClientTest, MayBeDestroyedWithARequestUnderway) {
    behaviour_ = {.answers = "", .end = Behaviour::End::kHang};
    auto client = std::make_unique<HttpClient>(loop_);
    std::optional<core::Result<WebResponse>> answer;
    ApiRequest request{.url = url(), .timeout = 100ms};
    asio::co_spawn(loop_, client->send(std::move(request)),
                   [&](std::exception_ptr, core::Result<WebResponse> came) { answer = std::move(came); });
    ASSERT_TRUE(testing::run_until(loop_, [&] { return requests_.size() == 1; }));

    client.reset();

    ASSERT_TRUE(testing::run_until(loop_, [&] { return answer.has_value(); }));
    EXPECT_EQ(answer->error().kind, ErrorKind::kUnknown);
}

struct MalformedCase {
    std::string name;
    ApiRequest request;
};

class HttpClientMalformed : public ::testing::TestWithParam<MalformedCase> {};

TEST_P(HttpClientMalformed, IsRefusedUnsent) {
    const auto text = write_request(GetParam().request);

    ASSERT_FALSE(text);
    EXPECT_EQ(text.error().kind, ErrorKind::kMalformed);
}

INSTANTIATE_TEST_SUITE_P(
    HttpClient, HttpClientMalformed,
    ::testing::Values(MalformedCase{"NoUrl", {.url = ""}}, MalformedCase{"Tls", {.url = "https://127.0.0.1/"}},
                      MalformedCase{"NoHost", {.url = "http:///x"}},
                      MalformedCase{"User", {.url = "http://u:p@127.0.0.1/"}},
                      MalformedCase{"PortTooHigh", {.url = "http://127.0.0.1:65536/"}},
                      MalformedCase{"PortFarTooHigh", {.url = "http://127.0.0.1:130130/"}},
                      MalformedCase{"SpaceInUrl", {.url = "http://127.0.0.1/a b"}},
                      MalformedCase{"LineBreakInUrl", {.url = "http://127.0.0.1/a\r\nX: y"}},
                      MalformedCase{"Method", {.method = "GET /\r\n", .url = "http://127.0.0.1/"}},
                      MalformedCase{"HeaderValue", {.url = "http://127.0.0.1/", .headers = {{"A", "b\r\nC: d"}}}},
                      MalformedCase{"HeaderName", {.url = "http://127.0.0.1/", .headers = {{"A:", "b"}}}},
                      MalformedCase{"SecondLength",
                                    {.url = "http://127.0.0.1/", .headers = {{"content-length", "0"}}}}),
    [](const auto& param_info) { return param_info.param.name; });

}  // namespace
}  // namespace harborline::gateway
