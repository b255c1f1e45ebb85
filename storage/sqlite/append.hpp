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

/// Bytes of a row that are sealed when it is written, unless they are already.
struct SealedLater : OwnedBlob {
    sealing::KeyScope scope{};
    std::string_view column{};  ///< Empty: `bytes` are sealed.
    std::int64_t row = 0;
};

/// Texts of the running period come many to a group. Sealed one after the other they cost less than between two turns,
/// which push the cipher out of the processor's caches and are pushed out by it. What has a key of its own is sealed at
/// once: who destroys that key later in the group must reach it.
inline SealedLater seal_later(Context& context, sealing::KeyScope scope, std::string_view column, std::int64_t row,
                              std::string plain) {
    if (scope.purpose == sealing::KeyPurpose::kPeriod) return {{std::move(plain)}, scope, column, row};
    return {{context.seal(scope, column, row, plain)}};
}

inline void seal_now(Context& context, SealedLater& value) {
    if (value.column.empty()) return;
    value.bytes = context.seal(value.scope, value.column, value.row, value.bytes);
    value.column = {};
}
template <class Value>
void seal_now(Context&, Value&) {}

/// Rows that the running group adds at the end of one table. They wait until a statement that is told so looks at the
/// table, or until the group or a piece that may be undone alone ends, and are then written several to a step: one row
/// more costs a step half of what it costs alone, because table and indexes are open and at their ends already.
template <class... Values>
class Append : public Waiting {
  public:
    /// `into`: the table and its columns, "turn (id, at)".
    Append(Context& context, const std::string& into)
        : context_(context),
          one_(context.db, statement(into, 1).c_str()),
          several_(context.db, statement(into, kSeveral).c_str()) {
        context.waiting.push_back(this);
    }

    void add(Values... values) { rows_.emplace_back(std::move(values)...); }

    void write() override {
        for (auto& row : rows_) std::apply([this](auto&... values) { (seal_now(context_, values), ...); }, row);
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

    Context& context_;
    std::vector<Row> rows_{};
    Sql one_;
    Sql several_;
};

}  // namespace harborline::storage::sqlite
