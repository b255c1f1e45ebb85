#include "handlers/duty/gaps.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>
#include <utility>

namespace harborline::duty {

namespace {

constexpr int kDayMinutes = 24 * 60;
/// Where `petition::department_for` sends matters.
constexpr std::array<std::string_view, 2> kDepartmentsOfMatters{"RIGHTS", "FAM"};

core::LocalDate next_day(core::LocalDate day) {
    return core::LocalDate{std::chrono::sys_days{day} + std::chrono::days{1}};
}

/// Every minute of a day at which who is on duty may change.
std::set<int> turning_points(const GapQuestion& question) {
    std::set<int> points{0, question.from.minute, question.night.from_min % kDayMinutes,
                         question.night.to_min % kDayMinutes};
    for (const auto& shift : question.roster.shifts) {
        points.insert(shift.from_min % kDayMinutes);
        points.insert(shift.to_min % kDayMinutes);
    }
    return points;
}

auto sort_key(const Gap& gap) {
    return std::tie(gap.from, gap.kind, gap.level, gap.role, gap.earlier, gap.staff, gap.department);
}

/// Whether two findings differ in nothing but their time and, where `of_level`, not even need the same level.
bool same_but_time(const Gap& one, const Gap& other, bool of_level) {
    return one.kind == other.kind && one.role == other.role && one.earlier == other.earlier &&
           one.staff == other.staff && one.department == other.department && (!of_level || one.level == other.level);
}

class GapFinder {
  public:
    explicit GapFinder(const GapQuestion& question) : question_(question) {}

    std::vector<Gap> find() {
        const auto points = turning_points(question_);
        const WallTime begin{question_.from.date, question_.from.minute};
        const WallTime end{core::LocalDate{std::chrono::sys_days{begin.date} + std::chrono::days{question_.days}},
                           begin.minute};
        core::LocalTime at = question_.from;
        while (WallTime{at.date, at.minute} < end) {
            const auto next = points.upper_bound(at.minute);
            const bool midnight = next == points.end();
            const WallTime until = midnight ? WallTime{next_day(at.date), 0} : WallTime{at.date, *next};
            look(at, std::min(until, end));
            at = {.date = until.date, .weekday = midnight ? (at.weekday + 1) % 7 : at.weekday, .minute = until.minute};
        }
        for_all_departments();
        look_at_calendar(begin, end);
        std::ranges::sort(gaps_, {}, sort_key);
        return std::move(gaps_);
    }

  private:
    void look(const core::LocalTime& at, WallTime until) {
        now_.clear();
        for (const auto level : {core::Level::kRed, core::Level::kOrange, core::Level::kYellow})
            for (const auto department : kDepartmentsOfMatters) {
                const Watch watch{.roster = question_.roster,
                                  .post = {.department = department},
                                  .local = at,
                                  .night = question_.night};
                climb(
                    watch,
                    {.level = level, .department = std::string{department}, .from = {at.date, at.minute}, .to = until});
            }
        for (auto& gap : now_) add(std::move(gap));
    }

    void climb(const Watch& watch, Gap gap) {
        std::vector<std::pair<core::StaffId, core::Role>> met;
        for (const auto& step : ladder_for(question_.ladders, gap.level).steps) {
            gap.role = gap.earlier = step.role;
            const auto people = step_holders(step.role, gap.level, watch);
            gap.kind = Gap::Kind::kNobody;
            gap.staff = {};
            if (people.empty()) note(gap);
            for (const auto person : people) {
                gap.staff = person;
                check_number(gap);
                const auto before = std::ranges::find(met, person, &std::pair<core::StaffId, core::Role>::first);
                if (before == met.end()) {
                    met.emplace_back(person, step.role);
                    continue;
                }
                gap.kind = Gap::Kind::kSamePerson;
                gap.earlier = before->second;
                note(gap);
            }
        }
    }

    void look_at_calendar(WallTime begin, WallTime end) {
        const auto use = core::use_of(question_.calendar, question_.roster);
        if (use == core::CalendarUse::kNone) return;
        if (use == core::CalendarUse::kOld)
            gaps_.push_back({.kind = Gap::Kind::kCalendarOld, .from = begin, .to = begin});
        const auto until = core::known_until(question_.calendar);
        const auto unknown = until ? std::max(begin, WallTime{next_day(*until), 0}) : begin;
        if (unknown < end) gaps_.push_back({.kind = Gap::Kind::kCalendarEnds, .from = unknown, .to = end});
    }

    /// A lower level is worth a line only where RED has not said the same of this hour.
    void note(const Gap& gap) {
        const auto said = [&](const Gap& other) { return same_but_time(gap, other, false); };
        if (std::ranges::none_of(now_, said)) now_.push_back(gap);
    }

    void check_number(const Gap& at) {
        const auto member = std::ranges::find(question_.roster.staff, at.staff, &core::StaffMember::id);
        if (member == question_.roster.staff.end() || member->verified || !unverified_.insert(at.staff).second) return;
        gaps_.push_back({.kind = Gap::Kind::kUnverified,
                         .level = at.level,
                         .role = at.role,
                         .earlier = at.role,
                         .staff = at.staff,
                         .from = at.from,
                         .to = at.from});
    }

    /// What goes on where an earlier finding ended is the same finding.
    void add(Gap gap) {
        const auto goes_on = std::ranges::find_if(
            gaps_, [&](const Gap& other) { return other.to == gap.from && same_but_time(gap, other, true); });
        if (goes_on == gaps_.end())
            gaps_.push_back(std::move(gap));
        else
            goes_on->to = gap.to;
    }

    /// What is true of every department is said once.
    void for_all_departments() {
        std::vector<Gap> merged;
        for (auto gap : gaps_) {
            const auto alike = [&](const Gap& other) {
                return same_time(gap, other) && gap.kind == other.kind && gap.level == other.level &&
                       gap.role == other.role && gap.earlier == other.earlier && gap.staff == other.staff;
            };
            if (std::ranges::count_if(gaps_, alike) == std::ssize(kDepartmentsOfMatters)) gap.department.clear();
            if (std::ranges::find(merged, gap) == merged.end()) merged.push_back(std::move(gap));
        }
        gaps_ = std::move(merged);
    }
    static bool same_time(const Gap& one, const Gap& other) { return one.from == other.from && one.to == other.to; }

    const GapQuestion& question_;
    std::vector<Gap> gaps_{};
    std::vector<Gap> now_{};
    std::set<core::StaffId> unverified_{};
};

}  // namespace

std::vector<Gap> find_gaps(const GapQuestion& question) {
    return GapFinder{question}.find();
}

}  // namespace harborline::duty
