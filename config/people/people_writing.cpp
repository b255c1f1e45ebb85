#include <string>
#include <utility>

#include "config/people/people_cells.hpp"
#include "config/people/people_columns.hpp"
#include "config/people/people_csv.hpp"
#include "handlers/core/date_span.hpp"

namespace harborline::config {

namespace {

using namespace people;

std::string cell_of(core::MaybeDate day) {
    return day.ok() ? core::write_date(day) : std::string{};
}

/// As people write it here, where it is read the same: a spreadsheet shows eleven digits as they are, and no more.
std::string cell_of(const core::PhoneNumber& number, std::string_view default_country) {
    const std::string digits = number.reveal();
    if (digits.starts_with(default_country)) {
        std::string national = digits.substr(default_country.size());
        const auto read = core::PhoneNumber::parse(national, default_country);
        if (read && *read == number) return national;
    }
    return number.reveal_e164();
}

class PeopleWriter {
  public:
    explicit PeopleWriter(std::string_view default_country) : default_country_(default_country) {
        csv_ = std::string{kColumnList} + '\n';
    }

    template <class Value>
    void add_all(Record record, const std::vector<PeopleRow<Value>>& rows) {
        for (const auto& row : rows) {
            Row line;
            line[kRecord] = write_word(kRecordWords, record);
            line[kId] = row.id;
            line[kOther] = row.other;
            fill(line, row.value);
            add(line);
        }
    }

    void add_gone(const std::vector<PeopleRow<core::PersonPhone>>& rows) {
        for (const auto& row : rows) {
            Row line;
            line[kRecord] = write_word(kRecordWords, Record::kPhone);
            line[kId] = row.id;
            line[kKind] = kGoneWord;
            line[kPhone] = cell_of(row.value.number, default_country_);
            add(line);
        }
    }

    std::string take() { return std::move(csv_); }

  private:
    static void fill(Row& line, const core::Person& person) {
        line[kKind] = write_word(kPersonKindWords, person.kind);
        line[kName] = person.name;
        line[kAge] = write_word(kAgeWords, person.age);
        line[kPlace] = person.place;
        line[kState] = write_word(kReminderWords, person.weekly);
        line[kTo] = cell_of(person.checked_until);
    }
    void fill(Row& line, const core::PersonPhone& phone) const {
        line[kKind] = write_word(kPrivateWords, phone.is_private);
        line[kPhone] = cell_of(phone.number, default_country_);
    }
    static void fill(Row& line, const core::Tie& tie) {
        line[kKind] = write_word(kRelationWords, tie.relation);
        line[kState] = write_word(kTieStateWords, tie.state);
        line[kHours] = write_hours(tie.hours);
        line[kFrom] = cell_of(tie.from);
        line[kTo] = cell_of(tie.to);
        line[kNumber] = tie.proved_by;
        line[kAgreed] = write_word(kAgreedWords, tie.agreed);
    }
    static void fill(Row& line, const core::Care& care) {
        line[kKind] = write_word(kGuardianWords, care.guardian);
        line[kFrom] = cell_of(care.from);
        line[kTo] = cell_of(care.to);
    }
    static void fill(Row& line, const core::Consent& consent) {
        line[kKind] = consent.how;
        line[kState] = write_word(kWordWatchWords, consent.word_watch);
        line[kFrom] = cell_of(consent.given);
        line[kTo] = cell_of(consent.withdrawn);
    }
    static void fill(Row& line, const core::ProtectionOrder& order) {
        line[kTo] = cell_of(order.until);
        line[kNumber] = order.number;
    }
    static void fill(Row& line, const core::Card& card) { line[kNumber] = card.number; }

    void add(const Row& line) {
        for (std::size_t column = 0; column < kColumns; ++column) {
            if (column > 0) csv_ += ',';
            add(line[column]);
        }
        csv_ += '\n';
    }
    /// Quoted only where it would be read differently.
    void add(const std::string& cell) {
        if (cell.find_first_of(",\"\r\n") == std::string::npos) {
            csv_ += cell;
            return;
        }
        csv_ += '"';
        for (const char sign : cell) csv_.append(sign == '"' ? 2 : 1, sign);
        csv_ += '"';
    }

    std::string_view default_country_;
    std::string csv_{};
};

}  // namespace

std::string write_people_csv(const PeopleFile& people, std::string_view default_country) {
    PeopleWriter writer{default_country};
    writer.add_all(Record::kPerson, people.persons);
    writer.add_all(Record::kPhone, people.phones);
    writer.add_gone(people.gone);
    writer.add_all(Record::kTie, people.ties);
    writer.add_all(Record::kCare, people.cares);
    writer.add_all(Record::kConsent, people.consents);
    writer.add_all(Record::kOrder, people.orders);
    writer.add_all(Record::kCard, people.cards);
    return writer.take();
}

}  // namespace harborline::config
