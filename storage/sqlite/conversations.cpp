#include "storage/sqlite/repositories.hpp"

namespace harborline::storage::sqlite {
namespace {

constexpr auto kColumn = "conversation.sealed";

class SqliteConversations : public Conversations {
  public:
    SqliteConversations(Context& context, Channels& channels) : context_(context), channels_(channels) {}

    static constexpr auto kFind = R"sql(
        SELECT id, channel, last_turn_at, sealed FROM conversation WHERE handset = ?)sql";
    std::optional<Conversation> find(core::HandsetId handset) override {
        return find_.first(
            [&](Row row) {
                return Conversation{.handset = handset,
                                    .id = {row.integer(0)},
                                    .channel = channels_.name_of(row.integer(1)),
                                    .last_turn_at = row.instant(2),
                                    .state = context_.open(kColumn, handset.value, row.bytes(3))};
            },
            handset);
    }

    static constexpr auto kPut = R"sql(
        INSERT INTO conversation (handset, id, channel, last_turn_at, sealed) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (handset) DO UPDATE SET
            id = excluded.id, channel = excluded.channel, last_turn_at = excluded.last_turn_at,
            sealed = excluded.sealed)sql";
    void put(const Conversation& conversation) override {
        const auto sealed = context_.seal(context_.period(), kColumn, conversation.handset.value, conversation.state);
        put_.run(conversation.handset, conversation.id, channels_.id_of(conversation.channel),
                 conversation.last_turn_at, Blob{sealed});
    }

    static constexpr auto kNext = R"sql(
        UPDATE counter SET value = value + 1 WHERE name = 'conversation' RETURNING value)sql";
    core::ConversationId next_id() override {
        return {next_.all([](Row row) { return row.integer(0); }).at(0)};
    }

  private:
    Context& context_;
    Channels& channels_;
    Sql find_{context_.db, kFind};
    Sql put_{context_.db, kPut};
    Sql next_{context_.db, kNext};
};

}  // namespace

std::unique_ptr<Conversations> make_conversations(Context& context, Channels& channels) {
    return std::make_unique<SqliteConversations>(context, channels);
}

}  // namespace harborline::storage::sqlite
