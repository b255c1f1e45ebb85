#pragma once
#include <algorithm>
#include <bitset>
#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gateway/conversation/line_pin.hpp"
#include "handlers/kinship/crossing.hpp"
#include "tests/support/world.hpp"

namespace harborline::testing {

/// Random families in a World, to which anything may happen, and what their rules allow, said a second time: it shares
/// no line with the product, marks the minutes of a week and looks at days one by one. What a property of the kinship
/// line is compared with.
class KinshipRule {
  public:
    using TieState = core::Tie::State;

    static constexpr int kChildren = 5;
    static constexpr int kAdults = 8;
    static constexpr int kLentPhones = 3;
    static constexpr int kNobody = -1;
    static constexpr int kDay = 24 * 60;
    static constexpr int kWeek = 7 * kDay;
    /// Of the shipped settings.
    static constexpr int kRestFrom = 21 * 60;
    static constexpr int kRestTo = 7 * 60;

    /// A person of the model: a child, or one of its people.
    struct Somebody {
        core::PersonId id{};
        core::Person row{};
        core::PhoneNumber phone{};  ///< Her own; none: she comes by card, on whatever phone.
        std::optional<int> checked_until{};
    };

    struct Bond {
        core::TieId id{};
        int child = 0;
        int adult = 0;
        core::Tie row{};
        std::bitset<kWeek> open{};  ///< Of TieState::kHoursOnly.
        std::optional<int> from{}, to{};
        bool lifted = false;
    };

    struct Ban {
        int protects = 0;
        int against = kNobody;
        std::string number{};
        std::optional<int> until{};
    };

    struct Guard {
        int child = 0;
        int carer = 0;
        bool guardian = false;
        std::optional<int> to{};
    };

    struct Agreement {
        int child = 0;
        int guardian = 0;
        std::optional<int> withdrawn{};
    };

    enum class KinWay { kMay, kLater, kNever };
    struct Outlook {
        KinWay way = KinWay::kNever;
        core::Instant opens{};
    };

  protected:
    explicit KinshipRule(std::uint64_t seed) : random_(seed) {
        world_.in([&](storage::Transaction& tx) { make_families(tx); });
    }
    ~KinshipRule() = default;

    /// Minutes since 1970 in Shanghai, which has no summer time; the first of January 1970 was a Thursday.
    static std::int64_t local_of(core::Instant at) {
        return std::chrono::floor<std::chrono::minutes>(at).time_since_epoch().count() + 8 * 60;
    }
    static core::Instant instant_of(std::int64_t local) { return core::Instant{std::chrono::minutes{local - 8 * 60}}; }
    static int day_of(std::int64_t local) { return static_cast<int>(local / kDay); }
    static core::LocalDate date_of(int day) { return core::LocalDate{std::chrono::local_days{std::chrono::days{day}}}; }
    static core::MaybeDate date_of(const std::optional<int>& day) { return day ? date_of(*day) : core::MaybeDate{}; }

    int below(int limit) { return static_cast<int>(random_() % static_cast<std::uint64_t>(limit)); }
    bool once_in(int times) { return below(times) == 0; }
    core::Instant now() const { return world_.clock.now(); }
    std::int64_t local() const { return local_of(now()); }
    int today() const { return day_of(local()); }

    // The families.

    void make_families(storage::Transaction& tx) {
        for (int at = 0; at < kChildren + kAdults; ++at) add_person(tx, at);
        for (int child = 0; child < kChildren; ++child)
            for (int adult = kChildren; adult < kChildren + kAdults; ++adult)
                if (!once_in(3)) add_bond(tx, child, adult);
        for (int child = 0; child < kChildren; ++child)
            for (int guardian = 0; guardian < 2; ++guardian) add_guardian(tx, child, kChildren + below(kAdults));
    }

    void add_person(storage::Transaction& tx, int at) {
        Somebody one;
        one.row.external_id = "p" + std::to_string(at);
        one.row.name = "人" + std::to_string(at);
        if (at < kChildren) one.row.kind = core::PersonKind::kChild;
        if (at == kChildren) one.row.kind = core::PersonKind::kVolunteer;
        if (one.row.kind == core::PersonKind::kVolunteer) one.checked_until = today() + 40;
        one.row.checked_until = date_of(one.checked_until);
        one.id = tx.people().put(one.row);
        // The last two adults share one phone, and the last two children have none.
        if (at < kChildren - 2 || at >= kChildren) one.phone = phone(500 + std::min(at, kChildren + kAdults - 2));
        if (!one.phone.empty())
            tx.people().put(core::PersonPhone{.person = one.id, .number = one.phone, .is_private = true}, now());
        if (at < kChildren)
            tx.people().put(core::Card{.child = one.id,
                                       .number = card_of(at),
                                       .pin = gateway::hash_line_pin("4821", *world_.random),
                                       .duress = {}});
        people_.push_back(std::move(one));
    }
    static std::string card_of(int child) { return "2026000" + std::to_string(child); }

    void add_bond(storage::Transaction& tx, int child, int adult) {
        Bond bond{.child = child, .adult = adult};
        bond.row = {.child = id(child), .adult = id(adult), .relation = core::Relation::kRelative, .agreed = true};
        bonds_.push_back(bond);
        put(tx, bonds_.back());
        for (const auto& tie : tx.people().ties_of(id(child)))
            if (tie.adult == id(adult)) bonds_.back().id = tie.id;
    }

    void add_guardian(storage::Transaction& tx, int child, int carer) {
        const auto same = [&](const Guard& one) { return one.child == child && one.carer == carer; };
        if (std::ranges::any_of(guards_, same)) return;
        guards_.push_back({.child = child, .carer = carer, .guardian = true});
        put(tx, guards_.back());
        agreements_.push_back({.child = child, .guardian = carer});
        put(tx, agreements_.back());
    }

    core::PersonId id(int person) const { return people_.at(static_cast<std::size_t>(person)).id; }

    void put(storage::Transaction& tx, Bond& bond) {
        bond.row.from = date_of(bond.from);
        bond.row.to = date_of(bond.to);
        bond.row.proved_by = bond.lifted ? std::string{kinship::kOrderLifted} : "papers";
        tx.people().put(bond.row);
    }
    void put(storage::Transaction& tx, const Guard& guard) {
        tx.people().put(core::Care{
            .child = id(guard.child), .carer = id(guard.carer), .guardian = guard.guardian, .to = date_of(guard.to)});
    }
    void put(storage::Transaction& tx, const Agreement& agreement) {
        tx.people().put(core::Consent{.child = id(agreement.child),
                                      .guardian = id(agreement.guardian),
                                      .how = "paper",
                                      .given = date_of(today() - 1'000),
                                      .withdrawn = date_of(agreement.withdrawn)});
    }

    void changes(storage::Transaction& tx) {
        changes(tx, bonds_.at(static_cast<std::size_t>(below(static_cast<int>(bonds_.size())))));
    }
    /// Of this one, or of whatever it may hang on.
    void changes(storage::Transaction& tx, Bond& bond) {
        switch (below(9)) {
            case 0:
                bond.row.state = static_cast<TieState>(below(4));
                choose_hours(bond);
                return put(tx, bond);
            case 1:
                bond.row.state = TieState::kAllowed;
                return put(tx, bond);
            case 2:
                bond.row.agreed = !once_in(3);
                return put(tx, bond);
            case 3:
                bond.from = once_in(3) ? std::optional{today() + below(3) - 1} : std::nullopt;
                bond.to = once_in(3) ? std::optional{today() + below(4) - 1} : std::nullopt;
                if (bond.from && bond.to && *bond.to < *bond.from) bond.to.reset();
                return put(tx, bond);
            case 4:
                return order(tx, bond);
            case 5: {
                Agreement& agreement =
                    agreements_.at(static_cast<std::size_t>(below(static_cast<int>(agreements_.size()))));
                agreement.withdrawn = once_in(4) ? std::optional{today() + below(2)} : std::nullopt;
                return put(tx, agreement);
            }
            case 6: {
                Guard& guard = guards_.at(static_cast<std::size_t>(below(static_cast<int>(guards_.size()))));
                guard.to = once_in(4) ? std::optional{today() + below(3) - 1} : std::nullopt;
                return put(tx, guard);
            }
            case 7: {
                Somebody& volunteer = people_.at(kChildren);
                volunteer.checked_until = today() + (once_in(4) ? below(3) - 1 : 40);
                volunteer.row.checked_until = date_of(volunteer.checked_until);
                tx.people().put(volunteer.row);
                return;
            }
            default:
                bond.lifted = !bond.lifted;
                return put(tx, bond);
        }
    }

    /// A court's order begins, or one that there is ends, and begins again.
    void order(storage::Transaction& tx, const Bond& bond) {
        if (bans_.size() < 5 && once_in(3))
            bans_.push_back({.protects = once_in(4) ? bond.adult : bond.child,
                             .against = kNobody,
                             .number = std::to_string(bans_.size())});
        else if (bans_.empty())
            return;
        Ban& ban = bans_.at(static_cast<std::size_t>(below(static_cast<int>(bans_.size()))));
        if (&ban == &bans_.back() && ban.against == kNobody)
            ban.against = ban.protects == bond.child ? bond.adult : bond.child;
        if (ban.against == ban.protects || ban.against == kNobody) {
            bans_.erase(bans_.begin() + (&ban - bans_.data()));
            return;
        }
        ban.until = once_in(6) ? std::nullopt : std::optional{today() - 1 + below(2)};
        tx.people().put(core::ProtectionOrder{
            .person = id(ban.protects), .against = id(ban.against), .number = ban.number, .until = date_of(ban.until)});
    }

    void choose_hours(Bond& bond) {
        bond.row.hours.clear();
        bond.open.reset();
        if (bond.row.state != TieState::kHoursOnly) return;
        for (int count = below(3); count >= 0; --count) {
            const int from = below(kDay);
            const int to = 1 + below(kDay);
            const int days = 1 + below(127);
            if (from == to) continue;
            bond.row.hours.push_back({static_cast<std::uint8_t>(days), from, to});
            for (int day = 0; day < 7; ++day)
                for (int minute = from; (days >> day & 1) != 0 && minute < (to > from ? to : to + kDay); ++minute)
                    bond.open.set(static_cast<std::size_t>((day * kDay + minute) % kWeek));
        }
    }

    std::vector<int> at_phone(const core::PhoneNumber& number) const {
        std::vector<int> found;
        for (int at = 0; at < static_cast<int>(people_.size()); ++at)
            if (people_.at(static_cast<std::size_t>(at)).phone == number) found.push_back(at);
        return found;
    }

    /// Ties in their days, as the list of this phone's people shows them: one for each child, or each adult.
    std::vector<std::size_t> list_of(const std::vector<int>& talking) const {
        std::vector<std::size_t> found;
        std::set<int> others;
        std::vector<std::size_t> order(bonds_.size());
        for (std::size_t at = 0; at < order.size(); ++at) order[at] = at;
        const bool child = talking.front() < kChildren;
        // Of two adults the one who stands first is asked first; the keys go by the number of the tie.
        for (const int person : talking)
            for (const std::size_t at : order) {
                const Bond& bond = bonds_[at];
                if ((child ? bond.child : bond.adult) != person) continue;
                if ((bond.from && *bond.from > today()) || (bond.to && *bond.to < today())) continue;
                if (others.insert(child ? bond.adult : bond.child).second) found.push_back(at);
            }
        std::ranges::sort(found, {}, [&](std::size_t at) { return bonds_[at].id; });
        if (found.size() > 5) found.resize(5);
        return found;
    }

    // The rule, said a second time.

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

    bool may_on(const Bond& bond, int day) const {
        if (bond.row.state != TieState::kAllowed && bond.row.state != TieState::kHoursOnly) return false;
        if (!bond.row.agreed || (bond.from && day < *bond.from) || (bond.to && day > *bond.to)) return false;
        const auto& adult = people_.at(static_cast<std::size_t>(bond.adult));
        if (adult.row.kind == core::PersonKind::kVolunteer && day > adult.checked_until.value_or(0)) return false;
        if (is_banned(bond.child, bond.adult, bond.lifted, day)) return false;
        return std::ranges::any_of(agreements_, [&](const Agreement& one) {
            const bool stands = one.child == bond.child && !(one.withdrawn && *one.withdrawn <= day);
            return stands && std::ranges::any_of(guards_, [&](const Guard& guard) {
                       return guard.child == bond.child && guard.carer == one.guardian &&
                              !(guard.to && *guard.to < day);
                   });
        });
    }

    static bool is_open(const Bond& bond, bool to_child, std::int64_t minute) {
        const auto of_day = minute % kDay;
        if (to_child && (of_day >= kRestFrom || of_day < kRestTo)) return false;
        const auto of_week = static_cast<std::size_t>((minute + 3 * kDay) % kWeek);
        return bond.row.state != TieState::kHoursOnly || bond.open.test(of_week);
    }

    Outlook outlook_of(const Bond& bond, bool to_child) const {
        if (!may_on(bond, today())) return {};
        if (is_open(bond, to_child, local())) return {KinWay::kMay, now()};
        for (std::int64_t minute = local() + 1; day_of(minute) <= today() + 7; ++minute)
            if (is_open(bond, to_child, minute) && may_on(bond, day_of(minute)))
                return {KinWay::kLater, instant_of(minute)};
        return {};
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
        const auto& number = people_.at(static_cast<std::size_t>(to_child ? bond.child : bond.adult)).phone;
        if (number.empty() || others_kept_away(bond, at_phone(number))) return std::nullopt;
        return number;
    }

    /// As whoever stands at this phone is told.
    Outlook outlook_for(const Bond& bond, bool to_child, const core::PhoneNumber& from) const {
        if (others_kept_away(bond, at_phone(from))) return {};
        if (!to_child && !phone_for(bond, false)) return {};
        return outlook_of(bond, to_child);
    }

    World world_{};
    std::mt19937_64 random_;
    std::vector<Somebody> people_{};
    std::vector<Bond> bonds_{};
    std::vector<Ban> bans_{};
    std::vector<Guard> guards_{};
    std::vector<Agreement> agreements_{};
};

}  // namespace harborline::testing
