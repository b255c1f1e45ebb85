// A table of any cells, written as CSV and read again; and any bytes.
#include "config/roster/csv.hpp"

#include <algorithm>

#include "tests/fuzz/target.hpp"

namespace harborline::fuzz {
namespace {

using Table = std::vector<std::vector<std::string>>;

/// As a spreadsheet writes it: quoted where anything in the cell means something.
std::string written(std::string_view cell, bool quoted) {
    if (!quoted && cell.find_first_of("\",\r\n") == std::string_view::npos) return std::string{cell};
    std::string text = "\"";
    for (const char c : cell) text += c == '"' ? std::string{"\"\""} : std::string(1, c);
    return text + '"';
}

std::string trimmed(std::string_view cell) {
    const auto first = cell.find_first_not_of(" \t");
    return first == std::string_view::npos ? std::string{}
                                           : std::string{cell.substr(first, cell.find_last_not_of(" \t") - first + 1)};
}

void try_table(Draw draw) {
    const bool quoted = draw.below(2) == 1;
    const std::string_view line_end = draw.below(2) == 1 ? "\r\n" : "\n";
    Table table;
    std::string text;
    while (!draw.empty() && table.size() < 20) {
        auto& row = table.emplace_back();
        for (auto cells = 1 + draw.below(5); cells > 0; --cells) {
            const std::string_view cell = draw.take(draw.below(12));
            text += (row.empty() ? "" : ",") + written(cell, quoted);
            row.push_back(trimmed(cell));
        }
        text += line_end;
        if (std::ranges::all_of(row, &std::string::empty)) table.pop_back();
    }
    if (text.starts_with("\xEF\xBB\xBF")) return;  // Would be the file's mark.

    const auto records = config::read_csv(text);
    require(records.size() == table.size(), "every row is read");
    for (std::size_t at = 0; at < table.size(); ++at) {
        require(records[at].problem.empty(), "a good row is no problem");
        require(records[at].cells == table[at], "every cell is read as it was written");
    }
}

}  // namespace

void try_input(std::string_view input) {
    int line = 0;
    for (const auto& record : config::read_csv(input)) {
        require(record.line > line, "lines count up");
        require(!record.cells.empty(), "a record has a cell");
        line = record.line;
    }
    try_table(Draw{input});
}

}  // namespace harborline::fuzz
