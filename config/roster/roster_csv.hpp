#pragma once
#include <string>
#include <string_view>

#include "handlers/core/finding.hpp"
#include "handlers/core/holidays.hpp"
#include "handlers/core/staff.hpp"

namespace harborline::config {

/// Reads the weekly roster from CSV in UTF-8, one line a shift, these columns in any order:
///
///     staff,name,phone,user,role,district,department,days,from,to
///     night,call,on,off                                             these may be left out
///
/// staff: short key, a-z 0-9 . _ -; its name, phone and user are the same on all its lines. phone: a subscriber's,
/// nobody else's. user: operating-system user for `--as`, or empty. role: owner, duty, second, leader, administrator.
/// district: place code, empty for the city. department: RIGHTS, DEV, PUB, FAM, ORG, empty for all. days: "mon-fri",
/// "sat,sun", all or empty. from, to: 08:00, to as late as 24:00; a `to` not after `from` is the next day's; empty: the
/// whole day. night: no, where less than RED must not wake her; call: never, where RED must not ring her, who is texted
/// then as ever; red or empty: it does. Both the same on all her lines. on: the days that the line is for, in place of
/// every week; off: days that it is not for; both as core::read_dates reads them. An owner's line has neither: a matter
/// has its owner at every hour. In both, `holiday` stands for the public holidays of `calendar` and `workweekend` for
/// the weekends that are worked for them: as it knows them now, so a later calendar wants the roster read again.
///
/// Every problem is added to `findings` with its line and without quoting a cell, which may hold a name or a number.
/// Where there is any the roster must not be used. A StaffId in the result is only the 1-based position in `staff`;
/// storage matches members by `key` and gives them ids of their own.
core::Roster read_roster_csv(std::string_view csv, const std::string& file, std::string_view default_country,
                             core::Findings& findings, const core::HolidayCalendar& calendar = {});

}  // namespace harborline::config
