// Whose number is whose: the code that was sent there, and what it has shown.
#include "tests/storage/store_fixture.hpp"

namespace harborline::storage {
namespace {

class NumberChecks : public OpenStoreFixture {
  protected:
    NumberChecks() { import(100); }
    /// The roster with wang's phone as given.
    void import(int phone, bool night = true, bool call = true) {
        const core::Roster roster{.staff = {{.key = "li", .phone = number(99)},
                                            {.key = "wang", .phone = number(phone), .night = night, .call = call}},
                                  .shifts = {{.staff = {1}, .role = core::Role::kAdministrator},
                                             {.staff = {2},
                                              .on = core::read_dates("2026-12-25").value(),
                                              .off = core::read_dates("2027-01-01..2027-01-03 2027-05-01").value()}}};
        in(*store, [&](Transaction& tx) { tx.staff().replace(roster, clock.now()); });
    }
    core::StaffMember wang() {
        return in(*store, [](Transaction& tx) { return *tx.staff().by_key("wang"); });
    }
    void ask() {
        in(*store,
           [&](Transaction& tx) { tx.staff().put_number_check(wang_, {.code = "4711", .sent_at = clock.now()}); });
    }
    NumberCheck check() {
        return in(*store, [&](Transaction& tx) { return tx.staff().number_check(wang_); });
    }

    const core::StaffId wang_{2};
};

TEST_F(NumberChecks, ACodeIsKeptUntilItHasVerified) {
    EXPECT_TRUE(check().code.empty());
    ask();
    reopen();
    EXPECT_EQ(check().code, "4711");
    EXPECT_EQ(check().sent_at, clock.now());
    EXPECT_FALSE(wang().verified);

    const auto before = in(*store, [](Transaction& tx) { return tx.staff().version(); });
    in(*store, [&](Transaction& tx) { tx.staff().verify_number(wang_); });
    reopen();

    EXPECT_TRUE(wang().verified);
    EXPECT_TRUE(check().code.empty());
    EXPECT_GT(in(*store, [](Transaction& tx) { return tx.staff().version(); }), before);
}

TEST_F(NumberChecks, AnImportKeepsWhatIsKnownOfTheSameNumberOnly) {
    in(*store, [&](Transaction& tx) { tx.staff().verify_number(wang_); });
    ask();

    EXPECT_TRUE(wang().call);
    import(100, false, false);
    reopen();
    EXPECT_TRUE(wang().verified);
    EXPECT_FALSE(wang().night);
    EXPECT_FALSE(wang().call);
    EXPECT_EQ(check().code, "4711");

    import(101);
    EXPECT_FALSE(wang().verified);
    EXPECT_TRUE(check().code.empty());
}

TEST_F(NumberChecks, NobodyElseHasOne) {
    EXPECT_THROW(in(*store, [](Transaction& tx) { return tx.staff().number_check({77}).code; }), std::out_of_range);
    EXPECT_THROW(in(*store, [](Transaction& tx) { tx.staff().verify_number({77}); }), std::out_of_range);
}

TEST_F(NumberChecks, TheDatesOfShiftsAreKept) {
    reopen();

    const auto roster = in(*store, [](Transaction& tx) { return tx.staff().roster(); });

    ASSERT_EQ(roster.shifts.size(), 2U);
    EXPECT_EQ(core::write_dates(roster.shifts[1].on), "2026-12-25");
    EXPECT_EQ(core::write_dates(roster.shifts[1].off), "2027-01-01..2027-01-03 2027-05-01");
    EXPECT_TRUE(roster.shifts[0].on.empty());
}

TEST_F(NumberChecks, AlertsAndPagesKeepWhatTheLadderNeeds) {
    in(*store, [&](Transaction& tx) {
        auto alert = core::Alert{.case_id = {1}, .level = core::Level::kOrange};
        alert.id = tx.alerts().raise(alert);
        alert.handed_back = 2;
        tx.alerts().update(alert);
        auto page = core::Page{.staff = wang_, .code = 3, .alert = alert.id, .told = false};
        page.id = tx.alerts().page(page);
    });
    reopen();

    in(*store, [&](Transaction& tx) {
        EXPECT_EQ(tx.alerts().find({1})->handed_back, 2);
        EXPECT_FALSE(tx.alerts().find_page({1})->told);
        auto page = *tx.alerts().find_page({1});
        page.told = true;
        page.state = core::Page::State::kAsked;
        tx.alerts().update(page);
        EXPECT_TRUE(tx.alerts().find_page({1})->told);
        EXPECT_EQ(tx.alerts().pages_of(wang_, {}).front().state, core::Page::State::kAsked);
    });
}

}  // namespace
}  // namespace harborline::storage
