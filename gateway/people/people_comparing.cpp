#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "gateway/people/people_import.hpp"
#include "gateway/people/row_people.hpp"

namespace harborline::gateway {
namespace {

template <class Value>
using PeopleRow = config::PeopleRow<Value>;

/// Somebody whom a line names.
struct Named {
    core::PersonId id{};  ///< None while she is only in the file.
    core::PersonKind kind = core::PersonKind::kRelative;
    bool sound = true;  ///< Whether `kind` can be relied on.
};

enum class Who { kAnybody, kChild, kAdult };

/// What was read of one person last: a file tells of one child after the other.
template <class Value>
class LastRead {
  public:
    template <class Read>
    const std::vector<Value>& of(core::PersonId person, Read read) {
        if (person != person_) values_ = person ? read() : std::vector<Value>{};
        person_ = person;
        return values_;
    }

  private:
    core::PersonId person_{};
    std::vector<Value> values_{};
};

template <class Value, class Matches>
std::optional<Value> first_of(const std::vector<Value>& values, Matches matches) {
    const auto found = std::ranges::find_if(values, matches);
    return found == values.end() ? std::nullopt : std::optional{*found};
}

std::string pair_of(const std::string& id, const std::string& other) {
    return id + '\n' + other;
}

class Comparison {
  public:
    Comparison(const config::PeopleFile& file, storage::People& people, core::LocalDate today,
               const PeopleProgress& progress)
        : file_(file), people_(people), today_(today), progress_(progress) {}

    PeopleChanges run() {
        for (const auto& row : file_.cares) guardians_[pair_of(row.id, row.other)] = row.value.guardian || !row.sound;
        each(file_.persons, &Comparison::compare_person);
        each(file_.phones, &Comparison::compare_phone);
        each(file_.gone, &Comparison::compare_gone);
        each(file_.ties, &Comparison::compare_tie);
        each(file_.cares, &Comparison::compare_care);
        each(file_.consents, &Comparison::compare_consent);
        each(file_.orders, &Comparison::compare_order);
        each(file_.cards, &Comparison::compare_card);
        check_open_ties();
        std::ranges::stable_sort(changes_.findings, {}, &core::Finding::line);
        for (const auto& [id, named] : named_)
            if (named && named->id) changes_.known.emplace(id, named->id);
        return std::move(changes_);
    }

  private:
    template <class Value>
    void each(const std::vector<PeopleRow<Value>>& rows, void (Comparison::*compare)(const PeopleRow<Value>&)) {
        for (const auto& row : rows) {
            line_ = row.line;
            (this->*compare)(row);
            if (progress_) progress_();
        }
    }

    void compare_person(const PeopleRow<core::Person>& row) {
        const auto stored = people_.by_external_id(row.id);
        auto value = row.value;
        if (stored) value.id = stored->id;
        named_[row.id] = Named{.id = value.id, .kind = value.kind, .sound = row.sound};
        if (stored && row.sound && is_child(stored->kind) != is_child(value.kind))
            problem(
                "kind must stay: who was written down as a child is no adult under the same id, nor the other way.");
        settle(changes_.persons, row, stored, value);
    }

    void compare_phone(const PeopleRow<core::PersonPhone>& row) {
        const auto person = named("id", row.id, Who::kAnybody);
        if (!person) return;
        auto value = row.value;
        name_people(value, person->id, {});
        const auto& phones = phones_.of(person->id, [&] { return people_.phones_of(person->id); });
        settle(changes_.phones, row, first_of(phones, [&](const auto& one) { return one.number == value.number; }),
               value);
    }

    /// Whoever does not have it is left as she is.
    void compare_gone(const PeopleRow<core::PersonPhone>& row) {
        const auto person = named("id", row.id, Who::kAnybody);
        if (!person) return;
        const auto& phones = phones_.of(person->id, [&] { return people_.phones_of(person->id); });
        if (std::ranges::find(phones, row.value.number, &core::PersonPhone::number) == phones.end()) {
            ++changes_.left;
            return;
        }
        ++changes_.changed;
        changes_.gone.push_back(&row);
    }

    void compare_tie(const PeopleRow<core::Tie>& row) {
        const auto child = named("id", row.id, Who::kChild);
        const auto adult = named("other", row.other, Who::kAdult);
        if (!child || !adult) return;
        auto value = row.value;
        name_people(value, child->id, adult->id);
        const auto& ties = ties_.of(child->id, [&] { return people_.ties_of(child->id); });
        const auto stored = first_of(ties, [&](const auto& one) { return one.adult == value.adult; });
        if (stored) value.id = stored->id;
        if (value.relation == core::Relation::kCaringMom && adult->sound && row.sound &&
            adult->kind != core::PersonKind::kVolunteer)
            problem("other must be a volunteer's where kind is caring_mom.");
        count_open(row, ties, stored);
        settle(changes_.ties, row, stored, value);
    }

    void compare_care(const PeopleRow<core::Care>& row) {
        const auto child = named("id", row.id, Who::kChild);
        const auto carer = named("other", row.other, Who::kAdult);
        if (!child || !carer) return;
        auto value = row.value;
        name_people(value, child->id, carer->id);
        settle(changes_.cares, row,
               first_of(cares_of(child->id), [&](const auto& one) { return one.carer == value.carer; }), value);
    }

    void compare_consent(const PeopleRow<core::Consent>& row) {
        const auto child = named("id", row.id, Who::kChild);
        const auto guardian = named("other", row.other, Who::kAdult);
        if (!child || !guardian) return;
        auto value = row.value;
        name_people(value, child->id, guardian->id);
        if (!is_guardian(row, *child, *guardian))
            problem("other must be a guardian by a line of record care, in this file or imported before.");
        const auto& consents = consents_.of(child->id, [&] { return people_.consents_of(child->id); });
        settle(changes_.consents, row,
               first_of(consents, [&](const auto& one) { return one.guardian == value.guardian; }), value);
    }

    void compare_order(const PeopleRow<core::ProtectionOrder>& row) {
        const auto person = named("id", row.id, Who::kAnybody);
        const auto against = named("other", row.other, Who::kAnybody);
        if (!person || !against) return;
        auto value = row.value;
        name_people(value, person->id, against->id);
        const auto same = [&](const core::ProtectionOrder& one) {
            return one.person == value.person && one.against == value.against && one.number == value.number;
        };
        const auto& orders = orders_.of(person->id, [&] { return people_.orders_of(person->id); });
        settle(changes_.orders, row, first_of(orders, same), value);
    }

    void compare_card(const PeopleRow<core::Card>& row) {
        const auto child = named("id", row.id, Who::kChild);
        if (!child) return;
        auto value = row.value;
        name_people(value, child->id, {});
        const auto holder = people_.card(value.number);
        if (holder && holder->child != child->id) problem("number is already that of another child's card.");
        const auto stored = child->id ? people_.card_of(child->id) : std::nullopt;
        // A file knows of no PIN; whoever has found an old card must not open the new one.
        if (stored && stored->number == value.number) value = *stored;
        settle(changes_.cards, row, stored, value);
    }

    /// Nobody, with a finding, where the id is nobody's or of the other kind.
    std::optional<Named> named(const char* column, const std::string& id, Who who) {
        const auto found = look_up(id);
        if (!found) {
            problem(std::string{column} + " is nobody's: no line of record person has it, nor was it imported before.");
            return std::nullopt;
        }
        if (found->sound && who != Who::kAnybody && is_child(found->kind) != (who == Who::kChild)) {
            problem(std::string{column} + (who == Who::kChild ? " must be a child's." : " must be an adult's."));
            return std::nullopt;
        }
        return found;
    }

    std::optional<Named> look_up(const std::string& id) {
        const auto [known, is_new] = named_.try_emplace(id);
        if (!is_new) return known->second;
        if (const auto stored = people_.by_external_id(id)) known->second = Named{stored->id, stored->kind};
        return known->second;
    }

    static bool is_child(core::PersonKind kind) { return kind == core::PersonKind::kChild; }

    bool is_guardian(const PeopleRow<core::Consent>& row, const Named& child, const Named& guardian) {
        if (const auto here = guardians_.find(pair_of(row.id, row.other)); here != guardians_.end())
            return here->second;
        return guardian.id && std::ranges::any_of(cares_of(child.id), [&](const core::Care& care) {
                   return care.carer == guardian.id && care.guardian;
               });
    }

    const std::vector<core::Care>& cares_of(core::PersonId child) {
        return cares_.of(child, [&] { return people_.cares_of(child); });
    }

    /// Counts what will be open when the file is written.
    void count_open(const PeopleRow<core::Tie>& row, const std::vector<core::Tie>& stored_ties,
                    const std::optional<core::Tie>& stored) {
        if (!row.sound) return;
        const auto open = [this](const core::Tie& tie) { return is_open(tie); };
        const auto [entry, is_new] = open_ties_.try_emplace(row.id);
        auto& ties = entry->second;
        if (is_new) ties.count = std::ranges::count_if(stored_ties, open);
        if (stored && is_open(*stored)) --ties.count;
        if (is_open(row.value)) ++ties.count;
        ties.last_line = row.line;
    }

    bool is_open(const core::Tie& tie) const {
        return tie.state != core::Tie::State::kBarred && !(tie.to.ok() && tie.to < today_);
    }

    void check_open_ties() {
        for (const auto& [id, ties] : open_ties_) {
            line_ = ties.last_line;
            if (ties.count > kOpenTiesMax)
                problem("id would have " + std::to_string(ties.count) + " open ties, of which a child has " +
                        std::to_string(kOpenTiesMax) + " at most: end or bar one.");
        }
    }

    template <class Value>
    void settle(PeopleChanges::Rows<Value>& differing, const PeopleRow<Value>& row, const std::optional<Value>& stored,
                const Value& value) {
        if (stored && *stored == value) {
            ++changes_.left;
            return;
        }
        ++(stored ? changes_.changed : changes_.added);
        differing.push_back(&row);
    }

    void problem(std::string message) { changes_.findings.push_back({file_.name, line_, std::move(message)}); }

    struct OpenTies {
        std::ptrdiff_t count = 0;
        int last_line = 0;
    };

    const config::PeopleFile& file_;
    storage::People& people_;
    core::LocalDate today_;
    const PeopleProgress& progress_;
    PeopleChanges changes_{};
    int line_ = 0;
    std::unordered_map<std::string_view, std::optional<Named>> named_{};  // Nobody: looked for in vain.
    std::unordered_map<std::string_view, OpenTies> open_ties_{};
    std::unordered_map<std::string, bool> guardians_{};  // Whether the file says that she is one.
    LastRead<core::PersonPhone> phones_{};
    LastRead<core::Tie> ties_{};
    LastRead<core::Care> cares_{};
    LastRead<core::Consent> consents_{};
    LastRead<core::ProtectionOrder> orders_{};
};

}  // namespace

PeopleChanges compare_people(const config::PeopleFile& file, storage::People& people, core::LocalDate today,
                             const PeopleProgress& progress) {
    return Comparison{file, people, today, progress}.run();
}

}  // namespace harborline::gateway
