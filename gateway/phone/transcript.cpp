#include "gateway/phone/transcript.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <utility>

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;

core::Error at_line(int line, std::string_view what) {
    return {core::ErrorKind::kMalformed, fmt::format("line {}: {}", line, what)};
}

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

core::Result<TranscriptLine> read_line(std::string_view text, int line, core::PhoneNumber& from,
                                       std::string_view country) {
    TranscriptLine read{.phone = from, .line = line};
    if (text.starts_with("clock ")) {
        const auto time = read_duration(text.substr(6));
        if (!time) return at_line(line, "a clock line looks like: clock +16m");
        read.kind = TranscriptLine::Kind::kClock;
        read.time = *time;
        return read;
    }
    if (text == "silence") {
        read.kind = TranscriptLine::Kind::kSilence;
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
            read.kind = TranscriptLine::Kind::kFrom;
            return read;
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    if (!text.starts_with(">") && !text.starts_with("<"))
        return at_line(line, "a line begins with > < @ # clock, from or silence");
    read.kind = text.front() == '>' ? TranscriptLine::Kind::kSend : TranscriptLine::Kind::kGet;
    text.remove_prefix(std::min<std::size_t>(text.size(), text.starts_with("> ") || text.starts_with("< ") ? 2 : 1));
    read.text = text;
    return read;
}

std::string filled(std::string_view pattern, const std::map<std::string, std::string>& known) {
    std::string text{pattern};
    for (const auto& [name, value] : known) {
        const std::string placeholder = "{" + name + "}";
        for (auto at = text.find(placeholder); at != std::string::npos; at = text.find(placeholder, at + value.size()))
            text.replace(at, placeholder.size(), value);
    }
    return text;
}

}  // namespace

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

core::Result<void> play(Rehearsal& rehearsal, const std::vector<TranscriptLine>& lines,
                        const std::function<void(const std::string&)>& show) {
    std::map<std::string, std::string> known;
    std::vector<Received> waiting;
    const auto nothing_left = [&](const TranscriptLine& line) -> std::optional<core::Error> {
        if (waiting.empty()) return std::nullopt;
        return at_line(line.line,
                       fmt::format("before it, {} also got: {}", waiting.front().by.masked(), waiting.front().text));
    };
    const auto gather = [&](std::vector<Received> more) { std::ranges::move(more, std::back_inserter(waiting)); };

    for (const auto& line : lines) {
        if (line.kind == TranscriptLine::Kind::kGet) {
            const auto got = std::ranges::find(waiting, line.phone, &Received::by);
            if (got == waiting.end()) return at_line(line.line, fmt::format("nothing came; expected: {}", line.text));
            show(fmt::format("{} < {}", line.phone.masked(), got->text));
            if (!matches(line.text, got->text, known))
                return at_line(line.line, fmt::format("expected: {}\n      came: {}", line.text, got->text));
            waiting.erase(got);
            continue;
        }
        if (auto error = nothing_left(line)) return *error;
        if (line.kind == TranscriptLine::Kind::kSend) {
            const std::string text = filled(line.text, known);
            show(fmt::format("{} > {}", line.phone.masked(), text));
            gather(rehearsal.send(line.phone, text));
        } else if (line.kind == TranscriptLine::Kind::kClock) {
            show("clock");
            gather(rehearsal.wait(line.time));
        }
    }
    if (!lines.empty())
        if (auto error = nothing_left(lines.back())) return *error;
    return {};
}

}  // namespace harborline::gateway
