// Times at which relatives are put through to one another.
#include "storage/appointments.hpp"

#include "tests/storage/store_fixture.hpp"

namespace harborline::storage {
namespace {

class Appointments_Test : public OpenStoreFixture {
  protected:
    Appointments_Test() {
        run([&](Transaction& tx) {
            auto& people = tx.people();
            const auto child = people.put(core::Person{.external_id = "C-0001", .kind = core::PersonKind::kChild});
            for (const char* adult : {"M-0001", "F-0001"})
                people.put(core::Tie{.child = child, .adult = people.put(core::Person{.external_id = adult})});
            mother_ = people.ties_of(child).at(0).id;
            father_ = people.ties_of(child).at(1).id;
            point_ = tx.handsets().find_or_add(core::PhoneNumber::from_value(8619900000001), clock.now()).id;
        });
    }
    core::Appointment added(core::TieId tie) {
        core::Appointment made{.tie = tie,
                               .point = point_,
                               .weekday = 6,
                               .minute = 19 * 60,
                               .agreed = clock.now() + 24h,
                               .at = clock.now() + 25h,
                               .look_at = clock.now() + 1h};
        made.id = run([&](Transaction& tx) { return tx.appointments().add(made); });
        return made;
    }
    std::optional<core::Appointment> found(core::AppointmentId id) {
        return run([&](Transaction& tx) { return tx.appointments().find(id); });
    }
    std::vector<core::Appointment> standing() {
        return run([](Transaction& tx) { return tx.appointments().standing(); });
    }

    core::TieId mother_{};
    core::TieId father_{};
    core::HandsetId point_{};
};

TEST_F(Appointments_Test, ComeBackAsTheyWere) {
    const auto weekly = added(mother_);
    auto once = weekly;
    once.once = std::chrono::year{2027} / 3 / 7;
    once.id = run([&](Transaction& tx) { return tx.appointments().add(once); });
    reopen();
    EXPECT_EQ(found(weekly.id), weekly);
    EXPECT_EQ(found(once.id), once);
    EXPECT_EQ(found({4'711}), std::nullopt);
}

TEST_F(Appointments_Test, GoOn) {
    auto changed = added(mother_);
    changed.agreed += 24h;
    changed.at += 48h;
    changed.reminded = true;
    changed.tries = 3;
    changed.tried_at = clock.now() + 47h;
    changed.look_at += 3h;
    run([&](Transaction& tx) { tx.appointments().update(changed); });
    EXPECT_EQ(found(changed.id), changed);
}

TEST_F(Appointments_Test, StandUntilTheyAreEnded) {
    auto first = added(mother_);
    const auto second = added(father_);
    EXPECT_EQ(standing(), (std::vector{first, second}));
    EXPECT_EQ(run([&](Transaction& tx) { return tx.appointments().standing_of(father_); }), std::vector{second});
    first.ended = true;
    run([&](Transaction& tx) { tx.appointments().update(first); });
    EXPECT_EQ(standing(), std::vector{second});
    EXPECT_EQ(found(first.id), first) << "what was agreed on is not forgotten";
    EXPECT_TRUE(run([&](Transaction& tx) { return tx.appointments().standing_of(mother_); }).empty());
}

TEST_F(Appointments_Test, AreAlongATieThatIsThere) {
    EXPECT_THROW(added({4'711}), std::logic_error);
}

}  // namespace
}  // namespace harborline::storage
