#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <string>
#include <vector>

#include "config/files.hpp"
#include "config/holidays.hpp"
#include "config/roster/roster_csv.hpp"
#include "gateway/commands/commands.hpp"
#include "gateway/commands/output.hpp"
#include "gateway/conversation/duty_settings.hpp"
#include "gateway/conversation/line_pin.hpp"
#include "handlers/duty/gaps.hpp"

namespace harborline::gateway {
namespace json = boost::json;
namespace {

std::string days_of(std::uint8_t bits) {
    static constexpr const char* kDays[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    if (bits == 0x7f) return "all";
    std::string days;
    for (int day = 0; day < 7; ++day)
        if ((bits >> day & 1) != 0) days.append(days.empty() ? "" : ",").append(kDays[day]);
    return days;
}

std::string clock_of(int minutes) {
    return fmt::format("{:02}:{:02}", minutes / 60, minutes % 60);
}

const char* role_word(core::Role role) {
    static constexpr const char* kRoles[] = {"owner", "duty", "second", "leader", "administrator"};
    return kRoles[static_cast<int>(role)];
}

const char* level_word(core::Level level) {
    return level == core::Level::kRed ? "RED" : level == core::Level::kOrange ? "ORANGE" : "YELLOW";
}

const char* kind_word(duty::Gap::Kind kind) {
    static constexpr const char* kKinds[] = {"nobody", "same_person", "unverified", "calendar_ends", "calendar_old"};
    return kKinds[static_cast<int>(kind)];
}

/// 2026-12-25T20:00, local.
std::string wall_clock(const duty::WallTime& at) {
    return core::write_date(at.date) + "T" + clock_of(at.minute);
}

std::string sentence_of(const duty::Gap& gap, const std::string& who) {
    const std::string of = gap.department.empty() ? "" : " of " + gap.department;
    const auto when = fmt::format("{} to {}", wall_clock(gap.from), wall_clock(gap.to));
    switch (gap.kind) {
        case duty::Gap::Kind::kNobody:
            return fmt::format("{}: nobody is {}{} ({})", when, role_word(gap.role), of, level_word(gap.level));
        case duty::Gap::Kind::kSamePerson:
            return fmt::format("{}: {} is {} and {}{} ({})", when, who, role_word(gap.earlier), role_word(gap.role), of,
                               level_word(gap.level));
        case duty::Gap::Kind::kUnverified:
            return fmt::format("{}: the number of {} is not verified; run: harborline roster verify {}",
                               wall_clock(gap.from), who, who);
        case duty::Gap::Kind::kCalendarEnds:
            return fmt::format("{}: the holiday calendar is not checked for these days", when);
        case duty::Gap::Kind::kCalendarOld:
            return "the holiday calendar has changed since the roster was imported; run: harborline roster import "
                   "FILE.csv";
    }
    return {};
}

}  // namespace

int roster_import(const CommonArguments& common, const std::filesystem::path& file) {
    const auto csv = config::read_text_file(file);
    if (!csv) throw CommandFailed(csv.error().message, 2);
    const Loaded loaded = load_sound(common);
    // Who creates looks after the log too, and beside the service it would hold up every commit when it ends.
    const bool is_there = std::filesystem::exists(loaded.settings.database);
    CommandGround ground(common, is_there ? Access::kWrite : Access::kCreate, loaded);
    core::Findings findings;
    const auto& settings = ground.settings();
    const core::Roster roster =
        config::read_roster_csv(*csv, file.string(), settings.country, findings, settings.calendar);
    if (!findings.empty()) throw CommandFailed(to_text(findings) + "nothing was imported");
    ground->store().run([&](storage::Transaction& tx) {
        const auto by = ground.acting_where_known(tx);  // By the roster before: she may take herself off it.
        ground->taker().desk().replace_roster(tx, roster, ground.now());
        tx.journal().append({.at = ground.now(), .event = "roster_imported", .staff = by});
    });
    const json::object done{{"people", roster.staff.size()}, {"shifts", roster.shifts.size()}};
    report(common, done,
           fmt::format("the roster now has {} people and {} shifts", roster.staff.size(), roster.shifts.size()));
    if (core::use_of(settings.calendar, roster) == core::CalendarUse::kNone) return 0;
    const auto today = ground->rules().zone.local(ground.now()).date;
    if (const auto warning = config::calendar_ends(settings.calendar, settings.holidays.string(), today))
        fmt::print(stderr, "{}", to_text({*warning}));
    return 0;
}

int roster_show(const CommonArguments& common) {
    CommandGround ground(common, Access::kRead);
    json::array rows;
    ground->store().run([&](storage::Transaction& tx) {
        rows.clear();
        for (const auto& shift : tx.staff().roster().shifts) {
            const auto member = tx.staff().find(shift.staff).value_or(core::StaffMember{});
            rows.push_back({{"staff", member.key},
                            {"role", role_word(shift.role)},
                            {"district", shift.district},
                            {"department", shift.department},
                            {"days", days_of(shift.days)},
                            {"from", clock_of(shift.from_min)},
                            {"to", clock_of(shift.to_min)},
                            {"night", member.night ? "yes" : "no"},
                            {"call", member.call ? "red" : "never"},
                            {"on", core::write_days(shift.on, ground.settings().calendar)},
                            {"off", core::write_days(shift.off, ground.settings().calendar)}});
        }
    });
    print(common, rows, "the roster is empty; import one with: harborline roster import FILE.csv");
    return 0;
}

int roster_pin(const CommonArguments& common, const std::string& key) {
    CommandGround ground(common);
    const std::string pin = draw_line_pin(ground->rules().random);
    // Salted and hashed before the transaction, which may run twice.
    const storage::LinePin kept{.hash = hash_line_pin(pin, ground->rules().random)};
    ground->store().run([&](storage::Transaction& tx) {
        const auto by = ground.acting(tx);
        const auto member = tx.staff().by_key(key);
        if (!member) throw CommandFailed("no member of the staff has this short name; see: harborline roster show", 2);
        tx.staff().put_line_pin(member->id, kept);
        tx.journal().append({.at = ground.now(), .event = "line_pin_drawn", .staff = by.id});
    });
    report(common, {{"staff", key}, {"pin", pin}},
           fmt::format("the PIN of {} for the staff line is {}: it is shown this once", key, pin));
    return 0;
}

int roster_gaps(const CommonArguments& common, int days) {
    CommandGround ground(common, Access::kRead);
    json::array rows;
    std::string sentences;
    ground->store().run([&](storage::Transaction& tx) {
        rows.clear();
        sentences.clear();
        const auto roster = tx.staff().roster();
        const auto ladders = ladders_of(ground.settings().duty);
        const auto gaps = duty::find_gaps({.roster = roster,
                                           .ladders = ladders,
                                           .night = night_of(ground.settings().duty),
                                           .from = ground->rules().zone.local(ground.now()),
                                           .days = days,
                                           .calendar = ground.settings().calendar});
        for (const auto& gap : gaps) {
            const auto who = gap.staff ? CommandGround::key_of(tx, gap.staff) : std::string{};
            const bool of_calendar =
                gap.kind == duty::Gap::Kind::kCalendarEnds || gap.kind == duty::Gap::Kind::kCalendarOld;
            rows.push_back({{"kind", kind_word(gap.kind)},
                            {"level", of_calendar ? "" : level_word(gap.level)},
                            {"role", of_calendar ? "" : role_word(gap.role)},
                            {"also", gap.kind == duty::Gap::Kind::kSamePerson ? role_word(gap.earlier) : ""},
                            {"department", gap.department},
                            {"staff", who},
                            {"from", wall_clock(gap.from)},
                            {"to", wall_clock(gap.to)}});
            sentences.append(sentence_of(gap, who)).append("\n");
        }
    });
    if (rows.empty() || common.json)
        print(common, rows, "no gaps");
    else
        fmt::print("{}", sentences);
    return rows.empty() ? 0 : 1;
}

int roster_verify(const CommonArguments& common, const std::string& key) {
    constexpr std::uint32_t kFirst = 1'000;  // Nothing that we issue begins with a key of ours, 0, 8 or 9.
    constexpr std::uint32_t kCodes = 7'000;
    CommandGround ground(common);
    const auto code = std::to_string(kFirst + ground->rules().random.below(kCodes));
    ground->store().run([&](storage::Transaction& tx) {
        const auto by = ground.acting(tx);
        const auto member = tx.staff().by_key(key);
        if (!member) throw CommandFailed("no member of the staff has this short name; see: harborline roster show", 2);
        ground->taker().desk().ask_for_code(tx, member->id, code, ground.now());
        tx.journal().append({.at = ground.now(), .event = "number_code_sent", .staff = by.id});
    });
    report(common, {{"staff", key}},
           fmt::format("a code goes to the phone of {}: it is verified once she has answered with it", key));
    return 0;
}

}  // namespace harborline::gateway
