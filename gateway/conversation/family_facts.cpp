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

bool share_a_carer(const std::vector<core::Care>& some, const std::vector<core::Care>& others) {
    return std::ranges::any_of(
        some, [&](const core::Care& one) { return std::ranges::find(others, one.carer, &core::Care::carer) != others.end(); });
}

/// Of whoever is in an order with this adult, those who have a carer in common with the child.
std::vector<core::PersonId> siblings_in(storage::Transaction& tx, const std::vector<core::ProtectionOrder>& orders,
                                        core::PersonId child, const std::vector<core::Care>& cares) {
    std::vector<core::PersonId> siblings;
    for (const auto& order : orders)
        for (const auto person : {order.person, order.against})
            if (person != child && share_a_carer(tx.people().cares_of(person), cares)) siblings.push_back(person);
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

/// Whether anything at all, of whatever day, is written down that keeps this person from the child.
bool keeps_away(storage::Transaction& tx, core::PersonId child, core::PersonId person) {
    for (const auto& tie : tx.people().ties_of(person)) {
        if (tie.child != child) continue;
        if (tie.state == core::Tie::State::kPaused || tie.state == core::Tie::State::kBarred) return true;
        if (tie.proved_by == kinship::kOrderLifted) return false;
    }
    const auto orders = tx.people().orders_of(person);
    if (orders.empty()) return false;
    const auto siblings = siblings_in(tx, orders, child, tx.people().cares_of(child));
    return std::ranges::any_of(orders, [&](const core::ProtectionOrder& order) {
        const auto other = order.person == person ? order.against : order.person;
        return other == child || std::ranges::find(siblings, other) != siblings.end();
    });
}

std::optional<storage::Handset> first_own(storage::Transaction& tx, core::PersonId person,
                                          const std::optional<core::Tie>& tie) {
    for (const auto& phone : tx.people().phones_of(person)) {
        if (!phone.is_private) continue;
        auto handset = tx.handsets().find(phone.number);
        if (!handset || !is_own_phone(tx, *handset, tx.people().at(handset->id))) continue;
        if (tie && is_kept_from(tx, *tie, handset->id)) continue;
        return handset;
    }
    return std::nullopt;
}

}  // namespace

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
    family.siblings = siblings_in(tx, family.orders, child->id, family.cares);
    std::ranges::copy(people.orders_of(child->id), std::back_inserter(family.orders));
    return family;
}

kinship::Judgement judge(storage::Transaction& tx, const Rules& rules, core::TieId tie, kinship::Passing what,
                         core::Instant now) {
    const auto family = family_of(tx, tie);
    if (!family) return {.why = "there is no such tie"};
    const auto& quiet = rules.settings.kinship.quiet;
    return kinship::may_cross(*family, what, {.quiet_from_min = quiet.from_min, .quiet_to_min = quiet.to_min},
                              rules.zone.local(now));
}

core::Instant opening_of(const kinship::Judgement& later, const core::TimeZone& zone) {
    return zone.start_of(later.date) + std::chrono::minutes{later.minute};
}

std::optional<storage::Handset> handset_of(storage::Transaction& tx, const core::Tie& tie, core::PersonId side) {
    return first_own(tx, side, tie);
}

std::optional<storage::Handset> own_handset_of(storage::Transaction& tx, core::PersonId person) {
    return first_own(tx, person, {});
}

bool is_own_phone(storage::Transaction& tx, const storage::Handset& handset,
                  const std::vector<core::Person>& reached) {
    const auto is_child = [](const core::Person& one) { return one.kind == core::PersonKind::kChild; };
    if (reached.empty() || (reached.size() > 1 && std::ranges::any_of(reached, is_child))) return false;
    return handset.privacy != storage::Privacy::kShared && std::ranges::all_of(reached, [&](const core::Person& one) {
               return has_as_own(tx, one.id, handset.number);
           });
}

bool is_kept_from(storage::Transaction& tx, const core::Tie& tie, core::HandsetId handset) {
    return std::ranges::any_of(tx.people().at(handset), [&](const core::Person& one) {
        return one.id != tie.child && one.id != tie.adult && keeps_away(tx, tie.child, one.id);
    });
}

std::vector<core::PersonId> who_talks(const core::Fields& saved) {
    return ids_in<core::PersonId>(saved.get(kin::kMe));
}

bool child_talks(const core::Fields& saved, const core::Tie& tie) {
    const auto people = who_talks(saved);
    return std::ranges::find(people, tie.child) != people.end();
}

std::string called_by_child(storage::Transaction& tx, const Rules& rules, const core::Tie& tie,
                            std::string_view language) {
    const auto adult = tx.people().find(tie.adult);
    const std::string name = adult ? short_name(*adult) : std::string{};
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

}  // namespace harborline::gateway
