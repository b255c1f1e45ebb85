#pragma once
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

/// The table of families: its columns, and which of them a record has.
namespace harborline::config::people {

enum Column : std::size_t {
    kRecord,
    kId,
    kOther,
    kKind,
    kName,
    kAge,
    kPlace,
    kPhone,
    kState,
    kHours,
    kFrom,
    kTo,
    kNumber,
    kAgreed,
    kColumns
};
inline constexpr std::array<std::string_view, kColumns> kColumnNames{"record", "id",    "other",  "kind",  "name",
                                                                     "age",    "place", "phone",  "state", "hours",
                                                                     "from",   "to",    "number", "agreed"};
inline constexpr const char* kColumnList =
    "record,id,other,kind,name,age,place,phone,state,hours,from,to,number,agreed";

using Row = std::array<std::string, kColumns>;

enum class Record : std::size_t { kPerson, kPhone, kTie, kCare, kConsent, kOrder, kCard };
inline constexpr std::array<std::string_view, 7> kRecordWords{"person",  "phone", "tie", "care",
                                                              "consent", "order", "card"};

template <class... Columns>
constexpr unsigned cells(Columns... columns) {
    return ((1U << columns) | ...);
}
/// Besides `record` and `id`.
inline constexpr std::array<unsigned, kRecordWords.size()> kCellsOf{
    cells(kKind, kName, kAge, kPlace, kState, kTo),
    cells(kKind, kPhone),
    cells(kOther, kKind, kState, kHours, kFrom, kTo, kNumber, kAgreed),
    cells(kOther, kKind, kFrom, kTo),
    cells(kOther, kKind, kState, kFrom, kTo),
    cells(kOther, kTo, kNumber),
    cells(kNumber),
};

}  // namespace harborline::config::people
