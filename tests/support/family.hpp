#pragma once
#include <string>
#include <string_view>

#include "handlers/core/family.hpp"
#include "storage/transaction.hpp"

namespace harborline::testing {

/// A child of whom its mother is the guardian, and along whose tie everything passes but for the child's rest.
struct ChildAndMother {
    core::PersonId child{};
    core::PersonId mother{};
    core::TieId tie{};
};

inline constexpr core::LocalDate kLongAgo{std::chrono::year{2020} / 1 / 1};

/// Finds or makes them, by `name`; the mother's phone is her own, the child has none.
inline ChildAndMother add_child_and_mother(storage::Transaction& tx, const std::string& name,
                                           const core::PhoneNumber& hers, core::Instant now) {
    auto& people = tx.people();
    ChildAndMother made;
    made.child = people.put(core::Person{
        .external_id = name, .kind = core::PersonKind::kChild, .name = name, .age = core::AgeBand::k8To13});
    made.mother = people.put(core::Person{.external_id = name + "-ma", .name = name + "妈"});
    people.put(core::PersonPhone{.person = made.mother, .number = hers, .is_private = true}, now);
    people.put(
        core::Tie{.child = made.child, .adult = made.mother, .relation = core::Relation::kMother, .agreed = true});
    people.put(core::Care{.child = made.child, .carer = made.mother, .guardian = true});
    people.put(core::Consent{.child = made.child, .guardian = made.mother, .how = "paper", .given = kLongAgo});
    made.tie = people.ties_of(made.child).front().id;
    return made;
}

/// Words of the child to its mother, due at once: the row of the outbox that carries them.
inline core::OutboxId add_letter(storage::Transaction& tx, const ChildAndMother& family, core::Message row,
                                 std::string_view words) {
    row.text.clear();
    row.kind = core::MessageClass::kKinship;
    const auto id = tx.outbox().add(row);
    tx.letters().add({.tie = family.tie, .written_at = row.created_at, .outbox = id, .words = std::string{words}});
    return id;
}

}  // namespace harborline::testing
