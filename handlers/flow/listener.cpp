#include "handlers/flow/listener.hpp"

#include <algorithm>

#include "handlers/core/utf8.hpp"
#include "handlers/flow/answer.hpp"
#include "handlers/flow/conventions.hpp"
#include "handlers/flow/place_names.hpp"
#include "handlers/flow/utf8.hpp"

namespace harborline::flow {
namespace {

/// A story is kept up to this many characters: about thirty texts, and a state row that stays small.
constexpr std::size_t kStoryMax = 2'000;
/// `parts` of a story that is full, and she was told so.
constexpr std::uint8_t kFull = 255;
constexpr int kMissesMax = 3;
/// Silences on a call after which a question is not put again.
constexpr int kQuietMax = 2;

bool is_key(const core::Input& input, char key) {
    return input.kind == core::Input::Kind::kKey && input.key == key;
}

}  // namespace

void Listener::hear(const Input& input) {
    const bool after_star = walk_.state().last_key == '*';
    walk_.state().last_key = input.kind == Input::Kind::kKey ? input.key : '\0';
    if (hear_reserved(input, after_star)) return;
    const Step* step = walk_.here();
    if (step == nullptr || step->kind != Step::Kind::kAsk) {
        // On a call everything is said, and nothing more is wanted.
        if (input.kind == Input::Kind::kQuiet) return hear_the_end();
        // By ear a digit of the menu need not be asked for twice.
        if (input.by_phone && hear_menu(input)) return;
        if (!take_shortcut(input)) walk_.leave(names::kMenu);
        return;
    }
    const bool skips = is_key(input, '*') || input.kind == Input::Kind::kQuiet;
    if (step->skip && skips) return walk_.enter(Target{*step->skip});
    if (input.kind == Input::Kind::kQuiet) return hear_quiet(*step);
    if (input.kind == Input::Kind::kRecording) return hear_recording(*step, input);
    if (step->expect == Expect::kBridge) return hear_bridged(*step, input);
    walk_.state().quiet = 0;
    if (walk_.state().misses == kOffered && hear_offer(input)) return;
    if (walk_.state().resuming) return hear_resuming(input);
    if (walk_.state().telling && hear_telling(*step, input)) return;
    if (!hear_answer(*step, input)) missed();
}

/// 9, 0 and their covert form: heard before anything else, wherever she stands.
bool Listener::hear_reserved(const Input& input, bool after_star) {
    const bool covert_now =
        (is_key(input, '0') && after_star) || (input.kind == Input::Kind::kText && flow::is_covert(input.text));
    if (covert_now || (is_covert() && is_key(input, '9'))) {
        walk_.leave(names::kCovert);
    } else if (is_key(input, '9')) {
        walk_.leave(names::kSafety);
    } else if (is_key(input, '0') && !is_covert()) {
        // Asked for a person already: only the question is said again, no second task left behind.
        if (walk_.state().flow == names::kPerson) {
            walk_.begin(names::kPerson);
        } else {
            walk_.leave(names::kPerson);
        }
    } else {
        return false;
    }
    return true;
}

/// Nobody keys anything. The question is put once more; then she is asked what is the matter, as softly as on a line
/// where somebody may listen (domain rules 3.5).
void Listener::hear_quiet(const Step& step) {
    auto& state = walk_.state();
    if (state.quiet < UINT8_MAX) ++state.quiet;
    if (step.expect == Expect::kBridge) return hear_bridged(step, {});
    const bool asks = !step.text.empty() || state.resuming || state.misses == kOffered;
    if (!asks) return;
    const bool again = state.quiet < kQuietMax;
    if (state.flow == names::kQuiet) {
        if (again) return say_again();
        state.quiet = 0;
        return walk_.enter_silence();
    }
    if (state.telling && !again) return answered(step, names::kSpoken);
    if (again && state.flow != names::kMenu) return say_again();
    leave_quietly();
}

void Listener::hear_the_end() {
    walk_.forget();
    walk_.state().quiet = 1;
}

void Listener::leave_quietly() {
    walk_.leave(walk_.book().flow(names::kQuiet) != nullptr ? names::kQuiet : std::string_view{});
}

void Listener::hear_recording(const Step& step, const Input& input) {
    auto& state = walk_.state();
    const bool may_speak = step.expect == Expect::kStory || step.record;
    if (input.text.empty() || !may_speak || state.resuming || state.misses == kOffered) {
        if (step.expect != Expect::kStory) return hear_quiet(step);
        if (++state.quiet >= kQuietMax) return leave_quietly();
        return walk_.say(names::kNotHeard);
    }
    const std::string name = input.text;
    state.quiet = 0;
    state.saved.set(names::kRecording, name);
    if (step.expect == Expect::kText) return answered(step, names::kSpoken);
    state.misses = 0;
    state.saved.set(step.save, names::kSpoken);
    state.telling = true;
    walk_.play(name, names::kHeard);
}

/// Her own words were played to her: right, or again?
bool Listener::hear_telling(const Step& step, const Input& input) {
    if (is_key(input, '1') || is_key(input, '#')) {
        answered(step, names::kSpoken);
    } else if (is_key(input, '2')) {
        // Until she has said it again the first telling stands: she may hang up.
        walk_.state().telling = false;
        say_again();
    } else {
        return is_key(input, '8') && (say_again(), true);
    }
    return true;
}

/// Whatever else comes while others are rung means that nobody was reached.
void Listener::hear_bridged(const Step& step, const Input& input) {
    const bool talked = input.kind == Input::Kind::kBridged && input.text == names::kTalked;
    answered(step, talked ? names::kTalked : names::kNobody);
}

/// The answer to "shall we call?". Anything else may still answer the question before it.
bool Listener::hear_offer(const Input& input) {
    if (is_key(input, '1')) {
        walk_.leave(names::kCallMe);
        return true;
    }
    if (is_key(input, '2')) {
        say_again();
        return true;
    }
    return false;
}

/// The answer to "go on, or something new?". Whoever holds the phone now may be somebody else: no text is taken as
/// part of what was left.
void Listener::hear_resuming(const Input& input) {
    if (is_key(input, '1')) {
        walk_.state().resuming = false;
        say_again();
    } else if (is_key(input, '2')) {
        walk_.leave(names::kMenu);
    } else if (is_key(input, '8') || is_key(input, '*')) {
        say_again();
    } else if (!take_shortcut(input)) {
        missed();
    }
}

bool Listener::hear_answer(const Step& step, const Input& input) {
    if (hear_anywhere(step, input)) return true;
    switch (step.expect) {
        case Expect::kChoice:
            return hear_choice(step, input) || take_shortcut(input);
        case Expect::kMenu:
            return hear_menu(input) || take_shortcut(input);
        case Expect::kStory:
            return hear_story(step, input);
        case Expect::kNumber:
            return hear_number(step, input) || take_shortcut(input);
        case Expect::kText:
            return hear_text(step, input);
        case Expect::kBridge:
            break;  // Heard before.
    }
    return false;
}

/// The step's own keywords, and the keys 8 and * where keys are keys.
bool Listener::hear_anywhere(const Step& step, const Input& input) {
    if (!step.words.empty() && input.kind == Input::Kind::kText) {
        if (const auto word = step.words.find(fold_word(input.text)); word != step.words.end()) {
            walk_.state().misses = 0;
            walk_.enter(Target{word->second});
            return true;
        }
    }
    if (step.expect == Expect::kText && step.keys != Keys::kMiss) return false;
    if (is_key(input, '8')) return say_again(), true;
    if (is_key(input, '*')) return go_back(), true;
    return false;
}

bool Listener::hear_choice(const Step& step, const Input& input) {
    if (input.kind == Input::Kind::kText) return hear_place(step, input.text);
    if (input.kind != Input::Kind::kKey) return false;
    if (const auto option = step.options.find(input.key); option != step.options.end()) {
        answered(step, option->second.value);
        return true;
    }
    const auto& areas = walk_.book().areas;
    if (step.options_from == names::kAreas) {
        const auto area = std::ranges::find(areas, input.key, &Area::key);
        if (area == areas.end()) return false;
        answered(step, area->code);
        return true;
    }
    const auto of = walk_.state().saved.get(names::area_name(step.options_from));
    const auto area = std::ranges::find(areas, of, &Area::code);
    if (area == areas.end()) return false;
    const auto place = std::ranges::find(area->places, input.key, &Place::key);
    if (place == area->places.end()) return false;
    answered(step, place->code);
    return true;
}

/// A place by its name answers the question for the area and the one for the place.
bool Listener::hear_place(const Step& step, std::string_view text) {
    const bool at_area = step.options_from == names::kAreas;
    const auto area_name = names::area_name(step.options_from);
    if (!at_area && area_name.empty()) return false;
    const auto named = place_named(walk_.book().areas, text);
    if (named.place == nullptr) return false;
    const std::string code = named.place->code;
    if (!at_area) {
        walk_.state().saved.set(area_name, named.area->code);
        answered(step, code);
        return true;
    }
    const Flow* flow = walk_.flow();
    const Step* second = step.next ? flow->step(step.next->step) : nullptr;
    if (second != nullptr && !names::area_name(second->options_from).empty()) {
        walk_.state().saved.set(step.save, named.area->code);
        walk_.leave_trail(step);
        walk_.state().step = second->name;
        answered(*second, code);
    } else {
        answered(step, named.area->code);
    }
    return true;
}

bool Listener::hear_menu(const Input& input) {
    if (input.kind != Input::Kind::kKey) return false;
    const Flow* chosen = walk_.book().by_menu(input.key);
    if (chosen == nullptr) return false;
    walk_.leave(chosen->id);
    return true;
}

bool Listener::hear_number(const Step& step, const Input& input) {
    if (input.kind == Input::Kind::kKey) return false;
    std::string number = input.kind == Input::Kind::kNumber ? input.text : number_within(input.text);
    const auto wanted = static_cast<std::size_t>(step.digits);
    // "5 12345678" is how she was told to write it, so it is right here too.
    const Flow* flow = walk_.flow();
    if (flow->shortcut && number.size() == wanted + 1 && number[0] == flow->menu) number.erase(0, 1);
    if (number.size() != wanted) return false;
    answered(step, number);
    return true;
}

bool Listener::hear_story(const Step& step, const Input& input) {
    if (input.kind != Input::Kind::kKey) {
        add_to_story(step, input.text);
        return true;
    }
    const bool done = input.key == '1' || input.key == '#';
    if (!done || walk_.state().saved.get(step.save).empty()) return false;
    const std::string told{walk_.state().saved.get(step.save)};
    answered(step, told);
    return true;
}

void Listener::add_to_story(const Step& step, std::string_view text) {
    auto& state = walk_.state();
    state.misses = 0;
    if (text.empty()) return;
    std::string story{state.saved.get(step.save)};
    const bool first = story.empty();
    const std::size_t used = core::count_characters(story) + (first ? 0 : 1);
    const std::string_view kept = first_characters(text, used < kStoryMax ? kStoryMax - used : 0);
    if (!kept.empty()) {
        if (!first) story += '\n';
        state.saved.set(step.save, story.append(kept));
    }
    if (kept.size() < text.size()) {
        if (state.parts != kFull) walk_.say(names::kTooLong);
        state.parts = kFull;
        return;
    }
    if (state.parts < kFull - 1) ++state.parts;
    if (first) walk_.say(step.more);
}

bool Listener::hear_text(const Step& step, const Input& input) {
    if (input.kind == Input::Kind::kKey && step.keys == Keys::kMiss) return false;
    if (input.kind == Input::Kind::kKey && step.keys == Keys::kMenu) {
        if (!hear_menu(input)) walk_.leave(names::kMenu);
        return true;
    }
    if (step.keys != Keys::kText && take_shortcut(input)) return true;
    // A key that has a way of its own is that key in whatever spelling; all else is her words as she wrote them.
    const std::string key(input.kind == Input::Kind::kKey ? 1 : 0, input.key);
    const std::string text = step.next_by.contains(key) ? key : input.text;
    answered(step, text);
    return true;
}

/// "5 12345678": a menu digit and the number that its flow asks for first.
bool Listener::take_shortcut(const Input& input) {
    const Flow* flow = input.kind == Input::Kind::kNumber ? walk_.book().by_shortcut(input.text) : nullptr;
    if (flow == nullptr) return false;
    walk_.leave(flow->id, std::string_view{input.text}.substr(1));
    return true;
}

void Listener::answered(const Step& step, std::string_view value) {
    auto& state = walk_.state();
    if (!step.save.empty()) state.saved.set(step.save, value);
    state.misses = 0;
    walk_.leave_trail(step);
    const auto by_value = step.next_by.find(std::string{value});
    if (by_value != step.next_by.end()) {
        walk_.enter(by_value->second);
    } else if (step.next) {
        walk_.enter(*step.next);
    }
}

void Listener::say_again() {
    walk_.state().misses = 0;
    if (walk_.state().resuming) {
        walk_.say(names::kGoOn);
    } else if (walk_.state().telling) {
        walk_.play(walk_.state().saved.get(names::kRecording), names::kHeard);
    } else {
        walk_.ask();
    }
}

void Listener::go_back() {
    auto& trail = walk_.state().trail;
    walk_.state().misses = 0;
    if (trail.empty() || walk_.flow()->step(trail.back()) == nullptr) return say_again();
    const Target before{.step = trail.back()};
    trail.pop_back();
    walk_.enter(before);
}

/// First a word of help, then the offer of a call, then a person is told to call: never a hang-up.
void Listener::missed() {
    auto& state = walk_.state();
    walk_.not_understood();
    if (++state.misses >= kMissesMax) return walk_.leave(names::kGivenUp);
    if (state.misses == kOffered) return walk_.say(names::kOfferCall);
    const Step& step = *walk_.here();
    if (state.resuming) return walk_.say(names::kNotAChoice, {{'1', ""}, {'2', ""}});
    walk_.say(names::not_understood(step.expect), walk_.book().choices(step, state.saved));
}

bool Listener::is_covert() const {
    return walk_.state().saved.get(names::kIsCovert) == "1";
}

}  // namespace harborline::flow
