// Calls of the kinship line itself. Missed calls: a caller is turned away before anybody has answered, which costs her
// nothing, and once she picks up the call back it goes on as if she had called. Her 9 waits for some seconds and is not
// lost: whoever may not be called back at once, or was called in vain, is answered. And appointments: whoever picks up
// hears no name, and only a child that says that it is there is put through.
#include <optional>
#include <utility>

#include "gateway/conversation/call_words.hpp"
#include "gateway/conversation/family_facts.hpp"
#include "gateway/conversation/kin_call_desk.hpp"
#include "gateway/conversation/known.hpp"
#include "gateway/conversation/reply_desk.hpp"
#include "gateway/conversation/turn.hpp"
#include "handlers/flow/answer.hpp"
#include "handlers/flow/conventions.hpp"
#include "handlers/flow/engine.hpp"
#include "handlers/kinship/call_reason.hpp"
#include "handlers/render/voice.hpp"

namespace harborline::gateway {
namespace {

/// The call that was picked up; nothing where it is none of the kinship line's, or not this phone's, or over.
std::optional<core::Message> kin_call(storage::Transaction& tx, core::OutboxId id, const core::Inbound& inbound,
                                      core::HandsetId handset) {
    auto row = tx.outbox().find(id);
    if (!row || row->kind != core::MessageClass::kKinship || row->channel != inbound.channel || row->to != handset)
        return std::nullopt;
    using enum core::MessageState;
    const bool goes = row->state == kWaiting || row->state == kSending || row->state == kSent ||
                      row->state == kDelivered || row->state == kUnknown;
    return goes ? std::move(row) : std::nullopt;
}

/// Which a call is for; none where it is for none.
core::AppointmentId appointment_of(const core::Message& row) {
    const auto reason = row.kind == core::MessageClass::kKinship ? kinship::read_call_reason(row.text) : std::nullopt;
    return reason ? reason->appointment : core::AppointmentId{};
}

/// Of our first answer on a call.
constexpr int kFirstStep = 1;

}  // namespace

bool TurnTaker::may_turn_away(storage::Transaction& tx, const core::Inbound& inbound,
                              const std::optional<Known>& known) const {
    // Who is called back sees the number that she has called.
    if (!inbound.call->unanswered || inbound.channel != rules_.settings.kinship.call_channel) return false;
    const auto handset = known ? known->handset : tx.handsets().find(inbound.from);
    return handset &&
           KinCallDesk(rules_).may_call_back(tx, *handset, known ? known->memory : Memory{}, inbound.received_at);
}

TurnOutcome TurnTaker::turn_away(storage::Transaction& tx, const core::Inbound& inbound) {
    Turn turn{
        .tx = tx, .inbound = inbound, .channel = rules_.channel(inbound.channel), .taken_at = inbound.received_at};
    load(turn);
    turn.remark("turned_away");
    KinCallDesk(rules_).call_back(tx, turn.handset.id, turn.memory, turn.now());
    Session& session = turn.memory.session;
    // That nothing was told on it is no sign of anything.
    session = {.id = inbound.call->id, .channel = inbound.channel, .over = true, .told = true, .calls = true};
    core::CallAnswer busy{.act = core::HangUp{.unanswered = true}, .step = ++session.step};
    session.words = core::encode(busy);
    finish(turn);
    return calls::heard(TurnOutcome::Kind::kTaken, std::move(busy));
}

bool TurnTaker::begin_kin_call(Turn& turn) {
    const auto row = kin_call(turn.tx, turn.inbound.call->placed, turn.inbound, turn.handset.id);
    if (!row) return false;
    ReplyDesk(rules_, desk_).heard(turn.tx, row->id, true, turn.now());
    if (!KinCallDesk(rules_).may_begin(turn.tx, *row, turn.now())) return false;
    if (appointment_of(*row)) return ask_for_child(turn, row->id), true;
    turn.remark("called_back");
    begin_dialogue(turn);
    return true;
}

/// Neither who is called nor who calls: anybody may have picked up.
void TurnTaker::ask_for_child(Turn& turn, core::OutboxId row) {
    Session& session = turn.memory.session;
    session.placed = row;
    session.hearing = Session::Hearing::kHeard;  // All that the row had to tell.
    turn.remark("asked_for_child");
    turn.ready = core::CallAnswer{.language = spoken(turn).language, .act = core::Gather{}};
    turn.ready->sounds = render::render_voice(rules_.book.catalogue, turn.ready->language, {{.key = "kin.booked.ask"}});
}

/// False where whoever picked up wants a person or is in danger: she is a caller like any other then.
bool TurnTaker::hear_child(Turn& turn, core::OutboxId row, core::AppointmentId appointment) {
    Session& session = turn.memory.session;
    const char key = flow::read_answer(turn.sent).key;
    const bool first = session.step <= kFirstStep;
    if (key != '1' && key != '9' && key != '0' && first) return ask_for_child(turn, row), true;
    end_placed(turn);
    if (key == '9' || key == '0') return false;
    turn.ready = core::CallAnswer{};
    if (key != '1') return true;
    turn.ready.reset();
    turn.remark("child_is_there");
    // What somebody was telling on this telephone is filed as it stands.
    const bool was_idle = turn.memory.flow.flow.empty();
    if (!was_idle) run(turn, {.kind = core::Input::Kind::kSilence});
    auto begun = flow::begin(rules_.book, std::move(turn.memory.flow), flow::names::kBooked, true);
    begun.state.saved.set(kin::kAppointment, std::to_string(appointment.value));
    follow(turn, std::move(begun));
    keep_watch(turn, was_idle);
    return true;
}

bool TurnTaker::hear_kin_call(Turn& turn) {
    const auto row = turn.tx.outbox().find(turn.memory.session.placed);
    const auto appointment = row ? appointment_of(*row) : core::AppointmentId{};
    return appointment && hear_child(turn, row->id, appointment);
}

}  // namespace harborline::gateway
