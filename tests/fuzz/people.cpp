#include <set>
#include <string>

#include "config/people/people_csv.hpp"
#include "tests/fuzz/target.hpp"

namespace harborline::fuzz {
namespace {

void require_sound(const config::PeopleFile& people) {
    std::set<std::string> ids;
    for (const auto& person : people.persons) {
        require(ids.insert(person.id).second && person.id == person.value.external_id, "nobody is there twice");
        require(!person.value.name.empty(), "everybody has a name");
    }
    for (const auto& phone : people.phones) require(phone.value.number.is_subscriber(), "a phone is a subscriber's");
    for (const auto& tie : people.ties) {
        require(tie.id != tie.other && !tie.other.empty(), "a tie is between two");
        const bool in_hours = tie.value.state == core::Tie::State::kHoursOnly;
        const bool allowed = tie.value.state == core::Tie::State::kAllowed;
        require(in_hours ? !tie.value.hours.empty() : !allowed || tie.value.hours.empty(),
                "a tie has hours where it keeps to them, or would");
        for (const auto& window : tie.value.hours) require(core::is_sound(window), "hours can be kept to");
    }
    for (const auto& consent : people.consents) require(consent.value.given.ok(), "a consent was given on a day");
    for (const auto& card : people.cards)
        require(card.value.number.size() == 8 && card.value.pin.empty(), "a card has a number and no PIN");
}

}  // namespace

void try_input(std::string_view input) {
    core::Findings findings;
    const auto people = config::read_people_csv(input, "people.csv", "86", findings);

    for (const auto& finding : findings) {
        require(finding.line >= 0 && !finding.message.empty(), "a finding has a line");
        require(finding.message.find("1990000") == std::string::npos, "a finding quotes no number");
    }
    if (!findings.empty()) return;
    require_sound(people);
    const auto written = config::write_people_csv(people, "86");
    const auto again = config::read_people_csv(written, "people.csv", "86", findings);
    require(findings.empty() && config::write_people_csv(again, "86") == written, "what is written is read the same");
}

}  // namespace harborline::fuzz
