#include "storage/timekeeping.hpp"

#include <algorithm>

#include "storage/sqlite/outbox_rules.hpp"
#include "storage/sqlite/repositories.hpp"

namespace harborline::storage::sqlite {
namespace {

class SqliteTimekeeping : public Timekeeping {
  public:
    SqliteTimekeeping(Context& context, Deadlines& deadlines) : context_(context), deadlines_(deadlines) {}

    static constexpr auto kNewestMessage = R"sql(SELECT created_at FROM outbox ORDER BY id DESC LIMIT 1)sql";
    static constexpr auto kNewestEntry = R"sql(SELECT at FROM journal ORDER BY id DESC LIMIT 1)sql";
    core::Instant newest() override {
        context_.write_waiting();
        return core::from_millis(std::max(newest_message_.integer(), newest_entry_.integer()));
    }

    void set_back(core::Instant now, const LongestWaits& waits) override {
        context_.write_waiting();
        for (std::size_t kind = 0; kind < waits.deadline.size(); ++kind)
            bring_forward(static_cast<Deadline::Kind>(kind), now + waits.deadline[kind]);
        unsent_.run(now, now + waits.outbox);
        late_.run(now + waits.outbox);
        settled_.run(now);
        fragments_.run(now);
        pages_.run(now);
        repeats_.run(now);
    }

  private:
    static constexpr auto kAhead = R"sql(SELECT due_at, id, subject FROM deadline WHERE kind = ? AND due_at > ?)sql";
    static constexpr auto kRemove = R"sql(DELETE FROM deadline WHERE due_at = ? AND id = ?)sql";
    void bring_forward(Deadline::Kind kind, core::Instant latest) {
        const auto ahead = ahead_.all(
            [](Row row) { return Deadline{.id = row.integer(1), .subject = row.integer(2), .due_at = row.instant(0)}; },
            kind, latest);
        for (const auto& deadline : ahead) {
            remove_.run(deadline.due_at, deadline.id);
            deadlines_.add(kind, deadline.subject, latest);
        }
    }

    // What is being sent keeps its lease, so that nobody sends it beside whoever has it.
    static constexpr auto kUnsent = R"sql(
        UPDATE outbox SET created_at = ?1, expires_at = expires_at - (created_at - ?1),
            due_at = min(due_at - CASE state WHEN 0 THEN created_at - ?1 ELSE 0 END, ?2 - )sql" HARBORLINE_OUTBOX_AHEAD
                                    R"sql()
        WHERE state IN (0, 1) AND created_at > ?1)sql";
    static constexpr auto kLate = "UPDATE outbox SET due_at = ?1 - " HARBORLINE_OUTBOX_AHEAD
                                  " WHERE state IN (0, 1) AND due_at > ?1 - " HARBORLINE_OUTBOX_AHEAD;
    static constexpr auto kSettled = R"sql(
        UPDATE outbox SET settled_at = ?1 WHERE (state = 2 OR state = 4 OR state = 5 OR state = 7 OR state = 8) AND settled_at > ?1)sql";
    static constexpr auto kFragments = R"sql(UPDATE fragment SET received_at = ?1 WHERE received_at > ?1)sql";
    static constexpr auto kPages = R"sql(UPDATE page SET sent_at = ?1 WHERE sent_at > ?1)sql";
    static constexpr auto kRepeats = R"sql(UPDATE turn_run SET made_at = ?1 WHERE made_at > ?1)sql";

    Context& context_;
    Deadlines& deadlines_;
    Sql newest_message_{context_.db, kNewestMessage};
    Sql newest_entry_{context_.db, kNewestEntry};
    Sql ahead_{context_.db, kAhead};
    Sql remove_{context_.db, kRemove};
    Sql unsent_{context_.db, kUnsent};
    Sql late_{context_.db, kLate};
    Sql settled_{context_.db, kSettled};
    Sql fragments_{context_.db, kFragments};
    Sql pages_{context_.db, kPages};
    Sql repeats_{context_.db, kRepeats};
};

}  // namespace

std::unique_ptr<Timekeeping> make_timekeeping(Context& context, Deadlines& deadlines) {
    return std::make_unique<SqliteTimekeeping>(context, deadlines);
}

}  // namespace harborline::storage::sqlite
