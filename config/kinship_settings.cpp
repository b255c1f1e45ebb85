#include "config/kinship_settings.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "config/roster/shift_cells.hpp"
#include "config/row_makers.hpp"

namespace harborline::config {

namespace {

using std::chrono::minutes;

constexpr int kDayMin = 24 * 60;
/// A call of which nothing is heard for longer is taken to be over.
constexpr std::int64_t kTalkMin = 30;
constexpr std::int64_t kMonthMin = 31 * 24 * 60;

constexpr std::int64_t kLettersMax = 10'000;

/// More calls back to one phone in a day than anybody has a use for.
constexpr std::int64_t kCallBacksMax = 20;

constexpr std::array<std::string_view, 3> kBridges{"off", "own_trunk", "masked_number"};
constexpr std::array<std::string_view, 2> kSwitch{"off", "on"};

/// Unasked texts go to families between these, in local time.
constexpr int kUnaskedFromMin = 8 * 60;
constexpr int kUnaskedToMin = 20 * 60;
constexpr std::array<std::string_view, 7> kWeekdays{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
constexpr std::int64_t kSilentWeeksMax = 52;

std::string clock_face(int minute) {
    return fmt::format("{:02}:{:02}", minute / 60, minute % 60);
}

/// A time of the local day.
template <class Field>
Row<Settings> clock_time(std::string_view key, Field field, std::string_view meaning) {
    Row<Settings> row{.key = key, .type = "text", .demands = "a time from 00:00 to 23:59", .meaning = meaning};
    row.read = [field](const Given& given, Settings& target) {
        const auto written = given.text();
        if (!written) return;
        const auto minute = read_minute(*written);
        if (!minute || *minute == kDayMin) return given.problem("must be a time from 00:00 to 23:59");
        field(target) = *minute;
    };
    row.shown = [field](const Settings& target) { return in_quotes(clock_face(field(target))); };
    return row;
}

/// "fri 18:00".
Row<Settings> nudge_time(std::string_view key, std::string_view meaning) {
    Row<Settings> row{
        .key = key, .type = "text", .demands = "a day and a time from 08:00 to 19:59", .meaning = meaning};
    row.read = [demands = row.demands](const Given& given, Settings& target) {
        const auto written = given.text();
        if (!written) return;
        const auto blank = std::min(written->find(' '), written->size());
        const auto* const day = std::ranges::find(kWeekdays, std::string_view{*written}.substr(0, blank));
        const auto minute = read_minute(std::string_view{*written}.substr(std::min(blank + 1, written->size())));
        const bool sound = day != kWeekdays.end() && minute && *minute >= kUnaskedFromMin && *minute < kUnaskedToMin;
        if (!sound) return given.problem("must be " + demands + ", like \"fri 18:00\"");
        target.kinship.nudge_weekday = static_cast<int>(day - kWeekdays.begin());
        target.kinship.nudge_min = *minute;
    };
    row.shown = [](const Settings& target) {
        const auto day = kWeekdays.at(static_cast<std::size_t>(target.kinship.nudge_weekday));
        return in_quotes(fmt::format("{} {}", day, clock_face(target.kinship.nudge_min)));
    };
    return row;
}

/// What it takes to place a call is its carrier's to say.
void check_line_calls(const Settings& settings, Sheet& sheet) {
    const auto& name = settings.kinship.call_channel;
    if (name.empty() && settings.kinship.missed_call)
        sheet.problem(0, "[kinship] missed_call needs call_channel: nobody would be called back");
    if (name.empty()) return;
    const auto named = std::ranges::find(settings.channels, name, &ChannelSettings::name);
    if (named == settings.channels.end() || named->kind != core::ChannelKind::kVoice)
        sheet.problem(0, "[kinship] call_channel must name a channel of kind voice");
}

/// Whoever has a switch of its own puts through over a trunk of its own, whatever is written down.
void check_switch(const ChannelSettings& channel, const Settings::Kinship& kinship, Sheet& sheet) {
    const bool places_calls = !channel.dial.empty() || channel.name == kinship.call_channel;
    if (places_calls && kinship.bridge == Settings::Kinship::Bridge::kMaskedNumber)
        sheet.problem(channel.line,
                      "[[channel]] of freeswitch is an own trunk and no masked number: write [kinship] bridge = "
                      "\"own_trunk\" and, in China, licence");
    // Whatever forbids a talk ends it, and FreeSWITCH ends one over its event socket only.
    if (!channel.dial.empty() && channel.event_socket.empty())
        sheet.problem(channel.line, "[[channel]] needs event_socket where [kinship] bridge is on");
}

}  // namespace

Rows<Settings> kinship_rows() {
    using S = Settings;
    return {
        one_of<S>(
            "bridge", [](auto& s) -> auto& { return s.kinship.bridge; }, kBridges,
            "How two relatives are put through to one another. off: not at all, and then they write. own_trunk: over "
            "lines that the federation dials itself, as every freeswitch does; the licence is its own to have. "
            "masked_number: by the middle-number product of the channel's operator, who stands between the two numbers "
            "and has the licence."),
        text<S>(
            "licence", [](auto& s) -> auto& { return s.kinship.licence; }, kAnyText,
            "own_trunk in China: who has permitted it, when and under which number."),
        integer<S>(
            "calls_per_day", [](auto& s) -> auto& { return s.kinship.calls_per_day; }, 1, 100,
            "Talks that one child may begin in a day."),
        integer<S>(
            "letters_per_day", [](auto& s) -> auto& { return s.kinship.letters_per_day; }, 1, kLettersMax,
            "Words, written or spoken, that one relative may send to one other in a day. More are refused like all "
            "that can not pass."),
        duration<minutes, S>(
            "minutes_per_month", [](auto& s) -> auto& { return s.kinship.per_month; }, kMonthMin,
            "What the talks that one child has begun may last together in a month. None is cut short for it."),
        duration<minutes, S>(
            "call_minutes", [](auto& s) -> auto& { return s.kinship.per_call; }, kTalkMin,
            "The longest talk; both are told before its last minute."),
        clock_time(
            "quiet_from", [](auto& s) -> auto& { return s.kinship.quiet.from_min; },
            "From this local time on nothing passes to a child or from it; 9 and 0 stay open,"),
        clock_time(
            "quiet_to", [](auto& s) -> auto& { return s.kinship.quiet.to_min; }, "until this time."),
        text<S>(
            "call_channel", [](auto& s) -> auto& { return s.kinship.call_channel; }, kOptionalChannelName,
            "The voice channel by which the line itself calls: back, and by appointment. It must be able to place "
            "calls. Empty: the line calls nobody."),
        one_of<S>(
            "missed_call", [](auto& s) -> auto& { return s.kinship.missed_call; }, kSwitch,
            "Whether a call from a phone of a family is turned away unanswered and called back at once, so that it "
            "costs the caller nothing."),
        integer<S>(
            "callbacks_per_day", [](auto& s) -> auto& { return s.kinship.callbacks_per_day; }, 1, kCallBacksMax,
            "So often in a day one phone is called back; from then on its calls are answered."),
        one_of<S>(
            "weekly", [](auto& s) -> auto& { return s.kinship.weekly; }, kSwitch,
            "Whether families are reminded of their weekly contact (未成年人保护法 23) where we know of none. Whoever "
            "wants "
            "no reminders is left alone: no_reminders in the list of people, or TD by text."),
        nudge_time(
            "nudge",
            "When in the week a parent is asked. Later in the week the next hour that suits her is taken; nobody "
            "is asked before 8 or after 20 o'clock."),
        integer<S>(
            "carer_after_weeks", [](auto& s) -> auto& { return s.kinship.carer_after_weeks; }, 1, kSilentWeeksMax,
            "After so many whole weeks without a contact that we know of, whoever cares for the child is asked, once."),
        integer<S>(
            "caseworker_after_weeks", [](auto& s) -> auto& { return s.kinship.caseworker_after_weeks; }, 1,
            kSilentWeeksMax, "After so many a caseworker gets the task to call the family, once."),
    };
}

void check_kinship(const Settings& settings, Sheet& sheet) {
    const auto& kinship = settings.kinship;
    check_line_calls(settings, sheet);
    if (kinship.quiet.from_min == kinship.quiet.to_min)
        sheet.problem(0, "[kinship] quiet_from and quiet_to must differ");
    if (kinship.caseworker_after_weeks <= kinship.carer_after_weeks)
        sheet.problem(0, "[kinship] caseworker_after_weeks must be more than carer_after_weeks");
    // Whoever hides the numbers of those whom it puts through needs to be permitted to (domain rules 4.8).
    const bool in_china = settings.country == "86";
    if (kinship.bridge == Settings::Kinship::Bridge::kOwnTrunk && in_china && kinship.licence.empty())
        sheet.problem(0, "[kinship] bridge over an own trunk in China needs licence: write down who has permitted it");
    for (const auto& channel : settings.channels)
        if (kinship.bridges() && channel.carrier == "freeswitch") check_switch(channel, kinship, sheet);
}

}  // namespace harborline::config
