// A text cut anywhere and joined in any order; and parts of any kind. First byte: how many parts; then for each a byte
// of cut and one of order.
#include "gateway/carriers/fragments.hpp"

#include <algorithm>
#include <array>

#include "handlers/core/utf8.hpp"
#include "tests/fuzz/target.hpp"

namespace harborline::fuzz {
namespace {

core::Inbound part(std::size_t index, std::size_t total, std::string_view bytes, std::string_view charset) {
    core::Inbound message;
    message.fragment = core::Fragment{.reference = 7,
                                      .total = static_cast<std::uint8_t>(total),
                                      .index = static_cast<std::uint8_t>(index),
                                      .bytes = std::string{bytes},
                                      .charset = std::string{charset}};
    return message;
}

void try_cuts(Draw draw) {
    const std::size_t total = 2 + draw.below(8);
    std::vector<std::pair<std::size_t, std::size_t>> choices;
    for (std::size_t at = 0; at < total; ++at) choices.emplace_back(draw.byte(), draw.byte());
    const std::string text = core::repair_utf8(draw.rest());
    std::vector<core::Inbound> parts;
    std::string_view rest = text;
    for (std::size_t index = 1; index <= total; ++index) {
        const auto& [cut, order] = choices[index - 1];
        const std::string_view bytes = rest.substr(0, index == total ? rest.size() : cut);
        rest.remove_prefix(bytes.size());
        parts.insert(parts.begin() + static_cast<std::ptrdiff_t>(order % (parts.size() + 1)),
                     part(index, total, bytes, "UTF-8"));
    }

    require(gateway::is_complete(parts), "all parts are there");
    require(gateway::join_fragments(parts).value() == text, "a text cut anywhere is whole again");
    parts.pop_back();
    require(!gateway::is_complete(parts), "a missing part is missed");
    const auto torn = gateway::join_fragments(parts).value();
    require(core::is_valid_utf8(torn), "what came is kept as valid text");
    require(torn.find("…") != std::string::npos, "a missing part shows");
}

void try_any(Draw draw) {
    constexpr std::array<std::string_view, 5> kCharsets{"UTF-8", "UTF-16BE", "WINDOWS-1252", "ISO-8859-1", "klingon"};
    std::vector<core::Inbound> parts;
    while (!draw.empty() && parts.size() < 300) {
        const std::size_t index = draw.byte();
        const std::size_t total = draw.byte();
        const auto charset = kCharsets.at(draw.below(kCharsets.size()));
        parts.push_back(part(index, total, draw.take(draw.byte()), charset));
    }
    const auto joined = gateway::join_fragments(parts);
    if (joined) require(core::is_valid_utf8(*joined), "whatever is joined is valid text");
    if (gateway::is_complete(parts)) require(joined.has_value(), "what is complete can be joined");
}

}  // namespace

void try_input(std::string_view input) {
    try_cuts(Draw{input});
    try_any(Draw{input});
}

}  // namespace harborline::fuzz
