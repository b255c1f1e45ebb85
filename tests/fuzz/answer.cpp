// What a person wrote, read as the key, number or words that she meant.
#include "handlers/flow/answer.hpp"

#include <algorithm>

#include "handlers/core/utf8.hpp"
#include "tests/fuzz/target.hpp"

namespace harborline::fuzz {
namespace {

using core::Input;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool same(const Input& a, const Input& b) {
    return a.kind == b.kind && a.key == b.key && a.text == b.text;
}

void require_sound(const Input& input, std::string_view text) {
    switch (input.kind) {
        case Input::Kind::kKey:
            return require(is_digit(input.key) || input.key == '*' || input.key == '#', "a key is one of twelve");
        case Input::Kind::kNumber:
            require(input.text.size() > 1, "a number has more than one digit");
            return require(std::ranges::all_of(input.text, is_digit), "a number is of ASCII digits");
        case Input::Kind::kText:
            require(text.find(input.text) != std::string_view::npos, "words are as they were written");
            return require(input.key == 0, "words are no key");
        default:
            require(false, "what is written is a key, a number or words");
    }
}

void require_danger_is_heard(const Input& input, std::string_view text) {
    const bool danger = input.kind == Input::Kind::kKey && input.key == '9';
    require(flow::is_danger(text) == danger, "the queue and the engine agree on what danger is");
    if (flow::is_covert(text)) require(input.kind == Input::Kind::kText, "a covert call is heard as words");
    if (danger) require(flow::read_opt_word(text) == flow::OptWord::kNone, "danger is nobody's farewell");
}

/// Half-width digits and signs in full width.
std::string widened(std::string_view text) {
    std::string wide;
    for (const char c : text) core::append_utf8(wide, static_cast<char32_t>(c) - 0x20 + 0xFF00);
    return wide;
}

void require_spelling_does_not_matter(const Input& input, std::string_view text) {
    require(same(flow::read_answer("\n " + std::string{text} + "\u3000"), input),
            "blanks around an answer mean nothing");
    const bool keys =
        !text.empty() && text.size() < 30 && std::ranges::all_of(text, [](char c) { return is_digit(c) || c == '*'; });
    if (!keys) return;
    const Input wide = flow::read_answer(widened(text));
    require(wide.kind == input.kind && wide.key == input.key, "full-width digits are digits");
    require(flow::is_covert(widened(text)) == flow::is_covert(text), "a covert call is one in full width");
}

}  // namespace

void try_input(std::string_view input) {
    const std::string valid = core::repair_utf8(input);
    const Input read = flow::read_answer(valid);
    require_sound(read, valid);
    require_danger_is_heard(read, valid);
    require_spelling_does_not_matter(read, valid);

    const std::string word = flow::fold_word(valid);
    require(core::is_valid_utf8(word), "a folded word is valid text");
    require(flow::fold_word(word) == word, "a folded word is folded");
    require(std::ranges::all_of(flow::number_within(valid), is_digit), "a number within is of digits");
    // Broken bytes never come here; they must not end the service all the same.
    flow::read_answer(input);
    flow::is_danger(input);
}

}  // namespace harborline::fuzz
