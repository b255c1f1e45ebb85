#include "handlers/duty/ladder.hpp"

#include <algorithm>
#include <stdexcept>

namespace harborline::duty {

namespace {

using std::chrono::milliseconds;

/// Hand-backs after which the leader decides who goes.
constexpr int kLeaderAfter = 2;

/// A ladder as one endless row of steps: those of the settings, then the rounds.
class Row {
  public:
    explicit Row(const Ladder& ladder)
        : ladder_(ladder),
          repeat_(std::max(ladder.repeat, std::chrono::seconds{1})),
          rounds_from_(ladder.steps.size()) {}

    bool is_round(std::size_t index) const { return index >= rounds_from_; }
    milliseconds repeat() const { return repeat_; }

    /// From `ladder_from` to the step.
    milliseconds after(std::size_t index) const {
        if (!is_round(index)) return ladder_.steps[index].after;
        const auto rounds = static_cast<std::int64_t>(index - rounds_from_);
        if (rounds_from_ == 0) return repeat_ * rounds;
        return ladder_.steps.back().after + repeat_ * (rounds + 1);
    }

    /// From the step before.
    milliseconds distance(std::size_t index) const {
        const auto before = index == 0 ? milliseconds{0} : after(index - 1);
        return std::max(after(index) - before, milliseconds{0});
    }

    std::vector<core::StaffId> people(std::size_t index, core::Level level, const Watch& watch) const {
        if (!is_round(index)) return step_holders(ladder_.steps[index].role, level, watch);
        for (auto step = ladder_.steps.rbegin(); step != ladder_.steps.rend(); ++step)
            if (auto found = step_holders(step->role, level, watch); !found.empty()) return found;
        return petition::administrators(watch.roster);
    }

  private:
    const Ladder& ladder_;
    milliseconds repeat_;
    std::size_t rounds_from_;
};

void add_once(std::vector<core::StaffId>& list, const std::vector<core::StaffId>& more) {
    for (const auto id : more)
        if (std::ranges::find(list, id) == list.end()) list.push_back(id);
}

bool may_be_woken(const core::Roster& roster, core::StaffId id) {
    const auto member = std::ranges::find(roster.staff, id, &core::StaffMember::id);
    return member == roster.staff.end() || member->night;
}

core::Roster without_sleepers(core::Roster roster) {
    std::erase_if(roster.shifts, [&](const core::Shift& shift) { return !may_be_woken(roster, shift.staff); });
    return roster;
}

}  // namespace

const Ladder& ladder_for(const Ladders& ladders, core::Level level) {
    switch (level) {
        case core::Level::kRed:
            return ladders.red;
        case core::Level::kOrange:
        case core::Level::kUnknown:
        case core::Level::kNone:
            return ladders.orange;
        case core::Level::kYellow:
        case core::Level::kGreen:
            return ladders.yellow;
    }
    throw std::logic_error("a level without a ladder");
}

core::Level alert_level(core::Level matter, bool safety_history) {
    const bool unknown = matter == core::Level::kUnknown || matter == core::Level::kNone;
    if (!unknown) return matter;
    return safety_history ? core::Level::kRed : core::Level::kOrange;
}

std::vector<core::StaffId> step_holders(core::Role role, core::Level level, const Watch& watch) {
    const bool quiet = level != core::Level::kRed && watch.night.holds(watch.local.minute);
    // Whoever must not be woken does not stand in the way of somebody further off who may.
    auto found = quiet ? petition::on_duty(without_sleepers(watch.roster), watch.post, role, watch.local)
                       : petition::on_duty(watch.roster, watch.post, role, watch.local);
    if (found.empty() && role == core::Role::kAdministrator) found = petition::administrators(watch.roster);
    return found;
}

LadderActions due(const core::Alert& alert, const Ladder& ladder, const Watch& watch, core::Instant now) {
    LadderActions actions{.steps_done = alert.steps_done, .ladder_from = alert.ladder_from};
    if (!alert.open) return actions;

    const Row row{ladder};
    auto& from = actions.ladder_from;
    auto index = static_cast<std::size_t>(std::max(alert.steps_done, 0));
    from = std::min(from, now + row.distance(index) - row.after(index));
    while (from + row.after(index) <= now) {
        // Of many missed rounds only the last is worth a page.
        if (row.is_round(index)) index += static_cast<std::size_t>((now - from - row.after(index)) / row.repeat());
        const auto people = row.people(index, alert.level, watch);
        add_once(actions.to_page, people);
        ++index;
        if (!people.empty()) continue;
        actions.nobody = true;
        const bool was_a_step = !row.is_round(index - 1);
        if (was_a_step) from -= row.distance(index);
    }

    actions.steps_done = static_cast<int>(index);
    actions.changed = actions.steps_done != alert.steps_done || from != alert.ladder_from;
    actions.next_at = from + row.after(index);
    return actions;
}

void take(core::Alert& alert, core::StaffId by, core::Instant now) {
    alert.open = false;
    alert.taken_by = by;
    alert.taken_at = now;
}

void hand_back(core::Alert& alert, const Ladder& ladder, core::Instant now) {
    alert.open = true;
    alert.taken_by = {};
    alert.taken_at = {};
    if (++alert.handed_back == kLeaderAfter) {
        const auto leader = std::ranges::find(ladder.steps, core::Role::kLeader, &LadderStep::role);
        if (leader != ladder.steps.end()) alert.steps_done = static_cast<int>(leader - ladder.steps.begin());
    }
    alert.ladder_from = now - Row{ladder}.after(static_cast<std::size_t>(std::max(alert.steps_done, 0)));
}

}  // namespace harborline::duty
