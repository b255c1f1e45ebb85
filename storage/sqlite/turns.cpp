#include "storage/sqlite/packing.hpp"
#include "storage/sqlite/repositories.hpp"

namespace harborline::storage::sqlite {
namespace {

constexpr auto kColumn = "turn.sealed";

class SqliteTurns : public Turns {
  public:
    SqliteTurns(Context& context, Channels& channels, RepeatLog& repeats)
        : context_(context), channels_(channels), repeats_(repeats) {}

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

    static constexpr auto kAppend = R"sql(
        INSERT INTO turn (id, received_at, channel, handset, conversation, sealed) VALUES (?, ?, ?, ?, ?, ?))sql";
    core::TurnId append(const Turn& turn) override {
        const core::TurnId id{next_id_.take()};
        const auto packed = Packer{}.text(turn.identity).text(turn.text).text(turn.answer).text(turn.note);
        const auto sealed = context_.seal(context_.period(), kColumn, id.value, packed.bytes());
        append_.run(id, turn.received_at, channels_.id_of(turn.channel), turn.handset, turn.conversation, Blob{sealed});
        if (!turn.identity.empty()) repeats_.add(hash_of(turn.channel, turn.identity), id.value, turn.received_at);
        return id;
    }

    static constexpr auto kGet = R"sql(
        SELECT id, received_at, channel, handset, conversation, sealed FROM turn WHERE id = ?)sql";
    std::optional<Turn> get(core::TurnId id) override {
        return get_.first([this](Row row) { return read(row); }, id);
    }

    static constexpr auto kOf = R"sql(
        SELECT id, received_at, channel, handset, conversation, sealed FROM turn
        WHERE conversation = ? ORDER BY id)sql";
    std::vector<Turn> of(core::ConversationId conversation) override {
        return of_.all([this](Row row) { return read(row); }, conversation);
    }

    static constexpr auto kSince = R"sql(
        SELECT id, received_at, channel, handset, conversation, sealed FROM turn
        WHERE id > ? ORDER BY id LIMIT ?)sql";
    std::vector<Turn> since(core::TurnId after, int limit) override {
        return since_.all([this](Row row) { return read(row); }, after, limit);
    }

  private:
    Turn read(Row row) {
        const auto opened = context_.open(kColumn, row.integer(0), row.bytes(5));
        Unpacker unpacker{opened};
        return {.id = {row.integer(0)},
                .received_at = row.instant(1),
                .channel = channels_.name_of(row.integer(2)),
                .handset = {row.integer(3)},
                .conversation = {row.integer(4)},
                .identity = unpacker.text(),
                .text = unpacker.text(),
                .answer = unpacker.text(),
                .note = unpacker.text()};
    }

    RepeatTable::Hash hash_of(std::string_view channel, std::string_view identity) {
        scratch_.assign(channel).push_back('\0');
        scratch_.append(identity);
        return hash_key_.short_hash(scratch_);
    }

    Context& context_;
    Channels& channels_;
    RepeatLog& repeats_;
    sealing::Key hash_key_ = context_.keys.key({sealing::KeyPurpose::kSecrets}).derive("repeat table");
    std::string scratch_{};
    NextId next_id_{context_, "SELECT max(id) FROM turn"};
    Sql append_{context_.db, kAppend};
    Sql get_{context_.db, kGet};
    Sql of_{context_.db, kOf};
    Sql since_{context_.db, kSince};
};

}  // namespace

std::unique_ptr<Turns> make_turns(Context& context, Channels& channels, RepeatLog& repeats) {
    return std::make_unique<SqliteTurns>(context, channels, repeats);
}

}  // namespace harborline::storage::sqlite
