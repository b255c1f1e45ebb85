#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace harborline::bench {

/// One keep-alive connection to loopback that carries one request at a time. The socket is the caller's to poll.
class HttpExchange {
  public:
    HttpExchange() = default;
    ~HttpExchange();
    HttpExchange(HttpExchange&& other) noexcept;
    HttpExchange& operator=(HttpExchange&& other) noexcept;

    /// False where nobody listens (yet). Throws where the machine has no socket left.
    bool connect(std::uint16_t port);
    int socket() const { return socket_; }

    /// Small enough for the socket's buffer; throws std::runtime_error where the connection is gone.
    void send(std::string_view request);
    /// The status, once the whole answer has been read; empty while bytes are missing. 0: the connection is gone.
    std::optional<int> receive(bool wait);
    /// Of the answer that was read last.
    const std::string& body() const { return body_; }

  private:
    std::optional<int> whole_answer();

    int socket_ = -1;
    std::string read_{};
    std::string body_{};
};

/// Lets this process open so many files, as far as the machine allows.
void raise_open_files(std::size_t files);

}  // namespace harborline::bench
