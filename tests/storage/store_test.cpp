#include "tests/storage/store_fixture.hpp"

namespace harborline::storage {
namespace {

class Store_Test : public OpenStoreFixture {};

TEST_F(Store_Test, AHandsetIsFoundByItsExactNumberAlone) {
    const auto made = run([this](Transaction& tx) { return tx.handsets().find_or_add(number(1), clock.now()); });

    const auto again = run([this](Transaction& tx) { return tx.handsets().find_or_add(number(1), clock.now()); });

    EXPECT_EQ(again.id, made.id);
    EXPECT_EQ(again.number, number(1));
    EXPECT_FALSE(run([](Transaction& tx) { return tx.handsets().find(number(2)); }));
    EXPECT_THROW(run([&](Transaction& tx) { tx.handsets().get({made.id.value + 1}); }), std::out_of_range);
}

TEST_F(Store_Test, TwoNumbersUnderOneKeyAreToldApart) {
    const auto one = run([this](Transaction& tx) { return tx.handsets().find_or_add(number(1), clock.now()); });
    const auto two = run([this](Transaction& tx) { return tx.handsets().find_or_add(number(2), clock.now()); });
    run([](Transaction& tx) {
        connection(tx).exec("UPDATE handset SET key = (SELECT key FROM handset WHERE id = 2)");
    });

    EXPECT_EQ(run([](Transaction& tx) { return tx.handsets().find(number(2)); })->id, two.id);
    EXPECT_NE(one.id, two.id);
}

TEST_F(Store_Test, AHandsetKeepsWhatIsWrittenAndTellsOfTheSightBefore) {
    auto handset = run([this](Transaction& tx) { return tx.handsets().find_or_add(number(1), clock.now()); });
    handset.privacy = Privacy::kPrivate;
    handset.opt_out = OptOut::kNotices;
    handset.language = "en";
    run([&](Transaction& tx) { tx.handsets().update(handset); });
    clock.advance(179 * 24h);

    const auto seen = run([this](Transaction& tx) { return tx.handsets().find_or_add(number(1), clock.now()); });
    run([&](Transaction& tx) { tx.handsets().update(seen); });
    const auto after = run([&](Transaction& tx) { return tx.handsets().get(seen.id); });

    EXPECT_EQ(seen.privacy, Privacy::kPrivate);
    EXPECT_EQ(seen.opt_out, OptOut::kNotices);
    EXPECT_EQ(seen.language, "en");
    EXPECT_EQ(seen.seen_at, handset.seen_at);
    EXPECT_EQ(after.seen_at, std::chrono::floor<std::chrono::days>(clock.now()));
}

/// Numbers are given up, and others get them.
TEST_F(Store_Test, AHandsetWhoseNumberCannotBeReadIsStillHersAndIsWrittenAnew) {
    auto hers = run([&](Transaction& tx) { return tx.handsets().find_or_add(number(1), clock.now()); });
    run([&](Transaction& tx) {
        tx.handsets().find_or_add(number(2), clock.now());
        hers.opt_out = OptOut::kNotices;
        tx.handsets().update(hers);
        connection(tx).exec("UPDATE handset SET sealed = zeroblob(60) WHERE id = " + std::to_string(hers.id.value));
    });

    run([&](Transaction& tx) {
        const auto found = tx.handsets().find(number(1));
        ASSERT_TRUE(found);
        EXPECT_EQ(found->id, hers.id);
        EXPECT_EQ(found->opt_out, OptOut::kNotices);
        EXPECT_THROW(tx.handsets().get(hers.id), sealing::Damaged) << "who only looks writes nothing";
        EXPECT_EQ(tx.handsets().find_or_add(number(1), clock.now()).id, hers.id);
        EXPECT_EQ(tx.handsets().get(hers.id).number, number(1));
    });
    reopen();
    run([&](Transaction& tx) {
        EXPECT_EQ(tx.handsets().find(number(1))->id, hers.id);
        EXPECT_NE(tx.handsets().find(number(2))->id, hers.id);
        EXPECT_FALSE(tx.handsets().find(number(3)));
    });
}

TEST_F(Store_Test, AHandsetThatWasSilentForHalfAYearIsNotPrivateAnyMore) {
    for (const auto privacy : {Privacy::kPrivate, Privacy::kShared}) {
        auto handset = run([this](Transaction& tx) { return tx.handsets().find_or_add(number(1), clock.now()); });
        handset.privacy = privacy;
        run([&](Transaction& tx) { tx.handsets().update(handset); });
        clock.advance(180 * 24h);

        const auto seen = run([this](Transaction& tx) { return tx.handsets().find_or_add(number(1), clock.now()); });
        const auto after = run([&](Transaction& tx) { return tx.handsets().get(seen.id); });

        EXPECT_EQ(seen.privacy, privacy == Privacy::kPrivate ? Privacy::kUnknown : Privacy::kShared);
        EXPECT_EQ(after.privacy, seen.privacy);
    }
}

TEST_F(Store_Test, AConversationIsOneRowOverwritten) {
    const auto ids = run([](Transaction& tx) {
        return std::pair{tx.conversations().next_id(), tx.conversations().next_id()};
    });
    Conversation talk{
        .handset = {3}, .id = ids.first, .channel = "kannel", .last_turn_at = clock.now(), .state = "one"};
    run([&](Transaction& tx) { tx.conversations().put(talk); });
    talk.id = ids.second;
    talk.state = std::string{"two\0three", 9};
    run([&](Transaction& tx) { tx.conversations().put(talk); });

    reopen();

    const auto found = run([](Transaction& tx) { return tx.conversations().find({3}); });
    ASSERT_TRUE(found);
    EXPECT_EQ(found->id, ids.second);
    EXPECT_EQ(found->state, talk.state);
    EXPECT_EQ(found->channel, "kannel");
    EXPECT_EQ(found->last_turn_at, clock.now());
    EXPECT_NE(ids.first, ids.second);
    EXPECT_GT(run([](Transaction& tx) { return tx.conversations().next_id(); }), ids.second);
    EXPECT_FALSE(run([](Transaction& tx) { return tx.conversations().find({4}); }));
}

TEST_F(Store_Test, TurnsAreKeptInOrder) {
    const auto ids = run([this](Transaction& tx) {
        auto other = some_turn("x");
        other.conversation = {2};
        return std::vector{tx.turns().append(some_turn("a")), tx.turns().append(other),
                           tx.turns().append(some_turn(""))};
    });

    const auto of_one = run([](Transaction& tx) { return tx.turns().of({1}); });
    const auto since = run([&](Transaction& tx) { return tx.turns().since(ids[0], 1); });

    ASSERT_EQ(of_one.size(), 2U);
    EXPECT_EQ(of_one[0].id, ids[0]);
    EXPECT_EQ(of_one[1].id, ids[2]);
    EXPECT_EQ(of_one[0].text, "text");
    EXPECT_EQ(of_one[0].note, "menu/kind");
    ASSERT_EQ(since.size(), 1U);
    EXPECT_EQ(since[0].id, ids[1]);
}

TEST_F(Store_Test, TextsOfTheNextMonthAreSealedUnderAnotherKeyAndAllStayReadable) {
    run([this](Transaction& tx) { tx.turns().append(some_turn("march")); });
    clock.advance(31 * 24h);
    run([this](Transaction& tx) { tx.turns().append(some_turn("april")); });

    reopen();

    EXPECT_EQ(run([](Transaction& tx) { return tx.turns().since({}, 10); }).size(), 2U);
    EXPECT_EQ(run([](Transaction& tx) {
                  return connection(tx).execAndGet("SELECT count(*) FROM data_key WHERE purpose = 4").getInt();
              }),
              2);
}

TEST_F(Store_Test, DeadlinesComeOutOnceLaddersFirstThenTheEarliest) {
    using Kind = Deadline::Kind;
    run([this](Transaction& tx) {
        tx.deadlines().add(Kind::kNotice, 3, clock.now() + 2s);
        tx.deadlines().add(Kind::kLapse, 1, clock.now() + 1s);
        tx.deadlines().add(Kind::kLadder, 2, clock.now() + 1s);
    });
    EXPECT_EQ(run([](Transaction& tx) { return *tx.deadlines().next_due(); }), clock.now() + 1s);
    const auto take = [&](int limit) {
        return run([&](Transaction& tx) { return tx.deadlines().take_due(clock.now(), limit); });
    };
    EXPECT_TRUE(take(10).empty());
    clock.advance(2s);

    const auto ladders = take(2);
    const auto first = take(1);
    const auto rest = take(10);

    ASSERT_EQ(ladders.size(), 1U);
    EXPECT_EQ(ladders[0].subject, 2);
    EXPECT_EQ(ladders[0].kind, Kind::kLadder);
    ASSERT_EQ(first.size(), 1U);
    EXPECT_EQ(first[0].subject, 1);
    ASSERT_EQ(rest.size(), 1U);
    EXPECT_EQ(rest[0].subject, 3);
    EXPECT_FALSE(run([](Transaction& tx) { return tx.deadlines().next_due(); }));
}

core::Inbound part(std::uint8_t index, std::string bytes, core::Instant at) {
    return {.channel = "kannel",
            .from = number(1),
            .to = "12345",
            .received_at = at,
            .fragment = core::Fragment{
                .reference = 7, .total = 2, .index = index, .bytes = std::move(bytes), .charset = "UTF-16BE"}};
}

TEST_F(Store_Test, FragmentsWaitForTheirNeighbours) {
    const auto first = part(2, "b", clock.now());
    const auto second = part(1, "a", clock.now() + 1s);
    auto wide = part(1, "w", clock.now());
    wide.fragment->wide_reference = true;

    const auto added = run([&](Transaction& tx) {
        auto& fragments = tx.fragments();
        return std::vector{fragments.add(first, {1}), fragments.add(first, {1}), fragments.add(second, {1}),
                           fragments.add(wide, {1}), fragments.add(first, {2})};
    });
    const auto siblings = run([&](Transaction& tx) { return tx.fragments().siblings(second, {1}, clock.now()); });
    const auto young = run([&](Transaction& tx) { return tx.fragments().siblings(second, {1}, clock.now() + 1s); });

    EXPECT_EQ(added, (std::vector{true, false, true, true, true}));
    ASSERT_EQ(siblings.size(), 2U);
    EXPECT_EQ(siblings[0].fragment->bytes, "a");
    EXPECT_EQ(siblings[1].fragment->bytes, "b");
    EXPECT_EQ(siblings[1].fragment->charset, "UTF-16BE");
    EXPECT_EQ(siblings[1].from, number(1));
    EXPECT_EQ(young.size(), 1U);
}

TEST_F(Store_Test, AnotherTextUnderAWrappedReferenceIsKeptToo) {
    const auto old = part(1, "old", clock.now());
    const auto now = part(1, "new", clock.now() + 1h);

    run([&](Transaction& tx) {
        EXPECT_TRUE(tx.fragments().add(old, {1}));
        EXPECT_TRUE(tx.fragments().add(now, {1}));
    });

    const auto siblings = run([&](Transaction& tx) { return tx.fragments().siblings(now, {1}, clock.now()); });
    ASSERT_EQ(siblings.size(), 1U);
    EXPECT_EQ(siblings[0].fragment->bytes, "new");
}

TEST_F(Store_Test, OverdueFragmentsAreNamedOncePerTextAndRemoved) {
    run([&](Transaction& tx) {
        tx.fragments().add(part(1, "a", clock.now()), {1});
        tx.fragments().add(part(2, "b", clock.now() + 1h), {1});
        tx.fragments().add(part(1, "c", clock.now() + 1h), {2});
    });
    const auto overdue = [&] {
        return run([&](Transaction& tx) { return tx.fragments().overdue({1}, clock.now() + 1s); });
    };

    const auto named = overdue();
    ASSERT_EQ(named.size(), 1U);
    run([&](Transaction& tx) { tx.fragments().remove(named[0], {1}); });

    EXPECT_TRUE(overdue().empty());
    EXPECT_EQ(run([&](Transaction& tx) { return tx.fragments().overdue({2}, clock.now() + 2h); }).size(), 1U);
}

TEST_F(Store_Test, AFragmentThatCannotBeReadStopsNeitherItsTextNorOthers) {
    auto of_another = part(1, "d", clock.now());
    of_another.fragment->reference = 8;
    run([&](Transaction& tx) {
        tx.fragments().add(part(1, "a", clock.now()), {1});
        tx.fragments().add(part(2, "b", clock.now()), {1});
        tx.fragments().add(of_another, {1});
        connection(tx).exec("UPDATE fragment SET sealed = zeroblob(60) WHERE id = 1");
    });

    run([&](Transaction& tx) {
        EXPECT_EQ(tx.fragments().overdue({1}, clock.now() + 1s).size(), 2U);
        const auto left = tx.fragments().siblings(part(2, "b", clock.now()), {1}, clock.now());
        ASSERT_EQ(left.size(), 1U);
        EXPECT_EQ(left.front().fragment->bytes, "b");
        EXPECT_TRUE(tx.fragments().add(part(1, "a", clock.now()), {1})) << "it came again";
        tx.fragments().remove(left.front(), {1});
        EXPECT_EQ(tx.fragments().overdue({1}, clock.now() + 1s).size(), 1U);
    });
}

TEST_F(Store_Test, PartsOfATextThatWasTakenAreKnownAgainUntilTheyAreForgotten) {
    const auto first = part(1, "a", clock.now());
    const auto second = part(2, "b", clock.now() + 1s);
    const auto of_another = part(2, "c", clock.now() + 1s);
    const auto settled = [&](const core::Inbound& one, core::Instant since) {
        return run([&](Transaction& tx) { return tx.fragments().is_settled(one, {1}, since); });
    };
    run([&](Transaction& tx) {
        tx.fragments().add(first, {1});
        tx.fragments().add(second, {1});
        EXPECT_FALSE(tx.fragments().is_settled(first, {1}, {}));
        tx.fragments().settle(second, {1});
        tx.fragments().forget_settled({1}, clock.now());
        tx.fragments().forget_settled({2}, clock.now() + 1h);
    });

    EXPECT_TRUE(settled(first, clock.now()));
    EXPECT_FALSE(settled(first, clock.now() + 1s));
    EXPECT_TRUE(settled(second, clock.now() + 1s));
    EXPECT_FALSE(settled(of_another, {}));
    run([&](Transaction& tx) {
        EXPECT_TRUE(tx.fragments().siblings(first, {1}, {}).empty());
        EXPECT_TRUE(tx.fragments().overdue({1}, clock.now() + 1h).empty());
        tx.fragments().remove(first, {1});
    });
    EXPECT_TRUE(settled(second, {}));

    run([&](Transaction& tx) { tx.fragments().forget_settled({1}, clock.now() + 1ms); });

    EXPECT_FALSE(settled(first, {}));
    EXPECT_TRUE(settled(second, {}));
}

TEST_F(Store_Test, StrandedTextsAreKeptWholeAndTheirNumbersNotGivenTwice) {
    StrandedText text{.inbound = part(1, "a", clock.now()), .identity = "id-1", .at = clock.now(), .error = "bug"};
    text.inbound.stamped_at = clock.now() - 5s;
    text.inbound.text = "救命";
    const auto id = run([&](Transaction& tx) { return tx.stranded().add(text); });

    reopen();

    const auto found = run([&](Transaction& tx) { return *tx.stranded().find(id); });
    EXPECT_EQ(found.inbound.text, "救命");
    EXPECT_EQ(found.inbound.stamped_at, text.inbound.stamped_at);
    EXPECT_EQ(found.inbound.fragment->reference, 7);
    EXPECT_EQ(found.identity, "id-1");
    EXPECT_EQ(found.error, "bug");
    EXPECT_EQ(found.at, clock.now());
    const auto holds = [&](const char* channel, const char* identity) {
        return run([&](Transaction& tx) { return tx.stranded().holds(channel, identity); });
    };
    EXPECT_TRUE(holds("kannel", "id-1"));
    EXPECT_FALSE(holds("kannel", "id-2"));
    EXPECT_FALSE(holds("other", "id-1"));
    EXPECT_FALSE(holds("kannel", ""));
    run([&](Transaction& tx) { tx.stranded().remove(id); });
    EXPECT_TRUE(run([](Transaction& tx) { return tx.stranded().list(10); }).empty());
    EXPECT_GT(run([&](Transaction& tx) { return tx.stranded().add(text); }), id);
}

TEST_F(Store_Test, WhatCannotBeReadHidesNoOtherStrandedTextAndNoOtherEvent) {
    StrandedText text{.inbound = part(1, "a", clock.now()), .identity = "id-1", .at = clock.now(), .error = "bug"};
    const auto broken = run([&](Transaction& tx) { return tx.stranded().add(text); });
    text.identity = "id-2";
    const auto whole = run([&](Transaction& tx) { return tx.stranded().add(text); });
    run([&](Transaction& tx) {
        for (const auto* event : {"first", "second"}) tx.journal().append({.at = clock.now(), .event = event});
        connection(tx).exec("UPDATE stranded SET sealed = zeroblob(60) WHERE id = " + std::to_string(broken.value));
        connection(tx).exec("UPDATE journal SET sealed = zeroblob(60) WHERE event = 'first'");
    });

    run([&](Transaction& tx) {
        const auto listed = tx.stranded().list(10);
        ASSERT_EQ(listed.size(), 2U);
        EXPECT_EQ(listed[0].id, broken);
        EXPECT_EQ(listed[0].error, "its row can not be read");
        EXPECT_EQ(listed[1].id, whole);
        EXPECT_EQ(listed[1].error, "bug");
        EXPECT_FALSE(tx.stranded().holds("kannel", "id-1")) << "it is kept once more";
        EXPECT_TRUE(tx.stranded().holds("kannel", "id-2"));
        EXPECT_EQ(tx.journal().latest(10).size(), 2U);
    });
}

TEST_F(Store_Test, TheJournalTellsTheNewestFirstAndWhenAnEventWasLast) {
    run([this](Transaction& tx) {
        tx.journal().append({.at = clock.now(), .event = "nobody_on_duty", .staff = {2}, .detail = "one"});
        tx.journal().append({.at = clock.now() + 1s, .event = "case_read", .case_id = {3}, .detail = "two"});
    });

    const auto latest = run([](Transaction& tx) { return tx.journal().latest(1); });

    ASSERT_EQ(latest.size(), 1U);
    EXPECT_EQ(latest[0].event, "case_read");
    EXPECT_EQ(latest[0].detail, "two");
    EXPECT_EQ(latest[0].case_id, core::CaseId{3});
    EXPECT_EQ(run([](Transaction& tx) { return tx.journal().last("nobody_on_duty"); }), clock.now());
    EXPECT_EQ(run([](Transaction& tx) { return tx.journal().last("never"); }), core::Instant{});
}

TEST_F(Store_Test, EveryPagingIsKeptWithTheTextThatToldIt) {
    const auto text = [&](core::PageId page) {
        return run([&](Transaction& tx) {
            return tx.outbox().add({.channel = "kannel",
                                    .to = {1},
                                    .text = "page",
                                    .created_at = clock.now(),
                                    .expires_at = clock.now() + 1h,
                                    .page = page});
        });
    };
    const auto told_by = [&](core::PageId page) {
        std::vector<core::OutboxId> ids;
        for (const auto& message : run([&](Transaction& tx) { return tx.outbox().messages_of(page); }))
            ids.push_back(message.id);
        return ids;
    };
    const core::PageId alone{1};
    const core::PageId bundled{2};
    const auto first = text(alone);
    const auto both = text({});
    run([&](Transaction& tx) {
        tx.alerts().call_for(alone, clock.now());
        tx.alerts().call_for(alone, clock.now());
        tx.alerts().told(alone, first);
        tx.alerts().call_for(alone, clock.now() + 1min);
        tx.alerts().call_for(bundled, clock.now() + 2min);
        tx.alerts().call_for(bundled, clock.now() + 3min);
    });

    EXPECT_FALSE(run([&](Transaction& tx) { return tx.alerts().pagings_of(bundled); }).at(1).message);
    run([&](Transaction& tx) {
        tx.alerts().told(alone, both);
        tx.alerts().told(bundled, both);
    });

    const auto pagings = run([&](Transaction& tx) { return tx.alerts().pagings_of(alone); });
    ASSERT_EQ(pagings.size(), 2U);
    EXPECT_EQ(pagings[0].at, clock.now());
    EXPECT_EQ(pagings[0].message, first);
    EXPECT_EQ(pagings[1].message, both);
    EXPECT_EQ(told_by(alone), (std::vector{first, both}));
    EXPECT_EQ(told_by(bundled), std::vector{both});
    EXPECT_TRUE(told_by({}).empty());
}

TEST_F(Store_Test, AlertsAndPagesAreKept) {
    core::Alert alert{.case_id = {4}, .level = core::Level::kRed, .raised_at = clock.now(), .ladder_from = clock.now()};
    alert.id = run([&](Transaction& tx) { return tx.alerts().raise(alert); });
    core::Page page{.staff = {2}, .code = 3, .case_id = {4}, .alert = alert.id, .sent_at = clock.now()};
    page.id = run([&](Transaction& tx) { return tx.alerts().page(page); });

    EXPECT_EQ(run([](Transaction& tx) { return tx.alerts().open(); }).size(), 1U);
    EXPECT_EQ(run([](Transaction& tx) { return tx.alerts().open_for({4}); })->id, alert.id);
    alert.open = false;
    alert.taken_by = {2};
    alert.steps_done = 3;
    page.state = core::Page::State::kTaken;
    run([&](Transaction& tx) {
        tx.alerts().update(alert);
        tx.alerts().update(page);
    });

    EXPECT_TRUE(run([](Transaction& tx) { return tx.alerts().open(); }).empty());
    EXPECT_FALSE(run([](Transaction& tx) { return tx.alerts().open_for({4}); }));
    const auto stored = run([&](Transaction& tx) { return *tx.alerts().find(alert.id); });
    EXPECT_EQ(stored.taken_by, core::StaffId{2});
    EXPECT_EQ(stored.steps_done, 3);
    EXPECT_EQ(stored.level, core::Level::kRed);
    EXPECT_EQ(run([&](Transaction& tx) { return tx.alerts().find_page(page.id); })->state, page.state);
    EXPECT_EQ(run([&](Transaction& tx) { return tx.alerts().pages_of({2}, clock.now()); }).size(), 1U);
    EXPECT_TRUE(run([&](Transaction& tx) { return tx.alerts().pages_of({2}, clock.now() + 1s); }).empty());
    EXPECT_EQ(run([&](Transaction& tx) { return tx.alerts().pages_for({4}); }).at(0).code, 3);
}

TEST_F(Store_Test, RecentAlertsAreOpenOnesAndThoseRaisedOrTakenSince) {
    const auto raise = [&](core::Instant at, bool open, core::Instant taken) {
        return run([&](Transaction& tx) {
            return tx.alerts().raise({.case_id = {1}, .raised_at = at, .taken_at = taken, .open = open});
        });
    };
    const auto now = clock.now();
    EXPECT_TRUE(run([&](Transaction& tx) { return tx.alerts().recent({}); }).empty());
    const auto open = raise(now - 48h, true, {});
    raise(now - 48h, false, now - 47h);
    const auto taken = raise(now - 48h, false, now - 1h);
    const auto raised = raise(now - 1h, false, now - 1h);

    const auto recent = run([&](Transaction& tx) { return tx.alerts().recent(now - 1h); });

    ASSERT_EQ(recent.size(), 3U);
    EXPECT_EQ(recent[0].id, open);
    EXPECT_EQ(recent[1].id, taken);
    EXPECT_EQ(recent[2].id, raised);
    for (int newer = 0; newer < 1'000; ++newer) raise(now - 48h, false, now - 47h);
    const auto behind_many = run([&](Transaction& tx) { return tx.alerts().recent(now - 1h); });
    ASSERT_EQ(behind_many.size(), 1U);
    EXPECT_EQ(behind_many[0].id, open);
}

}  // namespace
}  // namespace harborline::storage
