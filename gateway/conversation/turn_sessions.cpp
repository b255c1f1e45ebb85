// Sessions: the half of TurnTaker that answers within a carrier's own dialogue.
#include <algorithm>
#include <optional>
#include <utility>

#include "gateway/conversation/identity.hpp"
#include "gateway/conversation/known.hpp"
#include "gateway/conversation/safe_contact.hpp"
#include "gateway/conversation/turn.hpp"
#include "handlers/flow/answer.hpp"
#include "handlers/flow/conventions.hpp"
#include "handlers/flow/engine.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;

/// The last input may come behind the news of the end.
constexpr auto kLateFor = 15s;
constexpr char kNext = '#';
constexpr char kBefore = '*';

bool is_same_session(const Session& session, const core::Inbound& inbound) {
    return session.id == inbound.session->id && session.channel == inbound.channel;
}

Heard heard_of(const core::Inbound& inbound, const std::optional<Known>& known) {
    if (!known) return hear({}, inbound, {});
    return hear(known->memory.session, inbound, inbound.received_at - known->conversation.last_turn_at);
}

}  // namespace

TurnOutcome TurnTaker::take_session(storage::Transaction& tx, const core::Inbound& inbound) {
    using Kind = TurnOutcome::Kind;
    auto known = recall(tx, tx.handsets().find(inbound.from));
    if (inbound.session->event == core::SessionInput::Event::kEnded)
        return known ? end_session(tx, inbound, known->handset.id) : TurnOutcome{.kind = Kind::kRepeat};
    const std::string identity = identity_of(inbound);
    const bool came = came_before(tx, inbound.channel, identity, hash_);
    const Heard heard = came ? Heard{} : heard_of(inbound, known);
    if (heard.kind == Heard::Kind::kRepeat)
        return {Kind::kRepeat, known ? screen(known->memory.session, known->handset) : core::Answer{}};

    core::Inbound entered = inbound;
    Turn turn{.tx = tx,
              .inbound = entered,
              .channel = rules_.channel(inbound.channel),
              .taken_at = inbound.received_at,
              .identity = identity,
              .sent = inbound.text};
    if (known) {
        turn.handset = tx.handsets().find_or_add(inbound.from, inbound.received_at);
        turn.conversation = std::move(known->conversation);
        turn.memory = std::move(known->memory);
    } else {
        load(turn);
    }
    entered.text.clear();
    if (heard.kind == Heard::Kind::kDialled) dial(turn);
    for (const auto& text : heard.entered) {
        // What was dialled behind the service code was no answer to a question that she had not seen.
        const bool unseen = turn.dialled && (turn.memory.flow.resuming || !turn.memory.session.kept.empty());
        if (unseen && !flow::calls_for_help(text)) {
            // Of several inputs one may have been a PIN.
            turn.confidential = turn.confidential || heard.entered.size() > 1;
            break;
        }
        entered.text = text;
        enter(turn);
    }
    if (heard.entered.size() != 1) entered.text = inbound.text;
    show(turn);
    finish(turn);
    return {.answer = std::move(turn.answer)};
}

void TurnTaker::dial(Turn& turn) {
    Memory& memory = turn.memory;
    turn.dialled = true;
    const bool may_show = memory.session.unseen && turn.silence() <= rules_.settings.conversation.shared_window &&
                          !flow::worth_resuming(rules_.book, memory.flow);
    note_if_empty(turn, std::min(turn.conversation.last_turn_at, turn.now()));
    // Her call was about danger, and nobody has told us that it is over.
    if (memory.session.danger && !memory.session.over) lose_call(turn);
    memory.session = Session{.id = turn.inbound.session->id,
                             .channel = turn.inbound.channel,
                             .kept = may_show ? std::move(memory.session.words) : std::string{}};
    memory.held.clear();
    if (turn.handset.privacy == storage::Privacy::kPrivate)
        turn.tx.deadlines().add(storage::Deadline::Kind::kSession, turn.handset.id.value,
                                turn.now() + turn.channel.session_max);
    if (!memory.session.kept.empty()) {
        turn.says = {{.key = std::string{flow::names::kGoOn}}};
        return turn.remark("dialled:unseen");
    }
    const bool was_idle = memory.flow.flow.empty();
    turn.remark("dialled");
    const bool slowed = is_slowed(turn);
    if (slowed) turn.remark("slowed");
    run(turn, {.kind = core::Input::Kind::kDialled, .slowed = slowed});
    keep_watch(turn, was_idle);
}

void TurnTaker::enter(Turn& turn) {
    Memory& memory = turn.memory;
    turn.dialled = false;
    turn.says.clear();
    turn.input = read(turn.inbound.text);
    turn.danger = turn.key() == '9';
    turn.wants_person = turn.key() == '0';
    const bool calls = turn.danger || turn.wants_person || flow::is_covert(turn.input.text);
    if (!calls && (turn_page(turn) || show_kept(turn))) return;
    memory.session.kept.clear();
    // An input that was overtaken by the news of its session's end answers the question that was open then; what the
    // answer asks she will not see.
    const bool late = memory.session.over;
    if (late) memory.flow.resuming = false;
    if (turn.danger || !answered_elsewhere(turn)) converse(turn);
    if (late && flow::worth_resuming(rules_.book, memory.flow))
        memory.flow = flow::ask_to_resume(rules_.book, memory.flow).state;
}

/// Words that are longer than a screen: the next page, or the one before.
bool TurnTaker::turn_page(Turn& turn) {
    Session& session = turn.memory.session;
    const std::size_t pages = rules_.screens(turn.channel, turn.language(), session.words).size();
    if (turn.key() == kNext && session.page + 1 < pages) {
        ++session.page;
    } else if (turn.key() == kBefore && session.page > 0) {
        --session.page;
        turn.memory.flow.last_key = kBefore;
    } else {
        return false;
    }
    turn.paged = true;
    turn.words = session.words;
    turn.remark("page");
    return true;
}

/// The answer to "go on, or something new?" where last words lie ready that she has not seen.
bool TurnTaker::show_kept(Turn& turn) {
    std::string kept = std::exchange(turn.memory.session.kept, {});
    if (kept.empty()) return false;
    if (turn.key() == '1') {
        turn.words = std::move(kept);
        turn.remark("shown_again");
        return true;
    }
    const bool was_idle = turn.memory.flow.flow.empty();
    run(turn, {.kind = core::Input::Kind::kDialled});
    keep_watch(turn, was_idle);
    if (turn.key() != '2') turn.says.clear();
    return turn.key() == '2';
}

/// Makes a screen of what was said: one that shows nothing of what stood there before, so the question is on it too.
void TurnTaker::show(Turn& turn) {
    Session& session = turn.memory.session;
    const core::FlowState& flow = turn.memory.flow;
    if (turn.words.empty()) {
        turn.says = flow::on_a_screen(rules_.book, flow, turn.understood, std::move(turn.says));
        turn.words = rules_.words(turn.channel, turn.language(), turn.says);
    }
    session.id = turn.inbound.session->id;
    session.channel = turn.inbound.channel;
    if (turn.inbound.session->cumulative) session.seen = seen_after(session.seen, turn.sent, turn.confidential);
    session.words = turn.words;
    if (!turn.paged) session.page = 0;
    session.goes_on = turn.dialled || flow::waits_for_answer(rules_.book, flow);
    session.confided = turn.confidential;
    session.unseen = session.over && !session.goes_on && !is_discreet(turn.memory) && !session.confided;
    turn.answer = screen(session, turn.handset);
}

core::Answer TurnTaker::screen(const Session& session, const storage::Handset& handset) const {
    if (!rules_.has_channel(session.channel)) return {};
    const auto& channel = rules_.channel(session.channel);
    const auto pages = rules_.screens(channel, handset.language, session.words);
    const std::size_t page = std::min(session.page, pages.size() - 1);
    return {pages[page], session.goes_on || page + 1 < pages.size()};
}

/// Whether nothing of it may show up anywhere unasked.
bool TurnTaker::is_discreet(const Memory& memory) const {
    const auto* flow = rules_.book.flow(memory.flow.flow);
    return flow != nullptr && flow->sensitive;
}

TurnOutcome TurnTaker::end_session(storage::Transaction& tx, const core::Inbound& inbound, core::HandsetId id) {
    auto known = recall(tx, tx.handsets().get(id));
    if (!known || !is_same_session(known->memory.session, inbound) || known->memory.session.over)
        return {.kind = TurnOutcome::Kind::kRepeat};
    Session& session = known->memory.session;
    session.over = true;
    session.unseen = inbound.session->unseen && !session.goes_on && !is_discreet(known->memory) && !session.confided;
    known->conversation.state = encode(known->memory);
    tx.conversations().put(known->conversation);
    if (known->handset.privacy == storage::Privacy::kPrivate)
        tx.deadlines().add(storage::Deadline::Kind::kSession, id.value, inbound.received_at + kLateFor);
    return {};
}

void TurnTaker::session_over(storage::Transaction& tx, core::HandsetId id, core::Instant now) {
    auto known = recall(tx, tx.handsets().get(id));
    if (known && known->memory.session.calls) return call_over(tx, id, now);
    if (!known || known->memory.session.id.empty() || !rules_.has_channel(known->memory.session.channel)) return;
    Session& session = known->memory.session;
    const auto due = known->conversation.last_turn_at + rules_.channel(session.channel).session_max;
    if (!session.over && due > now) return tx.deadlines().add(storage::Deadline::Kind::kSession, id.value, due);
    session.over = true;
    // Whoever has gone on by text meanwhile needs no question.
    const bool elsewhere = known->conversation.channel != session.channel;
    if (!elsewhere) ask_by_text(tx, known->handset, known->memory, now);
    known->conversation.state = encode(known->memory);
    tx.conversations().put(known->conversation);
}

/// One text after a dropped session: the words that she did not see, or the neutral question.
void TurnTaker::ask_by_text(storage::Transaction& tx, const storage::Handset& handset, Memory& memory,
                            core::Instant now) {
    if (handset.privacy != storage::Privacy::kPrivate || handset.opt_out != storage::OptOut::kNone) return;
    if (is_discreet(memory) || !handset.number.is_subscriber()) return;
    const safety::Outgoing unasked{.kind = core::MessageClass::kAutomatic};
    if (!may_reach(tx, handset.id, unasked, rules_.zone, now).goes()) return;
    const auto& channel = rules_.text_channel(rules_.channel(memory.session.channel));
    const std::string_view signature = signature_for(tx, channel, handset.id);
    std::string words;
    if (std::exchange(memory.session.unseen, false)) {
        words = std::string{signature} + memory.session.words;
    } else if (!memory.flow.resuming && flow::worth_resuming(rules_.book, memory.flow)) {
        flow::Advance asked = flow::ask_to_resume(rules_.book, memory.flow);
        memory.flow = std::move(asked.state);
        words = rules_.words(channel, handset.language, asked.says, signature);
    }
    if (words.empty()) return;
    write(
        tx,
        {.channel = channel.name, .to = handset.id, .text = std::move(words), .kind = unasked.kind, .created_at = now});
    memory.answered_at = now;
}

core::Answer TurnTaker::strand_session(storage::Transaction& tx, const core::Inbound& inbound, const Stranding& how) {
    // An end without anything in it that could be lost.
    if (inbound.session->event == core::SessionInput::Event::kEnded) return {};
    const Heard heard = heard_of(inbound, recall(tx, tx.handsets().find(inbound.from)));
    core::Inbound entered = inbound;
    entered.text = heard.entered.empty() ? std::string{} : heard.entered.back();
    return strand_whole(tx, entered, {how.identity, how.error, how.now, inbound.text});
}

}  // namespace harborline::gateway
