#include "config/roster/csv.hpp"

#include <algorithm>
#include <utility>

namespace harborline::config {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string trimmed(std::string_view cell) {
    const auto first = cell.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return std::string{cell.substr(first, cell.find_last_not_of(" \t") - first + 1)};
}

class CsvReader {
  public:
    explicit CsvReader(std::string_view text) : rest_(text) {
        if (rest_.starts_with(kByteOrderMark)) rest_.remove_prefix(kByteOrderMark.size());
    }

    std::vector<CsvRecord> read() {
        std::vector<CsvRecord> records;
        while (!rest_.empty()) {
            auto record = read_record();
            const bool blank = std::ranges::all_of(record.cells, &std::string::empty);
            if (!blank || !record.problem.empty()) records.push_back(std::move(record));
        }
        return records;
    }

  private:
    CsvRecord read_record() {
        CsvRecord record{.line = line_};
        do {
            skip_blanks();
            record.cells.push_back(next_is('"') ? read_quoted(record.problem) : read_plain(record.problem));
        } while (skip(','));
        skip_line_end();
        return record;
    }

    std::string read_plain(std::string& problem) {
        const auto cell = rest_.substr(0, rest_.find_first_of(",\r\n"));
        if (cell.find('"') != std::string_view::npos)
            problem = "A quote stands inside a cell that does not begin with one.";
        rest_.remove_prefix(cell.size());
        return trimmed(cell);
    }

    std::string read_quoted(std::string& problem) {
        skip('"');
        std::string cell;
        while (!rest_.empty()) {
            if (skip('"')) {
                if (!skip('"')) {
                    if (!read_plain(problem).empty()) problem = "Something follows the closing quote of a cell.";
                    return trimmed(cell);
                }
                cell += '"';
                continue;
            }
            if (rest_.front() == '\n') ++line_;
            cell += rest_.front();
            rest_.remove_prefix(1);
        }
        problem = "A quoted cell never ends.";
        return trimmed(cell);
    }

    bool next_is(char sign) const { return !rest_.empty() && rest_.front() == sign; }
    bool skip(char sign) {
        if (!next_is(sign)) return false;
        rest_.remove_prefix(1);
        return true;
    }
    void skip_blanks() {
        while (skip(' ') || skip('\t')) {
        }
    }
    void skip_line_end() {
        if (rest_.empty()) return;
        const bool carriage_return = skip('\r');
        if (!skip('\n') && !carriage_return) return;
        ++line_;
    }

    std::string_view rest_;
    int line_ = 1;
};

}  // namespace

std::vector<CsvRecord> read_csv(std::string_view text) {
    return CsvReader{text}.read();
}

}  // namespace harborline::config
