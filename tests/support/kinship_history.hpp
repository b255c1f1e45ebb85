#pragma once
#include <gtest/gtest.h>

#include <cstdio>
#include <initializer_list>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/conversation/kinship_desk.hpp"
#include "gateway/conversation/memory.hpp"
#include "tests/support/kinship_rule.hpp"

namespace harborline::testing {

/// A random history of such families, and what holds of everything that is written in it, whoever does what: no number
/// of one side is in anything that the other is sent, nobody is named to whoever is kept away, and no word of a
/// relative's is kept.
class KinshipHistory : protected KinshipRule {
  public:
    void run(int rounds, int count) {
        for (int round = 0; round < rounds && !failed(); ++round) {
            // The keys of letters are looked after before a transaction, for its day and the next.
            passes_time();
            world_.in([&](storage::Transaction& tx) {
                look_at_dead(tx);
                for (int one = 0; one < count && !failed(); ++one) {
                    ++steps;
                    step(tx);
                }
                look_through(tx);
            });
        }
        std::printf("%d steps", steps);
        for (const auto& [what, times] : seen) std::printf("; %s %d", what.c_str(), times);
        std::printf("\n");
    }

    /// What has not happened shows nothing.
    void expect_seen(std::initializer_list<const char*> events, int more_than) {
        if (failed()) return;
        for (const char* what : events) EXPECT_GT(seen[what], more_than) << what;
    }

    int steps = 0;
    std::map<std::string, int> seen{};  ///< How often each kind of event has happened.

  protected:
    /// Begins whatever a relative says, and nothing of ours.
    static constexpr std::string_view kCrane = "纸鹤";

    explicit KinshipHistory(std::uint64_t seed) : KinshipRule(seed) {
        world_.settings.kinship.letters_per_day = 1'000'000;  // The rule counts none.
    }
    ~KinshipHistory() = default;

    virtual void step(storage::Transaction& tx) = 0;
    /// Between two transactions.
    virtual void passes_time() {
        if (once_in(3)) world_.clock.advance(std::chrono::minutes{below(9 * 60)});
    }
    /// A message was written just now.
    virtual void is_written(storage::Transaction& tx, const core::Message& message) = 0;
    /// The text of a turn was kept.
    virtual void is_kept(const storage::Turn& turn) { ASSERT_EQ(turn.text.find(kCrane), std::string::npos); }

    static bool failed() { return ::testing::Test::HasFailure(); }
    std::string after() const { return "after " + std::to_string(steps) + " steps"; }

    /// What this phone is answered by text, without the signature.
    std::string says(storage::Transaction& tx, const core::PhoneNumber& from, std::string_view text) {
        world_.clock.advance(std::chrono::seconds{5});
        EXPECT_EQ(world_.ground->taker().take(tx, world_.text(from, text)).kind, gateway::TurnOutcome::Kind::kTaken);
        const auto handset = tx.handsets().find(from)->id;
        std::string answer;
        for (const auto& message : news(tx))
            if (message.to == handset && message.kind != core::MessageClass::kKinship)
                answer = without_signature(message.text);
        return answer;
    }
    std::string without_signature(std::string text) const {
        for (const auto& signature : {world_.channel().signature, world_.channel().neutral_signature})
            if (!signature.empty() && text.starts_with(signature)) return text.substr(signature.size());
        return text;
    }

    /// As after a long silence: nothing is open on this phone, and it has no habits.
    static void forget(storage::Transaction& tx, const core::PhoneNumber& from) {
        const auto handset = tx.handsets().find(from);
        auto talk = handset ? tx.conversations().find(handset->id) : std::nullopt;
        if (!talk) return;
        auto memory = gateway::decode_memory(talk->state).value();
        memory.flow = {};
        memory.habits = {};
        memory.silent_calls.clear();
        memory.empty = {};
        memory.about = {};
        talk->state = gateway::encode(memory);
        tx.conversations().put(*talk);
    }

    /// What was written since the last look. Must be looked at before anything else happens.
    std::vector<core::Message> news(storage::Transaction& tx) {
        std::vector<core::Message> written;
        while (auto message = tx.outbox().find({last_ + 1})) {
            ++last_;
            look_at(tx, *message);
            is_written(tx, *message);
            written.push_back(std::move(*message));
        }
        return written;
    }

    void look_at(storage::Transaction& tx, const core::Message& message) {
        ASSERT_EQ(message.text.find(kCrane), std::string::npos) << message.text;
        const auto handset = tx.handsets().get(message.to);
        if (handset.staff) return;
        ASSERT_EQ(message.text.find(kDigits), std::string::npos) << message.text;
        using enum core::MessageClass;
        if (message.kind != kNotice && message.kind != kKinship) return;
        const auto people = at_phone(handset.number);
        const bool rings = message.channel != world_.channel().name;
        ASSERT_TRUE(rings || !people.empty()) << "a borrowed phone gets no later message: " << message.text;
        for (const int person : named_in(message.text))
            ASSERT_TRUE(may_be_named(person, people)) << after() << ": " << message.text;
    }

    /// Whose names stand in a text.
    static std::set<int> named_in(std::string_view text) {
        std::set<int> named;
        for (auto at = text.find(kNamed); at != std::string_view::npos; at = text.find(kNamed, at + 1))
            named.insert(std::stoi(std::string{text.substr(at + kNamed.size(), 2)}) - kFirstName);
        return named;
    }
    /// Whether something that names this person may reach one of these now.
    bool may_be_named(int person, const std::vector<int>& people) const {
        return std::ranges::any_of(bonds_, [&](const Bond& bond) {
            const bool to_child = bond.adult == person;
            if (!to_child && bond.child != person) return false;
            return holds(people, to_child ? bond.child : bond.adult) && outlook_of(bond, to_child).way == KinWay::kMay;
        });
    }
    /// Whether all who are named are of the people of one of those who talk, who may be kept from them.
    bool are_her_people(const std::set<int>& named, const std::vector<int>& talking) const {
        return std::ranges::all_of(named, [&](int person) {
            return std::ranges::any_of(bonds_, [&](const Bond& bond) {
                return (bond.adult == person && holds(talking, bond.child)) ||
                       (bond.child == person && holds(talking, bond.adult));
            });
        });
    }

    /// Keys die between two transactions: words that have outlived theirs are opened by nobody (I7).
    virtual void look_at_dead(storage::Transaction& tx) {
        for (const auto& bond : bonds_)
            for (const bool to_child : {true, false})
                for (const auto& letter : tx.letters().waiting(bond.id, to_child)) is_dead_in_time(letter);
    }
    void is_dead_in_time(const core::Letter& letter) {
        if (now() < gateway::KinshipDesk::last_moment(letter.written_at)) return;
        ++seen["outlived its key"];
        ASSERT_FALSE(letter.opens()) << after();
    }

    /// Nothing that is kept holds words of a relative's, nor a PIN.
    void look_through(storage::Transaction& tx) {
        gateway::KinshipDesk(world_.ground->rules()).give_up_overdue(tx, now());
        news(tx);
        for (const auto& turn : tx.turns().since(looked_at_, World::kAll)) {
            looked_at_ = turn.id;
            for (const auto* text : {&turn.identity, &turn.answer, &turn.note})
                ASSERT_EQ(text->find(kCrane), std::string::npos) << *text;
            ASSERT_NE(turn.text, kPin);
            is_kept(turn);
        }
        for (std::int64_t handset = 1; handset <= kHandsets; ++handset)
            if (const auto talk = tx.conversations().find({handset})) {
                ASSERT_EQ(talk->state.find(kCrane), std::string::npos);
                const auto memory = gateway::decode_memory(talk->state);
                ASSERT_TRUE(memory);
                for (const auto& [name, value] : memory->flow.saved.entries()) ASSERT_NE(value, kPin) << name;
            }
        // Whoever was not understood three times is called by a person, who reads nothing of it.
        for (; tx.cases().find({cases_ + 1}); ++cases_)
            for (const auto& entry : tx.cases().entries({cases_ + 1}))
                ASSERT_EQ(entry.text.find(kCrane), std::string::npos) << entry.text;
        ASSERT_TRUE(tx.stranded().list(1).empty());
    }

  private:
    static constexpr std::int64_t kHandsets = 60;  ///< More than there are.
    core::TurnId looked_at_{};
    std::int64_t last_ = 0;   ///< Message looked at,
    std::int64_t cases_ = 0;  ///< and matter.
};

}  // namespace harborline::testing
