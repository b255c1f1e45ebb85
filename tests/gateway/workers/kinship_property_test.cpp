// I7 and I8 as a property: whatever everybody does, words cross a tie only where nothing forbids it at that instant,
// and are in nothing that is kept. Random families, texts both ways, bars, orders, consents, checks, plans, hours and a
// clock that moves, over the real store and the real turns; what passes is compared with testing::KinshipRule.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "gateway/conversation/kinship_desk.hpp"
#include "gateway/workers/claim.hpp"
#include "gateway/workers/clock_worker.hpp"
#include "tests/support/kinship_history.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using core::MessageClass;
using core::MessageState;
using testing::phone;

/// Words on their way, as they were given.
struct Given {
    std::string words{};
    core::PhoneNumber from{};
    std::vector<int> writers{};
    std::optional<std::size_t> meant{};  ///< The bond chosen for them.
    bool to_child = false;
};

class KinshipProperty : public testing::KinshipHistory {
  public:
    explicit KinshipProperty(std::uint64_t seed) : KinshipHistory(seed) {}

  private:
    // What everybody does.

    void step(storage::Transaction& tx) override {
        world_.clock.advance(5s);
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

    std::string new_words() { return std::string{kCrane} + std::to_string(++said_) + "完"; }

    void is_written(storage::Transaction& /*tx*/, const core::Message& message) override {
        if (message.kind == MessageClass::kKinship) pending_.push_back(message);
        if (message.text.ends_with(testing::words("kin.undelivered"))) ++seen["told of it"];
    }
    void look_at_dead(storage::Transaction& tx) override {
        KinshipHistory::look_at_dead(tx);
        for (const auto& row : pending_)
            if (const auto letter = tx.letters().of_outbox(row.id)) is_dead_in_time(*letter);
    }
    void is_kept(const storage::Turn& turn) override {
        if (!turn.text.starts_with(kCrane)) return;
        ++seen["kept, for nobody"];
        ASSERT_FALSE(written_.contains(turn.text)) << "kept: " << turn.text;
        plain_.insert(turn.text);
    }

    void writes_by_menu(storage::Transaction& tx) {
        const int writer = below(kChildren + kAdults);
        const auto& own = somebody(writer).phone;
        const bool card = writer < kChildren && (own.empty() || once_in(3));
        const auto from = card ? phone(700 + below(kLentPhones)) : own;
        const auto talking = card ? std::vector{writer} : at_phone(from);
        std::string told = opens(tx, from, talking, card);
        const auto list = list_of(talking);
        if (list.empty()) return expect(told, "kin.nobody");
        ASSERT_TRUE(told.starts_with("想找谁？")) << told;
        const auto key = static_cast<std::size_t>(below(5));
        told = says_as(tx, from, talking, std::to_string(key + 1));
        if (key >= list.size()) return void(says(tx, from, "*"));
        const Bond& bond = bonds_[list[key]];
        const bool to_child = talking.front() >= kChildren;
        const auto outlook = outlook_for(bond, to_child, from);
        if (outlook.way == KinWay::kNever) {
            ++seen["blocked at once"];
            return expect(told, "kin.blocked");
        }
        if (outlook.way == KinWay::kLater && outlook.opens >= KinshipDesk::last_moment(now())) {
            ASSERT_TRUE(told.starts_with("现在还不行")) << told;
            return;
        }
        ASSERT_TRUE(told.starts_with("想对")) << told;
        if (once_in(6)) changes(tx);
        gives(tx, {.words = new_words(), .from = from, .writers = talking, .meant = list[key], .to_child = to_child});
        if (card) ++seen["by card"];
    }

    /// What whoever talks is answered, which names nobody but her own people.
    std::string says_as(storage::Transaction& tx, const core::PhoneNumber& from, const std::vector<int>& talking,
                        std::string_view text) {
        auto told = says(tx, from, text);
        EXPECT_TRUE(are_her_people(named_in(told), talking)) << after() << ": " << told;
        return told;
    }

    /// The question whom she wants, or that there is nobody. Nobody is named before card and PIN.
    std::string opens(storage::Transaction& tx, const core::PhoneNumber& from, const std::vector<int>& talking,
                      bool card) {
        forget(tx, from);
        says_as(tx, from, {}, "#");
        if (!card) return without_news(says_as(tx, from, talking, "1"));
        EXPECT_TRUE(says_as(tx, from, {}, "1").starts_with("请发8位卡号"));
        says_as(tx, from, {}, card_of(talking.front()));
        return without_news(says_as(tx, from, talking, kPin));
    }
    /// Whoever could not be told by text that words of hers did not arrive is told first.
    std::string without_news(const std::string& told) {
        static const std::string news = testing::words("kin.news") + "\n";
        if (!told.starts_with(news)) return told;
        ++seen["told on the line"];
        return told.substr(news.size());
    }

    /// Gives the words at the question for them: whether they are taken is foretold.
    void gives(storage::Transaction& tx, Given given) {
        const Bond& bond = bonds_[*given.meant];
        // The two phrases of it are told apart by the outlook at this very turn.
        world_.clock.advance(std::chrono::seconds{5});
        const auto outlook = outlook_for(bond, given.to_child, given.from);
        world_.clock.advance(-std::chrono::seconds{5});
        const bool has_phone = text_phone_for(bond, given.to_child).has_value();
        const bool in_time = !has_phone || outlook.opens < KinshipDesk::last_moment(now());
        const bool fits = outlook.way == KinWay::kMay || (outlook.way == KinWay::kLater && in_time);
        const auto before = pending_.size();
        const auto told = says_as(tx, given.from, given.writers, given.words);
        if (!fits) return expect(told, "kin.blocked");
        ASSERT_TRUE(told.starts_with("好的，就带给")) << told;
        written_[given.words] = given;
        const bool has_row = pending_.size() > before;
        ASSERT_EQ(has_row, has_phone) << after();
        if (!has_row) ++seen["waiting to be heard"];
        if (has_row) row_of_[pending_.back().id] = given.words;
    }

    /// Words out of nothing, which may be an answer to whoever has written to this phone.
    void writes_without_menu(storage::Transaction& tx) {
        const int writer = below(kChildren + kAdults);
        const auto& from = somebody(writer).phone;
        if (from.empty()) return;
        const auto talking = at_phone(from);
        Given given{.words = new_words(), .from = from, .writers = talking, .to_child = talking.front() >= kChildren};
        const auto before = pending_.size();
        auto told = says_as(tx, from, talking, given.words);
        if (told.starts_with("这些话带给谁？")) {
            ++seen["asked for whom"];
            told = says_as(tx, from, talking, std::to_string(1 + below(2)));
        }
        if (!told.starts_with("好的，就带给")) {
            plain_.insert(given.words);
            return;
        }
        ++seen["without a menu"];
        written_[given.words] = given;
        if (pending_.size() > before) row_of_[pending_.back().id] = given.words;
    }

    void expect(const std::string& told, std::string_view key) { ASSERT_EQ(told, testing::words(key)) << after(); }

    // What the sender does with it.

    void deliver(storage::Transaction& tx) {
        const storage::OutboxClaim wish{
            .channel = world_.channel().name, .now = now(), .lease_until = now() + 1min, .limit = 1000};
        const auto claimed = claim_allowed(tx, wish, core::ChannelKind::kSms, world_.ground->rules());
        std::erase_if(pending_, [&](core::Message& row) { return judge(tx, row, claimed); });
        for (const auto& one : claimed) {
            if (one.message.kind == MessageClass::kKinship) continue;
            const bool goes = one.why_not.empty();
            const bool unasked = one.message.kind == MessageClass::kNotice && !tx.handsets().get(one.message.to).staff;
            ASSERT_TRUE(!goes || !unasked || text_outlook(one.number).way == KinWay::kMay) << after();
            settle(tx, one.message, goes ? MessageState::kSent : MessageState::kDropped);
        }
        news(tx);
    }

    /// True where the row is done with.
    bool judge(storage::Transaction& tx, core::Message& row, const std::vector<Claimed>& claimed) {
        if (row.expires_at <= now()) return true;
        const auto standing = tx.outbox().find(row.id);
        const auto one = std::ranges::find(claimed, row.id, [](const Claimed& each) { return each.message.id; });
        if (one == claimed.end()) {
            EXPECT_EQ(standing->state, MessageState::kWaiting);
            EXPECT_GT(standing->due_at, now()) << "a row that is due was passed over";
            if (row.due_at <= now()) put_back(tx, row, *standing);
            return false;
        }
        const Given& given = written_.at(row_of_.at(row.id));
        const auto way = way_of(*one, given);
        if (way == KinWay::kNever) {
            EXPECT_TRUE(one->message.text.empty());
            EXPECT_TRUE(!given.to_child || text_outlook(one->number).way == KinWay::kMay)
                << "what somebody has said of her phone is no matter of the writer's";
            settle(tx, one->message, MessageState::kDropped);
            ++seen["stopped on the way"];
            return true;
        }
        EXPECT_EQ(one->message.text.find(kDigits), std::string::npos);
        EXPECT_TRUE(one->message.text.ends_with("：" + given.words)) << one->message.text;
        EXPECT_TRUE(std::ranges::all_of(named_in(one->message.text), [&](int who) {
            return holds(given.writers, who);
        })) << one->message.text;
        EXPECT_FALSE(plain_.contains(given.words)) << "words that the staff could read went to a relative";
        ++seen[given.to_child ? "to children" : "to adults"];
        settle(tx, one->message, MessageState::kSent);
        const bool well = !once_in(5);
        world_.ground->replies().receipt(tx,
                                         {.message = row.id,
                                          .state = well ? core::ReceiptState::kDelivered : core::ReceiptState::kFailed,
                                          .at = now()});
        ++seen[well ? "arrived" : "failed"];
        EXPECT_FALSE(tx.letters().of_outbox(row.id));
        return true;
    }

    /// It waits until her own hours, then until those that the rule gives, or for its end.
    void put_back(storage::Transaction& tx, core::Message& row, const core::Message& standing) {
        const Given& given = written_.at(row_of_.at(row.id));
        const auto by_plan = text_outlook(tx.handsets().get(row.to).number);
        if (by_plan.way == KinWay::kNever) {
            ++seen["waits for the child"];
            EXPECT_TRUE(given.to_child);
            EXPECT_EQ(standing.due_at, std::min(now() + 30min, row.expires_at));
        } else if (by_plan.way == KinWay::kLater) {
            ++seen["waits for her hours"];
            EXPECT_EQ(standing.due_at, std::min(by_plan.opens, row.expires_at));
        } else if (given.meant) {
            ++seen["waits"];
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
            const bool phone_fits =
                phone_for(bond, given.to_child) == one.number && text_outlook(one.number).way == KinWay::kMay;
            may = may || (phone_fits && outlook_of(bond, given.to_child).way == KinWay::kMay);
            if (given.meant) {
                EXPECT_EQ(goes, may) << after() << ": " << one.why_not;
            }
        }
        EXPECT_TRUE(may || !goes) << after();
        return goes ? KinWay::kMay : KinWay::kNever;
    }

    void settle(storage::Transaction& tx, core::Message message, MessageState state) {
        message.state = state;
        tx.outbox().settle(message);
        if (state == MessageState::kDropped) world_.ground->replies().did_not_arrive(tx, message, now());
    }

    std::vector<core::Message> pending_{};  ///< Rows of letters that have not left.
    std::map<std::string, Given> written_{};
    std::map<core::OutboxId, std::string> row_of_{};
    std::set<std::string> plain_{};  ///< Words that were nobody's to relay.
    int said_ = 0;
};

TEST(KinshipProperty, NothingCrossesWhatIsForbidden) {
    KinshipProperty property{20'270'303};

    property.run(2'100, 50);

    EXPECT_GE(property.steps, 100'000);
    property.expect_seen(
        {"arrived", "asked for whom", "blocked at once", "by card", "failed", "kept, for nobody", "outlived its key",
         "stopped on the way", "to adults", "to children", "told on the line", "told of it", "waiting to be heard",
         "waits", "waits for her hours", "waits for the child", "without a menu"},
        50);
}

}  // namespace
}  // namespace harborline::gateway
