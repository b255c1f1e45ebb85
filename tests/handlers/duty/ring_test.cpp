#include "handlers/duty/ring.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace harborline::duty {
namespace {

using core::Level;
using core::Role;
using namespace std::chrono_literals;
using Ids = std::vector<std::int64_t>;

const Ladder kSteps{{{0s, Role::kDuty}, {300s, Role::kSecond}, {600s, Role::kLeader}, {900s, Role::kAdministrator}},
                    900s};

core::PhoneNumber phone_of(std::int64_t id) {
    return core::PhoneNumber::from_value(8619900000000ULL + static_cast<std::uint64_t>(id));
}

/// A roster in which each role is held around the clock by the people beside it.
core::Roster roster_of(std::initializer_list<std::pair<Role, Ids>> holders) {
    core::Roster made;
    for (const auto& [role, ids] : holders)
        for (const auto id : ids) {
            made.staff.push_back({.id = {id}, .phone = phone_of(id)});
            made.shifts.push_back({.staff = {id}, .role = role});
        }
    return made;
}

/// Rings on until nobody is left.
std::vector<Ids> rounds(const core::Roster& roster, Level level, core::PhoneNumber caller = phone_of(1'000),
                        core::LocalTime local = {}) {
    std::vector<Ids> all;
    std::vector<core::StaffId> rung;
    for (;;) {
        const auto next =
            next_to_ring(kSteps, level, {.roster = roster, .local = local}, {.caller = caller, .rung = rung});
        if (next.empty()) return all;
        all.emplace_back();
        for (const auto& member : next) {
            all.back().push_back(member.id.value);
            rung.push_back(member.id);
        }
    }
}

const core::Roster kMany = roster_of(
    {{Role::kDuty, {1, 2, 3, 4, 5}}, {Role::kSecond, {6, 7}}, {Role::kLeader, {8}}, {Role::kAdministrator, {9}}});

TEST(DutyRing, RedRingsThreeAtATimeOfOneRoleAndNoAdministrator) {
    EXPECT_EQ(rounds(kMany, Level::kRed), (std::vector<Ids>{{1, 2, 3}, {4, 5}, {6, 7}, {8}}));
}

TEST(DutyRing, ALowerLevelRingsOneAfterTheOther) {
    const auto few = roster_of({{Role::kDuty, {1}}, {Role::kSecond, {2}}, {Role::kLeader, {3}}});
    EXPECT_EQ(rounds(few, Level::kOrange), (std::vector<Ids>{{1}, {2}, {3}}));
}

TEST(DutyRing, IsBounded) {
    const auto crowd = roster_of({{Role::kDuty, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}}});
    EXPECT_EQ(rounds(crowd, Level::kRed), (std::vector<Ids>{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}));
    EXPECT_EQ(rounds(crowd, Level::kOrange), (std::vector<Ids>{{1}, {2}, {3}}));
}

TEST(DutyRing, PassesTheCallerOverAndWhoeverHasNoPhone) {
    auto few = roster_of({{Role::kDuty, {1, 2, 3}}});
    few.staff[2].phone = {};
    EXPECT_EQ(rounds(few, Level::kRed, phone_of(1)), std::vector<Ids>{{2}});
}

TEST(DutyRing, AtNightOnlyRedWakesWhoeverAskedForThat) {
    auto few = roster_of({{Role::kDuty, {1}}, {Role::kSecond, {2}}});
    few.staff[0].night = false;
    const core::LocalTime night{.minute = 23 * 60};
    EXPECT_EQ(rounds(few, Level::kRed, phone_of(1'000), night), (std::vector<Ids>{{1}, {2}}));
    EXPECT_EQ(rounds(few, Level::kOrange, phone_of(1'000), night), std::vector<Ids>{{2}});
}

}  // namespace
}  // namespace harborline::duty
