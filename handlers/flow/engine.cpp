#include "handlers/flow/engine.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "handlers/flow/conventions.hpp"
#include "handlers/flow/listener.hpp"
#include "handlers/flow/walk.hpp"

namespace harborline::flow {
namespace {

constexpr int kPatient = 20;
constexpr int kImpatient = 2;

void take_outcome(Walk& walk, core::Outcome outcome) {
    const Step* step = walk.here();
    if (step == nullptr || step->kind != Step::Kind::kDo)
        throw std::logic_error("an outcome without a deed in flow " + walk.state().flow);
    const auto way_on = step->on.find(outcome);
    if (way_on == step->on.end())
        throw std::logic_error("step " + step->name + " knows no way on for " + std::string{core::name_of(outcome)});
    walk.enter(way_on->second);
}

void ask_whether_to_resume(Walk& walk) {
    walk.wait();
    walk.state().resuming = true;
    walk.state().misses = 0;
    walk.say(names::kGoOn);
}

bool is_ask(const Step* step) {
    return step != nullptr && step->kind == Step::Kind::kAsk;
}

/// As it would be said again. Empty where nothing is asked.
std::vector<Say> open_question(const Book& book, const core::FlowState& state) {
    Walk walk{book, state};
    const Step* step = walk.here();
    if (!is_ask(step)) return {};
    if (state.resuming) {
        walk.say(names::kGoOn);
    } else if (state.misses == kOffered) {
        walk.say(names::kOfferCall);
    } else if (state.telling) {
        walk.play(state.saved.get(names::kRecording), names::kHeard);
    } else if (step->expect == Expect::kStory && !step->more.empty() && !state.saved.get(step->save).empty()) {
        walk.say(step->more);
    } else {
        walk.ask();
    }
    return walk.take().says;
}

/// Behind a PIN, and on the telephone only: nobody goes on there later, and by text she is a person like any other.
bool is_staff_line(const core::FlowState& state) {
    return state.flow == names::kStaff;
}

/// Where whoever has dialled begins.
std::string_view opening_of(const Book& book, const core::Input& dialled) {
    if (dialled.staff && dialled.by_phone && book.flow(names::kStaff) != nullptr) return names::kStaff;
    return dialled.slowed && book.flow(names::kSlow) != nullptr ? names::kSlow : names::kMenu;
}

/// Whoever has dialled may be somebody else than the last time: nothing of what was left is shown.
void take_dial(Walk& walk, std::string_view opening) {
    walk.state().last_key = 0;
    walk.state().quiet = 0;
    walk.wait();
    const Step* step = walk.here();
    // While a caseworker is being called no menu betrays her; what she enters next is heard as before.
    const bool listening = is_ask(step) && walk.flow()->sensitive && step->text.empty();
    if (!listening && walk.state().saved.has(names::kHushed)) walk.state().saved.set(names::kHushed, "");
    if (!is_ask(step)) return walk.leave(opening);
    if (worth_resuming(walk.book(), walk.state())) return ask_whether_to_resume(walk);
    if (!listening) return walk.leave(opening);
    walk.say(walk.state().saved.get(names::kIsCovert) == "1" ? names::kCover : names::kReceived);
}

/// Whoever still listens there may write later; a question dies with the call.
void take_hang_up(Walk& walk) {
    walk.state().last_key = 0;
    walk.state().quiet = 0;
    const Step* step = walk.here();
    if (!is_ask(step) || !step->text.empty()) return walk.leave({});
    walk.wait();
}

core::CallAct key_act(const Step& step) {
    // A 9 alone is danger here too: it ends with # or with the pause behind it.
    if (step.expect == Expect::kNumber) return core::Gather{.digits_max = step.digits};
    return core::Gather{};
}

/// So many silences end a call on which nothing is asked: behind a receipt soon, in danger late.
int patience(const Step& step) {
    return step.record ? kPatient : kImpatient;
}

}  // namespace

core::CallAct call_act(const Book& book, const core::FlowState& state, std::chrono::seconds recording_max) {
    const Step* step = book.step(state.flow, state.step);
    // When all is said she may still want something else.
    if (!is_ask(step)) return state.quiet == 0 ? core::CallAct{core::Gather{}} : core::HangUp{};
    if (state.resuming || state.misses == kOffered || state.telling) return core::Gather{};
    if (step->text.empty() && state.quiet >= patience(*step)) return core::HangUp{};
    if (step->expect == Expect::kBridge) return core::Dial{};
    const auto longest = step->longest.count() > 0 ? std::min(step->longest, recording_max) : recording_max;
    if (step->expect == Expect::kStory) return core::Record{.longest = longest};
    // Nobody beside her may hear that somebody is listening.
    if (step->record) return core::Record{.longest = longest, .tone = !step->text.empty()};
    return key_act(*step);
}

Advance advance(const Book& book, core::FlowState state, const core::Input& input) {
    if (is_staff_line(state) && !input.by_phone && input.kind != core::Input::Kind::kOutcome) state = {};
    Walk walk{book, std::move(state), input.by_phone};
    switch (input.kind) {
        case core::Input::Kind::kOutcome:
            take_outcome(walk, input.outcome);
            break;
        case core::Input::Kind::kDialled:
            take_dial(walk, opening_of(book, input));
            break;
        case core::Input::Kind::kSilence:
            walk.state().last_key = 0;
            walk.leave({});
            break;
        case core::Input::Kind::kHungUp:
            take_hang_up(walk);
            break;
        case core::Input::Kind::kQuiet:
        case core::Input::Kind::kRecording:
        case core::Input::Kind::kBridged:
        case core::Input::Kind::kKey:
        case core::Input::Kind::kNumber:
        case core::Input::Kind::kText:
            walk.wait();
            Listener{walk}.hear(input);
            break;
    }
    return walk.take();
}

Advance begin(const Book& book, core::FlowState state, std::string_view target, bool by_phone) {
    Walk walk{book, std::move(state), by_phone};
    walk.begin(target);
    return walk.take();
}

Advance ask_to_resume(const Book& book, core::FlowState state) {
    Walk walk{book, std::move(state)};
    if (!is_ask(walk.here())) {
        walk.leave({});
        return walk.take();
    }
    walk.state().last_key = 0;
    ask_whether_to_resume(walk);
    return walk.take();
}

std::vector<Say> on_a_screen(const Book& book, const core::FlowState& state, bool understood, std::vector<Say> says) {
    const bool missed_once = !understood && state.misses == 1;
    if (says.empty() || missed_once) std::ranges::move(open_question(book, state), std::back_inserter(says));
    return says;
}

bool waits_for_answer(const Book& book, const core::FlowState& state) {
    const Step* step = book.step(state.flow, state.step);
    return is_ask(step) && (state.resuming || state.misses == kOffered || !step->text.empty());
}

bool is_plain(const Book& book, const core::FlowState& state) {
    const Flow* flow = book.flow(state.flow);
    return flow != nullptr && !flow->plain_after.empty();
}

bool wants_number(const Book& book, const core::FlowState& state) {
    const Step* step = book.step(state.flow, state.step);
    return is_ask(step) && step->expect == Expect::kNumber;
}

bool is_kinship(const core::FlowState& state) {
    return state.flow == names::kKinship;
}

bool wants_kin_words(const Book& book, const core::FlowState& state) {
    const Step* step = is_kinship(state) ? book.step(state.flow, state.step) : nullptr;
    return is_ask(step) && step->expect == Expect::kText;
}

bool worth_resuming(const Book& book, const core::FlowState& state) {
    const Step* step = book.step(state.flow, state.step);
    if (!is_ask(step) || step->text.empty() || is_plain(book, state)) return false;
    // Whoever goes on there later may be somebody else.
    if (is_staff_line(state) || is_kinship(state)) return false;
    if (state.flow == names::kPerson) return true;  // Somebody was asked for.
    for (const auto& [name, value] : state.saved.entries())
        if (!value.empty() && name != names::kPlace) return true;
    return false;
}

}  // namespace harborline::flow
