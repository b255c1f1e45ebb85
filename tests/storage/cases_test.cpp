#include "tests/storage/store_fixture.hpp"

namespace harborline::storage {
namespace {

using core::CaseStatus;

class Cases_Test : public OpenStoreFixture {
  protected:
    Cases_Test() { replace(roster_of({"li", "wang"})); }

    void replace(const core::Roster& roster) {
        run([&](Transaction& tx) { tx.staff().replace(roster, clock.now()); });
    }
    core::CaseId open_case(const char* owner) {
        const auto id = staff_id(owner);
        return run([&](Transaction& tx) {
            const auto opened = some_case(tx, id);
            tx.cases().open(opened);
            return opened.id;
        });
    }
    core::Case get(core::CaseId id) {
        return run([&](Transaction& tx) { return *tx.cases().find(id); });
    }
    void update(const core::Case& matter) {
        run([&](Transaction& tx) { tx.cases().update(matter); });
    }
};

TEST_F(Cases_Test, KeepsEveryFieldAndItsReference) {
    auto matter = get(open_case("li"));
    matter.status = CaseStatus::kClosed;
    matter.level = core::Level::kOrange;
    matter.contact = core::ContactBack::kText;
    matter.anonymous = true;
    matter.closed_at = clock.now() + 1h;
    matter.close_reason = "unsafe";
    matter.reply = {12};
    matter.reference = "something else";
    update(matter);

    reopen();

    const auto found = get(matter.id);
    EXPECT_EQ(found.reference, "10000042");
    EXPECT_EQ(found.category, "land");
    EXPECT_EQ(found.place, "230103");
    EXPECT_EQ(found.department, "RIGHTS");
    EXPECT_EQ(found.channel, "kannel");
    EXPECT_EQ(found.pin, "4711");
    EXPECT_EQ(found.petitioner, core::HandsetId{9});
    EXPECT_EQ(found.status, CaseStatus::kClosed);
    EXPECT_EQ(found.level, core::Level::kOrange);
    EXPECT_EQ(found.contact, core::ContactBack::kText);
    EXPECT_TRUE(found.anonymous);
    EXPECT_EQ(found.opened_at, clock.now());
    EXPECT_EQ(found.notice_due, clock.now() + 24h);
    EXPECT_EQ(found.closed_at, clock.now() + 1h);
    EXPECT_EQ(found.close_reason, "unsafe");
    EXPECT_EQ(found.reply, core::OutboxId{12});
}

TEST_F(Cases_Test, ListsNewestFirstByOwnerAndState) {
    const auto first = open_case("li");
    const auto second = open_case("wang");
    auto closed = get(open_case("li"));
    closed.status = CaseStatus::kClosed;
    update(closed);
    const auto list = [&](CaseFilter filter) {
        std::vector<core::CaseId> ids;
        for (const auto& matter : run([&](Transaction& tx) { return tx.cases().list(filter); }))
            ids.push_back(matter.id);
        return ids;
    };

    EXPECT_EQ(list({}), (std::vector{second, first}));
    EXPECT_EQ(list({.open_only = false}), (std::vector{closed.id, second, first}));
    EXPECT_EQ(list({.owner = staff_id("li")}), (std::vector{first}));
    EXPECT_EQ(list({.limit = 1}), (std::vector{second}));
    EXPECT_EQ(run([](Transaction& tx) { return tx.cases().latest_open_of({9}, core::CaseKind::kPetition); })->id,
              second);
    EXPECT_FALSE(run([](Transaction& tx) { return tx.cases().latest_open_of({9}, core::CaseKind::kSafety); }));
    EXPECT_FALSE(run([](Transaction& tx) { return tx.cases().latest_open_of({8}, core::CaseKind::kPetition); }));
}

/// Whoever has the phone later has nothing to do with it.
TEST_F(Cases_Test, AMatterOfAChildsCardIsNoneOfTheHandset) {
    const auto li = staff_id("li");
    const auto id = run([&](Transaction& tx) {
        auto opened = some_case(tx, li);
        opened.kind = core::CaseKind::kSafety;
        opened.child = {7};
        tx.cases().open(opened);
        return opened.id;
    });
    const auto of_child = [&](core::PersonId child) {
        return run([&](Transaction& tx) { return tx.cases().latest_open_of_child(child); });
    };

    EXPECT_EQ(get(id).child, core::PersonId{7});
    EXPECT_EQ(of_child({7})->id, id);
    EXPECT_FALSE(of_child({8}));
    EXPECT_FALSE(run([](Transaction& tx) { return tx.cases().latest_open_of({9}, core::CaseKind::kSafety); }));
    EXPECT_EQ(run([](Transaction& tx) { return tx.cases().count_of({9}, core::CaseKind::kSafety); }), 0);

    auto closed = get(id);
    closed.status = CaseStatus::kClosed;
    update(closed);
    EXPECT_FALSE(of_child({7}));
    open_case("li");
    EXPECT_FALSE(of_child({})) << "a matter of no child is nobody's";
}

TEST_F(Cases_Test, ATimelineIsOnlyEverAppendedTo) {
    const auto id = open_case("li");
    run([&](Transaction& tx) {
        tx.cases().append(id, {.at = clock.now(), .kind = core::CaseEntry::Kind::kSaid, .text = "她说"});
        tx.cases().append(id, {.at = clock.now(), .by = {1}, .text = "note", .message = {4}});
    });

    const auto entries = run([&](Transaction& tx) { return tx.cases().entries(id); });
    ASSERT_EQ(entries.size(), 2U);
    EXPECT_EQ(entries[0].text, "她说");
    EXPECT_EQ(entries[0].kind, core::CaseEntry::Kind::kSaid);
    EXPECT_EQ(entries[1].by, core::StaffId{1});
    EXPECT_EQ(entries[1].message, core::OutboxId{4});
    for (const char* tampering : {"UPDATE case_entry SET at = 0", "DELETE FROM case_entry", "DELETE FROM case_file"})
        EXPECT_THROW(run([&](Transaction& tx) { connection(tx).exec(tampering); }), std::logic_error) << tampering;
}

TEST_F(Cases_Test, AMatterWhoseWordsCannotBeReadIsStillHersAndHidesNoOther) {
    auto hers = get(open_case("li"));
    const auto other = open_case("li");
    run([&](Transaction& tx) {
        hers.kind = core::CaseKind::kSafety;
        hers.level = core::Level::kRed;
        tx.cases().update(hers);
        tx.cases().append(hers.id, {.at = clock.now(), .text = "first"});
        tx.cases().append(hers.id, {.at = clock.now(), .text = "second"});
        connection(tx).exec("UPDATE case_file SET sealed = zeroblob(60) WHERE id = " + std::to_string(hers.id.value));
    });

    run([&](Transaction& tx) {
        auto found = tx.cases().latest_open_of({9}, core::CaseKind::kSafety);
        ASSERT_TRUE(found);
        EXPECT_EQ(found->id, hers.id);
        EXPECT_EQ(found->level, core::Level::kRed);
        EXPECT_EQ(found->owner, hers.owner);
        EXPECT_EQ(found->reference, "");
        found->status = CaseStatus::kAccepted;
        found->place = "230104";
        tx.cases().update(*found);
        EXPECT_EQ(tx.cases().find(hers.id)->status, CaseStatus::kAccepted);
        EXPECT_EQ(tx.cases().find(hers.id)->place, "") << "a backup may tell what it was";
        EXPECT_EQ(tx.cases().list({.owner = hers.owner}).size(), 2U);
        EXPECT_EQ(tx.cases().find(other)->reference, "10000042");
        EXPECT_EQ(tx.cases().entries(hers.id).at(1).text, "second");
    });

    auto roster = roster_of({"wang"});
    roster.shifts = {{.staff = {1}, .role = core::Role::kAdministrator}};
    replace(roster);
    EXPECT_EQ(get(hers.id).owner, staff_id("wang"));
}

TEST_F(Cases_Test, EachMatterIsSealedUnderAKeyOfItsOwn) {
    open_case("li");
    open_case("li");

    EXPECT_EQ(run([](Transaction& tx) {
                  return connection(tx).execAndGet("SELECT count(*) FROM data_key WHERE purpose = 5").getInt();
              }),
              2);
}

TEST_F(Cases_Test, I3_AMatterIsNeverWithoutAnOwnerWhoIsOnTheStaff) {
    auto matter = get(open_case("li"));

    for (const core::StaffId nobody : {core::StaffId{}, core::StaffId{99}}) {
        EXPECT_THROW(run([&](Transaction& tx) { tx.cases().open(some_case(tx, nobody)); }), std::logic_error);
        matter.owner = nobody;
        EXPECT_THROW(update(matter), std::logic_error);
    }
    EXPECT_EQ(get(matter.id).owner, staff_id("li"));
}

TEST_F(Cases_Test, I3_TheSchemaItselfRefusesAMatterWithoutAnOwner) {
    const auto id = open_case("li");
    const auto rogue = [&](const std::string& sql) {
        EXPECT_THROW(run([&](Transaction& tx) { connection(tx).exec(sql); }), std::logic_error) << sql;
    };

    rogue("UPDATE case_file SET owner = NULL");
    rogue("UPDATE case_file SET owner = 0");
    rogue("UPDATE case_file SET owner = 99");
    rogue("UPDATE staff SET active = 0");
    rogue("DELETE FROM staff");
    rogue(
        "INSERT INTO case_file SELECT 50, kind, level, status, 99, petitioner, anonymous, contact, opened_at, "
        "notice_due, closed_at, reply, sealed, child FROM case_file");
    EXPECT_EQ(get(id).owner, staff_id("li"));
}

TEST_F(Cases_Test, I3_WhoLeavesHandsHerOpenMattersToTheAdministrator) {
    const auto open = open_case("li");
    auto closed = get(open_case("li"));
    closed.status = CaseStatus::kClosed;
    update(closed);
    const auto li = staff_id("li");
    auto roster = roster_of({"wang", "chief"});
    roster.shifts = {{.staff = {1}, .role = core::Role::kDuty}, {.staff = {2}, .role = core::Role::kAdministrator}};

    replace(roster);

    EXPECT_EQ(get(open).owner, staff_id("chief"));
    EXPECT_EQ(get(closed.id).owner, li);
    const auto entries = run([&](Transaction& tx) { return tx.cases().entries(open); });
    ASSERT_EQ(entries.size(), 1U);
    EXPECT_EQ(entries[0].kind, core::CaseEntry::Kind::kAssigned);
    EXPECT_NE(entries[0].text.find("chief"), std::string::npos);
    EXPECT_FALSE(run([&](Transaction& tx) { return tx.staff().find(li); })->active);
}

TEST_F(Cases_Test, I3_WithoutAnAdministratorWhoOwnsMattersCannotLeave) {
    const auto id = open_case("li");
    const auto version = run([](Transaction& tx) { return tx.staff().version(); });

    EXPECT_THROW(replace(roster_of({"wang"})), std::logic_error);

    EXPECT_EQ(get(id).owner, staff_id("li"));
    EXPECT_EQ(run([](Transaction& tx) { return tx.staff().version(); }), version);
}

TEST_F(Cases_Test, I3_AClosedMatterOfSomebodyGoneIsReopenedOnlyForSomebodyHere) {
    auto matter = get(open_case("li"));
    matter.status = CaseStatus::kClosed;
    update(matter);
    replace(roster_of({"wang"}));

    matter.close_reason = "corrected";
    update(matter);
    EXPECT_EQ(get(matter.id).close_reason, "corrected");
    matter.status = CaseStatus::kAccepted;
    EXPECT_THROW(update(matter), std::logic_error);
    matter.owner = staff_id("wang");
    update(matter);
    EXPECT_EQ(get(matter.id).status, CaseStatus::kAccepted);
}

TEST_F(Cases_Test, ARosterReplacesTheOldOneAndPeopleKeepTheirIds) {
    const auto li = staff_id("li");
    auto roster = roster_of({"zhao", "li"});
    roster.staff[1].os_user = "li_unix";
    roster.shifts = {{.staff = {2},
                      .role = core::Role::kSecond,
                      .district = "230103",
                      .department = "RIGHTS",
                      .days = 0x1f,
                      .from_min = 480,
                      .to_min = 60}};
    const auto version = run([](Transaction& tx) { return tx.staff().version(); });

    replace(roster);
    reopen();

    EXPECT_EQ(staff_id("li"), li);
    const auto stored = run([](Transaction& tx) { return tx.staff().roster(); });
    ASSERT_EQ(stored.staff.size(), 2U);
    ASSERT_EQ(stored.shifts.size(), 1U);
    EXPECT_EQ(stored.shifts[0].staff, li);
    EXPECT_EQ(stored.shifts[0].role, core::Role::kSecond);
    EXPECT_EQ(stored.shifts[0].district, "230103");
    EXPECT_EQ(stored.shifts[0].days, 0x1f);
    EXPECT_EQ(stored.shifts[0].to_min, 60);
    EXPECT_EQ(run([](Transaction& tx) { return tx.staff().by_os_user("li_unix"); })->id, li);
    EXPECT_EQ(run([](Transaction& tx) { return tx.staff().by_key("li"); })->name, "Name of li");
    EXPECT_FALSE(run([](Transaction& tx) { return tx.staff().by_os_user(""); }));
    EXPECT_FALSE(run([](Transaction& tx) { return tx.staff().by_key("wang"); }));
    EXPECT_GT(run([](Transaction& tx) { return tx.staff().version(); }), version);
}

TEST_F(Cases_Test, WhoseRowCannotBeReadTakesNobodyElseOffDuty) {
    const auto matter = open_case("li");
    const auto li = staff_id("li");
    auto roster = roster_of({"li", "wang", "chief"});
    roster.shifts = {{.staff = {1}, .role = core::Role::kDuty},
                     {.staff = {2}, .role = core::Role::kDuty},
                     {.staff = {3}, .role = core::Role::kAdministrator}};
    replace(roster);
    run([&](Transaction& tx) {
        connection(tx).exec("UPDATE staff SET sealed = zeroblob(60) WHERE id = " + std::to_string(li.value));
    });

    const auto left = run([](Transaction& tx) { return tx.staff().roster(); });
    ASSERT_EQ(left.staff.size(), 2U);
    EXPECT_EQ(left.staff[0].key, "wang");
    ASSERT_EQ(left.shifts.size(), 2U) << "nobody waits for who can not be told";
    EXPECT_EQ(left.shifts[0].staff, left.staff[0].id);
    run([&](Transaction& tx) {
        EXPECT_FALSE(tx.staff().find(li));
        EXPECT_FALSE(tx.staff().by_key("li"));
        EXPECT_FALSE(tx.staff().by_key(""));
    });

    replace(roster);

    EXPECT_EQ(run([](Transaction& tx) { return tx.staff().roster(); }).shifts.size(), 3U);
    EXPECT_NE(staff_id("li"), li);
    EXPECT_EQ(get(matter).owner, staff_id("chief"));
}

TEST_F(Cases_Test, ARosterReadFromTheStoreCanBeWrittenBack) {
    auto roster = roster_of({"zhao", "li"});
    roster.shifts = {{.staff = {1}}, {.staff = {2}, .role = core::Role::kAdministrator}};
    replace(roster);
    const auto before = run([](Transaction& tx) { return tx.staff().roster(); });

    replace(before);

    const auto after = run([](Transaction& tx) { return tx.staff().roster(); });
    ASSERT_EQ(after.staff.size(), before.staff.size());
    ASSERT_EQ(after.shifts.size(), before.shifts.size());
    for (std::size_t i = 0; i < before.shifts.size(); ++i) EXPECT_EQ(after.shifts[i].staff, before.shifts[i].staff);
}

TEST_F(Cases_Test, ARosterThatWasUndoneIsNotTakenForTheNext) {
    std::int64_t undone = 0;
    const auto try_it = [&] {
        run([&](Transaction& tx) {
            tx.staff().replace(roster_of({"li"}), clock.now());
            undone = tx.staff().version();
            throw std::runtime_error("undone");
        });
    };
    EXPECT_THROW(try_it(), std::runtime_error);

    replace(roster_of({"li", "wang", "zhao"}));

    EXPECT_NE(run([](Transaction& tx) { return tx.staff().version(); }), undone);
}

TEST_F(Cases_Test, RefusesARosterThatContradictsItself) {
    auto twice = roster_of({"li", "li"});
    auto stranger = roster_of({"li"});
    stranger.shifts = {{.staff = {42}}};
    auto unnamed = roster_of({""});

    EXPECT_THROW(replace(twice), std::logic_error);
    EXPECT_THROW(replace(stranger), std::logic_error);
    EXPECT_THROW(replace(unnamed), std::logic_error);
    EXPECT_TRUE(run([](Transaction& tx) { return tx.staff().by_key("wang"); }));
}

TEST_F(Cases_Test, HandsetsOfTheStaffAreMarkedAndThoseOfTheGoneAreNot) {
    const auto staff_of = [this](int last_digits) {
        return run([=](Transaction& tx) { return tx.handsets().find(number(last_digits)); })->staff;
    };
    EXPECT_EQ(staff_of(101), staff_id("li"));
    EXPECT_EQ(staff_of(102), staff_id("wang"));

    auto roster = roster_of({"li"});
    roster.staff[0].phone = number(200);
    replace(roster);

    EXPECT_EQ(staff_of(200), staff_id("li"));
    EXPECT_FALSE(staff_of(101));
    EXPECT_FALSE(staff_of(102));
}

}  // namespace
}  // namespace harborline::storage
