#pragma once
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <optional>
#include <utility>

#include "gateway/http/tls.hpp"

namespace harborline::gateway {

using Tcp = boost::asio::ip::tcp;
// The concrete executor spares each operation a type-erased one.
using Socket = boost::asio::basic_stream_socket<Tcp, boost::asio::io_context::executor_type>;

/// A connected, non-blocking socket with or without TLS, behind those of Socket's operations that a session uses.
/// Shakes hands with its first read. Plain, it costs one branch and one empty pointer.
class Wire {
  public:
    /// The most that a TLS record holds (RFC 8446, 5.1). Whoever reads into less may wait for the socket while OpenSSL
    /// has the rest.
    static constexpr std::size_t kRecordMax = 16 * 1024;

    Wire(Socket socket, const std::optional<TlsIdentity>& identity)
        : socket_(std::move(socket)),
          tls_(identity ? identity->accept_on(socket_.native_handle()) : nullptr),
          established_(!identity) {}
    ~Wire() { say_goodbye(); }
    Wire(const Wire&) = delete;
    Wire& operator=(const Wire&) = delete;

    /// `would_block` asks for another `async_wait` first; `eof` is an orderly end.
    std::size_t read_some(boost::asio::mutable_buffer into, boost::system::error_code& failed) {
        return tls_ ? read_tls(into, failed) : socket_.read_some(into, failed);
    }
    /// After `would_block` the same bytes must be offered again, though they may lie elsewhere by then.
    std::size_t write_some(boost::asio::const_buffer from, boost::system::error_code& failed) {
        return tls_ ? write_tls(from, failed) : socket_.write_some(from, failed);
    }
    /// Waits until it is worth trying again. A handshake may have to write before it can read.
    auto async_wait(Socket::wait_type what, const auto& token) {
        return socket_.async_wait(tls_ ? wanted(what) : what, token);
    }

    void shutdown_send(boost::system::error_code& failed) {
        say_goodbye();
        socket_.shutdown(Socket::shutdown_send, failed);
    }
    void cancel(boost::system::error_code& failed) { socket_.cancel(failed); }
    void close(boost::system::error_code& failed) {
        say_goodbye();
        tls_.reset();  // It holds the descriptor's number, which may soon be another connection's.
        socket_.close(failed);
    }

    /// Whether bytes have come that nobody has read yet.
    bool has_unread() const {
        boost::system::error_code failed;
        return socket_.available(failed) > 0 && !failed;
    }
    /// False for a TLS connection whose handshake did not succeed (yet).
    bool is_established() const { return established_; }

  private:
    std::size_t read_tls(boost::asio::mutable_buffer into, boost::system::error_code& failed);
    std::size_t write_tls(boost::asio::const_buffer from, boost::system::error_code& failed);
    Socket::wait_type wanted(Socket::wait_type otherwise) const;
    void judge(int result, boost::system::error_code& failed);
    void answer_plain_http();
    void say_goodbye() {
        if (tls_) send_close_notify();
    }
    void send_close_notify();

    Socket socket_;
    TlsConnection tls_;
    bool established_;
};

}  // namespace harborline::gateway
