#include "gateway/conversation/family_facts.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>

#include "handlers/flow/utf8.hpp"
#include "handlers/kinship/kin_words.hpp"

namespace harborline::gateway {
namespace {

/// A name that is longer was not written down to be called by.
constexpr std::size_t kNameMost = 8;

/// Who cares for a child, or may reach it, at whatever time.
std::vector<core::PersonId> adults_of(storage::Transaction& tx, core::PersonId child) {
    std::vector<core::PersonId> adults;
    for (const auto& care : tx.people().cares_of(child)) adults.push_back(care.carer);
    for (const auto& tie : tx.people().ties_of(child))
        if (tie.child == child) adults.push_back(tie.adult);
    return adults;
}

/// Of whoever is in one of these orders, those who have an adult in common with the child.
std::vector<core::PersonId> siblings_in(storage::Transaction& tx, const std::vector<core::ProtectionOrder>& orders,
                                        core::PersonId child) {
    std::vector<core::PersonId> siblings;
    if (orders.empty()) return siblings;
    const auto adults = adults_of(tx, child);
    const auto is_in_common = [&](core::PersonId adult) { return is_one_of(adults, adult); };
    for (const auto& order : orders)
        for (const auto person : {order.person, order.against})
            if (person != child && std::ranges::any_of(adults_of(tx, person), is_in_common)) siblings.push_back(person);
    return siblings;
}

std::string short_name(const core::Person& person) {
    return std::string{flow::first_characters(person.name, kNameMost)};
}

bool has_as_own(storage::Transaction& tx, core::PersonId person, const core::PhoneNumber& number) {
    return std::ranges::any_of(tx.people().phones_of(person), [&](const core::PersonPhone& phone) {
        return phone.is_private && phone.number == number;
    });
}

core::Tie tie_between(storage::Transaction& tx, core::PersonId child, core::PersonId person) {
    const auto ties = tx.people().ties_of(person);
    const auto found =
        std::ranges::find_if(ties, [&](const core::Tie& one) { return one.child == child && one.adult == person; });
    return found == ties.end() ? core::Tie{.child = child, .adult = person} : *found;
}

/// Whether anything that was decided keeps this person from the child, with a tie between them or without.
bool keeps_away(storage::Transaction& tx, core::PersonId child, core::PersonId person, core::LocalDate today) {
    kinship::Family family{.tie = tie_between(tx, child, person), .orders = tx.people().orders_of(person)};
    family.siblings = siblings_in(tx, family.orders, child);
    return kinship::keeps_away(family, today);
}

bool keeps_anybody_away(storage::Transaction& tx, const core::Tie& tie, core::HandsetId handset,
                        core::LocalDate today) {
    return std::ranges::any_of(tx.people().at(handset), [&](const core::Person& one) {
        return one.id != tie.child && one.id != tie.adult && keeps_away(tx, tie.child, one.id, today);
    });
}

kinship::Hours rest_of_children(const Rules& rules) {
    const auto& quiet = rules.settings.kinship.quiet;
    return {.quiet_from_min = quiet.from_min, .quiet_to_min = quiet.to_min};
}

std::optional<storage::Handset> first_own(storage::Transaction& tx, core::PersonId person,
                                          const std::optional<core::Tie>& tie, core::LocalDate today,
                                          core::Instant now) {
    for (const auto& phone : tx.people().phones_of(person)) {
        if (!phone.is_private) continue;
        auto handset = tx.handsets().find(phone.number);
        if (!handset || !is_own_phone(tx, *handset, tx.people().at(handset->id), now)) continue;
        if (tie && keeps_anybody_away(tx, *tie, handset->id, today)) continue;
        return handset;
    }
    return std::nullopt;
}

}  // namespace

bool is_one_of(const std::vector<core::PersonId>& people, core::PersonId person) {
    return std::ranges::find(people, person) != people.end();
}

std::optional<kinship::Family> family_of(storage::Transaction& tx, core::TieId id) {
    auto& people = tx.people();
    const auto tie = people.tie(id);
    if (!tie) return std::nullopt;
    const auto child = people.find(tie->child);
    const auto adult = people.find(tie->adult);
    if (!child || !adult) return std::nullopt;
    kinship::Family family{.tie = *tie,
                           .child = *child,
                           .adult = *adult,
                           .consents = people.consents_of(child->id),
                           .cares = people.cares_of(child->id),
                           .orders = people.orders_of(adult->id)};
    family.siblings = siblings_in(tx, family.orders, child->id);
    std::ranges::copy(people.orders_of(child->id), std::back_inserter(family.orders));
    return family;
}

kinship::Judgement judge(storage::Transaction& tx, const Rules& rules, core::TieId tie, kinship::Passing what,
                         core::Instant now) {
    const auto family = family_of(tx, tie);
    if (!family) return {.why = "there is no such tie"};
    return kinship::may_cross(*family, what, rest_of_children(rules), rules.zone.local(now));
}

kinship::Judgement shown_of(const kinship::Judgement& judgement, const Rules& rules, const core::Tie& tie,
                            kinship::Passing what, core::Instant now) {
    if (judgement.crossing != kinship::Crossing::kNever) return judgement;
    return kinship::as_if_allowed(tie, what, rest_of_children(rules), rules.zone.local(now));
}

core::Instant opening_of(const kinship::Judgement& later, const core::TimeZone& zone) {
    return zone.start_of(later.date) + std::chrono::minutes{later.minute};
}

core::Instant shown_opening(storage::Transaction& tx, const Rules& rules, const core::Tie& tie, kinship::Passing what,
                            core::Instant now) {
    const auto shown = shown_of(judge(tx, rules, tie.id, what, now), rules, tie, what, now);
    return shown.may() ? now : opening_of(shown, rules.zone);
}

std::optional<storage::Handset> handset_of(storage::Transaction& tx, const Rules& rules, const core::Tie& tie,
                                           core::PersonId side, core::Instant now) {
    return first_own(tx, side, tie, rules.zone.local(now).date, now);
}

std::optional<storage::Handset> own_handset_of(storage::Transaction& tx, core::PersonId person, core::Instant now) {
    return first_own(tx, person, {}, {}, now);
}

bool is_own_phone(storage::Transaction& tx, const storage::Handset& handset, const std::vector<core::Person>& reached,
                  core::Instant now) {
    const auto is_child = [](const core::Person& one) { return one.kind == core::PersonKind::kChild; };
    if (reached.empty() || (reached.size() > 1 && std::ranges::any_of(reached, is_child))) return false;
    if (handset.privacy != storage::Privacy::kPrivate || storage::is_forgotten(handset, now)) return false;
    return std::ranges::all_of(reached,
                               [&](const core::Person& one) { return has_as_own(tx, one.id, handset.number); });
}

bool is_kept_from(storage::Transaction& tx, const Rules& rules, const core::Tie& tie, core::HandsetId handset,
                  core::Instant now) {
    return keeps_anybody_away(tx, tie, handset, rules.zone.local(now).date);
}

std::vector<core::PersonId> who_talks(const core::Fields& saved) {
    return ids_in<core::PersonId>(saved.get(kin::kMe));
}

bool child_talks(const core::Fields& saved, const core::Tie& tie) {
    return is_one_of(who_talks(saved), tie.child);
}

std::string called_by_child(storage::Transaction& tx, const Rules& rules, const core::Tie& tie,
                            std::string_view language) {
    const auto adult = tx.people().find(tie.adult);
    std::string name = adult ? short_name(*adult) : std::string{};
    if (tie.relation == core::Relation::kRelative && !name.empty()) return name;
    auto word = rules.book.catalogue.fill(language, {.key = std::string{kinship::relation_key(tie.relation)}});
    const auto all = tx.people().ties_of(tie.child);
    const bool tells = std::ranges::count(all, tie.relation, &core::Tie::relation) <= 1;
    return tells ? word : word.append(name);
}

std::string called_by_adult(storage::Transaction& tx, const core::Tie& tie) {
    const auto child = tx.people().find(tie.child);
    return child ? short_name(*child) : std::string{};
}

std::string called_by(storage::Transaction& tx, const Rules& rules, const core::Fields& saved, const core::Tie& tie,
                      std::string_view language) {
    return child_talks(saved, tie) ? called_by_child(tx, rules, tie, language) : called_by_adult(tx, tie);
}

}  // namespace harborline::gateway
