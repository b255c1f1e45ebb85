// Calls that we have placed: the half of TurnTaker that plays an answer to whoever asked to be called. Somebody else
// may pick up, so the first words say nothing; only a key brings the answer, and only its end counts as delivered (I4).
// And it wakes caseworkers for RED: whoever picks up hears level and code, and takes or hands back by a key.
#include <optional>
#include <utility>

#include "gateway/conversation/reply_desk.hpp"
#include "gateway/conversation/safe_contact.hpp"
#include "gateway/conversation/turn.hpp"
#include "handlers/flow/answer.hpp"
#include "handlers/render/voice.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using Hearing = Session::Hearing;

/// Behind the answer's end: long enough to be sure that it was played, too short to be hung up in.
constexpr auto kAfterTheEnd = 1s;

/// Whether her plan lets her be called, or else her answer in the matter. Her hours were kept when it was placed.
bool may_hear(storage::Transaction& tx, const core::Message& row, const core::TimeZone& zone, core::Instant now) {
    const safety::Outgoing what{.kind = row.kind, .call = true, .id = row.id};
    if (may_reach(tx, row.to, what, zone, now).kind == safety::Verdict::Kind::kNever) return false;
    const auto plan = contact_plan(tx, row.to);
    if (plan.way != safety::Way::kUnasked || plan.exception == row.id) return true;
    const auto matter = tx.cases().find(row.case_id);
    return matter && matter->contact == core::ContactBack::kCall;
}

/// What the row has to tell to this handset; nothing where it must not be told (any more).
std::optional<core::CallAnswer> told_by(storage::Transaction& tx, core::OutboxId id, const core::Inbound& inbound,
                                        core::HandsetId handset, const core::TimeZone& zone) {
    const auto row = tx.outbox().find(id);
    if (!row || row->kind != core::MessageClass::kReply || row->channel != inbound.channel || row->to != handset)
        return std::nullopt;
    const bool goes = row->state == core::MessageState::kSending || row->state == core::MessageState::kSent ||
                      row->state == core::MessageState::kDelivered || row->state == core::MessageState::kUnknown ||
                      row->state == core::MessageState::kWaiting;
    if (!goes || !may_hear(tx, *row, zone, inbound.received_at)) return std::nullopt;
    auto answer = core::decode_call_answer(row->text);
    if (!answer) return std::nullopt;
    return std::move(*answer);
}

/// A call that wakes a caseworker.
struct Wake {
    core::Message row{};
    core::Page page{};
};

/// Nothing where the row calls for no page, or not this phone's. Whatever became of the row meanwhile, she is on the
/// line: what counts is what became of the page.
std::optional<Wake> wake_of(storage::Transaction& tx, core::OutboxId id, const core::Inbound& inbound,
                            const storage::Handset& handset) {
    auto row = tx.outbox().find(id);
    if (!row || row->kind != core::MessageClass::kRedPage || row->channel != inbound.channel || row->to != handset.id)
        return std::nullopt;
    const auto page = tx.alerts().find_page(row->page);
    if (!page || page->staff != handset.staff) return std::nullopt;
    return Wake{.row = std::move(*row), .page = *page};
}

}  // namespace

void TurnTaker::begin_placed(Turn& turn) {
    const auto id = turn.inbound.call->placed;
    turn.remark("called_out");
    if (begin_kin_call(turn)) return;
    turn.ready = core::CallAnswer{};
    if (const auto wake = wake_of(turn.tx, id, turn.inbound, turn.handset))
        return tell_page(turn, wake->row, wake->page);
    if (!told_by(turn.tx, id, turn.inbound, turn.handset.id, rules_.zone)) return;
    turn.memory.session.placed = id;
    ask_placed(turn);
}

void TurnTaker::ask_placed(Turn& turn) {
    const auto plan = contact_plan(turn.tx, turn.handset.id);
    if (plan.has_keys() && turn.memory.session.hearing != Hearing::kHeard)
        return tell_story(turn, core::Gather{.digits_max = 4});
    turn.ready = core::CallAnswer{.language = spoken(turn).language, .act = core::Gather{}};
    turn.ready->sounds = render::render_voice(rules_.book.catalogue, turn.ready->language, {{.key = "call.ask"}});
}

/// Whom we ask for, and why: all that whoever picks up hears before the agreed code (domain rules 3.4, point 3).
void TurnTaker::tell_story(Turn& turn, core::CallAct then) {
    turn.ready = core::CallAnswer{.language = spoken(turn).language, .act = std::move(then)};
    turn.ready->sounds.push_back({.words = story_of(contact_plan(turn.tx, turn.handset.id)), .personal = true});
}

/// Before the agreed code every other key is somebody else's: the story is finished and the call over; that it has not
/// arrived brings the task back to its owner, who is paged. 9 stays what it is.
bool TurnTaker::hear_code(Turn& turn) {
    Session& session = turn.memory.session;
    const auto plan = contact_plan(turn.tx, turn.handset.id);
    const bool asked = session.hearing == Hearing::kAsked || session.hearing == Hearing::kAskedAgain;
    std::string_view keyed = turn.sent;
    while (keyed.ends_with('#')) keyed.remove_suffix(1);
    if (!asked || !plan.has_keys() || keyed == "9") return false;
    if (keyed == plan.safe_word) return play_placed(turn, Hearing::kPlaying), true;
    if (keyed.empty() && session.hearing == Hearing::kAsked) {
        session.hearing = Hearing::kAskedAgain;
        return ask_placed(turn), true;
    }
    tell_story(turn, core::HangUp{});
    turn.remark("no_agreed_code");
    const auto row = turn.tx.outbox().find(session.placed);
    if (row && row->case_id && !keyed.empty())
        note_wrong_code(turn.tx, row->case_id, keyed == plan.unsafe_word, turn.now());
    return true;
}

void TurnTaker::play_placed(Turn& turn, Hearing then) {
    turn.remark("answer_played");
    turn.memory.session.hearing = then;
    auto answer = told_by(turn.tx, turn.memory.session.placed, turn.inbound, turn.handset.id, rules_.zone);
    turn.ready = answer ? std::move(*answer) : core::CallAnswer{};
    if (answer) turn.ready->act = core::Gather{.silence = kAfterTheEnd};
}

/// False where she wants something else: then she is a caller like any other.
bool TurnTaker::hear_placed(Turn& turn) {
    Session& session = turn.memory.session;
    if (!session.placed) return false;
    if (hear_kin_call(turn)) return true;
    if (!session.placed) return false;
    if (session.hearing != Hearing::kHeard)
        if (const auto wake = wake_of(turn.tx, session.placed, turn.inbound, turn.handset))
            return hear_page(turn, wake->row, wake->page);
    if (hear_code(turn)) return true;
    const auto input = flow::read_answer(turn.sent);
    const char key = input.kind == core::Input::Kind::kKey ? input.key : '\0';
    const bool heard = session.hearing == Hearing::kHeard;
    if (key == '9' || key == '0' || (heard && key != '8' && !turn.sent.empty())) {
        end_placed(turn);
        return false;
    }
    switch (session.hearing) {
        case Hearing::kAsked:
        case Hearing::kAskedAgain:
            if (key == '1') {
                play_placed(turn, Hearing::kPlaying);
            } else if (session.hearing == Hearing::kAsked) {
                session.hearing = Hearing::kAskedAgain;
                ask_placed(turn);
            } else {
                turn.ready = core::CallAnswer{};
            }
            return true;
        case Hearing::kPlaying:
            // A key cuts the sounds short: they are played again.
            if (!turn.sent.empty()) return play_placed(turn, Hearing::kPlaying), true;
            session.hearing = Hearing::kHeard;
            turn.remark("answer_heard");
            ReplyDesk(rules_, desk_).heard(turn.tx, session.placed, true, turn.now());
            ask_placed(turn);
            turn.ready->sounds =
                render::render_voice(rules_.book.catalogue, turn.ready->language, {{.key = "call.again"}});
            return true;
        case Hearing::kHeard:
            if (key == '8') return play_placed(turn, Hearing::kHeard), true;
            turn.ready = core::CallAnswer{};
            return true;
    }
    return true;
}

/// She is woken. Her plan, if her number has one, is no matter here: it is the staff's own telephone.
void TurnTaker::tell_page(Turn& turn, const core::Message& row, const core::Page& page) {
    auto call = core::decode_call_answer(row.text);
    if (!call) return;
    turn.memory.session.placed = row.id;
    if (!page.wants_answer()) {
        ReplyDesk(rules_, desk_).heard(turn.tx, row.id, true, turn.now());
        return answer_page(turn, page, duty::Command::Kind::kTake);
    }
    turn.ready = std::move(*call);
    turn.ready->act = core::Gather{};
}

/// 1 takes and 2 hands back, as by text; whatever else comes, it is said once more. 9 and 0 are hers as on every call.
bool TurnTaker::hear_page(Turn& turn, const core::Message& row, const core::Page& page) {
    Session& session = turn.memory.session;
    // A key is a person's. Words that were played to silence may have been played to a mailbox.
    const bool keyed = !turn.sent.empty();
    if (keyed) ReplyDesk(rules_, desk_).heard(turn.tx, row.id, true, turn.now());
    const char key = flow::read_answer(turn.sent).key;
    if (key == '9' || key == '0') return end_placed(turn), false;
    if (key == '1' || key == '2')
        return answer_page(turn, page, key == '1' ? duty::Command::Kind::kTake : duty::Command::Kind::kHandBack), true;
    if (session.hearing == Hearing::kAsked) {
        session.hearing = Hearing::kAskedAgain;
        return tell_page(turn, row, page), true;
    }
    if (keyed) session.hearing = Hearing::kHeard;
    turn.ready = core::CallAnswer{};
    return true;
}

/// Of a page that is over meanwhile, to take it changes nothing and says what became of it.
void TurnTaker::answer_page(Turn& turn, const core::Page& page, duty::Command::Kind kind) {
    turn.remark("duty");
    turn.memory.session.hearing = Hearing::kHeard;
    turn.ready = core::CallAnswer{.language = spoken(turn).language};
    turn.ready->sounds = render::render_voice(rules_.book.catalogue, turn.ready->language,
                                              {desk_.answer(turn.tx, page, kind, turn.now())});
}

/// The call is about something else now, or over. What was not heard to its end has not arrived.
void TurnTaker::end_placed(Turn& turn) {
    Session& session = turn.memory.session;
    const auto id = std::exchange(session.placed, core::OutboxId{});
    if (std::exchange(session.hearing, Hearing::kAsked) == Hearing::kHeard) return;
    turn.remark("answer_not_heard");
    ReplyDesk(rules_, desk_).heard(turn.tx, id, false, turn.now());
}

}  // namespace harborline::gateway
