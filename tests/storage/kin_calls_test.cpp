// Who was brought together by telephone, when and how long.
#include "storage/kin_calls.hpp"

#include "tests/storage/store_fixture.hpp"

namespace harborline::storage {
namespace {

class KinCalls_Test : public OpenStoreFixture {
  protected:
    KinCalls_Test() {
        run([&](Transaction& tx) {
            auto& people = tx.people();
            child_ = people.put(core::Person{.external_id = "C-0001", .kind = core::PersonKind::kChild});
            sibling_ = people.put(core::Person{.external_id = "C-0002", .kind = core::PersonKind::kChild});
            const auto mother = people.put(core::Person{.external_id = "M-0001"});
            people.put(core::Tie{.child = child_, .adult = mother});
            people.put(core::Tie{.child = sibling_, .adult = mother});
        });
    }
    core::KinCall call(core::PersonId child, core::Instant::duration after, std::chrono::seconds talked = 60s) {
        const auto tie = run([&](Transaction& tx) { return tx.people().ties_of(child).front().id; });
        return {.tie = tie, .child = child, .at = clock.now() + after, .talked = talked};
    }
    void add(const core::KinCall& call) {
        run([&](Transaction& tx) { tx.kin_calls().add(call); });
    }
    std::vector<core::KinCall> of(core::PersonId child, core::Instant::duration since) {
        return run([&](Transaction& tx) { return tx.kin_calls().of_child(child, clock.now() + since); });
    }

    core::PersonId child_{};
    core::PersonId sibling_{};
};

TEST_F(KinCalls_Test, AreToldOldestFirstOfOneChild) {
    auto from_adult = call(child_, 2h, 0s);
    from_adult.by_child = false;
    add(from_adult);
    add(call(child_, 1h, 600s));
    add(call(sibling_, 1h));

    reopen();

    EXPECT_EQ(of(child_, 0h), (std::vector{call(child_, 1h, 600s), from_adult}));
    EXPECT_EQ(of(sibling_, 0h), std::vector{call(sibling_, 1h)});
}

TEST_F(KinCalls_Test, AreToldFromAnInstantOn) {
    add(call(child_, 1h));
    add(call(child_, 2h));

    EXPECT_EQ(of(child_, 2h), std::vector{call(child_, 2h)});
    EXPECT_TRUE(of(child_, 2h + 1ms).empty());
}

TEST_F(KinCalls_Test, OfTheSameInstantAreAllKept) {
    add(call(child_, 1h, 1s));
    add(call(child_, 1h, 2s));

    EXPECT_EQ(of(child_, 1h), (std::vector{call(child_, 1h, 1s), call(child_, 1h, 2s)}));
}

TEST_F(KinCalls_Test, AreAlongATieThatIsThere) {
    auto stray = call(child_, 1h);
    stray.tie = {4711};

    EXPECT_THROW(add(stray), std::logic_error);
    EXPECT_TRUE(of(child_, 0h).empty());
}

}  // namespace
}  // namespace harborline::storage
