#include "gateway/http/wire.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <boost/asio/error.hpp>
#include <string_view>

namespace harborline::gateway {

namespace asio = boost::asio;

namespace {

constexpr std::string_view kPlainHttp =
    "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: 32\r\n\r\n"
    "this port speaks https, not http";
constexpr int kPlainReadsMax = 16;

}  // namespace

std::size_t Wire::read_tls(asio::mutable_buffer into, boost::system::error_code& failed) {
    ERR_clear_error();
    std::size_t size = 0;
    const int result = SSL_read_ex(tls_.get(), into.data(), into.size(), &size);
    judge(result, failed);
    return size;
}

std::size_t Wire::write_tls(asio::const_buffer from, boost::system::error_code& failed) {
    ERR_clear_error();
    std::size_t size = 0;
    const int result = SSL_write_ex(tls_.get(), from.data(), from.size(), &size);
    judge(result, failed);
    return size;
}

void Wire::judge(int result, boost::system::error_code& failed) {
    established_ = established_ || SSL_is_init_finished(tls_.get()) == 1;
    failed = {};
    if (result == 1) return;
    switch (SSL_get_error(tls_.get(), result)) {
        case SSL_ERROR_WANT_READ:
        case SSL_ERROR_WANT_WRITE:
            failed = asio::error::would_block;
            return;
        case SSL_ERROR_ZERO_RETURN:
            failed = asio::error::eof;
            return;
        default:
            break;
    }
    // OpenSSL has sent its alert already. What is broken stays so: no byte may go past TLS on this socket again.
    if (ERR_GET_REASON(ERR_peek_error()) == SSL_R_HTTP_REQUEST) answer_plain_http();
    ERR_clear_error();
    boost::system::error_code ignored;
    socket_.close(ignored);
    tls_.reset();
    failed = asio::error::connection_aborted;
}

Socket::wait_type Wire::wanted(Socket::wait_type otherwise) const {
    if (SSL_want_read(tls_.get())) return Socket::wait_read;
    if (SSL_want_write(tls_.get())) return Socket::wait_write;
    return otherwise;
}

// Somebody has set up the wrong address and will wonder. What came with the request is read away, because closing on
// unread bytes would reset the connection and take the answer along.
void Wire::answer_plain_http() {
    boost::system::error_code failed;
    socket_.write_some(asio::buffer(kPlainHttp), failed);
    socket_.shutdown(Socket::shutdown_send, failed);
    std::array<char, 4096> unread{};
    for (int reads = 0; !failed && reads < kPlainReadsMax; ++reads) socket_.read_some(asio::buffer(unread), failed);
}

// One try: a peer that does not read does not care.
void Wire::send_close_notify() {
    if (!established_ || (SSL_get_shutdown(tls_.get()) & SSL_SENT_SHUTDOWN) != 0) return;
    ERR_clear_error();
    SSL_shutdown(tls_.get());
    ERR_clear_error();
}

}  // namespace harborline::gateway
