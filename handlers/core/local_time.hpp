#pragma once
#include <string>
#include <string_view>

#include "handlers/core/result.hpp"
#include "handlers/core/time.hpp"

namespace date {
class time_zone;
}

namespace harborline::core {

/// What a clock on the wall shows.
struct LocalTime {
    LocalDate date{};
    int weekday = 0;  ///< 0 Monday … 6 Sunday, as the bits of a shift's days.
    int minute = 0;   ///< Of the day, 0 … 1439.
};

/// A zone of the tz database. A value: copies are one pointer, and the database lives as long as the program.
class TimeZone {
  public:
    /// "Asia/Shanghai". Fails with kNotFound where the database has no such zone or is not installed.
    static Result<TimeZone> named(std::string_view name);

    LocalTime local(Instant at) const;
    /// 00:00 of that day, which is 24:00 of the day before. Where clocks jump over midnight: the first instant after.
    Instant start_of(LocalDate day) const;

    friend std::string format_iso(Instant at, const TimeZone& zone);

  private:
    explicit TimeZone(const date::time_zone& zone) : zone_(&zone) {}
    const date::time_zone* zone_;
};

/// "2027-03-03T18:00:00+08:00" (RFC 3339): for people by the wall clock, and for programs whole.
std::string format_iso(Instant at, const TimeZone& zone);
/// "08:05"; the end of a day is "24:00". `minute` of the local day.
std::string clock_face(int minute);
/// "3月18日" for languages that begin with "zh", "18 Mar" for all others.
std::string format_date(LocalDate day, std::string_view language);
std::string format_date(Instant at, const TimeZone& zone, std::string_view language);
/// "3月4日10点", off the hour "3月4日10:30"; "4 Mar 10:00".
std::string format_day_time(Instant at, const TimeZone& zone, std::string_view language);
/// As one says it at `now`, to be heard or read at once: "今天下午3:30", "明天早上7点", of any other day
/// "4月1日早上7点"; "today at 15:30", "tomorrow at 07:00", "on 1 Apr at 07:00".
std::string format_when(Instant at, Instant now, const TimeZone& zone, std::string_view language);

}  // namespace harborline::core
