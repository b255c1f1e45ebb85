#include "gateway/people/people_import.hpp"

#include "gateway/people/row_people.hpp"

namespace harborline::gateway {

void write_people(const PeopleChanges& changes, storage::People& people, core::Instant now,
                  const PeopleProgress& progress) {
    auto ids = changes.known;
    const auto each = [&](const auto& rows, auto write) {
        for (const auto* row : rows) {
            write(*row);
            if (progress) progress();
        }
    };
    const auto named = [&](const auto& row) {
        auto value = row.value;
        name_people(value, ids.at(row.id), row.other.empty() ? core::PersonId{} : ids.at(row.other));
        return value;
    };
    const auto put = [&](const auto& row) { people.put(named(row)); };
    each(changes.persons, [&](const auto& row) { ids[row.id] = people.put(row.value); });
    each(changes.gone, [&](const auto& row) { people.remove(named(row)); });
    each(changes.phones, [&](const auto& row) { people.put(named(row), now); });
    each(changes.ties, put);
    each(changes.cares, put);
    each(changes.consents, put);
    each(changes.orders, put);
    each(changes.cards, put);
}

}  // namespace harborline::gateway
