#include "gateway/phone/typing.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "gateway/phone/screen.hpp"

namespace harborline::gateway {

Typed read_typed(std::string_view line, bool in_session) {
    constexpr std::string_view kTextMark = "text ";
    if (line == "dial" || (line.empty() && !in_session)) return {.kind = Typed::Kind::kDial};
    if (line == "^") return {.kind = in_session ? Typed::Kind::kDrop : Typed::Kind::kNothing};
    if (line.starts_with(kTextMark))
        return {.kind = Typed::Kind::kText, .text = std::string{line.substr(kTextMark.size())}};
    if (!in_session) return {};
    return {.kind = Typed::Kind::kEnter, .text = std::string{line}};
}

void say(std::string_view line) {
    fmt::print("{}\n", line);
    std::fflush(stdout);
}

void show_screen(std::string_view text, bool goes_on, const core::ScreenLimits& limits) {
    if (!text.empty()) say(draw(text, limits));
    if (!goes_on) say("[session over]");
}

}  // namespace harborline::gateway
