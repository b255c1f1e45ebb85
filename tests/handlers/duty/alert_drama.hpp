#pragma once
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "handlers/duty/auditor.hpp"
#include "handlers/duty/pacing.hpp"
#include "handlers/petition/routing.hpp"
#include "tests/support/fakes.hpp"

namespace harborline::testing {

/// What an alert lives through, drawn at random, and what the service does about it: pages come from `duty::due`, asked
/// now and then, with nothing kept between two askings but the alert's own row, and texts from `duty::tell_at`, on
/// phones that are texted of other matters too, as the desk does it.
class AlertDrama {
  public:
    struct Plan {
        std::uint64_t seed = 1;
        core::Level level = core::Level::kRed;
        std::chrono::seconds bundle{600};
        std::chrono::seconds tolerance{60};
        std::chrono::milliseconds asked_within{60'000};  ///< The longest pause between two askings.
        std::chrono::seconds apart{0};                   ///< At least, from one step to the next.
        bool roster_moves = true;                        ///< Hours, and a new roster in the middle.
        bool calls = true;                               ///< Whoever is told by text is called, if she may be.
        std::uint64_t answers_once_in = 6;               ///< Turns of fate.
    };
    struct Counts {
        int told = 0;
        int called = 0;
        int taken = 0;
        int handed_back = 0;
        int nobody = 0;
        int closed = 0;
        int waited = 0;     ///< Told later than called for.
        int forgotten = 0;  ///< Not told any more, since somebody took it before.
        int at_night = 0;   ///< Steps, of what is less than RED.
    };

    explicit AlertDrama(const Plan& plan) : plan_(plan), random_(plan.seed), ladder_(draw_ladder()) {
        now_ = FakeClock{}.now() + seconds{below(86'400)} + std::chrono::milliseconds{below(1'000)};
        rosters_.push_back({now_, draw_roster()});
        alert_.level = plan_.level;
        story_.raised_at = alert_.raised_at = alert_.ladder_from = now_;
        ask();
    }

    /// One more turn of fate: somebody may answer before anybody asks what is due, or after.
    void go_on() {
        const auto half = plan_.asked_within / 2;
        now_ += std::chrono::milliseconds{1 + below(static_cast<std::uint64_t>(half.count()) - 2)};
        if (plan_.roster_moves && once_in(40)) rosters_.push_back({now_, draw_roster()});
        if (!is_red() && once_in(2)) text_of_another_matter();
        if (now_ - asked_ > half || !once_in(3)) ask();
        if (closed_ || !once_in(plan_.answers_once_in)) return;
        now_ += std::chrono::milliseconds{1};
        answer();
    }

    core::Instant now() const { return now_; }
    /// Until then everything that was not asked for yet is in time.
    core::Instant in_time_until() const { return std::max(now_, asked_ + plan_.tolerance); }
    const duty::AlertStory& story() const { return story_; }
    const Counts& counts() const { return counts_; }
    duty::AuditRules rules() const {
        return {.ladder = ladder_,
                .reachable = [this](core::Role role, core::Instant at) { return reachable(role, at); },
                .administrators = [this](core::Instant at) { return petition::administrators(roster_at(at)); },
                .tolerance = plan_.tolerance,
                .may_wait = duty::longest_wait(plan_.level, plan_.bundle),
                .is_called = calls() ? std::function<bool(core::StaffId, core::Instant)>{[this](core::StaffId staff,
                                                                                                core::Instant at) {
                    return is_called(staff, at);
                }}
                                     : nullptr};
    }

  private:
    using seconds = std::chrono::seconds;
    static constexpr std::int64_t kPeople = 5;
    static constexpr duty::Night kNight{};

    /// A phone, with what it was texted of. The first page, where it has an id, is this alert's.
    struct Phone {
        std::vector<core::Page> pages{core::Page{.told = false}};
        std::vector<std::size_t> waiting{};  ///< Of the story's tellings.
    };

    bool is_red() const { return plan_.level == core::Level::kRed; }
    std::uint64_t below(std::uint64_t bound) { return random_.below(bound); }
    bool once_in(std::uint64_t times) { return below(times) == 0; }
    core::StaffId somebody() { return {static_cast<std::int64_t>(1 + below(kPeople))}; }

    duty::Ladder draw_ladder() {
        const auto apart = static_cast<std::uint64_t>(plan_.apart.count());
        duty::Ladder made{.repeat = seconds{std::max<std::uint64_t>(apart, 20) + below(900)}};
        seconds after{once_in(3) ? below(120) : 0};
        for (auto steps = below(6); steps > 0; --steps) {
            made.steps.push_back({after, static_cast<core::Role>(1 + below(4))});
            after += seconds{apart + below(400)};
        }
        return made;
    }

    core::Roster draw_roster() {
        core::Roster made;
        for (std::int64_t id = 1; id <= kPeople; ++id)
            made.staff.push_back({.id = core::StaffId{id},
                                  .active = !once_in(6),
                                  .night = is_red() || !plan_.roster_moves || !once_in(3),
                                  .call = !once_in(4)});
        for (const auto role :
             {core::Role::kDuty, core::Role::kSecond, core::Role::kLeader, core::Role::kAdministrator})
            for (auto holders = below(3); holders > 0; --holders) {
                core::Shift shift{.staff = somebody(), .role = role};
                if (plan_.roster_moves && once_in(2)) {
                    shift.from_min = static_cast<int>(60 * below(24));
                    shift.to_min = static_cast<int>(60 * below(24));
                }
                made.shifts.push_back(shift);
            }
        // The roster file must name an administrator: where nobody at all is there, nothing tells when it was asked.
        if (plan_.roster_moves) {
            const core::StaffId last{kPeople + 1};
            made.staff.push_back({.id = last});
            made.shifts.push_back({.staff = last, .role = core::Role::kAdministrator, .days = 0});
        }
        return made;
    }

    static core::LocalTime local(core::Instant at) {
        const auto day = std::chrono::floor<std::chrono::days>(at);
        const auto minute = std::chrono::floor<std::chrono::minutes>(at - day);
        const std::chrono::weekday weekday{day};
        return {.date = core::LocalDate{day},
                .weekday = static_cast<int>(weekday.iso_encoding()) - 1,
                .minute = static_cast<int>(minute.count())};
    }

    const core::Roster& roster_at(core::Instant at) const {
        auto found = rosters_.begin();
        for (auto next = found; next != rosters_.end() && next->first <= at; ++next) found = next;
        return found->second;
    }
    std::vector<core::StaffId> reachable(core::Role role, core::Instant at) const {
        return duty::reachable_in(roster_at(at), {}, role, plan_.level, local(at), kNight);
    }

    bool calls() const { return is_red() && plan_.calls; }
    bool is_called(core::StaffId staff, core::Instant at) const {
        const auto& people = roster_at(at).staff;
        const auto member = std::ranges::find(people, staff, &core::StaffMember::id);
        return member != people.end() && member->call;
    }

    /// What the clock worker and the desk do.
    void ask() {
        asked_ = now_;
        if (closed_) return;
        for (std::int64_t id = 1; id <= kPeople + 1; ++id) tell_if_due({id});
        const duty::Watch watch{.roster = rosters_.back().second,
                                .post = {},
                                .local = local(now_),
                                .night = is_red() ? duty::Night{} : kNight};
        const auto actions = duty::due(alert_, ladder_, watch, now_);
        for (const auto staff : actions.to_page) page(staff);
        if (!is_red() && kNight.holds(watch.local.minute)) counts_.at_night += actions.changed ? 1 : 0;
        alert_.steps_done = actions.steps_done;
        alert_.ladder_from = actions.ladder_from;
        counts_.told += static_cast<int>(actions.to_page.size());
        counts_.nobody += actions.nobody ? 1 : 0;
    }
    void page(core::StaffId staff) {
        auto& phone = phones_[staff.value];
        phone.waiting.push_back(story_.told.size());
        story_.told.push_back({.staff = staff, .at = now_, .waited = std::nullopt});
        auto& page = phone.pages.front();
        const bool waits = page.id && !page.told;
        if (!waits) page = {.id = {1}, .alert = {1}, .level = plan_.level, .sent_at = now_, .told = false};
        tell_if_due(staff);
    }
    bool may_be_told(const Phone& phone, const core::Page& page) const {
        const duty::Pace pace{.bundle = plan_.bundle, .night = kNight};
        return duty::tell_at(page, {}, phone.pages, pace, local(now_), now_) <= now_;
    }
    void tell_if_due(core::StaffId staff) {
        auto& phone = phones_[staff.value];
        auto& page = phone.pages.front();
        if (!page.id || page.told || !may_be_told(phone, page)) return;
        page.told = true;
        page.sent_at = now_;
        for (const auto telling : phone.waiting) {
            auto& told = story_.told[telling];
            told.waited = now_ - told.at;
            counts_.waited += told.at < now_ ? 1 : 0;
        }
        phone.waiting.clear();
        if (!calls() || !is_called(staff, now_)) return;
        story_.called.push_back({.staff = staff, .at = now_});
        ++counts_.called;
    }
    /// It takes along what waits and is due.
    void text_of_another_matter() {
        const auto staff = somebody();
        auto& phone = phones_[staff.value];
        const core::Page other{.id = {static_cast<std::int64_t>(phone.pages.size() + 1)},
                               .alert = {2},
                               .level = static_cast<core::Level>(below(5)),
                               .sent_at = now_};
        if (!may_be_told(phone, other)) return;
        tell_if_due(staff);
        phone.pages.push_back(other);
    }
    /// Somebody has it: what waits to be told is told to nobody any more.
    void forget_waiting() {
        for (auto& [staff, phone] : phones_) forget_waiting(phone);
    }
    void forget_waiting(Phone& phone) {
        auto old = std::exchange(phone.pages.front(), core::Page{.told = false});
        old.id = {static_cast<std::int64_t>(phone.pages.size() + 1)};
        if (old.told) phone.pages.push_back(old);
        counts_.forgotten += static_cast<int>(phone.waiting.size());
        phone.waiting.clear();
    }
    void answer() {
        const auto note = [this](duty::AlertChange::Kind kind, core::StaffId by) {
            story_.changes.push_back({.kind = kind, .at = now_, .by = by});
        };
        if (once_in(20)) {
            note(duty::AlertChange::Kind::kClosed, {});
            closed_ = true;
            forget_waiting();
            ++counts_.closed;
            return;
        }
        const auto who = somebody();
        if (alert_.open && !once_in(3)) {
            note(duty::AlertChange::Kind::kTaken, who);
            duty::take(alert_, who, now_);
            forget_waiting();
            ++counts_.taken;
            return;
        }
        // Whoever does not have it can say so as often as she likes.
        note(duty::AlertChange::Kind::kHandedBack, who);
        if (!alert_.open && alert_.taken_by != who) return;
        forget_waiting(phones_[who.value]);
        duty::hand_back(alert_, ladder_, now_);
        ++counts_.handed_back;
        ask();
    }

    Plan plan_;
    FakeRandom random_;
    duty::Ladder ladder_;
    std::vector<std::pair<core::Instant, core::Roster>> rosters_{};
    std::map<std::int64_t, Phone> phones_{};  ///< By staff id.
    core::Alert alert_{};
    duty::AlertStory story_{};
    core::Instant now_{};
    core::Instant asked_{};
    bool closed_ = false;
    Counts counts_{};
};

}  // namespace harborline::testing
