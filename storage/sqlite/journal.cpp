#include "storage/sqlite/repositories.hpp"

namespace harborline::storage::sqlite {
namespace {

constexpr auto kJournalColumn = "journal.sealed";

class SqliteJournal : public Journal {
  public:
    explicit SqliteJournal(Context& context) : context_(context) {}

    static constexpr auto kAppend = R"sql(
        INSERT INTO journal (id, at, event, case_id, staff, sealed) VALUES (?, ?, ?, ?, ?, ?))sql";
    void append(const JournalEntry& entry) override {
        const auto id = next_id_.take();
        const auto sealed = context_.seal(context_.period(), kJournalColumn, id, entry.detail);
        append_.run(id, entry.at, entry.event, entry.case_id, entry.staff, Blob{sealed});
    }

    static constexpr auto kLatest = R"sql(
        SELECT id, at, event, case_id, staff, sealed FROM journal ORDER BY id DESC LIMIT ?)sql";
    std::vector<JournalEntry> latest(int limit) override {
        return latest_.all(
            [this](Row row) {
                return JournalEntry{.id = row.integer(0),
                                    .at = row.instant(1),
                                    .event = row.text(2),
                                    .case_id = {row.integer(3)},
                                    .staff = {row.integer(4)},
                                    .detail = detail_of(row)};
            },
            limit);
    }

    static constexpr auto kLast = R"sql(SELECT max(at) FROM journal WHERE event = ?)sql";
    core::Instant last(std::string_view event) override { return core::from_millis(last_.integer(std::string{event})); }

  private:
    /// One detail that can not be read must not hide what happened, nor the other entries.
    std::string detail_of(Row row) {
        try {
            return context_.open(kJournalColumn, row.integer(0), row.bytes(5));
        } catch (const sealing::Damaged&) {
            return {};
        }
    }

    Context& context_;
    NextId next_id_{context_, "SELECT max(id) FROM journal"};
    Sql append_{context_.db, kAppend};
    Sql latest_{context_.db, kLatest};
    Sql last_{context_.db, kLast};
};

}  // namespace

std::unique_ptr<Journal> make_journal(Context& context) {
    return std::make_unique<SqliteJournal>(context);
}

}  // namespace harborline::storage::sqlite
