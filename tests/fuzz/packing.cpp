// A message as it is stored: any bytes are read or refused as damaged, and any message comes back.
#include "storage/sqlite/packing.hpp"

#include "storage/sqlite/inbound_packing.hpp"
#include "tests/fuzz/target.hpp"

namespace harborline::fuzz {
namespace {

using namespace storage::sqlite;

std::string packed(const core::Inbound& inbound) {
    Packer packer;
    pack(packer, inbound);
    return std::string{packer.bytes()};
}

std::int64_t number(Draw& draw) {
    std::uint64_t value = 0;
    for (int byte = 0; byte < 8; ++byte) value = value << 8U | draw.byte();
    return static_cast<std::int64_t>(value);
}

core::Inbound any(Draw draw) {
    core::Inbound inbound{.kind = static_cast<core::ChannelKind>(draw.below(3))};
    inbound.from = core::PhoneNumber::from_value(static_cast<std::uint64_t>(number(draw)));
    inbound.received_at = core::from_millis(number(draw));
    if (draw.below(2) == 1) inbound.stamped_at = core::from_millis(number(draw));
    inbound.channel = draw.take(draw.below(20));
    inbound.to = draw.take(draw.below(20));
    inbound.external_id = draw.take(draw.byte());
    if (draw.below(2) == 1)
        inbound.fragment = core::Fragment{.reference = static_cast<std::uint16_t>(draw.byte() * 257),
                                          .wide_reference = draw.below(2) == 1,
                                          .total = draw.byte(),
                                          .index = draw.byte(),
                                          .bytes = std::string{draw.take(draw.byte())},
                                          .charset = "UTF-8"};
    inbound.text = draw.rest();
    return inbound;
}

void try_stored(std::string_view bytes) {
    try {
        Unpacker unpacker{bytes};
        const auto once = packed(unpack_inbound(unpacker));
        Unpacker second{once};
        require(packed(unpack_inbound(second)) == once, "what was read is written and read alike");
    } catch (const storage::sealing::Damaged&) {
        return;
    }
}

}  // namespace

void try_input(std::string_view input) {
    try_stored(input);
    const auto inbound = any(Draw{input});
    const auto stored = packed(inbound);
    Unpacker unpacker{stored};
    const auto again = unpack_inbound(unpacker);
    require(packed(again) == stored, "a message comes back");
    require(again.text == inbound.text && again.from == inbound.from && again.stamped_at == inbound.stamped_at &&
                again.fragment.has_value() == inbound.fragment.has_value(),
            "a message comes back as it was");
}

}  // namespace harborline::fuzz
