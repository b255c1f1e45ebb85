#include "storage/sqlite/inbound_packing.hpp"

namespace harborline::storage::sqlite {

namespace {

constexpr std::int64_t kIsFragment = 1;
constexpr std::int64_t kToldByCarrier = 2;

}  // namespace

void pack(Packer& packer, const core::Inbound& inbound) {
    packer.text(inbound.channel)
        .integer(static_cast<std::int64_t>(inbound.kind))
        .integer(static_cast<std::int64_t>(inbound.from.value()))
        .text(inbound.to)
        .text(inbound.external_id)
        .integer(inbound.stamped_at.has_value())
        .integer(inbound.stamped_at ? core::to_millis(*inbound.stamped_at) : 0)
        .integer(core::to_millis(inbound.received_at))
        .text(inbound.text)
        .integer((inbound.fragment ? kIsFragment : 0) | (inbound.told_by_carrier ? kToldByCarrier : 0));
    if (!inbound.fragment) return;

    const auto& fragment = *inbound.fragment;
    packer.integer(fragment.reference)
        .integer(fragment.wide_reference)
        .integer(fragment.total)
        .integer(fragment.index)
        .text(fragment.bytes)
        .text(fragment.charset);
}

core::Inbound unpack_inbound(Unpacker& unpacker) {
    core::Inbound inbound{.channel = unpacker.text(),
                          .kind = static_cast<core::ChannelKind>(unpacker.integer()),
                          .from = core::PhoneNumber::from_value(static_cast<std::uint64_t>(unpacker.integer())),
                          .to = unpacker.text(),
                          .external_id = unpacker.text()};
    const bool stamped = unpacker.integer() != 0;
    const auto stamp = core::from_millis(unpacker.integer());
    if (stamped) inbound.stamped_at = stamp;
    inbound.received_at = core::from_millis(unpacker.integer());
    inbound.text = unpacker.text();
    const auto marks = unpacker.integer();
    inbound.told_by_carrier = (marks & kToldByCarrier) != 0;
    if ((marks & kIsFragment) == 0) return inbound;

    inbound.fragment = core::Fragment{.reference = static_cast<std::uint16_t>(unpacker.integer()),
                                      .wide_reference = unpacker.integer() != 0,
                                      .total = static_cast<std::uint8_t>(unpacker.integer()),
                                      .index = static_cast<std::uint8_t>(unpacker.integer()),
                                      .bytes = unpacker.text(),
                                      .charset = unpacker.text()};
    return inbound;
}

}  // namespace harborline::storage::sqlite
