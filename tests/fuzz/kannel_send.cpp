// What we hand to Kannel, read again as if it came from there: every text arrives whole, and no URL betrays it.
#include <algorithm>

#include "gateway/carriers/fragments.hpp"
#include "handlers/core/utf8.hpp"
#include "tests/fuzz/carriers.hpp"
#include "tests/fuzz/target.hpp"

namespace harborline::fuzz {
namespace {

constexpr std::size_t kTextMax = 9'000;

/// The request as Kannel's POST to us would repeat it.
core::Inbound echo(const gateway::Carrier& carrier, const gateway::ApiRequest& sent) {
    require(sent.url == "http://127.0.0.1:1/cgi-bin/sendsms", "a URL holds no more than the address");
    gateway::WebRequest request{
        .method = "POST", .action = "sms", .query = "id=1", .headers = sent.headers, .body = sent.body};
    for (auto& [name, value] : request.headers) {
        require(std::ranges::none_of(value, [](char c) { return c == '\r' || c == '\n'; }), "a header is one line");
        if (name == "X-Kannel-To") name = "X-Kannel-From";
    }
    return carrier.decode(request, kNow).value().front().value();
}

}  // namespace

void try_input(std::string_view input) {
    static const auto carrier = kannel();
    const std::string text = core::repair_utf8(input.substr(0, kTextMax));
    if (text.empty()) return;
    const gateway::OutgoingMessage message{
        .id = {4711}, .to = core::PhoneNumber::parse("+8619900000001", "86").value(), .text = text};

    std::vector<core::Inbound> parts;
    for (const auto& sent : carrier->build_send(message)) parts.push_back(echo(*carrier, sent));

    require(!parts.empty(), "a text is sent");
    for (const auto& part : parts) require(part.from == message.to, "every part goes to her");
    if (parts.size() == 1) return require(parts.front().text == text, "a text arrives as it was written");
    std::ranges::reverse(parts);
    require(gateway::is_complete(parts), "every part is there");
    require(gateway::join_fragments(parts).value() == text, "a long text arrives as it was written");
}

}  // namespace harborline::fuzz
