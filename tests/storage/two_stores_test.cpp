#include <thread>

#include "tests/storage/store_fixture.hpp"

namespace harborline::storage {
namespace {

/// A command beside the running service: two stores on one file, each with its own caches and counters.
class TwoStores_Test : public OpenStoreFixture {
  protected:
    TwoStores_Test() {
        auto with = options(1'000);
        with.may_create = false;
        command = open(with);
    }
    std::unique_ptr<Store> command;
};

TEST_F(TwoStores_Test, IdsAreNeverGivenTwice) {
    const auto work = [this](Transaction& tx) {
        tx.turns().append(some_turn(""));
        tx.outbox().add(some_message());
        tx.journal().append({.event = "e"});
        tx.conversations().next_id();
        auto message = some_message();
        message.channel = "c" + std::to_string(tx.outbox().count_waiting());
        return tx.outbox().add(message);
    };

    std::vector<core::OutboxId> ids;
    for (int i = 0; i < 10; ++i) {
        ids.push_back(run(work));
        ids.push_back(in(*command, work));
        ids.push_back(in(*command, work));
    }

    for (std::size_t i = 1; i < ids.size(); ++i) EXPECT_GT(ids[i], ids[i - 1]);
    for (const auto id : ids) EXPECT_EQ(run([&](Transaction& tx) { return tx.outbox().find(id); })->text, "您好");
    EXPECT_EQ(run([](Transaction& tx) { return tx.conversations().next_id(); }).value, 31);
}

TEST_F(TwoStores_Test, ANumberThatWasUndoneIsNotGivenOutUnderTheOthers) {
    const auto next = [](Transaction& tx) { return tx.conversations().next_id().value; };
    EXPECT_THROW(run([&](Transaction& tx) {
                     next(tx);
                     throw std::runtime_error("undone");
                 }),
                 std::runtime_error);
    in(*command, next);
    const auto last = in(*command, next);

    run([](Transaction& tx) { tx.journal().append({.event = "takes no number"}); });

    EXPECT_GT(run(next), last);
}

TEST_F(TwoStores_Test, KeysAreSharedWhicheverMadeThem) {
    clock.advance(40 * 24h);
    const auto from_command = in(*command, [this](Transaction& tx) { return tx.turns().append(some_turn("")); });
    const auto from_service = run([this](Transaction& tx) { return tx.turns().append(some_turn("")); });

    EXPECT_EQ(run([&](Transaction& tx) { return tx.turns().get(from_command); })->text, "text");
    EXPECT_EQ(in(*command, [&](Transaction& tx) { return tx.turns().get(from_service); })->text, "text");
    EXPECT_EQ(run([](Transaction& tx) {
                  return connection(tx).execAndGet("SELECT count(*) FROM data_key WHERE purpose = 4").getInt();
              }),
              1);
}

TEST_F(TwoStores_Test, I2_ATurnTakenByACommandIsARepeatToTheService) {
    run([this](Transaction& tx) { tx.turns().append(some_turn("mine")); });
    in(*command, [this](Transaction& tx) { tx.turns().append(some_turn("stranded, retried")); });

    EXPECT_TRUE(run([](Transaction& tx) { return tx.turns().find_repeat("kannel", "stranded, retried"); }));
    EXPECT_TRUE(in(*command, [](Transaction& tx) { return tx.turns().find_repeat("kannel", "mine"); }));
}

TEST_F(TwoStores_Test, ARosterReadByACommandReachesTheService) {
    const auto version = run([](Transaction& tx) { return tx.staff().version(); });

    in(*command, [this](Transaction& tx) { tx.staff().replace(roster_of({"li"}), clock.now()); });

    EXPECT_GT(run([](Transaction& tx) { return tx.staff().version(); }), version);
    EXPECT_TRUE(run([](Transaction& tx) { return tx.staff().by_key("li"); }));
}

TEST_F(TwoStores_Test, BothWritingAtOnceLoseNothing) {
    constexpr int kEach = 200;
    const auto write = [this](Store& where, int from) {
        for (int i = 0; i < kEach; ++i)
            where.run([&](Transaction& tx) {
                tx.handsets().find_or_add(number(from + i), {});
                tx.turns().append(some_turn("t" + std::to_string(from + i)));
            });
    };
    std::thread other{[&] { write(*command, 5'000); }};
    write(*store, 1'000);
    other.join();

    const auto turns = run([](Transaction& tx) { return tx.turns().since({}, 10'000); });
    EXPECT_EQ(turns.size(), 2U * kEach);
    for (int i = 0; i < kEach; ++i) {
        EXPECT_TRUE(run([&](Transaction& tx) { return tx.handsets().find(number(5'000 + i)); })) << i;
        EXPECT_TRUE(run([&](Transaction& tx) {
            return tx.turns().find_repeat("kannel", "t" + std::to_string(5'000 + i));
        })) << i;
    }
}

}  // namespace
}  // namespace harborline::storage
