#include "handlers/kinship/crossing.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <vector>

#include "handlers/core/window.hpp"

namespace harborline::kinship {
namespace {

using core::LocalDate;
using core::MaybeDate;

constexpr int kWeekDays = 7;
constexpr int kDayMinutes = 24 * 60;

/// With its last day in it.
bool is_over(const MaybeDate& to, LocalDate today) {
    return to.ok() && to < today;
}

bool is_whole(const Family& family) {
    return family.tie.child && family.tie.adult && family.tie.child != family.tie.adult &&
           family.child.id == family.tie.child && family.adult.id == family.tie.adult;
}

bool is_checked_yearly(const Family& family) {
    return family.adult.kind == core::PersonKind::kVolunteer || family.tie.relation == core::Relation::kCaringMom;
}

bool is_checked(const core::Person& volunteer, LocalDate today) {
    return volunteer.checked_until.ok() && volunteer.checked_until >= today;
}

bool is_guardian(const core::Care& care, const core::Consent& consent, LocalDate today) {
    return care.guardian && care.child == consent.child && care.carer == consent.guardian &&
           is_in_days(care.from, care.to, today);
}

bool is_consented(const Family& family, LocalDate today) {
    if (family.child.age == core::AgeBand::kAdult) return true;
    return std::ranges::any_of(family.consents, [&](const core::Consent& consent) {
        return consent.child == family.tie.child && is_in_force(consent, family.cares, today);
    });
}

bool is_between(const core::ProtectionOrder& order, const core::Tie& tie) {
    return (order.person == tie.child && order.against == tie.adult) ||
           (order.person == tie.adult && order.against == tie.child);
}

bool keeps_apart(const core::ProtectionOrder& order, const Family& family, LocalDate today) {
    const bool over = is_over(order.until, today);
    if (is_between(order, family.tie)) return !over || family.tie.proved_by != kOrderLifted;
    return !over && order.against == family.tie.adult &&
           std::ranges::find(family.siblings, order.person) != family.siblings.end();
}

bool is_ordered_apart(const Family& family, LocalDate today) {
    return std::ranges::any_of(family.orders, [&](const auto& one) { return keeps_apart(one, family, today); });
}

bool is_open(const core::Tie& tie) {
    return tie.state == core::Tie::State::kAllowed || tie.state == core::Tie::State::kHoursOnly;
}

/// What forbids it on that day at whatever hour; empty: nothing.
std::string_view obstacle(const Family& family, LocalDate today) {
    const core::Tie& tie = family.tie;
    if (!is_whole(family)) return "not all is known of this tie";
    if (is_ordered_apart(family, today)) return "a court keeps them apart";
    if (!is_open(tie)) return "the tie is paused or barred";
    if (!is_in_days(tie.from, tie.to, today)) return "not in the days of the tie";
    if (!tie.agreed) return "the adult has not agreed";
    if (is_checked_yearly(family) && !is_checked(family.adult, today)) return "the volunteer's check is over";
    if (!is_consented(family, today)) return "no guardian consents";
    return {};
}

/// The rest that this has to keep out of, if any.
std::optional<core::Window> rest_from(Passing what, const Hours& hours) {
    if (what == Passing::kTextToAdult || hours.quiet_from_min == hours.quiet_to_min) return std::nullopt;
    return core::Window{.from_min = hours.quiet_from_min, .to_min = hours.quiet_to_min};
}

bool is_open_at(const core::Tie& tie, const std::optional<core::Window>& rest, const core::LocalTime& local) {
    if (rest && core::holds(*rest, local)) return false;
    if (tie.state != core::Tie::State::kHoursOnly) return true;
    return std::ranges::any_of(tie.hours,
                               [&](const auto& one) { return core::is_sound(one) && core::holds(one, local); });
}

/// The first open minute of that day, from `local` on.
std::optional<int> next_open(const core::Tie& tie, const std::optional<core::Window>& rest, core::LocalTime local) {
    // It opens only where something begins or the rest is over.
    std::vector<int> minutes{local.minute};
    if (rest) minutes.push_back(rest->to_min);
    for (const auto& one : tie.hours) minutes.push_back(one.from_min);
    std::ranges::sort(minutes);
    for (const int minute : minutes) {
        if (minute < local.minute || minute >= kDayMinutes) continue;
        local.minute = minute;
        if (is_open_at(tie, rest, local)) return minute;
    }
    return std::nullopt;
}

/// Nothing where it does not open within a week, on the days that count.
template <class Counts>
std::optional<Judgement> next_opening(const core::Tie& tie, const std::optional<core::Window>& rest,
                                      const core::LocalTime& local, const Counts& counts) {
    if (is_open_at(tie, rest, local)) return Judgement{.crossing = Crossing::kMay};
    for (int days = 0; days <= kWeekDays; ++days) {
        const LocalDate date{std::chrono::local_days{local.date} + std::chrono::days{days}};
        const core::LocalTime from{
            .date = date, .weekday = (local.weekday + days) % 7, .minute = days == 0 ? local.minute : 0};
        if (!counts(date)) continue;
        if (const auto minute = next_open(tie, rest, from))
            return Judgement{.crossing = Crossing::kLater, .date = date, .minute = *minute};
    }
    return std::nullopt;
}

}  // namespace

bool is_in_days(MaybeDate first, MaybeDate last, LocalDate today) {
    return !(first.ok() && first > today) && !is_over(last, today);
}

bool is_in_force(const core::Consent& consent, const std::vector<core::Care>& cares, LocalDate today) {
    const bool given = consent.given.ok() && consent.given <= today;
    const bool withdrawn = consent.withdrawn.ok() && consent.withdrawn <= today;
    return given && !withdrawn &&
           std::ranges::any_of(cares, [&](const core::Care& care) { return is_guardian(care, consent, today); });
}

bool keeps_away(const Family& family, LocalDate today) {
    return !is_open(family.tie) || is_ordered_apart(family, today);
}

Judgement may_cross(const Family& family, Passing what, const Hours& hours, const core::LocalTime& local) {
    if (const auto why = obstacle(family, local.date); !why.empty()) return {.why = why};
    const auto opening = next_opening(family.tie, rest_from(what, hours), local,
                                      [&](LocalDate date) { return obstacle(family, date).empty(); });
    return opening.value_or(Judgement{.why = "no hour of the tie is left"});
}

Judgement as_if_allowed(const core::Tie& tie, Passing what, const Hours& hours, const core::LocalTime& local) {
    core::Tie allowed = tie;
    if (!is_open(tie) && !tie.hours.empty()) allowed.state = core::Tie::State::kHoursOnly;
    constexpr auto on_any_day = [](LocalDate /*date*/) { return true; };
    return next_opening(allowed, rest_from(what, hours), local, on_any_day)
        .value_or(Judgement{.crossing = Crossing::kMay});
}

}  // namespace harborline::kinship
