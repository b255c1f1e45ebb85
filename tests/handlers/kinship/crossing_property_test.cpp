// I8 as a property: random families, judged and compared with a second statement of the rule that shares no line with
// the first. It marks days and minutes on a calendar and looks the answer up.
#include <gtest/gtest.h>

#include <array>
#include <bitset>
#include <chrono>
#include <cstdio>
#include <initializer_list>
#include <map>
#include <optional>
#include <random>

#include "handlers/kinship/crossing.hpp"

namespace harborline::kinship {
namespace {

constexpr int kFamilies = 10'000;
constexpr std::size_t kCalendarDays = 64;
/// The day of the judgement on the calendar, which begins on a Monday.
constexpr int kToday = 30;
constexpr std::chrono::local_days kFirstDay{std::chrono::year{2027} / 2 / 1};
constexpr std::size_t kMinutes = 8 * 1440;  ///< From the midnight before: today and a week.

using Days = std::bitset<kCalendarDays>;
using Minutes = std::bitset<kMinutes>;

int place_of(const core::MaybeDate& date) {
    return static_cast<int>((std::chrono::local_days{date} - kFirstDay).count());
}

/// Both in it; what has no date begins before the calendar or goes on behind it.
Days mark(const core::MaybeDate& first, const core::MaybeDate& last) {
    Days days;
    const int begin = first.ok() ? place_of(first) : 0;
    const int end = last.ok() ? place_of(last) : static_cast<int>(kCalendarDays) - 1;
    for (int i = begin; i <= end; ++i) days.set(static_cast<std::size_t>(i));
    return days;
}

Days days_of_consent(const Family& family) {
    if (family.child.age == core::AgeBand::kAdult) return Days{}.set();
    std::map<std::int64_t, Days> guardianship;
    for (const auto& care : family.cares)
        if (care.guardian && care.child == family.child.id) guardianship[care.carer.value] |= mark(care.from, care.to);
    Days days;
    for (const auto& consent : family.consents) {
        if (!consent.given.ok() || consent.child != family.child.id) continue;
        Days lasting = mark(consent.given, {});
        if (consent.withdrawn.ok()) lasting &= ~mark(consent.withdrawn, {});
        days |= lasting & guardianship[consent.guardian.value];
    }
    return days;
}

Days days_apart(const Family& family) {
    Days days;
    const std::int64_t child = family.child.id.value;
    const std::int64_t adult = family.adult.id.value;
    for (const auto& order : family.orders) {
        const bool hers = order.person.value == child && order.against.value == adult;
        const bool his = order.person.value == adult && order.against.value == child;
        if (hers || his) days |= family.tie.proved_by == "order_lifted" ? mark({}, order.until) : Days{}.set();
        for (const auto& sibling : family.siblings)
            if (order.against.value == adult && order.person == sibling) days |= mark({}, order.until);
    }
    return days;
}

/// On which something may pass at some hour.
Days good_days(const Family& family) {
    Days days;
    const bool known = family.child.id == family.tie.child && family.adult.id == family.tie.adult;
    const bool allowed =
        family.tie.state == core::Tie::State::kAllowed || family.tie.state == core::Tie::State::kHoursOnly;
    if (!known || !allowed || !family.tie.agreed) return days;
    days = mark(family.tie.from, family.tie.to) & days_of_consent(family) & ~days_apart(family);
    const bool vetted =
        family.tie.relation == core::Relation::kCaringMom || family.adult.kind == core::PersonKind::kVolunteer;
    if (vetted && !family.adult.checked_until.ok()) return {};
    return vetted ? days & mark({}, family.adult.checked_until) : days;
}

/// Marks `from` to `to` of a day, which ends on the next where it would end before it begins.
void mark_minutes(Minutes& minutes, int day, int from, int to, bool value) {
    const int end = to > from ? to : to + 1440;
    for (int minute = day * 1440 + from; minute < day * 1440 + end; ++minute)
        if (minute >= 0 && minute < static_cast<int>(kMinutes)) minutes.set(static_cast<std::size_t>(minute), value);
}

Minutes minutes_of_windows(const core::Tie& tie) {
    Minutes minutes;
    for (const auto& one : tie.hours) {
        if (one.from_min == one.to_min || one.from_min < 0 || one.to_min > 1440) continue;
        for (int day = -1; day < 8; ++day)
            if ((one.days & (1 << ((kToday + day) % 7))) != 0)
                mark_minutes(minutes, day, one.from_min, one.to_min, true);
    }
    return minutes;
}

Minutes good_minutes(const Family& family, Passing what, const Hours& hours) {
    const Days days = good_days(family);
    Minutes minutes = minutes_of_windows(family.tie);
    if (family.tie.state == core::Tie::State::kAllowed) minutes.set();
    for (int day = 0; day < 8; ++day)
        if (!days[static_cast<std::size_t>(kToday + day)]) mark_minutes(minutes, day, 0, 1440, false);
    for (int day = -1; day < 8 && what != Passing::kTextToAdult; ++day)
        mark_minutes(minutes, day, hours.quiet_from_min, hours.quiet_to_min, false);
    return minutes;
}

Judgement looked_up(const Family& family, Passing what, const Hours& hours, int minute) {
    if (!good_days(family)[kToday]) return {};
    const Minutes minutes = good_minutes(family, what, hours);
    const auto now = static_cast<std::size_t>(minute);
    if (minutes[now]) return {.crossing = Crossing::kMay};
    std::size_t next = now;
    while (next < kMinutes && !minutes[next]) ++next;
    if (next == kMinutes) return {};
    const auto date = kFirstDay + std::chrono::days{kToday + next / 1440};
    return {.crossing = Crossing::kLater, .date = core::LocalDate{date}, .minute = static_cast<int>(next % 1440)};
}

/// Families in which a few things are not as they should be, mostly near the day of the judgement.
class Families {
  public:
    Family draw() {
        Family family = sound();
        for (int changes = below(4); changes > 0; --changes) change(family);
        return family;
    }
    int below(int bound) { return static_cast<int>(random_() % static_cast<unsigned>(bound)); }
    bool chance() { return below(2) == 0; }
    core::MaybeDate date() {
        if (below(4) == 0) return {};
        return core::LocalDate{kFirstDay + std::chrono::days{kToday + below(9) - 4}};
    }

  private:
    Family sound() {
        Family family;
        family.tie = {.id = {1}, .child = {1}, .adult = {2}, .agreed = true};
        family.child = {.id = {1}, .kind = core::PersonKind::kChild, .age = core::AgeBand::k14To15};
        family.adult = {.id = {2}};
        family.cares = {{.child = {1}, .carer = {3}, .guardian = true}};
        family.consents = {{.child = {1}, .guardian = {3}, .given = core::LocalDate{kFirstDay}}};
        family.siblings = {{4}, {5}};
        return family;
    }
    core::PersonId person() { return {1 + below(6)}; }
    void change(Family& family) {
        switch (below(8)) {
            case 0:
                return change_tie(family.tie);
            case 1:
                return change_people(family);
            case 2:
                return add_order(family);
            case 3:
                family.cares.push_back({.child = {chance() ? 1 : 4}, .carer = {3}, .guardian = chance()});
                if (chance()) family.cares.erase(family.cares.begin());
                break;
            case 4:
                family.cares[0].from = date();
                family.cares[0].to = date();
                break;
            case 5:
                family.consents[0].given = date();
                family.consents[0].withdrawn = date();
                break;
            case 6:
                family.cares.push_back({.child = {1}, .carer = person(), .guardian = chance(), .to = date()});
                family.consents.push_back({.child = {chance() ? 1 : 4},
                                           .guardian = family.cares.back().carer,
                                           .given = date(),
                                           .withdrawn = date()});
                break;
            default:
                keep_to_hours(family.tie);
        }
    }
    void change_tie(core::Tie& tie) {
        const int what = below(6);
        if (what == 0) tie.state = chance() ? core::Tie::State::kPaused : core::Tie::State::kBarred;
        if (what == 1) tie.agreed = false;
        if (what == 2) tie.from = date();
        if (what == 3) tie.to = date();
        if (what == 4) tie.proved_by = chance() ? "order_lifted" : "papers";
        if (what == 5) tie.relation = core::Relation::kCaringMom;
    }
    void change_people(Family& family) {
        const int what = below(4);
        if (what == 0) family.adult.kind = core::PersonKind::kVolunteer;
        if (what != 1) family.adult.checked_until = date();
        if (what == 1) family.child.age = chance() ? core::AgeBand::kAdult : core::AgeBand::kUnknown;
        if (what == 3 && below(4) == 0) (chance() ? family.child : family.adult).id = person();
    }
    void add_order(Family& family) {
        family.orders.push_back({.person = person(), .against = person(), .until = date()});
        if (chance()) family.tie.proved_by = "order_lifted";
    }
    void keep_to_hours(core::Tie& tie) {
        tie.state = core::Tie::State::kHoursOnly;
        const auto days = static_cast<std::uint8_t>(chance() ? 0x7f : below(0x80));
        tie.hours.push_back({.days = days, .from_min = below(24) * 60, .to_min = (1 + below(25)) * 60});
    }

    std::mt19937 random_{20270303};
};

TEST(KinshipCrossing_Property, NothingCrossesWhatTheCalendarForbids) {
    constexpr std::array kPassings{Passing::kTextToAdult, Passing::kTextToChild, Passing::kCall};
    Families families;
    std::map<Crossing, int> seen;

    for (int i = 0; i < kFamilies && !HasFailure(); ++i) {
        const Family family = families.draw();
        const Passing what = kPassings.at(static_cast<std::size_t>(families.below(3)));
        const Hours hours =
            families.chance() ? Hours{} : Hours{.quiet_from_min = 60 * families.below(12), .quiet_to_min = 13 * 60};
        // Mostly where something begins or ends.
        const int minute = families.chance() ? families.below(24) * 60 : families.below(1440);
        const core::LocalTime local{
            .date = core::LocalDate{kFirstDay + std::chrono::days{kToday}}, .weekday = kToday % 7, .minute = minute};

        auto judged = may_cross(family, what, hours, local);
        judged.why = {};

        EXPECT_EQ(judged, looked_up(family, what, hours, minute)) << "family " << i << " at minute " << minute;
        ++seen[judged.crossing];
    }

    std::printf("crossings: may %d, later %d, never %d\n", seen[Crossing::kMay], seen[Crossing::kLater],
                seen[Crossing::kNever]);
    for (const auto crossing : {Crossing::kMay, Crossing::kLater, Crossing::kNever})
        EXPECT_GT(seen[crossing], kFamilies / 20);
}

}  // namespace
}  // namespace harborline::kinship
