// Carriers behind https: whom the client believes, and what becomes of a request where it does not.
#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include "gateway/http/client.hpp"
#include "gateway/http/server.hpp"
#include "tests/gateway/http/loop.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/scripted_carrier.hpp"
#include "tests/support/temporary_folder.hpp"

namespace harborline::gateway {
namespace {

namespace asio = boost::asio;
using core::ErrorKind;
using namespace std::chrono_literals;
using testing::Authority;
using testing::Conduct;
using ::testing::HasSubstr;
using testing::ScriptedCarrier;
using testing::TemporaryFolder;
using testing::Wanted;

class HttpsClient : public ::testing::Test {
  protected:
    HttpsClient() { std::signal(SIGPIPE, SIG_IGN); }  // As the service does.
    ~HttpsClient() override {
        if (!server_) return;
        bool stopped = false;
        asio::co_spawn(loop_, server_->stop(1s), [&](std::exception_ptr) { stopped = true; });
        testing::run_until(loop_, [&] { return stopped; });
    }

    /// A carrier that shows such a certificate, issued by `authority`.
    void start(const Wanted& wanted, const Authority& authority) {
        const auto made = authority.issue(wanted);
        ServerOptions options;
        options.tls =
            TlsIdentity::load(folder_.write("chain.pem", made.certificate), folder_.write("key.pem", made.key)).value();
        const auto policy = [](std::string_view, std::string_view) { return RouteLimits{.body_max = 100'000}; };
        server_ = Server::listen(loop_, options, policy, [this](WebRequest& request) { return take(request); }).value();
        asio::co_spawn(loop_, server_->run(), [](std::exception_ptr) {});
    }
    asio::awaitable<WebResponse> take(WebRequest& request) {
        taken_.push_back(request.body);
        WebResponse response{.status = 201, .content_type = "application/json", .body = {}};
        response.body = "{" + std::string(request.body.size(), 'x') + "}";
        co_return response;
    }

    void trust(const Authority& authority) {
        options_.trust = TlsTrust::load(folder_.write("authorities.pem", authority.certificate())).value();
    }
    core::Result<WebResponse> send(const std::string& host = "127.0.0.1", std::string body = "hello") {
        if (!client_) client_ = std::make_unique<HttpClient>(loop_, options_);
        ApiRequest request{.url = "https://" + host + ":" + std::to_string(server_->port()) + "/version1/messaging"};
        request.body = std::move(body);
        return testing::run(loop_, client_->send(std::move(request)));
    }
    core::Result<WebResponse> send_to(std::string url, std::chrono::milliseconds timeout = 10s) {
        HttpClient client(loop_, options_);
        ApiRequest request{.url = std::move(url), .body = "hello", .timeout = timeout};
        return testing::run(loop_, client.send(std::move(request)));
    }

    Authority authority_{};
    TemporaryFolder folder_{};
    asio::io_context loop_{1};
    HttpClientOptions options_{};
    std::unique_ptr<Server> server_{};
    std::unique_ptr<HttpClient> client_{};
    std::vector<std::string> taken_{};
};

TEST_F(HttpsClient, SendsAndHearsAndKeepsTheConnection) {
    start({}, authority_);
    trust(authority_);

    for (const std::size_t size : {5U, 0U, 90'000U}) {
        const auto answer = send("127.0.0.1", std::string(size, 'a'));
        ASSERT_TRUE(answer) << answer.error().message;
        EXPECT_EQ(answer->status, 201);
        EXPECT_EQ(answer->body.size(), size + 2);
    }

    EXPECT_EQ(server_->counts().accepted, 1U);
    ASSERT_EQ(taken_.size(), 3U);
    EXPECT_EQ(taken_.back(), std::string(90'000, 'a'));
}

TEST_F(HttpsClient, BelievesACertificateForTheNameThatIsCalled) {
    start({.names = "DNS:localhost"}, authority_);
    trust(authority_);

    EXPECT_TRUE(send("localhost"));
}

struct Doubt {
    std::string name{};
    Wanted shown{};
    std::string host = "127.0.0.1";
    bool other_authority = false;
    std::string why{};
    friend void PrintTo(const Doubt& doubt, std::ostream* out) { *out << doubt.name; }
};

class HttpsClientDoubts : public HttpsClient, public ::testing::WithParamInterface<Doubt> {};

TEST_P(HttpsClientDoubts, NobodyElseHearsAWord) {
    const Authority other("Another Authority");
    start(GetParam().shown, GetParam().other_authority ? other : authority_);
    trust(authority_);

    const auto answer = send(GetParam().host);

    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::kUnavailable);
    EXPECT_THAT(answer.error().message, HasSubstr("its certificate is not trusted: "));
    EXPECT_THAT(answer.error().message, HasSubstr(GetParam().why));
    EXPECT_TRUE(taken_.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Certificates, HttpsClientDoubts,
    ::testing::Values(Doubt{.name = "OfAnotherAuthority", .other_authority = true, .why = "issuer"},
                      Doubt{.name = "ForAnotherAddress", .shown = {.names = "IP:127.0.0.2"}, .why = "IP address"},
                      Doubt{.name = "ForAnotherName",
                            .shown = {.names = "DNS:carrier.example"},
                            .host = "localhost",
                            .why = "hostname"},
                      Doubt{.name = "ForTheAddressWhenTheNameIsCalled", .host = "localhost", .why = "hostname"},
                      Doubt{.name = "Expired", .shown = {.from_days = -9, .to_days = -1}, .why = "expired"},
                      Doubt{.name = "NotYetValid", .shown = {.from_days = 3}, .why = "not yet valid"}),
    [](const auto& test) { return test.param.name; });

TEST_F(HttpsClient, TheSystemsAuthoritiesDoNotKnowOurs) {
    start({}, authority_);
    options_.trust = TlsTrust::load({}).value();

    EXPECT_THAT(send().error().message, HasSubstr("its certificate is not trusted"));
}

TEST_F(HttpsClient, WithoutTrustNothingIsSent) {
    start({}, authority_);

    EXPECT_EQ(send().error().kind, ErrorKind::kUnavailable);
    EXPECT_TRUE(taken_.empty());
}

TEST_F(HttpsClient, APeerThatSpeaksPlainHttpHearsNothing) {
    ScriptedCarrier carrier(loop_);
    carrier.usual = {.says = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", .end = Conduct::End::kClose, .reads = 16};
    trust(authority_);

    const auto answer = send_to("https" + carrier.url().substr(4));

    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::kUnavailable);
    EXPECT_THAT(answer.error().message, HasSubstr("does not speak TLS"));
    EXPECT_TRUE(carrier.requests.empty());
}

TEST_F(HttpsClient, AHandshakeThatNeverEndsEndsWithTheRequestsTime) {
    ScriptedCarrier carrier(loop_);
    carrier.usual.end = Conduct::End::kDeaf;
    carrier.usual.reads = 0;
    trust(authority_);

    const auto answer = send_to("https" + carrier.url().substr(4), 200ms);

    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::kUnavailable);
    EXPECT_THAT(answer.error().message, HasSubstr("handshake"));
}

TEST_F(HttpsClient, AKeptLineToHttpIsNeverTakenForHttps) {
    ScriptedCarrier carrier(loop_);
    carrier.usual.says = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    trust(authority_);
    HttpClient client(loop_, options_);
    const auto ask = [&](std::string url) {
        ApiRequest request{.url = std::move(url), .timeout = 300ms};
        return testing::run(loop_, client.send(std::move(request)));
    };
    ASSERT_TRUE(ask(carrier.url()));

    EXPECT_FALSE(ask("https" + carrier.url().substr(4)));

    EXPECT_EQ(carrier.requests.size(), 1U);
}

TEST(TlsTrust_Test, AFileThatHoldsNoCertificateIsToldByItsName) {
    const TemporaryFolder folder;
    for (const auto& file : {folder.write("empty.pem", ""), folder.write("junk.pem", "junk"), folder / "absent.pem"}) {
        const auto trust = TlsTrust::load(file);
        ASSERT_FALSE(trust) << file;
        EXPECT_THAT(trust.error().message, HasSubstr(file.string()));
    }
}

}  // namespace
}  // namespace harborline::gateway
