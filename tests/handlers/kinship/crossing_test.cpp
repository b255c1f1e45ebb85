// I8 and domain rules 4.3, 4.5, 4.6, 4.8, 4.9: the one rule for everything that passes between relatives.
#include "handlers/kinship/crossing.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace harborline::kinship {
namespace {

using core::AgeBand;
using core::LocalDate;
using core::PersonKind;
using core::Relation;
using core::Window;
using State = core::Tie::State;
using Order = core::ProtectionOrder;

constexpr core::PersonId kChild{1}, kFather{2}, kGrandma{3}, kSister{4}, kMother{5};

/// Days from Wednesday, 2027-03-03, on which everything is judged.
LocalDate day(int later) {
    return LocalDate{std::chrono::local_days{std::chrono::year{2027} / 3 / 3} + std::chrono::days{later}};
}
core::LocalTime at(int hour, int minute = 0) {
    return {.date = day(0), .weekday = 2, .minute = hour * 60 + minute};
}
Window hours(int from, int to, std::uint8_t days = 0x7f) {
    return {.days = days, .from_min = from * 60, .to_min = to * 60};
}
constexpr std::uint8_t kTue = 2, kWed = 4, kThu = 8, kSat = 32;

/// A boy whose grandmother is his guardian and has consented, and the father whom he may reach.
Family whole() {
    Family family;
    family.tie = {.id = {9}, .child = kChild, .adult = kFather, .relation = Relation::kFather, .agreed = true};
    family.child = {.id = kChild, .kind = PersonKind::kChild, .age = AgeBand::k8To13};
    family.adult = {.id = kFather};
    family.consents = {{.child = kChild, .guardian = kGrandma, .given = day(-100)}};
    family.cares = {{.child = kChild, .carer = kGrandma, .guardian = true}};
    family.siblings = {kSister};
    return family;
}

using Change = std::function<void(Family&)>;

Change volunteer_checked_until(core::MaybeDate until) {
    return [until](Family& f) {
        f.tie.relation = Relation::kCaringMom;
        f.adult.kind = PersonKind::kVolunteer;
        f.adult.checked_until = until;
    };
}
Change in_hours(std::vector<Window> windows) {
    return [windows = std::move(windows)](Family& f) {
        f.tie.state = State::kHoursOnly;
        f.tie.hours = windows;
    };
}
Change ordered(std::vector<Order> orders) {
    return [orders = std::move(orders)](Family& f) { f.orders = orders; };
}
Change lifted(Order order) {
    return [order = std::move(order)](Family& f) {
        f.tie.proved_by = kOrderLifted;
        f.orders = {order};
    };
}
Change aged(AgeBand age) {
    return [age](Family& f) { f.child.age = age; };
}
/// The mother is a guardian too.
void add_mother(Family& f) {
    f.cares.push_back({.child = kChild, .carer = kMother, .guardian = true});
}
Change mother_consents(LocalDate given) {
    return [given](Family& f) {
        add_mother(f);
        f.consents.push_back({.child = kChild, .guardian = kMother, .given = given});
    };
}
Change ends(core::MaybeDate to) {
    return [to](Family& f) { f.tie.to = to; };
}
Change withdrawn(core::MaybeDate day_of_it) {
    return [day_of_it](Family& f) { f.consents.front().withdrawn = day_of_it; };
}
Change both(Change first, Change second) {
    return [first = std::move(first), second = std::move(second)](Family& f) {
        first(f);
        second(f);
    };
}
void nothing(Family&) {}
void no_consent(Family& f) {
    f.consents.clear();
}
void bar(Family& f) {
    f.tie.state = State::kBarred;
}

Order order(core::PersonId person, core::PersonId against, core::MaybeDate until = {}) {
    return {.person = person, .against = against, .until = until};
}

struct CrossCase {
    std::string name{};
    Change change{};
    Crossing expected = Crossing::kMay;
    Passing what = Passing::kCall;
    core::LocalTime local = at(12);
    int next_min = 0;  ///< Of kLater,
    int next_day = 0;  ///< in days from Wednesday.
    friend void PrintTo(const CrossCase& one, std::ostream* out) { *out << one.name; }
};

class KinshipCrossing : public ::testing::TestWithParam<CrossCase> {};

TEST_P(KinshipCrossing, IsJudged) {
    const auto& given = GetParam();
    Family family = whole();
    given.change(family);

    const auto judged = may_cross(family, given.what, Hours{}, given.local);

    EXPECT_EQ(judged.crossing, given.expected);
    EXPECT_EQ(judged.why.empty(), given.expected != Crossing::kNever) << judged.why;
    if (given.expected != Crossing::kLater) return;
    EXPECT_EQ(judged.minute, given.next_min);
    EXPECT_EQ(judged.date, day(given.next_day));
}

std::string name_of(const ::testing::TestParamInfo<CrossCase>& info) {
    return info.param.name;
}

constexpr auto kMay = Crossing::kMay, kLater = Crossing::kLater, kNever = Crossing::kNever;

INSTANTIATE_TEST_SUITE_P(
    Tie, KinshipCrossing,
    ::testing::Values(CrossCase{"Whole", nothing}, CrossCase{"TextToTheAdult", nothing, kMay, Passing::kTextToAdult},
                      CrossCase{"TextToTheChild", nothing, kMay, Passing::kTextToChild},
                      CrossCase{"Paused", [](Family& f) { f.tie.state = State::kPaused; }, kNever},
                      CrossCase{"Barred", bar, kNever}, CrossCase{"BarredForText", bar, kNever, Passing::kTextToAdult},
                      CrossCase{"OfNoKnownState", [](Family& f) { f.tie.state = static_cast<State>(77); }, kNever},
                      CrossCase{"BeginsToday", [](Family& f) { f.tie.from = day(0); }},
                      CrossCase{"BeginsTomorrow", [](Family& f) { f.tie.from = day(1); }, kNever},
                      CrossCase{"EndsToday", ends(day(0))}, CrossCase{"EndedYesterday", ends(day(-1)), kNever},
                      CrossCase{"AdultHasNotAgreed", [](Family& f) { f.tie.agreed = false; }, kNever},
                      CrossCase{"NothingIsKnown", [](Family& f) { f = {}; }, kNever},
                      CrossCase{"ChildIsUnknown", [](Family& f) { f.child = {}; }, kNever},
                      CrossCase{"AdultIsUnknown", [](Family& f) { f.adult = {}; }, kNever},
                      CrossCase{"ChildHasNoId",
                                both(aged(AgeBand::kAdult), [](Family& f) { f.tie.child = f.child.id = {}; }), kNever},
                      CrossCase{"AdultHasNoId", [](Family& f) { f.tie.adult = f.adult.id = {}; }, kNever},
                      CrossCase{"AnotherChild", [](Family& f) { f.child.id = kSister; }, kNever},
                      CrossCase{"AnotherAdult", [](Family& f) { f.adult.id = kGrandma; }, kNever},
                      CrossCase{"WithItself", [](Family& f) { f.tie.adult = f.adult.id = kChild; }, kNever}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Consent, KinshipCrossing,
    ::testing::Values(CrossCase{"Nobodys", no_consent, kNever},
                      CrossCase{"GivenToday", [](Family& f) { f.consents[0].given = day(0); }},
                      CrossCase{"GivenTomorrow", [](Family& f) { f.consents[0].given = day(1); }, kNever},
                      CrossCase{"NobodyKnowsWhen", [](Family& f) { f.consents[0].given = {}; }, kNever},
                      CrossCase{"WithdrawnToday", withdrawn(day(0)), kNever},
                      CrossCase{"WithdrawnTomorrow", withdrawn(day(1))},
                      CrossCase{"ForASibling", [](Family& f) { f.consents[0].child = kSister; }, kNever},
                      CrossCase{"OfACarerWhoIsNoGuardian", [](Family& f) { f.cares[0].guardian = false; }, kNever},
                      CrossCase{"OfSomebodyWhoDoesNotCare", [](Family& f) { f.cares.clear(); }, kNever},
                      CrossCase{"OfTheGuardianOfASibling", [](Family& f) { f.cares[0].child = kSister; }, kNever},
                      CrossCase{"OfAGuardianSinceToday", [](Family& f) { f.cares[0].from = day(0); }},
                      CrossCase{"OfAGuardianSinceTomorrow", [](Family& f) { f.cares[0].from = day(1); }, kNever},
                      CrossCase{"OfAGuardianUntilToday", [](Family& f) { f.cares[0].to = day(0); }},
                      CrossCase{"OfAGuardianUntilYesterday", [](Family& f) { f.cares[0].to = day(-1); }, kNever},
                      CrossCase{"OfASecondGuardian", both(withdrawn(day(-1)), mother_consents(day(-1)))},
                      CrossCase{"NoneOfTheSecondGuardian", both(withdrawn(day(-1)), add_mother), kNever},
                      CrossCase{"OfTheGrownUpItself", both(aged(AgeBand::kAdult), no_consent)},
                      CrossCase{"NoneAtSeventeen", both(aged(AgeBand::k16To17), no_consent), kNever},
                      CrossCase{"NoneAtAnUnknownAge", both(aged(AgeBand::kUnknown), no_consent), kNever}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Volunteer, KinshipCrossing,
    ::testing::Values(
        CrossCase{"CheckedUntilToday", volunteer_checked_until(day(0))},
        CrossCase{"CheckedUntilYesterday", volunteer_checked_until(day(-1)), kNever},
        CrossCase{"NeverChecked", volunteer_checked_until({}), kNever},
        CrossCase{"CheckedUntilNoDayOfTheCalendar", volunteer_checked_until(std::chrono::year{2028} / 2 / 30), kNever},
        CrossCase{"WhoIsARelativeToo",
                  both(volunteer_checked_until({}), [](Family& f) { f.tie.relation = Relation::kRelative; }), kNever},
        CrossCase{"NotWrittenDownAsOne", [](Family& f) { f.tie.relation = Relation::kCaringMom; }, kNever},
        CrossCase{"AFatherWhoOnceWasOne", [](Family& f) { f.adult.checked_until = day(-1); }}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Order, KinshipCrossing,
    ::testing::Values(
        CrossCase{"Open", ordered({order(kChild, kFather)}), kNever},
        CrossCase{"OpenForText", ordered({order(kChild, kFather)}), kNever, Passing::kTextToAdult},
        CrossCase{"OpenAgainstTheChild", ordered({order(kFather, kChild)}), kNever},
        CrossCase{"UntilToday", ordered({order(kChild, kFather, day(0))}), kNever},
        CrossCase{"UntilYesterday", ordered({order(kChild, kFather, day(-1))}), kNever},
        CrossCase{"UntilYesterdayAgainstTheChild", ordered({order(kFather, kChild, day(-1))}), kNever},
        CrossCase{"UntilYesterdayAndLifted", lifted(order(kChild, kFather, day(-1)))},
        CrossCase{"UntilYesterdayAndLiftedForTheChild", lifted(order(kFather, kChild, day(-1)))},
        CrossCase{"OpenAllTheSame", lifted(order(kChild, kFather)), kNever},
        CrossCase{"UntilTodayAllTheSame", lifted(order(kChild, kFather, day(0))), kNever},
        CrossCase{"ForASibling", ordered({order(kSister, kFather)}), kNever},
        CrossCase{"ForASiblingAllTheSame", lifted(order(kSister, kFather)), kNever},
        CrossCase{"ForASiblingUntilToday", ordered({order(kSister, kFather, day(0))}), kNever},
        CrossCase{"ForASiblingUntilYesterday", ordered({order(kSister, kFather, day(-1))})},
        CrossCase{"ForTheAdultAgainstASibling", ordered({order(kFather, kSister)})},
        CrossCase{"ForTheChildAgainstASibling", ordered({order(kChild, kSister)})},
        CrossCase{"AgainstSomebodyElse", ordered({order(kChild, kMother)})},
        CrossCase{"ForSomebodyElse", ordered({order(kMother, kFather)})},
        CrossCase{"TheLastOfSeveral",
                  ordered({order(kChild, kMother), order(kMother, kFather), order(kChild, kFather)}), kNever},
        CrossCase{"ForTheGrownUp", both(aged(AgeBand::kAdult), ordered({order(kChild, kFather)})), kNever}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Rest, KinshipCrossing,
    ::testing::Values(CrossCase{"CallBeforeIt", nothing, kMay, Passing::kCall, at(20, 59)},
                      CrossCase{"CallWhenItBegins", nothing, kLater, Passing::kCall, at(21), 7 * 60, 1},
                      CrossCase{"CallBeforeItEnds", nothing, kLater, Passing::kCall, at(6, 59), 7 * 60, 0},
                      CrossCase{"CallWhenItIsOver", nothing, kMay, Passing::kCall, at(7)},
                      CrossCase{"TextToTheChild", nothing, kLater, Passing::kTextToChild, at(23, 59), 7 * 60, 1},
                      CrossCase{"TextToTheAdult", nothing, kMay, Passing::kTextToAdult, at(23, 59)},
                      CrossCase{"OfABarredTie", bar, kNever, Passing::kCall, at(3)},
                      CrossCase{"AndTheTieEndsToday", ends(day(0)), kNever, Passing::kCall, at(22)},
                      CrossCase{"AndTheTieEndsTomorrow", ends(day(1)), kLater, Passing::kCall, at(22), 7 * 60, 1},
                      CrossCase{"AndTheConsentIsWithdrawn", withdrawn(day(1)), kNever, Passing::kCall, at(22)},
                      CrossCase{"AndTheCheckEndsToday", volunteer_checked_until(day(0)), kNever, Passing::kCall,
                                at(22)}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Hours, KinshipCrossing,
    ::testing::Values(
        CrossCase{"Inside", in_hours({hours(9, 13)})}, CrossCase{"Begin", in_hours({hours(12, 13)})},
        CrossCase{"AreOver", in_hours({hours(9, 12)}), kLater, Passing::kCall, at(12), 9 * 60, 1},
        CrossCase{"AreForTextsToo", in_hours({hours(13, 14)}), kLater, Passing::kTextToAdult, at(12), 13 * 60, 0},
        CrossCase{"None", in_hours({}), kNever},
        CrossCase{"OfATieThatIsAllowedAnyway", [](Family& f) { f.tie.hours = {hours(13, 14)}; }},
        CrossCase{"OnSaturday", in_hours({hours(9, 11, kSat)}), kLater, Passing::kCall, at(12), 9 * 60, 3},
        CrossCase{"NextWeek", in_hours({hours(9, 12, kWed)}), kLater, Passing::kCall, at(12), 9 * 60, 7},
        CrossCase{"TheSoonestOfSeveral", in_hours({hours(9, 10), hours(18, 19), hours(15, 16)}), kLater, Passing::kCall,
                  at(12), 15 * 60, 0},
        CrossCase{"OfATieThatEndsBefore", both(in_hours({hours(9, 11, kSat)}), ends(day(2))), kNever},
        CrossCase{"WithinTheRest", in_hours({hours(22, 23)}), kNever},
        CrossCase{"WithinTheRestForTheAdult", in_hours({hours(22, 23)}), kMay, Passing::kTextToAdult, at(22)},
        CrossCase{"BeginWithinTheRest", in_hours({hours(5, 8)}), kLater, Passing::kCall, at(12), 7 * 60, 1},
        CrossCase{"GoOnIntoTheRest", in_hours({hours(20, 22)}), kLater, Passing::kCall, at(21), 20 * 60, 1},
        CrossCase{"CrossMidnight", in_hours({hours(22, 2, kTue)}), kMay, Passing::kTextToAdult, at(1, 59)},
        CrossCase{"BehindMidnightOfAnotherDay", in_hours({hours(22, 2, kWed)}), kLater, Passing::kTextToAdult, at(1),
                  22 * 60, 0},
        CrossCase{"EndOfANight", in_hours({hours(20, 8, kWed)}), kLater, Passing::kCall, at(22), 7 * 60, 1},
        CrossCase{"EndOfANightBeforeWhichNobodyConsents",
                  both(in_hours({hours(20, 8, kThu)}), both(withdrawn(day(1)), mother_consents(day(2)))), kLater,
                  Passing::kTextToAdult, at(12), 0, 2},
        CrossCase{"ThatNobodyCanKeepTo", in_hours({hours(12, 12), hours(-1, 24), hours(0, 25), hours(9, 20, 0x80)}),
                  kNever, Passing::kTextToAdult}),
    name_of);

/// Whoever else reads a phone is asked for by this: nothing but what was decided counts, and by the same rule.
TEST(KinshipCrossing_Test, WhatIsDecidedKeepsAway) {
    struct AwayCase {
        const char* name;
        Change change;
        bool away;
    };
    const AwayCase cases[] = {
        {"nothing", nothing, false},
        {"a bar", bar, true},
        {"a pause", [](Family& f) { f.tie.state = State::kPaused; }, true},
        {"no consent", no_consent, false},
        {"a tie that is over", ends(day(-1)), false},
        {"an adult who has not agreed", [](Family& f) { f.tie.agreed = false; }, false},
        {"an order", ordered({order(kChild, kFather)}), true},
        {"an order that is over", ordered({order(kChild, kFather, day(-1))}), true},
        {"one that is over and lifted", lifted(order(kChild, kFather, day(-1))), false},
        {"one for a sibling", ordered({order(kSister, kFather)}), true},
        {"one for a sibling that is over", ordered({order(kSister, kFather, day(-1))}), false},
        {"a new one behind one that was lifted",
         [](Family& f) {
             f.tie.proved_by = kOrderLifted;
             f.orders = {order(kChild, kFather, day(-1)), order(kChild, kFather, day(30))};
         },
         true},
        {"one for a sibling behind one that was lifted",
         [](Family& f) {
             f.tie.proved_by = kOrderLifted;
             f.orders = {order(kChild, kFather, day(-1)), order(kSister, kFather)};
         },
         true},
    };
    for (const auto& one : cases) {
        Family family = whole();
        one.change(family);

        EXPECT_EQ(keeps_away(family, day(0)), one.away) << one.name;
    }
}

TEST(KinshipCrossing_Test, AConsentHoldsWhileItsGuardianIsOne) {
    Family family = whole();
    const auto holds = [&] { return is_in_force(family.consents.front(), family.cares, day(0)); };
    EXPECT_TRUE(holds());

    family.cares.front().to = day(-1);
    EXPECT_FALSE(holds());

    family = whole();
    family.consents.front().withdrawn = day(0);
    EXPECT_FALSE(holds());
}

TEST(KinshipCrossing_Test, TheFirstAndTheLastDayAreWithin) {
    EXPECT_TRUE(is_in_days({}, {}, day(0)));
    EXPECT_TRUE(is_in_days(day(0), day(0), day(0)));
    EXPECT_FALSE(is_in_days(day(1), {}, day(0)));
    EXPECT_FALSE(is_in_days({}, day(-1), day(0)));
}

TEST(KinshipCrossing_Test, TheRestIsAsItIsSet) {
    const Hours noon{.quiet_from_min = 12 * 60, .quiet_to_min = 14 * 60};
    const Hours evening{.quiet_from_min = 21 * 60, .quiet_to_min = 24 * 60};
    const Hours none{.quiet_from_min = 12 * 60, .quiet_to_min = 12 * 60};

    EXPECT_EQ(may_cross(whole(), Passing::kCall, noon, at(12)),
              (Judgement{.crossing = kLater, .date = day(0), .minute = 14 * 60}));
    EXPECT_TRUE(may_cross(whole(), Passing::kCall, noon, at(14)).may());
    EXPECT_TRUE(may_cross(whole(), Passing::kCall, noon, at(3)).may());
    EXPECT_EQ(may_cross(whole(), Passing::kCall, evening, at(22)),
              (Judgement{.crossing = kLater, .date = day(1), .minute = 0}));
    EXPECT_TRUE(may_cross(whole(), Passing::kCall, none, at(12)).may());
}

TEST(KinshipCrossing_Test, WhoeverIsKeptAwayIsToldOfTheHoursAlone) {
    const Hours night{.quiet_from_min = 21 * 60, .quiet_to_min = 7 * 60};
    Family family = whole();
    const auto allowed_at = [&](int hour) { return may_cross(family, Passing::kCall, night, at(hour)); };
    const auto open = family.tie;
    auto barred = open;
    barred.state = State::kBarred;
    for (const int hour : {6, 7, 20, 21, 23})
        EXPECT_EQ(as_if_allowed(barred, Passing::kCall, night, at(hour)), allowed_at(hour)) << hour;

    in_hours({hours(18, 19, kThu)})(family);
    family.tie.to = day(-1);
    EXPECT_EQ(as_if_allowed(family.tie, Passing::kCall, night, at(12)),
              (Judgement{.crossing = kLater, .date = day(1), .minute = 18 * 60}));
    auto barred_in_hours = family.tie;
    barred_in_hours.state = State::kPaused;
    EXPECT_EQ(as_if_allowed(barred_in_hours, Passing::kCall, night, at(12)),
              as_if_allowed(family.tie, Passing::kCall, night, at(12)));
    in_hours({})(family);
    EXPECT_TRUE(as_if_allowed(family.tie, Passing::kCall, night, at(12)).may()) << "no hour is as good as any";
}

}  // namespace
}  // namespace harborline::kinship
