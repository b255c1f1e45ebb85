// A caller in danger is put through: who is rung, what a leg hears, what a taken talk means, what a broken call leaves.
#include "handlers/flow/conventions.hpp"
#include "handlers/render/voice.hpp"
#include "tests/gateway/conversation/call_world.hpp"
#include "tests/support/caller.hpp"

namespace harborline::gateway {
namespace {

using testing::kSun;
using testing::kWang;
using testing::kZhao;
using testing::words;
using namespace std::chrono_literals;
using Entry = core::CaseEntry::Kind;
using Numbers = std::vector<std::string>;

constexpr std::string_view kBroke = "her call ended before anybody had talked to her";

/// Zhao is on duty beside wang; nobody is second.
core::Roster two_on_duty() {
    core::Roster roster = testing::shipped_roster();
    for (auto& shift : roster.shifts)
        if (shift.role == core::Role::kSecond) shift.role = core::Role::kDuty;
    return roster;
}

class Transfers : public Calls {
  protected:
    explicit Transfers(core::Roster roster = two_on_duty()) : Calls(std::move(roster)) {}

    core::CallAnswer nine() {
        call();
        return key("9");
    }
    core::Dial dial_of(const core::CallAnswer& answer) {
        EXPECT_TRUE(rings(answer));
        return rings(answer) ? std::get<core::Dial>(answer.act) : core::Dial{};
    }
    static bool rings(const core::CallAnswer& answer) { return std::holds_alternative<core::Dial>(answer.act); }
    static bool listens(const core::CallAnswer& answer) { return std::holds_alternative<core::Record>(answer.act); }
    core::CallAnswer leg(Event event, const core::Dial& dial, const core::PhoneNumber& of, std::string keys = {}) {
        auto asked = of_leg(event, dial, "leg-" + std::to_string(of.value()), std::move(keys));
        asked.from = of;
        return hear(asked);
    }
    std::string whispered(const core::Dial& dial, const core::PhoneNumber& of) {
        return words_of(leg(Event::kLegBegan, dial, of));
    }
    bool joins(const core::Dial& dial, const core::PhoneNumber& of) {
        return std::holds_alternative<core::Join>(leg(Event::kLegKeys, dial, of, "1").act);
    }
    core::CallAnswer dial_ends(core::DialEnd end = core::DialEnd::kNoAnswer) {
        auto ended = request(Event::kDialEnded);
        ended.call->dial_end = end;
        return hear(ended);
    }
    /// As they are said: a code digit by digit.
    static std::string level_and_code(std::string_view level, int code) {
        std::vector<flow::Say> says{{.key = "ring.level", .values = {{"level", words(level)}}}};
        if (code != 0) says.push_back({.key = "ring.code", .values = {{"code", std::to_string(code)}}});
        return words_of({.sounds = render::render_voice(testing::shipped().book.catalogue, "zh-CN", says)});
    }
    std::ptrdiff_t broken_off(core::CaseId matter) {
        return std::ranges::count_if(world.entries(matter, Entry::kLink),
                                     [](const std::string& text) { return text.starts_with(kBroke); });
    }
    /// Free to talk, of age, and at the first of the five questions.
    core::CallAnswer to_the_questions() {
        call();
        for (const char* one : {"3", "1"}) key(one);
        return key("1");
    }
};

TEST_F(Transfers, ANineRingsEverybodyOnDutyAtOnceAndThenTheNext) {
    const auto first = nine();
    EXPECT_EQ(words_of(first), said("safe.received") + "\n" + said("safe.wait"));
    EXPECT_EQ(dial_of(first).numbers, (Numbers{kWang.reveal_e164(), kZhao.reveal_e164()}));

    const auto second = dial_ends();
    EXPECT_EQ(words_of(second), said("safe.wait"));
    EXPECT_EQ(dial_of(second).numbers, Numbers{kSun.reveal_e164()});

    const auto nobody = dial_ends();
    EXPECT_EQ(words_of(nobody), said("safe.received"));
    EXPECT_TRUE(listens(nobody));
    EXPECT_EQ(world.open_alerts().size(), 1U) << "its ladder climbs on";

    EXPECT_TRUE(listens(key("9"))) << "everybody was rung in this call";
    hangs_up();
    call();
    EXPECT_EQ(dial_of(key("9")).numbers.size(), 2U) << "another call";
}

TEST_F(Transfers, HerOwnPhoneIsNotRung) {
    her = kWang;
    EXPECT_EQ(dial_of(nine()).numbers, Numbers{kZhao.reveal_e164()});
}

TEST_F(Transfers, ALegHearsTheLevelAndItsOwnCodeAndNothingElse) {
    const auto petition = world.petition(testing::phone(9));
    const auto zhao = world.staff("zhao");
    world.in([&](storage::Transaction& tx) {
        tx.alerts().page({.staff = zhao,
                          .code = 2,
                          .case_id = petition,
                          .sent_at = world.clock.now(),
                          .state = core::Page::State::kStale});
    });
    const auto dial = dial_of(nine());
    const std::string then = "\n" + said("ring.listen") + "\n" + said("ring.take");
    EXPECT_EQ(whispered(dial, kWang), level_and_code("level.red", 2) + then);
    EXPECT_EQ(whispered(dial, kZhao), level_and_code("level.red", 3) + then);
    EXPECT_EQ(whispered(dial, kSun), level_and_code("level.red", 0) + then) << "she was not paged (yet)";
}

TEST_F(Transfers, WhoeverSaidThatSheIsFreeToTalkIsSpokenTo) {
    to_the_questions();
    const auto dial = dial_of(key("1"));
    EXPECT_EQ(whispered(dial, kWang), level_and_code("level.red", 1) + "\n" + said("ring.take"));
}

TEST_F(Transfers, WhoeverTakesTheTalkTakesTheMatter) {
    const auto dial = dial_of(nine());
    EXPECT_TRUE(joins(dial, kZhao));

    const auto matter = world.only_case();
    EXPECT_EQ(matter.owner, world.staff("zhao"));
    EXPECT_EQ(matter.status, core::CaseStatus::kAccepted);
    EXPECT_TRUE(world.open_alerts().empty());
    EXPECT_EQ(world.pages_of("zhao").front().state, core::Page::State::kTaken);
    EXPECT_EQ(world.pages_of("wang").front().state, core::Page::State::kStale);
    EXPECT_EQ(world.entries(matter.id, Entry::kLink).size(), 1U) << "the talk";

    EXPECT_EQ(words_of(dial_ends(core::DialEnd::kTalked)), said("safe.received"));
    hangs_up();
    world.pass(20min);
    EXPECT_EQ(world.cases().size(), 1U) << "no task beside it";
    EXPECT_EQ(broken_off(matter.id), 0);
    EXPECT_TRUE(world.news(kSun).empty());
}

TEST_F(Transfers, WhoeverTakesItAndIsNotPutThroughLeavesHerInDanger) {
    const auto dial = dial_of(nine());
    EXPECT_TRUE(joins(dial, kZhao));
    EXPECT_TRUE(world.open_alerts().empty());

    EXPECT_EQ(dial_of(dial_ends(core::DialEnd::kRefused)).numbers, (Numbers{kWang.reveal_e164(), kZhao.reveal_e164()}))
        << "nobody has talked to her: it rings on";
    EXPECT_EQ(world.open_alerts().size(), 1U);
    hangs_up();
    EXPECT_EQ(broken_off(world.only_case().id), 1);
}

TEST_F(Transfers, OneTakesItAndItsRepeatChangesNothing) {
    const auto dial = dial_of(nine());
    EXPECT_TRUE(joins(dial, kZhao));
    const auto before = world.fingerprint();
    EXPECT_TRUE(joins(dial, kZhao)) << "its repeat";
    EXPECT_FALSE(joins(dial, kWang));
    EXPECT_TRUE(hangs_up_on(leg(Event::kLegBegan, dial, kWang)));
    EXPECT_EQ(world.fingerprint(), before);
    EXPECT_EQ(world.only_case().owner, world.staff("zhao"));
}

TEST_F(Transfers, ARepeatedEndOfTheRingingRingsNobodyAnew) {
    nine();
    auto ended = request(Event::kDialEnded);
    const auto next = hear(ended);
    const auto before = world.fingerprint();
    EXPECT_EQ(hear(ended), next);
    EXPECT_EQ(world.fingerprint(), before);
}

TEST_F(Transfers, GoesOnBehindARestart) {
    const auto dial = dial_of(nine());
    world.reopen();
    EXPECT_EQ(whispered(dial, kWang),
              level_and_code("level.red", 1) + "\n" + said("ring.listen") + "\n" + said("ring.take"));
    EXPECT_EQ(dial_of(dial_ends()).numbers, Numbers{kSun.reveal_e164()});
    world.reopen();
    EXPECT_TRUE(listens(dial_ends()));
}

TEST_F(Transfers, ALegThatIsShownAForeignNumberIsRefused) {
    const auto dial = dial_of(nine());
    auto asked = of_leg(Event::kLegBegan, dial, "l1");
    asked.from = kWang;
    asked.call->shown = her.reveal_e164();
    EXPECT_TRUE(hangs_up_on(hear(asked)));
    EXPECT_EQ(world.news(testing::kAdmin), std::vector{words("adm.foreign_caller_id")});
    EXPECT_EQ(world.open_alerts().size(), 1U);
}

TEST_F(Transfers, WhereTheCarrierNamesNoLegTheTalkIsNotedAndTheLadderClimbs) {
    const auto dial = dial_of(nine());
    EXPECT_EQ(words_of(hear(of_leg(Event::kLegBegan, dial, "l1"))),
              level_and_code("level.red", 0) + "\n" + said("ring.listen") + "\n" + said("ring.take"));
    EXPECT_TRUE(std::holds_alternative<core::Join>(hear(of_leg(Event::kLegKeys, dial, "l1", "1")).act));
    EXPECT_EQ(world.entries(world.only_case().id, Entry::kLink).size(), 1U);
    EXPECT_EQ(world.open_alerts().size(), 1U) << "nobody answers for it";
}

TEST_F(Transfers, BehindATalkANineRingsEverybodyAgain) {
    const auto dial = dial_of(nine());
    joins(dial, kZhao);
    dial_ends(core::DialEnd::kTalked);
    EXPECT_EQ(dial_of(key("9")).numbers.size(), 2U);
    EXPECT_EQ(world.cases().size(), 1U);
}

TEST_F(Transfers, NobodyIsRungForWhoeverCanNotSpeak) {
    const auto silent = [](const core::CallAnswer& answer) { return words_of(answer) == said("safe.received"); };
    for (const char* free : {"2", "3"}) {
        call();
        key("3");
        const auto answer = key(free);
        EXPECT_TRUE(listens(answer) && silent(answer)) << free;
        const auto again = key("9");
        EXPECT_TRUE(listens(again) && silent(again)) << free;
        hangs_up();
        her = testing::phone(static_cast<int>(her.value() % 10) + 1);
    }
    for (const bool here : {false, true}) {
        call();
        key("");
        if (here) key("1");
        const auto answer = key(here ? "1" : "9");
        EXPECT_TRUE(listens(answer) && silent(answer)) << here;
        EXPECT_FALSE(rings(key("9"))) << here;
        hangs_up();
        her = testing::phone(static_cast<int>(her.value() % 10) + 1);
    }
    call();
    key("*");
    EXPECT_EQ(words_of(key("0")), said("safe.cover"));
    EXPECT_EQ(words_of(key("9")), said("safe.cover"));
}

TEST_F(Transfers, AHushEndsWithItsCall) {
    call();
    for (const char* one : {"", "1", "2", "2", "2"}) key(one);
    EXPECT_FALSE(rings(key("9"))) << "what the soft questions led to is over, and she can speak no more than before";
    hangs_up();
    her = testing::phone(2);
    call();
    for (const char* one : {"", "1", "2", "2", "2"}) key(one);
    hangs_up();
    EXPECT_TRUE(rings(nine())) << "another call";
}

TEST_F(Transfers, ABrokenCallInDangerIsNotedOnce) {
    nine();
    const auto ended = request(Event::kEnded);
    give(ended);
    give(ended);
    const auto matter = world.only_case();
    EXPECT_EQ(broken_off(matter.id), 1);
    EXPECT_EQ(world.open_alerts().size(), 1U);
    EXPECT_TRUE(world.messages_to(her).empty());
    EXPECT_EQ(memory_of(her).flow.flow, flow::names::kSafety) << "she may write later";
}

TEST_F(Transfers, WhoeverHasTakenItHearsThatTheCallBroke) {
    nine();
    world.news(kWang);
    world.says(kWang, "1");
    dial_ends();
    dial_ends();
    hangs_up();
    const auto page = world.pages_of("wang").front();
    EXPECT_EQ(world.news(kWang), std::vector{words("cw.red", {{"code", std::to_string(page.code)}})});
    EXPECT_EQ(broken_off(world.only_case().id), 1);
    world.pass(29min);
    EXPECT_TRUE(world.messages_to(her).empty()) << "no automatic call back, and no text";
}

TEST_F(Transfers, ACallThatADifferentOneDisplacesHasBroken) {
    nine();
    EXPECT_EQ(words_of(call()), said("safe.received")) << "no menu betrays her";
    EXPECT_EQ(broken_off(world.only_case().id), 1);
}

TEST_F(Transfers, WhoeverBeganToAnswerAndFallsSilentIsInDanger) {
    to_the_questions();
    hangs_up();
    EXPECT_EQ(world.only_case().level, core::Level::kRed);
    EXPECT_EQ(broken_off(world.only_case().id), 1);

    her = testing::phone(2);
    to_the_questions();
    key("");
    EXPECT_EQ(words_of(key("")), said("quiet.ask"));
    EXPECT_EQ(world.open_alerts().size(), 2U);
}

TEST_F(Transfers, NobodyIsInDangerForAskingForAPersonInstead) {
    to_the_questions();
    EXPECT_TRUE(rings(key("0")));
    EXPECT_TRUE(world.open_alerts().empty());
}

TEST_F(Transfers, WhoeverHadNotBegunStaysUnknown) {
    call();
    key("3");
    key("1");
    hangs_up();
    EXPECT_EQ(world.only_case().level, core::Level::kNone);
    world.pass(10min);
    EXPECT_EQ(world.only_case().level, core::Level::kUnknown);
}

TEST_F(Transfers, ByTextNobodyIsRungAndSilenceIsUnknown) {
    for (const char* one : {"你好", "3", "1", "1", "2"}) world.says(her, one);
    world.pass(2h);
    EXPECT_EQ(world.only_case().level, core::Level::kUnknown);
    EXPECT_EQ(world.says(testing::phone(2), "9"), std::vector{words("safe.received")});
}

class OneOnDuty : public Transfers {
  protected:
    OneOnDuty() : Transfers(testing::shipped_roster()) {}
};

TEST_F(OneOnDuty, OrangeRingsOnePersonAfterTheOther) {
    to_the_questions();
    for (const char* one : {"2", "2", "2", "3"}) key(one);
    EXPECT_EQ(dial_of(key("2")).numbers, Numbers{kWang.reveal_e164()});
    EXPECT_EQ(dial_of(dial_ends()).numbers, Numbers{kZhao.reveal_e164()});
    const auto last = dial_of(dial_ends());
    EXPECT_EQ(last.numbers, Numbers{kSun.reveal_e164()});
    EXPECT_EQ(whispered(last, kSun), level_and_code("level.orange", 0) + "\n" + said("ring.take"));
    EXPECT_EQ(words_of(dial_ends()), said("safe.how"));
    EXPECT_EQ(world.open_alerts().size(), 1U);
}

TEST(TransfersElsewhere, AChannelThatRingsNobodyListensAtOnce) {
    testing::World world{testing::shipped_roster(), testing::settings_with_voice()};
    testing::Caller caller{world, testing::phone(1)};
    caller.dial();
    caller.keys("9");
    EXPECT_EQ(caller.words(), std::vector{testing::spoken("safe.received")});
    EXPECT_TRUE(caller.is_left_with<core::Record>());
}

}  // namespace
}  // namespace harborline::gateway
