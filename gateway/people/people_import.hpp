#pragma once
#include <cstddef>
#include <functional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "config/people/people_csv.hpp"
#include "handlers/core/finding.hpp"
#include "handlers/core/time.hpp"
#include "storage/people.hpp"

/// Families of a file become those of the database: all is compared before anything is written, and only what differs
/// is written. Nobody vanishes because a file leaves her out.
namespace harborline::gateway {

/// So many may be on a child's list at a time (domain rules 4.5): its menu has so many digits.
inline constexpr int kOpenTiesMax = 5;

/// What a file says otherwise than the database. Points into the file, which must outlive it.
struct PeopleChanges {
    template <class Value>
    using Rows = std::vector<const config::PeopleRow<Value>*>;

    Rows<core::Person> persons{};
    Rows<core::PersonPhone> phones{};
    Rows<core::PersonPhone> gone{};
    Rows<core::Tie> ties{};
    Rows<core::Care> cares{};
    Rows<core::Consent> consents{};
    Rows<core::ProtectionOrder> orders{};
    Rows<core::Card> cards{};
    std::unordered_map<std::string_view, core::PersonId> known{};  ///< Who was there before, by external id.
    std::size_t added = 0;
    std::size_t changed = 0;
    std::size_t left = 0;       ///< As they are.
    core::Findings findings{};  ///< By line. Any of them: nothing of the file may be written.

    std::size_t size() const { return added + changed; }
};

/// Hears of every record that is done; may be empty.
using PeopleProgress = std::function<void()>;

/// Looks up whom the file names, and judges what its reader could not: that they are known, who of them is a child,
/// that nobody has too many ties, that whoever consents is a guardian, that a card is nobody else's.
PeopleChanges compare_people(const config::PeopleFile& file, storage::People& people, core::LocalDate today,
                             const PeopleProgress& progress = {});

/// Within the transaction in which they were compared, or in one before which nobody else has written. A child's card
/// of another number than before has no PIN.
void write_people(const PeopleChanges& changes, storage::People& people, core::Instant now,
                  const PeopleProgress& progress = {});

/// Everything that is written down, as a file says it: persons in the order in which they came, PINs left out.
config::PeopleFile all_people(storage::People& people);

}  // namespace harborline::gateway
