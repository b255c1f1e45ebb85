// The states that a conversation can be in while she is on the telephone, wherever it was begun.
#pragma once
#include <string>
#include <vector>

#include "tests/handlers/flow/reachable_states.hpp"

namespace harborline::testing {

/// One input of every kind that a call brings while it lasts.
inline const std::vector<Input>& call_inputs() {
    static const std::vector<Input> inputs = [] {
        std::vector<Input> all;
        for (const auto* keys :
             {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "#", "12", "1234", "123456", "12345678"}) {
            all.push_back(flow::read_answer(keys));
        }
        all.push_back({.kind = Input::Kind::kQuiet});
        all.push_back({.kind = Input::Kind::kRecording, .text = "a-recording"});
        all.push_back({.kind = Input::Kind::kRecording});
        all.push_back({.kind = Input::Kind::kBridged, .text = "talked"});
        all.push_back({.kind = Input::Kind::kBridged, .text = "nobody"});
        for (auto& input : all) input.by_phone = true;
        return all;
    }();
    return inputs;
}

inline void explore_by_phone(const flow::Book& book, Reachable& found) {
    std::deque<core::FlowState> open;
    const auto meet = [&](const core::FlowState& state) {
        if (found.states.emplace(signature(state), state).second) open.push_back(state);
    };
    const auto dial = [&](const core::FlowState& state) {
        const Input plain{.kind = Input::Kind::kDialled, .by_phone = true};
        Input staff = plain;
        staff.staff = true;
        Input slowed = plain;
        slowed.slowed = true;
        for (const auto& dialled : {plain, staff, slowed}) {
            for (const auto& turn : turns(book, state, dialled)) {
                ++found.edges;
                if (turn.says.empty()) found.faults.push_back("nothing to hear on dialling at " + signature(state));
                meet(turn.state);
            }
        }
    };
    for (const auto& [name, state] : reachable_states().states) dial(state);
    while (!open.empty()) {
        const core::FlowState state = open.front();
        open.pop_front();
        for (const auto& input : call_inputs()) {
            for (const auto& turn : turns(book, state, input)) {
                ++found.edges;
                for (const auto& say : turn.says) book.catalogue.fill("zh-CN", say, core::ChannelKind::kVoice);
                meet(turn.state);
            }
        }
    }
}

inline const Reachable& reachable_by_phone() {
    static const Reachable found = [] {
        Reachable explored;
        explore_by_phone(shipped_book(), explored);
        return explored;
    }();
    return found;
}

}  // namespace harborline::testing
