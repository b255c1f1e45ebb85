// A conversation with the shipped flows: lines of what happens. The first byte of a line chooses what (a text, silence,
// the question whether to go on) and how deeds end; the rest is the text.
#include "handlers/flow/engine.hpp"

#include "handlers/core/utf8.hpp"
#include "handlers/flow/answer.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/handlers/flow/shipped_book.hpp"

namespace harborline::fuzz {
namespace {

using core::Input;
using flow::Advance;

constexpr int kDeedsMax = 16;
constexpr int kLinesMax = 60;

const flow::Book& book() {
    return testing::shipped_book();
}

core::FlowState reload(const core::FlowState& state) {
    const auto again = core::decode_flow_state(core::encode(state));
    require(again.has_value() && *again == state, "a state survives a restart");
    return *again;
}

/// One turn, as the conversation service runs it.
struct Turn {
    core::FlowState state{};
    std::vector<flow::Say> says{};
    std::vector<core::Deed> deeds{};
    bool understood = true;
    bool ended = false;
};

void hear(Turn& turn, const Advance& step) {
    turn.says.insert(turn.says.end(), step.says.begin(), step.says.end());
    for (const auto& language : book().catalogue.languages())
        for (const auto& say : step.says) book().catalogue.fill(language, say);
    turn.state = reload(step.state);
    turn.ended = step.kind == Advance::Kind::kEnd;
}

Turn take(const core::FlowState& before, Input input, std::size_t choice) {
    Turn turn;
    for (Advance step = flow::advance(book(), before, input);; step = flow::advance(book(), turn.state, input)) {
        hear(turn, step);
        if (step.kind != Advance::Kind::kDo) {
            require(!turn.state.silent && turn.state.then.empty(), "between turns no flow is being left");
            return turn;
        }
        turn.deeds.push_back(step.deed);
        require(turn.deeds.size() <= kDeedsMax, "a turn has at most 16 deeds");
        const auto& spec = core::spec_of(step.deed);
        const core::Outcome outcome = spec.outcomes[choice % spec.outcomes.size()];
        if (outcome != core::Outcome::kNone && outcome != core::Outcome::kNeedsPin)
            for (const auto name : spec.fills) turn.state.saved.set(name, "12345678");
        input = {.kind = Input::Kind::kOutcome, .outcome = outcome};
    }
}

/// I5, from wherever she stands.
void require_danger_is_danger(const core::FlowState& state) {
    const Turn turn = take(state, flow::read_answer("9"), 0);
    const bool covert = state.saved.get("covert") == "1";
    require(!turn.deeds.empty() && turn.deeds.back() == core::Deed::kRaiseAlert, "9 raises an alert");
    require(turn.says.size() == 1, "9 is answered with one text");
    require(turn.says.front().key == (covert ? "safe.cover" : "safe.received"), "9 is answered with nothing but that");
}

void require_a_person_comes(const core::FlowState& state) {
    if (state.saved.get("covert") == "1" || state.last_key == '*') return;
    const Turn turn = take(state, flow::read_answer("0"), 0);
    require(turn.says.size() == 1 && turn.says.front().key == "safe.how", "0 asks how to reach her");
}

core::FlowState live(const core::FlowState& state, Draw line) {
    const std::uint8_t what = line.byte();
    const std::string text = core::repair_utf8(line.rest());
    switch (what % 4) {
        case 2: {
            const Turn turn = take(state, {.kind = Input::Kind::kSilence}, what / 4);
            require(turn.ended && turn.says.empty(), "silence ends without a word");
            return turn.state;
        }
        case 3:
            if (!flow::worth_resuming(book(), state)) return state;
            return reload(flow::ask_to_resume(book(), state).state);
        default: {
            const Turn turn = take(state, flow::read_answer(text), what / 4);
            if (flow::is_danger(text)) require(turn.deeds.back() == core::Deed::kRaiseAlert, "danger raises an alert");
            return turn.state;
        }
    }
}

}  // namespace

void try_input(std::string_view input) {
    Draw draw{input};
    core::FlowState state;
    for (int line = 0; !draw.empty() && line < kLinesMax; ++line) {
        state = live(state, Draw{draw.until('\n')});
        require_danger_is_danger(state);
        require_a_person_comes(state);
    }
}

}  // namespace harborline::fuzz
