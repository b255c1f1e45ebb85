// What opens the staff line is kept sealed, one for each member.
#include "tests/storage/store_fixture.hpp"

namespace harborline::storage {
namespace {

class LinePins : public OpenStoreFixture {
  protected:
    LinePins() {
        const core::Roster roster{.staff = {{.key = "li"}, {.key = "wang"}},
                                  .shifts = {{.staff = {1}, .role = core::Role::kAdministrator}}};
        in(*store, [&](Transaction& tx) { tx.staff().replace(roster, clock.now()); });
    }
    std::optional<LinePin> pin_of(core::StaffId staff) {
        return in(*store, [&](Transaction& tx) { return tx.staff().line_pin(staff); });
    }
    void put(core::StaffId staff, const LinePin& pin) {
        in(*store, [&](Transaction& tx) { tx.staff().put_line_pin(staff, pin); });
    }

    const LinePin pin_{.hash = "a-salt-and-a-hash", .misses = 2, .missed_at = clock.now()};
};

TEST_F(LinePins, AreKeptForEachMember) {
    put({1}, pin_);
    reopen();

    const auto kept = pin_of({1});
    ASSERT_TRUE(kept);
    EXPECT_EQ(kept->hash, pin_.hash);
    EXPECT_EQ(kept->misses, 2);
    EXPECT_EQ(kept->missed_at, pin_.missed_at);
    EXPECT_FALSE(pin_of({2}));
}

TEST_F(LinePins, AreReplacedByNewOnes) {
    put({1}, pin_);
    put({1}, {.hash = "another"});

    EXPECT_EQ(pin_of({1})->hash, "another");
    EXPECT_EQ(pin_of({1})->misses, 0);
}

TEST_F(LinePins, I12_AreNotReadInTheFile) {
    put({1}, pin_);
    store.reset();

    for (const char* suffix : {"", "-wal"})
        EXPECT_EQ(bytes_of(folder / ("harborline.db" + std::string{suffix})).find(pin_.hash), std::string::npos);
}

}  // namespace
}  // namespace harborline::storage
