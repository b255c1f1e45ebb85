#include "handlers/flow/engine.hpp"

#include <stdexcept>
#include <utility>

#include "handlers/flow/conventions.hpp"
#include "handlers/flow/listener.hpp"
#include "handlers/flow/walk.hpp"

namespace harborline::flow {
namespace {

void take_outcome(Walk& walk, core::Outcome outcome) {
    const Step* step = walk.here();
    if (step == nullptr || step->kind != Step::Kind::kDo)
        throw std::logic_error("an outcome without a deed in flow " + walk.state().flow);
    const auto way_on = step->on.find(outcome);
    if (way_on == step->on.end())
        throw std::logic_error("step " + step->name + " knows no way on for " + std::string{core::name_of(outcome)});
    walk.enter(way_on->second);
}

}  // namespace

Advance advance(const Book& book, core::FlowState state, const core::Input& input) {
    Walk walk{book, std::move(state)};
    switch (input.kind) {
        case core::Input::Kind::kOutcome:
            take_outcome(walk, input.outcome);
            break;
        case core::Input::Kind::kSilence:
            walk.state().last_key = 0;
            walk.leave({});
            break;
        case core::Input::Kind::kKey:
        case core::Input::Kind::kNumber:
        case core::Input::Kind::kText:
            walk.wait();
            Listener{walk}.hear(input);
            break;
    }
    return walk.take();
}

Advance ask_to_resume(const Book& book, core::FlowState state) {
    Walk walk{book, std::move(state)};
    const Step* step = walk.here();
    if (step == nullptr || step->kind != Step::Kind::kAsk) {
        walk.leave({});
        return walk.take();
    }
    walk.wait();
    walk.state().resuming = true;
    walk.state().misses = 0;
    walk.state().last_key = 0;
    walk.say(names::kGoOn);
    return walk.take();
}

bool worth_resuming(const Book& book, const core::FlowState& state) {
    const Step* step = book.step(state.flow, state.step);
    if (step == nullptr || step->kind != Step::Kind::kAsk || step->text.empty()) return false;
    for (const auto& [name, value] : state.saved.entries())
        if (!value.empty() && name != names::kPlace) return true;
    return false;
}

}  // namespace harborline::flow
