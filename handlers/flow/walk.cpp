#include "handlers/flow/walk.hpp"

#include <algorithm>
#include <stdexcept>

#include "handlers/flow/conventions.hpp"

namespace harborline::flow {
namespace {

/// The proof bounds every cycle; this is the net under it.
constexpr int kMovesMax = 64;
constexpr std::size_t kTrailMax = 8;

Target parse(std::string_view written) {
    const auto dot = written.find('.');
    Target target{.flow = std::string{written.substr(0, dot)}};
    if (dot != std::string_view::npos) target.step = written.substr(dot + 1);
    return target;
}

bool saves(const Flow& flow, std::string_view name) {
    return std::ranges::any_of(flow.steps, [&](const auto& entry) { return entry.second.save == name; });
}

}  // namespace

void Walk::say(std::string_view key, std::vector<Choice> choices) {
    if (state().silent || key.empty()) return;
    Say words{.key = std::string{key}, .choices = std::move(choices)};
    for (const auto& name : book_.catalogue.placeholders(key))
        if (state().saved.has(name)) words.values.set(name, state().saved.get(name));
    result_.says.push_back(std::move(words));
}

void Walk::play(std::string_view recording, std::string_view key) {
    say(key);
    if (!result_.says.empty()) result_.says.back().recording = recording;
}

void Walk::ask() {
    const Step* step = here();
    say(step->text, book_.choices(*step, state().saved));
}

void Walk::enter(const Target& target) {
    move(target);
    run();
}

void Walk::leave(std::string_view then, std::string_view answer) {
    state().silent = true;
    state().resuming = false;
    state().misses = 0;
    state().then = then;
    state().then_answer = answer;
    const Flow* left = flow();
    // A deed that was tried too often, or a question that is gone since, in a flow whose questions have ways of their
    // own: nothing is to be done on the way, and a 9 is heard there too.
    const auto way = left == nullptr ? std::nullopt : silence_of(*left, here());
    if (!way) return end();
    enter(*way);
}

void Walk::begin(std::string_view target, std::string_view answer) {
    const std::string place{state().saved.get(names::kPlace)};
    const std::string given{answer};
    forget();
    if (!place.empty()) state().saved.set(names::kPlace, place);
    move(parse(target));
    const Step* first = here();
    if (given.empty() || first == nullptr || !first->next) return run();
    state().saved.set(first->save, given);
    leave_trail(*first);
    enter(*first->next);
}

void Walk::leave_trail(const Step& answered) {
    auto& trail = state().trail;
    if (trail.size() == kTrailMax) trail.erase(trail.begin());
    trail.push_back(answered.name);
}

void Walk::move(const Target& target) {
    if (++moves_ > kMovesMax) throw std::logic_error("flow " + state().flow + " does not come to rest");
    if (!target.flow.empty() && target.flow != state().flow) {
        forget_answers(flow());
        state().flow = target.flow;
    }
    const Flow* entered = flow();
    if (entered == nullptr) throw std::logic_error("there is no flow " + state().flow);
    state().step = target.step.empty() ? entered->begins_at(by_phone_) : target.step;
    if (here() == nullptr) throw std::logic_error("there is no step " + state().flow + "." + state().step);
}

void Walk::run() {
    while (!stop_at(*here())) {
    }
}

/// True where the walk rests; otherwise it has moved on.
bool Walk::stop_at(const Step& step) {
    if (!visit(step)) return true;
    for (const auto& [name, value] : step.set.entries()) state().saved.set(name, value);
    switch (step.kind) {
        case Step::Kind::kAsk:
            if (state().silent) return move(silence_of(*flow(), &step).value()), false;
            if (step.expect == Expect::kBridge && !by_phone_) return ring_nobody(step), false;
            return wait_at(step), true;
        case Step::Kind::kDo:
            return do_deed(step), true;
        case Step::Kind::kSay:
            say(step.text);
            if (!step.next) throw std::logic_error("step " + step.name + " leads nowhere");
            move(*step.next);
            return false;
        case Step::Kind::kEnd:
            say(step.text);
            return end(), true;
    }
    throw std::logic_error("a step of no kind");
}

void Walk::ring_nobody(const Step& step) {
    state().saved.set(step.save, names::kNobody);
    const auto way_on = step.next_by.find(std::string{names::kNobody});
    move(way_on != step.next_by.end() ? way_on->second : step.next.value());
}

void Walk::do_deed(const Step& step) {
    state().trail.clear();  // What is done can not be gone back behind.
    result_.kind = Advance::Kind::kDo;
    result_.deed = step.deed;
}

void Walk::wait_at(const Step& step) {
    result_.kind = Advance::Kind::kAsk;
    state().parts = 0;
    state().quiet = 0;
    state().telling = false;
    // A text asked for again is a new one; a story is added to.
    if (step.expect == Expect::kText && state().saved.has(step.save)) state().saved.set(step.save, "");
    ask();
}

void Walk::end() {
    const std::string then = state().then;
    const std::string answer = state().then_answer;
    if (!then.empty()) return begin(then, answer);
    result_.kind = Advance::Kind::kEnd;
    forget();
}

void Walk::forget() {
    core::FlowState fresh{.last_key = state().last_key};
    if (state().saved.get(names::kHushed) == "1") fresh.saved.set(names::kHushed, "1");
    state() = std::move(fresh);
}

/// Counts a visit to a bounded step. False where it was one too many: a person takes over, or
/// in silence nobody does.
bool Walk::visit(const Step& step) {
    if (step.visits_max == 0) return true;
    auto& visits = state().visits;
    auto found = std::ranges::find(visits, step.name, &std::pair<std::string, std::uint8_t>::first);
    if (found == visits.end()) found = visits.insert(visits.end(), {step.name, std::uint8_t{0}});
    if (found->second < step.visits_max) {
        ++found->second;
        return true;
    }
    if (state().silent) {
        end();
    } else {
        leave(names::kGivenUp);
    }
    return false;
}

std::optional<Target> Walk::silence_of(const Flow& left, const Step* step) const {
    if (step != nullptr && step->silence) return step->silence;
    for (const auto& [name, target] : left.silence_after)
        if (!result_.state.saved.get(name).empty()) return target;
    return left.silence;
}

/// Answers belong to the flow that asked for them; what deeds have filled in goes along, and so does the place. Who
/// somebody is to whom stays on the kinship line.
void Walk::forget_answers(const Flow* left) {
    const bool confides = left != nullptr && left->id == names::kKinship;
    core::Fields kept;
    for (const auto& [name, value] : state().saved.entries()) {
        const bool goes_along = name == names::kPlace || name == names::kHushed;
        if (left == nullptr || goes_along || (!confides && !saves(*left, name))) kept.set(name, value);
    }
    state().saved = std::move(kept);
    state().trail.clear();
    state().visits.clear();
    state().misses = 0;
    state().parts = 0;
}

}  // namespace harborline::flow
