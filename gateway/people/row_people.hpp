#pragma once
#include "handlers/core/family.hpp"

namespace harborline::gateway {

// Whom a row is about: where its columns id and other go.

inline void name_people(core::PersonPhone& phone, core::PersonId id, core::PersonId) {
    phone.person = id;
}
inline void name_people(core::Tie& tie, core::PersonId id, core::PersonId other) {
    tie.child = id;
    tie.adult = other;
}
inline void name_people(core::Care& care, core::PersonId id, core::PersonId other) {
    care.child = id;
    care.carer = other;
}
inline void name_people(core::Consent& consent, core::PersonId id, core::PersonId other) {
    consent.child = id;
    consent.guardian = other;
}
inline void name_people(core::ProtectionOrder& order, core::PersonId id, core::PersonId other) {
    order.person = id;
    order.against = other;
}
inline void name_people(core::Card& card, core::PersonId id, core::PersonId) {
    card.child = id;
}

}  // namespace harborline::gateway
