#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "handlers/core/family.hpp"
#include "handlers/core/finding.hpp"

namespace harborline::config {

/// One record of a file. Whom it is about is said by external ids, which nobody has looked up yet: the ids in `value`
/// are none.
template <class Value>
struct PeopleRow {
    int line = 0;         ///< From 1; 0 where it comes from no file.
    std::string id{};     ///< The child, or whom it is about.
    std::string other{};  ///< The adult; empty where there is only one.
    Value value{};
    bool sound = true;  ///< False where its line has findings: somebody is there, and what is said of her is unknown.
};

/// Families as one file tells of them, in the order of its lines.
struct PeopleFile {
    std::string name{};  ///< For findings.
    std::vector<PeopleRow<core::Person>> persons{};
    std::vector<PeopleRow<core::PersonPhone>> phones{};
    std::vector<PeopleRow<core::PersonPhone>> gone{};  ///< Phones that have changed hands.
    std::vector<PeopleRow<core::Tie>> ties{};
    std::vector<PeopleRow<core::Care>> cares{};
    std::vector<PeopleRow<core::Consent>> consents{};
    std::vector<PeopleRow<core::ProtectionOrder>> orders{};
    std::vector<PeopleRow<core::Card>> cards{};

    std::size_t size() const;
};

/// Reads families from CSV in UTF-8, one record a line, any number of them, these columns in any order; `record` and
/// `id` must be there:
///
///     record,id,other,kind,name,age,place,phone,state,hours,from,to,number,agreed
///
/// id, other: external ids, 1 to 40 of A-Z a-z 0-9 . _ -. Which cells a record has besides, the others being empty:
///     person   kind child, relative, volunteer; name, short; age under8, 8-13, 14-15, 16-17, adult or empty; place:
///     code
///              or empty; state no_reminders or empty; to: last day of a volunteer's yearly check
///     phone    phone: a subscriber's; kind private, shared, or gone: the number is no longer hers
///     tie      id a child, other an adult; kind mother, father, guardian, carer, caring_mom, relative; state allowed,
///              hours, paused, barred; hours as read_hours reads them, not with state allowed; from, to; number, how it
///              was proved: statement, papers, call, order_lifted or empty; agreed yes, no
///     care     id a child, other the carer; kind guardian, entrusted; from, to
///     consent  id a child, other the guardian; kind paper, visit, call; state word_watch or empty; from: given; to:
///              withdrawn
///     order    id whom it protects, other whom it keeps away; number: the order's; to: its last day
///     card     id a child; number: 8 digits, the first 1 to 7. No PIN stands in any file
///
/// Every problem is added to `findings` with its line and column and without quoting a cell, which may hold a name or a
/// number; a record that is there twice is one. Whether those whom it names are known, and who of them is a child, is
/// for whoever knows the others.
PeopleFile read_people_csv(std::string_view csv, const std::string& file, std::string_view default_country,
                           core::Findings& findings);

/// As `read_people_csv` reads it, records of one kind together: what was read from such a file is written to the byte.
/// Hashes of PINs stay where they are.
std::string write_people_csv(const PeopleFile& people, std::string_view default_country);

}  // namespace harborline::config
