#include "gateway/conversation/weekly_desk.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>

#include "gateway/conversation/family_facts.hpp"
#include "gateway/conversation/unasked.hpp"
#include "handlers/flow/conventions.hpp"
#include "handlers/petition/legal_clock.hpp"
#include "handlers/petition/routing.hpp"

namespace harborline::gateway {
namespace {

using core::Nudge;
using core::WeeklyContact;
using kinship::Crossing;
using kinship::Passing;

/// Few, because danger waits for no longer than for one transaction.
constexpr int kPeopleAtOnce = 64;
constexpr int kEveningMin = 20 * 60;
constexpr std::string_view kWeeklyCategory = "weekly_contact";
constexpr std::string_view kOfFamilies = "child_or_elder";

kinship::WeeklyRules weekly_rules(const config::Settings::Kinship& settings) {
    return {.weekday = settings.nudge_weekday,
            .from_min = settings.nudge_min,
            .carer_after = settings.carer_after_weeks,
            .caseworker_after = settings.caseworker_after_weeks};
}

bool is_parent(const core::Tie& tie) {
    return tie.relation == core::Relation::kMother || tie.relation == core::Relation::kFather ||
           tie.relation == core::Relation::kGuardian;
}

bool is_carer(const core::Tie& tie) {
    return tie.relation == core::Relation::kCarer;
}

/// Whatever anybody was reminded of is over with it.
void note_contact(storage::Transaction& tx, core::PersonId child, core::LocalDate day) {
    const auto known = tx.weekly_contacts().find(child);
    if (known && known->last < day) tx.weekly_contacts().put(child, {.last = day});
}

bool wants_reminders(storage::Transaction& tx, core::PersonId person) {
    const auto found = tx.people().find(person);
    return found && found->weekly;
}

/// Any phone of whoever is told first of a child: the caseworker calls there.
std::optional<core::HandsetId> phone_of_family(storage::Transaction& tx, const std::vector<core::PersonId>& family) {
    for (const auto person : family)
        for (const auto& phone : tx.people().phones_of(person))
            if (const auto handset = tx.handsets().find(phone.number)) return handset->id;
    return std::nullopt;
}

}  // namespace

void WeeklyDesk::begin(storage::Transaction& tx, core::Instant now) const {
    if (!tx.deadlines().has(storage::Deadline::Kind::kWeekly)) set_round(tx, now);
}

void WeeklyDesk::set_round(storage::Transaction& tx, core::Instant now) const {
    const auto next = kinship::next_look(weekly_rules(rules_.settings.kinship), rules_.zone.local(now));
    tx.deadlines().add(storage::Deadline::Kind::kWeekly, 0,
                       rules_.zone.start_of(next.date) + std::chrono::minutes{next.minute});
}

void WeeklyDesk::go_round(storage::Transaction& tx, core::PersonId last, core::Instant now) {
    const auto& settings = rules_.settings.kinship;
    if (!settings.weekly || !kinship::is_hour(weekly_rules(settings), rules_.zone.local(now)))
        return set_round(tx, now);
    const auto people = tx.people().behind(last, kPeopleAtOnce);
    for (const auto& person : people)
        if (person.kind == core::PersonKind::kChild) look_at(tx, person, now);
    if (people.size() < kPeopleAtOnce) return set_round(tx, now);
    tx.deadlines().add(storage::Deadline::Kind::kWeekly, people.back().id.value, now);
}

std::vector<WeeklyDesk::Reached> WeeklyDesk::reached_by(storage::Transaction& tx, core::PersonId child,
                                                        core::Instant now) const {
    std::vector<Reached> reached;
    for (auto& tie : tx.people().ties_of(child)) {
        if (!is_parent(tie) && !is_carer(tie)) continue;
        const auto verdict = judge(tx, rules_, tie.id, Passing::kTextToAdult, now);
        if (verdict.crossing != Crossing::kNever) reached.push_back({.tie = std::move(tie), .now = verdict.may()});
    }
    return reached;
}

void WeeklyDesk::look_at(storage::Transaction& tx, const core::Person& child, core::Instant now) {
    auto& contacts = tx.weekly_contacts();
    const auto local = rules_.zone.local(now);
    const auto known = contacts.find(child.id);
    auto contact = known ? with_talks(tx, child.id, *known) : WeeklyContact{.last = local.date};
    const auto whom = kinship::due_nudge(contact, weekly_rules(rules_.settings.kinship), local);
    if (!known || whom != Nudge::kNone) {
        // Whoever wants no reminders, and a child whom no parent may reach, begin anew when that is over.
        const auto reached = child.weekly ? reached_by(tx, child.id, now) : std::vector<Reached>{};
        if (std::ranges::none_of(reached, [](const Reached& one) { return is_parent(one.tie); }))
            return contacts.forget(child.id);
        if (whom != Nudge::kNone && remind(tx, child, reached, whom, now)) {
            contact.nudged = std::max(contact.nudged, whom);
            contact.nudged_on = local.date;
        }
    }
    if (contact != known) contacts.put(child.id, contact);
}

WeeklyContact WeeklyDesk::with_talks(storage::Transaction& tx, core::PersonId child, WeeklyContact contact) const {
    for (const auto& call : tx.kin_calls().of_child(child, rules_.zone.start_of(contact.last))) {
        const auto day = rules_.zone.local(call.at).date;
        if (kinship::is_contact(call) && contact.last < day) contact = {.last = day};
    }
    return contact;
}

bool WeeklyDesk::remind(storage::Transaction& tx, const core::Person& child, const std::vector<Reached>& reached,
                        Nudge whom, core::Instant now) {
    if (whom == Nudge::kCaseworker) return call_caseworker(tx, child, reached, now);
    if (whom == Nudge::kCarer) {
        const auto told = ask(tx, reached, is_carer, flow::names::kWeeklyOfCarer, now);
        if (told != Unasked::kNever) return told == Unasked::kAsked;
    }
    const bool calls = rules_.settings.kinship.bridges() && !rules_.bridging.empty();
    return ask(tx, reached, is_parent, calls ? flow::names::kWeekly : flow::names::kWeeklyByText, now) !=
           Unasked::kNotNow;
}

/// One text on a phone, however many children it is about: it names none.
Unasked WeeklyDesk::ask(storage::Transaction& tx, const std::vector<Reached>& reached, bool (*whom)(const core::Tie&),
                        std::string_view question, core::Instant now) const {
    const auto* flow = rules_.book.flow(flow::names::kWeekly);
    if (flow == nullptr) return Unasked::kNever;
    const bool first = question == flow::names::kWeekly;
    const UnaskedQuestion asked{
        .flow = flow::names::kWeekly,
        .step = first ? std::string_view{flow->first} : question.substr(flow::names::kWeekly.size() + 1),
        .expires_at = end_of_hours(now)};
    auto outcome = Unasked::kNever;
    for (const auto& [tie, may] : reached) {
        if (!whom(tie) || !wants_reminders(tx, tie.adult)) continue;
        const auto phone = handset_of(tx, rules_, tie, tie.adult, now);
        if (!phone) continue;
        const auto done = may ? ask_unasked(tx, rules_, *phone, asked, now) : Unasked::kNotNow;
        if (done == Unasked::kAsked || done == Unasked::kStands) outcome = Unasked::kAsked;
        if (done == Unasked::kNotNow && outcome == Unasked::kNever) outcome = done;
    }
    return outcome;
}

/// A task like any other, in words that judge nobody: families use other ways too.
bool WeeklyDesk::call_caseworker(storage::Transaction& tx, const core::Person& child,
                                 const std::vector<Reached>& reached, core::Instant now) {
    const auto& settings = rules_.settings.kinship;
    const auto department = petition::department_for(kOfFamilies);
    const auto owner = petition::accountable_owner(desk_.roster(tx), child.place, department);
    if (!owner) return false;
    std::vector<core::PersonId> family;
    for (const auto& one : reached) family.push_back(one.tie.adult);
    family.push_back(child.id);
    core::Case task{
        .id = tx.cases().next_id(), .kind = core::CaseKind::kTask, .category = std::string{kWeeklyCategory}};
    const auto reference = rules_.references.of(task.id);
    if (!reference) throw std::runtime_error(reference.error().message);
    task.reference = *reference;
    task.place = child.place;
    task.department = department;
    task.owner = owner;
    task.petitioner = phone_of_family(tx, family).value_or(core::HandsetId{});
    task.channel = rules_.staff_channel().name;
    task.opened_at = now;
    task.notice_due = petition::due_after(now, petition::kNoticeDays, rules_.zone, {});
    tx.cases().open(task);
    tx.cases().append(task.id,
                      {.at = now,
                       .kind = core::CaseEntry::Kind::kOpened,
                       .text = "please call this family: " + std::to_string(settings.caseworker_after_weeks) +
                               " weeks without a talk, or words both ways, that we know of. Families also use other "
                               "ways: this says nothing about anybody. Child: " +
                               child.name + " (" + child.external_id + ")"});
    desk_.announce(tx, task, now);
    return true;
}

void WeeklyDesk::they_talked(storage::Transaction& tx, const storage::Handset& phone, core::Instant now) {
    const auto people = tx.people().at(phone.id);
    if (!is_own_phone(tx, phone, people, now)) return;
    const auto today = rules_.zone.local(now).date;
    for (const auto& person : people)
        for (const auto& tie : tx.people().ties_of(person.id)) {
            const bool hers = tie.adult == person.id && (is_parent(tie) || is_carer(tie));
            if (!hers || is_kept_from(tx, rules_, tie, phone.id, now)) continue;
            if (judge(tx, rules_, tie.id, Passing::kTextToAdult, now).crossing != Crossing::kNever)
                note_contact(tx, tie.child, today);
        }
}

core::Instant WeeklyDesk::end_of_hours(core::Instant now) const {
    return rules_.zone.start_of(rules_.zone.local(now).date) + std::chrono::minutes{kEveningMin};
}

void note_words_arrived(storage::Transaction& tx, const Rules& rules, const core::Letter& letter, core::Instant now) {
    const auto tie = tx.people().tie(letter.tie);
    if (!tie) return;
    auto& contacts = tx.weekly_contacts();
    contacts.put_arrived(tie->id, letter.to_child, now);
    const auto other_way = contacts.arrived(tie->id, !letter.to_child);
    if (other_way && kinship::is_exchange(*other_way, now)) note_contact(tx, tie->child, rules.zone.local(now).date);
}

}  // namespace harborline::gateway
