// A child and its people on the telephone: who is put through, who is not, and what waits to be heard.
#include <array>
#include <chrono>
#include <functional>
#include <string>
#include <utility>

#include "gateway/conversation/safe_contact.hpp"
#include "tests/gateway/conversation/relatives_on_calls.hpp"

namespace harborline::gateway {
namespace {

using testing::phone;
using namespace std::chrono_literals;

class KinshipCalls_Test : public RelativesOnCalls {
  protected:
    /// Ming and its mother talk for so long.
    void talk(std::chrono::seconds length) {
        const auto dial = rings(phone(1));
        picks_up(dial, phone(2));
        ASSERT_TRUE(joins(dial, phone(2)));
        world.clock.advance(length - 5s);
        dial_ends(core::DialEnd::kTalked);
        hangs_up();
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

TEST_F(KinshipCalls_Test, WhoeverAcceptsAndIsNotPutThroughIsNoTalk) {
    const auto dial = rings(phone(1));
    picks_up(dial, phone(2));
    ASSERT_TRUE(joins(dial, phone(2)));

    EXPECT_EQ(words_of(dial_ends(core::DialEnd::kRefused)), spoken("kin.leave", who("妈妈")));
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
