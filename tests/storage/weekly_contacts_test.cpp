// What is known of a family's weekly contact comes back as it was written.
#include "storage/weekly_contacts.hpp"

#include "tests/storage/store_fixture.hpp"

namespace harborline::storage {
namespace {

using core::Nudge;
using core::WeeklyContact;

class WeeklyContacts_Test : public OpenStoreFixture {
  protected:
    WeeklyContacts_Test() {
        run([&](Transaction& tx) {
            auto& people = tx.people();
            child_ = people.put(core::Person{.external_id = "C-0001", .kind = core::PersonKind::kChild});
            const auto mother = people.put(core::Person{.external_id = "M-0001"});
            people.put(core::Tie{.child = child_, .adult = mother});
            tie_ = people.ties_of(child_).front().id;
        });
    }
    void put(const WeeklyContact& contact) {
        run([&](Transaction& tx) { tx.weekly_contacts().put(child_, contact); });
    }
    std::optional<WeeklyContact> found() {
        return run([&](Transaction& tx) { return tx.weekly_contacts().find(child_); });
    }
    void arrive(bool to_child, core::Instant::duration after) {
        run([&](Transaction& tx) { tx.weekly_contacts().put_arrived(tie_, to_child, clock.now() + after); });
    }
    std::optional<core::Instant> arrived(bool to_child) {
        return run([&](Transaction& tx) { return tx.weekly_contacts().arrived(tie_, to_child); });
    }

    core::PersonId child_{};
    core::TieId tie_{};
};

TEST_F(WeeklyContacts_Test, TheLastThatWasWrittenStands) {
    EXPECT_FALSE(found());
    put({.last = 2027y / 3 / 1});
    EXPECT_EQ(found(), (WeeklyContact{.last = 2027y / 3 / 1}));
    const WeeklyContact nudged{.last = 2027y / 3 / 1, .nudged = Nudge::kCarer, .nudged_on = 2027y / 3 / 19};
    put(nudged);

    reopen();

    EXPECT_EQ(found(), nudged);
    run([&](Transaction& tx) { tx.weekly_contacts().forget(child_); });
    EXPECT_FALSE(found());
}

TEST_F(WeeklyContacts_Test, WordsAreKnownByTieAndWay) {
    EXPECT_FALSE(arrived(true));
    arrive(true, 1h);
    arrive(true, 2h);
    arrive(false, 3h);

    reopen();

    EXPECT_EQ(arrived(true), clock.now() + 2h);
    EXPECT_EQ(arrived(false), clock.now() + 3h);
    EXPECT_FALSE(run([](Transaction& tx) { return tx.weekly_contacts().arrived({4711}, true); }));
}

TEST_F(WeeklyContacts_Test, AreOfSomebodyWhoIsThere) {
    EXPECT_THROW(run([](Transaction& tx) { tx.weekly_contacts().put({4711}, {.last = 2027y / 3 / 1}); }),
                 std::logic_error);
}

TEST_F(WeeklyContacts_Test, ADeadlineOfAKindIsThereOrNot) {
    using Kind = Deadline::Kind;
    const auto has = [&] { return run([](Transaction& tx) { return tx.deadlines().has(Kind::kWeekly); }); };
    EXPECT_FALSE(has());
    run([&](Transaction& tx) { tx.deadlines().add(Kind::kLapse, 1, clock.now()); });
    EXPECT_FALSE(has());
    run([&](Transaction& tx) { tx.deadlines().add(Kind::kWeekly, 0, clock.now()); });
    EXPECT_TRUE(has());
    run([&](Transaction& tx) { tx.deadlines().take_due(clock.now(), 2); });
    EXPECT_FALSE(has());
}

}  // namespace
}  // namespace harborline::storage
