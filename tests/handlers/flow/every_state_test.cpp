#include <gtest/gtest.h>

#include <deque>
#include <iostream>
#include <map>
#include <set>

#include "handlers/flow/answer.hpp"
#include "handlers/flow/engine.hpp"
#include "tests/handlers/flow/shipped_book.hpp"

namespace harborline {
namespace {

using core::Input;
using flow::Advance;

const std::vector<std::string>& input_classes() {
    static const std::vector<std::string> texts = [] {
        std::vector<std::string> all{"*",          "#",    "12",   "1234", "12345678", "512345678", "丈夫打我",
                                     "我在道里区", "宾县", "密码", "*0",   "",         "ＰＩＮ"};
        for (char key = '0'; key <= '9'; ++key) all.emplace_back(1, key);
        std::string endless;
        for (int at = 0; at < 2'100; ++at) endless += "长";
        all.push_back(endless);
        return all;
    }();
    return texts;
}

/// One way that a turn can go: deeds may end in any of their outcomes.
struct Turn {
    core::FlowState state{};
    std::vector<flow::Say> says{};
    std::vector<core::Deed> deeds{};
    bool ended = false;
};

core::FlowState reload(const core::FlowState& state) {
    return core::decode_flow_state(core::encode(state)).value();
}

void follow(const flow::Book& book, const Advance& step, Turn turn, std::vector<Turn>& ways) {
    turn.says.insert(turn.says.end(), step.says.begin(), step.says.end());
    turn.state = reload(step.state);
    turn.ended = step.kind == Advance::Kind::kEnd;
    if (step.kind != Advance::Kind::kDo) return ways.push_back(std::move(turn));
    turn.deeds.push_back(step.deed);
    ASSERT_LE(turn.deeds.size(), 16U);
    const auto& spec = core::spec_of(step.deed);
    for (const core::Outcome outcome : spec.outcomes) {
        core::FlowState state = turn.state;
        if (outcome != core::Outcome::kNone && outcome != core::Outcome::kNeedsPin)
            for (const auto name : spec.fills) state.saved.set(name, "12345678");
        follow(book, flow::advance(book, state, {.kind = Input::Kind::kOutcome, .outcome = outcome}), turn, ways);
    }
}

std::vector<Turn> turns(const flow::Book& book, const core::FlowState& state, const Input& input) {
    std::vector<Turn> ways;
    follow(book, flow::advance(book, state, input), {}, ways);
    return ways;
}

/// What can make a difference to what comes next.
std::string signature(const core::FlowState& state) {
    std::string text = state.flow + "." + state.step + " m" + std::to_string(state.misses) + " r" +
                       std::to_string(state.resuming) + " *" + std::to_string(state.last_key == '*') + " c" +
                       std::string{state.saved.get("covert")} + " a" + std::string{state.saved.get("area")} + " n" +
                       std::to_string(!state.saved.get("narrative").empty()) + " p" +
                       std::to_string(state.parts == 255 ? 2 : state.parts > 0) + " t";
    for (const auto& step : state.trail) text += " " + step;
    for (const auto& [step, times] : state.visits) text += " v" + step + std::to_string(times);
    return text;
}

/// All states that can be reached from nothing, each with one example.
struct World {
    std::map<std::string, core::FlowState> states{};
    std::size_t edges = 0;
    std::vector<std::string> faults{};
};

bool may_be_silent(const flow::Book& book, const core::FlowState& before, const Turn& turn) {
    if (turn.ended) return false;
    const auto* step = book.step(before.flow, before.step);
    // A later part of a story is answered with nothing, so that she can write on.
    return step != nullptr && step->expect == flow::Expect::kStory && turn.state.step == before.step;
}

void explore(const flow::Book& book, World& world) {
    std::deque<core::FlowState> open{core::FlowState{}};
    world.states.emplace(signature({}), core::FlowState{});
    const auto meet = [&](const core::FlowState& state) {
        if (world.states.emplace(signature(state), state).second) open.push_back(state);
    };
    while (!open.empty()) {
        const core::FlowState state = open.front();
        open.pop_front();
        if (flow::worth_resuming(book, state)) meet(flow::ask_to_resume(book, state).state);
        for (const auto& text : input_classes()) {
            for (const auto& turn : turns(book, state, flow::read_answer(text))) {
                ++world.edges;
                if (turn.says.empty() && !may_be_silent(book, state, turn))
                    world.faults.push_back("no answer to " + text.substr(0, 12) + " at " + signature(state));
                for (const auto& language : book.catalogue.languages())
                    for (const auto& say : turn.says) book.catalogue.fill(language, say);
                meet(turn.state);
            }
        }
        for (const auto& turn : turns(book, state, {.kind = Input::Kind::kSilence})) {
            ++world.edges;
            if (!turn.ended || !turn.says.empty()) world.faults.push_back("silence goes on at " + signature(state));
            meet(turn.state);
        }
    }
}

const World& shipped_world() {
    static const World world = [] {
        World found;
        explore(testing::shipped_book(), found);
        return found;
    }();
    return world;
}

TEST(EveryState, AnswersEveryInputAndEndsInSilence) {
    const World& world = shipped_world();
    std::cout << "every state: " << world.states.size() << " states, " << world.edges << " edges\n";

    for (const auto& fault : world.faults) ADD_FAILURE() << fault;
    EXPECT_GT(world.states.size(), 200U);
}

TEST(EveryState, VisitsEveryQuestionOfEveryFlow) {
    std::set<std::string> seen;
    for (const auto& [name, state] : shipped_world().states) seen.insert(state.flow + "." + state.step);

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
    for (const auto& [name, state] : shipped_world().states) {
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
    for (const auto& [name, state] : shipped_world().states) {
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
    for (const auto& [name, state] : shipped_world().states) {
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
