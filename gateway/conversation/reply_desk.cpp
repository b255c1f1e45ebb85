#include "gateway/conversation/reply_desk.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "gateway/conversation/kin_call_desk.hpp"
#include "gateway/conversation/kinship_desk.hpp"
#include "gateway/conversation/safe_contact.hpp"
#include "handlers/core/utf8.hpp"
#include "handlers/duty/ladder.hpp"
#include "handlers/render/sms.hpp"
#include "handlers/render/voice.hpp"

namespace harborline::gateway {
namespace {

/// A longer answer belongs into a call or on paper; phones in the villages lose parts.
constexpr std::size_t kReplyPartsMax = 6;
/// Four minutes. What takes far longer the machine's voice does not say at all: a tone would stand for the answer.
constexpr std::size_t kReplySpokenMax = 600;
/// Behind its expiry, when the last attempt is settled or its lease has run out.
constexpr auto kReplyLookedAt = std::chrono::minutes{1};
constexpr auto kAttemptLookedAt = std::chrono::seconds{5};
constexpr std::string_view kDidNotArrive = "the reply did not arrive";

/// Sees to it that a reply which expires unsent is noticed.
void look_after(storage::Transaction& tx, core::OutboxId reply, core::Instant expires_at) {
    tx.deadlines().add(storage::Deadline::Kind::kReply, reply.value, expires_at + kReplyLookedAt);
}

bool says_how_it_ended(const core::Receipt& receipt) {
    return receipt.state == core::ReceiptState::kDelivered || receipt.state == core::ReceiptState::kFailed;
}

void note_receipt(storage::Transaction& tx, const core::Message& reply, std::string_view what, core::Instant now) {
    tx.cases().append(
        reply.case_id,
        {.at = now, .kind = core::CaseEntry::Kind::kReceipt, .text = std::string{what}, .message = reply.id});
}

/// Whether the last that was written down of a reply is that it did not arrive: then its owner knows.
bool is_told(storage::Transaction& tx, const core::Message& reply) {
    bool told = false;
    for (const auto& entry : tx.cases().entries(reply.case_id))
        if (entry.message == reply.id && entry.kind == core::CaseEntry::Kind::kReceipt)
            told = entry.text == kDidNotArrive;
    return told;
}

/// A reply is unsafe or impossible now: none that waits, or is being tried, goes behind the back of whoever said so.
void call_back_replies(storage::Transaction& tx, core::CaseId matter, core::Instant now) {
    for (const auto& entry : tx.cases().entries(matter)) {
        if (entry.kind != core::CaseEntry::Kind::kReply || !entry.message) continue;
        const auto reply = tx.outbox().find(entry.message);
        const bool waits =
            reply && (reply->state == core::MessageState::kWaiting || reply->state == core::MessageState::kSending);
        if (!waits) continue;
        tx.outbox().move(reply->id, core::MessageState::kDropped, now, reply->expires_at);
        note_receipt(tx, *reply, "the reply is not sent any more: the matter is closed", now);
    }
}

core::Error refuse(std::string_view why) {
    return {core::ErrorKind::kRefused, std::string{why}};
}

/// The one reply that two people have let through is made: from now on the sender knows it by its number.
void use_exception(storage::Transaction& tx, const core::Case& matter, core::OutboxId reply, core::Instant now) {
    auto plan = contact_plan(tx, matter.petitioner);
    plan.exception_until = {};
    plan.exception_in = {};
    plan.exception = reply;
    put_contact_plan(tx, matter.petitioner, plan);
    tx.cases().append(matter.id, {.at = now,
                                  .kind = core::CaseEntry::Kind::kNote,
                                  .text = "the exception is used: the next reply goes against her plan",
                                  .message = reply});
}

/// What she was asked in her matter, where no plan says it better.
std::optional<core::Error> why_not_asked(const core::Case& matter, bool call) {
    if (matter.kind == core::CaseKind::kSafety)
        return refuse(
            "a safety matter is never answered unasked; write down how she may be reached with: harborline "
            "case contact");
    if (matter.contact == core::ContactBack::kNone)
        return refuse("she asked that only she contacts us; close with --reason, the answer waits under her number");
    if (matter.contact == core::ContactBack::kUnknown)
        return refuse("she was never asked how she may be reached safely; wait for her, or close with --reason");
    if (call && matter.contact != core::ContactBack::kCall)
        return refuse("she did not ask to be called; answer without --by-phone");
    if (!call && matter.contact == core::ContactBack::kCall)
        return refuse("she asked to be called; call her, or answer with --by-phone, which plays the answer to her");
    return std::nullopt;
}

}  // namespace

std::string words_of_recording(std::string_view name) {
    return "[recording] " + std::string{name};
}

ReplyDesk::ReplyDesk(const Rules& rules, DutyDesk& desk) : rules_(rules), desk_(desk) {}

core::Result<ReplyDesk::Permission> ReplyDesk::permission(storage::Transaction& tx, const core::Case& matter, bool call,
                                                          core::Instant now) const {
    if (matter.status == core::CaseStatus::kClosed) return refuse("this matter is closed; a new answer needs it open");
    if (matter.child) return refuse("whoever holds the phone on which a child called for help is told nothing there");
    const auto plan = contact_plan(tx, matter.petitioner);
    if (plan.exception_in == matter.id && plan.exception_until > now)
        return Permission{.from = now, .by_exception = true};
    if (plan.way == safety::Way::kUnasked)
        if (auto refusal = why_not_asked(matter, call)) return std::move(*refusal);
    const safety::Outgoing what{.kind = core::MessageClass::kReply, .call = call};
    const auto verdict = may_reach(tx, matter.petitioner, what, rules_.zone, now);
    if (verdict.kind == safety::Verdict::Kind::kNever)
        return refuse(std::string{verdict.why} + "; see: harborline case contact " + matter.reference);
    if (verdict.goes()) return Permission{.from = now};
    const auto begin = begin_of(verdict, rules_.zone);
    if (begin >= now + rules_.settings.outbox.reply_expiry)
        return refuse("none of her hours begins before the answer would be too old; answer then, or ask her again");
    return Permission{.from = begin};
}

core::Result<core::OutboxId> ReplyDesk::reply(storage::Transaction& tx, core::Case matter, core::StaffId by,
                                              std::string_view text, core::Instant now) {
    const auto permitted = permission(tx, matter, false, now);
    if (!permitted) return permitted.error();
    const auto handset = tx.handsets().get(matter.petitioner);
    if (handset.opt_out == storage::OptOut::kEverything)
        return refuse("she asked for no texts at all; close with --reason");
    if (!handset.number.is_subscriber()) return refuse("she did not write from a phone that can be answered");
    if (!rules_.has_channel(matter.channel))
        return refuse("she wrote through a channel that is not in the settings any more");
    const auto& channel = rules_.channel(matter.channel);
    const bool watched = matter.kind == core::CaseKind::kSafety;
    if (watched && safety::betrays(text))
        return refuse("this says on a watched phone what it is about; leave out such words, and links");
    const flow::Say say{.key = "pet.reply", .values = {{"ref", matter.reference}, {"text", std::string{text}}}};
    const std::string_view signature = signature_for(tx, channel, handset.id);
    std::string words =
        watched ? std::string{signature}.append(text) : rules_.words(channel, handset.language, {say}, signature);
    if (render::split_sms(words).parts.size() > kReplyPartsMax)
        return refuse("the answer is longer than six texts; shorten it or call her");

    return send(tx, matter,
                {.channel = channel.name,
                 .to = handset.id,
                 .text = std::move(words),
                 .created_at = now,
                 .due_at = permitted->from},
                {.at = now, .kind = core::CaseEntry::Kind::kReply, .by = by, .text = std::string{text}}, *permitted);
}

core::OutboxId ReplyDesk::send(storage::Transaction& tx, core::Case matter, core::Message message,
                               const core::CaseEntry& entry, const Permission& permission) {
    message.kind = core::MessageClass::kReply;
    message.expires_at = message.created_at + rules_.settings.outbox.reply_expiry;
    message.case_id = matter.id;
    const auto id = tx.outbox().add(message);
    look_after(tx, id, message.expires_at);
    if (permission.by_exception) use_exception(tx, matter, id, message.created_at);
    core::CaseEntry told = entry;
    told.message = id;
    tx.cases().append(matter.id, told);
    matter.reply = id;
    matter.status = core::CaseStatus::kReplied;
    tx.cases().update(matter);
    return id;
}

core::Result<core::OutboxId> ReplyDesk::reply_by_phone(storage::Transaction& tx, core::Case matter, core::StaffId by,
                                                       const SpokenReply& reply, core::Instant now) {
    const auto permitted = permission(tx, matter, true, now);
    if (!permitted) return permitted.error();
    const auto handset = tx.handsets().get(matter.petitioner);
    if (handset.opt_out == storage::OptOut::kEverything)
        return refuse("she asked that nothing is sent to her at all; call her yourself, or close with --reason");
    if (!handset.number.is_subscriber()) return refuse("she did not call from a phone that can be called");
    const auto* channel = rules_.call_channel(matter.channel);
    if (channel == nullptr) return refuse("no channel of the settings can be called; call her yourself");
    if (core::count_characters(reply.text) > kReplySpokenMax)
        return refuse("the answer takes more than four minutes to say; shorten it or call her");
    const bool recorded = !reply.recording.empty();
    const flow::Say say{.key = recorded ? "call.reply" : "pet.reply",
                        .values = {{"ref", matter.reference}, {"text", reply.text}}};
    core::CallAnswer call{.language = std::string{rules_.language(*channel, handset.language)}};
    call.sounds = render::render_voice(rules_.book.catalogue, call.language, {say});
    if (recorded) call.sounds.push_back({.personal = true, .recording = reply.recording});
    return send(tx, matter,
                {.channel = channel->name,
                 .to = handset.id,
                 .text = core::encode(call),
                 .created_at = now,
                 .due_at = permitted->from},
                {.at = now,
                 .kind = core::CaseEntry::Kind::kReply,
                 .by = by,
                 .text = recorded ? words_of_recording(reply.recording) : reply.text},
                *permitted);
}

core::Result<void> ReplyDesk::close(storage::Transaction& tx, core::Case matter, core::StaffId by,
                                    std::string_view reason, core::Instant now) {
    if (matter.status == core::CaseStatus::kClosed)
        return core::Error{core::ErrorKind::kConflict, "this matter is closed already"};
    const auto reply = matter.reply ? tx.outbox().find(matter.reply) : std::nullopt;
    const bool delivered = reply && reply->state == core::MessageState::kDelivered;
    if (!delivered && reason.empty())
        return core::Error{core::ErrorKind::kConflict,
                           reply ? "her reply has not been delivered yet; wait for the receipt, or close with --reason "
                                   "saying why a reply is unsafe or impossible"
                                 : "she has had no reply; send one with: harborline case reply, or close with --reason "
                                   "saying why a reply is unsafe or impossible"};
    if (!delivered) call_back_replies(tx, matter.id, now);
    matter.status = core::CaseStatus::kClosed;
    matter.closed_at = now;
    matter.close_reason = reason;
    tx.cases().update(matter);
    std::string how = delivered ? "closed; the reply was delivered" : "closed without a delivered reply";
    if (!reason.empty()) how.append(": ").append(reason);
    tx.cases().append(matter.id, {.at = now, .kind = core::CaseEntry::Kind::kStatus, .by = by, .text = std::move(how)});
    for (auto& page : tx.alerts().pages_for(matter.id)) {
        if (!page.wants_answer()) continue;
        page.state = core::Page::State::kStale;
        tx.alerts().update(page);
    }
    // Whoever closes it answers for it: the ladder has nobody left to wake.
    while (auto alert = tx.alerts().open_for(matter.id)) {
        duty::take(*alert, by, now);
        tx.alerts().update(*alert);
    }
    return {};
}

void ReplyDesk::named(storage::Transaction& tx, const core::Message& message, std::string_view carrier_id,
                      core::Instant now) {
    // Behind its expiry the carrier tries no longer, and after the window nobody waits for a receipt.
    const auto until = std::max(now, message.expires_at) + rules_.settings.outbox.receipt_window;
    tx.carrier_ids().add(message.channel, carrier_id, {message.id, message.attempts}, until);
    if (auto early = tx.carrier_ids().take_early(message.channel, carrier_id)) receipt(tx, std::move(*early));
}

bool ReplyDesk::receipt(storage::Transaction& tx, core::Receipt receipt) {
    if (!receipt.carrier_id.empty()) {
        const auto known = tx.carrier_ids().find(receipt.channel, receipt.carrier_id);
        if (!known && says_how_it_ended(receipt)) tx.carrier_ids().keep_early(receipt);
        if (!known) return false;
        receipt.message = known->message;
        receipt.attempt = known->attempt;
    }
    // Somebody has picked up, says the carrier; who that was and what she has heard, only the call itself knows.
    const auto about = tx.outbox().find(receipt.message);
    const bool called =
        about && rules_.has_channel(about->channel) && rules_.channel(about->channel).kind == core::ChannelKind::kVoice;
    if (called && receipt.state == core::ReceiptState::kDelivered) receipt.state = core::ReceiptState::kAccepted;
    const bool failed = receipt.state == core::ReceiptState::kFailed;
    const bool rang = called && failed && about->kind == core::MessageClass::kRedPage;
    if (!keep(tx, receipt)) return false;
    if (rang) ring_again(tx, *about, receipt.at);
    return true;
}

/// Some carriers say only in a receipt that a call found nobody; and a mailbox picks up, and keys nothing.
void ReplyDesk::ring_again(storage::Transaction& tx, const core::Message& before, core::Instant now) {
    const auto after = tx.outbox().find(before.id);
    if (after && after->state == core::MessageState::kFailed && before.state != after->state)
        tx.outbox().move(after->id, core::MessageState::kWaiting, now + kRingAgain, after->expires_at);
}

void ReplyDesk::heard(storage::Transaction& tx, core::OutboxId call, bool to_the_end, core::Instant now) {
    const auto state = to_the_end ? core::ReceiptState::kDelivered : core::ReceiptState::kFailed;
    const auto before = tx.outbox().find(call);
    keep(tx, {.message = call, .state = state, .at = now});
    if (!to_the_end && before && before->kind == core::MessageClass::kRedPage) ring_again(tx, *before, now);
}

bool ReplyDesk::keep(storage::Transaction& tx, const core::Receipt& receipt) {
    const auto before = tx.outbox().find(receipt.message);
    const auto state = tx.outbox().record_receipt(receipt);
    if (!before || !state) return false;
    const auto after = tx.outbox().find(receipt.message);
    if (after && after->state != before->state && after->kind == core::MessageClass::kKinship) {
        if (*state == core::ReceiptState::kDelivered) sent_for_good(tx, *after, receipt.at);
        if (*state == core::ReceiptState::kFailed) did_not_arrive(tx, *after, receipt.at);
    }
    if (!after || after->state == before->state || after->kind != core::MessageClass::kReply || !after->case_id)
        return true;
    if (*state == core::ReceiptState::kDelivered) note_receipt(tx, *after, "the reply was delivered", receipt.at);
    if (*state == core::ReceiptState::kFailed) did_not_arrive(tx, *after, receipt.at);
    return true;
}

void ReplyDesk::sent_for_good(storage::Transaction& tx, const core::Message& message, core::Instant now) {
    if (message.kind == core::MessageClass::kKinship) KinshipDesk(rules_).arrived(tx, message.id, now);
}

void ReplyDesk::did_not_arrive(storage::Transaction& tx, const core::Message& message, core::Instant now) {
    if (KinCallDesk::is_call(rules_, message)) return KinCallDesk(rules_).reached_nobody(tx, message, now);
    if (message.kind == core::MessageClass::kKinship) return KinshipDesk(rules_).did_not_arrive(tx, message.id, now);
    if (message.kind != core::MessageClass::kReply || !message.case_id) return;
    auto matter = tx.cases().find(message.case_id);
    if (!matter || matter->status == core::CaseStatus::kClosed || is_told(tx, message)) return;
    note_receipt(tx, message, kDidNotArrive, now);
    // A long answer goes in several replies: she misses the one that failed, whatever becomes of those behind it.
    if (matter->reply == message.id) {
        matter->status = core::CaseStatus::kAccepted;
        tx.cases().update(*matter);
    }
    desk_.page_owner(tx, *matter, now);
}

void ReplyDesk::send_again(storage::Transaction& tx, const core::Message& message, core::Instant now) {
    // Where the clock was set back since it was written, too, it expires after its making.
    const auto expires_at = std::max(now, message.created_at) + rules_.settings.outbox.reply_expiry;
    tx.outbox().move(message.id, core::MessageState::kWaiting, now, expires_at);
    if (message.kind != core::MessageClass::kReply) return;
    look_after(tx, message.id, expires_at);
    auto matter = tx.cases().find(message.case_id);
    if (!matter) return;
    note_receipt(tx, message, "the reply goes again", now);
    if (matter->reply != message.id || matter->status == core::CaseStatus::kClosed) return;
    matter->status = core::CaseStatus::kReplied;
    tx.cases().update(*matter);
}

void ReplyDesk::drop(storage::Transaction& tx, const core::Message& message, core::Instant now) {
    const bool had_not_gone =
        message.state == core::MessageState::kWaiting || message.state == core::MessageState::kHeld;
    tx.outbox().move(message.id, core::MessageState::kDropped, now, message.expires_at);
    if (had_not_gone) did_not_arrive(tx, message, now);
}

void ReplyDesk::look_after_attempt(storage::Transaction& tx, core::OutboxId words, core::Instant lease_until) {
    tx.deadlines().add(storage::Deadline::Kind::kReply, words.value, lease_until + kAttemptLookedAt);
}

void ReplyDesk::reply_is_due(storage::Transaction& tx, core::OutboxId id, core::Instant now) {
    const auto message = tx.outbox().find(id);
    if (!message) return;
    using enum core::MessageState;
    if (message->kind == core::MessageClass::kKinship) {
        if (message->state == kSending) return look_after_attempt(tx, id, now);
        if (message->state == kUnknown || message->state == kExpired) did_not_arrive(tx, *message, now);
        return;
    }
    const bool waits = message->state == kWaiting || message->state == kSending || message->state == kHeld;
    // A person has sent it again meanwhile.
    if (waits && message->expires_at > now) return look_after(tx, id, message->expires_at);
    if (!waits && message->state != kExpired && message->state != kUnknown) return;
    did_not_arrive(tx, *message, now);
}

}  // namespace harborline::gateway
