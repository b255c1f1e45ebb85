#include "gateway/workers/claim.hpp"

#include <algorithm>
#include <utility>

#include "gateway/conversation/duty_desk.hpp"
#include "gateway/conversation/safe_contact.hpp"

namespace harborline::gateway {
namespace {

/// A call wakes nobody for what somebody has, or what is over; the last to be asked is the row itself.
std::string_view why_not_ring(storage::Transaction& tx, const core::Message& message, const storage::Handset& to) {
    const auto page = tx.alerts().find_page(message.page);
    if (!page || !still_calls(tx, *page)) return "the page is answered or over";
    // Where the clock was set back meanwhile both ring, rather than none.
    if (page->sent_at > message.created_at) return "the page was told again, by another call";
    return page->staff == to.staff ? std::string_view{} : "the number is no longer hers";
}

std::string_view refusal_of(storage::Transaction& tx, const core::Message& message, const storage::Handset& to) {
    const bool asked_for = message.kind == core::MessageClass::kAnswer || core::is_page(message.kind);
    if (!asked_for && to.opt_out == storage::OptOut::kEverything) return "opted out of everything";
    if (message.kind != core::MessageClass::kReply || !message.case_id) return {};
    const auto matter = tx.cases().find(message.case_id);
    if (!matter || matter->contact != core::ContactBack::kNone) return {};
    // What she was asked in her petition holds where no plan says it better.
    const auto plan = contact_plan(tx, message.to);
    const bool agreed = plan.way != safety::Way::kUnasked || plan.exception == message.id;
    return agreed ? std::string_view{} : "only she contacts us";
}

}  // namespace

std::vector<Claimed> claim_allowed(storage::Transaction& tx, const storage::OutboxClaim& wish, core::ChannelKind kind,
                                   const core::TimeZone& zone) {
    std::vector<Claimed> claimed;
    if (wish.limit <= 0) return claimed;
    for (auto& message : tx.outbox().claim_due(wish)) {
        const safety::Outgoing what{.kind = message.kind,
                                    .call = kind == core::ChannelKind::kVoice,
                                    .age = wish.now - message.created_at,
                                    .id = message.id};
        const auto verdict = may_reach(tx, message.to, what, zone, wish.now);
        if (verdict.kind == safety::Verdict::Kind::kWait) {
            tx.outbox().put_back(message, std::min(begin_of(verdict, zone), message.expires_at));
            continue;
        }
        const auto handset = tx.handsets().get(message.to);
        auto refusal = verdict.goes() ? refusal_of(tx, message, handset) : verdict.why;
        if (what.call && message.page) refusal = why_not_ring(tx, message, handset);
        claimed.push_back({.message = std::move(message), .number = handset.number, .why_not = refusal});
    }
    return claimed;
}

}  // namespace harborline::gateway
