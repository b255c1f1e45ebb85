// Two relatives who have been put through: what ends their talk, what does not, and what is noted of it.
#include <algorithm>
#include <chrono>
#include <functional>
#include <ostream>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "gateway/conversation/family_facts.hpp"
#include "handlers/core/local_time.hpp"
#include "tests/gateway/conversation/relatives_on_calls.hpp"

namespace harborline::gateway {
namespace {

using testing::phone;
using namespace std::chrono_literals;

class KinshipTalks : public RelativesOnCalls {
  protected:
    /// Ming and its mother talk.
    core::Dial they_talk() {
        const auto dial = rings(phone(1));
        picks_up(dial, phone(2));
        EXPECT_TRUE(joins(dial, phone(2)));
        return dial;
    }
    bool accepts(const core::Dial& dial, const core::PhoneNumber& at, std::string_view leg) {
        auto asked = of_leg(Event::kLegKeys, dial, leg, "1");
        asked.from = at;
        return std::holds_alternative<core::Join>(hear(asked).act);
    }
    /// The legs that are to be ended by then.
    std::set<std::string> ended_within(std::chrono::milliseconds time) {
        std::set<std::string> ended;
        const auto by = world.clock.now() + time;
        const auto next_due = [&] {
            return world.in([](storage::Transaction& tx) { return tx.deadlines().next_due(); });
        };
        for (auto due = next_due(); due && *due <= by; due = next_due()) {
            world.clock.time = std::max(world.clock.time, *due);
            world.in([&](storage::Transaction& tx) {
                const auto kept =
                    keep_one_deadline(tx, world.ground->taker(), world.ground->replies(), world.clock.now());
                if (kept.to_end) ended.insert(kept.to_end->leg);
            });
        }
        world.clock.time = by;
        return ended;
    }
    bool kinship_allows_a_call() {
        return world.in([&](storage::Transaction& tx) {
            return judge(tx, world.ground->rules(), tie_, kinship::Passing::kCall, world.clock.now()).may();
        });
    }
};

TEST_F(KinshipTalks, ABarThatComesWhileTheyTalkEndsTheTalk) {
    const auto dial = rings(phone(1));
    picks_up(dial, phone(2));
    EXPECT_FALSE(watched()) << "nobody talks yet";
    joins(dial, phone(2));
    EXPECT_FALSE(watched());

    bar();
    const auto talk = watched();
    ASSERT_TRUE(talk);
    EXPECT_EQ(talk->channel, "handset-voice");
    EXPECT_EQ(talk->leg, "l1");
    EXPECT_TRUE(watched()) << "until it is over";

    EXPECT_EQ(words_of(dial_ends(core::DialEnd::kTalked)), said("kin.after"));
    EXPECT_FALSE(watched());
    EXPECT_EQ(noted().size(), 1U);
}

TEST_F(KinshipTalks, ATalkIsLookedAtEachSecondAndNotCutByTheHour) {
    world.clock.time += 10h + 59min;  // 20:59 in Shanghai.
    const auto dial = rings(phone(1));
    picks_up(dial, phone(2));
    ASSERT_TRUE(joins(dial, phone(2)));
    world.keep_what_is_due();
    EXPECT_LE(world.in([](storage::Transaction& tx) { return *tx.deadlines().next_due(); }), world.clock.now() + 1s);

    world.clock.advance(3min);
    EXPECT_FALSE(watched());
}

/// What the caller's phone does while the two talk.
enum class Meanwhile { kNothing, kText, kUssd, kCall, kCallAndItsEnd };

struct MeanwhileCase {
    std::string name{};
    Meanwhile what{};
    friend void PrintTo(const MeanwhileCase& one, std::ostream* out) { *out << one.name; }
};

class KinshipTalkMeanwhile : public KinshipTalks, public ::testing::WithParamInterface<MeanwhileCase> {
  protected:
    /// After two minutes of their talk; requests are those of the call on which they talk.
    void talk_and_do_it() {
        they_talk();
        const auto first = std::pair{id, step};
        world.clock.advance(2min);
        switch (GetParam().what) {
            case Meanwhile::kNothing:
                break;
            case Meanwhile::kText:
                world.says(phone(1), "你好");
                break;
            case Meanwhile::kUssd:
                dials_ussd();
                break;
            case Meanwhile::kCall:
                call();
                break;
            case Meanwhile::kCallAndItsEnd:
                call();
                hangs_up();
                break;
        }
        std::tie(id, step) = first;
    }
    void expect_noted() {
        ASSERT_EQ(noted().size(), 1U);
        EXPECT_TRUE(noted()[0].by_child);
        EXPECT_GE(noted()[0].talked, 2min);
        EXPECT_LT(noted()[0].talked, 3min);
    }
};

TEST_P(KinshipTalkMeanwhile, IsWatchedUntilItsDialHasEnded) {
    talk_and_do_it();
    EXPECT_TRUE(ended_within(2s).empty());
    bar();
    EXPECT_EQ(ended_within(1s), std::set<std::string>{"l1"});
    EXPECT_EQ(ended_within(1s), std::set<std::string>{"l1"}) << "until it is over";
    EXPECT_TRUE(noted().empty());

    dial_ends(core::DialEnd::kTalked);
    EXPECT_TRUE(ended_within(5s).empty());
    expect_noted();
}

TEST_P(KinshipTalkMeanwhile, IsWatchedUntilItsCallHasEnded) {
    talk_and_do_it();
    bar();
    EXPECT_EQ(ended_within(1s), std::set<std::string>{"l1"});

    EXPECT_EQ(hangs_up().kind, TurnOutcome::Kind::kTaken);
    EXPECT_EQ(hangs_up().kind, TurnOutcome::Kind::kRepeat);
    EXPECT_TRUE(ended_within(5s).empty());
    expect_noted();
}

INSTANTIATE_TEST_SUITE_P(Beside, KinshipTalkMeanwhile,
                         ::testing::Values(MeanwhileCase{"Nothing", Meanwhile::kNothing},
                                           MeanwhileCase{"AText", Meanwhile::kText},
                                           MeanwhileCase{"ADialogue", Meanwhile::kUssd},
                                           MeanwhileCase{"AnotherCall", Meanwhile::kCall},
                                           MeanwhileCase{"AnotherCallThatEnds", Meanwhile::kCallAndItsEnd}),
                         [](const auto& one) { return one.param.name; });

TEST_F(KinshipTalks, TheLegOfATalkIsJoinedAgainThoughItsCallerIsElsewhere) {
    const auto dial = they_talk();
    dials_ussd();
    const auto before = world.fingerprint();
    EXPECT_TRUE(joins(dial, phone(2))) << "the carrier has not had our answer";
    EXPECT_EQ(world.fingerprint(), before);

    bar();
    EXPECT_EQ(words_of(hear(leg_of(Event::kLegKeys, dial, phone(2), "1"))), said("kin.gone"));
    EXPECT_TRUE(hangs_up_on(picks_up(dial, phone(2))));
}

TEST_F(KinshipTalks, OfSeveralTalksFromOneNumberEachIsEndedWithinTheSecond) {
    core::Tie with_father = tie();
    world.in([&](storage::Transaction& tx) {
        with_father.adult = tx.people().put(core::Person{.external_id = "a2", .name = "李强"});
        with_father.relation = core::Relation::kFather;
        tx.people().put({.person = with_father.adult, .number = phone(3), .is_private = true}, world.clock.now());
        tx.people().put(with_father);
    });
    ASSERT_TRUE(accepts(rings(phone(1)), phone(2), "l1"));
    const auto first = std::pair{id, step};
    enters(phone(1));
    ASSERT_TRUE(accepts(std::get<core::Dial>(key("2").act), phone(3), "l2"));
    EXPECT_TRUE(ended_within(5s).empty());

    bar();
    EXPECT_EQ(ended_within(1s), std::set<std::string>{"l1"});
    with_father.state = core::Tie::State::kBarred;
    put(with_father);
    EXPECT_EQ(ended_within(1s), (std::set<std::string>{"l1", "l2"}));
    EXPECT_EQ(ended_within(1s), (std::set<std::string>{"l1", "l2"}));
    put(tie());
    EXPECT_EQ(ended_within(1s), std::set<std::string>{"l2"});

    dial_ends(core::DialEnd::kTalked);
    EXPECT_EQ(noted().size(), 1U);
    bar();
    EXPECT_EQ(ended_within(1s), std::set<std::string>{"l1"});
    std::tie(id, step) = first;
    dial_ends(core::DialEnd::kTalked);
    EXPECT_EQ(noted().size(), 2U);
    EXPECT_TRUE(ended_within(5s).empty());
}

TEST_F(KinshipTalks, WhatCouldNotBeWatchedDoesNotBegin) {
    const auto talks_on = [&](std::size_t leg) {
        return accepts(rings(phone(2)), phone(1), "l" + std::to_string(leg));
    };
    for (std::size_t one = 0; one < Memory::kTalksKept; ++one) EXPECT_TRUE(talks_on(one)) << one;
    EXPECT_FALSE(talks_on(Memory::kTalksKept));
    world.clock.advance(15min);
    EXPECT_TRUE(talks_on(Memory::kTalksKept)) << "they must be over by now";
}

TEST_F(KinshipTalks, ATalkWhoseEndNobodyTellsOfIsNotedByItself) {
    they_talk();
    world.pass(10min);
    EXPECT_TRUE(noted().empty()) << "its end may be on its way";
    world.pass(1min);
    ASSERT_EQ(noted().size(), 1U);
    EXPECT_EQ(noted()[0].talked, 10min);
    bar();
    EXPECT_TRUE(ended_within(5s).empty());
    EXPECT_EQ(words_of(dial_ends(core::DialEnd::kTalked)), said("kin.after")) << "it came late";
    EXPECT_EQ(noted().size(), 1U);
}

/// All of this holds for the last day on which the two may talk.
TEST_F(KinshipTalks, NoDateThatPassesEndsATalkAndWhatIsDecidedDoes) {
    world.settings.kinship.quiet = {.from_min = 0, .to_min = 0};
    const auto of_march = [](unsigned day) {
        return core::LocalDate{std::chrono::year{2027} / 3 / std::chrono::day{day}};
    };
    const auto volunteer = [&](core::LocalDate until) {
        world.in([&](storage::Transaction& tx) {
            tx.people().put(
                {.external_id = "a1", .kind = core::PersonKind::kVolunteer, .name = "王芳", .checked_until = until});
        });
    };
    const auto guardian = [&](core::LocalDate until) {
        world.in([&](storage::Transaction& tx) {
            tx.people().put(core::Care{.child = ming_, .carer = mother_, .guardian = true, .to = until});
        });
    };
    const auto consent = [&](core::MaybeDate withdrawn) {
        world.in([&](storage::Transaction& tx) {
            auto one = tx.people().consents_of(ming_).at(0);
            one.withdrawn = withdrawn;
            tx.people().put(one);
        });
    };
    core::Tie last_day = tie();
    last_day.to = of_march(3);
    const auto with = [&](auto change) {
        auto changed = last_day;
        change(changed);
        put(changed);
    };
    put(last_day);
    volunteer(of_march(3));
    guardian(of_march(3));
    world.clock.time += 13h + 58min;  // 23:58 in Shanghai.
    they_talk();

    world.clock.advance(3min);
    EXPECT_TRUE(ended_within(2s).empty()) << "behind midnight";
    EXPECT_FALSE(kinship_allows_a_call());

    struct Decided {
        const char* name;
        std::function<void()> decide, take_back;
    };
    const auto ties_again = [&] { put(last_day); };
    const Decided decided[] = {
        {"a pause", [&] { with([](core::Tie& one) { one.state = core::Tie::State::kPaused; }); }, ties_again},
        {"a bar", [&] { with([](core::Tie& one) { one.state = core::Tie::State::kBarred; }); }, ties_again},
        {"agreed no more", [&] { with([](core::Tie& one) { one.agreed = false; }); }, ties_again},
        {"ended before", [&] { with([&](core::Tie& one) { one.to = of_march(2); }); }, ties_again},
        {"checked no more", [&] { volunteer(of_march(2)); }, [&] { volunteer(of_march(3)); }},
        {"no guardian before", [&] { guardian(of_march(2)); }, [&] { guardian(of_march(3)); }},
        {"withdrawn today", [&] { consent(of_march(4)); }, [&] { consent({}); }},
        {"withdrawn yesterday", [&] { consent(of_march(3)); }, [&] { consent({}); }},
    };
    for (const auto& one : decided) {
        one.decide();
        EXPECT_EQ(ended_within(1s), std::set<std::string>{"l1"}) << one.name;
        one.take_back();
        EXPECT_TRUE(ended_within(1s).empty()) << one.name;
    }
    world.in([&](storage::Transaction& tx) {
        tx.people().put(core::ProtectionOrder{.person = ming_, .against = mother_, .number = "1号"});
    });
    EXPECT_EQ(ended_within(1s), std::set<std::string>{"l1"});
}

TEST_F(KinshipTalks, NoHourEndsATalkThoughItIsTheLastOfTheTie) {
    core::Tie one_hour = tie(core::Tie::State::kHoursOnly);
    one_hour.hours = {{.from_min = 10 * 60, .to_min = 11 * 60}};
    one_hour.to = std::chrono::year{2027} / 3 / 3;
    put(one_hour);
    world.clock.time += 58min;
    they_talk();
    world.clock.advance(4min);
    EXPECT_TRUE(ended_within(2s).empty());
    bar();
    EXPECT_EQ(ended_within(1s), std::set<std::string>{"l1"});
}

TEST_F(KinshipTalks, AHangUpInTheTalkIsATalk) {
    they_talk();
    world.clock.advance(1min);
    hangs_up();

    ASSERT_EQ(noted().size(), 1U);
    EXPECT_GE(noted()[0].talked, 1min);
}

TEST_F(KinshipTalks, ATalkWhoseEndNobodyTellsOfIsNotedWithTheNextCall) {
    they_talk();
    world.clock.advance(30min);
    call();

    ASSERT_EQ(noted().size(), 1U);
    EXPECT_EQ(noted()[0].talked, 10min) << "the longest that a talk may last";
}

}  // namespace
}  // namespace harborline::gateway
