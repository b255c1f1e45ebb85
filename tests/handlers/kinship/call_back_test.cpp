#include "handlers/kinship/call_back.hpp"

#include <gtest/gtest.h>

#include "handlers/kinship/call_reason.hpp"

namespace harborline::kinship {
namespace call_back_test {

using namespace std::chrono_literals;

constexpr int kPerDay = 3;

core::TimeZone zone() {
    return core::TimeZone::named("Asia/Shanghai").value();
}
/// Of 2027-03-03 in Shanghai.
core::Instant at(std::chrono::minutes local) {
    return zone().start_of(core::LocalDate{std::chrono::year{2027} / 3 / 3}) + local;
}

struct BackCase {
    std::string name{};
    std::vector<core::Instant> before{};
    bool in_vain = false;
    bool may = false;
    friend void PrintTo(const BackCase& test, std::ostream* out) { *out << test.name; }
};

class CallBack : public ::testing::TestWithParam<BackCase> {};

TEST_P(CallBack, IsAllowedSoOftenInALocalDay) {
    const CallBacks before{.at = GetParam().before, .in_vain = GetParam().in_vain};
    EXPECT_EQ(may_call_back(before, kPerDay, zone(), at(12h)), GetParam().may);
}

INSTANTIATE_TEST_SUITE_P(
    Table, CallBack,
    ::testing::Values(BackCase{"First", {}, false, true}, BackCase{"Third", {at(8h), at(9h)}, false, true},
                      BackCase{"Fourth", {at(8h), at(9h), at(10h)}, false, false},
                      BackCase{"AfterMidnight", {at(-3h), at(-2h), at(-1min), at(0h), at(1min)}, false, true},
                      BackCase{"OfTheEveningBefore", {at(-3h), at(-2h), at(-1h)}, false, true},
                      BackCase{"BeforeTheClockWasSetBack", {at(13h), at(14h), at(15h)}, false, false},
                      BackCase{"InVain", {at(8h)}, true, false}, BackCase{"InVainYesterday", {at(-8h)}, true, false}),
    [](const auto& one) { return one.param.name; });

TEST(CallBack_Notes, ForgetOtherDaysAndThatOneWasInVain) {
    CallBacks backs{.at = {at(-3h), at(8h)}, .in_vain = true};
    note_call_back(backs, zone(), at(9h));
    EXPECT_EQ(backs, (CallBacks{.at = {at(8h), at(9h)}}));
    note_call_back(backs, zone(), at(33h));
    EXPECT_EQ(backs.at, std::vector{at(33h)});
    EXPECT_TRUE(CallBacks{}.empty());
    EXPECT_FALSE(backs.empty());
    EXPECT_FALSE(CallBacks{.in_vain = true}.empty());
}

TEST(CallReason_Test, IsReadAsItWasWritten) {
    for (const CallReason& reason :
         {CallReason{}, CallReason{.tries = 2}, CallReason{.kind = CallReason::Kind::kBooked, .appointment = {4'711}}})
        EXPECT_EQ(read_call_reason(encode(reason)), reason);
}

TEST(CallReason_Test, IsNothingElse) {
    for (const char* written : {"", "back", "back ", "back 0", "back -1", "back 1x", "back 101", "back  1", "booked",
                                "booked ", "booked 0", "booked 99999999999999999999", "Back 1", "1"})
        EXPECT_FALSE(read_call_reason(written)) << written;
}

}  // namespace call_back_test
}  // namespace harborline::kinship
