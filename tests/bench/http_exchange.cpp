#include "tests/bench/http_exchange.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace harborline::bench {

HttpExchange::~HttpExchange() {
    if (socket_ >= 0) close(socket_);
}

HttpExchange::HttpExchange(HttpExchange&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), read_(std::move(other.read_)), body_(std::move(other.body_)) {}

HttpExchange& HttpExchange::operator=(HttpExchange&& other) noexcept {
    std::swap(socket_, other.socket_);
    std::swap(read_, other.read_);
    std::swap(body_, other.body_);
    return *this;
}

bool HttpExchange::connect(std::uint16_t port) {
    if (socket_ >= 0) close(socket_);
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket_ < 0) throw std::system_error(errno, std::generic_category(), "no socket");
    const int on = 1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

void HttpExchange::send(std::string_view request) {
    const auto sent = ::send(socket_, request.data(), request.size(), MSG_NOSIGNAL);
    if (sent != static_cast<ssize_t>(request.size())) throw std::runtime_error("the connection took no request");
}

std::optional<int> HttpExchange::receive(bool wait) {
    std::array<char, 4096> piece;
    for (;;) {
        const auto got = recv(socket_, piece.data(), piece.size(), wait ? 0 : MSG_DONTWAIT);
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return std::nullopt;
        if (got <= 0) return 0;
        read_.append(piece.data(), static_cast<std::size_t>(got));
        if (auto status = whole_answer()) return status;
    }
}

std::optional<int> HttpExchange::whole_answer() {
    const auto head = read_.find("\r\n\r\n");
    if (head == std::string::npos) return std::nullopt;
    std::size_t length = 0;
    std::string lower = read_.substr(0, head);
    std::ranges::transform(lower, lower.begin(),
                           [](char c) { return 'A' <= c && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    constexpr std::string_view kLength = "\r\ncontent-length: ";
    if (const auto at = lower.find(kLength); at != std::string::npos)
        std::from_chars(lower.data() + at + kLength.size(), lower.data() + lower.size(), length);
    if (read_.size() < head + 4 + length) return std::nullopt;
    int status = 0;
    std::from_chars(read_.data() + std::min<std::size_t>(9, head), read_.data() + head, status);
    body_.assign(read_, head + 4, length);
    read_.erase(0, head + 4 + length);
    return status;
}

void raise_open_files(std::size_t files) {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur >= files) return;
    limit.rlim_cur = files;
    limit.rlim_max = std::max<rlim_t>(limit.rlim_max, files);  // Root may.
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) throw std::system_error(errno, std::generic_category(), "ulimit -n");
}

}  // namespace harborline::bench
