#include "config/people/people_csv.hpp"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

#include "config/people/people_cells.hpp"
#include "config/people/people_columns.hpp"
#include "config/roster/csv.hpp"
#include "config/roster/shift_cells.hpp"
#include "handlers/core/date_span.hpp"
#include "handlers/core/utf8.hpp"

namespace harborline::config {

namespace {

using namespace people;

constexpr std::size_t kOrderNumberMax = 60;
constexpr std::array<std::string_view, 3> kConsentWords{"paper", "visit", "call"};
constexpr std::array<std::string_view, 5> kProofWords{"", "statement", "papers", "call", "order_lifted"};

class PeopleReader {
  public:
    PeopleReader(const std::string& file, std::string_view default_country, core::Findings& findings)
        : default_country_(default_country), findings_(findings) {
        people_.name = file;
    }

    PeopleFile read(std::string_view csv) {
        if (core::is_valid_utf8(csv))
            read_table(read_csv(csv));
        else
            problem("The file is not UTF-8; save it as \"CSV UTF-8\".");
        return std::move(people_);
    }

  private:
    void read_table(std::vector<CsvRecord> records) {
        if (records.empty()) return problem(std::string{"The file is empty; its first line is "} + kColumnList + ".");
        if (!read_header(records.front())) return;
        for (auto record = records.begin() + 1; record != records.end(); ++record) read_row(*record);
    }

    bool read_header(const CsvRecord& header) {
        const auto before = findings_.size();
        line_ = header.line;
        if (!header.problem.empty()) problem(header.problem);
        for (const auto& cell : header.cells) {
            columns_.push_back(static_cast<std::size_t>(std::ranges::find(kColumnNames, cell) - kColumnNames.begin()));
            if (columns_.back() == kColumns)
                problem("Column " + std::to_string(columns_.size()) + " of the first line is none of " + kColumnList +
                        ".");
        }
        for (std::size_t column = 0; column < kColumns; ++column) {
            const auto times = std::ranges::count(columns_, column);
            if (times > 1 || (times == 0 && column <= kId))
                problem("The first line names the column \"" + std::string{kColumnNames[column]} + "\" " +
                        std::to_string(times) + " times; it must be there once.");
        }
        return findings_.size() == before;
    }

    void read_row(CsvRecord& record) {
        line_ = record.line;
        found_before_ = findings_.size();
        if (!record.problem.empty()) return problem(std::move(record.problem));
        if (record.cells.size() != columns_.size())
            return problem("The line has " + std::to_string(record.cells.size()) + " cells, the first line " +
                           std::to_string(columns_.size()) + "; hours with a comma are quoted.");
        row_ = {};
        for (std::size_t at = 0; at < columns_.size(); ++at) row_[columns_[at]] = std::move(record.cells[at]);
        const auto kind = read_word<Record>(kRecordWords, row_[kRecord]);
        if (!kind) return problem("record must be person, phone, tie, care, consent, order or card.");
        record_ = *kind;
        check_cells();
        read_record();
    }

    bool has_cell(std::size_t column) const {
        return (kCellsOf.at(static_cast<std::size_t>(record_)) >> column & 1U) != 0;
    }
    std::string record_word() const { return std::string{write_word(kRecordWords, record_)}; }

    void check_cells() {
        constexpr auto kMust = " must be 1 to 40 of A-Z a-z 0-9 . _ -";
        if (!is_external_id(row_[kId])) problem(std::string{"id"} + kMust);
        if (has_cell(kOther) && !is_external_id(row_[kOther])) problem(std::string{"other"} + kMust);
        if (has_cell(kOther) && !row_[kId].empty() && row_[kOther] == row_[kId])
            problem("other must be somebody else than id.");
        for (std::size_t column = kOther; column < kColumns; ++column)
            if (!has_cell(column) && !row_[column].empty())
                problem(std::string{kColumnNames[column]} + " must be empty on the line of record " + record_word() +
                        ".");
    }

    void read_record() {
        switch (record_) {
            case Record::kPerson:
                return add(people_.persons, read_person());
            case Record::kPhone: {
                const bool gone = row_[kKind] == kGoneWord;
                auto phone = read_phone(gone);
                return add(gone ? people_.gone : people_.phones, phone, std::to_string(phone.number.value()));
            }
            case Record::kTie:
                return add(people_.ties, read_tie());
            case Record::kCare:
                return add(people_.cares, read_care());
            case Record::kConsent:
                return add(people_.consents, read_consent());
            case Record::kOrder: {
                auto order = read_order();
                return add(people_.orders, order, order.number);
            }
            case Record::kCard:
                return add(people_.cards, read_card());
        }
    }

    core::Person read_person() {
        core::Person person{.external_id = row_[kId], .name = row_[kName], .place = row_[kPlace]};
        person.kind = word<core::PersonKind>(kKind, kPersonKindWords, "child, relative or volunteer");
        person.age = word<core::AgeBand>(kAge, kAgeWords, "under8, 8-13, 14-15, 16-17, adult or empty");
        person.weekly = word<bool>(kState, kReminderWords, "no_reminders or empty");
        person.checked_until = date(kTo);
        if (!is_spoken_name(person.name)) problem("name must be 1 to 24 characters, and not digits alone.");
        if (!is_district(person.place)) problem("place must be empty or a place code of at most 12 digits.");
        const bool is_read = row_[kKind] == write_word(kPersonKindWords, person.kind);
        if (is_read && person.kind != core::PersonKind::kVolunteer && person.checked_until.ok())
            problem("to is the last day of a volunteer's yearly check; it must be empty for others.");
        return person;
    }

    core::PersonPhone read_phone(bool gone) {
        core::PersonPhone phone;
        if (!gone) phone.is_private = word<bool>(kKind, kPrivateWords, "private, shared or gone");
        const auto number = core::PhoneNumber::parse(row_[kPhone], default_country_);
        if (number && number->is_subscriber())
            phone.number = *number;
        else
            problem("phone must be a subscriber's number.");
        return phone;
    }

    core::Tie read_tie() {
        core::Tie tie{.proved_by = row_[kNumber]};
        tie.relation =
            word<core::Relation>(kKind, kRelationWords, "mother, father, guardian, carer, caring_mom or relative");
        tie.state = word<core::Tie::State>(kState, kTieStateWords, "allowed, hours, paused or barred");
        tie.agreed = word<bool>(kAgreed, kAgreedWords, "yes or no");
        tie.from = date(kFrom);
        tie.to = date(kTo);
        check_span(tie.from, tie.to);
        if (std::ranges::find(kProofWords, tie.proved_by) == kProofWords.end())
            problem("number must be statement, papers, call, order_lifted or empty.");
        tie.hours = hours_of(tie.state);
        return tie;
    }

    /// Whoever is paused or barred is still answered by them (domain rules 4.6).
    std::vector<core::Window> hours_of(core::Tie::State state) {
        using State = core::Tie::State;
        const bool given = !row_[kHours].empty();
        if (given && state == State::kAllowed) problem("hours must be empty where state is allowed.");
        if (state == State::kAllowed || (!given && state != State::kHoursOnly)) return {};
        auto hours = read_hours(row_[kHours]);
        if (!hours) problem("hours must be like \"mon-fri 18:00-20:00; sat,sun 09:00-20:00\".");
        return std::move(hours).value_or(std::vector<core::Window>{});
    }

    core::Care read_care() {
        core::Care care{.guardian = word<bool>(kKind, kGuardianWords, "guardian or entrusted"),
                        .from = date(kFrom),
                        .to = date(kTo)};
        check_span(care.from, care.to);
        return care;
    }

    core::Consent read_consent() {
        core::Consent consent{.how = row_[kKind],
                              .given = date(kFrom),
                              .withdrawn = date(kTo),
                              .word_watch = word<bool>(kState, kWordWatchWords, "word_watch or empty")};
        if (std::ranges::find(kConsentWords, consent.how) == kConsentWords.end())
            problem("kind must be paper, visit or call.");
        if (row_[kFrom].empty()) problem("from must be the day on which it was given, like 2026-12-25.");
        check_span(consent.given, consent.withdrawn);
        return consent;
    }

    core::ProtectionOrder read_order() {
        core::ProtectionOrder order{.number = row_[kNumber], .until = date(kTo)};
        if (!is_line(order.number, kOrderNumberMax)) problem("number must be the order's own, 1 to 60 characters.");
        return order;
    }

    core::Card read_card() {
        core::Card card{.number = row_[kNumber]};
        if (!is_card_number(card.number)) {
            problem("number must be 8 digits, the first 1 to 7.");
        } else if (const auto line = first_line_of("number\n" + card.number)) {
            problem("number is already that of the card on line " + std::to_string(*line) + ".");
        }
        return card;
    }

    template <class Value, std::size_t Count>
    Value word(Column column, const std::array<std::string_view, Count>& words, const char* must) {
        if (const auto value = read_word<Value>(words, row_[column])) return *value;
        problem(std::string{kColumnNames[column]} + " must be " + must + ".");
        return {};
    }

    core::MaybeDate date(Column column) {
        if (row_[column].empty()) return {};
        const auto days = core::read_dates(row_[column]);
        if (days && days->size() == 1 && days->front().first == days->front().last) return days->front().first;
        problem(std::string{kColumnNames[column]} + " must be one day like 2026-12-25.");
        return {};
    }

    void check_span(core::MaybeDate from, core::MaybeDate to) {
        if (from.ok() && to.ok() && to < from) problem("to must not be before from.");
    }

    /// `told_apart_by`: what may differ between two records of the same two.
    template <class Value>
    void add(std::vector<PeopleRow<Value>>& rows, Value value, const std::string& told_apart_by = {}) {
        if (!is_external_id(row_[kId]) || (has_cell(kOther) && !is_external_id(row_[kOther]))) return;
        if (is_sound()) check_once(told_apart_by);
        rows.push_back({.line = line_,
                        .id = row_[kId],
                        .other = has_cell(kOther) ? row_[kOther] : std::string{},
                        .value = std::move(value),
                        .sound = is_sound()});
    }

    void check_once(const std::string& told_apart_by) {
        const auto line = first_line_of(record_word() + '\n' + row_[kId] + '\n' + row_[kOther] + '\n' + told_apart_by);
        if (line)
            problem(std::string{has_cell(kOther) ? "id and other name" : "id names"} + " the same " + record_word() +
                    " as line " + std::to_string(*line) + ".");
    }

    /// Where this stood for the first time; nothing where that is here.
    std::optional<int> first_line_of(std::string what) {
        const auto [first, is_new] = lines_.try_emplace(std::move(what), line_);
        return is_new ? std::nullopt : std::optional{first->second};
    }

    bool is_sound() const { return findings_.size() == found_before_; }
    void problem(std::string message) { findings_.push_back({people_.name, line_, std::move(message)}); }

    std::string_view default_country_;
    core::Findings& findings_;
    PeopleFile people_{};
    std::vector<std::size_t> columns_{};            // Of each cell of a line.
    std::unordered_map<std::string, int> lines_{};  // Of what may be there only once.
    // The line that is being read.
    int line_ = 0;
    Row row_{};
    Record record_ = Record::kPerson;
    std::size_t found_before_ = 0;
};

}  // namespace

std::size_t PeopleFile::size() const {
    return persons.size() + phones.size() + gone.size() + ties.size() + cares.size() + consents.size() + orders.size() +
           cards.size();
}

PeopleFile read_people_csv(std::string_view csv, const std::string& file, std::string_view default_country,
                           core::Findings& findings) {
    return PeopleReader{file, default_country, findings}.read(csv);
}

}  // namespace harborline::config
