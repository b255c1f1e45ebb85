#include <gtest/gtest.h>

#include <iostream>
#include <set>

#include "handlers/render/ussd.hpp"
#include "tests/handlers/flow/reachable_by_phone.hpp"
#include "tests/handlers/flow/reachable_states.hpp"

namespace harborline {
namespace {

using core::Input;
using testing::input_classes;
using testing::reachable_states;
using testing::turns;

TEST(EveryState, AnswersEveryInputAndEndsInSilence) {
    const auto& world = reachable_states();
    std::cout << "every state: " << world.states.size() << " states, " << world.edges << " edges\n";

    for (const auto& fault : world.faults) ADD_FAILURE() << fault;
    EXPECT_GT(world.states.size(), 200U);
}

TEST(EveryState, VisitsEveryQuestionOfEveryFlow) {
    std::set<std::string> seen;
    for (const auto& [name, state] : reachable_states().states) seen.insert(state.flow + "." + state.step);
    for (const auto& [name, state] : testing::reachable_by_phone().states) seen.insert(state.flow + "." + state.step);

    for (const auto& [id, flow] : testing::shipped_book().flows)
        for (const auto& [name, step] : flow.steps)
            if (step.kind == flow::Step::Kind::kAsk) {
                EXPECT_TRUE(seen.contains(id + "." + name)) << id << "." << name;
            }
}

TEST(I5_DangerKey, RaisesAnAlertFromEveryStateInEverySpelling) {
    const std::vector<std::string> spellings{"9",    "９",  "九",  "玖",      "⑨",  "⑼",    "按9",           "回9",
                                             "选９", "9。", " 9 ", "按 ９！", "9#", "九。", "9\uFE0F\u20E3", "㈨",
                                             "❾",    "9!!!"};
    const flow::Book& book = testing::shipped_book();
    for (const auto& [name, state] : reachable_states().states) {
        const bool covert = state.saved.get("covert") == "1";
        for (const auto& spelling : spellings) {
            ASSERT_TRUE(flow::is_danger(spelling)) << spelling;
            for (const auto& turn : turns(book, state, flow::read_answer(spelling))) {
                ASSERT_FALSE(turn.deeds.empty()) << name;
                EXPECT_EQ(turn.deeds.back(), core::Deed::kRaiseAlert) << name;
                ASSERT_EQ(turn.says.size(), 1U) << name;
                EXPECT_EQ(turn.says.front().key, covert ? "safe.cover" : "safe.received") << name;
            }
        }
    }
}

TEST(I5_PersonKey, AsksHowToReachHerFromEveryState) {
    const flow::Book& book = testing::shipped_book();
    for (const auto& [name, state] : reachable_states().states) {
        // A watched phone gets the cover story, and the person has been called already.
        if (state.saved.get("covert") == "1" || state.last_key == '*') continue;
        for (const auto* spelling : {"0", "０", "零", "按0"}) {
            for (const auto& turn : turns(book, state, flow::read_answer(spelling))) {
                ASSERT_EQ(turn.says.size(), 1U) << name;
                EXPECT_EQ(turn.says.front().key, "safe.how") << name;
            }
        }
    }
}

TEST(EveryState, NothingToldIsLost) {
    const flow::Book& book = testing::shipped_book();
    for (const auto& [name, state] : reachable_states().states) {
        if (state.saved.get("narrative").empty()) continue;
        for (const auto* way_out : {"9", "0", "*0"}) {
            for (const auto& turn : turns(book, state, flow::read_answer(way_out))) {
                const bool filed = !turn.deeds.empty() && turn.deeds.front() == core::Deed::kOpenCase;
                EXPECT_TRUE(filed) << way_out << " at " << name;
            }
        }
        for (const auto& turn : turns(book, state, {.kind = Input::Kind::kSilence}))
            EXPECT_EQ(turn.deeds, std::vector{core::Deed::kOpenCase}) << name;
    }
}

/// What a screen of the shipped flows shows after each turn, by (language, words). Values are filled in as deeds do it.
std::set<std::pair<std::string, std::string>> every_screen() {
    std::set<std::pair<std::string, std::string>> screens;
    const flow::Book& book = testing::shipped_book();
    const auto show = [&](const testing::Turn& turn) {
        const auto says = flow::on_a_screen(book, turn.state, turn.understood, turn.says);
        for (const auto& language : book.catalogue.languages())
            screens.emplace(language, render::render_ussd(book.catalogue, language, says));
    };
    for (const auto& [name, state] : reachable_states().states) {
        for (const auto& text : input_classes())
            for (const auto& turn : turns(book, state, flow::read_answer(text))) show(turn);
        for (const auto& turn : turns(book, state, {.kind = Input::Kind::kDialled})) show(turn);
    }
    return screens;
}

TEST(EveryState, ShowsOnOneScreenWhatSheMayAnswer) {
    // What a small display shows without scrolling, whatever the alphabet.
    const core::ScreenLimits display{.septets = 70, .units = 70};
    const auto screens = every_screen();

    for (const auto& [language, words] : screens) {
        EXPECT_FALSE(words.empty());
        const auto length = render::measure_screen(words, display);
        EXPECT_LE(length.used, length.limit) << language << ": " << words;
    }
    std::cout << "every state: " << screens.size() << " different screens\n";
    EXPECT_GT(screens.size(), 80U);
}

TEST(EveryState, FitsEveryScreenThatAnOperatorMayHave) {
    for (const core::ScreenLimits limits :
         {core::ScreenLimits{160, 70, 0}, core::ScreenLimits{182, 80, 0}, core::ScreenLimits{160, 70, 18},
          core::ScreenLimits{60, 24, 0}, core::ScreenLimits{160, 0, 0}})
        for (const auto& [language, words] : every_screen())
            for (const auto& page : render::split_screens(words, limits, {"#下页", "*上页"})) {
                const auto length = render::measure_screen(page, limits);
                EXPECT_LE(length.used, length.limit) << page;
                EXPECT_FALSE(page.empty());
            }
}

TEST(EveryState, SurvivesARandomWalkOfJunk) {
    const flow::Book& book = testing::shipped_book();
    std::uint64_t seed = 1;
    const auto next = [&seed](std::size_t bound) {
        seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
        return static_cast<std::size_t>(seed >> 33) % bound;
    };
    core::FlowState state;
    for (int round = 0; round < 20'000; ++round) {
        std::string junk;
        for (std::size_t size = next(40); size > 0; --size) junk.push_back(static_cast<char>(next(256)));
        const std::string& text = next(2) == 0 ? junk : input_classes()[next(input_classes().size())];
        const auto ways = turns(book, state, flow::read_answer(text));
        ASSERT_FALSE(ways.empty());
        state = ways[next(ways.size())].state;
    }
}

}  // namespace
}  // namespace harborline
