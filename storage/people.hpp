#pragma once
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "handlers/core/family.hpp"
#include "handlers/core/ids.hpp"

namespace harborline::storage {

/// Families: persons, their phones, ties, cares, consents, orders and cards. Names, external ids, numbers and what was
/// written of them are sealed; external ids and card numbers are found by keyed hash, compared when opened (I12).
class People {
  public:
    virtual ~People() = default;

    virtual std::optional<core::Person> find(core::PersonId id) = 0;
    virtual std::optional<core::Person> by_external_id(std::string_view external_id) = 0;
    /// Who is reached through a handset, by id.
    virtual std::vector<core::Person> at(core::HandsetId handset) = 0;
    /// By the order in which they were written down.
    virtual std::vector<core::PersonPhone> phones_of(core::PersonId person) = 0;
    virtual std::optional<core::Tie> tie(core::TieId id) = 0;
    /// By id: the order in which a child hears whom it can reach.
    virtual std::vector<core::Tie> ties_of(core::PersonId child_or_adult) = 0;
    virtual std::vector<core::Care> cares_of(core::PersonId child) = 0;
    virtual std::vector<core::Consent> consents_of(core::PersonId child) = 0;
    /// In which the person is on either side, ended ones too.
    virtual std::vector<core::ProtectionOrder> orders_of(core::PersonId person) = 0;
    virtual std::optional<core::Card> card(std::string_view number) = 0;
    virtual std::optional<core::Card> card_of(core::PersonId child) = 0;
    /// Of a card alone where `handset` is none.
    virtual core::PinMisses misses(core::PersonId child, core::HandsetId handset) = 0;

    /// Persons are matched by external id, the others by whom they are between (an order also by its number): adds, or
    /// writes in the place of what was there. Each says whether it changed anything; what is known already is not
    /// written again. Throws std::out_of_range where a person is not there, std::logic_error where one has no external
    /// id.
    virtual core::PersonId put(const core::Person& person) = 0;
    /// Also marks the handset, where anything changed: private only if it is for all who are reached through it, and
    /// known anew from now on (kForgottenAfter).
    virtual bool put(const core::PersonPhone& phone, core::Instant now) = 0;
    /// A number that is hers no more: others have it now, who are told nothing of the family. False where it was not
    /// hers. Whoever is still reached there decides whether it is private, unless it was forgotten; nobody: that is not
    /// known.
    virtual bool remove(const core::PersonPhone& phone) = 0;
    virtual bool put(const core::Tie& tie) = 0;
    virtual bool put(const core::Care& care) = 0;
    virtual bool put(const core::Consent& consent) = 0;
    virtual bool put(const core::ProtectionOrder& order) = 0;
    /// In the place of the child's card before, whose misses are forgotten. Throws std::logic_error where another
    /// child's card has this number.
    virtual void put(const core::Card& card) = 0;
    virtual void put_misses(core::PersonId child, core::HandsetId handset, const core::PinMisses& misses) = 0;

    /// By id, those behind one; none: from the first.
    virtual std::vector<core::Person> behind(core::PersonId last, int limit) = 0;
    /// Every person by id; stops where `each` says false. For export and lists, on a command's own connection.
    virtual void visit(const std::function<bool(const core::Person&)>& each) = 0;
};

}  // namespace harborline::storage
