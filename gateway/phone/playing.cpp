#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "gateway/phone/screen.hpp"
#include "gateway/phone/transcript.hpp"

namespace harborline::gateway {
namespace {

using Kind = TranscriptLine::Kind;

std::string filled(std::string_view pattern, const std::map<std::string, std::string>& known) {
    std::string text{pattern};
    for (const auto& [name, value] : known) {
        const std::string placeholder = "{" + name + "}";
        for (auto at = text.find(placeholder); at != std::string::npos; at = text.find(placeholder, at + value.size()))
            text.replace(at, placeholder.size(), value);
    }
    return text;
}

/// One performance of a transcript.
class Playing {
  public:
    Playing(Rehearsal& rehearsal, const std::function<void(const std::string&)>& show)
        : rehearsal_(rehearsal), show_(show) {}

    core::Result<void> line(const TranscriptLine& line);
    /// What must not be left over when the last line has been played.
    core::Result<void> end(int line) {
        forget_what_may_be_left_out();
        if (auto unread = nothing_unread(line, "behind"); !unread) return unread;
        return over_ ? missing_end(line, "behind") : core::Result<void>{};
    }

  private:
    core::Result<void> nothing_unread(int line, std::string_view where) const {
        if (waiting_.empty()) return {};
        const Received& first = waiting_.front();
        return at_line(line, fmt::format("{} it, {} also got: {}", where, first.by.masked(), first.text));
    }
    static core::Error missing_end(int line, std::string_view where) {
        return at_line(line,
                       fmt::format("{} it, a line `ended` is missing: the last screen has ended the session", where));
    }
    /// What a call listens to behind its words is written where it matters.
    static bool may_be_left_out(const Received& one) { return one.kind == Received::Kind::kAct && one.goes_on; }
    void forget_what_may_be_left_out() { std::erase_if(waiting_, may_be_left_out); }
    core::Result<void> compare(const TranscriptLine& line);
    core::Result<void> check_screen(const TranscriptLine& line, const Received& got);
    core::Result<void> act(const TranscriptLine& line);
    core::Result<void> drop(const TranscriptLine& line);
    core::Result<void> say(const TranscriptLine& line);
    core::Result<void> phone(const TranscriptLine& line, const PhoneAct& act);
    void gather(std::vector<Received> more) { std::ranges::move(more, std::back_inserter(waiting_)); }
    void show(const TranscriptLine& line, std::string_view what) const {
        show_(fmt::format("{} {}", line.phone.masked(), what));
    }

    Rehearsal& rehearsal_;
    const std::function<void(const std::string&)>& show_;
    std::map<std::string, std::string> known_{};
    std::vector<Received> waiting_{};
    std::optional<core::PhoneNumber> over_{};  ///< Whose screen has just ended the session, until a line says so.
};

core::Result<void> Playing::line(const TranscriptLine& line) {
    if (line.kind == Kind::kEnded) {
        if (over_ != line.phone) return at_line(line.line, "no screen has just ended a session of this phone");
        over_.reset();
        show(line, "[session over]");
        return {};
    }
    if (over_) return missing_end(line.line, "before");
    if (line.kind == Kind::kGet) return compare(line);
    forget_what_may_be_left_out();
    if (auto unread = nothing_unread(line.line, "before"); !unread) return unread;
    return act(line);
}

core::Result<void> Playing::compare(const TranscriptLine& line) {
    auto at = std::ranges::find(waiting_, line.phone, &Received::by);
    while (at != waiting_.end() && may_be_left_out(*at) && !line.text.starts_with('(')) {
        waiting_.erase(at);
        at = std::ranges::find(waiting_, line.phone, &Received::by);
    }
    if (at == waiting_.end()) return at_line(line.line, fmt::format("nothing came; expected: {}", line.text));
    const Received got = std::move(*at);
    waiting_.erase(at);
    show(line, fmt::format("< {}", got.text));
    if (!matches(line.text, got.text, known_))
        return at_line(line.line, fmt::format("expected: {}\n      came: {}", line.text, got.text));
    return got.kind == Received::Kind::kScreen ? check_screen(line, got) : core::Result<void>{};
}

core::Result<void> Playing::check_screen(const TranscriptLine& line, const Received& got) {
    const auto length = render::measure_screen(got.text, rehearsal_.screen());
    show(line, "  " + written(length));
    if (length.used > length.limit) return at_line(line.line, "the screen is too long: " + written(length));
    if (!got.goes_on) over_ = got.by;
    return {};
}

core::Result<void> Playing::act(const TranscriptLine& line) {
    switch (line.kind) {
        case Kind::kSend:
        case Kind::kText:
            return say(line);
        case Kind::kPhone:
            return phone(line, line.act);
        case Kind::kDial:
            show(line, "dial");
            gather(rehearsal_.dial(line.phone));
            break;
        case Kind::kDrop:
            return drop(line);
        case Kind::kClock:
            show_("clock");
            gather(rehearsal_.wait(line.time));
            break;
        case Kind::kPrivate:
            rehearsal_.make_private(line.phone);
            break;
        case Kind::kPin:
            if (!rehearsal_.give_pin(line.phone, line.text))
                return at_line(line.line, "this is no staff member's phone");
            break;
        case Kind::kAgrees:
            if (!rehearsal_.agree(line.phone, line.text))
                return at_line(line.line, "this is no way to be reached: agrees call 12 34 a class");
            break;
        case Kind::kLanguage:
            rehearsal_.speak(line.text);
            break;
        case Kind::kCard:
            if (!rehearsal_.give_card_pin(line.text))
                return at_line(line.line, "no child has this card: card 20260001 pin 4821 duress 7395");
            break;
        case Kind::kTie:
            if (!rehearsal_.set_tie(line.text))
                return at_line(line.line, "there is no such tie: tie ming ming-ma barred");
            break;
        case Kind::kWithdraw:
            if (!rehearsal_.withdraw_consent(line.text)) return at_line(line.line, "there is no such child");
            break;
        case Kind::kAppoint:
            if (!rehearsal_.appoint(line.text))
                return at_line(line.line, "that can not be agreed on: appoint ming ming-ma sun 19:00");
            break;
        case Kind::kCallsBack:
            rehearsal_.call_back_missed();
            break;
        case Kind::kSilence:
        case Kind::kFrom:
        case Kind::kGet:
        case Kind::kEnded:
            break;
    }
    return {};
}

core::Result<void> Playing::say(const TranscriptLine& line) {
    const std::string text = filled(line.text, known_);
    if (line.kind == Kind::kSend && rehearsal_.on_the_line(line.phone)) return phone(line, {.keys = text});
    const bool enters = line.kind == Kind::kSend && rehearsal_.in_session(line.phone);
    show(line, fmt::format("{} {}", enters ? ">" : "text >", text));
    gather(enters ? rehearsal_.enter(line.phone, text) : rehearsal_.send(line.phone, text));
    return {};
}

core::Result<void> Playing::phone(const TranscriptLine& line, const PhoneAct& act) {
    show(line, fmt::format("> {}", act.keys.empty() ? line.text : act.keys));
    auto heard = rehearsal_.act(line.phone, act);
    if (!heard) return at_line(line.line, heard.error().message);
    gather(std::move(*heard));
    return {};
}

core::Result<void> Playing::drop(const TranscriptLine& line) {
    if (!rehearsal_.in_session(line.phone)) return at_line(line.line, "no session of this phone is open");
    show(line, "^");
    gather(rehearsal_.drop(line.phone));
    return {};
}

}  // namespace

core::Result<void> play(Rehearsal& rehearsal, const std::vector<TranscriptLine>& lines,
                        const std::function<void(const std::string&)>& show) {
    Playing playing(rehearsal, show);
    for (const auto& line : lines)
        if (auto played = playing.line(line); !played) return played;
    return lines.empty() ? core::Result<void>{} : playing.end(lines.back().line);
}

}  // namespace harborline::gateway
