#include <gtest/gtest.h>

#include <iostream>
#include <variant>

#include "tests/handlers/flow/reachable_by_phone.hpp"

namespace harborline {
namespace {

using core::Input;
using testing::reachable_by_phone;
using testing::turns;
using namespace std::chrono_literals;

core::CallAct act_at(const core::FlowState& state) {
    return flow::call_act(testing::shipped_book(), state, 180s);
}

/// One test for all that is true at each state: to find them takes longer than to look at them.
TEST(EveryState, OfACallIsAnsweredAndLeftWithNothingOpen) {
    const flow::Book& book = testing::shipped_book();
    const auto& world = reachable_by_phone();
    std::cout << "every state by phone: " << world.states.size() << " states, " << world.edges << " edges\n";
    for (const auto& fault : world.faults) ADD_FAILURE() << fault;
    EXPECT_GT(world.states.size(), 400U);

    for (const auto& [name, state] : world.states) {
        // A hang-up says nothing, asks nothing, and what was told is filed.
        const bool told = !state.saved.get("narrative").empty();
        for (const auto& turn : turns(book, state, {.kind = Input::Kind::kHungUp, .by_phone = true})) {
            EXPECT_TRUE(turn.says.empty()) << name;
            EXPECT_FALSE(flow::waits_for_answer(book, turn.state)) << name;
            const bool filed = !turn.deeds.empty() && turn.deeds.front() == core::Deed::kOpenCase;
            EXPECT_EQ(filed, told && state.flow == "petition") << name;
        }
        // She hears something, or has been heard and is listened to.
        const auto* step = book.step(state.flow, state.step);
        const bool listens = step != nullptr && step->text.empty();
        for (const auto& input : testing::call_inputs())
            for (const auto& turn : turns(book, state, input)) {
                const bool hangs_up = std::holds_alternative<core::HangUp>(act_at(turn.state));
                const auto heard = flow::on_a_screen(book, turn.state, turn.understood, turn.says);
                EXPECT_TRUE(!heard.empty() || hangs_up || listens) << name;
            }
    }
}

TEST(EveryState, OfACallEndsWhereNobodyKeysAnything) {
    const flow::Book& book = testing::shipped_book();
    for (const auto& [name, reached] : reachable_by_phone().states) {
        core::FlowState state = reached;
        int silences = 0;
        // In danger she is listened to for two minutes without a word.
        for (; silences < 30 && !std::holds_alternative<core::HangUp>(act_at(state)); ++silences)
            state = turns(book, state, {.kind = Input::Kind::kQuiet, .by_phone = true}).back().state;
        EXPECT_LE(silences, 21) << name;
    }
}

TEST(I5_DangerKey, RaisesAnAlertAnywhereOnACall) {
    const flow::Book& book = testing::shipped_book();
    Input nine = flow::read_answer("9");
    nine.by_phone = true;
    for (const auto& [name, state] : reachable_by_phone().states)
        for (const auto& turn : turns(book, state, nine)) {
            // Where it is not covert, somebody to be rung is looked for behind the alert, and behind nothing else.
            auto deeds = turn.deeds;
            if (!deeds.empty() && deeds.back() == core::Deed::kFindHelp) deeds.pop_back();
            ASSERT_FALSE(deeds.empty()) << name;
            EXPECT_EQ(deeds.back(), core::Deed::kRaiseAlert) << name;
        }
}

}  // namespace
}  // namespace harborline
