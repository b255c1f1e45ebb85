#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "handlers/core/family.hpp"
#include "storage/sqlite/packing.hpp"

/// Families as they are sealed. Equal values are equal bytes, so that one which nobody has changed is not written
/// again. Every `unpack` throws sealing::Damaged.
namespace harborline::storage::sqlite {

inline void pack_date(Packer& packer, const core::MaybeDate& date) {
    packer.integer(date.ok());
    if (date.ok()) packer.integer(std::chrono::sys_days{date}.time_since_epoch().count());
}
inline core::MaybeDate unpack_date(Unpacker& unpacker) {
    if (unpacker.integer() == 0) return {};
    return std::chrono::sys_days{std::chrono::days{unpacker.integer()}};
}
template <class Enum>
Enum unpack_enum(Unpacker& unpacker) {
    return static_cast<Enum>(unpacker.integer());
}

inline std::string pack(const core::Person& person) {
    Packer packer;
    packer.text(person.external_id)
        .integer(static_cast<std::int64_t>(person.kind))
        .text(person.name)
        .integer(static_cast<std::int64_t>(person.age))
        .text(person.place);
    pack_date(packer, person.checked_until);
    return std::string{packer.integer(person.weekly).bytes()};
}
inline void unpack(std::string_view opened, core::Person& person) {
    Unpacker unpacker{opened};
    person.external_id = unpacker.text();
    person.kind = unpack_enum<core::PersonKind>(unpacker);
    person.name = unpacker.text();
    person.age = unpack_enum<core::AgeBand>(unpacker);
    person.place = unpacker.text();
    person.checked_until = unpack_date(unpacker);
    person.weekly = unpacker.integer() != 0;
}

inline void pack_hours(Packer& packer, const std::vector<core::Window>& hours) {
    packer.integer(static_cast<std::int64_t>(hours.size()));
    for (const auto& window : hours) packer.integer(window.days).integer(window.from_min).integer(window.to_min);
}
inline std::vector<core::Window> unpack_hours(Unpacker& unpacker) {
    std::vector<core::Window> hours;
    for (auto left = unpacker.integer(); left > 0; --left)
        hours.push_back({.days = static_cast<std::uint8_t>(unpacker.integer()),
                         .from_min = static_cast<int>(unpacker.integer()),
                         .to_min = static_cast<int>(unpacker.integer())});
    return hours;
}

inline std::string pack(const core::Tie& tie) {
    Packer packer;
    packer.integer(static_cast<std::int64_t>(tie.relation)).integer(static_cast<std::int64_t>(tie.state));
    pack_hours(packer, tie.hours);
    packer.text(tie.proved_by).integer(tie.agreed);
    pack_date(packer, tie.from);
    pack_date(packer, tie.to);
    return std::string{packer.bytes()};
}
inline void unpack(std::string_view opened, core::Tie& tie) {
    Unpacker unpacker{opened};
    tie.relation = unpack_enum<core::Relation>(unpacker);
    tie.state = unpack_enum<core::Tie::State>(unpacker);
    tie.hours = unpack_hours(unpacker);
    tie.proved_by = unpacker.text();
    tie.agreed = unpacker.integer() != 0;
    tie.from = unpack_date(unpacker);
    tie.to = unpack_date(unpacker);
}

inline std::string pack(const core::Care& care) {
    Packer packer;
    packer.integer(care.guardian);
    pack_date(packer, care.from);
    pack_date(packer, care.to);
    return std::string{packer.bytes()};
}
inline void unpack(std::string_view opened, core::Care& care) {
    Unpacker unpacker{opened};
    care.guardian = unpacker.integer() != 0;
    care.from = unpack_date(unpacker);
    care.to = unpack_date(unpacker);
}

inline std::string pack(const core::Consent& consent) {
    Packer packer;
    packer.text(consent.how);
    pack_date(packer, consent.given);
    pack_date(packer, consent.withdrawn);
    return std::string{packer.integer(consent.word_watch).bytes()};
}
inline void unpack(std::string_view opened, core::Consent& consent) {
    Unpacker unpacker{opened};
    consent.how = unpacker.text();
    consent.given = unpack_date(unpacker);
    consent.withdrawn = unpack_date(unpacker);
    consent.word_watch = unpacker.integer() != 0;
}

inline std::string pack(const core::ProtectionOrder& order) {
    Packer packer;
    packer.text(order.number);
    pack_date(packer, order.until);
    return std::string{packer.bytes()};
}
inline void unpack(std::string_view opened, core::ProtectionOrder& order) {
    Unpacker unpacker{opened};
    order.number = unpacker.text();
    order.until = unpack_date(unpacker);
}

inline std::string pack(const core::Card& card) {
    return std::string{Packer{}.text(card.number).text(card.pin).text(card.duress).bytes()};
}
inline void unpack(std::string_view opened, core::Card& card) {
    Unpacker unpacker{opened};
    card.number = unpacker.text();
    card.pin = unpacker.text();
    card.duress = unpacker.text();
}

}  // namespace harborline::storage::sqlite
