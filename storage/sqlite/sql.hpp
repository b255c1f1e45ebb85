#pragma once
#include <SQLiteCpp/SQLiteCpp.h>

#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "handlers/core/ids.hpp"
#include "handlers/core/time.hpp"

namespace harborline::storage::sqlite {

/// Bytes to be bound as they are; they must outlive the call.
struct Blob {
    std::string_view bytes{};
};

/// Bytes that a waiting row owns.
struct OwnedBlob {
    std::string bytes{};
};

/// Rows on their way into a table (see Append).
class Waiting {
  public:
    virtual ~Waiting() = default;
    virtual void write() = 0;
    virtual void drop() = 0;
};

/// One row of an answer; valid only inside the call that it is handed to.
class Row {
  public:
    explicit Row(SQLite::Statement& statement) : statement_(statement) {}

    std::int64_t integer(int column) const { return statement_.getColumn(column).getInt64(); }
    bool is_null(int column) const { return statement_.getColumn(column).isNull(); }
    core::Instant instant(int column) const { return core::from_millis(integer(column)); }
    std::string_view bytes(int column) const {
        const auto value = statement_.getColumn(column);
        const void* data = value.getBlob();
        return {static_cast<const char*>(data), static_cast<std::size_t>(value.getBytes())};
    }
    std::string text(int column) const { return std::string{bytes(column)}; }
    template <class Enum>
    Enum as(int column) const {
        return static_cast<Enum>(integer(column));
    }

  private:
    SQLite::Statement& statement_;
};

/// One prepared statement, held for life: preparing costs more than running. Values are bound by position. Runs only
/// inside a transaction: once SQLite has undone the whole group, a piece that swallowed the error must not go on
/// writing row by row.
class Sql {
  public:
    /// `first`: what must be written before this statement sees the table.
    Sql(SQLite::Database& database, const char* text, Waiting* first = nullptr)
        : database_(database), statement_(database, text), first_(first) {}
    Sql(const Sql&) = delete;
    Sql& operator=(const Sql&) = delete;

    /// Runs a statement without rows and says how many it changed.
    template <class... Values>
    int run(const Values&... values) {
        prepare();
        return command(values...);
    }

    /// As `run`, for a statement that takes the values of several rows, one after the other.
    template <class... Values>
    int run_rows(std::span<const std::tuple<Values...>> rows) {
        prepare();
        const Reset reset{statement_};
        int position = 0;
        for (const auto& row : rows) std::apply([&](const Values&... values) { (bind(++position, values), ...); }, row);
        return statement_.exec();
    }

    /// As `run`, for what opens and closes transactions itself.
    template <class... Values>
    int command(const Values&... values) {
        const Reset reset{statement_};
        bind_all(values...);
        return statement_.exec();
    }

    /// Hands each row to `read`, which must not run this very statement.
    template <class Read, class... Values>
    void each(const Read& read, const Values&... values) {
        prepare();
        const Reset reset{statement_};
        bind_all(values...);
        while (statement_.executeStep()) read(Row{statement_});
    }

    template <class Read, class... Values>
    auto first(const Read& read, const Values&... values) {
        using Result = std::invoke_result_t<Read, Row>;
        prepare();
        const Reset reset{statement_};
        bind_all(values...);
        return statement_.executeStep() ? std::optional<Result>{read(Row{statement_})} : std::nullopt;
    }

    template <class Read, class... Values>
    auto all(const Read& read, const Values&... values) {
        std::vector<std::invoke_result_t<Read, Row>> rows;
        each([&](Row row) { rows.push_back(read(row)); }, values...);
        return rows;
    }

    /// The first column of the first row, 0 where there is none or it is null.
    template <class... Values>
    std::int64_t integer(const Values&... values) {
        return first([](Row row) { return row.integer(0); }, values...).value_or(0);
    }

  private:
    struct Reset {
        SQLite::Statement& statement;
        ~Reset() { statement.tryReset(); }
    };

    void prepare() {
        require_transaction();
        if (first_ != nullptr) first_->write();
    }
    void require_transaction() const;

    template <class... Values>
    void bind_all(const Values&... values) {
        int position = 0;
        (bind(++position, values), ...);
    }
    template <class Number>
    requires std::integral<Number> || std::is_enum_v<Number>
    void bind(int position, Number value) { statement_.bind(position, static_cast<std::int64_t>(value)); }
    template <class Tag>
    void bind(int position, core::Id<Tag> id) {
        statement_.bind(position, id.value);
    }
    void bind(int position, core::Instant at) { statement_.bind(position, core::to_millis(at)); }
    void bind(int position, const std::string& text) { statement_.bindNoCopy(position, text); }
    void bind(int position, Blob blob) {
        statement_.bindNoCopy(position, blob.bytes.data(), static_cast<int>(blob.bytes.size()));
    }
    void bind(int position, const OwnedBlob& blob) { bind(position, Blob{blob.bytes}); }
    template <class Value>
    void bind(int position, const std::optional<Value>& value) {
        if (value)
            bind(position, *value);
        else
            statement_.bind(position);
    }

    SQLite::Database& database_;
    SQLite::Statement statement_;
    Waiting* first_;
};

}  // namespace harborline::storage::sqlite
