#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "storage/sqlite/context.hpp"
#include "storage/sqlite/sql.hpp"

namespace harborline::storage::sqlite {

/// Rows that the running group adds at the end of one table. They wait until a statement that is told so looks at the
/// table, or until the group or a piece that may be undone alone ends, and are then written several to a step: one row
/// more costs a step half of what it costs alone, because table and indexes are open and at their ends already.
template <class... Values>
class Append : public Waiting {
  public:
    /// `into`: the table and its columns, "turn (id, at)".
    Append(Context& context, const std::string& into)
        : one_(context.db, statement(into, 1).c_str()), several_(context.db, statement(into, kSeveral).c_str()) {
        context.waiting.push_back(this);
    }

    void add(Values... values) { rows_.emplace_back(std::move(values)...); }

    void write() override {
        const std::span<const Row> rows{rows_};
        std::size_t at = 0;
        for (; at + kSeveral <= rows.size(); at += kSeveral) several_.run_rows(rows.subspan(at, kSeveral));
        for (; at < rows.size(); ++at) one_.run_rows(rows.subspan(at, 1));
        rows_.clear();
    }
    void drop() override { rows_.clear(); }

  private:
    using Row = std::tuple<Values...>;
    static constexpr std::size_t kSeveral = 8;

    /// OR FAIL: whoever gets an error undoes the whole piece, so that SQLite need not be able to undo the statement.
    static std::string statement(const std::string& into, std::size_t rows) {
        std::string row = "(?";
        for (std::size_t value = 1; value < sizeof...(Values); ++value) row += ", ?";
        row += ")";
        std::string text = "INSERT OR FAIL INTO " + into + " VALUES " + row;
        for (std::size_t more = 1; more < rows; ++more) text += ", " + row;
        return text;
    }

    std::vector<Row> rows_{};
    Sql one_;
    Sql several_;
};

}  // namespace harborline::storage::sqlite
