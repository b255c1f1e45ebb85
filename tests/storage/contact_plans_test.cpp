// How somebody may be reached is kept sealed, one plan for each handset.
#include "tests/storage/store_fixture.hpp"

namespace harborline::storage {
namespace {

class ContactPlans_Test : public OpenStoreFixture {
  protected:
    std::optional<std::string> plan_of(core::HandsetId handset) {
        return in(*store, [&](Transaction& tx) { return tx.contact_plans().find(handset); });
    }
    void put(core::HandsetId handset, std::string_view plan) {
        in(*store, [&](Transaction& tx) { tx.contact_plans().put(handset, plan); });
    }
    core::HandsetId handset(int last_digits) {
        return in(*store,
                  [&](Transaction& tx) { return tx.handsets().find_or_add(number(last_digits), clock.now()).id; });
    }

    const core::HandsetId her_ = handset(1);
    const core::HandsetId other_ = handset(2);
};

TEST_F(ContactPlans_Test, AreKeptForEachHandset) {
    put(her_, "calls on Mondays");
    reopen();

    EXPECT_EQ(plan_of(her_), "calls on Mondays");
    EXPECT_FALSE(plan_of(other_));
}

TEST_F(ContactPlans_Test, AreReplacedAndErased) {
    put(her_, "calls on Mondays");
    put(other_, "texts");
    put(her_, "nothing");
    EXPECT_EQ(plan_of(her_), "nothing");

    in(*store, [&](Transaction& tx) { tx.contact_plans().erase(her_); });

    EXPECT_FALSE(plan_of(her_));
    EXPECT_EQ(plan_of(other_), "texts");
}

TEST_F(ContactPlans_Test, AreSealedForTheirHandset) {
    put(her_, "calls on Mondays");
    in(*store,
       [&](Transaction& tx) { connection(tx).exec("UPDATE contact_plan SET id = " + std::to_string(other_.value)); });

    EXPECT_THROW(plan_of(other_), std::exception);
}

TEST_F(ContactPlans_Test, I12_AreNotReadInTheFile) {
    put(her_, "calls on Mondays");
    store.reset();

    for (const char* suffix : {"", "-wal"})
        EXPECT_EQ(bytes_of(folder / ("harborline.db" + std::string{suffix})).find("Mondays"), std::string::npos);
}

}  // namespace
}  // namespace harborline::storage
