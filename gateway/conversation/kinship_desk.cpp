#include "gateway/conversation/kinship_desk.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "gateway/conversation/family_facts.hpp"
#include "gateway/conversation/memory.hpp"
#include "gateway/conversation/safe_contact.hpp"
#include "handlers/core/utf8.hpp"
#include "handlers/core/window.hpp"
#include "handlers/render/sms.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using kinship::Crossing;
using kinship::Passing;

/// The key of a day dies so long after the day began (UTC).
constexpr auto kDayKeyLives = 72h;
constexpr std::size_t kPartsMax = 2;
/// Whoever is told later than this has asked by herself.
constexpr auto kToldWithin = 12h;
constexpr int kOverdueAtOnce = 100;
/// As many as Memory keeps.
constexpr std::size_t kRemembered = 16;

constexpr Passing passing(bool to_child) {
    return to_child ? Passing::kTextToChild : Passing::kTextToAdult;
}

core::PersonId receiver_of(const core::Tie& tie, bool to_child) {
    return to_child ? tie.child : tie.adult;
}

}  // namespace

const config::ChannelSettings& KinshipDesk::channel_of(storage::Transaction& tx, core::HandsetId handset) const {
    const auto conversation = tx.conversations().find(handset);
    if (!conversation || !rules_.has_channel(conversation->channel)) return rules_.staff_channel();
    return rules_.text_channel(rules_.channel(conversation->channel));
}

KinshipDesk::Taken KinshipDesk::take(storage::Transaction& tx, const core::Tie& tie, bool to_child,
                                     std::string_view words, core::Instant now) {
    if (core::count_characters(words) > kCharactersMax) return Taken::kTooLong;
    const auto verdict = judge(tx, rules_, tie.id, passing(to_child), now);
    if (words.empty() || verdict.crossing == Crossing::kNever) return Taken::kNot;
    core::Letter letter{.tie = tie.id, .to_child = to_child, .written_at = now};
    const auto phone = handset_of(tx, tie, receiver_of(tie, to_child));
    if (!phone) {
        if (!to_child) return Taken::kNot;
        letter.words = words;
        tx.letters().add(letter);
        return Taken::kSent;
    }
    const auto due = verdict.may() ? now : opening_of(verdict, rules_.zone);
    if (due >= last_moment(now)) return Taken::kNot;
    const auto& channel = channel_of(tx, phone->id);
    const auto language = rules_.language(channel, phone->language);
    const flow::Say say{.key = "kin.msg.relay",
                        .values = {{"who", to_child ? called_by_child(tx, rules_, tie, language) : called_by_adult(tx, tie)},
                                   {"text", std::string{words}}}};
    letter.words = rules_.words(channel, phone->language, {say}, signature_for(tx, channel, phone->id));
    if (render::split_sms(letter.words).parts.size() > kPartsMax) return Taken::kTooLong;
    letter.outbox = tx.outbox().add({.channel = channel.name,
                                     .to = phone->id,
                                     .kind = core::MessageClass::kKinship,
                                     .created_at = now,
                                     .due_at = due,
                                     .expires_at = last_moment(now)});
    tx.letters().add(letter);
    return Taken::kSent;
}

core::Instant KinshipDesk::last_moment(core::Instant written) {
    return std::chrono::floor<std::chrono::days>(written) + kDayKeyLives;
}

KinshipDesk::Leave KinshipDesk::let_go(storage::Transaction& tx, core::Message& claimed, core::Instant now) {
    auto letter = tx.letters().of_outbox(claimed.id);
    if (!letter || letter->words.empty()) return {.why_not = "its words are gone"};
    constexpr Leave kApart{.why_not = "the two may not be in touch now"};
    const auto tie = tx.people().tie(letter->tie);
    if (!tie) return kApart;
    const auto verdict = judge(tx, rules_, tie->id, passing(letter->to_child), now);
    if (verdict.crossing == Crossing::kNever) return kApart;
    if (verdict.crossing == Crossing::kLater)
        return {.not_before = std::min(opening_of(verdict, rules_.zone), claimed.expires_at)};
    const auto phone = handset_of(tx, *tie, receiver_of(*tie, letter->to_child));
    if (!phone || phone->id != claimed.to) return kApart;
    claimed.text = std::move(letter->words);
    remember(tx, claimed, tie->id, now);
    return {};
}

/// Words that come back without a menu are for whoever wrote last.
void KinshipDesk::remember(storage::Transaction& tx, const core::Message& claimed, core::TieId tie,
                           core::Instant now) {
    auto conversation = tx.conversations().find(claimed.to);
    auto memory = conversation ? decode_memory(conversation->state) : Memory{};
    if (!memory) return;  // Her next turn tells the administrator.
    if (!conversation)
        conversation = storage::Conversation{
            .handset = claimed.to, .id = tx.conversations().next_id(), .channel = claimed.channel};
    std::erase_if(memory->letters, [&](const kinship::Written& one) { return one.tie == tie; });
    if (memory->letters.size() == kRemembered) memory->letters.erase(memory->letters.begin());
    memory->letters.push_back({.tie = tie, .at = now});
    conversation->state = encode(*memory);
    tx.conversations().put(*conversation);
}

void KinshipDesk::arrived(storage::Transaction& tx, core::OutboxId id) {
    if (const auto letter = tx.letters().of_outbox(id)) tx.letters().erase(letter->id);
}

void KinshipDesk::did_not_arrive(storage::Transaction& tx, core::OutboxId id, core::Instant now) {
    const auto letter = tx.letters().of_outbox(id);
    if (!letter) return;
    tx.letters().erase(letter->id);
    tell_writer(tx, *letter, now);
}

bool KinshipDesk::give_up_overdue(storage::Transaction& tx, core::Instant now) {
    const auto overdue = tx.letters().overdue(now, kOverdueAtOnce);
    for (const auto& letter : overdue) {
        tx.letters().erase(letter.id);
        tell_writer(tx, letter, now);
    }
    return overdue.size() < kOverdueAtOnce;
}

/// Children rest at night.
core::Instant KinshipDesk::after_rest(core::Instant now) const {
    const auto& quiet = rules_.settings.kinship.quiet;
    const auto local = rules_.zone.local(now);
    if (!core::holds(quiet, local)) return now;
    const auto today = rules_.zone.start_of(local.date) + std::chrono::minutes{quiet.to_min};
    return today > now ? today : today + 24h;
}

/// Whoever wrote on a phone that is not hers is told nothing there.
void KinshipDesk::tell_writer(storage::Transaction& tx, const core::Letter& letter, core::Instant now) {
    const auto tie = tx.people().tie(letter.tie);
    const auto phone = tie ? own_handset_of(tx, receiver_of(*tie, !letter.to_child)) : std::nullopt;
    if (!phone) return;
    const auto& channel = channel_of(tx, phone->id);
    const auto due = letter.to_child ? now : after_rest(now);
    tx.outbox().add({.channel = channel.name,
                     .to = phone->id,
                     .text = rules_.words(channel, phone->language, {{.key = "kin.undelivered"}},
                                          signature_for(tx, channel, phone->id)),
                     .kind = core::MessageClass::kNotice,
                     .created_at = now,
                     .due_at = due,
                     .expires_at = due + kToldWithin});
}

}  // namespace harborline::gateway
