#include "storage/weekly_contacts.hpp"

#include <chrono>

#include "storage/sqlite/repositories.hpp"

namespace harborline::storage::sqlite {
namespace {

std::int64_t days_of(core::LocalDate date) {
    return std::chrono::sys_days{date}.time_since_epoch().count();
}
core::LocalDate date_of(std::int64_t days) {
    return std::chrono::sys_days{std::chrono::days{days}};
}

class SqliteWeeklyContacts : public WeeklyContacts {
  public:
    explicit SqliteWeeklyContacts(Context& context) : context_(context) {}

    static constexpr auto kFind = R"sql(SELECT last, nudged, nudged_on FROM weekly_contact WHERE child = ?)sql";
    std::optional<core::WeeklyContact> find(core::PersonId child) override {
        return find_.first(
            [](Row row) {
                core::WeeklyContact contact{.last = date_of(row.integer(0)), .nudged = row.as<core::Nudge>(1)};
                if (!row.is_null(2)) contact.nudged_on = date_of(row.integer(2));
                return contact;
            },
            child);
    }

    static constexpr auto kPut = R"sql(
        INSERT OR REPLACE INTO weekly_contact (child, last, nudged, nudged_on) VALUES (?, ?, ?, ?))sql";
    void put(core::PersonId child, const core::WeeklyContact& contact) override {
        const auto nudged_on = contact.nudged_on.ok() ? std::optional{days_of(contact.nudged_on)} : std::nullopt;
        put_.run(child, days_of(contact.last), contact.nudged, nudged_on);
    }

    static constexpr auto kForget = R"sql(DELETE FROM weekly_contact WHERE child = ?)sql";
    void forget(core::PersonId child) override { forget_.run(child); }

    static constexpr auto kArrived = R"sql(SELECT at FROM words_arrived WHERE tie = ? AND to_child = ?)sql";
    std::optional<core::Instant> arrived(core::TieId tie, bool to_child) override {
        return arrived_.first([](Row row) { return row.instant(0); }, tie, to_child);
    }

    static constexpr auto kPutArrived = R"sql(
        INSERT OR REPLACE INTO words_arrived (tie, to_child, at) VALUES (?, ?, ?))sql";
    void put_arrived(core::TieId tie, bool to_child, core::Instant at) override { put_arrived_.run(tie, to_child, at); }

  private:
    Context& context_;
    Sql find_{context_.db, kFind};
    Sql put_{context_.db, kPut};
    Sql forget_{context_.db, kForget};
    Sql arrived_{context_.db, kArrived};
    Sql put_arrived_{context_.db, kPutArrived};
};

}  // namespace

std::unique_ptr<WeeklyContacts> make_weekly_contacts(Context& context) {
    return std::make_unique<SqliteWeeklyContacts>(context);
}

}  // namespace harborline::storage::sqlite
