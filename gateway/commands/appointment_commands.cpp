#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>

#include "config/people/appointment_cell.hpp"
#include "gateway/commands/commands.hpp"
#include "gateway/commands/output.hpp"
#include "gateway/conversation/appointment_desk.hpp"

namespace harborline::gateway {
namespace json = boost::json;
namespace {

core::Person person_named(storage::People& people, const std::string& external_id) {
    auto found = people.by_external_id(external_id);
    if (!found) throw CommandFailed("nobody is written down as " + external_id + "; see: harborline people list");
    return std::move(*found);
}

core::Tie tie_between(storage::People& people, const std::string& child, const std::string& adult) {
    const auto of = person_named(people, child);
    const auto with = person_named(people, adult);
    const auto ties = people.ties_of(of.id);
    const auto tie =
        std::ranges::find_if(ties, [&](const core::Tie& one) { return one.child == of.id && one.adult == with.id; });
    if (tie == ties.end()) throw CommandFailed(child + " is a child without a tie to " + adult);
    return *tie;
}

/// The one that was named, which must be written down for the child; else the one that it is called at first.
core::HandsetId point_for(storage::Transaction& tx, CommandGround& ground, const core::Tie& tie,
                          const PeopleArguments& arguments) {
    if (arguments.phone.empty()) {
        const auto point = AppointmentDesk(ground->rules()).point_of(tx, tie, ground.now());
        if (!point) throw CommandFailed("no telephone is written down for this child; import one, or a shop's");
        return *point;
    }
    const auto number = core::PhoneNumber::parse(arguments.phone, ground.settings().country);
    if (!number) throw CommandFailed("--phone is no telephone number", 2);
    const auto phones = tx.people().phones_of(tie.child);
    const auto handset = tx.handsets().find(*number);
    if (!handset || std::ranges::find(phones, *number, &core::PersonPhone::number) == phones.end())
        throw CommandFailed("that telephone is not written down for this child");
    return handset->id;
}

json::object row_of(const CommandGround& ground, storage::People& people, const core::Appointment& appointment) {
    const auto tie = people.tie(appointment.tie);
    const auto name_of = [&](core::PersonId id) {
        const auto found = people.find(id);
        return found ? found->external_id : std::string{};
    };
    return {{"appointment", appointment.id.value},
            {"child", tie ? name_of(tie->child) : ""},
            {"adult", tie ? name_of(tie->adult) : ""},
            {"when", config::write_appointment(appointment)},
            {"next", ground.iso(appointment.at)},
            {"moved", appointment.at != appointment.agreed},
            {"tries", appointment.tries}};
}

}  // namespace

int people_appoint(const PeopleArguments& arguments) {
    auto wish = config::read_appointment(arguments.time);
    if (!wish) throw CommandFailed("the time is written \"sun 19:00\", or for one day \"2027-03-07 19:00\"", 2);
    CommandGround ground(arguments.common);
    core::Appointment made;
    ground->store().run([&](storage::Transaction& tx) {
        const auto by = ground.acting(tx);
        const auto tie = tie_between(tx.people(), arguments.child, arguments.adult);
        wish->tie = tie.id;
        wish->point = point_for(tx, ground, tie, arguments);
        const auto result = AppointmentDesk(ground->rules()).make(tx, *wish, ground.now());
        if (!result) throw CommandFailed(result.error().message);
        made = *result;
        tx.journal().append({.at = ground.now(),
                             .event = "appointment_made",
                             .staff = by.id,
                             .detail = arguments.child + " " + arguments.adult});
    });
    report(arguments.common, {{"appointment", made.id.value}, {"next", ground.iso(made.at)}},
           fmt::format("appointment {}: first at {}", made.id.value, ground.iso(made.at)));
    return 0;
}

int people_appointments(const PeopleArguments& arguments) {
    CommandGround ground(arguments.common, Access::kRead);
    json::array rows;
    ground->store().run([&](storage::Transaction& tx) {
        for (const auto& one : tx.appointments().standing()) rows.push_back(row_of(ground, tx.people(), one));
    });
    print(arguments.common, rows, "none; make one with: harborline people appoint CHILD ADULT \"sun 19:00\"");
    return 0;
}

int people_unappoint(const PeopleArguments& arguments) {
    CommandGround ground(arguments.common);
    ground->store().run([&](storage::Transaction& tx) {
        const auto by = ground.acting(tx);
        const auto found = tx.appointments().find({arguments.appointment});
        if (!found || found->ended)
            throw CommandFailed("there is no such appointment; see: harborline people appointments");
        AppointmentDesk::end(tx, *found);
        tx.journal().append({.at = ground.now(),
                             .event = "appointment_ended",
                             .staff = by.id,
                             .detail = std::to_string(arguments.appointment)});
    });
    report(arguments.common, {{"appointment", arguments.appointment}, {"ended", true}},
           fmt::format("appointment {} is over", arguments.appointment));
    return 0;
}

}  // namespace harborline::gateway
