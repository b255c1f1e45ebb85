// What came from an event socket, cut into pieces in three ways: how it was cut makes no difference to what is read.
// The events that are in it go into a book with two calls under way, which they may end once each and never more.
#include <algorithm>
#include <string>
#include <vector>

#include "gateway/calls/event_reader.hpp"
#include "gateway/calls/switch_book.hpp"
#include "gateway/calls/switch_command.hpp"
#include "tests/fuzz/target.hpp"

namespace harborline::fuzz {
namespace {

constexpr gateway::SwitchReaderLimits kLimits{.head_max = 256, .body_max = 512};

struct Heard {
    std::vector<gateway::SwitchMessage> messages{};
    bool broken = false;
};

Heard hear(std::string_view bytes, std::string_view sizes) {
    Heard heard;
    gateway::EventReader reader(kLimits);
    Draw draw{sizes};
    while (!bytes.empty() && !heard.broken) {
        if (draw.empty()) draw = Draw{sizes};
        const std::string_view some = bytes.substr(0, std::max<std::size_t>(draw.byte(), 1));
        bytes.remove_prefix(some.size());
        reader.feed(some);
        for (auto next = reader.next();; next = reader.next()) {
            heard.broken = !next;
            if (!next || !*next) break;
            require((*next)->body.size() <= kLimits.body_max, "a body is bounded");
            heard.messages.push_back(std::move(**next));
        }
    }
    return heard;
}

bool alike(const Heard& a, const Heard& b) {
    return a.broken == b.broken &&
           std::equal(a.messages.begin(), a.messages.end(), b.messages.begin(), b.messages.end(),
                      [](const auto& x, const auto& y) { return x.headers == y.headers && x.body == y.body; });
}

void book(const Heard& heard) {
    gateway::SwitchBook book;
    require(book.place("j1", {"a", "b"}) && book.place("j2", {"b", "c"}), "two jobs are open");
    std::size_t ended = 0;
    for (const auto& message : heard.messages) {
        const auto event = gateway::read_event(message.body);
        if (!event) continue;
        const auto news = book.read(*event);
        if (news.placed) ++ended;
        if (news.leg) require(!book.is_open(news.leg->uuid), "a leg that is over is not open");
        if (news.leg) require(news.leg->cause.find(' ') == std::string::npos, "a cause is a word");
    }
    for (const std::string& leg : book.open_legs()) book.gone(leg);
    ended += book.without_legs().size();
    require(ended == 2 && book.jobs() == 0, "every job ends once");
}

}  // namespace

void try_input(std::string_view input) {
    Draw draw{input};
    const std::string_view sizes = draw.take(1 + draw.below(8));
    const std::string_view bytes = draw.rest();

    const Heard whole = hear(bytes, "\xff");
    require(alike(hear(bytes, "\x01"), whole), "bytes one by one are read like the rest");
    require(alike(hear(bytes, sizes), whole), "any cut of the bytes is read like the rest");
    book(whole);
    require(gateway::decode_percent(bytes).size() <= bytes.size(), "decoding makes nothing longer");

    gateway::CallOrder order{.job = "b1990000-0000-4000-8000-000000000001", .legs = {}, .command = std::string(bytes)};
    order.legs.emplace_back("a1990000-0000-4000-8000-000000000001");
    if (const auto command = gateway::write_originate(order)) {
        require(std::count(command->begin(), command->end(), '\n') == 3, "a command is one line and its name");
    }
}

}  // namespace harborline::fuzz
