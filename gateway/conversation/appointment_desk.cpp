#include "gateway/conversation/appointment_desk.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/conversation/family_facts.hpp"
#include "gateway/conversation/kinship_calls.hpp"
#include "gateway/conversation/known.hpp"
#include "gateway/conversation/safe_contact.hpp"
#include "gateway/conversation/unasked.hpp"
#include "handlers/flow/conventions.hpp"
#include "handlers/kinship/appointment.hpp"
#include "handlers/kinship/call_reason.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using core::Appointment;
using core::Outcome;
using kinship::Crossing;
using kinship::Passing;
using kinship::Shift;
using kinship::Step;

/// A call that has not left by then is the next one's.
constexpr auto kCallWithin = 4min;
/// A telephone that is in use is looked at again soon.
constexpr auto kLineBusy = 1min;
constexpr auto kRemindAgain = 1h;
/// Whoever is told that a call did not come about is told on the same evening, or not at all.
constexpr auto kToldOfItWithin = 2h;
/// An occurrence farther off than this was agreed on by a clock that ran ahead.
constexpr auto kAgreedAhead = 15 * 24h;
constexpr std::string_view kShift = "shift";
constexpr std::string_view kOff = "off";
constexpr std::string_view kAgreed = "agreed";  ///< Which occurrence she was reminded of.

core::Error refuse_appointment(std::string why) {
    return {core::ErrorKind::kRefused, std::move(why)};
}

bool is_of_child_alone(storage::Transaction& tx, const storage::Handset& phone, core::PersonId child,
                       core::Instant now) {
    const auto people = tx.people().at(phone.id);
    return people.size() == 1 && people.front().id == child && is_own_phone(tx, phone, people, now);
}

bool has_pin(storage::Transaction& tx, core::PersonId child) {
    const auto card = tx.people().card_of(child);
    return card && !card->pin.empty();
}

/// Whether the adult expects this occurrence: it has its whole time then, whoever may talk meanwhile.
bool is_awaited(const Appointment& appointment) {
    return appointment.reminded || appointment.tries > 0;
}

/// An occurrence under way, as it is kept among the answers.
std::string written(const Appointment& one) {
    const std::array<std::int64_t, 4> numbers{core::to_millis(one.agreed), core::to_millis(one.at),
                                              core::to_millis(one.tried_at), one.tries};
    std::string all;
    for (const auto number : numbers) all.append(std::to_string(number)).append(" ");
    return all;
}

/// False, and nothing changed, where none was kept.
bool read_back(std::string_view before, Appointment& one) {
    std::array<std::int64_t, 4> numbers{};
    for (auto& number : numbers) {
        const auto read = std::from_chars(before.data(), before.data() + before.size(), number);
        if (read.ec != std::errc{}) return false;
        before.remove_prefix(std::min(static_cast<std::size_t>(read.ptr - before.data()) + 1, before.size()));
    }
    one.agreed = core::from_millis(numbers[0]);
    one.at = core::from_millis(numbers[1]);
    one.tried_at = core::from_millis(numbers[2]);
    one.tries = static_cast<int>(numbers[3]);
    one.reminded = true;
    return true;
}

std::optional<Shift> shift_of(std::string_view answer) {
    if (answer == "1") return Shift::kHourEarlier;
    if (answer == "2") return Shift::kHourLater;
    return answer == "3" ? std::optional{Shift::kDayLater} : std::nullopt;
}

}  // namespace

std::optional<core::HandsetId> AppointmentDesk::point_of(storage::Transaction& tx, const core::Tie& tie,
                                                         core::Instant now) const {
    if (const auto own = handset_of(tx, rules_, tie, tie.child, now)) return own->id;
    for (const auto& phone : tx.people().phones_of(tie.child))
        if (const auto handset = tx.handsets().find(phone.number)) return handset->id;
    return std::nullopt;
}

bool AppointmentDesk::puts_through() const {
    const auto& settings = rules_.settings.kinship;
    return settings.bridges() && rules_.bridges(settings.call_channel);
}

std::optional<core::Error> AppointmentDesk::why_not(storage::Transaction& tx, const core::Tie& tie,
                                                    const Appointment& wish, core::Instant now) const {
    if (!puts_through())
        return refuse_appointment(
            "the line calls nobody: [kinship] needs bridge, and a call_channel that rings others for a caller");
    const auto at = kinship::next_occurrence(wish, rules_.zone, now);
    if (!at) return refuse_appointment("that time is over");
    const auto verdict = judge(tx, rules_, tie.id, Passing::kCall, *at);
    if (verdict.crossing == Crossing::kNever)
        return refuse_appointment("the two may not be put through: " + std::string{verdict.why});
    if (!verdict.may())
        return refuse_appointment(
            "the two may not talk at that time; mind the child's quiet hours and those of the tie");
    const auto point = tx.handsets().get(wish.point);
    if (is_kept_from(tx, rules_, tie, point.id, now))
        return refuse_appointment("somebody is reached at that telephone who may not reach the child");
    if (!is_of_child_alone(tx, point, tie.child, now) && !has_pin(tx, tie.child))
        return refuse_appointment(
            "others use that telephone too, and the child has no card with a PIN; see: "
            "harborline people pin");
    const auto hers = handset_of(tx, rules_, tie, tie.adult, now);
    if (!hers) return refuse_appointment("she has no telephone of her own at which she could be rung");
    if (hers->id == wish.point)
        return refuse_appointment("the child can not be called at the telephone that rings her");
    const auto standing = tx.appointments().standing_of(tie.id);
    const auto same = [&](const Appointment& one) {
        return one.minute == wish.minute && one.once == wish.once && (wish.is_once() || one.weekday == wish.weekday);
    };
    if (std::ranges::any_of(standing, same)) return refuse_appointment("that is agreed on already");
    return std::nullopt;
}

core::Result<Appointment> AppointmentDesk::make(storage::Transaction& tx, const Appointment& wish,
                                                core::Instant now) const {
    const auto tie = tx.people().tie(wish.tie);
    if (!tie) return core::Error{core::ErrorKind::kNotFound, "there is no such tie"};
    if (auto refusal = why_not(tx, *tie, wish, now)) return std::move(*refusal);
    Appointment made{
        .tie = wish.tie, .point = wish.point, .weekday = wish.weekday, .minute = wish.minute, .once = wish.once};
    go_on(made, now);
    made.id = tx.appointments().add(made);
    put(tx, made, now);
    return *tx.appointments().find(made.id);
}

void AppointmentDesk::end(storage::Transaction& tx, Appointment appointment) {
    appointment.ended = true;
    tx.appointments().update(appointment);
}

void AppointmentDesk::go_on(Appointment& appointment, core::Instant now) const {
    appointment.ended = !kinship::go_on(appointment, rules_.zone, now);
}

void AppointmentDesk::put(storage::Transaction& tx, Appointment appointment, core::Instant now,
                          std::optional<core::Instant> sooner) const {
    const auto next = sooner.value_or(std::max(kinship::next_look(appointment, rules_.zone), now));
    appointment.look_at = std::min(next, now + kinship::kLookWithin);
    tx.appointments().update(appointment);
    if (!appointment.ended)
        tx.deadlines().add(storage::Deadline::Kind::kAppointment, appointment.id.value, appointment.look_at);
}

void AppointmentDesk::look(storage::Transaction& tx, core::AppointmentId id, core::Instant now) const {
    auto appointment = tx.appointments().find(id);
    if (!appointment || appointment->ended) return;
    // Another look is on its way, unless it was set by a clock that ran ahead.
    if (appointment->look_at > now && appointment->look_at <= now + kinship::kLookWithin) return;
    if (!appointment->is_once() && appointment->agreed > now + kAgreedAhead) {
        appointment->agreed = now;
        go_on(*appointment, now);
    }
    switch (kinship::step_due(*appointment, rules_.zone, now)) {
        case Step::kWait:
            return put(tx, *appointment, now);
        case Step::kRemind:
            return remind(tx, *appointment, now);
        case Step::kCall:
            return call(tx, *appointment, now);
        case Step::kGiveUp:
            return give_up(tx, *appointment, now);
    }
}

/// She is in the middle of something else: then again in an hour. Of what can not take place nobody is reminded; what
/// was forbidden and is allowed again by then takes place all the same.
void AppointmentDesk::remind(storage::Transaction& tx, Appointment& appointment, core::Instant now) const {
    const auto tie = tx.people().tie(appointment.tie);
    const bool takes_place = judge(tx, rules_, appointment.tie, Passing::kCall, appointment.at).may();
    if (!tie || !takes_place) return put(tx, appointment, now, appointment.at);
    const auto phone = handset_of(tx, rules_, *tie, tie->adult, now);
    auto asked = Unasked::kNever;
    if (phone && judge(tx, rules_, appointment.tie, Passing::kTextToAdult, now).may()) {
        const auto language = rules_.language(text_channel_of(tx, rules_, phone->id), phone->language);
        const core::Fields which{{std::string{kin::kAppointment}, std::to_string(appointment.id.value)},
                                 {std::string{kAgreed}, std::to_string(core::to_millis(appointment.agreed))}};
        flow::Say reminder{.key = "kin.appoint.remind"};
        reminder.values.set(kin::kWho, called_by_adult(tx, *tie));
        reminder.values.set(kin::kOpen, core::format_day_time(appointment.at, rules_.zone, language));
        asked = ask_unasked(tx, rules_, *phone,
                            {.flow = flow::names::kAppointment,
                             .step = "ask",
                             .saved = which,
                             .expires_at = appointment.at,
                             .before = {reminder}},
                            now);
        // What is asked there is whether to move another one: of this she is told, and her answer goes to that.
        if (asked == Unasked::kStands) tell(tx, *phone, reminder, now, appointment.at);
    }
    appointment.reminded = asked != Unasked::kNotNow;
    if (appointment.reminded) return put(tx, appointment, now);
    put(tx, appointment, now, std::min(now + kRemindAgain, appointment.at));
}

/// Where it may not be placed its tries are counted all the same, for an adult who waits for it. What nobody waits for
/// just does not take place, and nothing is said to anybody.
void AppointmentDesk::call(storage::Transaction& tx, Appointment& appointment, core::Instant now) const {
    const auto known = recall(tx, tx.handsets().get(appointment.point));
    const bool in_use =
        known && (!known->memory.talks.empty() || (known->memory.session.calls && !known->memory.session.over));
    if (in_use) return put(tx, appointment, now, now + kLineBusy);
    const bool may = may_ring(tx, appointment.id, appointment.point, now);
    if (!may && !is_awaited(appointment)) {
        go_on(appointment, now);
        return put(tx, appointment, now);
    }
    ++appointment.tries;
    appointment.tried_at = now;
    if (may) place(tx, appointment, now);
    put(tx, appointment, now);
}

void AppointmentDesk::place(storage::Transaction& tx, const Appointment& appointment, core::Instant now) const {
    const kinship::CallReason reason{.kind = kinship::CallReason::Kind::kBooked, .appointment = appointment.id};
    tx.outbox().add({.channel = rules_.settings.kinship.call_channel,
                     .to = appointment.point,
                     .text = kinship::encode(reason),
                     .kind = core::MessageClass::kKinship,
                     .created_at = now,
                     .due_at = now,
                     .expires_at = now + kCallWithin});
}

bool AppointmentDesk::may_ring(storage::Transaction& tx, core::AppointmentId id, core::HandsetId point,
                               core::Instant now) const {
    const auto appointment = tx.appointments().find(id);
    if (!appointment || appointment->ended || appointment->point != point || !puts_through()) return false;
    const auto tie = tx.people().tie(appointment->tie);
    const auto phone = tx.handsets().get(point);
    return tie && judge(tx, rules_, tie->id, Passing::kCall, now).may() &&
           !is_kept_from(tx, rules_, *tie, point, now) && may_ring_relative(tx, rules_, phone, now) &&
           handset_of(tx, rules_, *tie, tie->adult, now);
}

void AppointmentDesk::give_up(storage::Transaction& tx, Appointment& appointment, core::Instant now) const {
    const auto tie = tx.people().tie(appointment.tie);
    // Also where its telephone was in use all the time.
    const auto last = appointment.tries > 0 ? appointment.tried_at : appointment.at;
    const bool waits = is_awaited(appointment) && now - last < kToldOfItWithin;
    if (tie && waits) {
        const auto hers = handset_of(tx, rules_, *tie, tie->adult, now);
        const auto judgement = judge(tx, rules_, tie->id, Passing::kTextToAdult, now);
        if (hers && shown_of(judgement, rules_, *tie, Passing::kTextToAdult, now).may())
            tell(tx, *hers, {.key = "kin.appoint.missed"}, now);
        tell_child(tx, *tie, {.key = "kin.appoint.missed"}, now);
    }
    go_on(appointment, now);
    put(tx, appointment, now);
}

core::Outcome AppointmentDesk::begin(storage::Transaction& tx, const storage::Handset& at, core::Fields& saved,
                                     core::Instant now) const {
    const auto id = id_in<core::AppointmentId>(saved.get(kin::kAppointment));
    const auto appointment = tx.appointments().find(id);
    const auto tie = appointment ? tx.people().tie(appointment->tie) : std::nullopt;
    if (!tie || !may_ring(tx, id, at.id, now)) return Outcome::kNone;
    saved.set(kin::kTie, std::to_string(tie->id.value));
    saved.set(kin::kMe, "");
    saved.set(kin::kByCard, "");
    if (is_of_child_alone(tx, at, tie->child, now)) {
        saved.set(kin::kMe, std::to_string(tie->child.value));
        return Outcome::kFound;
    }
    const auto card = tx.people().card_of(tie->child);
    if (!card || card->pin.empty()) return Outcome::kNone;
    saved.set(kin::kCard, card->number);
    return Outcome::kNeedsPin;
}

void AppointmentDesk::kept(storage::Transaction& tx, core::Fields& saved, core::TieId talking,
                           core::Instant now) const {
    saved.set(kin::kBefore, "");
    auto appointment = tx.appointments().find(id_in<core::AppointmentId>(saved.get(kin::kAppointment)));
    if (!appointment || appointment->ended || appointment->tie != talking || appointment->tries == 0) return;
    saved.set(kin::kBefore, written(*appointment));
    go_on(*appointment, now);
    put(tx, *appointment, now);
}

void AppointmentDesk::not_kept(storage::Transaction& tx, core::Fields& saved, core::Instant now) const {
    auto appointment = tx.appointments().find(id_in<core::AppointmentId>(saved.get(kin::kAppointment)));
    const std::string before{saved.get(kin::kBefore)};
    saved.set(kin::kBefore, "");
    // One of a single day has ended with it; any other somebody has taken back meanwhile.
    if (!appointment || (appointment->ended && !appointment->is_once()) || !read_back(before, *appointment)) return;
    appointment->ended = false;
    put(tx, *appointment, now);
}

/// Who is allowed today is not promised a day on which she is not: the child would wait in vain.
bool AppointmentDesk::may_be_moved(storage::Transaction& tx, const core::Tie& tie, core::Instant to,
                                   core::Instant now) const {
    const bool kept_away = judge(tx, rules_, tie.id, Passing::kCall, now).crossing == Crossing::kNever;
    const auto judgement = judge(tx, rules_, tie.id, Passing::kCall, to);
    return (kept_away ? shown_of(judgement, rules_, tie, Passing::kCall, to) : judgement).may();
}

core::Outcome AppointmentDesk::change(storage::Transaction& tx, const storage::Handset& hers, core::Fields& saved,
                                      core::Instant now) const {
    const std::string answer{saved.get(kShift)};
    saved.set(kShift, "");
    auto appointment = tx.appointments().find(id_in<core::AppointmentId>(saved.get(kin::kAppointment)));
    const auto tie = appointment ? tx.people().tie(appointment->tie) : std::nullopt;
    const auto phone = tie ? handset_of(tx, rules_, *tie, tie->adult, now) : std::nullopt;
    const bool is_hers = phone && phone->id == hers.id;
    if (!is_hers || appointment->ended || appointment->tries > 0 || appointment->at <= now ||
        saved.get(kAgreed) != std::to_string(core::to_millis(appointment->agreed)))
        return Outcome::kNone;
    if (answer == kOff) {
        go_on(*appointment, now);
        put(tx, *appointment, now);
        tell_child(tx, *tie, {.key = "kin.appoint.child.off"}, now);
        return Outcome::kDone;
    }
    const auto by = shift_of(answer);
    const auto at = by ? kinship::shifted(*appointment, *by, rules_.zone) : now;
    if (at <= now || !may_be_moved(tx, *tie, at, now)) return Outcome::kLater;
    appointment->at = at;
    appointment->reminded = true;
    put(tx, *appointment, now);
    const auto language = rules_.language(text_channel_of(tx, rules_, hers.id), hers.language);
    saved.set(kin::kOpen, core::format_day_time(at, rules_.zone, language));
    flow::Say moved{.key = "kin.appoint.child.moved"};
    moved.values.set(kin::kOpen, saved.get(kin::kOpen));
    tell_child(tx, *tie, std::move(moved), now);
    return Outcome::kDone;
}

void AppointmentDesk::tell(storage::Transaction& tx, const storage::Handset& phone, const flow::Say& say,
                           core::Instant now, std::optional<core::Instant> expires_at) const {
    const auto& channel = text_channel_of(tx, rules_, phone.id);
    tx.outbox().add({.channel = channel.name,
                     .to = phone.id,
                     .text = rules_.words(channel, phone.language, {say}, signature_for(tx, channel, phone.id)),
                     .kind = core::MessageClass::kNotice,
                     .created_at = now,
                     .due_at = now,
                     .expires_at = expires_at.value_or(now + kToldOfItWithin)});
}

/// On a telephone of its own, while words may reach it: in its quiet hours nothing does.
void AppointmentDesk::tell_child(storage::Transaction& tx, const core::Tie& tie, flow::Say say,
                                 core::Instant now) const {
    const auto phone = handset_of(tx, rules_, tie, tie.child, now);
    if (!phone || !judge(tx, rules_, tie.id, Passing::kTextToChild, now).may()) return;
    const auto language = rules_.language(text_channel_of(tx, rules_, phone->id), phone->language);
    say.values.set(kin::kWho, called_by_child(tx, rules_, tie, language));
    tell(tx, *phone, say, now);
}

}  // namespace harborline::gateway
