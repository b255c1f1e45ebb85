// Parts of a text that may be for a relative: they wait as others do, and die as letters do (I7).
#include "storage/restoration.hpp"
#include "storage/sealing/day_keys.hpp"
#include "storage/verification.hpp"
#include "tests/storage/store_fixture.hpp"

namespace harborline::storage {
namespace {

namespace fs = std::filesystem;

constexpr auto kPartWords = "妈妈你什么时候回来";
constexpr core::HandsetId kOfHer{1};

class KinshipParts : public OpenStoreFixture {
  protected:
    core::Inbound part(std::uint8_t index, std::string bytes = kPartWords) {
        return {.channel = "kannel",
                .from = number(1),
                .to = "12338",
                .received_at = clock.now(),
                .fragment = core::Fragment{
                    .reference = 7, .total = 2, .index = index, .bytes = std::move(bytes), .charset = "UTF-8"}};
    }
    bool add(const core::Inbound& one, Fragments::Lives lives = Fragments::Lives::kAsLetters) {
        return run([&](Transaction& tx) { return tx.fragments().add(one, kOfHer, lives); });
    }
    std::vector<core::Inbound> parts(Store& where) {
        const auto one = part(1);
        return in(where, [&](Transaction& tx) { return tx.fragments().siblings(one, kOfHer, core::Instant{}); });
    }
    /// What a thief has who took the database and the master key.
    std::unique_ptr<Store> stolen_with(const fs::path& database) {
        const auto den = folder / "den";
        fs::create_directory(den);
        fs::copy(database, den / "harborline.db");
        fs::copy(folder / "master.key", den / "master.key");
        auto with = options(++seed_);
        with.database = den / "harborline.db";
        with.master_key = den / "master.key";
        return open(with);
    }

    const fs::path database_ = folder / "harborline.db";
};

TEST_F(KinshipParts, WaitForTheirNeighboursLikeOthers) {
    EXPECT_TRUE(add(part(1)));
    EXPECT_FALSE(add(part(1))) << "a repeat";
    clock.advance(1s);
    EXPECT_TRUE(add(part(2, "，我想你了"), Fragments::Lives::kAsTexts));
    reopen();

    const auto found = parts(*store);
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].fragment->bytes, kPartWords);
    EXPECT_EQ(found[0].fragment->charset, "UTF-8");
    EXPECT_EQ(found[0].from, number(1));
    EXPECT_EQ(found[1].fragment->bytes, "，我想你了");
    const auto late = run([&](Transaction& tx) { return tx.fragments().overdue(kOfHer, clock.now() + 1s); });
    ASSERT_EQ(late.size(), 1U);
    EXPECT_EQ(late.front().fragment->bytes, kPartWords);
}

TEST_F(KinshipParts, AreKnownAgainOnceTheirTextWasTaken) {
    add(part(1));
    run([&](Transaction& tx) { tx.fragments().settle(part(1), kOfHer); });

    EXPECT_TRUE(run([&](Transaction& tx) { return tx.fragments().is_settled(part(1), kOfHer, clock.now()); }));
    EXPECT_FALSE(run([&](Transaction& tx) { return tx.fragments().is_settled(part(1, "x"), kOfHer, clock.now()); }));
}

TEST_F(KinshipParts, I7_TheDatabaseOrABackupWithTheMasterKeyOpensNone) {
    add(part(1));
    run([&](Transaction& tx) { tx.fragments().settle(part(1), kOfHer); });
    add(part(2));
    back_up(folder / "backup.db");
    store.reset();
    const auto sound = verify_sqlite({folder / "backup.db", folder / "master.key", true});
    EXPECT_TRUE(sound.sound()) << sound.findings.front();

    for (const auto& file : {database_, folder / "backup.db"}) {
        const auto found = parts(*stolen_with(file));
        ASSERT_EQ(found.size(), 1U);
        EXPECT_EQ(found.front().fragment->bytes, "");
        EXPECT_EQ(found.front().from, number(1)) << "all else is as of any part";
        fs::remove_all(folder / "den");
    }
}

TEST_F(KinshipParts, I7_NothingOpensThemAfter72Hours) {
    const auto came_at = clock.now();
    add(part(1));
    clock.advance(72h);
    run([](Transaction&) {});
    clock.time = came_at;

    ASSERT_EQ(parts(*store).size(), 1U);
    EXPECT_EQ(parts(*store).front().fragment->bytes, "");
}

TEST_F(KinshipParts, NoneComesBackWithABackup) {
    add(part(1));
    auto of_another = part(2, "村东头");
    of_another.fragment->reference = 8;
    add(of_another, Fragments::Lives::kAsTexts);
    back_up(folder / "backup.db");
    store.reset();
    const auto begun = Restoration::begin(folder / "backup.db", database_, folder / "master.key");
    ASSERT_TRUE(begun);
    ASSERT_TRUE((*begun)->finish(clock.now()));

    store = open(options(++seed_));

    const auto late = run([&](Transaction& tx) { return tx.fragments().overdue(kOfHer, clock.now() + 1s); });
    ASSERT_EQ(late.size(), 1U);
    EXPECT_EQ(late.front().fragment->bytes, "村东头");
}

}  // namespace
}  // namespace harborline::storage
