#include "gateway/calls/event_reader.hpp"

#include <algorithm>
#include <charconv>

namespace harborline::gateway {

using core::Error;
using core::ErrorKind;
using core::Result;

namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

bool is_name(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

// Values may be UTF-8. Control characters in one mean that this is no text.
bool is_value(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte >= ' ' || byte == '\t') && byte != 0x7f;
    });
}

Error malformed(const char* why) {
    return {ErrorKind::kMalformed, std::string("event socket: ") + why};
}

/// `head`: lines, each with its LF.
Result<Headers> read_headers(std::string_view head) {
    Headers headers;
    while (!head.empty()) {
        std::string_view line = head.substr(0, head.find('\n'));
        head.remove_prefix(line.size() + 1);
        if (line.ends_with('\r')) line.remove_suffix(1);
        const auto colon = line.find(':');
        if (colon == std::string_view::npos || !is_name(line.substr(0, colon))) return malformed("a line is no header");
        std::string_view value = line.substr(colon + 1);
        value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
        if (!is_value(value)) return malformed("a header holds control characters");
        headers.emplace_back(line.substr(0, colon), value);
    }
    return headers;
}

/// How long the body is; 0 without Content-Length.
Result<std::size_t> body_size(const SwitchText& text, std::size_t size_max) {
    std::size_t size = 0;
    bool told = false;
    for (const auto& [name, value] : text.headers) {
        if (name != "Content-Length") continue;
        if (told) return malformed("two lengths");
        told = true;
        const auto [end, failed] = std::from_chars(value.data(), value.data() + value.size(), size);
        if (failed != std::errc{} || end != value.data() + value.size()) return malformed("the length is no number");
    }
    if (size > size_max) return malformed("a message is too large");
    return size;
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

}  // namespace

std::string_view SwitchText::header(std::string_view name) const {
    const auto found = std::find_if(headers.begin(), headers.end(), [&](const auto& one) { return one.first == name; });
    return found == headers.end() ? std::string_view{} : std::string_view{found->second};
}

std::string_view SwitchMessage::answer() const {
    std::string_view text = type() == "api/response" ? std::string_view{body} : header("Reply-Text");
    // Some answers end with LF and some do not.
    while (text.ends_with('\n') || text.ends_with('\r') || text.ends_with(' ')) text.remove_suffix(1);
    return text;
}

void EventReader::feed(std::string_view piece) {
    if (broken_) return;
    bytes_.erase(0, at_);
    seen_ -= std::min(seen_, at_);
    at_ = 0;
    bytes_.append(piece);
}

Result<bool> EventReader::read_head() {
    const auto end = bytes_.find("\n\n", std::max(at_, seen_));
    const std::size_t size = (end == std::string::npos ? bytes_.size() : end + 1) - at_;
    if (size > limits_.head_max) return malformed("a head is too large");
    if (end == std::string::npos) {
        seen_ = std::max(at_, bytes_.size() - std::min<std::size_t>(bytes_.size(), 1));
        return false;
    }
    auto headers = read_headers(std::string_view(bytes_).substr(at_, size));
    if (!headers) return headers.error();
    head_.emplace();
    head_->headers = std::move(*headers);
    if (head_->type().empty()) return malformed("a message does not say what it is");
    const auto length = body_size(*head_, limits_.body_max);
    if (!length) return length.error();
    body_size_ = *length;
    at_ = end + 2;
    return true;
}

Result<std::optional<SwitchMessage>> EventReader::next() {
    if (broken_) return malformed("broken");
    if (!head_) {
        const auto whole = read_head();
        if (!whole) {
            broken_ = true;
            bytes_.clear();
            return whole.error();
        }
        if (!*whole) return std::optional<SwitchMessage>{};
    }
    if (bytes_.size() - at_ < body_size_) return std::optional<SwitchMessage>{};
    head_->body = bytes_.substr(at_, body_size_);
    at_ += body_size_;
    seen_ = at_;
    return std::exchange(head_, std::nullopt);
}

Result<SwitchText> read_event(std::string_view body) {
    const auto end = body.find("\n\n");
    if (end == std::string_view::npos) return malformed("an event without end");
    auto headers = read_headers(body.substr(0, end + 1));
    if (!headers) return headers.error();
    SwitchText event;
    event.headers = std::move(*headers);
    const std::string_view rest = body.substr(end + 2);
    const auto length = body_size(event, rest.size());
    if (!length) return length.error();
    event.body = rest.substr(0, *length);
    for (auto& header : event.headers) header.second = decode_percent(header.second);
    if (event.header("Event-Name").empty()) return malformed("an event without name");
    return event;
}

std::string decode_percent(std::string_view text) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool coded =
            text[at] == '%' && at + 2 < text.size() && hex_digit(text[at + 1]) >= 0 && hex_digit(text[at + 2]) >= 0;
        if (coded) {
            decoded.push_back(static_cast<char>(hex_digit(text[at + 1]) * 16 + hex_digit(text[at + 2])));
            at += 2;
        } else {
            decoded.push_back(text[at]);
        }
    }
    return decoded;
}

}  // namespace harborline::gateway
