#include "storage/appointments.hpp"

#include <chrono>

#include "storage/sqlite/repositories.hpp"

namespace harborline::storage::sqlite {
namespace {

std::optional<std::int64_t> day_number(core::LocalDate date) {
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days{date}.time_since_epoch().count();
}

#define HARBORLINE_APPOINTMENT_COLUMNS \
    "id, tie, point, weekday, minute, once, ended, agreed, at, reminded, tries, tried_at, look_at"

core::Appointment read_appointment(Row row) {
    core::Appointment read{.id = {row.integer(0)},
                           .tie = {row.integer(1)},
                           .point = {row.integer(2)},
                           .weekday = static_cast<int>(row.integer(3)),
                           .minute = static_cast<int>(row.integer(4)),
                           .ended = row.integer(6) != 0,
                           .agreed = row.instant(7),
                           .at = row.instant(8),
                           .reminded = row.integer(9) != 0,
                           .tries = static_cast<int>(row.integer(10)),
                           .tried_at = row.instant(11),
                           .look_at = row.instant(12)};
    if (!row.is_null(5)) read.once = std::chrono::sys_days{std::chrono::days{row.integer(5)}};
    return read;
}

class SqliteAppointments : public Appointments {
  public:
    explicit SqliteAppointments(Context& context) : context_(context) {}

    static constexpr auto kAdd = "INSERT INTO appointment (" HARBORLINE_APPOINTMENT_COLUMNS R"sql()
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?))sql";
    core::AppointmentId add(const core::Appointment& one) override {
        const core::AppointmentId id{next_id_.take()};
        add_.run(id, one.tie, one.point, one.weekday, one.minute, day_number(one.once), one.ended, one.agreed, one.at,
                 one.reminded, one.tries, one.tried_at, one.look_at);
        return id;
    }

    static constexpr auto kFind = "SELECT " HARBORLINE_APPOINTMENT_COLUMNS " FROM appointment WHERE id = ?";
    std::optional<core::Appointment> find(core::AppointmentId id) override { return find_.first(read_appointment, id); }

    static constexpr auto kUpdate = R"sql(
        UPDATE appointment SET ended = ?, agreed = ?, at = ?, reminded = ?, tries = ?, tried_at = ?, look_at = ?
        WHERE id = ?)sql";
    void update(const core::Appointment& one) override {
        update_.run(one.ended, one.agreed, one.at, one.reminded, one.tries, one.tried_at, one.look_at, one.id);
    }

    static constexpr auto kStanding =
        "SELECT " HARBORLINE_APPOINTMENT_COLUMNS " FROM appointment WHERE ended = 0 ORDER BY id";
    std::vector<core::Appointment> standing() override { return standing_.all(read_appointment); }

    static constexpr auto kStandingOf =
        "SELECT " HARBORLINE_APPOINTMENT_COLUMNS " FROM appointment WHERE tie = ? AND ended = 0 ORDER BY id";
    std::vector<core::Appointment> standing_of(core::TieId tie) override {
        return standing_of_.all(read_appointment, tie);
    }

  private:
    Context& context_;
    NextId next_id_{context_, "SELECT max(id) FROM appointment"};
    Sql add_{context_.db, kAdd};
    Sql find_{context_.db, kFind};
    Sql update_{context_.db, kUpdate};
    Sql standing_{context_.db, kStanding};
    Sql standing_of_{context_.db, kStandingOf};
};

#undef HARBORLINE_APPOINTMENT_COLUMNS

}  // namespace

std::unique_ptr<Appointments> make_appointments(Context& context) {
    return std::make_unique<SqliteAppointments>(context);
}

}  // namespace harborline::storage::sqlite
