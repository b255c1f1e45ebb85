#pragma once
#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "tests/support/kinship_families.hpp"

namespace harborline::testing {

/// What the rules of random families allow, said a second time: it shares no line with the product, marks the minutes
/// of a week and looks at days one by one. What a property of the kinship line is compared with.
class KinshipRule : protected KinshipFamilies {
  public:
    enum class KinWay { kMay, kLater, kNever };
    struct Outlook {
        KinWay way = KinWay::kNever;
        core::Instant opens{};
    };

  protected:
    using KinshipFamilies::KinshipFamilies;
    ~KinshipRule() = default;

    template <class List>
    static bool holds(const List& list, int person) {
        return std::ranges::find(list, person) != list.end();
    }

    std::set<int> adults_of(int child) const {
        std::set<int> adults;
        for (const auto& guard : guards_)
            if (guard.child == child) adults.insert(guard.carer);
        for (const auto& bond : bonds_)
            if (bond.child == child) adults.insert(bond.adult);
        return adults;
    }
    bool are_siblings(int one, int other) const {
        const auto adults = adults_of(one);
        return std::ranges::any_of(adults_of(other), [&](int adult) { return adults.contains(adult); });
    }

    /// Whether a court keeps this adult from the child on that day; `lifted`: their tie says that it was lifted.
    bool is_banned(int child, int adult, bool lifted, int day) const {
        return std::ranges::any_of(bans_, [&](const Ban& ban) {
            const bool over = ban.until && *ban.until < day;
            const bool between =
                (ban.protects == child && ban.against == adult) || (ban.protects == adult && ban.against == child);
            if (between) return !(over && lifted);
            const bool of_sibling = ban.against == adult && ban.protects < kChildren && ban.protects != child &&
                                    are_siblings(ban.protects, child);
            return of_sibling && !over;
        });
    }

    bool may_on(const Bond& bond, int day) const { return may_on(bond, day, day); }
    /// As of a day, but that a consent which is over by another one is none.
    bool may_on(const Bond& bond, int day, int withdrawn_by) const {
        if (bond.row.state != TieState::kAllowed && bond.row.state != TieState::kHoursOnly) return false;
        if (!bond.row.agreed || (bond.from && day < *bond.from) || (bond.to && day > *bond.to)) return false;
        const auto& adult = somebody(bond.adult);
        if (adult.row.kind == core::PersonKind::kVolunteer && day > adult.checked_until.value_or(0)) return false;
        if (is_banned(bond.child, bond.adult, bond.lifted, day)) return false;
        return std::ranges::any_of(agreements_, [&](const Agreement& one) {
            const bool over = one.withdrawn && *one.withdrawn <= std::max(day, withdrawn_by);
            return one.child == bond.child && !over && std::ranges::any_of(guards_, [&](const Guard& guard) {
                       return guard.child == bond.child && guard.carer == one.guardian &&
                              !(guard.to && *guard.to < day);
                   });
        });
    }

    static bool is_open(const Bond& bond, bool to_child, std::int64_t minute) {
        const auto of_day = minute % kDay;
        if (to_child && (of_day >= kRestFrom || of_day < kRestTo)) return false;
        return bond.row.state != TieState::kHoursOnly || bond.open.test(minute_of_week(minute));
    }

    /// Calls are judged as what reaches the child, whoever begins them.
    Outlook outlook_at(std::int64_t local_minute, const Bond& bond, bool to_child) const {
        if (!may_on(bond, day_of(local_minute))) return {};
        return opening(local_minute, bond, to_child, [&](int day) { return may_on(bond, day); });
    }
    Outlook outlook_of(const Bond& bond, bool to_child) const { return outlook_at(local(), bond, to_child); }

    /// What whoever is kept away is answered by: she learns no more than somebody whom nothing but the hours keeps.
    Outlook shown_at(std::int64_t local_minute, const Bond& bond, bool to_child) const {
        const auto outlook = outlook_at(local_minute, bond, to_child);
        if (outlook.way != KinWay::kNever) return outlook;
        const auto shown = opening(local_minute, bond, to_child, [](int) { return true; });
        return shown.way != KinWay::kNever ? shown : Outlook{KinWay::kMay, instant_of(local_minute)};
    }
    Outlook shown_of(const Bond& bond, bool to_child) const { return shown_at(local(), bond, to_child); }

    template <class Counts>
    Outlook opening(std::int64_t from, const Bond& bond, bool to_child, const Counts& counts) const {
        if (is_open(bond, to_child, from)) return {KinWay::kMay, from == local() ? now() : instant_of(from)};
        for (std::int64_t minute = from + 1; day_of(minute) <= day_of(from) + 7; ++minute)
            if (is_open(bond, to_child, minute) && counts(day_of(minute))) return {KinWay::kLater, instant_of(minute)};
        return {};
    }

    /// Whether two who began to talk then may go on: what is decided meanwhile ends it, what only passes, an hour or a
    /// date, does not.
    bool may_talk_on(const Bond& bond, core::Instant began) const {
        const auto then = local_of(began);
        const auto counts = [&](int day) { return may_on(bond, day, today()); };
        return counts(day_of(then)) && opening(then, bond, false, counts).way != KinWay::kNever;
    }

    /// Whether anything keeps one of them from the child, besides the adult of the bond herself.
    bool others_kept_away(const Bond& bond, const std::vector<int>& people) const {
        for (const int person : people) {
            if (person == bond.adult || person == bond.child) continue;
            bool lifted = false;
            for (const auto& other : bonds_) {
                if (other.child != bond.child || other.adult != person) continue;
                if (other.row.state == TieState::kPaused || other.row.state == TieState::kBarred) return true;
                lifted = other.lifted;
            }
            if (is_banned(bond.child, person, lifted, today())) return true;
        }
        return false;
    }

    std::optional<core::PhoneNumber> phone_for(const Bond& bond, bool to_child) const {
        const auto& number = somebody(to_child ? bond.child : bond.adult).phone;
        if (number.empty() || others_kept_away(bond, at_phone(number))) return std::nullopt;
        return number;
    }

    /// As whoever writes on this phone is told.
    Outlook outlook_for(const Bond& bond, bool to_child, const core::PhoneNumber& from) const {
        if (others_kept_away(bond, at_phone(from))) return {};
        if (!to_child && !text_phone_for(bond, false)) return {};
        return outlook_of(bond, to_child);
    }

    // What somebody has said of her phone.

    /// Whether a text that she does not wait for may reach her on this phone.
    Outlook text_outlook(const core::PhoneNumber& number) const {
        const auto said = wishes_.find(number);
        if (said == wishes_.end()) return danger_.contains(number) ? Outlook{} : Outlook{KinWay::kMay, now()};
        const Wishes& wishes = said->second;
        if (wishes.way == safety::Way::kNone || wishes.way == safety::Way::kCall) return {};
        if (is_her_time(wishes, local())) return {KinWay::kMay, now()};
        std::int64_t minute = local() + 1;
        while (!is_her_time(wishes, minute)) ++minute;
        return {KinWay::kLater, instant_of(minute)};
    }
    /// Where words can be sent to, now or later.
    std::optional<core::PhoneNumber> text_phone_for(const Bond& bond, bool to_child) const {
        auto number = phone_for(bond, to_child);
        return number && text_outlook(*number).way != KinWay::kNever ? number : std::nullopt;
    }
    /// Whether this phone may ring because a relative wants to talk.
    bool may_be_rung(const core::PhoneNumber& number) const {
        const auto said = wishes_.find(number);
        if (said == wishes_.end()) return !danger_.contains(number);
        const Wishes& wishes = said->second;
        const bool calls = wishes.way == safety::Way::kCall || wishes.way == safety::Way::kEither;
        return calls && !wishes.words && is_her_time(wishes, local());
    }
    static bool is_her_time(const Wishes& wishes, std::int64_t minute) {
        return wishes.any_time || wishes.open.test(minute_of_week(minute));
    }
};

}  // namespace harborline::testing
