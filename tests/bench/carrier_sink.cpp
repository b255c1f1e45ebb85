#include "tests/bench/carrier_sink.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <string_view>
#include <system_error>
#include <utility>

namespace harborline::bench {
namespace {

constexpr std::string_view kAccepted =
    "HTTP/1.1 202 Accepted\r\nContent-Type: text/plain\r\nContent-Length: 24\r\n\r\n0: Accepted for delivery";

/// The number right behind a word of the request's head; 0 where the word is not there.
std::uint64_t number_behind(std::string_view head, std::string_view word) {
    std::uint64_t number = 0;
    const auto at = head.find(word);
    if (at != std::string_view::npos)
        std::from_chars(head.data() + at + word.size(), head.data() + head.size(), number);
    return number;
}

}  // namespace

CarrierSink::CarrierSink(std::uint16_t port, std::string red)
    : red_(std::move(red)),
      listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
      epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    const int on = 1;
    setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        listen(listener_, 512) != 0)
        throw std::system_error(errno, std::generic_category(), "the carrier's port");
    epoll_event event{.events = EPOLLIN, .data = {.fd = listener_}};
    epoll_ctl(epoll_, EPOLL_CTL_ADD, listener_, &event);
    thread_ = std::thread([this] { serve(); });
}

CarrierSink::~CarrierSink() {
    over_ = true;
    thread_.join();
    for (const auto& line : lines_)
        if (line.socket >= 0) close(line.socket);
    close(listener_);
    close(epoll_);
}

std::vector<Arrival> CarrierSink::take() {
    const std::lock_guard lock{mutex_};
    return std::exchange(arrivals_, {});
}

void CarrierSink::serve() {
    constexpr int kLookUpMs = 50;
    std::array<epoll_event, 64> events;
    while (!over_) {
        const int ready = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), kLookUpMs);
        for (int i = 0; i < ready; ++i) {
            const int socket = events.at(static_cast<std::size_t>(i)).data.fd;
            if (socket == listener_) {
                accept_one();
                continue;
            }
            auto& line = lines_.at(static_cast<std::size_t>(socket));
            if (read_from(line)) continue;
            close(line.socket);
            line = {};
        }
    }
}

void CarrierSink::accept_one() {
    const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    const int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (lines_.size() <= static_cast<std::size_t>(socket)) lines_.resize(static_cast<std::size_t>(socket) + 1);
    lines_[static_cast<std::size_t>(socket)] = {.socket = socket};
    epoll_event event{.events = EPOLLIN, .data = {.fd = socket}};
    epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event);
}

bool CarrierSink::read_from(Line& line) {
    std::array<char, 16'384> piece;
    const auto got = recv(line.socket, piece.data(), piece.size(), MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return true;
    if (got <= 0) return false;
    line.read.append(piece.data(), static_cast<std::size_t>(got));
    for (;;) {
        const auto head = line.read.find("\r\n\r\n");
        if (head == std::string::npos) return true;
        const auto whole = head + 4 + number_behind(line.read, "Content-Length: ");
        if (line.read.size() < whole) return true;
        note(line.read.substr(0, whole), head);
        line.read.erase(0, whole);
        if (send(line.socket, kAccepted.data(), kAccepted.size(), MSG_NOSIGNAL) < 0) return false;
    }
}

void CarrierSink::note(const std::string& request, std::size_t head) {
    const auto at = std::chrono::steady_clock::now();
    const std::string_view words{request};
    // The address for its receipts says which part this is.
    if (number_behind(words, "&part=") != number_behind(words, "&parts=")) return;
    const bool red = words.substr(head).find(red_) != std::string_view::npos;
    const std::lock_guard lock{mutex_};
    arrivals_.push_back({.at = at, .to = number_behind(words.substr(0, head), "X-Kannel-To: +"), .red = red});
    ++count_;
}

}  // namespace harborline::bench
