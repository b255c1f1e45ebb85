#include "gateway/carriers/dial_string.hpp"

#include <algorithm>

namespace harborline::gateway {
namespace {

using core::malformed;
using core::Result;

constexpr std::string_view kPlace = "{number}";

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool only(std::string_view text, std::string_view marks) {
    return std::ranges::all_of(
        text, [marks](char c) { return is_digit(c) || is_letter(c) || marks.find(c) != std::string_view::npos; });
}

/// As FreeSWITCH names calls; empty is none.
bool is_call_name(std::string_view name) {
    constexpr std::size_t kMax = 64;
    return name.size() <= kMax && only(name, "-");
}

Result<void> check(const DialWay& way) {
    if (!is_dialable(way.number)) return malformed("our own number is not one that can be shown");
    if (!is_dial_template(way.dial)) return malformed("the way to dial is not one that can be used");
    return {};
}

std::string caller_id(const DialWay& way) {
    return "origination_caller_id_number=" + way.number + ",origination_caller_id_name=" + way.number;
}

std::string endpoint(const DialWay& way, std::string_view number) {
    std::string text = way.dial;
    return text.replace(text.find(kPlace), kPlace.size(), number);
}

}  // namespace

bool is_dialable(std::string_view number) {
    constexpr std::size_t kMax = 24;
    return !number.empty() && number.size() <= kMax &&
           std::ranges::all_of(number, [](char c) { return is_digit(c) || c == '+'; });
}

bool is_dial_template(std::string_view dial) {
    const std::size_t at = dial.find(kPlace);
    if (at == std::string_view::npos) return false;
    // In two halves, so that nothing joins across the number.
    const std::string_view before = dial.substr(0, at);
    const std::string_view after = dial.substr(at + kPlace.size());
    constexpr std::string_view kMarks = "/@._:;=+-";
    // :_: begins another dial string of its own, to which none of our variables would belong.
    return before.find('/') != std::string_view::npos && is_letter(before.front()) && only(before, kMarks) &&
           only(after, kMarks) && before.find(":_:") == std::string_view::npos &&
           after.find(":_:") == std::string_view::npos;
}

bool is_plain_url(std::string_view url) {
    return (url.starts_with("http://") || url.starts_with("https://")) && only(url, "-._~/:%");
}

Result<std::string> dial_string(const DialWay& way, std::span<const std::string> numbers, const LegQuestion& question) {
    if (const auto checked = check(way); !checked) return checked.error();
    if (numbers.empty()) return malformed("there is no number to dial");
    if (!is_plain_url(question.confirm_url))
        return malformed("the address that a leg asks is not one that can be used");
    if (!is_call_name(question.call)) return malformed("the call's name is not one that can be used");

    // What holds for every leg: it is asked before it talks, and its ringing is not heard as an answer.
    std::string text =
        "{group_confirm_key=exec,group_confirm_file='execute_extension confirm XML harborline',ignore_early_media=true,"
        "harborline_confirm=" +
        question.confirm_url;
    if (!question.call.empty()) text += ",harborline_call=" + question.call;
    text += '}';
    for (const std::string& number : numbers) {
        if (!is_dialable(number)) return malformed("a number to dial is not one");
        if (!text.ends_with('}')) text += ',';
        text += '[' + caller_id(way) + ']' + endpoint(way, number);
    }
    return text;
}

Result<std::string> originate_command(const DialWay& way, std::string_view number, std::string_view uuid,
                                      std::string_view url, std::chrono::seconds ring) {
    if (const auto checked = check(way); !checked) return checked.error();
    if (!is_dialable(number)) return malformed("the number to dial is not one");
    if (uuid.empty() || !is_call_name(uuid)) return malformed("the call's name is not one that can be used");
    if (!is_plain_url(url)) return malformed("the address that a call asks is not one that can be used");
    std::string text = "bgapi originate {origination_uuid=";
    text.append(uuid).append(",").append(caller_id(way)).append(",ignore_early_media=true,originate_timeout=");
    text.append(std::to_string(std::max<std::chrono::seconds::rep>(ring.count(), 1))).append("}");
    text.append(endpoint(way, number)).append(" &httapi({url=").append(url);
    return text.append(",method=POST,httapi_profile=harborline_bridge})");
}

}  // namespace harborline::gateway
