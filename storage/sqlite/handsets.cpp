#include <optional>
#include <set>
#include <stdexcept>

#include "storage/sqlite/packing.hpp"
#include "storage/sqlite/recent.hpp"
#include "storage/sqlite/repositories.hpp"

namespace harborline::storage::sqlite {
namespace {

constexpr auto kHandsetColumn = "handset.sealed";

std::int64_t day_of(core::Instant at) {
    return std::chrono::floor<std::chrono::days>(at).time_since_epoch().count();
}

class SqliteHandsets : public Handsets {
  public:
    explicit SqliteHandsets(Context& context) : context_(context) {}

    static constexpr auto kFind = R"sql(
        SELECT id, privacy, opt_out, language, staff, seen_day, sealed FROM handset WHERE key = ? ORDER BY id)sql";
    std::optional<Handset> find(const core::PhoneNumber& number) override {
        if (const auto* known = recent_.find(number.value(), context_.epoch)) return *known;
        auto found = find(number, key_of(number));
        if (found) recent_.put(number.value(), *found, context_.epoch);
        return found;
    }

    static constexpr auto kAdd = R"sql(
        INSERT INTO handset (id, key, privacy, opt_out, language, staff, seen_day, sealed)
        VALUES (?, ?, 0, 0, '', 0, ?, ?))sql";
    static constexpr auto kSee = R"sql(UPDATE handset SET seen_day = ?, privacy = ? WHERE id = ?)sql";
    Handset find_or_add(const core::PhoneNumber& number, core::Instant now) override {
        if (auto known = find(number)) {
            if (!unread_.empty()) write_unread(*known);
            if (day_of(now) > day_of(known->seen_at)) {
                const bool lost = known->privacy == Privacy::kPrivate && is_forgotten(*known, now);
                if (lost) known->privacy = Privacy::kUnknown;
                see_.run(day_of(now), known->privacy, known->id);
                recent_.forget(number.value());
            }
            return *known;
        }

        const auto id = next_id_.take();
        const auto sealed = seal(id, number);
        add_.run(id, key_of(number), day_of(now), Blob{sealed});
        const Handset added{.id = {id}, .number = number, .seen_at = std::chrono::floor<std::chrono::days>(now)};
        return recent_.put(number.value(), added, context_.epoch);
    }

    static constexpr auto kGet = R"sql(
        SELECT id, privacy, opt_out, language, staff, seen_day, sealed FROM handset WHERE id = ?)sql";
    Handset get(core::HandsetId id) override {
        auto handset = get_.first([this](Row row) { return read(row); }, id);
        if (!handset) throw std::out_of_range("there is no handset with this id");
        return *handset;
    }

    static constexpr auto kUpdate = R"sql(
        UPDATE handset SET privacy = ?, opt_out = ?, language = ?, staff = ?, seen_day = max(seen_day, ?)
        WHERE id = ?)sql";
    void update(const Handset& handset) override {
        update_.run(handset.privacy, handset.opt_out, handset.language, handset.staff, day_of(handset.seen_at),
                    handset.id);
        recent_.forget(handset.number.value());
    }

  private:
    std::optional<Handset> find(const core::PhoneNumber& number, std::int64_t key) {
        std::optional<Handset> found;
        std::optional<Handset> unread;
        find_.each(
            [&](Row row) {
                if (found) return;
                auto handset = read_if_sound(row);
                if (handset.number == number)
                    found = std::move(handset);
                else if (handset.number.empty() && !unread)
                    unread = std::move(handset);
            },
            key);
        if (found || !unread) return found;
        // It is hers by its key, and not even a 9 of hers would be taken otherwise: what she said of texts still holds.
        unread->number = number;
        unread_.insert(unread->id);
        return unread;
    }

    static constexpr auto kWriteNumber = R"sql(UPDATE handset SET sealed = ? WHERE id = ?)sql";
    /// So that she can be written to again, too. Who only looks for her writes nothing.
    void write_unread(const Handset& handset) {
        if (unread_.erase(handset.id) == 0) return;
        const auto sealed = seal(handset.id.value, handset.number);
        write_number_.run(Blob{sealed}, handset.id);
    }
    std::string seal(std::int64_t id, const core::PhoneNumber& number) {
        const auto packed = Packer{}.integer(static_cast<std::int64_t>(number.value()));
        return context_.seal({sealing::KeyPurpose::kIdentity}, kHandsetColumn, id, packed.bytes());
    }

    /// Without a number where that does not open.
    Handset read_if_sound(Row row) {
        try {
            return read(row);
        } catch (const sealing::Damaged&) {
            return open_part(row);
        }
    }
    Handset read(Row row) {
        auto handset = open_part(row);
        const auto opened = context_.open(kHandsetColumn, handset.id.value, row.bytes(6));
        handset.number = core::PhoneNumber::from_value(static_cast<std::uint64_t>(Unpacker{opened}.integer()));
        return handset;
    }
    static Handset open_part(Row row) {
        return {.id = {row.integer(0)},
                .privacy = row.as<Privacy>(1),
                .opt_out = row.as<OptOut>(2),
                .language = row.text(3),
                .staff = {row.integer(4)},
                .seen_at = core::Instant{std::chrono::days{row.integer(5)}}};
    }

    std::int64_t key_of(const core::PhoneNumber& number) {
        const auto digits = number.value();
        return context_.keys.key({sealing::KeyPurpose::kHandset})
            .digest({reinterpret_cast<const char*>(&digits), sizeof digits});
    }

    Context& context_;
    Recent<Handset> recent_{};
    std::set<core::HandsetId> unread_{};  ///< Found by their keys, with a number that does not open.
    NextId next_id_{context_, "SELECT max(id) FROM handset"};
    Sql find_{context_.db, kFind};
    Sql add_{context_.db, kAdd};
    Sql see_{context_.db, kSee};
    Sql get_{context_.db, kGet};
    Sql update_{context_.db, kUpdate};
    Sql write_number_{context_.db, kWriteNumber};
};

}  // namespace

std::unique_ptr<Handsets> make_handsets(Context& context) {
    return std::make_unique<SqliteHandsets>(context);
}

}  // namespace harborline::storage::sqlite
