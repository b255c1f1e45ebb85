#include "gateway/phone/terminal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <cstdio>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <utility>

#include "config/files.hpp"
#include "gateway/phone/rehearsal.hpp"
#include "gateway/phone/remote_phone.hpp"
#include "gateway/phone/spoken.hpp"
#include "gateway/phone/transcript.hpp"
#include "gateway/phone/typing.hpp"

namespace harborline::gateway {
namespace asio = boost::asio;

namespace {

constexpr std::string_view kTextHint = "Type a text and press Enter.";
constexpr std::string_view kDialHint =
    "Enter dials; then type what she enters. ^ breaks off, text WORDS writes a text, dial begins anew.";

constexpr std::string_view kCallHint =
    "Enter calls; then type keys, or Enter for silence; rec FILE.wav is what she says, hang up ends the call, "
    "text WORDS writes a text.";

std::string_view hint(core::ChannelKind kind) {
    return kind == core::ChannelKind::kVoice ? kCallHint : kind == core::ChannelKind::kUssd ? kDialHint : kTextHint;
}

core::Instant this_morning() {
    return core::from_millis(SystemClock{}.now().time_since_epoch().count());
}

/// The handset in front of the keyboard, and all the others that share its rehearsal.
class RehearsedPhone {
  public:
    RehearsedPhone(Rehearsal& rehearsal, std::string_view country, core::PhoneNumber number, core::ChannelKind kind)
        : rehearsal_(rehearsal), country_(country), number_(number), kind_(kind) {}

    void typed(std::string line) {
        // What is typed belongs to this phone unless it has a transcript's own marks.
        if (line.starts_with("clock ") || line.starts_with("@")) return marked(std::move(line));
        if (kind_ == core::ChannelKind::kSms) {
            if (!line.empty()) show(rehearsal_.send(number_, line));
            return;
        }
        if (kind_ == core::ChannelKind::kVoice) return keyed(line);
        const Typed meant = read_typed(line, rehearsal_.in_session(number_));
        switch (meant.kind) {
            case Typed::Kind::kDial:
                return show(rehearsal_.dial(number_));
            case Typed::Kind::kEnter:
                return show(rehearsal_.enter(number_, meant.text));
            case Typed::Kind::kDrop:
                say("[broken off]");
                return show(rehearsal_.drop(number_));
            case Typed::Kind::kText:
                return show(rehearsal_.send(number_, meant.text));
            case Typed::Kind::kNothing:
                return say(kHowToDial);
        }
    }

  private:
    void keyed(const std::string& line) {
        const Keyed meant = read_keyed(line, rehearsal_.on_the_line(number_));
        switch (meant.kind) {
            case Keyed::Kind::kAct:
                return act(number_, meant.act);
            case Keyed::Kind::kRecord: {
                const auto sound = read_sound(meant.text);
                if (!sound) return say("? " + sound.error().message);
                return act(number_, {.kind = PhoneAct::Kind::kSay,
                                     .length = std::chrono::ceil<std::chrono::seconds>(length_of(*sound))});
            }
            case Keyed::Kind::kText:
                return show(rehearsal_.send(number_, meant.text));
            case Keyed::Kind::kNothing:
                return say(kHowToCall);
        }
    }

    void act(const core::PhoneNumber& phone, const PhoneAct& done) {
        const auto heard = rehearsal_.act(phone, done);
        if (!heard) return say("? " + heard.error().message);
        show(*heard);
    }

    void marked(std::string line) {
        if (line.starts_with("@") && line.find(" > ") == std::string::npos)
            line.insert(std::min(line.find(' '), line.size()), " >");
        const auto read = read_transcript(line, country_);
        if (!read || read->empty()) return say(read ? "?" : "? " + read.error().message);
        const TranscriptLine& done = read->front();
        if (done.kind == TranscriptLine::Kind::kPhone) return act(done.phone, done.act);
        const bool waits = done.kind == TranscriptLine::Kind::kClock;
        if (!waits && rehearsal_.on_the_line(done.phone)) return act(done.phone, {.keys = done.text});
        show(waits ? rehearsal_.wait(done.time) : rehearsal_.send(done.phone, done.text));
    }

    void show(const std::vector<Received>& all) {
        for (const auto& received : all) {
            const bool mine = received.by == number_;
            if (mine && received.kind == Received::Kind::kScreen)
                show_screen(received.text, received.goes_on, rehearsal_.screen());
            else
                say(mine ? "< " + received.text : "@" + received.by.masked() + " < " + received.text);
        }
    }

    Rehearsal& rehearsal_;
    std::string country_;
    core::PhoneNumber number_;
    core::ChannelKind kind_;
};

std::string address(const std::string& url, const config::ChannelSettings& channel) {
    return fmt::format("{}/in/{}/{}", url, channel.name, channel.token.reveal());
}

std::string_view name_of(core::ChannelKind kind) {
    return kind == core::ChannelKind::kVoice ? "voice" : kind == core::ChannelKind::kUssd ? "ussd" : "sms";
}

const config::ChannelSettings& handset_channel(const config::Settings& settings, core::ChannelKind kind) {
    const auto found = std::ranges::find_if(settings.channels, [&](const config::ChannelSettings& channel) {
        return channel.carrier == "handset" && channel.kind == kind;
    });
    if (found == settings.channels.end())
        throw std::runtime_error(
            fmt::format("the settings have no channel with carrier = \"handset\" and kind = \"{}\"; the terminal phone "
                        "needs one",
                        name_of(kind)));
    return *found;
}

RemotePhone::Lines lines_of(const config::Settings& settings, const std::string& url, core::ChannelKind kind) {
    RemotePhone::Lines lines{.texts = address(url, handset_channel(settings, core::ChannelKind::kSms))};
    if (kind == core::ChannelKind::kSms) return lines;
    const auto& channel = handset_channel(settings, kind);
    (kind == core::ChannelKind::kVoice ? lines.calls : lines.sessions) = address(url, channel);
    lines.screen = channel.screen;
    return lines;
}

}  // namespace

int talk_to_rehearsal(const Loaded& loaded, const Cast& cast, const core::PhoneNumber& from, core::ChannelKind kind) {
    Rehearsal rehearsal(loaded.settings, loaded.book, cast.roster, this_morning(), cast.people);
    if (kind == core::ChannelKind::kUssd) rehearsal.screen();
    RehearsedPhone phone(rehearsal, loaded.settings.country, from, kind);
    say(fmt::format("{} Also: clock +16m, @+86… text (another phone). Ctrl-D ends.", hint(kind)));
    std::string line;
    while (std::getline(std::cin, line)) phone.typed(std::move(line));
    return 0;
}

int play_script(const Loaded& loaded, const Cast& cast, const core::PhoneNumber& from,
                const std::filesystem::path& script) {
    const auto text = config::read_text_file(script);
    if (!text) throw std::runtime_error(text.error().message);
    auto lines = read_transcript(*text, loaded.settings.country);
    if (!lines) throw std::runtime_error(lines.error().message);
    // Lines before the first `from` are those of the phone that was named on the command line.
    for (auto& line : *lines)
        if (line.phone.empty()) line.phone = from;
    Rehearsal rehearsal(loaded.settings, loaded.book, cast.roster, kTranscriptsBegin, cast.people);
    const auto played = play(rehearsal, *lines, say);
    if (played) return 0;
    fmt::print(stderr, "{}: {}\n", script.string(), played.error().message);
    return 1;
}

int talk_to_gateway(const config::Settings& settings, const std::string& url, const core::PhoneNumber& from,
                    core::ChannelKind kind) {
    asio::io_context loop(1);
    RemotePhone phone(loop, lines_of(settings, url, kind), from);
    say(fmt::format("{} Ctrl-D ends.", hint(kind)));
    asio::co_spawn(loop, phone.read_keyboard(), [&](std::exception_ptr error) {
        if (error) loop.stop();
    });
    asio::co_spawn(loop, phone.read_mailbox(), [](std::exception_ptr) {});
    loop.run();
    return phone.connected() ? 0 : 1;
}

}  // namespace harborline::gateway
