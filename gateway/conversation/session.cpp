#include "gateway/conversation/session.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

#include "handlers/flow/answer.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using Kind = Heard::Kind;

constexpr char kJoint = '*';
/// In the place of a byte that is kept nowhere.
constexpr char kHidden = '\0';
/// No network holds a session open so long without an input: behind it the id is another session's.
constexpr auto kSameSession = 5min;
/// Nobody enters more in one session; behind it the text itself has stars.
constexpr std::size_t kEnteredMax = 16;

std::vector<std::string> split(std::string_view cumulative) {
    std::vector<std::string> entered;
    if (cumulative.empty()) return entered;
    while (entered.size() + 1 < kEnteredMax) {
        const auto joint = cumulative.find(kJoint);
        if (joint == std::string_view::npos) break;
        entered.emplace_back(cumulative.substr(0, joint));
        cumulative.remove_prefix(joint + 1);
    }
    entered.emplace_back(cumulative);
    return entered;
}

bool is_same(char one, char other) {
    return one == other || one == kHidden || other == kHidden;
}

bool begins_with(std::string_view whole, std::string_view part) {
    return whole.size() >= part.size() && std::equal(part.begin(), part.end(), whole.begin(), is_same);
}

/// Whether `whole` is `part` with more entered behind it. After an empty part everything is.
bool goes_beyond(std::string_view whole, std::string_view part) {
    if (part.empty()) return !whole.empty();
    return whole.size() > part.size() && begins_with(whole, part) && is_same(whole[part.size()], kJoint);
}

/// What is new in a text that goes beyond what was seen.
std::string entered_behind(std::string_view seen, std::string_view text) {
    if (!seen.empty()) return std::string{text.substr(seen.size() + 1)};
    // Nothing at all, sent off as her first input, leaves its joint before the next one. *0 calls for help either way.
    const bool sent_nothing = text.size() > 1 && text.front() == kJoint && !flow::is_covert(text);
    return std::string{text.substr(sent_nothing ? 1 : 0)};
}

Heard hear_cumulative(const Session& known, std::string_view text) {
    // An id that comes back after its end with nothing entered is another session's.
    if (known.over && text.empty()) return {Kind::kDialled};
    if (goes_beyond(text, known.seen)) return {Kind::kEntered, {entered_behind(known.seen, text)}};
    const bool is_seen = text.size() == known.seen.size() && begins_with(text, known.seen);
    const bool came_before = is_seen || text.empty() || goes_beyond(known.seen, text);
    return came_before ? Heard{Kind::kRepeat} : Heard{Kind::kDialled, split(text)};
}

}  // namespace

std::string seen_after(std::string_view seen, std::string_view cumulative, bool confidential) {
    if (!begins_with(cumulative, seen)) seen = {};
    std::string now{seen};
    now.append(cumulative.substr(seen.size()));
    if (confidential) std::fill(now.begin() + static_cast<std::ptrdiff_t>(seen.size()), now.end(), kHidden);
    return now;
}

Heard hear(const Session& known, const core::Inbound& inbound, core::Instant::duration since) {
    const core::SessionInput& session = *inbound.session;
    const bool began = session.event == core::SessionInput::Event::kBegan;
    if (known.id == session.id && known.channel == inbound.channel && std::chrono::abs(since) < kSameSession) {
        if (session.cumulative) return hear_cumulative(known, inbound.text);
        if (!began) return {Kind::kEntered, {inbound.text}};
        if (!known.over) return {Kind::kRepeat};
    }
    if (session.cumulative) return {Kind::kDialled, split(inbound.text)};
    Heard dialled{Kind::kDialled};
    if (!inbound.text.empty()) dialled.entered.push_back(inbound.text);
    return dialled;
}

}  // namespace harborline::gateway
