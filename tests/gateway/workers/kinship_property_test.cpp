// I7 and I8 as a property: whatever everybody does, words cross a tie only where nothing forbids it at that instant,
// and are in nothing that is kept. Random families, texts both ways, bars, orders, consents, checks, hours and a clock
// that moves, over the real store and the real turns; what passes is compared with a second statement of the rule,
// which shares no line with the first: it marks the minutes of a week and looks at days one by one.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bitset>
#include <cstdio>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gateway/conversation/kinship_desk.hpp"
#include "gateway/conversation/line_pin.hpp"
#include "gateway/conversation/memory.hpp"
#include "gateway/workers/claim.hpp"
#include "gateway/workers/clock_worker.hpp"
#include "handlers/kinship/crossing.hpp"
#include "tests/support/world.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using core::MessageClass;
using core::MessageState;
using testing::phone;
using TieState = core::Tie::State;

constexpr int kChildren = 5;
constexpr int kAdults = 8;
constexpr int kLentPhones = 3;
constexpr int kDay = 24 * 60;
constexpr int kWeek = 7 * kDay;
/// Of the shipped settings.
constexpr int kRestFrom = 21 * 60;
constexpr int kRestTo = 7 * 60;
/// Begins whatever anybody writes, and nothing of ours.
constexpr std::string_view kMark = "纸鹤";

/// Minutes since 1970 in Shanghai, which has no summer time; the first of January 1970 was a Thursday.
std::int64_t local_of(core::Instant at) {
    return std::chrono::floor<std::chrono::minutes>(at).time_since_epoch().count() + 8 * 60;
}
core::Instant instant_of(std::int64_t local) {
    return core::Instant{std::chrono::minutes{local - 8 * 60}};
}
int day_of(std::int64_t local) {
    return static_cast<int>(local / kDay);
}
core::LocalDate date_of(int day) {
    return core::LocalDate{std::chrono::local_days{std::chrono::days{day}}};
}
core::MaybeDate date_of(const std::optional<int>& day) {
    return day ? date_of(*day) : core::MaybeDate{};
}

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
    int against = 0;
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

/// Words on their way, as they were given.
struct Given {
    std::string words{};
    core::PhoneNumber from{};
    std::vector<int> writers{};
    std::optional<std::size_t> meant{};  ///< The bond chosen for them.
    bool to_child = false;
};

class KinshipProperty {
  public:
    explicit KinshipProperty(std::uint64_t seed) : random_(seed) {
        world_.in([&](storage::Transaction& tx) { make_families(tx); });
    }

    void run(int rounds, int count) {
        for (int round = 0; round < rounds && !::testing::Test::HasFailure(); ++round) {
            // The keys of letters are looked after before a transaction, for its day and the next.
            if (below(3) == 0) world_.clock.advance(std::chrono::minutes{below(9 * 60)});
            world_.in([&](storage::Transaction& tx) {
                for (int one = 0; one < count && !::testing::Test::HasFailure(); ++one) step(tx);
                look_through(tx);
            });
        }
    }

    int steps = 0;
    std::map<KinWay, int> ways{};
    int to_children = 0, to_adults = 0, by_card = 0, without_menu = 0, asked_whom = 0, blocked = 0;
    int stopped_on_the_way = 0, arrived = 0, failed = 0, told_undelivered = 0, waiting_to_be_heard = 0, kept_plain = 0;

  private:
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
            tx.people().put(core::Card{
                .child = one.id, .number = card_of(at), .pin = hash_line_pin("4821", *world_.random), .duress = {}});
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

    // What everybody does.

    void step(storage::Transaction& tx) {
        ++steps;
        world_.clock.advance(std::chrono::seconds{5});
        const int dice = below(100);
        if (dice < 34)
            writes_by_menu(tx);
        else if (dice < 58)
            writes_without_menu(tx);
        else if (dice < 66)
            changes(tx);
        else if (dice < 68)
            world_.clock.advance(std::chrono::seconds{below(600)});
        else if (dice < 70)
            keep_one_deadline(tx, world_.ground->taker(), world_.ground->replies(), now());
        deliver(tx);
    }

    void changes(storage::Transaction& tx) {
        Bond& bond = bonds_.at(static_cast<std::size_t>(below(static_cast<int>(bonds_.size()))));
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
                             .against = 0,
                             .number = std::to_string(bans_.size())});
        else if (bans_.empty())
            return;
        Ban& ban = bans_.at(static_cast<std::size_t>(below(static_cast<int>(bans_.size()))));
        if (&ban == &bans_.back() && ban.against == 0)
            ban.against = ban.protects == bond.child ? bond.adult : bond.child;
        if (ban.against == ban.protects || ban.against == 0) {
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

    std::string new_words() { return std::string{kMark} + std::to_string(++said_) + "完"; }

    /// What this phone is answered by text.
    std::string says(storage::Transaction& tx, const core::PhoneNumber& from, std::string_view text) {
        world_.clock.advance(std::chrono::seconds{5});
        const auto inbound = world_.text(from, text);
        EXPECT_EQ(world_.ground->taker().take(tx, inbound).kind, TurnOutcome::Kind::kTaken);
        std::string answer;
        const auto handset = tx.handsets().find(from)->id;
        while (auto message = tx.outbox().find({last_ + 1})) {
            ++last_;
            if (message->kind == MessageClass::kKinship)
                pending_.push_back(*message);
            else if (message->to == handset)
                answer = message->text;
            see(*message);
        }
        const auto& signature = world_.channel().signature;
        return answer.substr(answer.starts_with(signature) ? signature.size() : 0);
    }

    void see(const core::Message& added) {
        notice(added);
        if (added.text.ends_with(testing::words("kin.undelivered"))) ++told_undelivered;
    }

    /// Nobody's number stands in anything, nor anybody's words in a row.
    void notice(const core::Message& message) {
        ASSERT_EQ(message.text.find("1990000"), std::string::npos);
        ASSERT_EQ(message.text.find(kMark), std::string::npos) << message.text;
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

    void writes_by_menu(storage::Transaction& tx) {
        const int writer = below(kChildren + kAdults);
        const auto& own = people_.at(static_cast<std::size_t>(writer)).phone;
        const bool card = writer < kChildren && (own.empty() || once_in(3));
        const auto from = card ? phone(700 + below(kLentPhones)) : own;
        const auto talking = card ? std::vector{writer} : at_phone(from);
        std::string told = opens(tx, from, card ? std::optional{writer} : std::nullopt);
        const auto list = list_of(talking);
        if (list.empty()) return expect(told, "kin.nobody");
        ASSERT_TRUE(told.starts_with("想找谁？")) << told;
        const auto key = static_cast<std::size_t>(below(5));
        told = says(tx, from, std::to_string(key + 1));
        if (key >= list.size()) return void(says(tx, from, "*"));
        const Bond& bond = bonds_[list[key]];
        const bool to_child = talking.front() >= kChildren;
        const auto outlook = outlook_for(bond, to_child, from);
        if (outlook.way == KinWay::kNever) ++blocked;
        if (outlook.way == KinWay::kNever) return expect(told, "kin.blocked");
        if (outlook.way == KinWay::kLater && outlook.opens >= KinshipDesk::last_moment(now())) {
            ASSERT_TRUE(told.starts_with("现在还不行")) << told;
            return;
        }
        ASSERT_TRUE(told.starts_with("想对")) << told;
        if (once_in(6)) changes(tx);
        gives(tx, {.words = new_words(), .from = from, .writers = talking, .meant = list[key], .to_child = to_child});
        by_card += card ? 1 : 0;
    }

    /// The question whom she wants, or that there is nobody.
    std::string opens(storage::Transaction& tx, const core::PhoneNumber& from, std::optional<int> card) {
        forget(tx, from);
        says(tx, from, "#");
        const auto told = says(tx, from, "1");
        if (!card) return told;
        EXPECT_TRUE(told.starts_with("请发8位卡号")) << told;
        says(tx, from, card_of(*card));
        return says(tx, from, "4821");
    }

    /// As after a long silence: no question is open on this phone.
    static void forget(storage::Transaction& tx, const core::PhoneNumber& from) {
        const auto handset = tx.handsets().find(from);
        auto talk = handset ? tx.conversations().find(handset->id) : std::nullopt;
        if (!talk) return;
        auto memory = decode_memory(talk->state).value();
        memory.flow = {};
        talk->state = encode(memory);
        tx.conversations().put(*talk);
    }

    /// Gives the words at the question for them: whether they are taken is foretold.
    void gives(storage::Transaction& tx, Given given) {
        const Bond& bond = bonds_[*given.meant];
        // The two phrases of it are told apart by the outlook at this very turn.
        world_.clock.advance(std::chrono::seconds{5});
        const auto outlook = outlook_for(bond, given.to_child, given.from);
        world_.clock.advance(-std::chrono::seconds{5});
        const bool fits = outlook.way == KinWay::kMay ||
                          (outlook.way == KinWay::kLater && outlook.opens < KinshipDesk::last_moment(now()));
        const auto before = pending_.size();
        const auto told = says(tx, given.from, given.words);
        if (!fits) return expect(told, "kin.blocked");
        ASSERT_TRUE(told.starts_with("好的，就带给")) << told;
        written_[given.words] = given;
        const bool has_row = pending_.size() > before;
        const bool has_phone = !given.to_child || phone_for(bond, true).has_value();
        ASSERT_EQ(has_row, has_phone);
        waiting_to_be_heard += has_row ? 0 : 1;
        if (has_row) row_of_[pending_.back().id] = given.words;
    }

    /// Words out of nothing, which may be an answer to whoever has written to this phone.
    void writes_without_menu(storage::Transaction& tx) {
        const int writer = below(kChildren + kAdults);
        const auto& from = people_.at(static_cast<std::size_t>(writer)).phone;
        if (from.empty()) return;
        const auto talking = at_phone(from);
        Given given{.words = new_words(), .from = from, .writers = talking, .to_child = talking.front() >= kChildren};
        const auto before = pending_.size();
        auto told = says(tx, from, given.words);
        if (told.starts_with("这些话带给谁？")) {
            ++asked_whom;
            told = says(tx, from, std::to_string(1 + below(2)));
        }
        if (!told.starts_with("好的，就带给")) {
            plain_.insert(given.words);
            return;
        }
        ++without_menu;
        written_[given.words] = given;
        if (pending_.size() > before) row_of_[pending_.back().id] = given.words;
    }

    void expect(const std::string& told, std::string_view key) {
        ASSERT_EQ(told, testing::words(key)) << "after " << steps << " steps";
    }

    // What the sender does with it.

    void deliver(storage::Transaction& tx) {
        const storage::OutboxClaim wish{
            .channel = world_.channel().name, .now = now(), .lease_until = now() + 1min, .limit = 1000};
        const auto claimed = claim_allowed(tx, wish, core::ChannelKind::kSms, world_.ground->rules());
        std::erase_if(pending_, [&](core::Message& row) { return judge(tx, row, claimed); });
        for (const auto& one : claimed) {
            if (one.message.kind == MessageClass::kKinship) continue;
            notice(one.message);
            settle(tx, one.message, MessageState::kSent);
        }
        see_news(tx);
    }

    /// True where the row is done with.
    bool judge(storage::Transaction& tx, core::Message& row, const std::vector<Claimed>& claimed) {
        if (row.expires_at <= now()) return true;
        const auto standing = tx.outbox().find(row.id);
        const auto one = std::ranges::find(claimed, row.id, [](const Claimed& each) { return each.message.id; });
        if (one == claimed.end()) {
            EXPECT_EQ(standing->state, MessageState::kWaiting);
            EXPECT_GT(standing->due_at, now()) << "a row that is due was passed over";
            if (row.due_at <= now()) put_back(row, *standing);
            return false;
        }
        const Given& given = written_.at(row_of_.at(row.id));
        const auto way = way_of(*one, given);
        ++ways[way];
        if (way == KinWay::kNever) {
            EXPECT_TRUE(one->message.text.empty());
            settle(tx, one->message, MessageState::kDropped);
            ++stopped_on_the_way;
            return true;
        }
        EXPECT_EQ(one->message.text.find("1990000"), std::string::npos);
        EXPECT_TRUE(one->message.text.ends_with("：" + given.words)) << one->message.text;
        EXPECT_FALSE(plain_.contains(given.words)) << "words that the staff could read went to a relative";
        ++(given.to_child ? to_children : to_adults);
        settle(tx, one->message, MessageState::kSent);
        const bool well = !once_in(5);
        world_.ground->replies().receipt(tx,
                                         {.message = row.id,
                                          .state = well ? core::ReceiptState::kDelivered : core::ReceiptState::kFailed,
                                          .at = now()});
        ++(well ? arrived : failed);
        EXPECT_FALSE(tx.letters().of_outbox(row.id));
        return true;
    }

    /// It waits until the hour that the rule gives, or its end.
    void put_back(core::Message& row, const core::Message& standing) {
        ++ways[KinWay::kLater];
        const Given& given = written_.at(row_of_.at(row.id));
        if (given.meant) {
            const auto outlook = outlook_of(bonds_[*given.meant], given.to_child);
            EXPECT_EQ(outlook.way, KinWay::kLater);
            EXPECT_EQ(standing.due_at, std::min(outlook.opens, row.expires_at));
        }
        row.due_at = standing.due_at;
    }

    /// Compares what was decided about a claimed row with the rule. Words that were chosen for somebody go to nobody
    /// else.
    KinWay way_of(const Claimed& one, const Given& given) {
        const bool goes = one.why_not.empty();
        const auto receivers = at_phone(one.number);
        bool may = false;
        for (std::size_t at = 0; at < bonds_.size(); ++at) {
            const Bond& bond = bonds_[at];
            const int writer = given.to_child ? bond.adult : bond.child;
            const int receiver = given.to_child ? bond.child : bond.adult;
            if (given.meant && *given.meant != at) continue;
            if (!holds(given.writers, writer) || !holds(receivers, receiver)) continue;
            const bool phone_fits = phone_for(bond, given.to_child) == one.number;
            may = may || (phone_fits && outlook_of(bond, given.to_child).way == KinWay::kMay);
            if (given.meant) {
                EXPECT_EQ(goes, may) << "after " << steps << " steps: " << one.why_not;
            }
        }
        EXPECT_TRUE(may || !goes) << "after " << steps << " steps";
        return goes ? KinWay::kMay : KinWay::kNever;
    }

    void settle(storage::Transaction& tx, core::Message message, MessageState state) {
        message.state = state;
        tx.outbox().settle(message);
        if (state == MessageState::kDropped) world_.ground->replies().did_not_arrive(tx, message, now());
    }

    void see_news(storage::Transaction& tx) {
        while (auto message = tx.outbox().find({last_ + 1})) {
            ++last_;
            see(*message);
            ASSERT_NE(message->kind, MessageClass::kKinship);
        }
    }

    /// Nothing of what was written since the last look holds words of a relative's, and no state holds anybody's.
    void look_through(storage::Transaction& tx) {
        KinshipDesk(world_.ground->rules()).give_up_overdue(tx, now());
        see_news(tx);
        for (const auto& turn : tx.turns().since(looked_at_, World::kAll)) {
            looked_at_ = turn.id;
            for (const auto* text : {&turn.identity, &turn.answer, &turn.note})
                ASSERT_EQ(text->find(kMark), std::string::npos) << *text;
            if (!turn.text.starts_with(kMark)) continue;
            ++kept_plain;
            ASSERT_FALSE(written_.contains(turn.text)) << "kept: " << turn.text;
            plain_.insert(turn.text);
        }
        for (std::int64_t handset = 1; handset < 60; ++handset)
            if (const auto talk = tx.conversations().find({handset})) {
                ASSERT_EQ(talk->state.find(kMark), std::string::npos);
                ASSERT_EQ(talk->state.find("4821"), std::string::npos);
            }
        // Whoever was not understood three times is called by a person, who reads nothing of it.
        for (; tx.cases().find({cases_ + 1}); ++cases_)
            for (const auto& entry : tx.cases().entries({cases_ + 1}))
                ASSERT_EQ(entry.text.find(kMark), std::string::npos) << entry.text;
        ASSERT_TRUE(tx.stranded().list(1).empty());
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

    using World = testing::World;
    World world_{};
    std::mt19937_64 random_;
    std::vector<Somebody> people_{};
    std::vector<Bond> bonds_{};
    std::vector<Ban> bans_{};
    std::vector<Guard> guards_{};
    std::vector<Agreement> agreements_{};
    std::vector<core::Message> pending_{};  ///< Rows of letters that have not left.
    std::map<std::string, Given> written_{};
    std::map<core::OutboxId, std::string> row_of_{};
    std::set<std::string> plain_{};  ///< Words that were nobody's to relay.
    core::TurnId looked_at_{};
    std::int64_t last_ = 0;   ///< Message looked at,
    std::int64_t cases_ = 0;  ///< and matter.
    int said_ = 0;
};

TEST(KinshipProperty, NothingCrossesWhatIsForbidden) {
    KinshipProperty property{20'270'303};

    property.run(2'100, 50);

    std::printf(
        "%d steps: %d went, %d waited, %d were stopped on the way; %d to children, %d to adults, %d by card, %d "
        "without "
        "a menu, %d asked for whom, %d to be heard, %d blocked at once; %d arrived, %d failed, %d told of it; %d "
        "plain\n",
        property.steps, property.ways[KinWay::kMay], property.ways[KinWay::kLater], property.stopped_on_the_way,
        property.to_children, property.to_adults, property.by_card, property.without_menu, property.asked_whom,
        property.waiting_to_be_heard, property.blocked, property.arrived, property.failed, property.told_undelivered,
        property.kept_plain);
    EXPECT_GE(property.steps, 100'000);
    for (const int seen :
         {property.to_children, property.to_adults, property.by_card, property.without_menu, property.asked_whom,
          property.waiting_to_be_heard, property.blocked, property.stopped_on_the_way, property.arrived,
          property.failed, property.told_undelivered, property.kept_plain, property.ways[KinWay::kLater]})
        EXPECT_GT(seen, 100);
}

}  // namespace
}  // namespace harborline::gateway
