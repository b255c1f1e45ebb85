#include "gateway/phone/transcript.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <utility>

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;

std::optional<std::chrono::milliseconds> read_duration(std::string_view text) {
    if (text.size() < 3 || text.front() != '+') return std::nullopt;
    int count = 0;
    const auto* end = text.data() + text.size() - 1;
    if (const auto read = std::from_chars(text.data() + 1, end, count); read.ec != std::errc{} || read.ptr != end)
        return std::nullopt;
    switch (text.back()) {
        case 's':
            return count * 1s;
        case 'm':
            return count * 1min;
        case 'h':
            return count * 1h;
        case 'd':
            return count * 24h;
        default:
            return std::nullopt;
    }
}

using Kind = TranscriptLine::Kind;

struct Mark {
    std::string_view written{};
    Kind kind{};
};
/// Lines that are nothing but a mark.
constexpr std::array kBare{Mark{"silence", Kind::kSilence}, Mark{"dial", Kind::kDial},
                           Mark{"^", Kind::kDrop},          Mark{"ended", Kind::kEnded},
                           Mark{"private", Kind::kPrivate}, Mark{"calls back", Kind::kCallsBack}};
/// Lines whose rest is a text.
constexpr std::array kWorded{Mark{">", Kind::kSend},
                             Mark{"<", Kind::kGet},
                             Mark{"text >", Kind::kText},
                             Mark{"language", Kind::kLanguage},
                             Mark{"pin", Kind::kPin},
                             Mark{"agrees", Kind::kAgrees},
                             Mark{"card", Kind::kCard},
                             Mark{"tie", Kind::kTie},
                             Mark{"withdraw", Kind::kWithdraw},
                             Mark{"appoint", Kind::kAppoint}};

/// What a phone does or gets. False where it is none of that.
bool read_mark(std::string_view text, TranscriptLine& read) {
    if (const auto* bare = std::ranges::find(kBare, text, &Mark::written); bare != kBare.end()) {
        read.kind = bare->kind;
        return true;
    }
    const auto* mark = std::ranges::find_if(kWorded, [&](const Mark& one) { return text.starts_with(one.written); });
    if (mark == kWorded.end()) return false;
    read.kind = mark->kind;
    text.remove_prefix(mark->written.size());
    if (text.starts_with(" ")) text.remove_prefix(1);
    read.text = text;
    if (const auto act = read.kind == Kind::kSend ? read_phone_act(text) : std::nullopt) {
        read.kind = Kind::kPhone;
        read.act = *act;
    }
    return true;
}

core::Result<TranscriptLine> read_line(std::string_view text, int line, core::PhoneNumber& from,
                                       std::string_view country) {
    TranscriptLine read{.phone = from, .line = line};
    if (text.starts_with("clock ")) {
        const auto time = read_duration(text.substr(6));
        if (!time) return at_line(line, "a clock line looks like: clock +16m");
        read.kind = Kind::kClock;
        read.time = *time;
        return read;
    }
    if (text == "from anonymous") {
        from = read.phone = withheld();
        read.kind = Kind::kFrom;
        return read;
    }
    if (text.starts_with("from ") || text.starts_with("@")) {
        const auto begin = text.find('+');
        const auto end = std::min(text.find(' ', begin), text.size());
        if (begin == std::string_view::npos) return at_line(line, "a phone is written +86…");
        auto number = core::PhoneNumber::parse(text.substr(begin, end - begin), country);
        if (!number) return at_line(line, "this is no phone number");
        read.phone = *number;
        if (text.starts_with("from ")) {
            from = *number;
            read.kind = Kind::kFrom;
            return read;
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    if (read_mark(text, read)) return read;
    return at_line(
        line,
        "a line is > < text > dial ^ ended private silence, clock, language, pin, card, tie, withdraw, appoint, calls "
        "back, agrees, from, or begins with @ or #");
}

}  // namespace

core::Error at_line(int line, std::string_view what) {
    return {core::ErrorKind::kMalformed, fmt::format("line {}: {}", line, what)};
}

core::Result<std::vector<TranscriptLine>> read_transcript(std::string_view text, std::string_view country) {
    std::vector<TranscriptLine> lines;
    core::PhoneNumber from;
    int number = 0;
    std::string whole;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        std::string_view part = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        ++number;
        if (part.ends_with("\\")) {
            whole.append(part.substr(0, part.size() - 1)).append("\n");
            continue;
        }
        whole += part;
        if (!whole.empty() && whole.front() != '#') {
            auto line = read_line(whole, number, from, country);
            if (!line) return line.error();
            lines.push_back(std::move(*line));
        }
        whole.clear();
    }
    return lines;
}

bool matches(std::string_view pattern, std::string_view text, std::map<std::string, std::string>& known) {
    while (!pattern.empty()) {
        const auto open = pattern.find('{');
        const std::string_view plain = pattern.substr(0, open);
        if (!text.starts_with(plain)) return false;
        text.remove_prefix(plain.size());
        if (open == std::string_view::npos) return text.empty();
        const auto close = pattern.find('}', open);
        if (close == std::string_view::npos) return false;
        const std::string name{pattern.substr(open + 1, close - open - 1)};
        const auto* end =
            std::ranges::find_if_not(text, [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; });
        const std::string digits(text.begin(), end);
        if (digits.empty() || (known.contains(name) && known.at(name) != digits)) return false;
        known[name] = digits;
        text.remove_prefix(digits.size());
        pattern.remove_prefix(close + 1);
    }
    return text.empty();
}

}  // namespace harborline::gateway
