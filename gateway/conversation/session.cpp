#include "gateway/conversation/session.hpp"

#include <string_view>
#include <utility>

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using Kind = Heard::Kind;

constexpr char kJoint = '*';
/// A first request that comes again so soon is the carrier's repeat; later its id is used for another session.
constexpr auto kSameDial = 5min;
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

/// Whether `whole` is `part` with more entered behind it. After an empty part everything is.
bool goes_beyond(std::string_view whole, std::string_view part) {
    if (part.empty()) return !whole.empty();
    return whole.size() > part.size() && whole.starts_with(part) && whole[part.size()] == kJoint;
}

Heard hear_cumulative(const Session& known, std::string_view text, bool recent) {
    const bool another = !recent || (known.over && text.empty());
    if (text == known.seen) return another && text.empty() ? Heard{Kind::kDialled} : Heard{Kind::kRepeat};
    if (goes_beyond(text, known.seen))
        return {Kind::kEntered, {std::string{text.substr(known.seen.empty() ? 0 : known.seen.size() + 1)}}};
    const bool earlier = text.empty() || goes_beyond(known.seen, text);
    return earlier && !another ? Heard{Kind::kRepeat} : Heard{Kind::kDialled, split(text)};
}

}  // namespace

Heard hear(const Session& known, const core::Inbound& inbound, core::Instant::duration since) {
    const core::SessionInput& session = *inbound.session;
    const bool same = known.id == session.id && known.channel == inbound.channel;
    const bool recent = std::chrono::abs(since) < kSameDial;
    if (session.cumulative) {
        if (same) return hear_cumulative(known, inbound.text, recent);
        return {Kind::kDialled, split(inbound.text)};
    }
    const bool began = session.event == core::SessionInput::Event::kBegan;
    if (same && began && recent && !known.over) return {Kind::kRepeat};
    if (same && !began) return {Kind::kEntered, {inbound.text}};
    Heard dialled{Kind::kDialled};
    if (!inbound.text.empty()) dialled.entered.push_back(inbound.text);
    return dialled;
}

}  // namespace harborline::gateway
