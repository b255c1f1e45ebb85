#include "config/kinship_settings.hpp"

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

constexpr std::array<std::string_view, 3> kBridges{"off", "own_trunk", "masked_number"};

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

}  // namespace

Rows<Settings> kinship_rows() {
    using S = Settings;
    return {
        one_of<S>(
            "bridge", [](auto& s) -> auto& { return s.kinship.bridge; }, kBridges,
            "How two relatives are put through to one another: not at all, and then they write; over a trunk of the "
            "federation's own; or by a licensed product that stands between the two numbers."),
        text<S>(
            "licence", [](auto& s) -> auto& { return s.kinship.licence; }, kAnyText,
            "own_trunk in China: who has permitted it, when and under which number."),
        integer<S>(
            "calls_per_day", [](auto& s) -> auto& { return s.kinship.calls_per_day; }, 1, 100,
            "Talks that one child may begin in a day."),
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
    };
}

void check_kinship(const Settings& settings, Sheet& sheet) {
    const auto& kinship = settings.kinship;
    if (kinship.quiet.from_min == kinship.quiet.to_min)
        sheet.problem(0, "[kinship] quiet_from and quiet_to must differ");
    // Whoever hides the numbers of those whom it puts through needs to be permitted to (domain rules 4.8).
    const bool in_china = settings.country == "86";
    if (kinship.bridge == Settings::Kinship::Bridge::kOwnTrunk && in_china && kinship.licence.empty())
        sheet.problem(0, "[kinship] bridge over an own trunk in China needs licence: write down who has permitted it");
    // Whatever forbids a talk ends it, and FreeSWITCH ends one over its event socket only.
    for (const auto& channel : settings.channels)
        if (kinship.bridges() && channel.carrier == "freeswitch" && !channel.dial.empty() &&
            channel.event_socket.empty())
            sheet.problem(channel.line, "[[channel]] needs event_socket where [kinship] bridge is on");
}

}  // namespace harborline::config
