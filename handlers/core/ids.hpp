#pragma once
#include <compare>
#include <cstdint>
#include <functional>

namespace harborline::core {

/// A row's own number as its own type, so that a case can not be passed where a handset is meant. 0 means "none".
template <class Tag>
struct Id {
    std::int64_t value = 0;
    constexpr explicit operator bool() const { return value != 0; }
    friend constexpr auto operator<=>(const Id&, const Id&) = default;
};

using HandsetId = Id<struct HandsetTag>;
using ConversationId = Id<struct ConversationTag>;
using TurnId = Id<struct TurnTag>;
using CaseId = Id<struct CaseTag>;
using AlertId = Id<struct AlertTag>;
using PageId = Id<struct PageTag>;
using StaffId = Id<struct StaffTag>;
using OutboxId = Id<struct OutboxTag>;
using StrandedId = Id<struct StrandedTag>;
using PersonId = Id<struct PersonTag>;
using TieId = Id<struct TieTag>;
using LetterId = Id<struct LetterTag>;
using AppointmentId = Id<struct AppointmentTag>;

}  // namespace harborline::core

template <class Tag>
struct std::hash<harborline::core::Id<Tag>> {
    std::size_t operator()(harborline::core::Id<Tag> id) const noexcept { return std::hash<std::int64_t>{}(id.value); }
};
