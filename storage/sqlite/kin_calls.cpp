#include "storage/kin_calls.hpp"

#include "storage/sqlite/repositories.hpp"

namespace harborline::storage::sqlite {
namespace {

class SqliteKinCalls : public KinCalls {
  public:
    explicit SqliteKinCalls(Context& context) : context_(context) {}

    static constexpr auto kAdd = R"sql(
        INSERT INTO kin_call (id, tie, child, at, seconds, by_child) VALUES (?, ?, ?, ?, ?, ?))sql";
    void add(const core::KinCall& call) override {
        add_.run(next_id_.take(), call.tie, call.child, call.at, call.talked.count(), call.by_child);
    }

    static constexpr auto kOfChild = R"sql(
        SELECT tie, child, at, seconds, by_child FROM kin_call WHERE child = ? AND at >= ? ORDER BY at, id)sql";
    std::vector<core::KinCall> of_child(core::PersonId child, core::Instant since) override {
        return of_child_.all(
            [](Row row) {
                return core::KinCall{.tie = {row.integer(0)},
                                     .child = {row.integer(1)},
                                     .at = row.instant(2),
                                     .talked = std::chrono::seconds{row.integer(3)},
                                     .by_child = row.integer(4) != 0};
            },
            child, since);
    }

  private:
    Context& context_;
    NextId next_id_{context_, "SELECT max(id) FROM kin_call"};
    Sql add_{context_.db, kAdd};
    Sql of_child_{context_.db, kOfChild};
};

}  // namespace

std::unique_ptr<KinCalls> make_kin_calls(Context& context) {
    return std::make_unique<SqliteKinCalls>(context);
}

}  // namespace harborline::storage::sqlite
