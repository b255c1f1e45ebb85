#include "storage/carrier_ids.hpp"

#include "tests/storage/store_fixture.hpp"

namespace harborline::storage {
namespace {

using Attempt = CarrierIds::Attempt;
using core::ReceiptState;

class CarrierIds_Test : public OpenStoreFixture {
  protected:
    void add(const std::string& id, Attempt attempt, core::Instant::duration lives = 24h) {
        run([&](Transaction& tx) { tx.carrier_ids().add("at", id, attempt, clock.now() + lives); });
    }
    std::optional<Attempt> find(const std::string& id, const std::string& channel = "at") {
        return run([&](Transaction& tx) { return std::optional{tx.carrier_ids().find(channel, id)}; });
    }
    void early(const std::string& id, ReceiptState state) {
        run([&](Transaction& tx) {
            tx.carrier_ids().keep_early({.carrier_id = id, .channel = "at", .state = state, .at = clock.now()});
        });
    }
    std::optional<ReceiptState> take(const std::string& id, const std::string& channel = "at") {
        const auto taken =
            run([&](Transaction& tx) { return std::optional{tx.carrier_ids().take_early(channel, id)}; });
        return taken ? std::optional{taken->state} : std::nullopt;
    }
    void forget() {
        run([&](Transaction& tx) { tx.carrier_ids().forget(clock.now()); });
    }
    int rows(const char* table) {
        return run([&](Transaction& tx) {
            return connection(tx).execAndGet(std::string{"SELECT count(*) FROM "} + table).getInt();
        });
    }
};

TEST_F(CarrierIds_Test, LeadToTheAttemptAcrossARestart) {
    add("ATXid_1", {{4711}, 2});

    reopen();

    EXPECT_EQ(find("ATXid_1"), (Attempt{{4711}, 2}));
    EXPECT_EQ(find("ATXid_2"), std::nullopt);
    EXPECT_EQ(find("ATXid_1", "other"), std::nullopt);
}

TEST_F(CarrierIds_Test, UsedAgainMeansTheNewest) {
    add("ATXid_1", {{1}, 1});
    add("ATXid_1", {{2}, 1});

    EXPECT_EQ(find("ATXid_1"), (Attempt{{2}, 1}));
}

TEST_F(CarrierIds_Test, ThatShareAHashAreToldApart) {
    add("ATXid_1", {{1}, 1});
    add("ATXid_2", {{2}, 1});
    early("ATXid_3", ReceiptState::kFailed);
    early("ATXid_4", ReceiptState::kDelivered);
    run([](Transaction& tx) {
        connection(tx).exec("UPDATE carrier_id SET key = (SELECT max(key) FROM carrier_id)");
        connection(tx).exec("UPDATE early_receipt SET key = (SELECT key FROM early_receipt WHERE id = 1)");
    });

    const auto either = std::pair{find("ATXid_1"), find("ATXid_2")};
    EXPECT_TRUE(either.first == (Attempt{{1}, 1}) || either.second == (Attempt{{2}, 1}));
    EXPECT_FALSE(either.first == (Attempt{{2}, 1}) || either.second == (Attempt{{1}, 1}));
    EXPECT_EQ(take("ATXid_3"), ReceiptState::kFailed);
}

TEST_F(CarrierIds_Test, AreForgottenWithTheirMessage) {
    add("ATXid_1", {{1}, 1}, 1h);
    add("ATXid_2", {{2}, 1}, 3h);
    clock.advance(2h);

    forget();

    EXPECT_EQ(find("ATXid_1"), std::nullopt);
    EXPECT_EQ(find("ATXid_2"), (Attempt{{2}, 1}));
    EXPECT_EQ(rows("carrier_id"), 1);
}

TEST_F(CarrierIds_Test, TheFileDoesNotShowThem) {
    add("ATXid_secret_one", {{1}, 1});
    early("ATXid_secret_two", ReceiptState::kDelivered);
    store.reset();

    for (const char* file : {"harborline.db", "harborline.db-wal"})
        EXPECT_EQ(bytes_of(folder / file).find("ATXid_secret"), std::string::npos) << file;
}

TEST_F(CarrierIds_Test, AnEarlyReceiptIsHandedOutOnce) {
    early("ATXid_1", ReceiptState::kFailed);

    reopen();

    EXPECT_EQ(take("ATXid_1", "other"), std::nullopt);
    EXPECT_EQ(take("ATXid_1"), ReceiptState::kFailed);
    EXPECT_EQ(take("ATXid_1"), std::nullopt);
    EXPECT_EQ(rows("early_receipt"), 0);
}

TEST_F(CarrierIds_Test, OfSeveralEarlyReceiptsThatItArrivedStands) {
    early("ATXid_1", ReceiptState::kFailed);
    early("ATXid_1", ReceiptState::kDelivered);
    early("ATXid_1", ReceiptState::kFailed);

    EXPECT_EQ(rows("early_receipt"), 1);
    EXPECT_EQ(take("ATXid_1"), ReceiptState::kDelivered);
}

TEST_F(CarrierIds_Test, AnEarlyReceiptIsGoneAfterAnHour) {
    early("ATXid_1", ReceiptState::kDelivered);
    clock.advance(59min);
    forget();
    EXPECT_EQ(rows("early_receipt"), 1);

    clock.advance(1min);
    forget();

    EXPECT_EQ(rows("early_receipt"), 0);
}

TEST_F(CarrierIds_Test, AnEarlyReceiptFromAClockThatRanAheadIsGoneToo) {
    early("ATXid_1", ReceiptState::kDelivered);
    clock.advance(-24h);

    forget();

    EXPECT_EQ(rows("early_receipt"), 0);
}

TEST_F(CarrierIds_Test, AFloodOfEarlyReceiptsCrowdsOutTheOldest) {
    run([&](Transaction& tx) {
        for (int i = 0; i < 10'050; ++i)
            tx.carrier_ids().keep_early({.carrier_id = "ATXid_" + std::to_string(i),
                                         .channel = "at",
                                         .state = ReceiptState::kDelivered,
                                         .at = clock.now()});
    });

    EXPECT_EQ(rows("early_receipt"), 10'000);
    EXPECT_EQ(take("ATXid_49"), std::nullopt);
    EXPECT_EQ(take("ATXid_50"), ReceiptState::kDelivered);
}

}  // namespace
}  // namespace harborline::storage
