#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "handlers/core/result.hpp"

/// FreeSWITCH's event socket, inbound mode: what it sends, as lines of text. Read in mod_event_socket.c and recorded
/// from FreeSWITCH 1.11 (tests/gateway/calls/recordings).
namespace harborline::gateway {

/// Header lines and what follows them.
struct SwitchText {
    std::vector<std::pair<std::string, std::string>> headers{};
    std::string body{};

    /// The first of that name, as written; empty where there is none. An event may hold Hangup-Cause twice.
    std::string_view header(std::string_view name) const;
};

/// One message of the socket: the answer to a command, an event (still as text in the body), or a word about the
/// connection itself. `Content-Type` says which.
struct SwitchMessage : SwitchText {
    std::string_view type() const { return header("Content-Type"); }
    /// What a command came to: the body of an api/response, Reply-Text of any other answer; without blanks at its end.
    std::string_view answer() const;
};

struct SwitchReaderLimits {
    std::size_t head_max = std::size_t{64} * 1024;
    std::size_t body_max = std::size_t{1024} * 1024;
};

/// Cuts the socket's bytes, in whatever pieces they come, into messages.
class EventReader {
  public:
    explicit EventReader(SwitchReaderLimits limits = {}) : limits_(limits) {}

    void feed(std::string_view piece);
    /// The next whole message; nothing where more bytes are needed. Fails with kMalformed on anything that is no
    /// message or is too large: then, and ever after, the connection is of no use.
    core::Result<std::optional<SwitchMessage>> next();

  private:
    /// Takes the head off the front once it is whole. False: not yet.
    core::Result<bool> read_head();

    SwitchReaderLimits limits_;
    std::string bytes_{};
    std::size_t at_ = 0;                   ///< Everything before is used up.
    std::size_t seen_ = 0;                 ///< No head ends before.
    std::optional<SwitchMessage> head_{};  ///< Read; its body is awaited.
    std::size_t body_size_ = 0;
    bool broken_ = false;
};

/// The event inside a text/event-plain message: its headers percent-decoded, its own body as it stands. Fails with
/// kMalformed.
core::Result<SwitchText> read_event(std::string_view body);

/// %XX only; a plus stays a plus, and a percent sign before anything else stays too.
std::string decode_percent(std::string_view text);

}  // namespace harborline::gateway
