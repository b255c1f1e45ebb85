// A story for the terminal phone; and a pattern on the first line that the rest is compared with.
#include "gateway/phone/transcript.hpp"

#include <algorithm>

#include "tests/fuzz/target.hpp"

namespace harborline::fuzz {
namespace {

void try_story(std::string_view input) {
    const auto lines = gateway::read_transcript(input, "86");
    if (!lines) return require(!lines.error().message.empty(), "an error says where and what");
    int before = 0;
    const auto all = std::ranges::count(input, '\n') + 1;
    for (const auto& line : *lines) {
        require(line.line > before && line.line <= all, "lines count up within the file");
        before = line.line;
    }
}

void try_pattern(Draw draw) {
    const std::string_view pattern = draw.until('\n');
    const std::string_view text = draw.rest();
    std::map<std::string, std::string> known;
    const bool fits = gateway::matches(pattern, text, known);
    for (const auto& [name, digits] : known)
        require(!digits.empty() && digits.find_first_not_of("0123456789") == std::string::npos,
                "a placeholder stands for digits");
    if (fits) require(gateway::matches(pattern, text, known), "what fitted fits again with the same digits");
    if (pattern.find('{') == std::string_view::npos)
        require(fits == (pattern == text), "plain words fit themselves only");
}

}  // namespace

void try_input(std::string_view input) {
    try_story(input);
    try_pattern(Draw{input});
}

}  // namespace harborline::fuzz
