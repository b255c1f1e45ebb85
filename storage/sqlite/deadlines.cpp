#include "storage/sqlite/repositories.hpp"

namespace harborline::storage::sqlite {
namespace {

class SqliteDeadlines : public Deadlines {
  public:
    explicit SqliteDeadlines(Context& context) : context_(context) {}

    static constexpr auto kAdd = R"sql(
        INSERT INTO deadline (due_at, id, kind, subject)
        VALUES (?1, 1 + coalesce((SELECT max(id) FROM deadline WHERE due_at = ?1), 0), ?2, ?3))sql";
    void add(Deadline::Kind kind, std::int64_t subject, core::Instant due_at) override {
        add_.run(due_at, kind, subject);
    }

    static constexpr auto kDue = R"sql(
        SELECT due_at, id, kind, subject FROM deadline WHERE due_at <= ? ORDER BY due_at, id LIMIT ?)sql";
    // 1 is a ladder: a partial index of its own, so that no flood of other deadlines stands before it.
    static constexpr auto kDueLadder = R"sql(
        SELECT due_at, id, kind, subject FROM deadline WHERE kind = 1 AND due_at <= ? ORDER BY due_at LIMIT ?)sql";
    static constexpr auto kRemove = R"sql(DELETE FROM deadline WHERE due_at = ? AND id = ?)sql";
    std::vector<Deadline> take_due(core::Instant now, int limit) override {
        const auto read = [](Row row) {
            return Deadline{.id = row.integer(1),
                            .kind = row.as<Deadline::Kind>(2),
                            .subject = row.integer(3),
                            .due_at = row.instant(0)};
        };
        auto due = due_ladder_.all(read, now, limit);
        if (due.empty()) due = due_.all(read, now, limit);
        for (const auto& deadline : due) take(deadline);
        return due;
    }
    bool take(const Deadline& one) override { return remove_.run(one.due_at, one.id) > 0; }

    static constexpr auto kNext = R"sql(SELECT due_at FROM deadline ORDER BY due_at LIMIT 1)sql";
    std::optional<core::Instant> next_due() override {
        return next_.first([](Row row) { return row.instant(0); });
    }

    static constexpr auto kHas = R"sql(SELECT EXISTS (SELECT 1 FROM deadline WHERE kind = ?))sql";
    bool has(Deadline::Kind kind) override { return has_.integer(kind) != 0; }

  private:
    Context& context_;
    Sql add_{context_.db, kAdd};
    Sql due_{context_.db, kDue};
    Sql due_ladder_{context_.db, kDueLadder};
    Sql remove_{context_.db, kRemove};
    Sql next_{context_.db, kNext};
    Sql has_{context_.db, kHas};
};

}  // namespace

std::unique_ptr<Deadlines> make_deadlines(Context& context) {
    return std::make_unique<SqliteDeadlines>(context);
}

}  // namespace harborline::storage::sqlite
