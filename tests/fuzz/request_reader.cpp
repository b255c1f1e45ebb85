// A connection's bytes, cut into pieces in three ways: whole, each byte by itself, and as the first bytes of the input
// say. How they were cut makes no difference to any request that is read. It may to when and how one is refused that is
// none: Beast counts a header that comes in pieces from its first line on, looks at it only when it has all of it, and
// takes a chunk off the body's limit again with every piece behind an open quote.
#include "gateway/http/request_reader.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "tests/fuzz/target.hpp"

namespace harborline::fuzz {
namespace {

using gateway::RequestReader;

constexpr std::size_t kHeaderMax = 256;
constexpr std::size_t kBodyMax = 64;
constexpr std::size_t kRequestsMax = 64;
constexpr int kHeaderTooLarge = 431;

gateway::RouteLimits policy(std::string_view method, std::string_view path) {
    if (path.starts_with("/no")) return {.refusal = gateway::WebResponse{.status = 404}};
    if (method == "DELETE") return {.refusal = gateway::WebResponse{.status = 405}, .allow = "GET, POST"};
    return {.body_max = path.starts_with("/in/") ? kBodyMax : 0};
}

/// What came out of a connection: every request as one line, and how it ended.
struct Heard {
    std::vector<std::string> requests{};
    int refusal = 0;  ///< Status; 0: more may come.
    bool closed = false;
    friend bool operator==(const Heard&, const Heard&) = default;
};

std::string written(const gateway::WebRequest& request, const RequestReader& reader) {
    std::string all = request.method + " " + request.path + "?" + request.query;
    for (const auto& [name, value] : request.headers) all += "\n" + name + ": " + value;
    all += reader.keep_alive() ? "\nkept" : "\nclosed";
    all += reader.is_http_1_0() ? " 1.0\n" : " 1.1\n";
    require(request.body.size() <= kBodyMax, "a body is bounded");
    return all + request.body;
}

/// Feeds pieces as the session does.
class Connection {
  public:
    void receive(std::string_view piece) {
        if (heard_.refusal != 0 || heard_.closed) return;
        digest(piece);
        while (heard_.refusal == 0 && !heard_.closed && !reading_ && reader_.has_leftover()) digest({});
    }
    const Heard& heard() const { return heard_; }

  private:
    void digest(std::string_view piece) {
        if (!reading_) reader_.start(request_);
        reading_ = true;
        const auto state = reader_.feed(piece);
        reader_.take_expects_continue();
        if (state == RequestReader::State::kRefused) {
            require(reader_.refusal().refusal.has_value(), "a refusal says how to answer");
            heard_.refusal = reader_.refusal().refusal->status;
        } else if (state == RequestReader::State::kComplete) {
            heard_.requests.push_back(written(request_, reader_));
            heard_.closed = !reader_.keep_alive() || heard_.requests.size() == kRequestsMax;
            reader_.finish();
            reading_ = false;
        }
    }

    gateway::RoutePolicy policy_ = policy;
    RequestReader reader_{policy_, kHeaderMax};
    gateway::WebRequest request_{};
    Heard heard_{};
    bool reading_ = false;
};

Heard hear(std::string_view bytes, std::string_view sizes) {
    Connection connection;
    Draw draw{sizes};
    while (!bytes.empty()) {
        if (draw.empty()) draw = Draw{sizes};
        const std::string_view some = bytes.substr(0, std::max<std::size_t>(draw.byte(), 1));
        connection.receive(some);
        bytes.remove_prefix(some.size());
    }
    return connection.heard();
}

/// What came last is no request, or not yet.
bool hangs(const Heard& heard) {
    return heard.refusal == 400 || heard.refusal == 413 || (heard.refusal == 0 && !heard.closed);
}

bool alike(const Heard& a, const Heard& b) {
    if (a.refusal == kHeaderTooLarge || b.refusal == kHeaderTooLarge) {
        const auto both = static_cast<std::ptrdiff_t>(std::min(a.requests.size(), b.requests.size()));
        return std::equal(a.requests.begin(), a.requests.begin() + both, b.requests.begin());
    }
    return hangs(a) && hangs(b) ? a.requests == b.requests : a == b;
}

}  // namespace

void try_input(std::string_view input) {
    Draw draw{input};
    const std::string_view sizes = draw.take(1 + draw.below(8));
    const std::string bytes = std::string{draw.rest()} + "\r\n\r\n";  // Ends a header that was cut off.

    Connection whole;
    whole.receive(bytes);
    require(alike(hear(bytes, "\x01"), whole.heard()), "bytes one by one are read like the whole");
    require(alike(hear(bytes, sizes), whole.heard()), "any cut of the bytes is read like the whole");
}

}  // namespace harborline::fuzz
