#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace harborline::config {

/// One line of a table, which may span several lines of the file.
struct CsvRecord {
    int line = 0;  ///< From 1, where it begins.
    std::vector<std::string> cells{};
    std::string problem{};  ///< Why it can not be read; the cells are then what could be.
};

/// Reads RFC 4180: commas, "quoted" cells that may hold commas, line ends and "" for a quote. Any kind of line end; a
/// byte order mark is skipped; blanks around a cell are cut off; lines that are blank throughout are left out. A quote
/// that never ends swallows the rest of the file, and its record says so.
std::vector<CsvRecord> read_csv(std::string_view text);

}  // namespace harborline::config
