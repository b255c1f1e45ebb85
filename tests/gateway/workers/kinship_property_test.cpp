// I7 and I8 as a property: whatever everybody does, words cross a tie only where nothing forbids it at that instant,
// and are in nothing that is kept. Random families, texts both ways, bars, orders, consents, checks, hours and a clock
// that moves, over the real store and the real turns; what passes is compared with a second statement of the rule,
// which shares no line with the first: it marks the minutes of a week and looks at days one by one.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gateway/conversation/kinship_desk.hpp"
#include "gateway/conversation/memory.hpp"
#include "gateway/workers/claim.hpp"
#include "gateway/workers/clock_worker.hpp"
#include "tests/support/kinship_rule.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using core::MessageClass;
using core::MessageState;
using testing::phone;

/// Begins whatever anybody writes, and nothing of ours.
constexpr std::string_view kMark = "纸鹤";

/// Words on their way, as they were given.
struct Given {
    std::string words{};
    core::PhoneNumber from{};
    std::vector<int> writers{};
    std::optional<std::size_t> meant{};  ///< The bond chosen for them.
    bool to_child = false;
};

class KinshipProperty : private testing::KinshipRule {
  public:
    using KinshipRule::KinWay;

    explicit KinshipProperty(std::uint64_t seed) : KinshipRule(seed) {}

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

    using World = testing::World;
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
        property.steps, property.ways[KinshipProperty::KinWay::kMay], property.ways[KinshipProperty::KinWay::kLater],
        property.stopped_on_the_way, property.to_children, property.to_adults, property.by_card, property.without_menu,
        property.asked_whom, property.waiting_to_be_heard, property.blocked, property.arrived, property.failed,
        property.told_undelivered, property.kept_plain);
    EXPECT_GE(property.steps, 100'000);
    for (const int seen : {property.to_children, property.to_adults, property.by_card, property.without_menu,
                           property.asked_whom, property.waiting_to_be_heard, property.blocked,
                           property.stopped_on_the_way, property.arrived, property.failed, property.told_undelivered,
                           property.kept_plain, property.ways[KinshipProperty::KinWay::kLater]})
        EXPECT_GT(seen, 100);
}

}  // namespace
}  // namespace harborline::gateway
