#include "gateway/phone/typing.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "gateway/phone/screen.hpp"

namespace harborline::gateway {

namespace {
constexpr std::string_view kTextMark = "text ";
}

Typed read_typed(std::string_view line, bool in_session) {
    if (line == "dial" || (line.empty() && !in_session)) return {.kind = Typed::Kind::kDial};
    if (line == "^") return {.kind = in_session ? Typed::Kind::kDrop : Typed::Kind::kNothing};
    if (line.starts_with(kTextMark))
        return {.kind = Typed::Kind::kText, .text = std::string{line.substr(kTextMark.size())}};
    if (!in_session) return {};
    return {.kind = Typed::Kind::kEnter, .text = std::string{line}};
}

Keyed read_keyed(std::string_view line, bool on_a_call) {
    using Kind = Keyed::Kind;
    constexpr std::string_view kRecord = "rec";
    if (line == "call" || (line.empty() && !on_a_call)) return {.kind = Kind::kAct, .act = {PhoneAct::Kind::kCall}};
    if (line.starts_with(kTextMark)) return {.kind = Kind::kText, .text = std::string{line.substr(kTextMark.size())}};
    if (!on_a_call) return {};
    if (line.empty() || are_phone_keys(line)) return {.kind = Kind::kAct, .act = {.keys = std::string{line}}};
    if (line == kRecord) return {.kind = Kind::kRecord};
    if (line.starts_with("rec ")) return {.kind = Kind::kRecord, .text = std::string{line.substr(kRecord.size() + 1)}};
    if (line == "hang up") return {.kind = Kind::kAct, .act = {PhoneAct::Kind::kHangUp}};
    if (line == "talk ends") return {.kind = Kind::kAct, .act = {PhoneAct::Kind::kTalkEnds}};
    if (line == "nobody answers") return {.kind = Kind::kAct, .act = {PhoneAct::Kind::kNobody}};
    return {};
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
