#pragma once
#include <optional>

#include "handlers/core/family.hpp"
#include "handlers/core/ids.hpp"

namespace harborline::storage {

/// What is known of families' weekly contact, and when words arrived last along a tie: never which.
class WeeklyContacts {
  public:
    virtual ~WeeklyContacts() = default;

    /// Nothing where the child has not been looked at.
    virtual std::optional<core::WeeklyContact> find(core::PersonId child) = 0;
    virtual void put(core::PersonId child, const core::WeeklyContact& contact) = 0;
    virtual void forget(core::PersonId child) = 0;

    virtual std::optional<core::Instant> arrived(core::TieId tie, bool to_child) = 0;
    virtual void put_arrived(core::TieId tie, bool to_child, core::Instant at) = 0;
};

}  // namespace harborline::storage
