#include "gateway/conversation/identity.hpp"

#include "handlers/flow/answer.hpp"

namespace harborline::gateway {
namespace {
constexpr std::string_view kById = "id:";
constexpr std::string_view kByContent = "content:";
}  // namespace

std::string identity_of(const core::Inbound& inbound) {
    std::string identity;
    if (!inbound.external_id.empty()) return identity.append(kById).append(inbound.external_id);
    if (!inbound.stamped_at || inbound.fragment) return identity;
    if (flow::read_answer(inbound.text).kind == core::Input::Kind::kKey) return identity;
    return identity.append(kByContent)
        .append(inbound.from.reveal())
        .append("|")
        .append(inbound.to)
        .append("|")
        .append(std::to_string(core::to_millis(*inbound.stamped_at)))
        .append("|")
        .append(inbound.text);
}

bool is_carrier_id(std::string_view identity) {
    return identity.starts_with(kById);
}

std::string_view carrier_id_of(std::string_view identity) {
    return identity.substr(kById.size());
}

}  // namespace harborline::gateway
