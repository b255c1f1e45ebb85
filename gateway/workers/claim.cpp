#include "gateway/workers/claim.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "gateway/conversation/duty_desk.hpp"
#include "gateway/conversation/kin_call_desk.hpp"
#include "gateway/conversation/kinship_desk.hpp"
#include "gateway/conversation/known.hpp"
#include "gateway/conversation/reply_desk.hpp"
#include "gateway/conversation/safe_contact.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;

constexpr auto kTryLine = 20s;
constexpr auto kTryChild = 30min;
/// No answer that we play takes longer; an end that nobody told us of keeps a phone free of calls for so long.
constexpr auto kLongestTelling = 5min;

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

/// A phone that one call of ours occupies is not called by another: that would find it busy, or displace the first.
class Lines {
  public:
    Lines(storage::Transaction& tx, const storage::OutboxClaim& wish) : tx_(tx), now_(wish.now) {
        for (const auto id : wish.under_way)
            if (const auto row = tx.outbox().find(id)) ringing_.push_back(row->to);
    }

    bool is_free(const storage::Handset& to) const {
        if (std::ranges::find(ringing_, to.id) != ringing_.end()) return false;
        const auto known = recall(tx_, to);
        const bool talks = known && known->memory.session.placed && !known->memory.session.over;
        return !talks || std::chrono::abs(now_ - known->conversation.last_turn_at) > kLongestTelling;
    }
    void ring(core::HandsetId to) { ringing_.push_back(to); }

  private:
    storage::Transaction& tx_;
    core::Instant now_;
    std::vector<core::HandsetId> ringing_{};
};

}  // namespace

std::vector<Claimed> claim_allowed(storage::Transaction& tx, const storage::OutboxClaim& wish, core::ChannelKind kind,
                                   const Rules& rules) {
    std::vector<Claimed> claimed;
    if (wish.limit <= 0) return claimed;
    std::optional<Lines> lines;
    if (kind == core::ChannelKind::kVoice) lines.emplace(tx, wish);
    for (auto& message : tx.outbox().claim_due(wish)) {
        const safety::Outgoing what{.kind = message.kind,
                                    .call = kind == core::ChannelKind::kVoice,
                                    .age = wish.now - message.created_at,
                                    .id = message.id};
        // The kinship line's own calls have hours and rules of their own.
        const bool kin_call = KinCallDesk::is_call(rules, message);
        const auto verdict = kin_call ? safety::Verdict{} : may_reach(tx, message.to, what, rules.zone, wish.now);
        if (verdict.kind == safety::Verdict::Kind::kWait) {
            tx.outbox().put_back(message, std::min(begin_of(verdict, rules.zone), message.expires_at));
            continue;
        }
        // Whoever wrote is not told that something has changed at the child's phone: her words wait as long as they
        // live.
        if (!verdict.goes() && KinshipDesk::is_for_child(tx, message)) {
            tx.outbox().put_back(message, std::min(wish.now + kTryChild, message.expires_at));
            continue;
        }
        const auto handset = tx.handsets().get(message.to);
        auto refusal = verdict.goes() ? refusal_of(tx, message, handset) : verdict.why;
        if (what.call && message.page) refusal = why_not_ring(tx, message, handset);
        if (message.kind == core::MessageClass::kKinship && refusal.empty()) {
            const auto leave = kin_call ? KinCallDesk(rules).let_go(tx, message, wish.now)
                                        : KinshipDesk(rules).let_go(tx, message, wish.now);
            if (leave.not_before) {
                tx.outbox().put_back(message, *leave.not_before);
                continue;
            }
            refusal = leave.why_not;
            // Who dies with it must not leave its writer waiting: it is never tried a second time.
            if (refusal.empty() && !kin_call) ReplyDesk::look_after_attempt(tx, message.id, wish.lease_until);
        }
        if (lines && refusal.empty()) {
            if (!lines->is_free(handset)) {
                tx.outbox().put_back(message, std::min(wish.now + kTryLine, message.expires_at));
                continue;
            }
            lines->ring(handset.id);
        }
        claimed.push_back({.message = std::move(message), .number = handset.number, .why_not = refusal});
    }
    return claimed;
}

}  // namespace harborline::gateway
