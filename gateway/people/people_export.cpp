#include <optional>
#include <string>
#include <utility>

#include "gateway/people/people_import.hpp"

namespace harborline::gateway {
namespace {

class Export {
  public:
    explicit Export(storage::People& people) : people_(people) {}

    config::PeopleFile run() {
        people_.visit([this](const core::Person& person) {
            ids_.emplace(person.id, person.external_id);
            file_.persons.push_back({.id = person.external_id, .value = person});
            return true;
        });
        for (const auto& row : file_.persons) add_records_of(row.value);
        return std::move(file_);
    }

  private:
    void add_records_of(const core::Person& person) {
        const auto& id = person.external_id;
        for (const auto& phone : people_.phones_of(person.id)) file_.phones.push_back({.id = id, .value = phone});
        for (const auto& order : people_.orders_of(person.id))
            if (order.person == person.id) add(file_.orders, id, order.against, order);
        if (person.kind != core::PersonKind::kChild) return;
        for (const auto& tie : people_.ties_of(person.id)) add(file_.ties, id, tie.adult, tie);
        for (const auto& care : people_.cares_of(person.id)) add(file_.cares, id, care.carer, care);
        for (const auto& consent : people_.consents_of(person.id)) add(file_.consents, id, consent.guardian, consent);
        if (const auto card = people_.card_of(person.id)) file_.cards.push_back({.id = id, .value = *card});
    }

    template <class Value>
    void add(std::vector<config::PeopleRow<Value>>& rows, const std::string& id, core::PersonId other,
             const Value& value) {
        rows.push_back({.id = id, .other = ids_.at(other), .value = value});
    }

    storage::People& people_;
    config::PeopleFile file_{};
    std::unordered_map<core::PersonId, std::string> ids_{};
};

}  // namespace

config::PeopleFile all_people(storage::People& people) {
    return Export{people}.run();
}

}  // namespace harborline::gateway
