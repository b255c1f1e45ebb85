#include "storage/carrier_ids.hpp"

#include <chrono>

#include "storage/sqlite/packing.hpp"
#include "storage/sqlite/repositories.hpp"

namespace harborline::storage::sqlite {
namespace {

using namespace std::chrono_literals;
using core::ReceiptState;

constexpr auto kIdColumn = "carrier_id.sealed";
constexpr auto kReceiptColumn = "early_receipt.sealed";
/// Our own sending is settled within seconds, and within a minute after a restart.
constexpr auto kEarlyKept = 1h;
constexpr std::int64_t kEarlyMax = 10'000;

class SqliteCarrierIds : public CarrierIds {
  public:
    explicit SqliteCarrierIds(Context& context) : context_(context) {}

    static constexpr auto kAdd = R"sql(
        INSERT INTO carrier_id (id, key, message, attempt, until, sealed) VALUES (?, ?, ?, ?, ?, ?))sql";
    void add(std::string_view channel, std::string_view carrier_id, Attempt attempt, core::Instant until) override {
        const Name name = name_of(channel, carrier_id);
        const auto row = next_id_.take();
        const auto sealed = context_.seal(context_.period(), kIdColumn, row, name.packed);
        add_.run(row, name.key, attempt.message, attempt.attempt, until, Blob{sealed});
    }

    static constexpr auto kFind = R"sql(
        SELECT id, message, attempt, sealed FROM carrier_id WHERE key = ? ORDER BY id)sql";
    std::optional<Attempt> find(std::string_view channel, std::string_view carrier_id) override {
        const Name name = name_of(channel, carrier_id);
        std::optional<Attempt> found;
        find_.each(
            [&](Row row) {
                if (context_.open(kIdColumn, row.integer(0), row.bytes(3)) == name.packed)
                    found = Attempt{{row.integer(1)}, static_cast<int>(row.integer(2))};
            },
            name.key);
        return found;
    }

    static constexpr auto kAddEarly = R"sql(
        INSERT INTO early_receipt (id, key, state, at, sealed) VALUES (?, ?, ?, ?, ?))sql";
    static constexpr auto kCrowdOut = R"sql(DELETE FROM early_receipt WHERE id <= ?)sql";
    void keep_early(const core::Receipt& receipt) override {
        const Name name = name_of(receipt.channel, receipt.carrier_id);
        auto kept = take(name);
        const bool stays = kept && kept->state == ReceiptState::kDelivered;
        const core::Receipt& last = stays ? *kept : receipt;
        const auto row = next_early_.take();
        const auto sealed = context_.seal(context_.period(), kReceiptColumn, row, name.packed);
        add_early_.run(row, name.key, last.state, last.at, Blob{sealed});
        crowd_out_.run(row - kEarlyMax);
    }

    std::optional<core::Receipt> take_early(std::string_view channel, std::string_view carrier_id) override {
        auto taken = take(name_of(channel, carrier_id));
        if (!taken) return taken;
        taken->channel = channel;
        taken->carrier_id = carrier_id;
        return taken;
    }

    static constexpr auto kForget = R"sql(DELETE FROM carrier_id WHERE until <= ?)sql";
    // One from the future is left over from a clock that was set back.
    static constexpr auto kForgetEarly = R"sql(DELETE FROM early_receipt WHERE at <= ? OR at > ?)sql";
    void forget(core::Instant now) override {
        forget_.run(now);
        forget_early_.run(now - kEarlyKept, now + kEarlyKept);
    }

  private:
    struct Name {
        std::string packed{};
        std::int64_t key = 0;
    };
    Name name_of(std::string_view channel, std::string_view carrier_id) const {
        Name name{.packed = std::string{Packer{}.text(channel).text(carrier_id).bytes()}};
        name.key = hash_key_.digest(name.packed);
        return name;
    }

    static constexpr auto kEarly = R"sql(
        SELECT id, state, at, sealed FROM early_receipt WHERE key = ? ORDER BY id)sql";
    static constexpr auto kRemove = R"sql(DELETE FROM early_receipt WHERE id = ?)sql";
    std::optional<core::Receipt> take(const Name& name) {
        std::optional<core::Receipt> taken;
        std::int64_t row_id = 0;
        early_.each(
            [&](Row row) {
                if (context_.open(kReceiptColumn, row.integer(0), row.bytes(3)) != name.packed) return;
                row_id = row.integer(0);
                taken = core::Receipt{.state = row.as<ReceiptState>(1), .at = row.instant(2)};
            },
            name.key);
        if (taken) remove_.run(row_id);
        return taken;
    }

    Context& context_;
    sealing::Key hash_key_ = context_.keys.key({sealing::KeyPurpose::kSecrets}).derive("carrier ids");
    NextId next_id_{context_, "SELECT max(id) FROM carrier_id"};
    NextId next_early_{context_, "SELECT max(id) FROM early_receipt"};
    Sql add_{context_.db, kAdd};
    Sql find_{context_.db, kFind};
    Sql add_early_{context_.db, kAddEarly};
    Sql crowd_out_{context_.db, kCrowdOut};
    Sql forget_{context_.db, kForget};
    Sql forget_early_{context_.db, kForgetEarly};
    Sql early_{context_.db, kEarly};
    Sql remove_{context_.db, kRemove};
};

}  // namespace

std::unique_ptr<CarrierIds> make_carrier_ids(Context& context) {
    return std::make_unique<SqliteCarrierIds>(context);
}

}  // namespace harborline::storage::sqlite
