#include "gateway/http/client.hpp"

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "gateway/http/request_text.hpp"
#include "tests/gateway/http/loop.hpp"
#include "tests/support/scripted_carrier.hpp"

namespace harborline::gateway {
namespace {

namespace asio = boost::asio;
using core::ErrorKind;
using testing::Conduct;
using testing::ScriptedCarrier;
using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class HttpClientTest : public ::testing::Test {
  protected:
    core::Result<WebResponse> send(ApiRequest request) { return testing::run(loop_, client_.send(std::move(request))); }
    core::Result<WebResponse> send() {
        ApiRequest request;
        request.url = carrier_.url();
        request.timeout = timeout_;
        return send(std::move(request));
    }

    asio::io_context loop_{1};
    ScriptedCarrier carrier_{loop_};
    std::chrono::milliseconds timeout_{10'000};
    HttpClient client_{loop_};
};

const std::string kOk = "HTTP/1.1 202 Accepted\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\n0:";

TEST_F(HttpClientTest, SendsTheRequestAsItStandsAndReadsTheAnswer) {
    carrier_.usual.says = kOk;
    ApiRequest request{
        .method = "POST", .url = carrier_.url("/cgi-bin/sendsms?dlr-url=http%3A%2F%2Fh"), .body = "文字"};
    request.headers = {{"X-Kannel-To", "12338"}, {"Content-Type", "text/plain; charset=UTF-8"}};

    const auto answer = send(std::move(request));

    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 202);
    EXPECT_EQ(answer->content_type, "text/html");
    EXPECT_EQ(answer->body, "0:");
    ASSERT_EQ(carrier_.requests.size(), 1U);
    EXPECT_THAT(carrier_.requests[0],
                AllOf(StartsWith("POST /cgi-bin/sendsms?dlr-url=http%3A%2F%2Fh HTTP/1.1\r\nHost: 127.0.0.1:"),
                      HasSubstr("\r\nX-Kannel-To: 12338\r\n"), HasSubstr("\r\nContent-Length: 6\r\n"),
                      EndsWith("\r\n\r\n文字")));
}

TEST_F(HttpClientTest, KeepsTheConnectionForTheNextRequest) {
    carrier_.usual.says = kOk;

    for (int i = 0; i < 3; ++i) ASSERT_TRUE(send());

    EXPECT_EQ(carrier_.connections, 1);
}

TEST_F(HttpClientTest, DoesNotKeepAConnectionThatThePeerCloses) {
    carrier_.usual.says = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

    ASSERT_TRUE(send());
    ASSERT_TRUE(send());

    EXPECT_EQ(carrier_.connections, 2);
}

TEST_F(HttpClientTest, GoesRoundAKeptConnectionThatDiedMeanwhile) {
    carrier_.usual = {.says = kOk, .end = Conduct::End::kClose};
    ASSERT_TRUE(send());
    ASSERT_TRUE(testing::run_until(loop_, [&] { return carrier_.ended == 1; }));

    ASSERT_TRUE(send());

    EXPECT_EQ(carrier_.connections, 2);
}

TEST_F(HttpClientTest, DoesNotKeepAConnectionOnWhichThePeerTalksOutOfTurn) {
    carrier_.usual.says = kOk + kOk;

    ASSERT_TRUE(send());
    ASSERT_TRUE(send());

    EXPECT_EQ(carrier_.connections, 2);
}

TEST_F(HttpClientTest, KeepsNoMoreThanItsBoundOfConnections) {
    // Each connection serves two requests.
    carrier_.usual = {.says = kOk, .end = Conduct::End::kClose};
    int done = 0;
    for (int i = 0; i < 12; ++i) {
        carrier_.script.push_back({.says = kOk});
        ApiRequest request{.url = carrier_.url()};
        asio::co_spawn(loop_, client_.send(std::move(request)),
                       [&](std::exception_ptr, core::Result<WebResponse> answer) { done += answer.has_value(); });
    }
    ASSERT_TRUE(testing::run_until(loop_, [&] { return done == 12; }));
    ASSERT_EQ(carrier_.connections, 12);

    for (int i = 0; i < 9; ++i) ASSERT_TRUE(send());

    EXPECT_EQ(carrier_.connections, 13);
}

TEST_F(HttpClientTest, SkipsInterimAnswers) {
    carrier_.usual.says = "HTTP/1.1 100 Continue\r\n\r\n" + kOk;

    EXPECT_EQ(send().value().status, 202);
}

TEST_F(HttpClientTest, ReadsAnAnswerThatEndsWithTheConnection) {
    carrier_.usual = {.says = "HTTP/1.0 200 OK\r\n\r\nall of it", .end = Conduct::End::kClose};

    EXPECT_EQ(send().value().body, "all of it");
}

TEST_F(HttpClientTest, TakesAnyStatusForAnAnswer) {
    carrier_.usual.says = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";

    EXPECT_EQ(send().value().status, 503);
}

struct LostCase {
    std::string name;
    Conduct conduct;
    std::string message;
};

class HttpClientLost : public HttpClientTest, public ::testing::WithParamInterface<LostCase> {};

TEST_P(HttpClientLost, IsUnknownBecauseTheRequestWasSent) {
    carrier_.usual = GetParam().conduct;
    const bool waits = carrier_.usual.end == Conduct::End::kHang || carrier_.usual.in_pieces;
    if (waits) timeout_ = 250ms;

    const auto answer = send();

    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::kUnknown);
    EXPECT_THAT(answer.error().message, AllOf(HasSubstr(GetParam().message), Not(HasSubstr("x=1"))));
    EXPECT_EQ(carrier_.requests.size(), 1U) << "it must not be sent twice";
}

constexpr auto kClose = Conduct::End::kClose;
constexpr auto kReset = Conduct::End::kReset;
constexpr auto kHang = Conduct::End::kHang;

INSTANTIATE_TEST_SUITE_P(
    HttpClient, HttpClientLost,
    ::testing::Values(
        LostCase{"BlackHole", {.says = "", .end = kHang}, "in time"},
        LostCase{"HalfHeader", {.says = "HTTP/1.1 200 O", .end = kClose}, "broke"},
        LostCase{"HalfBody", {.says = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab", .end = kClose}, "broke"},
        LostCase{
            "HalfBodyAndSilence", {.says = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab", .end = kHang}, "in time"},
        LostCase{"ByteByByteForTooLong",
                 {.says = "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n" + std::string(900, 'x'),
                  .in_pieces = true,
                  .between_pieces = 2ms},
                 "in time"},
        LostCase{"Closed", {.says = "", .end = kClose}, "broke"},
        LostCase{"Reset", {.says = "", .end = kReset}, "broke"},
        LostCase{"Garbage", {.says = "SSH-2.0-OpenSSH_9.2\r\n\r\n", .end = kClose}, "not HTTP"},
        LostCase{"HugeByLength", {.says = "HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n"}, "too large"},
        LostCase{"HugeToTheEnd", {.says = "HTTP/1.1 200 OK\r\n\r\n" + std::string(300'000, 'x')}, "too large"},
        LostCase{"EndlessHeader", {.says = "HTTP/1.1 200 OK\r\nA: " + std::string(100'000, 'x')}, "not HTTP"},
        LostCase{"EndlessInterim",
                 {.says = "HTTP/1.1 100 C\r\n\r\nHTTP/1.1 100 C\r\n\r\nHTTP/1.1 100 C\r\n\r\nHTTP/1.1 100 C\r\n\r\n"},
                 "point"}),
    [](const auto& param_info) { return param_info.param.name; });

TEST_F(HttpClientTest, ReadsAnAnswerThatComesByteByByteInTime) {
    carrier_.usual = {.says = kOk, .in_pieces = true};

    EXPECT_EQ(send().value().body, "0:");
}

TEST_F(HttpClientTest, ReadsHowLongTheCarrierWantsToBeLeftAlone) {
    carrier_.usual.says =
        "HTTP/1.1 429 Too Many Requests\r\nretry-after: 30\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
        "Content-Length: 0\r\n\r\n";

    const auto answer = send();

    EXPECT_EQ(answer->retry_after, "30");
    EXPECT_EQ(answer->date, "Sun, 06 Nov 1994 08:49:37 GMT");
}

/// A connection on which anything went wrong is never used again, nor is an answer that was given up on taken for the
/// next one's.
TEST_F(HttpClientTest, AnAnswerThatComesTooLateIsNobodys) {
    carrier_.script = {{.end = kHang, .too_late = "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"}};
    carrier_.usual.says = kOk;
    timeout_ = 250ms;
    ASSERT_FALSE(send());
    timeout_ = 10s;

    EXPECT_EQ(send().value().status, 202);
    EXPECT_EQ(send().value().status, 202);

    EXPECT_EQ(carrier_.connections, 2);
}

TEST_F(HttpClientTest, AnAnswerOutOfTurnIsNobodys) {
    carrier_.script = {{.says = kOk + "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"}};
    carrier_.usual.says = kOk;

    for (int i = 0; i < 3; ++i) EXPECT_EQ(send().value().status, 202);

    EXPECT_EQ(carrier_.connections, 2);
}

/// Wherever the connection breaks: what the carrier has read whole is never called unsent, and nothing is sent twice.
TEST_F(HttpClientTest, AResetAtAnyByteOfTheRequestIsNeverTakenForAnAnswer) {
    carrier_.usual.says = kOk;
    ASSERT_TRUE(send());
    const std::size_t length = carrier_.requests.at(0).size();
    for (std::size_t at = 0; at < length; ++at) {
        HttpClient fresh(loop_);
        carrier_.script = {{.end = kReset, .reads = at}};
        ApiRequest request{.url = carrier_.url()};

        const auto answer = testing::run(loop_, fresh.send(std::move(request)));

        ASSERT_FALSE(answer) << at;
        EXPECT_THAT(answer.error().kind, AnyOf(ErrorKind::kUnavailable, ErrorKind::kUnknown)) << at;
        EXPECT_EQ(carrier_.requests.size(), 1U) << at;
    }
}

TEST_F(HttpClientTest, AResetAtAnyByteOfTheAnswerIsUnknown) {
    for (std::size_t at = 0; at < kOk.size(); ++at) {
        for (const auto end : {kReset, kClose}) {
            carrier_.script = {{.says = kOk.substr(0, at), .end = end}};

            const auto answer = send();

            ASSERT_FALSE(answer) << at;
            EXPECT_EQ(answer.error().kind, ErrorKind::kUnknown) << at;
        }
    }
    EXPECT_EQ(carrier_.requests.size(), 2 * kOk.size());
}

TEST_F(HttpClientTest, AKeptConnectionThatIsResetAtAnyByteOfTheNextRequestCarriesNothingTwice) {
    carrier_.usual.says = kOk;
    ASSERT_TRUE(send());
    const std::size_t length = carrier_.requests.at(0).size();
    for (std::size_t at = 0; at < length; ++at) {
        ASSERT_TRUE(send());
        carrier_.requests.clear();
        carrier_.script = {{.end = kReset, .reads = at}};

        const auto answer = send();

        EXPECT_EQ(carrier_.requests.size(), answer ? 1U : 0U) << at;
        carrier_.script.clear();
    }
}

TEST_F(HttpClientTest, NobodyThereIsUnavailable) {
    ApiRequest request{.url = carrier_.url()};
    carrier_.refuse();

    const auto answer = send(std::move(request));

    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::kUnavailable);
}

TEST_F(HttpClientTest, APeerThatNeverTakesTheWholeRequestIsUnavailable) {
    carrier_.usual = {.end = Conduct::End::kDeaf, .reads = 0};
    ApiRequest request{.url = carrier_.url(), .body = std::string(50'000'000, 'x'), .timeout = 200ms};

    const auto answer = send(std::move(request));

    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::kUnavailable);
}

/// Looks names up when the test says so.
class HttpClientNames : public HttpClientTest {
  protected:
    void SetUp() override {
        // Each request needs a connection of its own.
        carrier_.usual.says = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    }

    ApiRequest request_to(std::string_view host) const {
        ApiRequest request{.url = carrier_.url("")};
        request.url.replace(request.url.find("127.0.0.1"), 9, host);
        request.timeout = timeout_;
        return request;
    }
    core::Result<WebResponse> send_to(std::string_view host) {
        return testing::run(loop_, names_.send(request_to(host)));
    }
    void begin_to(std::string_view host) {
        asio::co_spawn(loop_, names_.send(request_to(host)),
                       [&](std::exception_ptr, core::Result<WebResponse> answer) { ++(answer ? answered_ : failed_); });
    }
    bool wait_for_look_ups(std::size_t so_many) {
        return testing::run_until(loop_, [&] { return asked_.size() == so_many; });
    }
    bool wait_for_answers(int so_many) {
        return testing::run_until(loop_, [&] { return answered_ == so_many; });
    }
    void find(std::size_t look_up) { found_.at(look_up)({asio::ip::address_v4::loopback()}); }

    std::vector<std::string> asked_{};
    std::vector<std::function<void(Resolver::Addresses)>> found_{};
    int answered_ = 0;
    int failed_ = 0;
    HttpClient names_{loop_,
                      {.look_up = [this](const std::string& host, std::function<void(Resolver::Addresses)> found) {
                          asked_.push_back(host);
                          found_.push_back(std::move(found));
                      }}};
};

TEST_F(HttpClientNames, FindsAPeerByName) {
    begin_to("carrier.example");
    ASSERT_TRUE(wait_for_look_ups(1));

    find(0);

    ASSERT_TRUE(wait_for_answers(1));
    EXPECT_EQ(asked_[0], "carrier.example");
    EXPECT_THAT(carrier_.requests[0], StartsWith("POST / HTTP/1.1\r\nHost: carrier.example:"));
}

/// The system is asked even here, because only it knows this spelling of an address.
TEST_F(HttpClientNames, AsksTheSystemWhereNothingElseIsSaid) {
    const auto answer = testing::run(loop_, client_.send(request_to("127.1")));

    ASSERT_TRUE(answer);
    EXPECT_THAT(carrier_.requests[0], StartsWith("POST / HTTP/1.1\r\nHost: 127.1:"));
}

TEST_F(HttpClientNames, ThisMachineIsNotLookedUp) {
    EXPECT_TRUE(send_to("127.0.0.1"));
    EXPECT_TRUE(send_to("localhost"));
    EXPECT_TRUE(send_to("LocalHost"));

    EXPECT_TRUE(asked_.empty());
    EXPECT_EQ(carrier_.requests.size(), 3U);
}

TEST_F(HttpClientNames, ANameThatHangsIsLookedUpOnceAndHoldsUpNoOther) {
    timeout_ = 60ms;
    for (int i = 0; i < 3; ++i) {
        const auto answer = send_to("hangs.example");
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().kind, ErrorKind::kUnavailable);
    }
    timeout_ = 10s;
    begin_to("carrier.example");
    ASSERT_TRUE(wait_for_look_ups(2));
    find(1);
    ASSERT_TRUE(wait_for_answers(1));

    EXPECT_THAT(asked_, ::testing::ElementsAre("hangs.example", "carrier.example"));
}

TEST_F(HttpClientNames, WhatIsFoundServesAllThatWaitForIt) {
    for (int i = 0; i < 3; ++i) begin_to("carrier.example");
    ASSERT_TRUE(wait_for_look_ups(1));
    loop_.poll();

    find(0);

    ASSERT_TRUE(wait_for_answers(3));
    EXPECT_EQ(asked_.size(), 1U);
}

TEST_F(HttpClientNames, WhereALookUpIsLateOrFailsThePeerIsWhereItWasLast) {
    begin_to("carrier.example");
    ASSERT_TRUE(wait_for_look_ups(1));
    find(0);
    ASSERT_TRUE(wait_for_answers(1));

    timeout_ = 400ms;
    EXPECT_TRUE(send_to("carrier.example")) << "late";
    ASSERT_EQ(asked_.size(), 2U);
    timeout_ = 10s;
    begin_to("carrier.example");
    loop_.poll();
    found_.at(1)({});

    EXPECT_TRUE(wait_for_answers(2)) << "failed";
    EXPECT_EQ(asked_.size(), 2U);
}

TEST_F(HttpClientNames, AHostThatIsNotFoundIsUnavailable) {
    begin_to("nowhere.example");
    ASSERT_TRUE(wait_for_look_ups(1));

    found_.at(0)({});

    EXPECT_TRUE(testing::run_until(loop_, [&] { return failed_ == 1; }));
    EXPECT_TRUE(carrier_.requests.empty());
}

TEST_F(HttpClientTest, MayBeDestroyedWithARequestUnderway) {
    carrier_.usual.end = kHang;
    auto client = std::make_unique<HttpClient>(loop_);
    std::optional<core::Result<WebResponse>> answer;
    ApiRequest request{.url = carrier_.url(), .timeout = 100ms};
    asio::co_spawn(loop_, client->send(std::move(request)),
                   [&](std::exception_ptr, core::Result<WebResponse> came) { answer = std::move(came); });
    ASSERT_TRUE(testing::run_until(loop_, [&] { return carrier_.requests.size() == 1; }));

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
    ::testing::Values(MalformedCase{"NoUrl", {.url = ""}}, MalformedCase{"OtherScheme", {.url = "ftp://127.0.0.1/"}},
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
