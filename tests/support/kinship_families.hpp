#pragma once
#include <algorithm>
#include <bitset>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/conversation/line_pin.hpp"
#include "gateway/conversation/safe_contact.hpp"
#include "handlers/kinship/crossing.hpp"
#include "tests/support/world.hpp"

namespace harborline::testing {

/// Random families in a World, and whatever may happen to them: bars, orders, consents, checks, hours, plans of how
/// somebody may be reached. Each is kept a second time, in words of days and minutes that a rule can be said in.
class KinshipFamilies {
  public:
    using TieState = core::Tie::State;

    static constexpr int kChildren = 5;
    static constexpr int kAdults = 8;
    static constexpr int kLentPhones = 3;
    static constexpr int kNobody = -1;
    /// Begins everybody's name, and nothing of ours.
    static constexpr std::string_view kNamed = "阿人";
    static constexpr int kFirstName = 10;
    /// Of every card, and no id.
    static constexpr std::string_view kPin = "0482";
    /// Is in every number, and in nothing of ours.
    static constexpr std::string_view kDigits = "1990000";
    static constexpr int kDay = 24 * 60;
    static constexpr int kWeek = 7 * kDay;
    using Minutes = std::bitset<kWeek>;
    /// Of the shipped settings.
    static constexpr int kRestFrom = 21 * 60;
    static constexpr int kRestTo = 7 * 60;
    /// More would leave nobody to talk to.
    static constexpr std::size_t kWithPlans = 3;

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
        Minutes open{};  ///< Of TieState::kHoursOnly.
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

    /// How somebody may be reached on a phone, as she has said it (safety::ContactPlan).
    struct Wishes {
        safety::Way way = safety::Way::kNone;
        bool any_time = true;
        Minutes open{};
        bool words = false;  ///< Whoever calls has to hear an agreed one first.
    };

  protected:
    explicit KinshipFamilies(std::uint64_t seed) : random_(seed) {
        world_.in([&](storage::Transaction& tx) { make_families(tx); });
    }
    ~KinshipFamilies() = default;

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
    template <class List>
    auto& any_of(List& list) {
        return list.at(static_cast<std::size_t>(below(static_cast<int>(list.size()))));
    }
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
        // No name begins another.
        one.row.name = std::string{kNamed} + std::to_string(kFirstName + at);
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
                                       .pin = gateway::hash_line_pin(kPin, *world_.random),
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

    const Somebody& somebody(int person) const { return people_.at(static_cast<std::size_t>(person)); }
    core::PersonId id(int person) const { return somebody(person).id; }

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
    void put(storage::Transaction& tx, const Ban& ban) {
        tx.people().put(core::ProtectionOrder{
            .person = id(ban.protects), .against = id(ban.against), .number = ban.number, .until = date_of(ban.until)});
    }
    void put(storage::Transaction& tx, const Agreement& agreement) {
        tx.people().put(core::Consent{.child = id(agreement.child),
                                      .guardian = id(agreement.guardian),
                                      .how = "paper",
                                      .given = date_of(today() - 1'000),
                                      .withdrawn = date_of(agreement.withdrawn)});
    }

    void changes(storage::Transaction& tx) { changes(tx, any_of(bonds_)); }
    /// Of this one, or of whatever it may hang on.
    void changes(storage::Transaction& tx, Bond& bond) {
        switch (below(10)) {
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
                Agreement& agreement = any_of(agreements_);
                agreement.withdrawn = once_in(4) ? std::optional{today() + below(2)} : std::nullopt;
                return put(tx, agreement);
            }
            case 6: {
                Guard& guard = any_of(guards_);
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
            case 8:
                return wishes_otherwise(tx);
            default:
                bond.lifted = !bond.lifted;
                return put(tx, bond);
        }
    }

    /// Somebody decides that the two are kept apart.
    void bars(storage::Transaction& tx, Bond& bond) {
        bond.row.state = once_in(2) ? TieState::kPaused : TieState::kBarred;
        choose_hours(bond);
        put(tx, bond);
    }

    /// A court's order begins, or one that there is ends, and begins again.
    void order(storage::Transaction& tx, const Bond& bond) {
        if (bans_.size() < 5 && once_in(3))
            bans_.push_back({.protects = once_in(4) ? bond.adult : bond.child,
                             .against = kNobody,
                             .number = std::to_string(bans_.size())});
        else if (bans_.empty())
            return;
        Ban& ban = any_of(bans_);
        if (&ban == &bans_.back() && ban.against == kNobody)
            ban.against = ban.protects == bond.child ? bond.adult : bond.child;
        if (ban.against == ban.protects || ban.against == kNobody) {
            bans_.erase(bans_.begin() + (&ban - bans_.data()));
            return;
        }
        ban.until = once_in(6) ? std::nullopt : std::optional{today() - 1 + below(2)};
        put(tx, ban);
    }

    void choose_hours(Bond& bond) {
        bond.row.hours.clear();
        bond.open.reset();
        if (bond.row.state == TieState::kHoursOnly) bond.row.hours = choose_windows(1, bond.open);
    }

    /// Some hours of the week, and each of their minutes; `least` may come to nothing.
    std::vector<core::Window> choose_windows(int least, Minutes& open) {
        std::vector<core::Window> windows;
        for (int count = least + below(3); count > 0; --count) {
            const int from = below(kDay);
            const int to = 1 + below(kDay);
            const int days = 1 + below(127);
            if (from == to) continue;
            windows.push_back({static_cast<std::uint8_t>(days), from, to});
            for (int day = 0; day < 7; ++day)
                for (int minute = from; (days >> day & 1) != 0 && minute < (to > from ? to : to + kDay); ++minute)
                    open.set(static_cast<std::size_t>((day * kDay + minute) % kWeek));
        }
        return windows;
    }
    static std::size_t minute_of_week(std::int64_t local) {
        return static_cast<std::size_t>((local + 3 * kDay) % kWeek);
    }

    /// Somebody says how she may be reached from now on, or takes it back; few have said it.
    void wishes_otherwise(storage::Transaction& tx) {
        const auto& number = people_.at(static_cast<std::size_t>(below(kChildren + kAdults))).phone;
        if (number.empty()) return;
        if (wishes_.size() >= kWithPlans) {
            tx.contact_plans().erase(tx.handsets().find(wishes_.begin()->first)->id);
            wishes_.erase(wishes_.begin());
        }
        Wishes wishes{.way = static_cast<safety::Way>(1 + below(4)), .words = once_in(4)};
        safety::ContactPlan plan{.way = wishes.way, .windows = choose_windows(0, wishes.open)};
        wishes.any_time = plan.windows.empty();
        if (wishes.words) plan.safe_word = "苹果", plan.unsafe_word = "西瓜";
        gateway::put_contact_plan(tx, tx.handsets().find(number)->id, plan);
        wishes_[number] = wishes;
    }

    /// Nothing that is written down keeps the two apart any more.
    void makes_peace(storage::Transaction& tx, Bond& bond) {
        bond.row.state = once_in(3) ? TieState::kHoursOnly : TieState::kAllowed;
        choose_hours(bond);
        bond.row.agreed = true;
        bond.from.reset();
        bond.to.reset();
        bond.lifted = true;
        put(tx, bond);
        for (auto& ban : bans_) {
            if (ban.against == kNobody) continue;
            ban.until = today() - 1;
            put(tx, ban);
        }
        for (auto& agreement : agreements_) {
            if (agreement.child != bond.child) continue;
            agreement.withdrawn.reset();
            put(tx, agreement);
        }
        for (auto& guard : guards_) {
            if (guard.child != bond.child) continue;
            guard.to.reset();
            put(tx, guard);
        }
    }

    std::vector<int> at_phone(const core::PhoneNumber& number) const {
        std::vector<int> found;
        for (int at = 0; at < static_cast<int>(people_.size()); ++at)
            if (!number.empty() && somebody(at).phone == number) found.push_back(at);
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

    World world_{};
    std::mt19937_64 random_;
    std::vector<Somebody> people_{};
    std::vector<Bond> bonds_{};
    std::vector<Ban> bans_{};
    std::vector<Guard> guards_{};
    std::vector<Agreement> agreements_{};
    std::map<core::PhoneNumber, Wishes> wishes_{};
    std::set<core::PhoneNumber> danger_{};  ///< Phones with an open matter of safety.
};

}  // namespace harborline::testing
