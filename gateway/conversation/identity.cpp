#include "gateway/conversation/identity.hpp"

#include "handlers/flow/answer.hpp"

namespace harborline::gateway {
namespace {
constexpr std::string_view kById = "id:";
constexpr std::string_view kByContent = "content:";
constexpr std::string_view kByStamp = "stamp:";
constexpr char kFieldEnd = '|';
/// Number, port and stamp: the text is behind the last of them.
constexpr int kFieldsBeforeText = 3;
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

std::string without_words(std::string_view identity, WordHash& hash) {
    if (!identity.starts_with(kByContent)) return std::string{identity};
    std::size_t end = kByContent.size();
    for (int field = 0; field < kFieldsBeforeText; ++field) end = identity.find(kFieldEnd, end) + 1;
    return std::string{kByStamp}
        .append(identity.substr(kByContent.size(), end - kByContent.size()))
        .append(std::to_string(hash.of(identity.substr(end))));
}

core::Inbound without_words(core::Inbound inbound) {
    inbound.text.clear();
    if (inbound.fragment) inbound.fragment->bytes.clear();
    return inbound;
}

bool came_before(storage::Transaction& tx, std::string_view channel, std::string_view identity, WordHash& hash) {
    if (identity.empty()) return false;
    if (tx.turns().find_repeat(channel, identity)) return true;
    return identity.starts_with(kByContent) &&
           tx.turns().find_repeat(channel, without_words(identity, hash)).has_value();
}

bool is_carrier_id(std::string_view identity) {
    return identity.starts_with(kById);
}

std::string_view carrier_id_of(std::string_view identity) {
    return identity.substr(kById.size());
}

}  // namespace harborline::gateway
