#include <optional>
#include <stdexcept>
#include <utility>

#include "storage/sealing/day_keys.hpp"
#include "storage/sqlite/inbound_packing.hpp"
#include "storage/sqlite/repositories.hpp"
#include "storage/store.hpp"

namespace harborline::storage::sqlite {
namespace {

using sealing::DayKeys;

// A part that has settled stands under minus its index.
constexpr auto kFragmentColumn = "fragment.sealed";
constexpr auto kFragmentWords = "fragment.words";

const core::Fragment& fragment_of(const core::Inbound& part) {
    if (!part.fragment) throw std::logic_error("only a part of a text can wait for its neighbours");
    return *part.fragment;
}

class SqliteFragments : public Fragments {
  public:
    SqliteFragments(Context& context, DayKeys& keys) : context_(context), keys_(keys) {}

    static constexpr auto kAdd = R"sql(
        INSERT INTO fragment (id, handset, text_key, part, received_at, sealed, words)
        VALUES (?, ?, ?, ?, ?, ?, ?))sql";
    static constexpr auto kSame = R"sql(
        SELECT id, sealed, words FROM fragment
        WHERE handset = ? AND text_key = ? AND part = ? AND received_at >= ?)sql";
    bool add(const core::Inbound& part, core::HandsetId handset, Lives lives) override {
        const auto& fragment = fragment_of(part);
        const auto text_key = text_key_of(part);
        // 8-bit references wrap: other bytes under the same reference are another text's part, and no text is lost.
        if (holds(part, handset, fragment.index, core::Instant{})) return false;

        const auto id = next_id_.take();
        core::Inbound kept = part;
        const auto words = lives == Lives::kAsLetters ? take_words(kept, id) : std::string{};
        Packer packer;
        pack(packer, kept);
        const auto sealed = context_.seal(context_.period(), kFragmentColumn, id, packer.bytes());
        add_.run(id, handset, text_key, fragment.index, part.received_at, Blob{sealed}, Blob{words});
        return true;
    }

    static constexpr auto kSiblings = R"sql(
        SELECT id, sealed, words, part FROM fragment
        WHERE handset = ? AND text_key = ? AND part > 0 AND received_at >= ?
        ORDER BY part, id DESC)sql";
    std::vector<core::Inbound> siblings(const core::Inbound& part, core::HandsetId handset,
                                        core::Instant since) override {
        std::vector<core::Inbound> parts;
        siblings_.each(
            [&](Row row) {
                // Where two stand under one index, the newer one belongs to the text that is coming in now.
                if (!parts.empty() && parts.back().fragment->index == row.integer(3)) return;
                if (auto found = read_if_sound(row)) parts.push_back(std::move(*found));
            },
            handset, text_key_of(part), since);
        return parts;
    }

    static constexpr auto kSettle = R"sql(
        UPDATE fragment SET part = -part WHERE handset = ? AND text_key = ? AND part > 0)sql";
    void settle(const core::Inbound& part, core::HandsetId handset) override {
        settle_.run(handset, text_key_of(part));
    }

    bool is_settled(const core::Inbound& part, core::HandsetId handset, core::Instant since) override {
        return holds(part, handset, -fragment_of(part).index, since);
    }

    static constexpr auto kForget = R"sql(
        DELETE FROM fragment WHERE handset = ? AND part < 0 AND received_at < ?)sql";
    void forget_settled(core::HandsetId handset, core::Instant before) override { forget_.run(handset, before); }

    static constexpr auto kRemove = R"sql(
        DELETE FROM fragment WHERE handset = ? AND text_key = ? AND part > 0)sql";
    void remove(const core::Inbound& part, core::HandsetId handset) override {
        remove_.run(handset, text_key_of(part));
    }

    static constexpr auto kOverdue = R"sql(
        SELECT id, sealed, words, text_key FROM fragment JOIN (
            SELECT text_key, min(received_at) AS first_at FROM fragment WHERE handset = ?1 AND part > 0
            GROUP BY text_key HAVING first_at < ?2) USING (text_key)
        WHERE handset = ?1 AND part > 0
        ORDER BY first_at, text_key, part)sql";
    std::vector<core::Inbound> overdue(core::HandsetId handset, core::Instant before) override {
        std::vector<core::Inbound> first_parts;
        std::optional<std::int64_t> named;
        overdue_.each(
            [&](Row row) {
                if (named == row.integer(3)) return;
                auto found = read_if_sound(row);
                if (!found) return;
                named = row.integer(3);
                first_parts.push_back(std::move(*found));
            },
            handset, before);
        return first_parts;
    }

  private:
    /// Whether a part with the same bytes stands under `index`.
    bool holds(const core::Inbound& part, core::HandsetId handset, int index, core::Instant since) {
        bool found = false;
        const auto& bytes = fragment_of(part).bytes;
        const auto is_this = [&](Row row) {
            const auto known = read_if_sound(row);
            return known && known->fragment->bytes == bytes;
        };
        same_.each([&](Row row) { found = found || is_this(row); }, handset, text_key_of(part), index, since);
        return found;
    }

    /// Out of the part, sealed under the key of this day.
    std::string take_words(core::Inbound& part, std::int64_t id) {
        auto words = keys_.seal(DayKeys::day_of(context_.now), {kFragmentWords, id}, part.fragment->bytes);
        if (!words) throw Unavailable("the key of the day on which a part of a text came is not there");
        part.fragment->bytes.clear();
        part.text.clear();
        return std::move(*words);
    }

    core::Inbound read(Row row) {
        const auto id = row.integer(0);
        const auto opened = context_.open(kFragmentColumn, id, row.bytes(1));
        Unpacker unpacker{opened};
        auto part = unpack_inbound(unpacker);
        if (const auto words = row.bytes(2); !words.empty())
            part.fragment->bytes = keys_.open({kFragmentWords, id}, words).value_or(std::string{});
        return part;
    }

    /// One row that can not be read must not stop the rest of its text, nor others; `harborline verify` tells of it.
    std::optional<core::Inbound> read_if_sound(Row row) {
        try {
            return read(row);
        } catch (const sealing::Damaged&) {
            return std::nullopt;
        }
    }

    std::uint64_t text_key_of(const core::Inbound& part) {
        const auto& fragment = fragment_of(part);
        Packer packer;
        packer.text(part.channel)
            .text(part.to)
            .integer(fragment.reference)
            .integer(fragment.wide_reference)
            .integer(fragment.total);
        return hash_key_.short_hash(packer.bytes());
    }

    Context& context_;
    DayKeys& keys_;
    sealing::Key hash_key_ = context_.keys.key({sealing::KeyPurpose::kSecrets}).derive("fragment texts");
    NextId next_id_{context_, "SELECT max(id) FROM fragment"};
    Sql add_{context_.db, kAdd};
    Sql same_{context_.db, kSame};
    Sql siblings_{context_.db, kSiblings};
    Sql settle_{context_.db, kSettle};
    Sql forget_{context_.db, kForget};
    Sql remove_{context_.db, kRemove};
    Sql overdue_{context_.db, kOverdue};
};

}  // namespace

std::unique_ptr<Fragments> make_fragments(Context& context, sealing::DayKeys& keys) {
    return std::make_unique<SqliteFragments>(context, keys);
}

}  // namespace harborline::storage::sqlite
