#include "gateway/people/people_import.hpp"

#include <string>
#include <utility>

namespace harborline::gateway {

void write_people(const PeopleChanges& changes, storage::People& people, core::Instant now,
                  const PeopleProgress& progress) {
    auto ids = changes.known;
    const auto each = [&](const auto& rows, auto write) {
        for (const auto* row : rows) {
            auto value = row->value;
            write(*row, value);
            if (progress) progress();
        }
    };
    each(changes.persons, [&](const auto& row, const auto& person) { ids[row.id] = people.put(person); });
    each(changes.gone, [&](const auto& row, auto& phone) {
        phone.person = ids.at(row.id);
        people.remove(phone);
    });
    each(changes.phones, [&](const auto& row, auto& phone) {
        phone.person = ids.at(row.id);
        people.put(phone, now);
    });
    each(changes.ties, [&](const auto& row, auto& tie) {
        tie.child = ids.at(row.id);
        tie.adult = ids.at(row.other);
        people.put(tie);
    });
    each(changes.cares, [&](const auto& row, auto& care) {
        care.child = ids.at(row.id);
        care.carer = ids.at(row.other);
        people.put(care);
    });
    each(changes.consents, [&](const auto& row, auto& consent) {
        consent.child = ids.at(row.id);
        consent.guardian = ids.at(row.other);
        people.put(consent);
    });
    each(changes.orders, [&](const auto& row, auto& order) {
        order.person = ids.at(row.id);
        order.against = ids.at(row.other);
        people.put(order);
    });
    each(changes.cards, [&](const auto& row, auto& card) {
        card.child = ids.at(row.id);
        people.put(card);
    });
}

}  // namespace harborline::gateway
