#include <algorithm>
#include <map>
#include <stdexcept>

#include "storage/sqlite/packing.hpp"
#include "storage/sqlite/repositories.hpp"

namespace harborline::storage::sqlite {
namespace {

constexpr auto kStaffColumn = "staff.sealed";
constexpr auto kPinColumn = "line_pin.sealed";

/// Shifts name people by the id that the given roster writes; where it writes none, by position from 1.
core::StaffId written_id(const core::Roster& roster, std::size_t position) {
    const auto& member = roster.staff[position];
    return member.id ? member.id : core::StaffId{static_cast<std::int64_t>(position) + 1};
}

/// A row of the table as it is sealed: what older programs did not write is left at its default.
struct StaffRow {
    core::StaffMember member{};
    NumberCheck check{};
};

Packer packed(const StaffRow& row) {
    const auto& member = row.member;
    return Packer{}
        .text(member.key)
        .text(member.name)
        .integer(static_cast<std::int64_t>(member.phone.value()))
        .text(member.os_user)
        .integer(member.night)
        .integer(member.verified)
        .text(row.check.code)
        .integer(core::to_millis(row.check.sent_at))
        .integer(member.call);
}

StaffRow unpacked(std::string_view bytes, core::StaffId id, bool active) {
    Unpacker unpacker{bytes};
    StaffRow row{.member = {.id = id,
                            .key = unpacker.text(),
                            .name = unpacker.text(),
                            .phone = core::PhoneNumber::from_value(static_cast<std::uint64_t>(unpacker.integer())),
                            .os_user = unpacker.text(),
                            .active = active}};
    if (!unpacker.more()) return row;
    row.member.night = unpacker.integer() != 0;
    row.member.verified = unpacker.integer() != 0;
    row.check = {.code = unpacker.text(), .sent_at = core::from_millis(unpacker.integer())};
    if (unpacker.more()) row.member.call = unpacker.integer() != 0;
    return row;
}

std::vector<core::DateSpan> stored_dates(const std::string& text) {
    auto spans = core::read_dates(text);
    if (!spans) throw std::runtime_error("a shift's dates can not be read");
    return std::move(*spans);
}

class SqliteStaff : public Staff {
  public:
    SqliteStaff(Context& context, Handsets& handsets, Cases& cases)
        : context_(context), handsets_(handsets), cases_(cases) {}

    // In steps that nobody foresees: who has kept a copy of what was then undone must not take the next change, perhaps
    // of another process, for it.
    static constexpr auto kVersion = R"sql(
        UPDATE counter SET value = value + 1 + (random() & 1073741823) WHERE name = 'roster')sql";
    void replace(const core::Roster& roster, core::Instant now) override {
        const auto before = everybody();
        const auto ids = write_members(roster, before);
        write_shifts(roster, ids);
        for (const auto& member : before)
            if (member.active && !stays(roster, member)) retire(member, now);
        mark_handsets(roster, ids, now);
        bump_.run();
    }

    static constexpr auto kShifts = R"sql(
        SELECT staff, role, district, department, days, from_min, to_min, on_dates, off_dates FROM shift
        ORDER BY id)sql";
    core::Roster roster() override {
        core::Roster roster{.staff = everybody()};
        std::erase_if(roster.staff, [](const auto& member) { return !member.active || !is_readable(member); });
        roster.shifts = shifts_.all([](Row row) {
            return core::Shift{.staff = {row.integer(0)},
                               .role = row.as<core::Role>(1),
                               .district = row.text(2),
                               .department = row.text(3),
                               .days = static_cast<std::uint8_t>(row.integer(4)),
                               .from_min = static_cast<int>(row.integer(5)),
                               .to_min = static_cast<int>(row.integer(6)),
                               .on = stored_dates(row.text(7)),
                               .off = stored_dates(row.text(8))};
        });
        // Who can not be told is not on duty: the next one is, or the administrator hears that nobody is.
        std::erase_if(roster.shifts, [&](const auto& shift) {
            return std::ranges::find(roster.staff, shift.staff, &core::StaffMember::id) == roster.staff.end();
        });
        return roster;
    }

    static constexpr auto kFind = R"sql(SELECT id, active, sealed FROM staff WHERE id = ?)sql";
    std::optional<core::StaffMember> find(core::StaffId id) override {
        auto found = find_.first([this](Row row) { return read_if_sound(row); }, id);
        if (!found || !is_readable(*found)) return std::nullopt;
        return found;
    }
    std::optional<core::StaffMember> by_key(std::string_view key) override {
        return active_where([key](const auto& member) { return member.key == key; });
    }
    std::optional<core::StaffMember> by_os_user(std::string_view user) override {
        if (user.empty()) return std::nullopt;
        return active_where([user](const auto& member) { return member.os_user == user; });
    }

    static constexpr auto kPin = R"sql(SELECT sealed FROM line_pin WHERE id = ?)sql";
    std::optional<LinePin> line_pin(core::StaffId id) override {
        return pin_.first(
            [&](Row row) {
                const auto opened = context_.open(kPinColumn, id.value, row.bytes(0));
                Unpacker unpacker{opened};
                return LinePin{.hash = unpacker.text(),
                               .misses = static_cast<int>(unpacker.integer()),
                               .missed_at = core::from_millis(unpacker.integer())};
            },
            id);
    }

    static constexpr auto kPutPin = R"sql(INSERT OR REPLACE INTO line_pin (id, sealed) VALUES (?, ?))sql";
    void put_line_pin(core::StaffId id, const LinePin& pin) override {
        const auto packed = Packer{}.text(pin.hash).integer(pin.misses).integer(core::to_millis(pin.missed_at));
        const auto sealed = context_.seal({sealing::KeyPurpose::kIdentity}, kPinColumn, id.value, packed.bytes());
        put_pin_.run(id, Blob{sealed});
    }

    NumberCheck number_check(core::StaffId id) override { return row_of(id).check; }
    void put_number_check(core::StaffId id, const NumberCheck& check) override {
        auto row = row_of(id);
        row.check = check;
        rewrite(row);
    }
    void verify_number(core::StaffId id) override {
        auto row = row_of(id);
        row.check = {};
        row.member.verified = true;
        rewrite(row);
        bump_.run();
    }

    static constexpr auto kReadVersion = R"sql(SELECT value FROM counter WHERE name = 'roster')sql";
    std::int64_t version() override { return version_.integer(); }

  private:
    static bool stays(const core::Roster& roster, const core::StaffMember& member) {
        return std::any_of(roster.staff.begin(), roster.staff.end(),
                           [&](const auto& named) { return named.active && named.key == member.key; });
    }

    static constexpr auto kPut = R"sql(
        INSERT INTO staff (id, active, sealed) VALUES (?, 1, ?)
        ON CONFLICT (id) DO UPDATE SET active = 1, sealed = excluded.sealed)sql";
    /// The stored id of everybody on the staff, by the id that the roster writes.
    std::map<core::StaffId, core::StaffId> write_members(const core::Roster& roster,
                                                         const std::vector<core::StaffMember>& before) {
        std::map<std::string, core::StaffMember> known;
        for (const auto& member : before) known.emplace(member.key, member);

        std::map<core::StaffId, core::StaffId> ids;
        std::map<std::string, int> seen;
        for (std::size_t position = 0; position < roster.staff.size(); ++position) {
            const auto& member = roster.staff[position];
            if (!member.active) continue;
            if (member.key.empty() || ++seen[member.key] > 1)
                throw std::logic_error("everybody in a roster needs a key of her own");
            const auto found = known.find(member.key);
            const bool is_new = found == known.end();
            const core::StaffId id = is_new ? core::StaffId{next_id_.take()} : found->second.id;
            StaffRow row{.member = member};
            row.member.verified = false;
            if (!is_new && found->second.phone == member.phone) {
                row.member.verified = found->second.verified;
                row.check = row_of(id).check;
            }
            put_.run(id, Blob{seal_row(id, row)});
            if (!ids.emplace(written_id(roster, position), id).second)
                throw std::logic_error("two people in a roster have the same id");
        }
        return ids;
    }

    static constexpr auto kNoShifts = R"sql(DELETE FROM shift)sql";
    static constexpr auto kAddShift = R"sql(
        INSERT INTO shift (staff, role, district, department, days, from_min, to_min, on_dates, off_dates)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?))sql";
    void write_shifts(const core::Roster& roster, const std::map<core::StaffId, core::StaffId>& ids) {
        no_shifts_.run();
        for (const auto& shift : roster.shifts) {
            const auto staff = ids.find(shift.staff);
            if (staff == ids.end()) throw std::logic_error("a shift names somebody who is not in the roster");
            add_shift_.run(staff->second, shift.role, shift.district, shift.department, shift.days, shift.from_min,
                           shift.to_min, core::write_dates(shift.on), core::write_dates(shift.off));
        }
    }

    static constexpr auto kMatters = R"sql(SELECT id FROM case_file WHERE owner = ? AND status <> 3 ORDER BY id)sql";
    static constexpr auto kAdministrator = R"sql(SELECT staff FROM shift WHERE role = ? ORDER BY id LIMIT 1)sql";
    static constexpr auto kForgetPin = R"sql(DELETE FROM line_pin WHERE id = ?)sql";
    static constexpr auto kRetire = R"sql(UPDATE staff SET active = 0 WHERE id = ?)sql";
    /// Her open matters go to the first administrator before she leaves, so that none is ever without an owner.
    void retire(const core::StaffMember& member, core::Instant now) {
        const auto matters = matters_.all([](Row row) { return core::CaseId{row.integer(0)}; }, member.id);
        const core::StaffId heir{matters.empty() ? 0 : administrator_.integer(core::Role::kAdministrator)};
        if (!matters.empty() && !heir)
            throw std::logic_error(
                "Somebody who leaves the roster owns open matters: name an administrator in it who takes them over.");

        for (const auto id : matters) {
            auto matter = *cases_.find(id);
            matter.owner = heir;
            cases_.update(matter);
            cases_.append(id, {.at = now,
                               .kind = core::CaseEntry::Kind::kAssigned,
                               .text = (is_readable(member) ? member.key : "Somebody whose row can not be read") +
                                       " is no longer on the staff; assigned to " + find(heir)->key});
        }
        forget_pin_.run(member.id);
        retire_.run(member.id);
    }

    static constexpr auto kUnmark = R"sql(UPDATE handset SET staff = 0 WHERE staff <> 0)sql";
    static constexpr auto kMark = R"sql(UPDATE handset SET staff = ? WHERE id = ?)sql";
    void mark_handsets(const core::Roster& roster, const std::map<core::StaffId, core::StaffId>& ids,
                       core::Instant now) {
        unmark_.run();
        for (std::size_t position = 0; position < roster.staff.size(); ++position) {
            const auto& member = roster.staff[position];
            if (!member.active || member.phone.empty()) continue;
            mark_.run(ids.at(written_id(roster, position)), handsets_.find_or_add(member.phone, now).id);
        }
        ++context_.epoch;  // Handsets read before say otherwise.
    }

    static constexpr auto kAll = R"sql(SELECT id, active, sealed FROM staff ORDER BY id)sql";
    std::vector<core::StaffMember> everybody() {
        return all_.all([this](Row row) { return read_if_sound(row); });
    }

    template <class Matches>
    std::optional<core::StaffMember> active_where(const Matches& matches) {
        for (auto& member : everybody())
            if (member.active && is_readable(member) && matches(member)) return std::move(member);
        return std::nullopt;
    }

    StaffRow read(Row row) {
        const auto opened = context_.open(kStaffColumn, row.integer(0), row.bytes(2));
        return unpacked(opened, {row.integer(0)}, row.integer(1) != 0);
    }
    /// One row that can not be read must not take all the others off duty. Of hers nothing is known but that she is
    /// there; `harborline verify` tells of it, and the next import of the roster writes her down anew.
    core::StaffMember read_if_sound(Row row) {
        try {
            return read(row).member;
        } catch (const sealing::Damaged&) {
            return {.id = {row.integer(0)}, .active = row.integer(1) != 0};
        }
    }
    /// Everybody has a key: see `write_members`.
    static bool is_readable(const core::StaffMember& member) { return !member.key.empty(); }

    StaffRow row_of(core::StaffId id) {
        auto row = find_.first([this](Row found) { return read(found); }, id);
        if (!row) throw std::out_of_range("there is no such member of the staff");
        return std::move(*row);
    }

    static constexpr auto kRewrite = R"sql(UPDATE staff SET sealed = ?2 WHERE id = ?1)sql";
    void rewrite(const StaffRow& row) { rewrite_.run(row.member.id, Blob{seal_row(row.member.id, row)}); }
    std::string seal_row(core::StaffId id, const StaffRow& row) {
        return context_.seal({sealing::KeyPurpose::kIdentity}, kStaffColumn, id.value, packed(row).bytes());
    }

    Context& context_;
    Handsets& handsets_;
    Cases& cases_;
    NextId next_id_{context_, "SELECT max(id) FROM staff"};
    Sql bump_{context_.db, kVersion};
    Sql shifts_{context_.db, kShifts};
    Sql find_{context_.db, kFind};
    Sql pin_{context_.db, kPin};
    Sql put_pin_{context_.db, kPutPin};
    Sql forget_pin_{context_.db, kForgetPin};
    Sql version_{context_.db, kReadVersion};
    Sql put_{context_.db, kPut};
    Sql rewrite_{context_.db, kRewrite};
    Sql no_shifts_{context_.db, kNoShifts};
    Sql add_shift_{context_.db, kAddShift};
    Sql matters_{context_.db, kMatters};
    Sql administrator_{context_.db, kAdministrator};
    Sql retire_{context_.db, kRetire};
    Sql unmark_{context_.db, kUnmark};
    Sql mark_{context_.db, kMark};
    Sql all_{context_.db, kAll};
};

}  // namespace

std::unique_ptr<Staff> make_staff(Context& context, Handsets& handsets, Cases& cases) {
    return std::make_unique<SqliteStaff>(context, handsets, cases);
}

}  // namespace harborline::storage::sqlite
