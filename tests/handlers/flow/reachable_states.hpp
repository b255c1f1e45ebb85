// The states that a conversation of the shipped flows can be in, each with one example; and what may be said in them.
#pragma once
#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "handlers/flow/answer.hpp"
#include "handlers/flow/conventions.hpp"
#include "handlers/flow/engine.hpp"
#include "tests/handlers/flow/shipped_book.hpp"

namespace harborline::testing {

using core::Input;
using flow::Advance;

/// One text of every kind that an answer can be of.
inline const std::vector<std::string>& input_classes() {
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
    bool understood = true;
    bool by_phone = false;
    bool ended = false;
};

inline core::FlowState reload(const core::FlowState& state) {
    return core::decode_flow_state(core::encode(state)).value();
}

inline void follow(const flow::Book& book, const Advance& step, Turn turn, std::vector<Turn>& ways) {
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
        const Input ended{.kind = Input::Kind::kOutcome, .outcome = outcome, .by_phone = turn.by_phone};
        follow(book, flow::advance(book, state, ended), turn, ways);
    }
}

inline std::vector<Turn> turns(const flow::Book& book, const core::FlowState& state, const Input& input) {
    std::vector<Turn> ways;
    const Advance first = flow::advance(book, state, input);
    follow(book, first, {.understood = first.understood, .by_phone = input.by_phone}, ways);
    return ways;
}

/// Where the engine begins by itself: with words to a relative that come without a menu, with a child that it has
/// called, and with what it asks unasked.
constexpr std::array kBegun{flow::names::kAnswer,       flow::names::kBooked,        flow::names::kWeekly,
                            flow::names::kWeeklyByText, flow::names::kWeeklyOfCarer, flow::names::kAppointment};
inline std::vector<Turn> begun(const flow::Book& book, const core::FlowState& state) {
    std::vector<Turn> ways;
    for (const auto step : kBegun) follow(book, flow::begin(book, state, step), {}, ways);
    return ways;
}

/// What can make a difference to what comes next.
inline std::string signature(const core::FlowState& state) {
    std::string text = state.flow + "." + state.step + " m" + std::to_string(state.misses) + " r" +
                       std::to_string(state.resuming) + " *" + std::to_string(state.last_key == '*') + " c" +
                       std::string{state.saved.get("covert")} + " a" + std::string{state.saved.get("area")} + " n" +
                       std::to_string(!state.saved.get("narrative").empty()) + " p" +
                       std::to_string(state.parts == 255 ? 2 : state.parts > 0) + " q" + std::to_string(state.quiet) +
                       (state.telling ? " telling" : "") + " t";
    for (const auto& step : state.trail) text += " " + step;
    for (const auto& [step, times] : state.visits) text += " v" + step + std::to_string(times);
    return text;
}

/// All states that can be reached from nothing, each with one example.
struct Reachable {
    std::map<std::string, core::FlowState> states{};
    std::size_t edges = 0;
    std::vector<std::string> faults{};
};

inline bool may_be_silent(const flow::Book& book, const core::FlowState& before, const Turn& turn) {
    if (turn.ended) return false;
    const auto* step = book.step(before.flow, before.step);
    // A later part of a story is answered with nothing, so that she can write on.
    return step != nullptr && step->expect == flow::Expect::kStory && turn.state.step == before.step;
}

inline void explore(const flow::Book& book, Reachable& found) {
    std::deque<core::FlowState> open{core::FlowState{}};
    found.states.emplace(signature({}), core::FlowState{});
    const auto meet = [&](const core::FlowState& state) {
        if (found.states.emplace(signature(state), state).second) open.push_back(state);
    };
    while (!open.empty()) {
        const core::FlowState state = open.front();
        open.pop_front();
        if (flow::worth_resuming(book, state)) meet(flow::ask_to_resume(book, state).state);
        for (const auto& text : input_classes()) {
            for (const auto& turn : turns(book, state, flow::read_answer(text))) {
                ++found.edges;
                if (turn.says.empty() && !may_be_silent(book, state, turn))
                    found.faults.push_back("no answer to " + text.substr(0, 12) + " at " + signature(state));
                for (const auto& language : book.catalogue.languages())
                    for (const auto& say : turn.says) book.catalogue.fill(language, say);
                meet(turn.state);
            }
        }
        for (const auto& turn : begun(book, state)) {
            ++found.edges;
            if (turn.says.empty()) found.faults.push_back("nothing is said where we begin at " + signature(state));
            meet(turn.state);
        }
        for (const bool slowed : {false, true}) {
            for (const auto& turn : turns(book, state, {.kind = Input::Kind::kDialled, .slowed = slowed})) {
                ++found.edges;
                if (turn.says.empty()) found.faults.push_back("an empty screen on dialling at " + signature(state));
                meet(turn.state);
            }
        }
        for (const auto& turn : turns(book, state, {.kind = Input::Kind::kSilence})) {
            ++found.edges;
            if (!turn.ended || !turn.says.empty()) found.faults.push_back("silence goes on at " + signature(state));
            meet(turn.state);
        }
    }
}

inline const Reachable& reachable_states() {
    static const Reachable found = [] {
        Reachable explored;
        explore(shipped_book(), explored);
        return explored;
    }();
    return found;
}

}  // namespace harborline::testing
