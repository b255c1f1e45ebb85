#include "handlers/flow/read_flow.hpp"

#include <algorithm>
#include <array>

#include "handlers/flow/answer.hpp"
#include "handlers/flow/toml_table.hpp"

namespace harborline::flow {
namespace {

/// Numbers that people are asked for; a single digit is always a key (design, section 3).
constexpr int kDigitsLeast = 2;
constexpr int kDigitsMost = 20;
/// A turn performs at most 16 deeds, so a wider bound would bound nothing.
constexpr int kVisitsMost = 8;
constexpr int kSpeaksMost_s = 600;

bool is_name(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

/// Reads "step", "@flow" and "@flow.step".
Target to_target(TomlTable& in, const toml::node& node, std::string_view written) {
    Target target;
    std::string_view rest = written;
    const bool elsewhere = rest.starts_with('@');
    if (elsewhere) {
        rest.remove_prefix(1);
        const auto dot = rest.find('.');
        target.flow = rest.substr(0, dot);
        target.step = dot == std::string_view::npos ? "" : rest.substr(dot + 1);
        if (dot == std::string_view::npos ? is_name(target.flow) : is_name(target.flow) && is_name(target.step))
            return target;
    } else if (is_name(rest)) {
        target.step = rest;
        return target;
    }
    in.report(node, "\"" + std::string{written} + "\" is no target: write step, @flow or @flow.step");
    return {};
}

std::optional<Target> read_target(TomlTable& in, std::string_view key) {
    const auto* node = in.any(key);
    if (node == nullptr) return std::nullopt;
    if (const auto* value = node->as_string()) return to_target(in, *node, value->get());
    in.report(*node, std::string{key} + " must be a text in quotes");
    return std::nullopt;
}

std::map<std::string, Target> read_targets(TomlTable& in, std::string_view key) {
    std::map<std::string, Target> targets;
    const auto* table = in.table(key);
    if (table == nullptr) return targets;
    for (const auto& [name, node] : *table) {
        if (const auto* value = node.as_string()) {
            targets.emplace(name.str(), to_target(in, node, value->get()));
        } else {
            in.report(node, std::string{key} + ": the target of \"" + std::string{name.str()} + "\" must be a text");
        }
    }
    return targets;
}

/// `next = "step"`, or by the value saved: `next = { harm = "@safety", else = "place" }`.
void read_next(TomlTable& in, Step& step) {
    const auto* node = in.any("next");
    if (node == nullptr) return;
    if (!node->is_table()) {
        step.next = read_target(in, "next");
        return;
    }
    step.next_by = read_targets(in, "next");
    const auto otherwise = step.next_by.find("else");
    if (otherwise == step.next_by.end()) return;
    step.next = otherwise->second;
    step.next_by.erase(otherwise);
}

void read_option(TomlTable& in, std::string_view key, const toml::node& node, Step& step) {
    if (key.size() != 1 || key[0] < '1' || key[0] > '7') {
        in.report(node, "option \"" + std::string{key} + "\": options are 1 to 7; 0, 8 and 9 belong to the engine");
        return;
    }
    Option option;
    if (const auto* value = node.as_string()) {
        option.value = value->get();
    } else if (const auto* table = node.as_table()) {
        for (const auto& [name, part] : *table) {
            if (name != "value" && name != "label") in.report(part, "unknown key in an option: write value and label");
            if (!part.is_string()) in.report(part, "value and label of an option must be texts in quotes");
        }
        option.value = table->get_as<std::string>("value") ? table->get_as<std::string>("value")->get() : "";
        option.label = table->get_as<std::string>("label") ? table->get_as<std::string>("label")->get() : "";
    } else {
        in.report(node, "option " + std::string{key} + " must be a text or { value = …, label = … }");
    }
    step.options.emplace(key[0], std::move(option));
}

template <class Value, std::size_t size>
Value read_word(TomlTable& in, std::string_view key, Value otherwise,
                const std::array<std::pair<std::string_view, Value>, size>& words) {
    const auto* node = in.any(key);
    if (node == nullptr) return otherwise;
    const std::string written = in.text(key);
    std::string known;
    for (const auto& [word, value] : words) {
        if (word == written) return value;
        known += (known.empty() ? "" : ", ") + std::string{word};
    }
    in.report(*node, std::string{key} + " must be one of " + known);
    return otherwise;
}

void read_words(TomlTable& in, Step& step) {
    for (auto& [word, target] : read_targets(in, "words")) {
        const auto* node = in.any("words");
        const std::string folded = fold_word(word);
        if (folded.empty()) in.report(*node, "words: an empty or endless keyword");
        if (read_opt_word(word) != OptWord::kNone)
            in.report(*node, "words: \"" + word + "\" is an opt-out word, which comes before every step");
        if (read_answer(word).kind != core::Input::Kind::kText || is_covert(word))
            in.report(*node, "words: \"" + word + "\" reads as a key or a number, not as a word");
        step.words.insert_or_assign(folded, target);
    }
}

/// What of a question belongs together.
void check_ask(TomlTable& in, const Step& step) {
    const bool offers = in.has("options") || in.has("options_from");
    if (!in.has("expect"))
        in.report(step.line, "a question needs expect = choice, menu, story, number, text or bridge");
    if (in.has("keys") && step.expect != Expect::kText) in.report(step.line, "keys belongs to expect = \"text\"");
    if ((step.expect == Expect::kNumber) != in.has("digits"))
        in.report(step.line, "expect = \"number\" and digits belong together");
    if ((step.expect == Expect::kChoice) != offers)
        in.report(step.line, "expect = \"choice\" and options (or options_from) belong together");
    if (!step.more.empty() && step.expect != Expect::kStory) in.report(step.line, "more belongs to expect = \"story\"");
    if (step.save.empty() && step.expect == Expect::kStory) in.report(step.line, "a story needs save");
    if (step.record && step.expect != Expect::kText) in.report(step.line, "record belongs to expect = \"text\"");
    if (step.longest.count() > 0 && !step.record && step.expect != Expect::kStory)
        in.report(step.line, "longest_s belongs to record = true or expect = \"story\"");
}

void read_ask(TomlTable& in, Step& step) {
    static constexpr std::array<std::pair<std::string_view, Expect>, 6> kExpects{{{"choice", Expect::kChoice},
                                                                                  {"menu", Expect::kMenu},
                                                                                  {"story", Expect::kStory},
                                                                                  {"number", Expect::kNumber},
                                                                                  {"text", Expect::kText},
                                                                                  {"bridge", Expect::kBridge}}};
    static constexpr std::array<std::pair<std::string_view, Keys>, 3> kKeys{
        {{"miss", Keys::kMiss}, {"menu", Keys::kMenu}, {"text", Keys::kText}}};
    step.kind = Step::Kind::kAsk;
    step.text = in.text("ask");
    step.more = in.text("more");
    step.save = in.text("save");
    step.expect = read_word(in, "expect", Expect::kText, kExpects);
    step.keys = read_word(in, "keys", Keys::kMiss, kKeys);
    step.record = in.flag("record");
    step.longest = std::chrono::seconds{in.number("longest_s", 1, kSpeaksMost_s)};
    step.digits = in.number("digits", kDigitsLeast, kDigitsMost);
    step.options_from = in.text("options_from");
    if (const auto* options = in.table("options"))
        for (const auto& [key, node] : *options) read_option(in, key.str(), node, step);
    read_words(in, step);
    read_next(in, step);
    step.silence = read_target(in, "silence");
    step.skip = read_target(in, "skip");
    check_ask(in, step);
}

void read_set(TomlTable& in, Step& step) {
    const auto* table = in.table("set");
    if (table == nullptr) return;
    for (const auto& [name, node] : *table) {
        if (const auto* value = node.as_string()) {
            step.set.set(name.str(), value->get());
        } else {
            in.report(node, "set: the value of \"" + std::string{name.str()} + "\" must be a text in quotes");
        }
    }
}

void read_do(TomlTable& in, Step& step) {
    step.kind = Step::Kind::kDo;
    const std::string name = in.text("do");
    const auto deed = core::deed_named(name);
    if (deed) {
        step.deed = *deed;
    } else {
        in.report(step.line, "there is no deed \"" + name + "\"");
    }
    for (const auto& [word, target] : read_targets(in, "on")) {
        const auto outcome = core::outcome_named(word);
        if (outcome) {
            step.on.emplace(*outcome, target);
        } else {
            in.report(*in.any("on"), "there is no outcome \"" + word + "\"");
        }
    }
    read_set(in, step);
}

void read_kind(TomlTable& in, Step& step) {
    const int kinds = in.has("ask") + in.has("do") + in.has("say") + in.has("end");
    if (kinds != 1) in.report(step.line, "a step is exactly one of ask, do, say and end");
    if (in.has("ask")) {
        read_ask(in, step);
    } else if (in.has("do")) {
        read_do(in, step);
    } else if (in.has("say")) {
        step.kind = Step::Kind::kSay;
        step.text = in.text("say");
        read_set(in, step);
        read_next(in, step);
    } else {
        step.kind = Step::Kind::kEnd;
        step.text = in.text("end");
    }
}

Step read_step(std::string_view name, const toml::table& table, const std::string& file, core::Findings& findings) {
    TomlTable in{table, file, "step " + std::string{name}, findings};
    Step step{.name = std::string{name}, .line = in.line()};
    if (!is_name(name)) in.report(step.line, "names are of small letters, digits and _");
    read_kind(in, step);
    if (step.kind != Step::Kind::kEnd) step.visits_max = in.number("visits_max", 1, kVisitsMost);
    in.finish();
    return step;
}

}  // namespace

std::optional<Flow> read_flow(const SourceFile& source, core::Findings& findings) {
    const auto root = parse_toml(source.name, source.content, findings);
    if (!root) return std::nullopt;
    TomlTable in{*root, source.name, "", findings};
    Flow flow{.id = in.text("id"), .file = source.name};
    if (!is_name(flow.id)) {
        in.report(1, "a flow needs an id of small letters, digits and _");
        return std::nullopt;
    }
    if (const int menu = in.number("menu", 1, 7); menu > 0) flow.menu = static_cast<char>('0' + menu);
    flow.label = in.text("label");
    flow.sensitive = in.flag("sensitive");
    flow.plain_after = in.text("plain_after");
    flow.shortcut = in.flag("shortcut");
    flow.first = in.text("first");
    flow.first_by_phone = in.text("first_by_phone");
    flow.silence = read_target(in, "silence");
    flow.silence_after = read_targets(in, "silence_after");
    if (const auto* steps = in.table("steps")) {
        for (const auto& [name, node] : *steps) {
            if (const auto* table = node.as_table()) {
                flow.steps.emplace(name.str(), read_step(name.str(), *table, source.name, findings));
            } else {
                in.report(node, "step " + std::string{name.str()} + ": must be a table");
            }
        }
    }
    in.finish();
    return flow;
}

}  // namespace harborline::flow
