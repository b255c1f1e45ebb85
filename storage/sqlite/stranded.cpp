#include <optional>

#include "storage/sqlite/inbound_packing.hpp"
#include "storage/sqlite/repositories.hpp"

namespace harborline::storage::sqlite {
namespace {

constexpr auto kStrandedColumn = "stranded.sealed";

class SqliteStranded : public Stranded {
  public:
    explicit SqliteStranded(Context& context) : context_(context) {}

    // A number that an operator was told must not come to mean another text, so it is counted apart from the rows.
    static constexpr auto kNext = R"sql(
        UPDATE counter SET value = value + 1 WHERE name = 'stranded' RETURNING value)sql";
    static constexpr auto kAdd = R"sql(INSERT INTO stranded (id, identity, at, sealed) VALUES (?, ?, ?, ?))sql";
    core::StrandedId add(const StrandedText& text) override {
        const core::StrandedId id{next_.all([](Row row) { return row.integer(0); }).at(0)};
        Packer packer;
        packer.text(text.identity).text(text.error);
        pack(packer, text.inbound);
        const auto sealed = context_.seal(context_.period(), kStrandedColumn, id.value, packer.bytes());
        add_.run(id, hash_of(text.inbound.channel, text.identity), text.at, Blob{sealed});
        return id;
    }

    static constexpr auto kList = R"sql(SELECT id, at, sealed FROM stranded ORDER BY id LIMIT ?)sql";
    std::vector<StrandedText> list(int limit) override {
        return list_.all([this](Row row) { return read_if_sound(row).value_or(unread(row)); }, limit);
    }

    static constexpr auto kFind = R"sql(SELECT id, at, sealed FROM stranded WHERE id = ?)sql";
    std::optional<StrandedText> find(core::StrandedId id) override {
        return find_.first([this](Row row) { return read(row); }, id);
    }

    static constexpr auto kSame = R"sql(SELECT id, at, sealed FROM stranded WHERE identity = ?)sql";
    bool holds(std::string_view channel, std::string_view identity) override {
        if (identity.empty()) return false;
        bool found = false;
        same_.each(
            [&](Row row) {
                const auto text = read_if_sound(row);
                found = found || (text && text->inbound.channel == channel && text->identity == identity);
            },
            hash_of(channel, identity));
        return found;
    }

    static constexpr auto kRemove = R"sql(DELETE FROM stranded WHERE id = ?)sql";
    void remove(core::StrandedId id) override { remove_.run(id); }

  private:
    StrandedText read(Row row) {
        const auto opened = context_.open(kStrandedColumn, row.integer(0), row.bytes(2));
        Unpacker unpacker{opened};
        StrandedText text{.id = {row.integer(0)}, .identity = unpacker.text(), .at = row.instant(1)};
        text.error = unpacker.text();
        text.inbound = unpack_inbound(unpacker);
        return text;
    }

    /// One row that can not be read must not hide the others.
    std::optional<StrandedText> read_if_sound(Row row) {
        try {
            return read(row);
        } catch (const sealing::Damaged&) {
            return std::nullopt;
        }
    }
    static StrandedText unread(Row row) {
        return {.id = {row.integer(0)}, .at = row.instant(1), .error = "its row can not be read"};
    }

    std::uint64_t hash_of(std::string_view channel, std::string_view identity) const {
        const auto packed = Packer{}.text(channel).text(identity);
        return hash_key_.short_hash(packed.bytes());
    }

    Context& context_;
    sealing::Key hash_key_ = context_.keys.key({sealing::KeyPurpose::kSecrets}).derive("stranded texts");
    Sql next_{context_.db, kNext};
    Sql add_{context_.db, kAdd};
    Sql list_{context_.db, kList};
    Sql find_{context_.db, kFind};
    Sql same_{context_.db, kSame};
    Sql remove_{context_.db, kRemove};
};

}  // namespace

std::unique_ptr<Stranded> make_stranded(Context& context) {
    return std::make_unique<SqliteStranded>(context);
}

}  // namespace harborline::storage::sqlite
