#include "gateway/conversation/turn_taker.hpp"

#include <algorithm>
#include <functional>
#include <stdexcept>
#include <utility>

#include "gateway/conversation/family_facts.hpp"
#include "gateway/conversation/identity.hpp"
#include "gateway/conversation/kinship_desk.hpp"
#include "gateway/conversation/safe_contact.hpp"
#include "gateway/conversation/turn.hpp"
#include "handlers/core/utf8.hpp"
#include "handlers/flow/answer.hpp"
#include "handlers/flow/conventions.hpp"
#include "handlers/flow/engine.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;

constexpr int kDeedsPerTurn = 16;
constexpr auto kStoppedFor = 24h;
constexpr auto kFloodToldAgain = 1h;

/// Of so many characters a text may be anybody's: 你好, a digit, a word of the menu.
constexpr std::size_t kShortText = 8;

/// Whether a contact in which this was done was no empty one (domain rules 3.7). Silence is; a look at who is on duty,
/// and one that found nothing, are no deeds of hers.
bool comes_to_something(core::Deed deed, core::Outcome outcome) {
    return deed != core::Deed::kSilentCall && deed != core::Deed::kFindDuty && outcome != core::Outcome::kNone;
}

/// That a child's words held one of danger is written nowhere (domain rules 4.7).
core::Outcome as_noted(core::Deed deed, core::Outcome outcome) {
    const bool relays = deed == core::Deed::kKinSend || deed == core::Deed::kKinAnswer;
    return relays && outcome == core::Outcome::kRed ? core::Outcome::kDone : outcome;
}

bool is_lone_key(const core::Input& input) {
    return input.kind == core::Input::Kind::kKey;
}

/// A call for help that must look harmless, in one text or in two.
bool is_covert_call(const core::FlowState& flow, std::string_view text) {
    return flow::is_covert(text) || (flow.last_key == '*' && flow::read_answer(text).key == '0');
}

}  // namespace

TurnTaker::TurnTaker(const Rules& rules)
    : rules_(rules), desk_(rules), floods_(rules.settings.conversation.flood_per_min), hash_(rules.random) {}

petition::HabitLimits TurnTaker::limits() const {
    const auto& settings = rules_.settings.conversation;
    return {.automatic_per_hour = settings.automatic_per_hour,
            .automatic_per_day = settings.automatic_per_day,
            .machine_answers = settings.machine_answers,
            .instant = settings.instant};
}

TurnOutcome TurnTaker::take(storage::Transaction& tx, const core::Inbound& inbound, const storage::Recording* told) {
    if (inbound.session) return take_session(tx, inbound);
    if (inbound.call) return take_call(tx, inbound, told);
    const std::string identity = identity_of(inbound);
    if (came_before(tx, inbound.channel, identity, hash_)) return {.kind = TurnOutcome::Kind::kRepeat};
    if (inbound.from.empty()) return keep_only(tx, inbound, identity);
    if (inbound.fragment) return take_part(tx, inbound, identity);
    const bool by_content = inbound.relayed || (identity.empty() && !inbound.stamped_at);
    return take_whole(tx, inbound, {identity, inbound.received_at, by_content});
}

TurnOutcome TurnTaker::take_whole(storage::Transaction& tx, const core::Inbound& inbound, const Taking& how) {
    // A text of a session that had to wait is answered by one.
    Turn turn{.tx = tx,
              .inbound = inbound,
              .channel = rules_.text_channel(rules_.channel(inbound.channel)),
              .taken_at = how.now,
              .identity = how.identity};
    load(turn);
    turn.input = read(inbound.text);
    turn.danger = turn.key() == '9';
    turn.wants_person = turn.key() == '0';
    turn.taken_again = how.seen;
    // A question of a line that is slowed down dies with its session: a text is heard as ever.
    if (turn.memory.flow.flow == flow::names::kSlow) turn.memory.flow = {};
    note_confidence(turn);
    petition::Said said{.hash = std::hash<std::string>{}(inbound.text),
                        .characters = core::count_characters(inbound.text),
                        .single_key = is_lone_key(turn.input)};
    if (how.by_content && !turn.danger && !said.single_key && was_just_said(turn, said))
        return {.kind = TurnOutcome::Kind::kRepeat};
    if (turn.confidential) said.hash = hash_.of(inbound.text);
    if (!how.seen && is_flood(turn, said)) return quarantine(turn);

    if (!how.remark.empty()) turn.remark(how.remark);
    if (turn.danger || !answered_elsewhere(turn)) converse(turn);
    note_habits(turn, said);
    send(turn);
    finish(turn);
    return {};
}

/// Whether this is the text just before once more, which may have been one that is kept nowhere.
bool TurnTaker::was_just_said(const Turn& turn, const petition::Said& said) {
    const auto& habits = turn.memory.habits;
    if (habits.is_repeat_of_last(said, turn.now())) return true;
    petition::Said in_confidence = said;
    in_confidence.hash = hash_.of(turn.inbound.text);
    return habits.is_repeat_of_last(in_confidence, turn.now());
}

/// Whether a machine seems to be answering our texts, and whether one that seemed so may be heard again.
void TurnTaker::note_habits(Turn& turn, const petition::Said& said) {
    // Every page is answered by the same word, and none twice.
    if (turn.settled_page) return;
    auto& habits = turn.memory.habits;
    // A slow-down lasts a day at most (domain rules 3.7): a person who was taken for a machine is heard again.
    if (habits.stopped() && turn.memory.answered_at &&
        std::chrono::abs(turn.now() - *turn.memory.answered_at) > kStoppedFor)
        habits.release();
    const bool was_stopped = habits.stopped();
    // An answer that fits the question is honest however quick it came: no automatic reply goes through a petition.
    const auto since = turn.fits ? std::nullopt : turn.memory.answered_at;
    habits.note_inbound(said, turn.now(), since, limits());
    if (habits.stopped() && !was_stopped) desk_.tell_administrator(turn.tx, "machine_answers", turn.now());
}

/// The call or session that was last is over. Where it came to nothing, that is remembered (domain rules 3.7).
void TurnTaker::note_if_empty(Turn& turn, core::Instant ended) const {
    Session& session = turn.memory.session;
    if (session.id.empty() || session.placed || std::exchange(session.told, true)) return;
    const auto line = session.calls ? core::ChannelKind::kVoice : core::ChannelKind::kUssd;
    auto& empty = turn.memory.empty;
    const bool was_slowed = empty.slowed(line, ended);
    empty.note(line, ended, rules_.settings.conversation.empty_contacts_per_hour);
    // For whoever reviews it; the turns that were slowed down say so themselves.
    if (!was_slowed && empty.slowed(line, ended)) turn.tx.journal().append({.at = ended, .event = "line_slowed"});
}

/// Never her who was in danger, nor a child who was; nor our own staff.
bool TurnTaker::is_slowed(const Turn& turn) const {
    return turn.memory.empty.slowed(turn.channel.kind, turn.now()) && !turn.handset.staff &&
           turn.tx.cases().count_of(turn.handset.id, core::CaseKind::kSafety) == 0;
}

/// Whether a text is one of very many equal ones from handsets that we know nothing of (domain rules 3.7). A word of
/// danger is never held back; neither are keys, which are too short.
bool TurnTaker::is_flood(const Turn& turn, const petition::Said& said) {
    const auto& text = turn.inbound.text;
    if (turn.danger || turn.wants_person || flow::is_covert(turn.input.text) || turn.confidential) return false;
    if (turn.conversation.id || turn.handset.staff || said.characters <= kShortText) return false;
    if (!floods_.notes(hash_.of(text), turn.now())) return false;
    const auto has = [&](core::CaseKind kind) { return turn.tx.cases().count_of(turn.handset.id, kind) > 0; };
    return rules_.danger.level_of(text) == core::Level::kNone && !has(core::CaseKind::kPetition) &&
           !has(core::CaseKind::kTask) && !has(core::CaseKind::kSafety);
}

/// It is kept for a person to look at, and nothing comes of it.
TurnOutcome TurnTaker::quarantine(Turn& turn) {
    turn.tx.turns().append({.received_at = turn.inbound.received_at,
                            .channel = turn.inbound.channel,
                            .handset = turn.handset.id,
                            .identity = turn.identity,
                            .text = turn.inbound.text,
                            .note = std::string{kQuarantined}});
    const auto since_told = turn.now() - turn.tx.journal().last("flood");
    if (since_told < 0h || since_told >= kFloodToldAgain) desk_.tell_administrator(turn.tx, "flood", turn.now());
    return {.kind = TurnOutcome::Kind::kQuarantined};
}

void TurnTaker::load(Turn& turn) {
    turn.handset = turn.tx.handsets().find_or_add(turn.inbound.from, turn.now());
    if (auto known = turn.tx.conversations().find(turn.handset.id)) {
        turn.conversation = std::move(*known);
        if (auto memory = decode_memory(turn.conversation.state))
            turn.memory = std::move(*memory);
        else
            desk_.tell_administrator(turn.tx, "state_unreadable", turn.now());
    }
    turn.conversation.handset = turn.handset.id;
}

/// What comes before every flow: a caseworker's answer to a page, and the words that switch texts off and on.
bool TurnTaker::answered_elsewhere(Turn& turn) {
    // On a screen the keys belong to what it asks.
    if (turn.handset.staff && !turn.within_dialogue()) {
        if (auto answered = desk_.answer(turn.tx, turn.handset.staff, turn.inbound.text, turn.now())) {
            turn.words = std::move(answered->words);
            turn.settled_page = answered->is_settled;
            turn.remark("duty");
            return true;
        }
    }
    // No such word is a key or a number.
    if (turn.input.kind != core::Input::Kind::kText) return false;
    const flow::OptWord word = flow::read_opt_word(turn.inbound.text);
    if (word == flow::OptWord::kNone) return false;
    turn.handset.opt_out = word == flow::OptWord::kIn         ? storage::OptOut::kNone
                           : word == flow::OptWord::kOutOfAll ? storage::OptOut::kEverything
                                                              : storage::OptOut::kNotices;
    turn.tx.handsets().update(turn.handset);
    turn.says.push_back({.key = word == flow::OptWord::kIn         ? "opt.in.ok"
                                : word == flow::OptWord::kOutOfAll ? "opt.out.all"
                                                                   : "opt.out"});
    turn.remark("opt");
    return true;
}

void TurnTaker::converse(Turn& turn) {
    Memory& memory = turn.memory;
    const core::Input& input = turn.input;
    note_confidence(turn);
    const bool was_idle = memory.flow.flow.empty();
    const bool on_kinship_line = flow::is_kinship(memory.flow);
    const bool confided = is_discreet(memory);
    turn.filed = {};  // Within a session several texts may be one turn.
    turn.number_wanted = flow::wants_number(rules_.book, memory.flow);

    // Whoever calls for help, openly or covertly, is not first asked who she is.
    const bool star = is_lone_key(input) && input.key == '*';
    const bool calls =
        turn.danger || turn.wants_person || (input.kind == core::Input::Kind::kText && flow::is_covert(input.text));
    if (!calls && turn.is_kin_words() && !on_kinship_line) {
        follow(turn, flow::begin(rules_.book, std::move(memory.flow), flow::names::kAnswer));
        turn.fits = true;
        return keep_watch(turn, was_idle);
    }
    // Within a session she was asked when she dialled.
    if (!was_idle && !calls && !memory.flow.resuming && !turn.within_dialogue()) {
        const auto& windows = rules_.settings.conversation;
        const auto silence = turn.silence();
        const auto window =
            turn.handset.privacy == storage::Privacy::kPrivate ? windows.private_window : windows.shared_window;
        if (silence > window && flow::worth_resuming(rules_.book, memory.flow)) {
            // What she sent is kept and taken as her answer once she says that she is still the same person.
            memory.held = turn.inbound.text;
            flow::Advance asked = flow::ask_to_resume(rules_.book, std::move(memory.flow));
            memory.flow = std::move(asked.state);
            if (star) memory.flow.last_key = '*';
            turn.says = std::move(asked.says);
            turn.remark("ask_to_resume");
            return heed(turn, false);
        }
        // Whoever holds the phone now has not said that she may read on.
        if (silence > window && flow::is_plain(rules_.book, memory.flow))
            run(turn, {.kind = core::Input::Kind::kSilence});
        // A matter of safety is listened to until it lapses: what she sends later belongs to it, and no menu betrays
        // her.
        const bool listening = memory.flow.flow == flow::names::kSafety;
        // The kinship line has times of its own.
        const bool stays = listening || on_kinship_line;
        if (silence > window && !stays && (silence > windows.digit_window || !is_lone_key(input))) memory.flow = {};
    }
    if (memory.flow.resuming && is_lone_key(input) && input.key == '1' && !memory.held.empty()) {
        run(turn, input);
        // What she sent before answers the question that would now be asked again; the question is repeated only where
        // nothing else is said.
        auto question = std::exchange(turn.says, {});
        run(turn, read(std::exchange(memory.held, {})));
        if (turn.says.empty()) turn.says = std::move(question);
    } else {
        run(turn, input);
    }
    if (!memory.flow.resuming) memory.held.clear();
    turn.fits = !was_idle && turn.understood;
    heed(turn, confided);
    keep_watch(turn, was_idle);
}

/// Whatever was being asked, words of danger are heard in what she writes.
void TurnTaker::heed(Turn& turn, bool confided) {
    if (turn.is_kin_words()) return;
    const bool number = turn.input.kind == core::Input::Kind::kNumber && !turn.number_wanted && !turn.confidential;
    if (!number && turn.input.kind != core::Input::Kind::kText) return;
    const Speaker speaker = speaker_of(turn);
    CaseDeeds deeds(rules_, desk_, turn.tx, speaker, turn.memory, turn.now());
    turn.alarming = deeds.heed(turn.inbound.text, confided, turn.filed);
}

/// What she has sent. Whoever names a code word calls for help as covertly as by * and 0.
core::Input TurnTaker::read(std::string_view text) const {
    core::Input input = flow::read_answer(text);
    if (input.kind == core::Input::Kind::kText && rules_.danger.asks_covertly(text))
        input.text = flow::names::kCovertKeys;
    return input;
}

Speaker TurnTaker::speaker_of(const Turn& turn) const {
    const bool by_phone = turn.inbound.call.has_value();
    return {.handset = turn.handset,
            .channel = rules_.text_channel(turn.channel).name,
            .language = turn.language(),
            .text = turn.inbound.text,
            .by_phone = by_phone,
            .rings = by_phone && rules_.bridges(turn.inbound.channel),
            .hands_over = by_phone && rules_.hands_over(turn.inbound.channel),
            .letter = turn.letter,
            .unsure = turn.kind == TextKind::kUnsure};
}

/// A conversation that goes on has a number, and a deadline for its silence.
void TurnTaker::keep_watch(Turn& turn, bool was_idle) {
    Memory& memory = turn.memory;
    if (memory.flow.flow.empty()) return;
    if (was_idle) turn.conversation.id = turn.tx.conversations().next_id();
    if (std::exchange(memory.lapse_is_set, true)) return;
    turn.tx.deadlines().add(storage::Deadline::Kind::kLapse, turn.handset.id.value,
                            turn.now() + rules_.settings.conversation.unfinished);
}

void TurnTaker::run(Turn& turn, const core::Input& input) {
    core::Input heard = input;
    heard.by_phone = turn.inbound.call.has_value();
    if (input.kind == core::Input::Kind::kText) turn.memory.session.told = true;
    const auto parked = parked_in(turn.memory.flow.saved);
    follow(turn, flow::advance(rules_.book, std::move(turn.memory.flow), heard));
    if (parked && parked != parked_in(turn.memory.flow.saved)) turn.given_up = parked;
}

/// Does what a flow asks for until it rests.
void TurnTaker::follow(Turn& turn, flow::Advance advance) {
    const Speaker speaker = speaker_of(turn);
    const bool by_phone = speaker.by_phone;
    CaseDeeds deeds(rules_, desk_, turn.tx, speaker, turn.memory, turn.now());
    turn.understood = advance.understood;
    turn.walked = true;
    for (int deed = 0;; ++deed) {
        std::ranges::move(advance.says, std::back_inserter(turn.says));
        if (advance.kind != flow::Advance::Kind::kDo) break;
        if (deed == kDeedsPerTurn) throw std::logic_error("a flow asks for more than 16 deeds in one turn");
        core::Input outcome{.kind = core::Input::Kind::kOutcome, .by_phone = by_phone};
        outcome.outcome = deeds.perform(advance.deed, advance.state.saved);
        if (comes_to_something(advance.deed, outcome.outcome)) turn.memory.session.told = true;
        if (advance.deed == core::Deed::kFindCase && outcome.outcome != core::Outcome::kNone) turn.memory.empty.lift();
        turn.remark(std::string{core::spec_of(advance.deed).name}.append("=").append(
            core::name_of(as_noted(advance.deed, outcome.outcome))));
        advance = flow::advance(rules_.book, std::move(advance.state), outcome);
    }
    turn.memory.flow = std::move(advance.state);
    if (deeds.filed()) turn.filed = deeds.filed();
    turn.remark(turn.memory.flow.flow.empty() ? std::string{"idle"}
                                              : turn.memory.flow.flow + "." + turn.memory.flow.step);
}

void TurnTaker::send(Turn& turn) {
    if (turn.words.empty() && !turn.says.empty())
        turn.words = rules_.words(turn.channel, turn.language(), turn.says,
                                  signature_for(turn.tx, turn.channel, turn.handset.id,
                                                turn.danger || is_discreet(turn.memory) || is_in_confidence(turn)));
    auto& habits = turn.memory.habits;
    if (turn.words.empty() || !turn.handset.number.is_subscriber()) return;
    if (turn.inbound.told_by_carrier) return turn.remark("unanswered:carrier");
    const bool urgent = turn.danger || turn.wants_person || turn.alarming || turn.settled_page;
    if (!urgent && habits.stopped()) return turn.remark("unanswered:machine");

    const bool automatic = !turn.danger && !turn.understood;
    // Words about a text that waited here too long come unasked, like those about nothing that was understood (I6).
    const bool late = turn.now() - turn.inbound.received_at > safety::kAtOnce;
    const safety::Outgoing unasked{.kind = core::MessageClass::kAutomatic};
    // Where she was called for help in secret, nothing may be told differently.
    const bool asked_for = !automatic || is_in_confidence(turn);
    if ((!asked_for || late) && !may_reach(turn.tx, turn.handset.id, unasked, rules_.zone, turn.now()).goes())
        return turn.remark("unanswered:contact");
    if (automatic) {
        if (!urgent && !habits.may_answer_automatically(turn.now(), limits())) return turn.remark("unanswered:bound");
        habits.note_automatic(turn.now());
    }
    write(turn.tx, {.channel = turn.channel.name,
                    .to = turn.handset.id,
                    .text = std::move(turn.words),
                    .kind = asked_for ? core::MessageClass::kAnswer : core::MessageClass::kAutomatic,
                    .created_at = turn.now()});
    turn.memory.answered_at = turn.now();
}

void TurnTaker::write(storage::Transaction& tx, core::Message message) const {
    message.due_at = message.created_at;
    message.expires_at = message.created_at + rules_.settings.outbox.answer_expiry;
    tx.outbox().add(message);
}

void TurnTaker::finish(Turn& turn) {
    if (turn.given_up) KinshipDesk(rules_).give_up_parked(turn.tx, turn.given_up, turn.handset, turn.now());
    if (!turn.conversation.id) turn.conversation.id = turn.tx.conversations().next_id();
    turn.conversation.channel = turn.channel.name;
    turn.conversation.last_turn_at = turn.now();
    turn.conversation.state = encode(turn.memory);
    const core::ConversationId conversation = turn.conversation.id;
    turn.tx.conversations().put(std::move(turn.conversation));
    turn.tx.turns().append({.received_at = turn.now(),
                            .channel = turn.inbound.channel,
                            .handset = turn.handset.id,
                            .conversation = conversation,
                            .identity = turn.confidential ? without_words(turn.identity, hash_) : turn.identity,
                            .text = turn.confidential ? std::string{} : turn.inbound.text,
                            .answer = turn.confidential ? std::string{} : turn.answer.words,
                            .note = std::move(turn.note)});
}

TurnOutcome TurnTaker::keep_only(storage::Transaction& tx, const core::Inbound& inbound, const std::string& identity) {
    tx.turns().append({.received_at = inbound.received_at,
                       .channel = inbound.channel,
                       .identity = identity,
                       .text = inbound.text,
                       .note = "service_sender"});
    return {};
}

void TurnTaker::lapse(storage::Transaction& tx, core::HandsetId id, core::Instant now) {
    const auto known = tx.conversations().find(id);
    if (!known) return;
    const core::Inbound nothing{.channel = known->channel, .from = tx.handsets().get(id).number, .received_at = now};
    // Nothing is said on this way, so a channel that is gone from the settings does not hold her words back.
    const auto& channel = rules_.has_channel(known->channel) ? rules_.channel(known->channel) : rules_.staff_channel();
    Turn turn{.tx = tx, .inbound = nothing, .channel = channel, .taken_at = now};
    load(turn);
    const bool idle = turn.memory.flow.flow.empty();
    // A last turn that lies ahead was taken before the clock was set back. From now on it counts as taken now.
    turn.conversation.last_turn_at = std::min(known->last_turn_at, now);
    if (turn.conversation.last_turn_at != known->last_turn_at) tx.conversations().put(turn.conversation);
    const auto& windows = rules_.settings.conversation;
    const auto silence = flow::is_kinship(turn.memory.flow) ? windows.digit_window : windows.unfinished;
    if (const auto due = turn.conversation.last_turn_at + silence; due > now && !idle)
        return tx.deadlines().add(storage::Deadline::Kind::kLapse, id.value, due);
    turn.memory.lapse_is_set = false;
    if (idle) {
        turn.conversation.state = encode(turn.memory);
        return tx.conversations().put(turn.conversation);
    }
    turn.memory.held.clear();
    turn.remark("silence");
    run(turn, {.kind = core::Input::Kind::kSilence});
    finish(turn);
}

core::Answer TurnTaker::strand(storage::Transaction& tx, const core::Inbound& inbound, std::string_view error,
                               const storage::Recording* told) {
    const std::string identity = identity_of(inbound);
    const core::Instant now = inbound.received_at;
    if (came_before(tx, inbound.channel, identity, hash_)) return {};
    if (inbound.session) return strand_session(tx, inbound, {identity, error, now});
    if (inbound.call) return strand_call(tx, inbound, {identity, error, now}, told);
    // Its neighbours belong to it: alone they would be taken as half a text later.
    if (inbound.fragment)
        if (const auto whole = completed_by(tx, inbound)) return strand_whole(tx, *whole, {identity, error, now});
    return strand_whole(tx, inbound, {identity, error, now});
}

core::Answer TurnTaker::strand_whole(storage::Transaction& tx, const core::Inbound& inbound, const Stranding& how) {
    auto kept = keepable(tx, inbound, how.identity);
    tx.stranded().add({.inbound = std::move(kept.inbound),
                       .identity = std::move(kept.identity),
                       .at = how.now,
                       .error = std::string{how.error}});
    desk_.tell_administrator(tx, "stranded", how.now);
    // Through a channel that is gone nobody can be answered.
    if (!rules_.has_channel(inbound.channel)) return {};

    Turn turn{.tx = tx,
              .inbound = inbound,
              .channel = rules_.channel(inbound.channel),
              .taken_at = how.now,
              .identity = how.identity,
              .sent = how.sent};
    load(turn);
    const bool covert = is_covert_call(turn.memory.flow, inbound.text) || rules_.danger.asks_covertly(inbound.text);
    turn.danger = covert || flow::is_danger(inbound.text);
    turn.input = read(inbound.text);
    note_confidence(turn);
    turn.remark("stranded");
    // Without anybody on the roster there is nobody to own the matter; she is answered all the same.
    const bool has_staff = !desk_.roster(tx).staff.empty();
    if (turn.danger && has_staff) {
        const Speaker speaker = speaker_of(turn);
        CaseDeeds(rules_, desk_, tx, speaker, turn.memory, turn.now()).raise_alert({});
    } else if (has_staff) {
        heed(turn, false);
    }
    turn.memory.session.told = true;  // What went wrong here is not held against her.
    // Whoever reads along learns nothing, neither now nor while an earlier covert call goes on.
    const bool watched = covert || turn.memory.flow.saved.get(flow::names::kIsCovert) == "1";
    turn.says.push_back({.key = watched              ? std::string{flow::names::kCover}
                                : turn.danger        ? std::string{flow::names::kReceived}
                                : kept.without_words ? "kin.msg.again"
                                                     : "err.busy"});
    if (inbound.session) {
        show(turn);
    } else if (inbound.call) {
        speak(turn);
    } else {
        send(turn);
    }
    finish(turn);
    return turn.answer;
}

bool TurnTaker::retry(storage::Transaction& tx, core::StrandedId id, core::Instant now) {
    auto stranded = tx.stranded().find(id);
    if (!stranded) return false;
    tx.stranded().remove(id);
    if (stranded->inbound.kind == core::ChannelKind::kVoice) return call_back(tx, stranded->inbound, now), true;
    // Words of a relative were not kept: she was told to send them again.
    const auto& part = stranded->inbound.fragment;
    if (part ? part->bytes.empty() : stranded->inbound.text.empty()) return true;
    // Its identity is on record since it was stranded; taken again, the text has none of its own.
    if (stranded->inbound.fragment) {
        stranded->inbound.received_at = now;
        take_part(tx, stranded->inbound, {});
    } else {
        take_whole(tx, stranded->inbound, {.now = now, .seen = true});
    }
    return true;
}

void TurnTaker::release(storage::Transaction& tx, const storage::Turn& quarantined, core::Instant now) {
    const core::Inbound text{.channel = quarantined.channel,
                             .from = tx.handsets().get(quarantined.handset).number,
                             .received_at = quarantined.received_at,
                             .text = quarantined.text};
    const std::string remark = std::string{kReleased} + std::to_string(quarantined.id.value);
    // Its identity is on record since it was held back.
    take_whole(tx, text, {.now = now, .seen = true, .remark = remark});
}

}  // namespace harborline::gateway
