#include "handlers/kinship/appointment.hpp"

#include <algorithm>
#include <array>

namespace harborline::kinship {
namespace {

using core::Instant;
using core::LocalDate;
using namespace std::chrono_literals;

constexpr int kRemindedAtMin = 18 * 60;
/// After each call, the last one too: until then the two are being put through.
constexpr std::array<std::chrono::minutes, 4> kAgainAfter{5min, 15min, 30min, 10min};
/// Whoever waited longer beside the telephone has gone.
constexpr auto kLateMost = 30min;
constexpr int kDaysAWeek = 7;
constexpr int kMinutesADay = 24 * 60;

LocalDate days_after(LocalDate day, int days) {
    return LocalDate{std::chrono::local_days{day} + std::chrono::days{days}};
}

Instant reminder_of(const core::Appointment& appointment, const core::TimeZone& zone) {
    const auto day_before = days_after(zone.local(appointment.at).date, -1);
    return instant_of(day_before, kRemindedAtMin, zone);
}

/// How far the hands of a clock are from another time, by the shorter way.
std::chrono::minutes apart(int wanted, int shown) {
    const int ahead = (wanted - shown + kMinutesADay) % kMinutesADay;
    return std::chrono::minutes{ahead <= kMinutesADay / 2 ? ahead : ahead - kMinutesADay};
}

std::chrono::minutes wait_after(int tries) {
    const auto last = static_cast<int>(kAgainAfter.size());
    return kAgainAfter.at(static_cast<std::size_t>(std::clamp(tries, 1, last) - 1));
}

bool is_last(int tries) {
    return tries >= static_cast<int>(kAgainAfter.size());
}

/// When the child's telephone is called next.
Instant next_call(const core::Appointment& appointment) {
    return appointment.tries == 0 ? appointment.at : appointment.tried_at + wait_after(appointment.tries);
}

}  // namespace

Instant instant_of(LocalDate day, int minute, const core::TimeZone& zone) {
    const Instant begin = zone.start_of(day);
    const Instant plain = begin + std::chrono::minutes{minute};
    // On the day on which clocks are set, the hands show something else than what has passed.
    const Instant turned = plain + apart(minute, zone.local(plain).minute);
    const auto shows = zone.local(turned);
    return shows.date == day && shows.minute == minute ? turned : plain;
}

std::optional<Instant> next_occurrence(const core::Appointment& wish, const core::TimeZone& zone, Instant after) {
    if (wish.is_once()) {
        const auto at = instant_of(wish.once, wish.minute, zone);
        return at > after ? std::optional{at} : std::nullopt;
    }
    const auto local = zone.local(after);
    const int days = (wish.weekday - local.weekday + kDaysAWeek) % kDaysAWeek;
    const auto at = instant_of(days_after(local.date, days), wish.minute, zone);
    return at > after ? at : instant_of(days_after(local.date, days + kDaysAWeek), wish.minute, zone);
}

bool go_on(core::Appointment& appointment, const core::TimeZone& zone, Instant now) {
    const auto next = next_occurrence(appointment, zone, std::max(now, appointment.agreed));
    if (!next) return false;
    appointment.agreed = appointment.at = *next;
    appointment.tries = 0;
    appointment.tried_at = {};
    appointment.reminded = reminder_of(appointment, zone) <= now;
    return true;
}

Instant shifted(const core::Appointment& appointment, Shift by, const core::TimeZone& zone) {
    switch (by) {
        case Shift::kHourEarlier:
            return appointment.at - 1h;
        case Shift::kHourLater:
            return appointment.at + 1h;
        case Shift::kDayLater:
            break;
    }
    const auto local = zone.local(appointment.at);
    return instant_of(days_after(local.date, 1), local.minute, zone);
}

Step step_due(const core::Appointment& appointment, const core::TimeZone& zone, Instant now) {
    const auto call = next_call(appointment);
    if (now >= call) {
        const bool too_late = now - call > kLateMost;
        return is_last(appointment.tries) || too_late ? Step::kGiveUp : Step::kCall;
    }
    const bool begun = appointment.tries > 0;
    return !begun && !appointment.reminded && now >= reminder_of(appointment, zone) ? Step::kRemind : Step::kWait;
}

Instant next_look(const core::Appointment& appointment, const core::TimeZone& zone) {
    const bool reminds = appointment.tries == 0 && !appointment.reminded;
    return reminds ? std::min(reminder_of(appointment, zone), appointment.at) : next_call(appointment);
}

}  // namespace harborline::kinship
