#include "handlers/duty/auditor.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

namespace harborline::duty {

namespace {

using core::Instant;
using core::StaffId;
using People = std::vector<StaffId>;
using std::chrono::milliseconds;

/// Whether somebody answers for an alert, change by change.
class Holder {
  public:
    /// False where the change changes nothing: a second taking, a hand-back by somebody who does not have it.
    bool learn(const AlertChange& change) {
        if (over_) return false;
        switch (change.kind) {
            case AlertChange::Kind::kTaken:
                // Whoever takes it over from somebody has it from then on.
                taken_by_ = change.by;
                return !std::exchange(taken_, true);
            case AlertChange::Kind::kHandedBack:
                if (taken_ && taken_by_ != change.by) return false;
                break;
            case AlertChange::Kind::kSilent:
                if (!taken_) return false;
                break;
            case AlertChange::Kind::kClosed:
                over_ = true;
                return true;
        }
        taken_ = false;
        return true;
    }
    bool rests() const { return over_ || taken_; }

  private:
    bool taken_ = false;
    StaffId taken_by_{};
    bool over_ = false;
};

/// The story told from its beginning.
class Retelling {
  public:
    Retelling(const AlertStory& story, const AuditRules& rules) : story_(story), rules_(rules) {
        due_ = story.raised_at + wait_before(0);
    }

    std::vector<ExpectedPage> until(Instant now) {
        for (const auto& change : story_.changes) {
            if (change.at > now) break;
            // The desk tells the next person in the very moment of a hand-back: what was told then comes after it.
            const bool opens =
                change.kind == AlertChange::Kind::kHandedBack || change.kind == AlertChange::Kind::kSilent;
            climb(opens ? change.at - milliseconds{1} : change.at);
            if (holder_.learn(change) && !holder_.rests()) go_on_after(change);
        }
        climb(now);
        return std::move(expected_);
    }

  private:
    bool is_round(std::size_t step) const { return step >= rules_.ladder.steps.size(); }

    /// From the step before, or from the alert.
    milliseconds wait_before(std::size_t step) const {
        const auto& steps = rules_.ladder.steps;
        if (is_round(step)) {
            if (step == 0) return milliseconds{0};
            return std::max(milliseconds{rules_.ladder.repeat}, milliseconds{1'000});
        }
        return step == 0 ? steps[0].after
                         : std::max(steps[step].after - steps[step - 1].after, std::chrono::seconds{0});
    }

    People holders(std::size_t step, Instant at) const {
        const auto& steps = rules_.ladder.steps;
        if (!is_round(step)) return rules_.reachable(steps[step].role, at);
        for (auto last = steps.rbegin(); last != steps.rend(); ++last)
            if (auto found = rules_.reachable(last->role, at); !found.empty()) return found;
        return rules_.administrators(at);
    }

    /// Who was there all the while in which the step was in time: whatever the moment, she could be told.
    People always_there(std::size_t step) const {
        const auto latest = due_ + rules_.tolerance;
        auto people = holders(step, latest);
        for (auto at = due_; at < latest && !people.empty(); at += std::chrono::minutes{1}) {
            const auto there = holders(step, at);
            std::erase_if(people, [&](StaffId one) { return std::ranges::find(there, one) == there.end(); });
        }
        return people;
    }

    /// When this alert was worked at first since the step fell due: the first telling of anybody.
    std::optional<Instant> worked_at(Instant end) const {
        const auto& told = story_.told;
        const auto first = std::ranges::lower_bound(told, due_, {}, &Telling::at);
        if (first == told.end() || first->at > std::min(end, due_ + rules_.tolerance)) return std::nullopt;
        return first->at;
    }

    /// Everything that was carried out by `end`, and what should have been.
    void climb(Instant end) {
        while (!holder_.rests() && due_ <= end) {
            const auto worked = worked_at(end);
            const bool overdue = due_ + rules_.tolerance < end;
            if (!worked && !overdue) return;
            const auto people = worked ? holders(step_, *worked) : always_there(step_);
            for (const auto staff : people) expected_.push_back({.staff = staff, .due = due_, .step = steps_told_});
            ++steps_told_;
            const bool hole = people.empty() && !is_round(step_);
            ++step_;
            // A hole in the ladder costs no time; the rounds are apart whatever they find.
            if (!hole) due_ += wait_before(step_);
        }
    }

    void go_on_after(const AlertChange& change) {
        due_ = change.at;
        if (++handed_back_ != rules_.leader_after) return;
        const auto leader = std::ranges::find(rules_.ladder.steps, core::Role::kLeader, &LadderStep::role);
        if (leader != rules_.ladder.steps.end()) step_ = static_cast<std::size_t>(leader - rules_.ladder.steps.begin());
    }

    const AlertStory& story_;
    const AuditRules& rules_;
    Holder holder_{};
    std::size_t step_ = 0;  ///< Of the ladder, the rounds counted on.
    Instant due_{};         ///< When it falls due.
    int steps_told_ = 0;
    int handed_back_ = 0;
    std::vector<ExpectedPage> expected_{};
};

/// Whether somebody answers for it at some moment of these.
bool rests_between(const AlertStory& story, Instant from, Instant to) {
    Holder holder;
    bool rests = false;
    for (const auto& change : story.changes) {
        if (change.at > to) break;
        holder.learn(change);
        if (change.at <= from)
            rests = holder.rests();
        else
            rests = rests || holder.rests();
    }
    return rests;
}
bool rests_at(const AlertStory& story, Instant at) {
    return rests_between(story, at, at);
}

bool is_night(const Night& night, int minute) {
    constexpr int kDay = 24 * 60;
    const auto since_it_began = (minute - night.from_min + kDay) % kDay;
    return since_it_began < (night.to_min - night.from_min + kDay) % kDay;
}

/// What was told beside what should have been.
class Comparison {
  public:
    Comparison(const AlertStory& story, const std::vector<ExpectedPage>& expected, const AuditRules& rules, Instant now)
        : story_(story),
          expected_(expected),
          told_at_(expected.size()),
          tolerance_(rules.tolerance),
          may_wait_(rules.may_wait),
          now_(now) {
        for (std::size_t at = 0; at < expected.size(); ++at) of_[expected[at].staff.value].pages.push_back(at);
    }

    std::vector<Difference> differences() {
        for (const auto& telling : story_.told)
            if (telling.at <= now_) judge(telling);
        for (std::size_t at = 0; at < expected_.size(); ++at) judge(at);
        std::ranges::sort(found_, {}, [](const Difference& one) { return std::tuple{one.at, one.kind, one.staff}; });
        return std::move(found_);
    }

  private:
    /// One person's pages in the order in which they fell due, and how many of them are answered.
    struct Hers {
        std::vector<std::size_t> pages{};
        std::size_t answered = 0;
    };

    void judge(const Telling& telling) {
        if (answers(telling)) return judge_text(telling);
        const bool rests = rests_at(story_, telling.at);
        add(rests ? Difference::Kind::kAfterTaken : Difference::Kind::kNotCalledFor, telling.staff, telling.at);
    }

    /// What became of one that was called for.
    void judge_text(const Telling& telling) {
        using Kind = Difference::Kind;
        const auto latest = telling.at + may_wait_ + tolerance_;
        if (!telling.waited) {
            const bool needless =
                rests_between(story_, telling.at, latest) || hands_back(telling.staff, telling.at, latest);
            if (latest < now_ && !needless) add(Kind::kMissing, telling.staff, telling.at);
            return;
        }
        const auto written = telling.at + *telling.waited;
        // Whoever takes it in the moment of the text takes it after that.
        const bool too_much = written > telling.at && rests_at(story_, written - milliseconds{1});
        if (too_much) add(Kind::kAfterTaken, telling.staff, telling.at);
        if (written > latest) add(Kind::kLate, telling.staff, telling.at);
        if (!telling.went && written + tolerance_ < now_) add(Kind::kNotSent, telling.staff, telling.at);
    }

    bool hands_back(StaffId staff, Instant from, Instant to) const {
        return std::ranges::any_of(story_.changes, [&](const AlertChange& change) {
            const bool hers = change.kind == AlertChange::Kind::kHandedBack && change.by == staff;
            return hers && change.at >= from && change.at <= to;
        });
    }

    /// Whether a step of hers had fallen due that nothing had answered.
    bool answers(const Telling& telling) {
        auto& hers = of_[telling.staff.value];
        const auto before = hers.answered;
        for (; hers.answered < hers.pages.size(); ++hers.answered) {
            const auto at = hers.pages[hers.answered];
            if (expected_[at].due > telling.at) break;
            told_at_[at] = telling.at;
            told_steps_.insert(expected_[at].step);
        }
        return hers.answered > before;
    }

    void judge(std::size_t at) {
        const auto& page = expected_[at];
        const auto latest = page.due + tolerance_;
        if (told_at_[at] && *told_at_[at] > latest) return add(Difference::Kind::kLate, page.staff, page.due);
        if (told_at_[at] || latest >= now_) return;
        const bool others = told_steps_.contains(page.step);
        add(others ? Difference::Kind::kMissing : Difference::Kind::kNobody, page.staff, page.due);
    }

    void add(Difference::Kind kind, StaffId staff, Instant at) {
        found_.push_back({.kind = kind, .staff = staff, .at = at});
    }

    const AlertStory& story_;
    const std::vector<ExpectedPage>& expected_;
    std::vector<std::optional<Instant>> told_at_;  ///< By expected page.
    milliseconds tolerance_;
    milliseconds may_wait_;
    Instant now_;
    std::map<std::int64_t, Hers> of_{};  ///< By staff id.
    std::set<int> told_steps_{};
    std::vector<Difference> found_{};
};

}  // namespace

std::vector<StaffId> reachable_in(const core::Roster& roster, const petition::Post& post, core::Role role,
                                  core::Level level, const core::LocalTime& local, const Night& night) {
    core::Roster awake = roster;
    if (level < core::Level::kRed && is_night(night, local.minute))
        for (const auto& member : roster.staff)
            if (!member.night)
                std::erase_if(awake.shifts, [&](const core::Shift& shift) { return shift.staff == member.id; });
    const auto people = petition::on_duty(awake, post, role, local);
    return people.empty() && role == core::Role::kAdministrator ? petition::administrators(roster) : people;
}

milliseconds longest_wait(core::Level level, milliseconds bundle) {
    return bundle * (static_cast<int>(core::Level::kRed) - static_cast<int>(level));
}

std::vector<ExpectedPage> expected_pages(const AlertStory& story, const AuditRules& rules, Instant now) {
    return Retelling{story, rules}.until(now);
}

std::vector<Difference> compare(const AlertStory& story, const std::vector<ExpectedPage>& expected,
                                const AuditRules& rules, Instant now) {
    return Comparison{story, expected, rules, now}.differences();
}

std::vector<Difference> compare_calls(const AlertStory& story, const AuditRules& rules, Instant now) {
    std::vector<Difference> found;
    if (!rules.is_called) return found;
    auto called = story.called;
    for (const auto& telling : story.told) {
        if (telling.at > now || !rules.is_called(telling.staff, telling.at)) continue;
        const auto hers = std::ranges::find_if(
            called, [&](const Telling& call) { return call.staff == telling.staff && call.at == telling.at; });
        if (hers != called.end())
            called.erase(hers);
        else
            found.push_back({.kind = Difference::Kind::kNotCalled, .staff = telling.staff, .at = telling.at});
    }
    for (const auto& call : called)
        if (call.at <= now)
            found.push_back({.kind = Difference::Kind::kCalledAlone, .staff = call.staff, .at = call.at});
    return found;
}

std::vector<Difference> audit(const AlertStory& story, const AuditRules& rules, Instant now) {
    auto found = compare(story, expected_pages(story, rules, now), rules, now);
    const auto of_calls = compare_calls(story, rules, now);
    found.insert(found.end(), of_calls.begin(), of_calls.end());
    std::ranges::stable_sort(found, {}, &Difference::at);
    return found;
}

}  // namespace harborline::duty
