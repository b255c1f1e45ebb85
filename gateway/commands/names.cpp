#include "gateway/commands/names.hpp"

#include <array>
#include <cstddef>

namespace harborline::gateway {
namespace {

template <class Enum, std::size_t size>
std::string_view pick(const std::array<std::string_view, size>& names, Enum value) {
    return names.at(static_cast<std::size_t>(value));
}

using std::string_view;
constexpr std::array<string_view, 3> kCaseKinds{"petition", "task", "safety"};
constexpr std::array<string_view, 4> kStatuses{"registered", "accepted", "replied", "closed"};
constexpr std::array<string_view, 4> kContacts{"unknown", "call", "text", "none"};
constexpr std::array<string_view, 6> kLevels{"none", "green", "yellow", "unknown", "orange", "red"};
constexpr std::array<string_view, 11> kEntries{"said", "fact",  "opened",  "assigned", "taken", "handed_back",
                                               "note", "reply", "receipt", "status",   "link"};
constexpr std::array<string_view, 8> kClasses{"answer",    "reply", "notice",  "page",
                                              "automatic", "cover", "kinship", "red_page"};
constexpr std::array<string_view, 10> kStates{"waiting", "sending", "sent", "delivered", "failed",
                                              "unknown", "expired", "dead", "held",      "dropped"};

}  // namespace

std::string_view name_of(core::CaseKind kind) {
    return pick(kCaseKinds, kind);
}
std::string_view name_of(core::CaseStatus status) {
    return pick(kStatuses, status);
}
std::string_view name_of(core::ContactBack contact) {
    return pick(kContacts, contact);
}
std::string_view name_of(core::Level level) {
    return pick(kLevels, level);
}
std::string_view name_of(core::CaseEntry::Kind kind) {
    return pick(kEntries, kind);
}
std::string_view name_of(core::MessageClass kind) {
    return pick(kClasses, kind);
}
std::string_view name_of(core::MessageState state) {
    return pick(kStates, state);
}

}  // namespace harborline::gateway
