#include "handlers/duty/auditor.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

#include "tests/handlers/duty/alert_drama.hpp"

namespace harborline::duty {

std::ostream& operator<<(std::ostream& out, const Difference& one) {
    return out << "kind " << static_cast<int>(one.kind) << " staff " << one.staff.value << " at "
               << core::to_millis(one.at);
}

namespace {

using core::Instant;
using core::Role;
using core::StaffId;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::AlertDrama;
using namespace std::chrono_literals;
using What = Difference::Kind;
using Change = AlertChange::Kind;

const Instant kRaised = testing::FakeClock{}.now();
constexpr StaffId kOnDuty{1};
constexpr StaffId kNext{2};
constexpr StaffId kHead{3};
constexpr StaffId kLast{4};
constexpr StaffId kColleague{5};
const Ladder kAudited{{{0s, Role::kDuty}, {300s, Role::kSecond}, {600s, Role::kLeader}, {900s, Role::kAdministrator}},
                      900s};

/// Who holds each role around the clock.
struct Holders {
    std::vector<StaffId> duty{kOnDuty};
    std::vector<StaffId> second{kNext};
    std::vector<StaffId> leader{kHead};
    std::vector<StaffId> administrator{kLast};

    Reachable reachable() const {
        return [holders = *this](Role role, Instant) {
            switch (role) {
                case Role::kDuty:
                    return holders.duty;
                case Role::kSecond:
                    return holders.second;
                case Role::kLeader:
                    return holders.leader;
                default:
                    return holders.administrator;
            }
        };
    }
};

std::string_view name_of(core::Level level) {
    return level == core::Level::kRed ? "Red" : level == core::Level::kOrange ? "Orange" : "Yellow";
}

Telling told(StaffId staff, seconds at, bool went = true) {
    return {.staff = staff, .at = kRaised + at, .went = went};
}
AlertChange changed(Change kind, seconds at, StaffId by = {}) {
    return {.kind = kind, .at = kRaised + at, .by = by};
}
Difference differs(What kind, StaffId staff, seconds at) {
    return {.kind = kind, .staff = staff, .at = kRaised + at};
}

/// Called for, and told so much later; or not at all.
Telling waited(StaffId staff, seconds at, std::optional<seconds> until_told) {
    return {.staff = staff, .at = kRaised + at, .waited = until_told};
}

struct StoryCase {
    std::string name{};
    std::vector<Telling> told{};
    std::vector<AlertChange> changes{};
    seconds now{};
    std::vector<Difference> differences{};
    Holders holders{};
    int leader_after = 0;
    seconds may_wait{0};
};

class DutyAuditorStoryTest : public ::testing::TestWithParam<StoryCase> {};

TEST_P(DutyAuditorStoryTest, NamesWhatDiffers) {
    const auto& given = GetParam();
    const AlertStory story{.raised_at = kRaised, .changes = given.changes, .told = given.told};

    const auto found = audit(story,
                             {.ladder = kAudited,
                              .reachable = given.holders.reachable(),
                              .administrators = [&](Instant) { return given.holders.administrator; },
                              .tolerance = 60s,
                              .may_wait = given.may_wait,
                              .leader_after = given.leader_after},
                             kRaised + given.now);

    EXPECT_EQ(found, given.differences);
}

INSTANTIATE_TEST_SUITE_P(
    DutyAuditor, DutyAuditorStoryTest,
    ::testing::Values(
        StoryCase{"EverybodyWasTold",
                  {told(kOnDuty, 0s), told(kNext, 301s), told(kHead, 660s), told(kLast, 900s), told(kLast, 1801s)},
                  {},
                  2000s,
                  {}},
        StoryCase{"NobodyWasTold", {}, {}, 61s, {differs(What::kNobody, kOnDuty, 0s)}},
        StoryCase{"ItIsStillInTime", {}, {}, 60s, {}},
        StoryCase{"TheSecondWasForgotten", {told(kOnDuty, 0s)}, {}, 361s, {differs(What::kNobody, kNext, 300s)}},
        StoryCase{"OneOfTwoWasForgotten",
                  {told(kOnDuty, 0s)},
                  {},
                  61s,
                  {differs(What::kMissing, kColleague, 0s)},
                  {.duty = {kOnDuty, kColleague}}},
        StoryCase{"Late", {told(kOnDuty, 61s)}, {}, 100s, {differs(What::kLate, kOnDuty, 0s)}},
        StoryCase{"ARoundThatNeverCameIsLateOnceTheNextOneHas",
                  {told(kOnDuty, 0s), told(kNext, 300s), told(kHead, 600s), told(kLast, 900s), told(kLast, 2700s)},
                  {},
                  2700s,
                  {differs(What::kLate, kLast, 1800s)}},
        StoryCase{"TheWrongPerson",
                  {told(kHead, 0s)},
                  {},
                  61s,
                  {differs(What::kNobody, kOnDuty, 0s), differs(What::kNotCalledFor, kHead, 0s)}},
        StoryCase{
            "Twice", {told(kOnDuty, 0s), told(kOnDuty, 5s)}, {}, 61s, {differs(What::kNotCalledFor, kOnDuty, 5s)}},
        StoryCase{
            "TooEarly", {told(kOnDuty, 0s), told(kNext, 299s)}, {}, 300s, {differs(What::kNotCalledFor, kNext, 299s)}},
        StoryCase{"AfterItWasTaken",
                  {told(kOnDuty, 0s), told(kNext, 300s)},
                  {changed(Change::kTaken, 100s, kOnDuty)},
                  5000s,
                  {differs(What::kAfterTaken, kNext, 300s)}},
        StoryCase{"AfterItWasClosed",
                  {told(kOnDuty, 0s), told(kNext, 300s)},
                  {changed(Change::kClosed, 100s)},
                  5000s,
                  {differs(What::kAfterTaken, kNext, 300s)}},
        StoryCase{
            "TakenBeforeTheNextStepWasLate", {told(kOnDuty, 0s)}, {changed(Change::kTaken, 310s, kOnDuty)}, 5000s, {}},
        StoryCase{"TakenWhenTheNextStepWasLateAlready",
                  {told(kOnDuty, 0s)},
                  {changed(Change::kTaken, 400s, kOnDuty)},
                  5000s,
                  {differs(What::kNobody, kNext, 300s)}},
        StoryCase{"HandedBackTheNextIsTold",
                  {told(kOnDuty, 0s), told(kNext, 200s), told(kHead, 500s)},
                  {changed(Change::kTaken, 100s, kOnDuty), changed(Change::kHandedBack, 200s, kOnDuty)},
                  600s,
                  {}},
        StoryCase{"HandedBackAndNobodyTold",
                  {told(kOnDuty, 0s)},
                  {changed(Change::kTaken, 100s, kOnDuty), changed(Change::kHandedBack, 200s, kOnDuty)},
                  261s,
                  {differs(What::kNobody, kNext, 200s)}},
        StoryCase{"ASilentHolderOpensItAgain",
                  {told(kOnDuty, 0s)},
                  {changed(Change::kTaken, 100s, kOnDuty), changed(Change::kSilent, 2000s)},
                  2061s,
                  {differs(What::kNobody, kNext, 2000s)}},
        StoryCase{"WhoeverDoesNotHaveItHandsNothingBack",
                  {told(kOnDuty, 0s)},
                  {changed(Change::kTaken, 100s, kOnDuty), changed(Change::kHandedBack, 200s, kNext)},
                  5000s,
                  {}},
        StoryCase{"WhoeverTookItOverHandsItBack",
                  {told(kOnDuty, 0s), told(kNext, 200s)},
                  {changed(Change::kTaken, 100s, kOnDuty), changed(Change::kTaken, 150s, kHead),
                   changed(Change::kHandedBack, 200s, kHead)},
                  300s,
                  {}},
        StoryCase{"TheSecondHandBackCallsTheLeader",
                  {told(kOnDuty, 0s), told(kNext, 300s), told(kHead, 600s), told(kLast, 700s), told(kHead, 800s)},
                  {changed(Change::kHandedBack, 700s, kOnDuty), changed(Change::kHandedBack, 800s, kLast)},
                  900s,
                  {},
                  {},
                  2},
        StoryCase{"AHoleIsSteppedOverAtOnce",
                  {told(kNext, 0s), told(kHead, 300s), told(kLast, 600s)},
                  {},
                  700s,
                  {},
                  {.duty = {}}},
        StoryCase{"AHoleThatWasNotSteppedOver",
                  {told(kNext, 300s)},
                  {},
                  310s,
                  {differs(What::kLate, kNext, 0s)},
                  {.duty = {}}},
        StoryCase{
            "NobodyIsThereAtAll", {}, {}, 5000s, {}, {.duty = {}, .second = {}, .leader = {}, .administrator = {}}},
        StoryCase{"WrittenAndNeverSent", {told(kOnDuty, 0s, false)}, {}, 61s, {differs(What::kNotSent, kOnDuty, 0s)}},
        StoryCase{"WrittenAndNotSentYet", {told(kOnDuty, 0s, false)}, {}, 60s, {}},
        StoryCase{"TheTextMayWait", {waited(kOnDuty, 0s, 160s)}, {}, 290s, {}, {}, 0, 100s},
        StoryCase{"TheTextWaitedTooLong",
                  {waited(kOnDuty, 0s, 161s)},
                  {},
                  290s,
                  {differs(What::kLate, kOnDuty, 0s)},
                  {},
                  0,
                  100s},
        StoryCase{"TheTextIsStillInTime", {waited(kOnDuty, 0s, {})}, {}, 160s, {}, {}, 0, 100s},
        StoryCase{
            "NoTextCame", {waited(kOnDuty, 0s, {})}, {}, 161s, {differs(What::kMissing, kOnDuty, 0s)}, {}, 0, 100s},
        StoryCase{"NoTextIsNeededOnceSomebodyHasIt",
                  {waited(kOnDuty, 0s, {})},
                  {changed(Change::kTaken, 160s, kHead)},
                  5000s,
                  {},
                  {},
                  0,
                  100s},
        StoryCase{"NoTextCameBeforeSomebodyTookIt",
                  {waited(kOnDuty, 0s, {})},
                  {changed(Change::kTaken, 161s, kHead)},
                  5000s,
                  {differs(What::kMissing, kOnDuty, 0s)},
                  {},
                  0,
                  100s},
        StoryCase{"NoTextIsNeededForWhoeverHandsItBack",
                  {waited(kOnDuty, 0s, {}), told(kNext, 100s)},
                  {changed(Change::kHandedBack, 100s, kOnDuty)},
                  300s,
                  {},
                  {},
                  0,
                  100s},
        StoryCase{"ATextAfterItWasTaken",
                  {waited(kOnDuty, 0s, 90s)},
                  {changed(Change::kTaken, 80s, kHead)},
                  5000s,
                  {differs(What::kAfterTaken, kOnDuty, 0s)},
                  {},
                  0,
                  100s},
        StoryCase{"TheStepItselfMayNotWait", {}, {}, 61s, {differs(What::kNobody, kOnDuty, 0s)}, {}, 0, 100s}),
    [](const auto& param_info) { return param_info.param.name; });

TEST(DutyAuditor, AStepThatNobodyCarriedOutAccusesNobodyWhoWasOnlyThereForAMoment) {
    const AlertStory story{.raised_at = kRaised};
    const auto leaves = [](Role role, Instant at) {
        return role == Role::kDuty && at < kRaised + 30s ? std::vector{kOnDuty} : std::vector<StaffId>{};
    };

    EXPECT_TRUE(
        audit(
            story,
            {.ladder = kAudited, .reachable = leaves, .administrators = [](Instant) { return std::vector<StaffId>{}; }},
            kRaised + 120s)
            .empty());
}

std::string shown(const std::vector<Difference>& found) {
    return ::testing::PrintToString(found);
}

/// The worker's pages, whatever the moments at which it looked, whoever answered or was away, equal what the auditor
/// computes from the records.
class DutyAuditorHistoryTest : public ::testing::TestWithParam<core::Level> {};

TEST_P(DutyAuditorHistoryTest, TenThousandRandomHistories) {
    constexpr std::uint64_t kHistories = 10'000;
    const bool red = GetParam() == core::Level::kRed;
    AlertDrama::Counts all;
    for (std::uint64_t seed = 1; seed <= kHistories; ++seed) {
        testing::FakeRandom draw{seed};
        const seconds tolerance{60 + (seed % 4 == 0 ? draw.below(1'200) : 0)};
        AlertDrama drama({.seed = seed,
                          .level = GetParam(),
                          .bundle = seconds{draw.below(900)},
                          .tolerance = tolerance,
                          .asked_within = tolerance,
                          .roster_moves = seed % 3 != 0});
        for (auto turns = 20 + draw.below(60); turns > 0; --turns) {
            drama.go_on();
            if (draw.below(8) != 0) continue;
            const auto found = audit(drama.story(), drama.rules(), drama.now());
            ASSERT_TRUE(found.empty()) << "seed " << seed << ": " << shown(found);
        }
        const auto found = audit(drama.story(), drama.rules(), drama.in_time_until());
        ASSERT_TRUE(found.empty()) << "seed " << seed << ": " << shown(found);
        all.told += drama.counts().told;
        all.called += drama.counts().called;
        all.taken += drama.counts().taken;
        all.handed_back += drama.counts().handed_back;
        all.nobody += drama.counts().nobody;
        all.closed += drama.counts().closed;
        all.waited += drama.counts().waited;
        all.forgotten += drama.counts().forgotten;
        all.at_night += drama.counts().at_night;
    }
    // Nothing that was meant to happen was left out.
    EXPECT_GT(all.told, 40'000);
    EXPECT_GT(all.called, red ? 20'000 : -1);
    EXPECT_GT(all.told, all.called + 5'000);
    EXPECT_GT(all.taken, 10'000);
    EXPECT_GT(all.handed_back, 5'000);
    EXPECT_GT(all.nobody, 5'000);
    EXPECT_GT(all.closed, 1'000);
    // RED waits for nothing.
    const int waiting = red ? 0 : 1;
    EXPECT_GE(all.waited, waiting * 1'000);
    EXPECT_GE(all.forgotten, waiting * 200);
    EXPECT_GE(all.at_night, waiting * 1'000);
    EXPECT_EQ(all.waited + all.forgotten == 0, red);
    RecordProperty("told", all.told);
    RecordProperty("waited", all.waited);
}

INSTANTIATE_TEST_SUITE_P(DutyAuditor, DutyAuditorHistoryTest,
                         ::testing::Values(core::Level::kRed, core::Level::kOrange, core::Level::kYellow),
                         [](const auto& param_info) { return std::string{name_of(param_info.param)}; });

TEST(DutyAuditor, OnlyRedNeverWaits) {
    EXPECT_EQ(longest_wait(core::Level::kRed, 10min), 0min);
    EXPECT_EQ(longest_wait(core::Level::kOrange, 10min), 10min);
    EXPECT_EQ(longest_wait(core::Level::kYellow, 10min), 30min);
}

/// Stories of an hour and a half in which the worker looks every few seconds and steps are apart, so that every fault
/// shows.
class DutyAuditorFaultTest : public ::testing::TestWithParam<core::Level> {
  protected:
    static constexpr std::uint64_t kHistories = 100;
    static constexpr auto kLooks = 5s;
    static constexpr auto kTolerance = 60s;
    static constexpr auto kBundle = 40s;

    static milliseconds may_wait() { return longest_wait(GetParam(), kBundle); }

    static AlertDrama played(std::uint64_t seed, core::Level level, bool calls) {
        AlertDrama drama({.seed = seed,
                          .level = level,
                          .bundle = kBundle,
                          .tolerance = kTolerance,
                          .asked_within = kLooks,
                          .apart = 240s,
                          .roster_moves = false,
                          .calls = calls,
                          .answers_once_in = 400});
        while (drama.now() < drama.story().raised_at + 90min) drama.go_on();
        return drama;
    }

    /// Runs `spoil` over one telling of each history; it says what must be found.
    template <class Spoil>
    void each(Spoil spoil) {
        int spoiled = 0;
        for (std::uint64_t seed = 1; seed <= kHistories; ++seed) {
            const auto drama = played(seed, GetParam(), false);
            auto story = drama.story();
            const auto at = pick(story, drama.now(), seed);
            if (!at) continue;
            const auto expected = spoil(story, *at);
            std::ranges::stable_sort(story.told, {}, &Telling::at);

            const auto found = audit(story, drama.rules(), drama.now());

            ASSERT_EQ(found.size(), 1U) << "seed " << seed << ": " << shown(found) << " where " << expected;
            EXPECT_EQ(found[0].staff, expected.staff) << "seed " << seed;
            EXPECT_LE(std::chrono::abs(found[0].at - expected.at), kLooks) << "seed " << seed;
            EXPECT_TRUE(is_same(found[0].kind, expected.kind)) << "seed " << seed << ": " << found[0];
            ++spoiled;
        }
        EXPECT_GT(spoiled, static_cast<int>(kHistories / 3));
    }

  private:
    /// A telling around which nobody answers and after which the story goes on.
    static std::optional<std::size_t> pick(const AlertStory& story, Instant end, std::uint64_t seed) {
        std::vector<std::size_t> fit;
        for (std::size_t at = 0; at < story.told.size(); ++at) {
            const auto when = story.told[at].at;
            const bool quiet = std::ranges::none_of(story.changes, [&](const AlertChange& change) {
                return change.at > when - 2 * kLooks && change.at < when + 250s;
            });
            if (quiet && when + 250s < end) fit.push_back(at);
        }
        if (fit.empty()) return std::nullopt;
        return fit[testing::FakeRandom{seed}.below(fit.size())];
    }

    /// What is missing is late once she has been told of a later step.
    static bool is_same(What found, What expected) {
        if (expected != What::kMissing) return found == expected;
        return found == What::kMissing || found == What::kNobody || found == What::kLate;
    }
};

TEST_P(DutyAuditorFaultTest, NamesTheOneThatWasDropped) {
    each([](AlertStory& story, std::size_t at) {
        const auto gone = story.told[at];
        story.told.erase(story.told.begin() + static_cast<std::ptrdiff_t>(at));
        return Difference{.kind = What::kMissing, .staff = gone.staff, .at = gone.at};
    });
}

TEST_P(DutyAuditorFaultTest, NamesTheOneThatWasCalledForAndNotTold) {
    each([](AlertStory& story, std::size_t at) {
        story.told[at].waited.reset();
        return Difference{.kind = What::kMissing, .staff = story.told[at].staff, .at = story.told[at].at};
    });
}

TEST_P(DutyAuditorFaultTest, NamesTheOneWhoseTextWaitedTooLong) {
    each([](AlertStory& story, std::size_t at) {
        auto& late = story.told[at];
        late.waited = may_wait() + kTolerance + 1ms;
        return Difference{.kind = What::kLate, .staff = late.staff, .at = late.at};
    });
}

TEST_P(DutyAuditorFaultTest, NamesTheOneThatWasDelayed) {
    each([](AlertStory& story, std::size_t at) {
        const auto was = story.told[at];
        story.told[at].at += kTolerance + 10s + seconds{at % 60};
        return Difference{.kind = What::kLate, .staff = was.staff, .at = was.at};
    });
}

TEST_P(DutyAuditorFaultTest, NamesTheOneThatWasDoubled) {
    each([](AlertStory& story, std::size_t at) {
        auto again = story.told[at];
        again.at += seconds{at % 120};
        story.told.push_back(again);
        return Difference{.kind = What::kNotCalledFor, .staff = again.staff, .at = again.at};
    });
}

TEST_P(DutyAuditorFaultTest, NamesTheCallThatIsMissingOrTooMuch) {
    if (GetParam() != core::Level::kRed) return;  // Nobody is called for less.
    std::uint64_t spoiled = 0;
    for (std::uint64_t seed = 1; seed <= kHistories; ++seed) {
        const auto drama = played(seed, GetParam(), true);
        const auto called = drama.story().called;
        if (called.empty()) continue;
        const auto at = testing::FakeRandom{seed}.below(called.size());
        auto one = called[at];
        const Difference missing{.kind = What::kNotCalled, .staff = one.staff, .at = one.at};
        auto story = drama.story();

        story.called.erase(story.called.begin() + static_cast<std::ptrdiff_t>(at));
        EXPECT_EQ(audit(story, drama.rules(), drama.now()), std::vector{missing}) << "seed " << seed;

        one.at += 1ms;
        story.called.push_back(one);
        const Difference alone{.kind = What::kCalledAlone, .staff = one.staff, .at = one.at};
        EXPECT_EQ(audit(story, drama.rules(), drama.now()), (std::vector{missing, alone})) << "seed " << seed;
        ++spoiled;
    }
    EXPECT_GT(spoiled, kHistories / 3);
}

TEST(DutyAuditor, WhoeverMustNotBeCalledAndIsIsADifferenceAndWhereNobodyCallsNoneIsMissed) {
    const AlertStory story{.raised_at = kRaised, .told = {told(kOnDuty, 0s)}, .called = {told(kOnDuty, 0s)}};
    const Holders holders;
    AuditRules rules{.ladder = kAudited,
                     .reachable = holders.reachable(),
                     .administrators = [&](Instant) { return holders.administrator; },
                     .tolerance = 60s};
    EXPECT_TRUE(audit(story, rules, kRaised + 61s).empty());

    rules.is_called = [](StaffId, Instant) { return false; };

    EXPECT_EQ(audit(story, rules, kRaised + 61s), std::vector{differs(What::kCalledAlone, kOnDuty, 0s)});
}

TEST_P(DutyAuditorFaultTest, NamesTheOneThatNeverLeft) {
    each([](AlertStory& story, std::size_t at) {
        story.told[at].went = false;
        return Difference{.kind = What::kNotSent, .staff = story.told[at].staff, .at = story.told[at].at};
    });
}

INSTANTIATE_TEST_SUITE_P(DutyAuditor, DutyAuditorFaultTest,
                         ::testing::Values(core::Level::kRed, core::Level::kOrange, core::Level::kYellow),
                         [](const auto& param_info) { return std::string{name_of(param_info.param)}; });

}  // namespace
}  // namespace harborline::duty
