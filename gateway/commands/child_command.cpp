// What the staff may see of a child's line: who, when, how long, answered, and how much waits (domain rules 4.7). No
// word of theirs, no name, no number.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <chrono>
#include <unordered_map>

#include "config/people/people_cells.hpp"
#include "gateway/commands/commands.hpp"
#include "gateway/commands/output.hpp"

namespace harborline::gateway {
namespace json = boost::json;
namespace {

class LineOfChild {
  public:
    LineOfChild(const CommandGround& ground, storage::Transaction& tx, core::PersonId child)
        : ground_(ground), tx_(tx), child_(child) {}

    /// A row a tie, behind them a row a call.
    json::array rows(core::Instant since) {
        json::array rows;
        for (const auto& tie : tx_.people().ties_of(child_)) rows.push_back(row_of(tie));
        for (const auto& call : tx_.kin_calls().of_child(child_, since)) rows.push_back(row_of(call));
        return rows;
    }

  private:
    json::object row_of(const core::Tie& tie) {
        const auto with = tx_.people().find(tie.adult);
        const auto& key = with_[tie.id] = with ? with->external_id : std::string{};
        return {{"with", key},
                {"kind", config::write_word(config::kRelationWords, tie.relation)},
                {"state", config::write_word(config::kTieStateWords, tie.state)},
                {"waiting_for_child", tx_.letters().waiting(tie.id, true).size()},
                {"waiting_for_adult", tx_.letters().waiting(tie.id, false).size()}};
    }
    json::object row_of(const core::KinCall& call) {
        return {{"at", ground_.iso(call.at)},
                {"with", with_[call.tie]},
                {"wanted_by", call.by_child ? "child" : "adult"},
                {"answered", call.talked.count() > 0},
                {"seconds", call.talked.count()}};
    }

    const CommandGround& ground_;
    storage::Transaction& tx_;
    core::PersonId child_;
    std::unordered_map<core::TieId, std::string> with_{};
};

}  // namespace

int people_show(const PeopleArguments& arguments) {
    CommandGround ground(arguments.common);
    json::array rows;
    ground->store().run([&](storage::Transaction& tx) {
        const auto by = ground.acting(tx);
        const auto child = tx.people().by_external_id(arguments.child);
        if (!child || child->kind != core::PersonKind::kChild)
            throw CommandFailed("no child is written down under this id; see who is there with: harborline people list",
                                2);
        // Reading is an access to personal data and leaves a trace (domain rules 5.1 and 5.4).
        tx.journal().append({.at = ground.now(), .event = "child_read", .staff = by.id, .detail = child->external_id});
        rows = LineOfChild{ground, tx, child->id}.rows(ground.now() - std::chrono::days{arguments.days});
    });
    print(arguments.common, rows, "this child has nobody to reach; write ties down with: harborline people import");
    return 0;
}

}  // namespace harborline::gateway
