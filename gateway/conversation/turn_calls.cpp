// Calls: the half of TurnTaker that is heard. One request of the carrier is one turn; the number of our last answer
// stands in the request's address, so that a repeat is known without an id (I2).
#include <algorithm>
#include <optional>
#include <utility>

#include "gateway/conversation/appointment_desk.hpp"
#include "gateway/conversation/call_words.hpp"
#include "gateway/conversation/kinship_calls.hpp"
#include "gateway/conversation/known.hpp"
#include "gateway/conversation/staff_deeds.hpp"
#include "gateway/conversation/turn.hpp"
#include "handlers/flow/answer.hpp"
#include "handlers/flow/conventions.hpp"
#include "handlers/flow/engine.hpp"
#include "handlers/render/voice.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using Event = core::CallInput::Event;
using InputKind = core::Input::Kind;
using Took = TurnOutcome::Kind;
using calls::heard;
using calls::last_answer;

/// A talk with a caseworker is the longest thing of which we hear nothing.
constexpr auto kHeardWithin = 45min;
/// Behind the ringing tone, which has the length of a Dial's ringing.
constexpr auto kRungOut = 1s;
/// Nobody needs more answers in one call; behind it something goes round in a circle.
constexpr int kStepsMax = 400;
constexpr char kAgain = '8';

bool is_same_call(const Session& session, const core::Inbound& inbound) {
    return session.calls && session.id == inbound.call->id && session.channel == inbound.channel;
}

bool begins(const core::CallInput& call) {
    return call.event == Event::kBegan || call.event == Event::kAnswered;
}

/// Whether our answer to this request was given already.
bool is_repeat(const Session& session, const core::CallInput& call) {
    return session.over || begins(call) || call.step < session.step;
}

/// The news that the call was over has overtaken it: no answer of ours follows it.
bool is_overtaken(const Session& session, const core::CallInput& call) {
    return session.over && !begins(call) && call.step >= session.step;
}

/// Where the carrier says nothing of the kind, whoever has accepted has talked.
bool joined_nobody(core::DialEnd end) {
    return end == core::DialEnd::kNoAnswer || end == core::DialEnd::kBusy || end == core::DialEnd::kRefused;
}

/// Whoever may not be put through hears it ring for as long as where nobody picks up (domain rules 4.6).
void ring_nobody(core::CallAnswer& answer) {
    answer.sounds.push_back({.prompt = std::string{core::kRingingTone}});
    answer.act = core::Wait{.length = kRungOut};
}

/// How a recording is known again where its step does not tell (I2). Of one for a relative nothing is made (I7).
std::string identity_of(const core::CallInput& call, const storage::Recording& told) {
    if (calls::brings_letter(call.step)) return "told:" + call.id + ":" + std::to_string(call.step);
    return "told:" + call.id + ":" + (told.carrier_url.empty() ? told.digest : told.carrier_url);
}

/// What came with a request, as it is stored: by whom it was told, and on which call.
storage::Recording told_on(const core::Inbound& inbound, core::HandsetId handset, storage::Recording told) {
    told.channel = inbound.channel;
    told.handset = handset;
    told.call = inbound.call->id;
    return told;
}

/// Whether the next keys are a staff member's PIN, which is kept nowhere.
bool asks_line_pin(const flow::Book& book, const core::FlowState& state) {
    const auto* step = state.flow == flow::names::kStaff ? book.step(state.flow, state.step) : nullptr;
    return step != nullptr && step->expect == flow::Expect::kNumber;
}

}  // namespace

TurnOutcome TurnTaker::take_call(storage::Transaction& tx, const core::Inbound& inbound,
                                 const storage::Recording* told) {
    const core::CallInput& call = *inbound.call;
    if (call.event == Event::kLegBegan || call.event == Event::kLegKeys || call.event == Event::kLegEnded)
        return take_leg(tx, inbound);
    if (call.event == Event::kRingsNoMore) return heard(Took::kRepeat, {});
    // The carrier's own notice of it: what follows our answer has brought the same recording, or will.
    if (call.event == Event::kRecorded && call.step == 0) return heard(Took::kRepeat, {});
    if (inbound.from.empty()) {
        core::Inbound named = inbound;
        named.from = core::PhoneNumber::of_call(call.id);
        return take_call(tx, named, told);
    }
    if (call.event == Event::kEnded) return end_call(tx, inbound, told);

    auto known = recall(tx, tx.handsets().find(inbound.from));
    const bool same = known && is_same_call(known->memory.session, inbound);
    if (same && is_overtaken(known->memory.session, call) && hear_late(tx, known->handset, inbound, told))
        return heard(Took::kTaken, {});
    if (same && is_repeat(known->memory.session, call)) {
        auto again = last_answer(known->memory.session);
        speak_letters(tx, rules_, known->handset.id, again, inbound.received_at);
        if (!may_ring_again(tx, *known, again, inbound.received_at)) ring_nobody(again);
        return heard(Took::kRepeat, std::move(again));
    }
    if (!same && may_turn_away(tx, inbound, known)) return turn_away(tx, inbound);
    // It is answered now, and begins then.
    if (call.event == Event::kRings) return heard(Took::kRepeat, {});

    core::Inbound said = inbound;
    said.text.clear();
    Turn turn{.tx = tx,
              .inbound = said,
              .channel = rules_.channel(inbound.channel),
              .taken_at = inbound.received_at,
              .sent = inbound.text,
              .told = told};
    if (known) {
        turn.handset = tx.handsets().find_or_add(inbound.from, inbound.received_at);
        turn.conversation = std::move(known->conversation);
        turn.memory = std::move(known->memory);
    } else {
        load(turn);
    }
    if (same) {
        said.text = call.event == Event::kRecorded && !call.recording.empty() ? std::string{flow::names::kSpoken}
                                                                              : inbound.text;
        // A PIN, or an agreed code of somebody whom we have called.
        const bool keys_secret = asks_line_pin(rules_.book, turn.memory.flow) || turn.memory.session.placed;
        hear_call(turn);
        if (keys_secret) said.text.clear();
    } else {
        begin_call(turn);
        if (!begins(call)) join_call(turn);
    }
    speak(turn);
    finish(turn);
    return {.answer = std::move(turn.answer)};
}

void TurnTaker::begin_call(Turn& turn) {
    Memory& memory = turn.memory;
    // Where nobody has told us that her last call is over.
    if (memory.session.danger && !memory.session.over) lose_call(turn);
    note_talk(turn);
    note_if_empty(turn, std::min(turn.conversation.last_turn_at, turn.now()));
    memory.session = Session{.id = turn.inbound.call->id, .channel = turn.inbound.channel, .calls = true};
    memory.held.clear();
    turn.tx.deadlines().add(storage::Deadline::Kind::kSession, turn.handset.id.value, turn.now() + kHeardWithin);
    if (turn.inbound.call->event == Event::kAnswered) return begin_placed(turn);
    turn.remark("called");
    memory.call_backs.in_vain = false;
    begin_dialogue(turn);
}

void TurnTaker::begin_dialogue(Turn& turn) {
    Memory& memory = turn.memory;
    const bool was_idle = memory.flow.flow.empty();
    const bool slowed = is_slowed(turn);
    if (slowed) turn.remark("slowed");
    run(turn,
        {.kind = InputKind::kDialled, .staff = has_staff_line(turn.tx, turn.handset, turn.now()), .slowed = slowed});
    // She is listened to, as before: this call is about the same matter.
    if (memory.flow.flow == flow::names::kSafety) memory.session.danger = memory.about;
    keep_watch(turn, was_idle);
}

/// Of a call whose beginning was never taken, or that another call of this number has displaced: she has not heard the
/// question that is asked now. What she has said is kept, and a call for help is heard.
void TurnTaker::join_call(Turn& turn) {
    keep(turn);
    if (turn.told != nullptr && turn.letter == nullptr)
        desk_.tell_administrator(turn.tx, "recording_alone", turn.now());
    if (flow::read_answer(turn.sent).key != '9') return;
    turn.says.clear();
    hear_keys(turn, turn.sent);
}

void TurnTaker::hear_call(Turn& turn) {
    const core::CallInput& call = *turn.inbound.call;
    switch (call.event) {
        case Event::kRecorded:
            return hear_recording(turn);
        case Event::kDialEnded:
            if (joined_nobody(call.dial_end)) take_back_the_talk(turn);
            // The next are rung with the same words, and the flow learns nothing of it.
            if (turn.memory.session.accepted.empty() && !turn.memory.session.rings_tie && !next_to_ring(turn).empty())
                return turn.remark("rings_on");
            return end_ringing(turn);
        default:
            // Whom it rang for nobody is put through to.
            if (std::holds_alternative<core::Wait>(last_answer(turn.memory.session).act) && turn.sent.empty())
                return end_ringing(turn);
            return hear_keys(turn, turn.sent);
    }
}

void TurnTaker::hear_keys(Turn& turn, std::string_view keys) {
    if (hear_placed(turn)) return;
    if (keys.empty()) {
        turn.remark("quiet");
        return run(turn, {.kind = InputKind::kQuiet});
    }
    turn.input = flow::read_answer(keys);
    turn.danger = turn.key() == '9';
    turn.wants_person = turn.key() == '0';
    // On a telephone 8 says again whatever was said, a receipt too.
    if (turn.key() == kAgain && !last_answer(turn.memory.session).sounds.empty()) {
        turn.again = true;
        return turn.remark("again");
    }
    converse(turn);
}

void TurnTaker::hear_recording(Turn& turn) {
    // A key that ended the recording and means more than its end is heard behind it.
    const core::Input key = flow::read_answer(turn.sent);
    const bool calls_away = key.kind == InputKind::kKey && (key.key == '9' || key.key == '0' || key.key == '*');
    keep(turn);
    const core::Input said = said_in(turn);
    if (!calls_away || !said.text.empty()) run(turn, said);
    if (!calls_away) return;
    turn.says.clear();
    hear_keys(turn, turn.sent);
}

/// What is for a relative has no row: the one key of its file goes into a letter in this turn, or is lost with it.
void TurnTaker::keep(Turn& turn) const {
    if (turn.told == nullptr) return;
    const auto recording = told_on(turn.inbound, turn.handset.id, *turn.told);
    turn.identity = identity_of(*turn.inbound.call, recording);
    turn.memory.session.told = true;
    if (!calls::brings_letter(turn.inbound.call->step)) return turn.tx.recordings().add(recording);
    turn.tx.letters().drop_recording(recording.name);
    turn.letter = turn.told;
    turn.confidential = true;
}

/// A text of hers may have led her elsewhere meanwhile, where nobody waits for words to a relative.
core::Input TurnTaker::said_in(const Turn& turn) const {
    const bool lost = turn.letter != nullptr && !flow::wants_kin_words(rules_.book, turn.memory.flow);
    return {.kind = InputKind::kRecording, .text = lost ? std::string{} : turn.inbound.call->recording};
}

/// The news that the call was over came first. A call for help is heard all the same (I5), and her words are kept.
/// False where there is nothing new in it.
bool TurnTaker::hear_late(storage::Transaction& tx, const storage::Handset& her, const core::Inbound& inbound,
                          const storage::Recording* told) {
    const bool nine = flow::read_answer(inbound.text).key == '9';
    if (nine) hear_nine(tx, her, inbound);
    const bool is_new = told != nullptr && !tx.turns().find_repeat(inbound.channel, identity_of(*inbound.call, *told));
    if (is_new) keep_late(tx, inbound, *told);
    return nine || is_new;
}

/// The news that the call was over came first. What she has told is kept all the same.
TurnOutcome TurnTaker::keep_late(storage::Transaction& tx, const core::Inbound& inbound,
                                 const storage::Recording& told) {
    if (calls::brings_letter(inbound.call->step)) {
        tx.letters().drop_recording(told.name);
        return heard(Took::kTaken, {});
    }
    const auto handset = tx.handsets().find_or_add(inbound.from, inbound.received_at);
    const auto known = recall(tx, handset);
    auto recording = told_on(inbound, handset.id, told);
    if (known && is_same_call(known->memory.session, inbound) && known->memory.about) {
        const auto matter = tx.cases().find(known->memory.about);
        if (matter && matter->status != core::CaseStatus::kClosed) recording.case_id = matter->id;
    }
    tx.recordings().add(recording);
    desk_.tell_administrator(tx, "recording_alone", inbound.received_at);
    tx.turns().append({.received_at = inbound.received_at,
                       .channel = inbound.channel,
                       .handset = handset.id,
                       .conversation = known ? known->conversation.id : core::ConversationId{},
                       .identity = identity_of(*inbound.call, recording),
                       .text = std::string{flow::names::kSpoken},
                       .note = "recording_alone"});
    return heard(Took::kTaken, {});
}

/// Says what there is to say, and what the call does behind it.
void TurnTaker::speak(Turn& turn) {
    Session& session = turn.memory.session;
    // The turn that would have begun it was stranded.
    if (!is_same_call(session, turn.inbound))
        session = {.id = turn.inbound.call->id, .channel = turn.inbound.channel, .calls = true};
    core::CallAnswer call;
    if (!turn.again) {
        session.rings_person = {};
        session.rings_tie = {};
    }
    if (turn.ready) {
        call = std::move(*turn.ready);
    } else if (turn.again) {
        call = last_answer(session);
    } else {
        call.act = next_act(turn);
        call.sounds = spoken(turn).sounds;
        if (std::holds_alternative<core::Wait>(call.act)) ring_nobody(call);
    }
    if (call.language.empty()) call.language = spoken(turn).language;
    const bool asks_for_letter =
        std::holds_alternative<core::Record>(call.act) && flow::wants_kin_words(rules_.book, turn.memory.flow);
    call.step = session.step = calls::step_after(session.step, asks_for_letter);
    if (std::max(call.step % calls::kLetterSteps, call.step / calls::kLetterSteps) >= kStepsMax)
        call.act = core::HangUp{};
    if (auto* dial = std::get_if<core::Dial>(&call.act))
        dial->name = calls::dial_name({turn.handset.id, call.step, static_cast<bool>(session.rings_tie)});
    session.accepted.clear();
    session.accepted_by = {};
    session.goes_on = !std::holds_alternative<core::HangUp>(call.act);
    session.words = core::encode(call);
    speak_letters(turn.tx, rules_, turn.handset.id, call, turn.now());
    turn.answer.call = std::move(call);
}

/// Whoever accepted was never put through: that line broke first, or our answer came too late for it. Nobody has talked
/// to her, and whoever is taken for her caseworker may not even know her.
void TurnTaker::take_back_the_talk(Turn& turn) {
    Session& session = turn.memory.session;
    if (session.accepted.empty()) return;
    std::erase_if(turn.memory.talks, [&](const KinTalk& talk) { return talk.leg == session.accepted; });
    session.accepted.clear();
    session.accepted_by = {};
    turn.remark("not_joined");
    if (session.rings_tie) AppointmentDesk(rules_).not_kept(turn.tx, turn.memory.flow.saved, turn.now());
    const auto matter = session.rings_for ? turn.tx.cases().find(session.rings_for) : std::nullopt;
    if (!matter || matter->status == core::CaseStatus::kClosed) return;
    session.danger = matter->id;
    turn.tx.cases().append(matter->id, {.at = turn.now(),
                                        .kind = core::CaseEntry::Kind::kLink,
                                        .text = "the line of whoever took the call broke before the two could talk"});
    if (!turn.tx.alerts().open_for(matter->id)) desk_.raise(turn.tx, *matter, turn.now());
}

/// A machine that picked up is a talk to the carrier; to us it is one only where somebody has accepted.
void TurnTaker::end_ringing(Turn& turn) {
    note_talk(turn);
    // A text of hers may have led her elsewhere meanwhile.
    const auto* step = rules_.book.step(turn.memory.flow.flow, turn.memory.flow.step);
    if (step == nullptr || step->expect != flow::Expect::kBridge) return;
    const auto outcome = turn.memory.session.accepted.empty() ? flow::names::kNobody : flow::names::kTalked;
    run(turn, {.kind = InputKind::kBridged, .text = std::string{outcome}});
}

std::vector<core::StaffMember> TurnTaker::next_to_ring(const Turn& turn) {
    const Session& session = turn.memory.session;
    const auto matter = session.rings_for ? turn.tx.cases().find(session.rings_for) : std::nullopt;
    if (!matter) return {};
    return desk_.next_to_ring(turn.tx, *matter, {.caller = turn.handset.number, .rung = session.rung}, turn.now());
}

/// Who is rung by this answer: for a caseworker on the staff line the person of her matter, on the kinship line one
/// relative, in danger whoever is next, else whoever is on duty.
void TurnTaker::ring(Turn& turn, core::Dial& dial) {
    Session& session = turn.memory.session;
    if (turn.memory.flow.flow == flow::names::kStaff) {
        const Speaker speaker = speaker_of(turn);
        StaffDeeds staff(rules_, desk_, turn.tx, speaker, turn.now());
        const auto hers = staff.whom_to_ring(turn.memory.flow.saved);
        if (!hers) return;
        session.rings_person = turn.tx.handsets().find_or_add(*hers, turn.now()).id;
        dial.numbers.push_back(hers->reveal_e164());
        return;
    }
    if (turn.memory.flow.flow == flow::names::kKinship) return ring_relative(turn, dial);
    if (!session.rings_for) {
        for (const auto& phone : desk_.phones_on_duty(turn.tx, turn.handset.number, turn.now()))
            dial.numbers.push_back(phone.reveal_e164());
        return;
    }
    for (const auto& member : next_to_ring(turn)) {
        dial.numbers.push_back(member.phone.reveal_e164());
        session.rung.push_back(member.id);
    }
}

core::CallAct TurnTaker::next_act(Turn& turn) {
    const auto act = [&] { return flow::call_act(rules_.book, turn.memory.flow, turn.channel.recording_max); };
    core::CallAct next = act();
    auto* dial = std::get_if<core::Dial>(&next);
    if (dial == nullptr) return next;
    if (rules_.bridges(turn.inbound.channel)) ring(turn, *dial);
    const std::string_view warning = turn.memory.session.rings_tie ? "kin.oneminute" : "ring.minute";
    dial->warned = render::render_voice(rules_.book.catalogue, turn.language(), {{.key = std::string{warning}}});
    if (!dial->numbers.empty()) return next;
    if (turn.memory.flow.flow == flow::names::kKinship && rules_.bridges(turn.inbound.channel)) return core::Wait{};
    // The roster has changed since it was asked, or nobody asked whether this channel rings others.
    end_ringing(turn);
    return act();
}

core::CallAnswer TurnTaker::spoken(const Turn& turn) const {
    const std::string_view language =
        rules_.book.catalogue.has_language(turn.language()) ? turn.language() : std::string_view{turn.channel.language};
    const auto says = flow::on_a_screen(rules_.book, turn.memory.flow, turn.understood, turn.says);
    return {.language = std::string{language}, .sounds = render::render_voice(rules_.book.catalogue, language, says)};
}

/// The call is over. What she was just saying is kept; then the flow is left as if she had said goodbye.
TurnOutcome TurnTaker::end_call(storage::Transaction& tx, const core::Inbound& inbound,
                                const storage::Recording* told) {
    if (told != nullptr && tx.turns().find_repeat(inbound.channel, identity_of(*inbound.call, *told))) told = nullptr;
    auto known = recall(tx, tx.handsets().find(inbound.from));
    const bool same = known && is_same_call(known->memory.session, inbound);
    const bool nine = flow::read_answer(inbound.text).key == '9';
    if (!same || known->memory.session.over) {
        const bool helps = nine && !same;
        if (helps) hear_nine(tx, tx.handsets().find_or_add(inbound.from, inbound.received_at), inbound);
        const bool talked = known && end_talks(tx, known->memory, inbound.call->id, inbound.received_at);
        if (talked) write_down(tx, *known);
        if (told != nullptr) return keep_late(tx, inbound, *told);
        return heard(talked || helps ? Took::kTaken : Took::kRepeat, {});
    }
    core::Inbound last = inbound;
    if (told != nullptr) last.text = flow::names::kSpoken;
    Turn turn{.tx = tx,
              .inbound = last,
              .channel = rules_.channel(inbound.channel),
              .taken_at = inbound.received_at,
              .sent = inbound.text,
              .told = told};
    turn.handset = known->handset;
    turn.conversation = std::move(known->conversation);
    turn.memory = std::move(known->memory);
    if (told != nullptr) {
        keep(turn);
        run(turn, said_in(turn));
    }
    if (nine) {
        hear_keys(turn, turn.sent);
        end_ringing(turn);  // There is nobody left to ring for.
    }
    hang_up(turn);
    finish(turn);
    return heard(Took::kTaken, {});
}

void TurnTaker::hang_up(Turn& turn) {
    Session& session = turn.memory.session;
    if (std::holds_alternative<core::Dial>(last_answer(session).act))
        end_ringing(turn);
    else
        note_talk(turn);  // One that another call has displaced since.
    turn.remark("hung_up");
    if (session.placed) {
        end_placed(turn);
    } else {
        run(turn, {.kind = InputKind::kHungUp});
    }
    note_broken_off(turn);
    note_if_empty(turn, turn.now());
    session.over = true;
    session.goes_on = false;
    // What was said last may hold a number; nobody hears it again.
    session.words.clear();
    session.accepted.clear();
    session.accepted_by = {};
}

/// She has called again before anybody told us that the line had broken.
void TurnTaker::lose_call(Turn& turn) {
    if (std::holds_alternative<core::Dial>(last_answer(turn.memory.session).act)) end_ringing(turn);
    note_broken_off(turn);
    turn.says.clear();
}

/// A call in danger that ended before anybody had talked to her. A telephone that rings may be answered by whoever
/// endangers her, so the machine never calls back (domain rules 3.4.4): people have to know. While nobody has taken the
/// alert its ladder climbs; whoever has taken it would hear of nothing.
void TurnTaker::note_broken_off(Turn& turn) {
    const auto id = std::exchange(turn.memory.session.danger, core::CaseId{});
    const auto matter = id ? turn.tx.cases().find(id) : std::nullopt;
    if (!matter || matter->level != core::Level::kRed || matter->status == core::CaseStatus::kClosed) return;
    turn.remark("broken_off");
    turn.tx.cases().append(id, {.at = turn.now(),
                                .kind = core::CaseEntry::Kind::kLink,
                                .text = "her call ended before anybody had talked to her; nobody was called back, and "
                                        "the machine will not"});
    if (!turn.tx.alerts().open_for(id)) desk_.raise(turn.tx, *matter, turn.now());
}

void TurnTaker::call_back(storage::Transaction& tx, const core::Inbound& inbound, core::Instant now) {
    const auto& channel =
        rules_.has_channel(inbound.channel) ? rules_.channel(inbound.channel) : rules_.staff_channel();
    Turn turn{.tx = tx, .inbound = inbound, .channel = channel, .taken_at = now};
    load(turn);
    const Speaker speaker{.handset = turn.handset,
                          .channel = rules_.text_channel(channel).name,
                          .language = turn.language(),
                          .text = inbound.text};
    core::Fields nothing_known;
    CaseDeeds(rules_, desk_, tx, speaker, turn.memory, now).perform(core::Deed::kOpenTask, nothing_known);
    turn.remark("stranded_call");
    finish(turn);
}

/// Nothing was heard of a call for longer than any of them lasts: it ended, and nobody said so.
void TurnTaker::call_over(storage::Transaction& tx, core::HandsetId id, core::Instant now) {
    auto known = recall(tx, tx.handsets().get(id));
    if (!known || known->memory.session.over || !rules_.has_channel(known->memory.session.channel)) return;
    const auto due = known->conversation.last_turn_at + kHeardWithin;
    if (due > now) return tx.deadlines().add(storage::Deadline::Kind::kSession, id.value, due);
    const core::Inbound ended{.channel = known->memory.session.channel,
                              .kind = core::ChannelKind::kVoice,
                              .from = known->handset.number,
                              .received_at = now,
                              .call = core::CallInput{.id = known->memory.session.id, .event = Event::kEnded}};
    end_call(tx, ended, nullptr);
}

core::Answer TurnTaker::strand_call(storage::Transaction& tx, const core::Inbound& inbound, const Stranding& how,
                                    const storage::Recording* told) {
    core::Inbound named = inbound;
    if (named.from.empty()) named.from = core::PhoneNumber::of_call(inbound.call->id);
    // The sound lies in a file of its own, and an end or a leg says nothing that could be lost.
    const auto event = inbound.call->event;
    const bool says_nothing =
        event == Event::kEnded || event == Event::kRings || event == Event::kRingsNoMore || !inbound.call->leg.empty();
    if (says_nothing && inbound.call->recording.empty() && inbound.text != "9") return {.call = core::CallAnswer{}};
    if (told != nullptr && calls::brings_letter(named.call->step))
        tx.letters().drop_recording(told->name);
    else if (told != nullptr)
        tx.recordings().add(told_on(named, tx.handsets().find_or_add(named.from, how.now).id, *told));
    return strand_whole(tx, named, how);
}

}  // namespace harborline::gateway
