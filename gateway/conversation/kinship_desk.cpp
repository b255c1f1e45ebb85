#include "gateway/conversation/kinship_desk.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <string>
#include <utility>

#include "gateway/conversation/family_facts.hpp"
#include "gateway/conversation/known.hpp"
#include "gateway/conversation/memory.hpp"
#include "gateway/conversation/safe_contact.hpp"
#include "gateway/conversation/weekly_desk.hpp"
#include "handlers/core/utf8.hpp"
#include "handlers/core/window.hpp"
#include "handlers/flow/conventions.hpp"
#include "handlers/flow/engine.hpp"
#include "handlers/render/sms.hpp"
#include "storage/sealing/day_keys.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using kinship::Crossing;

constexpr std::size_t kPartsMax = 2;
/// Whoever is told later than this has asked by herself.
constexpr auto kToldWithin = 12h;
/// A child that has not come back to the line for so long does not wait for word of it any more.
constexpr auto kUntoldFor = 30 * 24h;
/// Words wait behind an open question, and are tried again so often.
constexpr auto kLookedAgain = 5min;

core::PersonId receiver_of(const core::Tie& tie, bool to_child) {
    return to_child ? tie.child : tie.adult;
}

}  // namespace

const config::ChannelSettings& KinshipDesk::channel_of(storage::Transaction& tx, core::HandsetId handset) const {
    const auto conversation = tx.conversations().find(handset);
    if (!conversation || !rules_.has_channel(conversation->channel)) return rules_.staff_channel();
    return rules_.text_channel(rules_.channel(conversation->channel));
}

std::optional<storage::Handset> KinshipDesk::phone_for(storage::Transaction& tx, const core::Tie& tie, bool to_child,
                                                       core::Instant now) const {
    auto phone = handset_of(tx, rules_, tie, receiver_of(tie, to_child), now);
    if (!phone || phone->opt_out == storage::OptOut::kEverything) return std::nullopt;
    const safety::Outgoing words{.kind = core::MessageClass::kKinship};
    const auto verdict = may_reach(tx, phone->id, words, rules_.zone, now);
    return verdict.kind == safety::Verdict::Kind::kNever ? std::nullopt : std::move(phone);
}

KinshipDesk::Taken KinshipDesk::take(storage::Transaction& tx, const core::Tie& tie, bool to_child,
                                     std::string_view words, core::Instant now) {
    if (core::count_characters(words) > kCharactersMax) return Taken::kTooLong;
    const auto verdict = judge(tx, rules_, tie.id, words_to(to_child), now);
    if (words.empty() || verdict.crossing == Crossing::kNever) return Taken::kNot;
    core::Letter letter{.tie = tie.id, .to_child = to_child, .written_at = now};
    const auto phone = phone_for(tx, tie, to_child, now);
    if (!phone) {
        if (!to_child) return Taken::kNot;
        letter.words = words;
        tx.letters().add(letter);
        return Taken::kSent;
    }
    const auto due = due_at(verdict, now);
    if (due >= last_moment(now)) return Taken::kNot;
    letter.words =
        words_for(tx, letter, tie, *phone, {.key = "kin.msg.relay", .values = {{"text", std::string{words}}}});
    if (render::split_sms(letter.words).parts.size() > kPartsMax) return Taken::kTooLong;
    letter.outbox = put_on_way(tx, phone->id, due, now);
    tx.letters().add(letter);
    return Taken::kSent;
}

KinshipDesk::Taken KinshipDesk::take_spoken(storage::Transaction& tx, const core::Tie& tie, bool to_child,
                                            const storage::Recording* told, core::Instant now) {
    const auto due = shown_opening(tx, rules_, tie, words_to(to_child), now);
    if (due >= last_moment(now)) return Taken::kNot;
    core::Letter letter{.tie = tie.id, .to_child = to_child, .written_at = now};
    const auto phone = handset_of(tx, rules_, tie, receiver_of(tie, to_child), now);
    const bool may = judge(tx, rules_, tie.id, words_to(to_child), now).crossing != Crossing::kNever;
    if (told == nullptr || !may || (!phone && !to_child)) {
        tx.letters().add(letter);
        return Taken::kSent;
    }
    letter.recording = told->name;
    letter.opener = storage::opener_of(*told);
    if (phone) {
        letter.words = words_for(tx, letter, tie, *phone, {.key = "kin.waiting"});
        letter.outbox = put_on_way(tx, phone->id, due, now);
    }
    tx.letters().add(letter);
    return Taken::kSent;
}

std::string KinshipDesk::words_for(storage::Transaction& tx, const core::Letter& letter, const core::Tie& tie,
                                   const storage::Handset& phone, flow::Say say) const {
    const auto& channel = channel_of(tx, phone.id);
    const auto language = rules_.language(channel, phone.language);
    const auto* line = rules_.call_channel(channel.name);
    say.values.set(kin::kWho, letter.to_child ? called_by_child(tx, rules_, tie, language) : called_by_adult(tx, tie));
    say.values.set("tel", line == nullptr || line->number.empty() ? rules_.settings.hotline : line->number);
    return rules_.words(channel, phone.language, {say}, signature_for(tx, channel, phone.id));
}

core::OutboxId KinshipDesk::put_on_way(storage::Transaction& tx, core::HandsetId to, core::Instant due,
                                       core::Instant now) const {
    return tx.outbox().add({.channel = channel_of(tx, to).name,
                            .to = to,
                            .kind = core::MessageClass::kKinship,
                            .created_at = now,
                            .due_at = due,
                            .expires_at = last_moment(now)});
}

core::Instant KinshipDesk::due_at(const kinship::Judgement& verdict, core::Instant now) const {
    return verdict.may() ? now : opening_of(verdict, rules_.zone);
}

core::Instant KinshipDesk::last_moment(core::Instant written) {
    using storage::sealing::DayKeys;
    return DayKeys::day_of(written) + DayKeys::kLife;
}

bool KinshipDesk::is_for_child(storage::Transaction& tx, const core::Message& message) {
    if (message.kind != core::MessageClass::kKinship) return false;
    const auto letter = tx.letters().of_outbox(message.id);
    return letter && letter->to_child;
}

KinshipDesk::Leave KinshipDesk::let_go(storage::Transaction& tx, core::Message& claimed, core::Instant now) {
    auto letter = tx.letters().of_outbox(claimed.id);
    if (!letter || letter->words.empty()) return {.why_not = "its words are gone"};
    constexpr Leave kApart{.why_not = "the two may not be in touch now"};
    const auto tie = tx.people().tie(letter->tie);
    if (!tie) return kApart;
    const auto verdict = judge(tx, rules_, tie->id, words_to(letter->to_child), now);
    if (verdict.crossing == Crossing::kNever) return kApart;
    if (verdict.crossing == Crossing::kLater)
        return {.not_before = std::min(opening_of(verdict, rules_.zone), claimed.expires_at)};
    const auto phone = handset_of(tx, rules_, *tie, receiver_of(*tie, letter->to_child), now);
    if (!phone || phone->id != claimed.to) return kApart;
    if (is_being_asked(tx, claimed.to)) return {.not_before = std::min(now + kLookedAgain, claimed.expires_at)};
    claimed.text = std::move(letter->words);
    remember(tx, claimed, {.tie = tie->id, .at = now, .on_its_way = true});
    return {};
}

/// What she sends then would be taken for the answer to us, and be read.
bool KinshipDesk::is_being_asked(storage::Transaction& tx, core::HandsetId handset) const {
    const auto known = recall(tx, tx.handsets().get(handset));
    if (!known) return false;
    const auto& flow = known->memory.flow;
    const bool is_free =
        flow.flow == flow::names::kMenu || flow::is_kinship(flow) || flow::names::is_unasked(flow.flow);
    return !is_free && flow::waits_for_answer(rules_.book, flow);
}

/// Words that come back without a menu are for whoever wrote last.
void KinshipDesk::remember(storage::Transaction& tx, const core::Message& row, kinship::Written words) {
    auto conversation = tx.conversations().find(row.to);
    auto memory = conversation ? decode_memory(conversation->state) : Memory{};
    if (!memory) return;  // Her next turn tells the administrator.
    if (!conversation)
        conversation =
            storage::Conversation{.handset = row.to, .id = tx.conversations().next_id(), .channel = row.channel};
    auto& letters = memory->letters;
    if (const auto known = std::ranges::find(letters, words.tie, &kinship::Written::tie); known != letters.end()) {
        // Whoever is writing with that one already goes on.
        const bool in_touch = !known->on_its_way && std::chrono::abs(words.at - known->at) <= kinship::kAnswersFor;
        words.on_its_way = words.on_its_way && !in_touch;
        letters.erase(known);
    }
    if (letters.size() == Memory::kLettersKept) letters.erase(letters.begin());
    letters.push_back(words);
    conversation->state = encode(*memory);
    tx.conversations().put(*conversation);
}

/// She can not have read them.
void KinshipDesk::forget(storage::Transaction& tx, core::HandsetId handset, core::TieId tie) {
    auto conversation = tx.conversations().find(handset);
    auto memory = conversation ? decode_memory(conversation->state) : Memory{};
    const auto is_gone = [&](const kinship::Written& one) { return one.tie == tie && one.on_its_way; };
    if (!memory || std::erase_if(memory->letters, is_gone) == 0) return;
    conversation->state = encode(*memory);
    tx.conversations().put(*conversation);
}

void KinshipDesk::arrived(storage::Transaction& tx, core::OutboxId id, core::Instant now) {
    const auto letter = tx.letters().of_outbox(id);
    if (!letter) return;
    if (const auto row = tx.outbox().find(id)) remember(tx, *row, {.tie = letter->tie, .at = now});
    if (letter->is_spoken()) return;
    note_words_arrived(tx, rules_, *letter, now);
    tx.letters().erase(letter->id);
}

void KinshipDesk::did_not_arrive(storage::Transaction& tx, core::OutboxId id, core::Instant now) {
    const auto letter = tx.letters().of_outbox(id);
    if (!letter) return;
    if (const auto row = tx.outbox().find(id)) forget(tx, row->to, letter->tie);
    if (letter->is_spoken()) return;
    tx.letters().erase(letter->id);
    tell_writer(tx, *letter, now);
}

void KinshipDesk::lost(storage::Transaction& tx, core::LetterId id, core::Instant now) {
    const auto letter = tx.letters().find(id);
    if (!letter) return;
    tx.letters().erase(id);
    tell_writer(tx, *letter, now);
}

bool KinshipDesk::give_up_overdue(storage::Transaction& tx, core::Instant now, int most) {
    const auto overdue = tx.letters().overdue(now, most);
    for (const auto& letter : overdue) {
        tx.letters().erase(letter.id);
        tell_writer(tx, letter, now);
    }
    tx.letters().forget_untold_since(now - kUntoldFor);
    return std::ssize(overdue) < most;
}

/// Children rest at night.
core::Instant KinshipDesk::after_rest(core::Instant now) const {
    const auto& quiet = rules_.settings.kinship.quiet;
    const auto local = rules_.zone.local(now);
    if (!core::holds(quiet, local)) return now;
    const auto today = rules_.zone.start_of(local.date) + std::chrono::minutes{quiet.to_min};
    return today > now ? today : today + 24h;
}

void KinshipDesk::give_up_parked(storage::Transaction& tx, core::LetterId id, const storage::Handset& writer,
                                 core::Instant now) {
    const auto letter = tx.letters().find(id);
    if (!letter) return;  // She has said it.
    tx.letters().erase(id);
    tell(tx, writer, letter->to_child, now);
}

bool KinshipDesk::may_be_told(storage::Transaction& tx, const core::Tie& tie, const storage::Handset& writer,
                              core::Instant now) const {
    if (writer.opt_out == storage::OptOut::kEverything || is_kept_from(tx, rules_, tie, writer.id, now)) return false;
    const safety::Outgoing news{.kind = core::MessageClass::kNotice};
    return may_reach(tx, writer.id, news, rules_.zone, now).kind != safety::Verdict::Kind::kNever;
}

/// Whoever wrote on a phone that is not hers is told nothing there: she hears it when she opens the line next.
void KinshipDesk::tell_writer(storage::Transaction& tx, const core::Letter& letter, core::Instant now) {
    const auto tie = tx.people().tie(letter.tie);
    if (!tie) return;
    const auto writer = receiver_of(*tie, !letter.to_child);
    const auto phone = own_handset_of(tx, writer, now);
    if (phone && may_be_told(tx, *tie, *phone, now)) return tell(tx, *phone, letter.to_child, now);
    tx.letters().remember_untold(writer, now);
}

void KinshipDesk::tell(storage::Transaction& tx, const storage::Handset& writer, bool to_child, core::Instant now) {
    const auto& channel = channel_of(tx, writer.id);
    const auto due = to_child ? now : after_rest(now);
    tx.outbox().add({.channel = channel.name,
                     .to = writer.id,
                     .text = rules_.words(channel, writer.language, {{.key = "kin.undelivered"}},
                                          signature_for(tx, channel, writer.id)),
                     .kind = core::MessageClass::kNotice,
                     .created_at = now,
                     .due_at = due,
                     .expires_at = due + kToldWithin});
}

}  // namespace harborline::gateway
