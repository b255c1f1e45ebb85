// Texts that come in parts: the half of TurnTaker that waits for the rest of them.
#include <algorithm>
#include <stdexcept>
#include <utility>

#include "gateway/carriers/fragments.hpp"
#include "gateway/conversation/turn_taker.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using petition::Habits;

}  // namespace

TurnOutcome TurnTaker::take_part(storage::Transaction& tx, const core::Inbound& part, const std::string& identity) {
    const auto handset = tx.handsets().find_or_add(part.from, part.received_at);
    const auto wait = rules_.settings.conversation.parts_wait;
    if (tx.fragments().is_settled(part, handset.id, part.received_at - Habits::kRepeatWindow))
        return {.kind = TurnOutcome::Kind::kRepeat};
    // Another part under a number that is there already: the phone has come round to this reference again, and the
    // rest of the earlier text is not coming any more.
    const auto earlier = tx.fragments().siblings(part, handset.id, core::Instant{});
    const auto is_another = [&](const core::Inbound& one) {
        return one.fragment->index == part.fragment->index && one.fragment->bytes != part.fragment->bytes;
    };
    if (std::ranges::any_of(earlier, is_another)) {
        tx.fragments().remove(part, handset.id);
        take_whole(tx, joined(earlier), {{}, part.received_at});
    }
    using storage::Fragments;
    const auto lives = is_confidential(tx, part) ? Fragments::Lives::kAsLetters : Fragments::Lives::kAsTexts;
    if (!tx.fragments().add(part, handset.id, lives)) return {.kind = TurnOutcome::Kind::kRepeat};
    tx.turns().append({.received_at = part.received_at,
                       .channel = part.channel,
                       .handset = handset.id,
                       .identity = identity,
                       .note = "part"});
    const auto parts = tx.fragments().siblings(part, handset.id, part.received_at - wait);
    if (!is_complete(parts)) {
        if (parts.size() == 1)
            tx.deadlines().add(storage::Deadline::Kind::kFragments, handset.id.value, part.received_at + wait + 1s);
        return {.kind = TurnOutcome::Kind::kPart};
    }
    tx.fragments().settle(part, handset.id);
    tx.deadlines().add(storage::Deadline::Kind::kFragments, handset.id.value,
                       part.received_at + Habits::kRepeatWindow + 1s);
    return take_whole(tx, joined(parts), {{}, part.received_at});
}

std::optional<core::Inbound> TurnTaker::completed_by(storage::Transaction& tx, const core::Inbound& part) {
    const auto handset = tx.handsets().find_or_add(part.from, part.received_at);
    auto parts = tx.fragments().siblings(part, handset.id, part.received_at - rules_.settings.conversation.parts_wait);
    parts.push_back(part);
    if (!is_complete(parts)) return std::nullopt;
    tx.fragments().remove(part, handset.id);
    return joined(parts);
}

std::vector<core::Inbound> TurnTaker::overdue_texts(storage::Transaction& tx, core::HandsetId id, core::Instant now) {
    tx.fragments().forget_settled(id, now - Habits::kRepeatWindow);
    std::vector<core::Inbound> texts;
    for (const auto& part : tx.fragments().overdue(id, now - rules_.settings.conversation.parts_wait)) {
        const auto parts = tx.fragments().siblings(part, id, core::Instant{});
        tx.fragments().remove(part, id);
        texts.push_back(joined(parts));
    }
    return texts;
}

void TurnTaker::release_fragments(storage::Transaction& tx, core::HandsetId handset, core::Instant now) {
    for (const auto& text : overdue_texts(tx, handset, now)) {
        // After a long absence, or out of an old backup: whoever sent it does not wait for an answer any more, and an
        // answer now would be a text that nobody asked for. A person looks at it.
        if (now - text.received_at > rules_.settings.outbox.answer_expiry)
            keep_for_a_person(tx, text, now);
        else
            take_whole(tx, text, {{}, now});
    }
}

void TurnTaker::keep_for_a_person(storage::Transaction& tx, const core::Inbound& text, core::Instant now) {
    tx.stranded().add({.inbound = keepable(tx, text, {}).inbound,
                       .at = now,
                       .error = "its parts came too long ago to be answered unasked"});
    desk_.tell_administrator(tx, "stranded", now);
}

void TurnTaker::strand_fragments(storage::Transaction& tx, core::HandsetId handset, core::Instant now) {
    for (const auto& text : overdue_texts(tx, handset, now))
        strand_whole(tx, text, {{}, "the parts that came could not be taken", now});
}

core::Inbound TurnTaker::joined(const std::vector<core::Inbound>& parts) {
    auto text = join_fragments(parts);
    if (!text) throw std::runtime_error(text.error().message);
    core::Inbound whole = parts.front();
    whole.fragment.reset();
    whole.external_id.clear();
    whole.stamped_at.reset();
    whole.received_at = std::ranges::max(parts, {}, &core::Inbound::received_at).received_at;
    whole.text = std::move(*text);
    return whole;
}

}  // namespace harborline::gateway
