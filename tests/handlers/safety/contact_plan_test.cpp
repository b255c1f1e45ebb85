// I6 and domain rules 3.4, points 1 to 4: the one rule for everything that leaves.
#include "handlers/safety/contact_plan.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace harborline::safety {
namespace {

using namespace std::chrono_literals;
using core::MessageClass;
using Kind = Verdict::Kind;

/// Wednesday, 2027-03-03.
constexpr core::LocalDate kWednesday{std::chrono::year{2027} / 3 / 3};
constexpr std::uint8_t kMon = 1, kTue = 2, kWed = 4, kWeekend = 0x60;

core::LocalTime at(int hour, int minute = 0, int days_later = 0) {
    const auto day = std::chrono::local_days{kWednesday} + std::chrono::days{days_later};
    return {.date = core::LocalDate{day}, .weekday = (2 + days_later) % 7, .minute = hour * 60 + minute};
}
Window hours(int from, int to, std::uint8_t days = 0x7f) {
    return {.days = days, .from_min = from * 60, .to_min = to * 60};
}
ContactPlan chosen(Way way, std::vector<Window> windows = {}) {
    return {.way = way, .windows = std::move(windows)};
}
ContactPlan with_codes(Way way) {
    auto plan = chosen(way);
    plan.safe_word = "12";
    plan.unsafe_word = "34";
    plan.cover_story = "培训班改在周三";
    return plan;
}
constexpr Outgoing text(MessageClass kind, std::chrono::milliseconds age = 0ms) {
    return {.kind = kind, .age = age, .id = {7}};
}
constexpr Outgoing kCall{.kind = MessageClass::kReply, .call = true, .id = {7}};

struct RuleCase {
    std::string name{};
    ContactPlan plan{};
    bool safety_open = false;
    Outgoing what{};
    core::LocalTime local = at(10);
    Kind expected = Kind::kGo;
    int begins_min = 0;  ///< Of a wait,
    int begins_day = 0;  ///< in days from Wednesday.
    friend void PrintTo(const RuleCase& rule, std::ostream* out) { *out << rule.name; }
};

class ContactRule : public ::testing::TestWithParam<RuleCase> {};

TEST_P(ContactRule, Says) {
    const auto& given = GetParam();

    const auto verdict = may_reach(given.plan, given.safety_open, given.what, given.local);

    EXPECT_EQ(verdict.kind, given.expected);
    EXPECT_EQ(verdict.why.empty(), given.expected != Kind::kNever);
    if (given.expected != Kind::kWait) return;
    EXPECT_EQ(verdict.minute, given.begins_min);
    EXPECT_EQ(verdict.date, at(0, 0, given.begins_day).date);
}

const ContactPlan kNobodyAsked{};
const ContactPlan kText911 = chosen(Way::kText, {hours(9, 11)});
const ContactPlan kNight = chosen(Way::kText, {hours(22, 2, kMon | kWed)});
const auto kLate = kAtOnce + 1ms;

INSTANTIATE_TEST_SUITE_P(
    Rules, ContactRule,
    ::testing::Values(
        // Nobody has asked, and nothing is wrong.
        RuleCase{"ReplyWithoutAnything", kNobodyAsked, false, text(MessageClass::kReply)},
        RuleCase{"NoticeAtNightWithoutAnything", kNobodyAsked, false, text(MessageClass::kNotice), at(3)},
        RuleCase{"CallByDay", kNobodyAsked, false, kCall, at(8)},
        RuleCase{"CallInTheEvening", kNobodyAsked, false, kCall, at(20), Kind::kWait, 8 * 60, 1},
        RuleCase{"CallBeforeTheMorning", kNobodyAsked, false, kCall, at(7, 59), Kind::kWait, 8 * 60, 0},
        // The default of an open safety matter: nothing after the first answer.
        RuleCase{"AnswerInDanger", kNobodyAsked, true, text(MessageClass::kAnswer, kAtOnce)},
        RuleCase{"CoverInDanger", kNobodyAsked, true, text(MessageClass::kCover)},
        RuleCase{"LateAnswerInDanger", kNobodyAsked, true, text(MessageClass::kAnswer, kLate), at(10), Kind::kNever},
        RuleCase{"LateCoverInDanger", kNobodyAsked, true, text(MessageClass::kCover, kLate), at(10), Kind::kNever},
        RuleCase{"AnswerOfTomorrow", kNobodyAsked, true, text(MessageClass::kAnswer, -1ms), at(10), Kind::kNever},
        RuleCase{"ReplyInDanger", kNobodyAsked, true, text(MessageClass::kReply), at(10), Kind::kNever},
        RuleCase{"NoticeInDanger", kNobodyAsked, true, text(MessageClass::kNotice), at(10), Kind::kNever},
        RuleCase{"AutomaticInDanger", kNobodyAsked, true, text(MessageClass::kAutomatic), at(10), Kind::kNever},
        RuleCase{"KinshipInDanger", kNobodyAsked, true, text(MessageClass::kKinship), at(10), Kind::kNever},
        RuleCase{"CallInDanger", kNobodyAsked, true, kCall, at(10), Kind::kNever},
        RuleCase{"PageInDanger", kNobodyAsked, true, text(MessageClass::kPage)},
        RuleCase{"RedPageInDanger", kNobodyAsked, true, text(MessageClass::kRedPage)},
        // Only she contacts us.
        RuleCase{"NoReply", chosen(Way::kNone), false, text(MessageClass::kReply), at(10), Kind::kNever},
        RuleCase{"NoCall", chosen(Way::kNone), false, kCall, at(10), Kind::kNever},
        RuleCase{"HerAnswerAllTheSame", chosen(Way::kNone), true, text(MessageClass::kAnswer)},
        RuleCase{"HerLateAnswerNot", chosen(Way::kNone), false, text(MessageClass::kAnswer, kLate), at(10),
                 Kind::kNever},
        RuleCase{"StaffAllTheSame", chosen(Way::kNone), true, text(MessageClass::kPage, kLate)},
        // What she chose, and when.
        RuleCase{"TextChosenInDanger", chosen(Way::kText), true, text(MessageClass::kReply), at(3)},
        RuleCase{"TextWhereCallsAreChosen", chosen(Way::kCall), false, text(MessageClass::kReply), at(10),
                 Kind::kNever},
        RuleCase{"CallWhereTextsAreChosen", chosen(Way::kText), false, kCall, at(10), Kind::kNever},
        RuleCase{"EitherByText", chosen(Way::kEither), false, text(MessageClass::kNotice)},
        RuleCase{"EitherByCall", chosen(Way::kEither), false, kCall},
        RuleCase{"WindowBegins", kText911, true, text(MessageClass::kReply), at(9)},
        RuleCase{"BeforeTheWindow", kText911, true, text(MessageClass::kReply), at(8, 59), Kind::kWait, 9 * 60, 0},
        RuleCase{"WindowIsOver", kText911, true, text(MessageClass::kReply), at(11), Kind::kWait, 9 * 60, 1},
        RuleCase{"LateAnswerKeepsToIt", kText911, true, text(MessageClass::kAnswer, kLate), at(12), Kind::kWait, 9 * 60,
                 1},
        RuleCase{"OnItsDaysOnly", chosen(Way::kText, {hours(9, 11, kWeekend)}), false, text(MessageClass::kReply),
                 at(10), Kind::kWait, 9 * 60, 3},
        RuleCase{"SameDayNextWeek", chosen(Way::kText, {hours(9, 11, kWed)}), false, text(MessageClass::kReply), at(12),
                 Kind::kWait, 9 * 60, 7},
        RuleCase{"TheSoonestOfSeveral", chosen(Way::kText, {hours(9, 11, kTue), hours(13, 14), hours(18, 19)}), false,
                 text(MessageClass::kReply), at(12), Kind::kWait, 13 * 60, 0},
        RuleCase{"BeforeMidnight", kNight, false, text(MessageClass::kReply), at(22)},
        RuleCase{"BehindMidnight", kNight, false, text(MessageClass::kReply), at(1, 59, 1)},
        RuleCase{"TheMorningOfAnotherNight", kNight, false, text(MessageClass::kReply), at(1), Kind::kWait, 22 * 60, 0},
        RuleCase{"NightIsOver", kNight, false, text(MessageClass::kReply), at(2, 0, 1), Kind::kWait, 22 * 60, 5},
        RuleCase{"UntilMidnight", chosen(Way::kText, {hours(22, 24)}), false, text(MessageClass::kReply), at(0),
                 Kind::kWait, 22 * 60, 0},
        // Calls.
        RuleCase{"CallInAWindowOfTheNight", chosen(Way::kCall, {hours(20, 22)}), false, kCall, at(21)},
        RuleCase{"CallAtAnyTimeIsByDay", chosen(Way::kCall), false, kCall, at(21), Kind::kWait, 8 * 60, 1},
        RuleCase{"CallWithCodesInDanger", with_codes(Way::kCall), true, kCall},
        RuleCase{"CallWithoutCodesInDanger", chosen(Way::kCall), true, kCall, at(10), Kind::kNever}),
    [](const auto& param_info) { return param_info.param.name; });

TEST(ContactPlan_Test, SpokenWordsAreForAPersonWhoCalls) {
    auto plan = chosen(Way::kEither);
    plan.safe_word = "苹果";
    plan.unsafe_word = "西瓜";

    EXPECT_EQ(may_reach(plan, false, kCall, at(10)).kind, Kind::kNever);
    EXPECT_TRUE(may_reach(plan, false, text(MessageClass::kReply), at(10)).goes());
}

TEST(ContactPlan_Test, AnExceptionIsForOneReplyOnly) {
    auto plan = chosen(Way::kNone);
    plan.exception = {7};

    EXPECT_TRUE(may_reach(plan, true, text(MessageClass::kReply), at(3)).goes());
    EXPECT_TRUE(may_reach(plan, true, kCall, at(3)).goes());
    for (const std::int64_t other : {0, 8}) {
        auto reply = text(MessageClass::kReply);
        reply.id = {other};
        EXPECT_FALSE(may_reach(plan, true, reply, at(3)).goes());
    }
    EXPECT_FALSE(may_reach(chosen(Way::kNone), true, {.kind = MessageClass::kReply}, at(3)).goes());
}

TEST(ContactPlan_Test, IsKeptWhole) {
    auto plan = with_codes(Way::kEither);
    plan.windows = {hours(9, 11, kMon), hours(22, 2), {.from_min = 1439, .to_min = 1440}};
    plan.neutral_name = "王姐";
    plan.exception_until = core::Instant{std::chrono::sys_days{std::chrono::year{2027} / 3 / 4}};
    plan.exception_in = {4'711};
    plan.exception = {123'456'789};

    EXPECT_EQ(decode_contact_plan(encode(plan)).value(), plan);
    EXPECT_EQ(decode_contact_plan(encode({})).value(), ContactPlan{});
}

TEST(ContactPlan_Test, OneThatWasKeptBeforeExceptionsNamedTheirMatterStands) {
    auto plan = with_codes(Way::kEither);
    plan.exception = {7};
    std::string before = encode(plan);
    before[0] = 1;
    before.pop_back();

    EXPECT_EQ(decode_contact_plan(before).value(), plan);
}

TEST(ContactPlan_Test, NothingElseIsReadAsAPlan) {
    auto plan = with_codes(Way::kCall);
    plan.windows = {hours(9, 11)};
    const std::string whole = encode(plan);

    for (std::size_t length = 0; length < whole.size(); ++length)
        EXPECT_FALSE(decode_contact_plan(std::string_view{whole}.substr(0, length))) << length;
    EXPECT_FALSE(decode_contact_plan(whole + "x"));
    for (const std::size_t byte : {0U, 1U, 3U}) {  // Version, way, days.
        std::string other = whole;
        other[byte] = static_cast<char>(0x80);
        EXPECT_FALSE(decode_contact_plan(other)) << byte;
    }
}

struct FaultCase {
    std::string name{};
    std::string safe{};
    std::string unsafe{};
    std::string story{};
    bool sound = false;
    friend void PrintTo(const FaultCase& fault, std::ostream* out) { *out << fault.name; }
};

class ContactPlanFault : public ::testing::TestWithParam<FaultCase> {};

TEST_P(ContactPlanFault, IsFound) {
    const ContactPlan plan{.way = Way::kCall,
                           .safe_word = GetParam().safe,
                           .unsafe_word = GetParam().unsafe,
                           .cover_story = GetParam().story};

    EXPECT_EQ(fault_in(plan).empty(), GetParam().sound);
}

INSTANTIATE_TEST_SUITE_P(
    Words, ContactPlanFault,
    ::testing::Values(FaultCase{"NoWords", "", "", "", true}, FaultCase{"Spoken", "苹果", "西瓜", "", true},
                      FaultCase{"Codes", "1", "2345", "课改了", true}, FaultCase{"OneWord", "苹果", "", ""},
                      FaultCase{"Same", "苹果", "苹果", ""}, FaultCase{"OneIsACode", "12", "西瓜", "课改了"},
                      FaultCase{"TooLong", "12345", "1", "课改了"}, FaultCase{"Danger", "1", "9", "课改了"},
                      FaultCase{"Person", "0", "1", "课改了"}, FaultCase{"Again", "8", "1", "课改了"},
                      FaultCase{"CodesWithoutAStory", "12", "34", ""}),
    [](const auto& param_info) { return param_info.param.name; });

TEST(ContactPlan_Test, WindowsThatNobodyCanKeepToAreFaults) {
    for (const Window& window :
         {Window{.days = 0}, Window{.days = 0xff}, hours(9, 9), hours(-1, 3), hours(24, 3), hours(9, 25), hours(9, 0)})
        EXPECT_FALSE(fault_in(chosen(Way::kText, {window})).empty());
}

TEST(ContactPlan_Test, ATextToAWatchedPhoneHoldsNoSuchWord) {
    for (const auto* text : {"家暴", "您的案件", "请报警", "看 https://x", "www.x.cn", "保护令下来了", "维权", "心理课",
                             "妇联请您来", "妇女之家"})
        EXPECT_TRUE(betrays(text)) << text;
    EXPECT_FALSE(betrays("周三的培训班照常，带上本子。"));
}

}  // namespace
}  // namespace harborline::safety
