#include "gateway/conversation/unasked.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/conversation/family_facts.hpp"
#include "gateway/conversation/memory.hpp"
#include "gateway/conversation/safe_contact.hpp"
#include "handlers/flow/conventions.hpp"
#include "handlers/flow/engine.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;

/// Whoever has not gone on with a menu for so long is in the middle of nothing.
constexpr auto kLeftLyingAfter = 1h;

Unasked may_be_asked(storage::Transaction& tx, const Rules& rules, const storage::Handset& to, core::Instant now) {
    if (!to.number.is_subscriber() || to.opt_out != storage::OptOut::kNone) return Unasked::kNever;
    const safety::Outgoing notice{.kind = core::MessageClass::kNotice};
    const auto verdict = may_reach(tx, to.id, notice, rules.zone, now);
    if (verdict.goes()) return Unasked::kAsked;
    return verdict.kind == safety::Verdict::Kind::kWait ? Unasked::kNotNow : Unasked::kNever;
}

/// What was told or asked elsewhere, and a call for help, are waited for until they have lapsed; so are words whose
/// writer has yet to say for whom they are.
bool is_free(const core::FlowState& state, core::Instant::duration silence) {
    if (state.flow.empty()) return true;
    const bool may_lie = state.flow == flow::names::kMenu || (flow::is_kinship(state) && !parked_in(state.saved));
    return may_lie && silence > kLeftLyingAfter;
}

}  // namespace

const config::ChannelSettings& text_channel_of(storage::Transaction& tx, const Rules& rules, core::HandsetId handset) {
    const auto conversation = tx.conversations().find(handset);
    if (!conversation || !rules.has_channel(conversation->channel)) return rules.staff_channel();
    return rules.text_channel(rules.channel(conversation->channel));
}

Unasked ask_unasked(storage::Transaction& tx, const Rules& rules, const storage::Handset& to,
                    const UnaskedQuestion& what, core::Instant now) {
    if (const auto may = may_be_asked(tx, rules, to, now); may != Unasked::kAsked) return may;
    const auto& channel = text_channel_of(tx, rules, to.id);
    const auto known = tx.conversations().find(to.id);
    auto conversation = known.value_or(storage::Conversation{.handset = to.id, .channel = channel.name});
    auto memory = known ? decode_memory(known->state) : Memory{};
    if (!memory) return Unasked::kNotNow;  // Her next turn tells the administrator.
    if (memory->flow.flow == what.flow) return Unasked::kStands;
    if (!is_free(memory->flow, std::chrono::abs(now - conversation.last_turn_at))) return Unasked::kNotNow;
    core::FlowState asked{.flow = std::string{what.flow}, .step = std::string{what.step}, .saved = what.saved};
    auto says = flow::on_a_screen(rules.book, asked, true, {});
    if (says.empty()) return Unasked::kNever;  // A book without this flow.
    says.insert(says.begin(), what.before.begin(), what.before.end());

    if (memory->flow.flow.empty()) conversation.id = tx.conversations().next_id();
    memory->flow = std::move(asked);
    memory->held.clear();
    memory->answered_at = now;
    if (!std::exchange(memory->lapse_is_set, true))
        tx.deadlines().add(storage::Deadline::Kind::kLapse, to.id.value,
                           now + rules.settings.conversation.digit_window);
    conversation.last_turn_at = now;
    conversation.state = encode(*memory);
    tx.conversations().put(conversation);
    tx.outbox().add({.channel = channel.name,
                     .to = to.id,
                     .text = rules.words(channel, to.language, says, signature_for(tx, channel, to.id)),
                     .kind = core::MessageClass::kNotice,
                     .created_at = now,
                     .due_at = now,
                     .expires_at = what.expires_at});
    return Unasked::kAsked;
}

}  // namespace harborline::gateway
