// A child and its people on the telephone: who is put through, who is not, and what waits to be heard.
#include <algorithm>
#include <array>
#include <functional>
#include <ostream>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "gateway/conversation/family_facts.hpp"
#include "gateway/conversation/kinship_calls.hpp"
#include "gateway/conversation/safe_contact.hpp"
#include "handlers/core/local_time.hpp"
#include "tests/gateway/conversation/call_world.hpp"

namespace harborline::gateway {
namespace {

using testing::phone;
using namespace std::chrono_literals;

/// Ming calls from phone 1, its mother from phone 2.
class KinshipCalls_Test : public Calls {
  protected:
    KinshipCalls_Test() {
        world.settings.kinship.bridge = config::Settings::Kinship::Bridge::kOwnTrunk;
        const core::LocalDate day = std::chrono::year{2027} / 1 / 4;
        world.in([&](storage::Transaction& tx) {
            auto& people = tx.people();
            ming_ = people.put(
                {.external_id = "c1", .kind = core::PersonKind::kChild, .name = "小明", .age = core::AgeBand::k8To13});
            mother_ = people.put({.external_id = "a1", .name = "王芳"});
            people.put({.person = ming_, .number = phone(1), .is_private = true}, world.clock.now());
            people.put({.person = mother_, .number = phone(2), .is_private = true}, world.clock.now());
            people.put(core::Care{.child = ming_, .carer = mother_, .guardian = true});
            people.put(core::Consent{.child = ming_, .guardian = mother_, .how = "paper", .given = day});
            people.put(tie());
            tie_ = people.ties_of(ming_).at(0).id;
        });
    }

    core::Tie tie(core::Tie::State state = core::Tie::State::kAllowed) const {
        return {.child = ming_,
                .adult = mother_,
                .relation = core::Relation::kMother,
                .state = state,
                .proved_by = "call",
                .agreed = true};
    }
    void bar() {
        world.in([&](storage::Transaction& tx) { tx.people().put(tie(core::Tie::State::kBarred)); });
    }
    /// From that phone, as far as the question whom she wants.
    core::CallAnswer enters(const core::PhoneNumber& from) {
        her = from;
        call();
        return key("1");
    }
    core::CallAnswer wants_the_first(const core::PhoneNumber& from) {
        enters(from);
        return key("1");
    }
    static bool dials(const core::CallAnswer& answer) { return std::holds_alternative<core::Dial>(answer.act); }
    core::Dial rings(const core::PhoneNumber& from) { return std::get<core::Dial>(wants_the_first(from).act); }

    core::Inbound leg_of(Event event, const core::Dial& dial, const core::PhoneNumber& at, std::string keys = {}) {
        auto asked = of_leg(event, dial, "l1", std::move(keys));
        asked.from = at;
        return asked;
    }
    core::CallAnswer picks_up(const core::Dial& dial, const core::PhoneNumber& at) {
        return hear(leg_of(Event::kLegBegan, dial, at));
    }
    bool joins(const core::Dial& dial, const core::PhoneNumber& at, std::string keys = "1") {
        return std::holds_alternative<core::Join>(hear(leg_of(Event::kLegKeys, dial, at, std::move(keys))).act);
    }
    core::CallAnswer dial_ends(core::DialEnd end) {
        auto ended = request(Event::kDialEnded);
        ended.call->dial_end = end;
        return hear(ended);
    }
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
    void dials_ussd() {
        world.clock.advance(5s);
        const core::Inbound dialled{
            .channel = "handset-ussd",
            .kind = core::ChannelKind::kUssd,
            .from = her,
            .to = "12338",
            .received_at = world.clock.now(),
            .session = core::SessionInput{.id = "u1", .event = core::SessionInput::Event::kBegan}};
        world.in([&](storage::Transaction& tx) { world.ground->taker().take(tx, dialled); });
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
    void put(const core::Tie& becomes) {
        world.in([&](storage::Transaction& tx) { tx.people().put(becomes); });
    }
    /// Ming and its mother talk for so long.
    void talk(std::chrono::seconds length) {
        const auto dial = rings(phone(1));
        picks_up(dial, phone(2));
        ASSERT_TRUE(joins(dial, phone(2)));
        world.clock.advance(length - 5s);
        dial_ends(core::DialEnd::kTalked);
        hangs_up();
    }
    std::vector<core::KinCall> noted() {
        return world.in([&](storage::Transaction& tx) { return tx.kin_calls().of_child(ming_, core::Instant{}); });
    }
    std::optional<TurnTaker::Talk> watched() {
        const auto caller = world.handset(her).id;
        return world.in(
            [&](storage::Transaction& tx) { return world.ground->taker().watch_talk(tx, caller, world.clock.now()); });
    }
    core::LetterId letter_to_ming(std::string words) {
        return world.in([&](storage::Transaction& tx) {
            return tx.letters().add(
                {.tie = tie_, .to_child = true, .written_at = world.clock.now(), .words = std::move(words)});
        });
    }
    bool is_there(core::LetterId letter) {
        return world.in([&](storage::Transaction& tx) { return tx.letters().find(letter).has_value(); });
    }
    /// As it is spoken.
    static std::string spoken(std::string_view key, core::Fields values) {
        return testing::shipped().book.catalogue.fill("zh-CN", {.key = std::string{key}, .values = std::move(values)},
                                                      core::ChannelKind::kVoice);
    }
    static core::Fields who(std::string_view name) {
        core::Fields values;
        values.set("who", name);
        return values;
    }
    static core::Fields opens(std::string_view when) {
        core::Fields values;
        values.set("open", when);
        return values;
    }

    core::PersonId ming_{};
    core::PersonId mother_{};
    core::TieId tie_{};
};

TEST_F(KinshipCalls_Test, PutsAChildThroughToItsMother) {
    const auto answer = wants_the_first(phone(1));
    ASSERT_TRUE(dials(answer));
    const auto dial = std::get<core::Dial>(answer.act);
    core::Fields connecting = who("妈妈");
    connecting.set("min", "10");
    EXPECT_EQ(words_of(answer), spoken("kin.connecting", connecting));
    EXPECT_EQ(dial.numbers, std::vector{phone(2).reveal_e164()});
    EXPECT_EQ(dial.longest, 10min);
    ASSERT_EQ(dial.warned.size(), 1U);
    EXPECT_EQ(dial.warned[0].words, said("kin.oneminute"));

    EXPECT_EQ(words_of(picks_up(dial, phone(2))), spoken("kin.whisper", who("小明")));
    EXPECT_TRUE(joins(dial, phone(2)));
    const auto before = world.fingerprint();
    EXPECT_TRUE(joins(dial, phone(2))) << "its repeat";
    EXPECT_EQ(world.fingerprint(), before);
    world.clock.advance(4min);

    EXPECT_EQ(words_of(dial_ends(core::DialEnd::kTalked)), said("kin.after"));
    ASSERT_EQ(noted().size(), 1U);
    EXPECT_EQ(noted()[0].tie, tie_);
    EXPECT_TRUE(noted()[0].by_child);
    EXPECT_GE(noted()[0].talked, 4min);
    EXPECT_LT(noted()[0].talked, 5min);
    EXPECT_TRUE(world.cases().empty());
}

TEST_F(KinshipCalls_Test, AMotherReachesHerChild) {
    const auto dial = rings(phone(2));
    EXPECT_EQ(dial.numbers, std::vector{phone(1).reveal_e164()});
    EXPECT_EQ(words_of(picks_up(dial, phone(1))), spoken("kin.whisper", who("妈妈")));
    EXPECT_TRUE(joins(dial, phone(1)));
    dial_ends(core::DialEnd::kTalked);

    ASSERT_EQ(noted().size(), 1U);
    EXPECT_FALSE(noted()[0].by_child);
}

TEST_F(KinshipCalls_Test, NobodyIsPutThroughWhereItIsSwitchedOff) {
    world.settings.kinship.bridge = config::Settings::Kinship::Bridge::kOff;
    EXPECT_FALSE(dials(wants_the_first(phone(1))));
}

TEST_F(KinshipCalls_Test, WhoeverDoesNotPickUpIsNoTalk) {
    rings(phone(1));
    EXPECT_EQ(words_of(dial_ends(core::DialEnd::kNoAnswer)), spoken("kin.leave", who("妈妈")));
    ASSERT_EQ(noted().size(), 1U);
    EXPECT_EQ(noted()[0].talked, 0s);
    EXPECT_FALSE(watched());
}

TEST_F(KinshipCalls_Test, ABarThatComesWhileItRingsHolds) {
    const auto dial = rings(phone(1));
    picks_up(dial, phone(2));
    bar();

    EXPECT_FALSE(joins(dial, phone(2)));
    EXPECT_TRUE(hangs_up_on(picks_up(dial, phone(2))));
    EXPECT_EQ(words_of(dial_ends(core::DialEnd::kRefused)), spoken("kin.leave", who("妈妈")));
}

TEST_F(KinshipCalls_Test, WhoeverIsKeptAwayHearsWhatIsHeardWhereNobodyPicksUp) {
    struct Heard {
        std::string connecting, behind, asked;
    };
    const auto calls_in_vain = [&](int from) {
        const auto connecting = wants_the_first(phone(from));
        const auto behind = dials(connecting) ? dial_ends(core::DialEnd::kNoAnswer) : key("");
        const auto asked = key("1");
        EXPECT_TRUE(std::holds_alternative<core::Record>(asked.act));
        hangs_up();
        return Heard{connecting.sounds.front().words, words_of(behind), words_of(asked)};
    };
    const std::array in_vain{calls_in_vain(1), calls_in_vain(2)};
    bar();
    for (const int one : {1, 2}) {
        const auto answer = wants_the_first(phone(one));
        ASSERT_TRUE(std::holds_alternative<core::Wait>(answer.act)) << "nobody is rung";
        EXPECT_EQ(answer.sounds.back().prompt, core::kRingingTone);
        hangs_up();
        const auto heard = calls_in_vain(one);
        const auto& ordinary = in_vain.at(static_cast<std::size_t>(one - 1));
        EXPECT_EQ(heard.connecting, ordinary.connecting);
        EXPECT_EQ(heard.behind, ordinary.behind);
        EXPECT_EQ(heard.asked, ordinary.asked);
    }
}

TEST_F(KinshipCalls_Test, ARequestThatIsRepeatedBehindABarHearsItRingForNobody) {
    her = phone(1);
    call();
    const auto chosen = request(Event::kKeys, "1");
    hear(chosen);
    const auto wish = request(Event::kKeys, "1");
    ASSERT_TRUE(dials(hear(wish)));
    bar();
    const auto again = hear(wish);
    EXPECT_TRUE(std::holds_alternative<core::Wait>(again.act));
    EXPECT_EQ(again.sounds.back().prompt, core::kRingingTone);
    EXPECT_EQ(words_of(key("")), spoken("kin.leave", who("妈妈")));
}

/// Two lines of one telephone may stand at the same step: whoever accepts is asked for the call that rang her.
TEST_F(KinshipCalls_Test, ALegIsOfTheCallThatHasRungIt) {
    const auto dial = rings(phone(1));
    auto late = leg_of(Event::kLegKeys, dial, phone(2), "1");
    const auto again = rings(phone(1));
    ASSERT_EQ(again.name, dial.name);

    EXPECT_FALSE(std::holds_alternative<core::Join>(hear(late).act));
    picks_up(again, phone(2));
    EXPECT_TRUE(joins(again, phone(2)));
}

TEST_F(KinshipCalls_Test, WhoeverIsKeptAwayHearsOfTheHourLikeAnybody) {
    bar();
    world.clock.time += 12h;  // 22:00 in Shanghai.
    EXPECT_EQ(words_of(wants_the_first(phone(2))), spoken("kin.not_now", opens("明天早上7点")));
}

TEST_F(KinshipCalls_Test, ANineIsHeardWhereItRingsForNobody) {
    bar();
    wants_the_first(phone(2));
    key("9");
    EXPECT_EQ(world.open_alerts().size(), 1U);
}

TEST_F(KinshipCalls_Test, ABarThatComesWhileTheyTalkEndsTheTalk) {
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

TEST_F(KinshipCalls_Test, ATalkIsLookedAtEachSecondAndNotCutByTheHour) {
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

class KinshipTalk : public KinshipCalls_Test, public ::testing::WithParamInterface<MeanwhileCase> {
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

TEST_P(KinshipTalk, IsWatchedUntilItsDialHasEnded) {
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

TEST_P(KinshipTalk, IsWatchedUntilItsCallHasEnded) {
    talk_and_do_it();
    bar();
    EXPECT_EQ(ended_within(1s), std::set<std::string>{"l1"});

    EXPECT_EQ(hangs_up().kind, TurnOutcome::Kind::kTaken);
    EXPECT_EQ(hangs_up().kind, TurnOutcome::Kind::kRepeat);
    EXPECT_TRUE(ended_within(5s).empty());
    expect_noted();
}

INSTANTIATE_TEST_SUITE_P(Beside, KinshipTalk,
                         ::testing::Values(MeanwhileCase{"Nothing", Meanwhile::kNothing},
                                           MeanwhileCase{"AText", Meanwhile::kText},
                                           MeanwhileCase{"ADialogue", Meanwhile::kUssd},
                                           MeanwhileCase{"AnotherCall", Meanwhile::kCall},
                                           MeanwhileCase{"AnotherCallThatEnds", Meanwhile::kCallAndItsEnd}),
                         [](const auto& one) { return one.param.name; });

TEST_F(KinshipCalls_Test, TheLegOfATalkIsJoinedAgainThoughItsCallerIsElsewhere) {
    const auto dial = they_talk();
    dials_ussd();
    const auto before = world.fingerprint();
    EXPECT_TRUE(joins(dial, phone(2))) << "the carrier has not had our answer";
    EXPECT_EQ(world.fingerprint(), before);

    bar();
    EXPECT_EQ(words_of(hear(leg_of(Event::kLegKeys, dial, phone(2), "1"))), said("kin.gone"));
    EXPECT_TRUE(hangs_up_on(picks_up(dial, phone(2))));
}

TEST_F(KinshipCalls_Test, OfSeveralTalksFromOneNumberEachIsEndedWithinTheSecond) {
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

TEST_F(KinshipCalls_Test, WhatCouldNotBeWatchedDoesNotBegin) {
    const auto talks_on = [&](std::size_t leg) {
        return accepts(rings(phone(2)), phone(1), "l" + std::to_string(leg));
    };
    for (std::size_t one = 0; one < Memory::kTalksKept; ++one) EXPECT_TRUE(talks_on(one)) << one;
    EXPECT_FALSE(talks_on(Memory::kTalksKept));
    world.clock.advance(15min);
    EXPECT_TRUE(talks_on(Memory::kTalksKept)) << "they must be over by now";
}

TEST_F(KinshipCalls_Test, ATalkWhoseEndNobodyTellsOfIsNotedByItself) {
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
TEST_F(KinshipCalls_Test, NoDateThatPassesEndsATalkAndWhatIsDecidedDoes) {
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

TEST_F(KinshipCalls_Test, NoHourEndsATalkThoughItIsTheLastOfTheTie) {
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

TEST_F(KinshipCalls_Test, WhoeverAcceptsTooLateHearsTheSameWhateverTheReason) {
    const std::pair<const char*, std::function<void()>> reasons[] = {
        {"a bar", [&] { bar(); }},
        {"a pause", [&] { put(tie(core::Tie::State::kPaused)); }},
        {"the caller has hung up", [&] { hangs_up(); }},
        {"it rings no more", [&] { dial_ends(core::DialEnd::kNoAnswer); }},
        {"another call", [&] { call(); }},
        {"a dialogue", [&] { dials_ussd(); }},
    };
    for (const auto& [name, happens] : reasons) {
        const auto dial = rings(phone(1));
        ASSERT_FALSE(words_of(picks_up(dial, phone(2))).empty()) << name;
        happens();
        const auto outcome = give(leg_of(Event::kLegKeys, dial, phone(2), "1"));
        EXPECT_EQ(outcome.kind, TurnOutcome::Kind::kRepeat) << name;
        const auto answer = outcome.answer.call.value();
        EXPECT_EQ(words_of(answer), said("kin.gone")) << name;
        EXPECT_TRUE(std::holds_alternative<core::HangUp>(answer.act)) << name;
        EXPECT_TRUE(hangs_up_on(hear(leg_of(Event::kLegKeys, dial, phone(2), "2"))))
            << name << ": she does not want to";
        put(tie());
        hangs_up();
    }
}

TEST_F(KinshipCalls_Test, InTheQuietHoursTheChildHearsWhenAndNineIsOpen) {
    world.clock.time += 12h;  // 22:00 in Shanghai.
    EXPECT_EQ(words_of(wants_the_first(phone(1))), spoken("kin.not_now", opens("明天早上7点")));
    key("9");
    EXPECT_EQ(world.open_alerts().size(), 1U);
}

TEST_F(KinshipCalls_Test, ThirdCallOfADayIsTomorrows) {
    rings(phone(1));
    dial_ends(core::DialEnd::kNoAnswer);
    hangs_up();
    talk(2min);
    talk(2min);

    EXPECT_EQ(words_of(wants_the_first(phone(1))), spoken("kin.not_now", opens("明天早上7点")));
    EXPECT_EQ(words_of(key("1")), spoken("kin.msg.ask", who("妈妈"))) << "but she may leave its voice";
    hangs_up();
    EXPECT_TRUE(dials(wants_the_first(phone(2)))) << "what its mother begins costs it nothing";
    hangs_up();
    world.clock.advance(24h);
    EXPECT_TRUE(dials(wants_the_first(phone(1))));
}

TEST_F(KinshipCalls_Test, WhatIsUsedUpOfTheMonthIsNextMonths) {
    world.settings.kinship.per_month = 3min;
    talk(4min);
    EXPECT_EQ(words_of(wants_the_first(phone(1))), spoken("kin.not_now", opens("4月1日早上7点")));
}

TEST_F(KinshipCalls_Test, ANineOfWhoeverIsRungIsDanger) {
    const auto dial = rings(phone(2));
    picks_up(dial, phone(1));
    EXPECT_FALSE(joins(dial, phone(1), "9"));
    EXPECT_FALSE(joins(dial, phone(1), "9")) << "its repeat";

    ASSERT_EQ(world.open_alerts().size(), 1U);
    EXPECT_EQ(world.only_case().petitioner, world.handset(phone(1)).id);
}

TEST_F(KinshipCalls_Test, ANineIsHeardThoughWhoeverCalledHasHungUp) {
    const auto dial = rings(phone(2));
    picks_up(dial, phone(1));
    hangs_up();
    EXPECT_FALSE(joins(dial, phone(1), "9"));
    ASSERT_EQ(world.open_alerts().size(), 1U);
    EXPECT_EQ(world.only_case().petitioner, world.handset(phone(1)).id);
}

TEST_F(KinshipCalls_Test, OnlyOneAccepts) {
    const auto dial = rings(phone(1));
    picks_up(dial, phone(2));
    for (const char* keys : {"", "2", "11", "#"}) EXPECT_FALSE(joins(dial, phone(2), keys)) << keys;
}

TEST_F(KinshipCalls_Test, AnotherPhoneOnTheLegIsRefused) {
    const auto dial = rings(phone(1));
    EXPECT_TRUE(hangs_up_on(picks_up(dial, phone(3))));
    EXPECT_TRUE(hangs_up_on(picks_up(dial, {})));
    EXPECT_FALSE(joins(dial, phone(3)));
    EXPECT_FALSE(joins(dial, {}));
}

TEST_F(KinshipCalls_Test, ALegThatIsShownAForeignNumberIsRefusedAndToldOf) {
    const auto dial = rings(phone(1));
    auto asked = leg_of(Event::kLegBegan, dial, phone(2));
    asked.call->shown = her.reveal_e164();
    EXPECT_TRUE(hangs_up_on(hear(asked)));
    EXPECT_EQ(world.news(testing::kAdmin), std::vector{testing::words("adm.foreign_caller_id")});
}

TEST_F(KinshipCalls_Test, AHangUpInTheTalkIsATalk) {
    const auto dial = rings(phone(1));
    picks_up(dial, phone(2));
    joins(dial, phone(2));
    world.clock.advance(1min);
    hangs_up();

    ASSERT_EQ(noted().size(), 1U);
    EXPECT_GE(noted()[0].talked, 1min);
}

TEST_F(KinshipCalls_Test, ATalkWhoseEndNobodyTellsOfIsNotedWithTheNextCall) {
    const auto dial = rings(phone(1));
    picks_up(dial, phone(2));
    joins(dial, phone(2));
    world.clock.advance(30min);
    call();

    ASSERT_EQ(noted().size(), 1U);
    EXPECT_EQ(noted()[0].talked, 10min) << "the longest that a talk may last";
}

TEST_F(KinshipCalls_Test, AWatchedPhoneIsRungByItsPlanOnly) {
    const auto plan_of_mother = [&](const safety::ContactPlan& plan) {
        const auto handset = world.handset(phone(2)).id;
        world.in([&](storage::Transaction& tx) { put_contact_plan(tx, handset, plan); });
    };
    const auto rings_her = [&] {
        const bool does = dials(wants_the_first(phone(1)));
        hangs_up();
        return does;
    };
    world.raise(core::Level::kOrange, core::CaseKind::kSafety, 2);
    EXPECT_FALSE(rings_her()) << "nobody has asked her";
    plan_of_mother({.way = safety::Way::kText});
    EXPECT_FALSE(rings_her());
    plan_of_mother({.way = safety::Way::kCall, .safe_word = "12", .unsafe_word = "34", .cover_story = "培训改在周三"});
    EXPECT_FALSE(rings_her()) << "somebody else may pick up";
    plan_of_mother({.way = safety::Way::kCall});
    EXPECT_TRUE(rings_her());
}

TEST_F(KinshipCalls_Test, NoPhoneAbroadIsRung) {
    world.settings.country = "254";
    EXPECT_FALSE(dials(wants_the_first(phone(1))));
}

TEST_F(KinshipCalls_Test, WhatWaitsIsHeardAndKeptNowhere) {
    const auto first = letter_to_ming("早点睡");
    world.clock.advance(1min);
    letter_to_ming("作业写完了吗");
    const std::string written = "早点睡";

    const auto heard = enters(phone(1));
    core::Fields values = who("妈妈");
    values.set("letter", written);
    EXPECT_EQ(words_of(heard), spoken("kin.letter", values));
    ASSERT_EQ(heard.sounds.size(), 1U);
    EXPECT_TRUE(heard.sounds[0].personal);
    EXPECT_EQ(heard.sounds[0].letter, first);

    const auto memory = memory_of(phone(1));
    EXPECT_EQ(encode(memory).find(written), std::string::npos);
    for (const auto& turn : world.turns())
        EXPECT_EQ((turn.text + turn.answer + turn.note).find(written), std::string::npos);
    EXPECT_TRUE(is_there(first));

    // What the carrier asks again, and what she asks again, is the same.
    auto again = request(Event::kKeys, "1");
    again.call->step = 1;
    EXPECT_EQ(words_of(give(again).answer.call.value()), words_of(heard));
    EXPECT_EQ(words_of(key("8")), words_of(heard));
}

TEST_F(KinshipCalls_Test, WhatWasHeardIsGone) {
    const auto first = letter_to_ming("早点睡");
    world.clock.advance(1min);
    const auto second = letter_to_ming("作业写完了吗");
    enters(phone(1));
    EXPECT_NE(words_of(key("*")).find("早点睡"), std::string::npos) << "back";
    EXPECT_TRUE(is_there(first));

    EXPECT_NE(words_of(key("1")).find("作业写完了吗"), std::string::npos);
    EXPECT_FALSE(is_there(first));
    EXPECT_TRUE(is_there(second));

    const auto quiet = key("");
    EXPECT_FALSE(is_there(second)) << "it was played to its end";
    EXPECT_EQ(words_of(quiet).find("作业"), std::string::npos);
    EXPECT_NE(words_of(quiet).find("妈妈"), std::string::npos) << "whom she wants";
}

TEST_F(KinshipCalls_Test, AHangUpInTheMiddleKeepsIt) {
    const auto letter = letter_to_ming("早点睡");
    enters(phone(1));
    hangs_up();
    EXPECT_TRUE(is_there(letter));
    EXPECT_NE(words_of(enters(phone(1))).find("早点睡"), std::string::npos);
}

TEST_F(KinshipCalls_Test, NoWordPassesABar) {
    letter_to_ming("早点睡");
    const auto heard = enters(phone(1));
    ASSERT_NE(words_of(heard).find("早点睡"), std::string::npos);
    bar();
    EXPECT_EQ(words_of(key("8")).find("早点睡"), std::string::npos);
    hangs_up();
    EXPECT_EQ(words_of(enters(phone(1))).find("早点睡"), std::string::npos);
}

TEST_F(KinshipCalls_Test, NobodyElseHearsWhatWaitsForAChild) {
    letter_to_ming("早点睡");
    EXPECT_EQ(words_of(enters(phone(2))).find("早点睡"), std::string::npos);
}

}  // namespace
}  // namespace harborline::gateway
