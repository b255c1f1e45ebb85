#include <algorithm>
#include <utility>

#include "storage/sqlite/repositories.hpp"
#include "storage/sqlite/turn_packing.hpp"

namespace harborline::storage::sqlite {
namespace {

#define HARBORLINE_TURN_COLUMNS "id, received_at, channel, handset, conversation, has_state, sealed"

class SqliteTurns : public Turns {
  public:
    explicit SqliteTurns(const TurnParts& parts)
        : context_(parts.context),
          channels_(parts.channels),
          conversations_(parts.conversations),
          tail_(parts.tail),
          repeats_(parts.repeats) {}

    std::optional<Turn> find_repeat(std::string_view channel, std::string_view identity) override {
        if (identity.empty()) return std::nullopt;
        const auto candidates = repeats_.find(hash_of(channel, identity));
        for (auto id = candidates.rbegin(); id != candidates.rend(); ++id) {
            auto turn = get({*id});
            if (turn && turn->channel == channel && turn->identity == identity &&
                turn->received_at >= context_.now - RepeatLog::kWindow)
                return turn;
        }
        return std::nullopt;
    }

    core::TurnId append(const Turn& turn) override {
        const core::TurnId id{tail_.next_turn()};
        const auto state = conversations_.ride_on(turn);
        auto packed = pack(turn, state ? &*state : nullptr);
        auto sealed = seal_later(context_, context_.period(), kTurnColumn, id.value, packed.take());
        const TurnTail::Entry entry{.turn = id.value,
                                    .handset = state ? turn.handset.value : 0,
                                    .hash = turn.identity.empty() ? 0 : hash_of(turn.channel, turn.identity)};
        tail_.rows().add(id, turn.received_at, channels_.id_of(turn.channel), turn.handset, turn.conversation,
                         state.has_value(), entry.hash, std::move(sealed));
        tail_.add(entry);
        repeats_.add(entry);
        return id;
    }

    static constexpr auto kGet = "SELECT " HARBORLINE_TURN_COLUMNS " FROM turn WHERE id = ?";
    std::optional<Turn> get(core::TurnId id) override {
        return get_.first([this](Row row) { return read(row); }, id);
    }

    static constexpr auto kOf = "SELECT " HARBORLINE_TURN_COLUMNS " FROM turn WHERE conversation = ? ORDER BY id";
    std::vector<Turn> of(core::ConversationId conversation) override {
        return of_.all([this](Row row) { return read(row); }, conversation);
    }

    static constexpr auto kSince = "SELECT " HARBORLINE_TURN_COLUMNS " FROM turn WHERE id > ? ORDER BY id LIMIT ?";
    std::vector<Turn> since(core::TurnId after, int limit) override {
        return since_.all([this](Row row) { return read(row); }, after, limit);
    }

  private:
    Turn read(Row row) {
        const auto opened = context_.open(kTurnColumn, row.integer(0), row.bytes(6));
        auto words = unpack_turn(opened, row.integer(5) != 0);
        return {.id = {row.integer(0)},
                .received_at = row.instant(1),
                .channel = channels_.name_of(row.integer(2)),
                .handset = {row.integer(3)},
                .conversation = {row.integer(4)},
                .identity = std::move(words.identity),
                .text = std::move(words.text),
                .answer = std::move(words.answer),
                .note = std::move(words.note)};
    }

    RepeatTable::Hash hash_of(std::string_view channel, std::string_view identity) {
        scratch_.assign(channel).push_back('\0');
        scratch_.append(identity);
        // 0 stands for none.
        return std::max<RepeatTable::Hash>(hash_key_.short_hash(scratch_), 1);
    }

    Context& context_;
    Channels& channels_;
    SqliteConversations& conversations_;
    TurnTail& tail_;
    RepeatLog& repeats_;
    sealing::Key hash_key_ = context_.keys.key({sealing::KeyPurpose::kSecrets}).derive("repeat table");
    std::string scratch_{};
    Sql get_{context_.db, kGet, &tail_.rows()};
    Sql of_{context_.db, kOf, &tail_.rows()};
    Sql since_{context_.db, kSince, &tail_.rows()};
};

}  // namespace

std::unique_ptr<Turns> make_turns(const TurnParts& parts) {
    return std::make_unique<SqliteTurns>(parts);
}

}  // namespace harborline::storage::sqlite
