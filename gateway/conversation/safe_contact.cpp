#include "gateway/conversation/safe_contact.hpp"

#include <chrono>
#include <utility>

namespace harborline::gateway {

safety::ContactPlan contact_plan(storage::Transaction& tx, core::HandsetId handset) {
    const auto kept = tx.contact_plans().find(handset);
    if (!kept) return {};
    auto plan = safety::decode_contact_plan(*kept);
    return plan ? std::move(*plan) : safety::ContactPlan{.way = safety::Way::kNone};
}

void put_contact_plan(storage::Transaction& tx, core::HandsetId handset, const safety::ContactPlan& plan) {
    tx.contact_plans().put(handset, safety::encode(plan));
}

safety::Verdict may_reach(storage::Transaction& tx, core::HandsetId to, const safety::Outgoing& what,
                          const core::TimeZone& zone, core::Instant now) {
    if (core::is_page(what.kind)) return {};
    const auto plan = contact_plan(tx, to);
    const bool safety_open = tx.cases().latest_open_of(to, core::CaseKind::kSafety).has_value();
    return safety::may_reach(plan, safety_open, what, zone.local(now));
}

std::string_view signature_for(storage::Transaction& tx, const config::ChannelSettings& channel, core::HandsetId to,
                               bool sensitive) {
    if (channel.neutral_signature.empty()) return channel.signature;
    const bool watched = sensitive || tx.cases().latest_open_of(to, core::CaseKind::kSafety).has_value();
    return watched ? channel.neutral_signature : channel.signature;
}

core::Instant begin_of(const safety::Verdict& wait, const core::TimeZone& zone) {
    return zone.start_of(wait.date) + std::chrono::minutes{wait.minute};
}

}  // namespace harborline::gateway
