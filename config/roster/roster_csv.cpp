#include "config/roster/roster_csv.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "config/roster/csv.hpp"
#include "config/roster/shift_cells.hpp"
#include "handlers/core/utf8.hpp"

namespace harborline::config {

namespace {

constexpr std::size_t kBytesMax = 1 << 20;
constexpr std::size_t kRowsMax = 5'000;
constexpr std::size_t kFindingsMax = 100;
constexpr std::size_t kKeyMax = 32;
constexpr std::size_t kNameBytesMax = 120;

enum Column : std::size_t {
    kStaff,
    kName,
    kPhone,
    kUser,
    kRole,
    kDistrict,
    kDepartment,
    kDays,
    kFrom,
    kTo,
    kNight,  // From here on a column may be left out.
    kCall,
    kOn,
    kOff,
    kColumns
};
constexpr std::array<std::string_view, kColumns> kColumnNames{"staff",    "name",       "phone", "user", "role",
                                                              "district", "department", "days",  "from", "to",
                                                              "night",    "call",       "on",    "off"};
constexpr const char* kColumnList = "staff,name,phone,user,role,district,department,days,from,to,night,call,on,off";

using Row = std::array<std::string, kColumns>;

/// Latin keys and users are typed in commands: no blanks, no capitals to mix up.
bool is_word(std::string_view cell) {
    const auto allowed = [](char sign) {
        return (sign >= 'a' && sign <= 'z') || (sign >= '0' && sign <= '9') || sign == '.' || sign == '_' ||
               sign == '-';
    };
    return !cell.empty() && cell.size() <= kKeyMax && std::ranges::all_of(cell, allowed);
}

bool is_name(std::string_view cell) {
    const auto control = [](char sign) { return static_cast<unsigned char>(sign) < 0x20 || sign == 0x7f; };
    return !cell.empty() && cell.size() <= kNameBytesMax && std::ranges::none_of(cell, control);
}

class RosterReader {
  public:
    RosterReader(const std::string& file, std::string_view default_country, core::Findings& findings,
                 const core::HolidayCalendar& calendar)
        : file_(file),
          default_country_(default_country),
          findings_(findings),
          calendar_(calendar),
          most_(findings.size() + kFindingsMax) {}

    core::Roster read(std::string_view csv) {
        if (csv.size() > kBytesMax) {
            problem(0, "The roster is larger than a megabyte; it is one line a shift.");
        } else if (!core::is_valid_utf8(csv)) {
            problem(0, "The roster is not UTF-8; save it as \"CSV UTF-8\".");
        } else {
            read_table(read_csv(csv));
        }
        return std::move(roster_);
    }

  private:
    void read_table(const std::vector<CsvRecord>& records) {
        if (records.empty())
            return problem(0, std::string{"The roster is empty; its first line is "} + kColumnList + ".");
        if (records.size() > kRowsMax) return problem(0, "The roster has more than 5,000 lines.");
        if (!read_header(records.front())) return;
        for (auto record = records.begin() + 1; record != records.end(); ++record) read_row(*record);
        if (std::ranges::find(roster_.shifts, core::Role::kAdministrator, &core::Shift::role) == roster_.shifts.end())
            problem(0, "Nobody is administrator; at least one line must name who is told when all else fails.");
    }

    bool read_header(const CsvRecord& header) {
        const auto before = findings_.size();
        if (!header.problem.empty()) problem(header.line, header.problem);
        for (const auto& cell : header.cells) {
            const auto column = static_cast<std::size_t>(std::ranges::find(kColumnNames, cell) - kColumnNames.begin());
            columns_.push_back(column);
            if (column == kColumns)
                problem(header.line, "Column " + std::to_string(columns_.size()) + " of the first line is none of " +
                                         kColumnList + ".");
        }
        for (std::size_t column = 0; column < kColumns; ++column) {
            const auto times = std::ranges::count(columns_, column);
            const bool left_out = times == 0 && column >= kNight;
            if (times != 1 && !left_out)
                problem(header.line, "The first line names the column \"" + std::string{kColumnNames[column]} + "\" " +
                                         std::to_string(times) + " times; it must be there once.");
        }
        return findings_.size() == before;
    }

    void read_row(const CsvRecord& record) {
        if (!record.problem.empty()) return problem(record.line, record.problem);
        if (record.cells.size() != columns_.size())
            return problem(record.line, "The line has " + std::to_string(record.cells.size()) +
                                            " cells, the first line " + std::to_string(columns_.size()) +
                                            "; a list of days is quoted.");
        Row row;
        for (std::size_t at = 0; at < columns_.size(); ++at) row[columns_[at]] = record.cells[at];
        const auto staff = read_member(record.line, row);
        if (auto shift = read_shift(record.line, row)) {
            shift->staff = staff;
            roster_.shifts.push_back(std::move(*shift));
        }
    }

    core::StaffId read_member(int line, const Row& row) {
        core::StaffMember member{.key = row[kStaff], .name = row[kName], .os_user = row[kUser]};
        if (!is_word(member.key)) problem(line, "staff must be 1 to 32 of a-z 0-9 . _ -");
        if (!is_name(member.name)) problem(line, "name must not be empty, nor longer than 40 characters.");
        if (!member.os_user.empty() && !is_word(member.os_user)) problem(line, "user must be empty or a user's name.");
        const auto phone = core::PhoneNumber::parse(row[kPhone], default_country_);
        if (phone && phone->is_subscriber())
            member.phone = *phone;
        else
            problem(line, "phone must be a subscriber's number.");
        if (!row[kNight].empty() && row[kNight] != "yes" && row[kNight] != "no")
            problem(line, "night must be yes, no or empty.");
        member.night = row[kNight] != "no";
        if (!row[kCall].empty() && row[kCall] != "red" && row[kCall] != "never")
            problem(line, "call must be red, never or empty.");
        member.call = row[kCall] != "never";

        const auto known = std::ranges::find(roster_.staff, member.key, &core::StaffMember::key);
        if (known == roster_.staff.end()) return add_member(line, std::move(member));
        check_same(line, *known, member);
        return known->id;
    }

    core::StaffId add_member(int line, core::StaffMember member) {
        for (std::size_t at = 0; at < roster_.staff.size(); ++at) {
            const auto& other = roster_.staff[at];
            if (!member.phone.empty() && member.phone == other.phone)
                problem(line, "phone is already that of the staff of line " + std::to_string(first_lines_[at]) + ".");
            if (!member.os_user.empty() && member.os_user == other.os_user)
                problem(line, "user is already that of the staff of line " + std::to_string(first_lines_[at]) + ".");
        }
        member.id = core::StaffId{static_cast<std::int64_t>(roster_.staff.size()) + 1};
        roster_.staff.push_back(std::move(member));
        first_lines_.push_back(line);
        return roster_.staff.back().id;
    }

    void check_same(int line, const core::StaffMember& known, const core::StaffMember& member) {
        const auto differs = [&](const char* column) {
            const auto first = first_lines_[static_cast<std::size_t>(known.id.value - 1)];
            problem(line, std::string{column} + " differs from line " + std::to_string(first) + " of the same staff.");
        };
        if (member.name != known.name) differs("name");
        if (member.os_user != known.os_user) differs("user");
        if (member.night != known.night) differs("night");
        if (member.call != known.call) differs("call");
        if (member.phone != known.phone && !member.phone.empty() && !known.phone.empty()) differs("phone");
    }

    std::optional<core::Shift> read_shift(int line, const Row& row) {
        const auto before = findings_.size();
        const auto role = read_role(row[kRole]);
        const auto days = read_days(row[kDays]);
        const auto from = read_minute(row[kFrom].empty() ? "00:00" : row[kFrom]);
        const auto to = read_minute(row[kTo].empty() ? "24:00" : row[kTo]);
        if (!role) problem(line, "role must be owner, duty, second, leader or administrator.");
        if (!is_district(row[kDistrict])) problem(line, "district must be empty or a place code of at most 12 digits.");
        if (!is_department(row[kDepartment])) problem(line, "department must be empty, RIGHTS, DEV, PUB, FAM or ORG.");
        if (!days) problem(line, "days must be like mon-fri, \"sat,sun\" or all.");
        if (!from || *from == 24 * 60) problem(line, "from must be a time from 00:00 to 23:59.");
        if (!to) problem(line, "to must be a time from 00:00 to 24:00.");
        auto on = read_days_of(line, "on", row[kOn]);
        auto off = read_days_of(line, "off", row[kOff]);
        if (role == core::Role::kOwner && !(on.empty() && off.empty()))
            problem(line, "on and off are not for an owner, who answers at every hour.");
        if (findings_.size() != before || findings_.size() >= most_) return std::nullopt;
        return core::Shift{.role = *role,
                           .district = row[kDistrict],
                           .department = row[kDepartment],
                           .days = *days,
                           .from_min = *from,
                           .to_min = *to,
                           .on = std::move(on),
                           .off = std::move(off)};
    }

    std::vector<core::DateSpan> read_days_of(int line, const char* column, std::string cell) {
        std::vector<core::DateSpan> named;
        for (const auto word : {core::kHolidayWord, core::kWorkWeekendWord}) {
            if (!take_word(cell, word)) continue;
            const auto days = core::days_named(calendar_, word);
            // A line that is for no day would be one for every week.
            if (days.empty())
                problem(line, std::string{column} + " says " + std::string{word} +
                                  ", of which the holiday calendar names none; add its year's file.");
            named.insert(named.end(), days.begin(), days.end());
        }
        const auto spans = core::read_dates(cell);
        if (!spans)
            problem(line, std::string{column} +
                              " must be days like 2026-12-25 or 2026-10-01..2026-10-07, holiday or workweekend.");
        else
            named.insert(named.end(), spans->begin(), spans->end());
        return named;
    }

    /// Whether the word stands in the cell; it is cut out.
    static bool take_word(std::string& cell, std::string_view word) {
        constexpr std::string_view kBetween = " ,;";
        for (auto at = cell.find(word); at != std::string::npos; at = cell.find(word, at + 1)) {
            const auto end = at + word.size();
            const bool begins = at == 0 || kBetween.find(cell[at - 1]) != std::string_view::npos;
            const bool ends = end == cell.size() || kBetween.find(cell[end]) != std::string_view::npos;
            if (!begins || !ends) continue;
            cell.erase(at, word.size());
            return true;
        }
        return false;
    }

    void problem(int line, std::string message) {
        if (findings_.size() < most_) findings_.push_back({file_, line, std::move(message)});
    }

    const std::string& file_;
    std::string_view default_country_;
    core::Findings& findings_;
    const core::HolidayCalendar& calendar_;
    std::size_t most_;
    core::Roster roster_{};
    std::vector<std::size_t> columns_{};  // Of each cell of a line.
    std::vector<int> first_lines_{};      // Of each member.
};

}  // namespace

core::Roster read_roster_csv(std::string_view csv, const std::string& file, std::string_view default_country,
                             core::Findings& findings, const core::HolidayCalendar& calendar) {
    return RosterReader{file, default_country, findings, calendar}.read(csv);
}

}  // namespace harborline::config
