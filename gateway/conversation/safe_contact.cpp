#include "gateway/conversation/safe_contact.hpp"

#include <chrono>
#include <string>
#include <string_view>
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

bool may_be_rung(storage::Transaction& tx, core::HandsetId handset, const core::TimeZone& zone, core::Instant now) {
    const auto plan = contact_plan(tx, handset);
    const bool just_said = now < plan.safe_until && plan.safe_until - now <= safety::kSafeFor;
    if (plan.way == safety::Way::kUnasked && just_said) return true;
    const safety::Outgoing what{.call = true, .by_person = true};
    return may_reach(tx, handset, what, zone, now).goes();
}

std::string story_of(const safety::ContactPlan& plan) {
    return plan.neutral_name.empty() ? plan.cover_story : plan.neutral_name + ", " + plan.cover_story;
}

void note_wrong_code(storage::Transaction& tx, core::CaseId matter, bool unsafe, core::Instant now) {
    const std::string_view text = unsafe ? "called: the code for not safe was keyed" : "called: a wrong code was keyed";
    const auto entries = tx.cases().entries(matter);
    const bool told =
        !entries.empty() && entries.back().text == text && now - entries.back().at < std::chrono::minutes{1};
    if (told) return;
    tx.cases().append(matter, {.at = now, .kind = core::CaseEntry::Kind::kNote, .text = std::string{text}});
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
