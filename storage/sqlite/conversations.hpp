#pragma once
#include <optional>
#include <string>
#include <vector>

#include "storage/conversations.hpp"
#include "storage/sqlite/context.hpp"
#include "storage/sqlite/recent.hpp"
#include "storage/sqlite/turn_tail.hpp"
#include "storage/turns.hpp"

namespace harborline::storage::sqlite {

/// Conversations, whose rows are written late: what is put rides on the row of the turn that is appended next in the
/// same piece, and comes into its own row when the tail of turns is folded. Only what no turn takes along is written at
/// once.
class SqliteConversations : public Conversations {
  public:
    SqliteConversations(Context& context, Channels& channels, TurnTail& tail)
        : context_(context), channels_(channels), tail_(tail) {}

    std::optional<Conversation> find(core::HandsetId handset) override;
    void put(Conversation conversation) override;
    core::ConversationId next_id() override;

    /// The state that this turn carries, where the conversation put before it is the one that the turn tells of.
    std::optional<std::string> ride_on(const Turn& turn);
    /// At the end of a piece: writes what no turn took along.
    void write_held();
    /// At the end of a group: the numbers that were given out are not given out again.
    void write_ids();
    /// The piece is undone.
    void drop_held() { held_.clear(); }

    /// Brings the state that rides on this turn into the conversation's own row, unless there is a newer one.
    void fold(core::HandsetId handset, std::int64_t turn);

  private:
    std::optional<Conversation> read_or_begin_anew(core::HandsetId handset);
    std::optional<Conversation> read(core::HandsetId handset);
    Conversation read_from(std::int64_t turn, core::HandsetId handset);
    /// `as_of`: the last turn that this state knows of. A row that knows of turn `unless` or of a later one stays.
    void write(const Conversation& conversation, std::int64_t as_of, std::int64_t unless);

    Context& context_;
    Channels& channels_;
    TurnTail& tail_;
    Recent<Conversation> recent_{};
    std::vector<Conversation> held_{};
    std::int64_t id_ = 0;         ///< The newest that was given out; an undone piece leaves a gap.
    std::int64_t stored_id_ = 0;  ///< As the database has it.
    std::int64_t epoch_ = 0;      ///< Of stored_id_.

    static constexpr auto kFind = R"sql(
        SELECT id, channel, last_turn_at, as_of, sealed FROM conversation WHERE handset = ?)sql";
    static constexpr auto kFindOnTurn = R"sql(
        SELECT conversation, channel, received_at, sealed FROM turn WHERE id = ?)sql";
    static constexpr auto kPut = R"sql(
        INSERT INTO conversation (handset, id, channel, last_turn_at, as_of, sealed) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT (handset) DO UPDATE SET
            id = excluded.id, channel = excluded.channel, last_turn_at = excluded.last_turn_at,
            as_of = excluded.as_of, sealed = excluded.sealed
        WHERE as_of < ?7)sql";
    static constexpr auto kLastId = R"sql(SELECT value FROM counter WHERE name = 'conversation')sql";
    static constexpr auto kKeepId = R"sql(UPDATE counter SET value = max(value, ?) WHERE name = 'conversation')sql";
    Sql find_{context_.db, kFind};
    Sql find_on_turn_{context_.db, kFindOnTurn, &tail_.rows()};
    Sql put_{context_.db, kPut};
    Sql last_id_{context_.db, kLastId};
    Sql keep_id_{context_.db, kKeepId};
};

}  // namespace harborline::storage::sqlite
