// The listener over TLS, against a client with OpenSSL on the same loop.
#include <gmock/gmock.h>
#include <openssl/ssl.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <csignal>
#include <memory>

#include "gateway/http/server.hpp"
#include "tests/gateway/http/loop.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/temporary_folder.hpp"

namespace harborline::gateway {
namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using asio::awaitable;
using asio::ip::tcp;
using namespace std::chrono_literals;
using ::testing::AllOf;
using testing::Authority;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using testing::TemporaryFolder;
using testing::Wanted;

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);

/// A client that says what it likes once it has shaken hands.
class TlsPeer {
  public:
    TlsPeer(asio::io_context& loop, std::uint16_t port, ssl::context& context)
        : loop_(loop), stream_(std::make_shared<Stream>(loop, context)) {
        stream_->next_layer().connect({asio::ip::make_address("127.0.0.1"), port});
    }
    ~TlsPeer() {
        boost::system::error_code ignored;
        stream_->next_layer().close(ignored);
    }
    TlsPeer(const TlsPeer&) = delete;
    TlsPeer& operator=(const TlsPeer&) = delete;

    /// Empty when it went well, else OpenSSL's words.
    std::string shake_hands() { return testing::run(loop_, handshake(*stream_)); }
    void say(std::string bytes) {
        auto kept = std::make_shared<std::string>(std::move(bytes));
        asio::async_write(*stream_, asio::buffer(*kept),
                          [kept, stream = stream_](boost::system::error_code, std::size_t) {});
    }
    /// Reads until what came ends so.
    std::string hear_until(std::string end) { return testing::run(loop_, read(*stream_, std::move(end))); }
    /// Everything until the server closes, and "<…>" where it did so without a close_notify.
    std::string hear_all() { return testing::run(loop_, read(*stream_, "")); }

    std::string serial() const {
        const std::unique_ptr<X509, decltype(&X509_free)> shown(SSL_get1_peer_certificate(tls()), X509_free);
        return std::to_string(ASN1_INTEGER_get(X509_get0_serialNumber(shown.get())));
    }
    std::string version() const { return SSL_get_version(tls()); }
    std::string protocol() const {
        const unsigned char* chosen = nullptr;
        unsigned size = 0;
        SSL_get0_alpn_selected(tls(), &chosen, &size);
        return {reinterpret_cast<const char*>(chosen), size};
    }
    void offer(std::string protocols) const {
        SSL_set_alpn_protos(tls(), reinterpret_cast<const unsigned char*>(protocols.data()),
                            static_cast<unsigned>(protocols.size()));
    }

  private:
    using Stream = ssl::stream<tcp::socket>;
    SSL* tls() const { return stream_->native_handle(); }

    static awaitable<std::string> handshake(Stream& stream) {
        const auto [failed] = co_await stream.async_handshake(ssl::stream_base::client, kNoThrow);
        co_return failed ? failed.message() : std::string{};
    }
    static awaitable<std::string> read(Stream& stream, std::string end) {
        std::string all;
        std::array<char, 4096> piece{};
        while (end.empty() || !all.ends_with(end)) {
            const auto [failed, size] = co_await stream.async_read_some(asio::buffer(piece), kNoThrow);
            all.append(piece.data(), size);
            if (failed == asio::error::eof) co_return all;
            if (failed) co_return all + "<" + failed.message() + ">";
        }
        co_return all;
    }

    asio::io_context& loop_;
    std::shared_ptr<Stream> stream_;
};

class HttpsServer : public ::testing::Test {
  protected:
    HttpsServer() { std::signal(SIGPIPE, SIG_IGN); }  // As the service does.
    void TearDown() override {
        if (server_) stop(1s);
    }

    TlsIdentity identity(const Wanted& wanted) const {
        const auto made = authority_.issue(wanted);
        return TlsIdentity::load(folder_.write("chain.pem", made.certificate), folder_.write("key.pem", made.key))
            .value();
    }

    void start() {
        options_.tls = identity({.serial = 7});
        const auto policy = [](std::string_view, std::string_view path) {
            return path == "/none" ? RouteLimits{.refusal = WebResponse{404, "text/plain", "not found\n"}}
                                   : RouteLimits{.body_max = 1'000'000};
        };
        auto made = Server::listen(loop_, options_, policy, [](WebRequest& request) { return handle(request); });
        ASSERT_TRUE(made) << made.error().message;
        server_ = std::move(*made);
        asio::co_spawn(loop_, server_->run(), [](std::exception_ptr) {});
        client_.add_certificate_authority(asio::buffer(authority_.certificate()));
        client_.set_verify_mode(ssl::verify_peer);
    }

    void stop(std::chrono::milliseconds within) {
        bool stopped = false;
        asio::co_spawn(loop_, server_->stop(within), [&](std::exception_ptr) { stopped = true; });
        ASSERT_TRUE(testing::run_until(loop_, [&] { return stopped; }));
    }

    TlsPeer connect() { return TlsPeer(loop_, server_->port(), client_); }

    /// What a client hears that says raw bytes, whatever they are.
    std::string say_raw(std::string bytes) {
        tcp::socket socket(loop_);
        socket.connect({asio::ip::make_address("127.0.0.1"), server_->port()});
        boost::system::error_code ignored;  // The server may have heard enough before the end.
        asio::write(socket, asio::buffer(bytes), ignored);
        return testing::run(loop_, read_raw(socket));
    }
    static awaitable<std::string> read_raw(tcp::socket& socket) {
        std::string all;
        std::array<char, 4096> piece{};
        for (;;) {
            const auto [failed, size] = co_await socket.async_read_some(asio::buffer(piece), kNoThrow);
            all.append(piece.data(), size);
            if (failed) co_return all;
        }
    }

    std::string answer_to(const std::string& request) {
        auto peer = connect();
        EXPECT_EQ(peer.shake_hands(), "");
        peer.say(request);
        return peer.hear_until("!");
    }

    static awaitable<WebResponse> handle(WebRequest& request) {
        WebResponse response{.status = 200, .content_type = "text/plain", .body = {}};
        response.body = request.path + " " + std::to_string(request.body.size()) + "!";
        if (request.path == "/big") response.body = std::string(8'000'000, 'x') + "!";
        co_return response;
    }

    Authority authority_;
    TemporaryFolder folder_;
    asio::io_context loop_{1};
    ssl::context client_{ssl::context::tls_client};
    ServerOptions options_{};
    std::unique_ptr<Server> server_;
};

TEST_F(HttpsServer, AnswersRequestAfterRequestAndPipelinedOnes) {
    start();
    auto peer = connect();
    ASSERT_EQ(peer.shake_hands(), "");

    peer.say("GET /a HTTP/1.1\r\n\r\n");
    EXPECT_THAT(peer.hear_until("!"), AllOf(StartsWith("HTTP/1.1 200"), EndsWith("/a 0!")));
    peer.say("GET /b HTTP/1.1\r\n\r\nPOST /c HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcGET /d HTTP/1.1\r\n\r\n");
    EXPECT_THAT(peer.hear_until("/d 0!"), AllOf(HasSubstr("/b 0!"), HasSubstr("/c 3!")));
    EXPECT_EQ(server_->counts().accepted, 1U);
    EXPECT_EQ(server_->counts().handshakes_failed, 0U);
}

class HttpsVersion : public HttpsServer, public ::testing::WithParamInterface<std::string> {};

TEST_P(HttpsVersion, IsSpokenWithHttp11) {
    start();
    const int version = GetParam() == "TLSv1.2" ? TLS1_2_VERSION : TLS1_3_VERSION;
    SSL_CTX_set_min_proto_version(client_.native_handle(), version);
    SSL_CTX_set_max_proto_version(client_.native_handle(), version);
    auto peer = connect();
    peer.offer("\x02h2\x08http/1.1");

    ASSERT_EQ(peer.shake_hands(), "");

    EXPECT_EQ(peer.version(), GetParam());
    EXPECT_EQ(peer.protocol(), "http/1.1");
    peer.say("GET /a HTTP/1.1\r\n\r\n");
    EXPECT_THAT(peer.hear_until("!"), EndsWith("/a 0!"));
}

INSTANTIATE_TEST_SUITE_P(Versions, HttpsVersion, ::testing::Values("TLSv1.2", "TLSv1.3"),
                         [](const auto& param_info) { return param_info.param == "TLSv1.2" ? "Tls12" : "Tls13"; });

TEST_F(HttpsServer, RefusesTls11) {
    start();
    SSL_CTX_set_min_proto_version(client_.native_handle(), TLS1_1_VERSION);
    SSL_CTX_set_max_proto_version(client_.native_handle(), TLS1_1_VERSION);
    SSL_CTX_set_security_level(client_.native_handle(), 0);
    auto peer = connect();

    EXPECT_THAT(peer.shake_hands(), HasSubstr("protocol version"));
    EXPECT_TRUE(testing::run_until(loop_, [&] { return server_->counts().handshakes_failed == 1; }));
}

TEST_F(HttpsServer, RefusesAnExchangeWithoutForwardSecrecy) {
    start();
    SSL_CTX_set_max_proto_version(client_.native_handle(), TLS1_2_VERSION);
    SSL_CTX_set_cipher_list(client_.native_handle(), "AES128-GCM-SHA256:ECDHE-ECDSA-AES128-SHA");
    auto peer = connect();

    EXPECT_THAT(peer.shake_hands(), HasSubstr("handshake failure"));
}

TEST_F(HttpsServer, RefusesAClientThatSpeaksOtherProtocolsOnly) {
    start();
    auto peer = connect();
    peer.offer("\x02h2");

    EXPECT_THAT(peer.shake_hands(), HasSubstr("no application protocol"));
}

TEST_F(HttpsServer, AClientThatDoesNotTrustTheChainLeavesAndTheServerGoesOn) {
    start();
    const Authority stranger("Another Authority");
    ssl::context distrustful(ssl::context::tls_client);
    distrustful.add_certificate_authority(asio::buffer(stranger.certificate()));
    distrustful.set_verify_mode(ssl::verify_peer);
    {
        TlsPeer peer(loop_, server_->port(), distrustful);
        EXPECT_THAT(peer.shake_hands(), HasSubstr("certificate verify failed"));
    }

    EXPECT_TRUE(testing::run_until(loop_, [&] { return server_->counts().handshakes_failed == 1; }));
    EXPECT_THAT(answer_to("GET /a HTTP/1.1\r\n\r\n"), EndsWith("/a 0!"));
}

TEST_F(HttpsServer, ClosesWithCloseNotify) {
    start();
    auto peer = connect();
    ASSERT_EQ(peer.shake_hands(), "");

    peer.say("GET /a HTTP/1.1\r\nConnection: close\r\n\r\n");

    EXPECT_THAT(peer.hear_all(), EndsWith("/a 0!"));
}

TEST_F(HttpsServer, RefusesInWordsAndClosesInOrder) {
    start();
    auto peer = connect();
    ASSERT_EQ(peer.shake_hands(), "");

    peer.say("POST /none HTTP/1.1\r\nContent-Length: 500000\r\n\r\n" + std::string(500'000, 'x'));

    EXPECT_THAT(peer.hear_all(), AllOf(StartsWith("HTTP/1.1 404"), EndsWith("not found\n")));
}

TEST_F(HttpsServer, TakesALargeBodyAndSendsALargeAnswer) {
    start();

    EXPECT_THAT(answer_to("POST /a HTTP/1.1\r\nContent-Length: 1000000\r\n\r\n" + std::string(1'000'000, 'x')),
                EndsWith("/a 1000000!"));
    EXPECT_GT(answer_to("GET /big HTTP/1.1\r\n\r\n").size(), 8'000'000U);
}

TEST_F(HttpsServer, ASlowHeaderIsAnswered408) {
    options_.header_timeout = 100ms;
    start();
    auto peer = connect();
    ASSERT_EQ(peer.shake_hands(), "");

    peer.say("GET / HTTP/1.1\r\nHos");

    EXPECT_THAT(peer.hear_all(), AllOf(StartsWith("HTTP/1.1 408"), EndsWith("too long\n")));
}

TEST_F(HttpsServer, AnIdleConnectionIsClosedInOrder) {
    options_.idle_timeout = 100ms;
    start();
    auto peer = connect();
    ASSERT_EQ(peer.shake_hands(), "");

    peer.say("GET /a HTTP/1.1\r\n\r\n");

    EXPECT_THAT(peer.hear_all(), EndsWith("/a 0!"));
}

TEST_F(HttpsServer, PlainHttpIsToldThatThisPortSpeaksHttps) {
    start();

    EXPECT_THAT(say_raw("GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n"),
                AllOf(StartsWith("HTTP/1.1 400"), EndsWith("speaks https, not http")));
    EXPECT_EQ(server_->counts().requests, 0U);
    EXPECT_THAT(answer_to("GET /a HTTP/1.1\r\n\r\n"), EndsWith("/a 0!"));
}

struct NoHandshakeCase {
    std::string name;
    std::string sent;
};

class HttpsNoHandshake : public HttpsServer, public ::testing::WithParamInterface<NoHandshakeCase> {};

TEST_P(HttpsNoHandshake, EndsAtTheLatestByTheTimeOutAndTheServerGoesOn) {
    options_.header_timeout = 200ms;
    start();

    EXPECT_THAT(say_raw(GetParam().sent), Not(HasSubstr("HTTP")));

    EXPECT_TRUE(testing::run_until(loop_, [&] { return server_->counts().handshakes_failed == 1; }));
    EXPECT_EQ(server_->counts().requests, 0U);
    EXPECT_THAT(answer_to("GET /a HTTP/1.1\r\n\r\n"), EndsWith("/a 0!"));
}

INSTANTIATE_TEST_SUITE_P(
    Bytes, HttpsNoHandshake,
    ::testing::Values(NoHandshakeCase{"Silence", ""}, NoHandshakeCase{"Garbage", std::string(5'000, '\x80')},
                      NoHandshakeCase{"Zeros", std::string(5'000, '\0')},
                      NoHandshakeCase{"FirstBytesOfAHello", std::string("\x16\x03\x01\x02\x00\x01\x00", 7)},
                      NoHandshakeCase{"BrokenHello",
                                      std::string("\x16\x03\x01\x00\x20\x01\x00\x00\x1c", 9) + std::string(28, '\xee')},
                      NoHandshakeCase{"RecordTooLong",
                                      std::string("\x16\x03\x01\xff\xff", 5) + std::string(70'000, 'x')},
                      NoHandshakeCase{"Alert", std::string("\x15\x03\x01\x00\x02\x02\x28", 7)},
                      NoHandshakeCase{"DataBeforeTheHandshake", std::string("\x17\x03\x03\x00\x05hello", 10)}),
    [](const auto& param_info) { return param_info.param.name; });

TEST_F(HttpsServer, ARenewedCertificateIsShownToNewConnectionsAndOpenOnesGoOn) {
    start();
    auto open = connect();
    ASSERT_EQ(open.shake_hands(), "");
    EXPECT_EQ(open.serial(), "7");

    server_->renew(identity({.serial = 8}));

    auto fresh = connect();
    ASSERT_EQ(fresh.shake_hands(), "");
    EXPECT_EQ(fresh.serial(), "8");
    open.say("GET /old HTTP/1.1\r\n\r\n");
    EXPECT_THAT(open.hear_until("!"), EndsWith("/old 0!"));
    fresh.say("GET /new HTTP/1.1\r\n\r\n");
    EXPECT_THAT(fresh.hear_until("!"), EndsWith("/new 0!"));
}

TEST_F(HttpsServer, APeerThatLeavesInTheMiddleOfAnAnswerHarmsNobody) {
    start();
    {
        auto peer = connect();
        ASSERT_EQ(peer.shake_hands(), "");
        peer.say("GET /big HTTP/1.1\r\n\r\n");
        ASSERT_TRUE(testing::run_until(loop_, [&] { return server_->counts().requests == 1; }));
    }

    EXPECT_TRUE(testing::run_until(loop_, [&] { return server_->counts().connections == 0; }));
    EXPECT_THAT(answer_to("GET /a HTTP/1.1\r\n\r\n"), EndsWith("/a 0!"));
}

TEST_F(HttpsServer, StopClosesIdleConnectionsInOrder) {
    start();
    auto peer = connect();
    ASSERT_EQ(peer.shake_hands(), "");
    peer.say("GET /a HTTP/1.1\r\n\r\n");
    peer.hear_until("!");

    stop(1s);

    EXPECT_EQ(peer.hear_all(), "");
}

}  // namespace
}  // namespace harborline::gateway
