// Families: who is found by what, what is written again and what is not, and what the file alone says of them.
#include "storage/people.hpp"

#include <algorithm>

#include "tests/storage/store_fixture.hpp"

namespace harborline::storage {
namespace {

class People_Test : public OpenStoreFixture {
  protected:
    /// Adds or changes; says what the repository said.
    template <class Value>
    auto put(const Value& value) {
        return run([&](Transaction& tx) { return tx.people().put(value); });
    }
    void give(const core::Card& card) {
        run([&](Transaction& tx) { tx.people().put(card); });
    }
    bool phone(core::PersonId person, int last_digits, bool is_private) {
        const core::PersonPhone given{.person = person, .number = number(last_digits), .is_private = is_private};
        return run([&](Transaction& tx) { return tx.people().put(given, clock.now()); });
    }
    core::PersonId somebody(const std::string& external_id, core::PersonKind kind = core::PersonKind::kRelative) {
        return put(core::Person{.external_id = external_id, .kind = kind, .name = "name of " + external_id});
    }
    std::optional<core::Person> person(core::PersonId id) {
        return run([&](Transaction& tx) { return tx.people().find(id); });
    }
    std::optional<core::Person> by_external_id(const std::string& external_id) {
        return run([&](Transaction& tx) { return tx.people().by_external_id(external_id); });
    }
    std::optional<core::Card> card(const std::string& digits) {
        return run([&](Transaction& tx) { return tx.people().card(digits); });
    }
    std::vector<core::Tie> ties_of(core::PersonId id) {
        return run([&](Transaction& tx) { return tx.people().ties_of(id); });
    }
    std::vector<core::ProtectionOrder> orders_of(core::PersonId id) {
        return run([&](Transaction& tx) { return tx.people().orders_of(id); });
    }
    std::optional<Handset> handset(int last_digits) {
        return run([&](Transaction& tx) { return tx.handsets().find(number(last_digits)); });
    }
    Privacy privacy(int last_digits) { return handset(last_digits)->privacy; }
    void miss(core::PersonId child, core::HandsetId handset, const core::PinMisses& misses) {
        run([&](Transaction& tx) { tx.people().put_misses(child, handset, misses); });
    }
    core::PinMisses misses(core::PersonId child, core::HandsetId handset) {
        return run([&](Transaction& tx) { return tx.people().misses(child, handset); });
    }
    std::int64_t rows_written() {
        return run([](Transaction& tx) { return connection(tx).execAndGet("SELECT total_changes()").getInt64(); });
    }
    void exec(const std::string& sql) {
        run([&](Transaction& tx) { connection(tx).exec(sql); });
    }

    core::Person volunteer() const {
        return {.external_id = "V-0001",
                .kind = core::PersonKind::kVolunteer,
                .name = "王姐",
                .age = core::AgeBand::kAdult,
                .place = "230103001",
                .checked_until = 2026y / 12 / 31,
                .weekly = false};
    }
    core::Tie tie() const {
        return {.child = child_,
                .adult = mother_,
                .relation = core::Relation::kMother,
                .state = core::Tie::State::kHoursOnly,
                .hours = {{.days = 0x1f, .from_min = 1140, .to_min = 1230}, {.from_min = 1320, .to_min = 60}},
                .proved_by = "statement",
                .agreed = true,
                .from = 2026y / 3 / 1,
                .to = 2027y / 2 / 28};
    }
    core::Care care() const {
        return {.child = child_, .carer = grandmother_, .guardian = true, .from = 2025y / 9 / 1, .to = 2026y / 8 / 31};
    }
    core::Consent consent() const {
        return {.child = child_,
                .guardian = mother_,
                .how = "paper",
                .given = 2026y / 3 / 1,
                .withdrawn = 2026y / 5 / 4,
                .word_watch = true};
    }
    core::ProtectionOrder order() const {
        return {.person = child_, .against = father_, .number = "(2026)黑0103民保令7号", .until = 2026y / 9 / 1};
    }

    const core::PersonId child_ = somebody("C-0001", core::PersonKind::kChild);
    const core::PersonId mother_ = somebody("M-0001");
    const core::PersonId father_ = somebody("F-0001");
    const core::PersonId grandmother_ = somebody("G-0001");
};

TEST_F(People_Test, PersonsAreKeptAsTheyWereWritten) {
    auto expected = volunteer();
    expected.id = put(volunteer());

    reopen();

    EXPECT_EQ(person(expected.id), expected);
    EXPECT_EQ(by_external_id("V-0001"), expected);
    EXPECT_EQ(person({4711}), std::nullopt);
    EXPECT_EQ(by_external_id("V-0002"), std::nullopt);
}

TEST_F(People_Test, APersonKeepsHerIdWhateverElseChanges) {
    auto changed = volunteer();
    changed.id = put(volunteer());
    changed.name = "王阿姨";
    changed.checked_until = {};

    EXPECT_EQ(put(changed), changed.id);

    EXPECT_EQ(person(changed.id), changed);
}

TEST_F(People_Test, ThatShareAKeyAreToldApart) {
    exec("UPDATE person SET key = (SELECT key FROM person WHERE id = " + std::to_string(mother_.value) + ")");

    EXPECT_EQ(by_external_id("M-0001"), person(mother_));
    EXPECT_EQ(by_external_id("C-0001"), std::nullopt);  // Its own key leads nowhere now.
    EXPECT_EQ(somebody("M-0001"), mother_);
}

TEST_F(People_Test, NobodyIsWrittenWithoutAnIdOfTheFederation) {
    EXPECT_THROW(put(core::Person{.name = "小明"}), std::logic_error);
}

TEST_F(People_Test, EverybodyIsVisitedInOrderUntilItIsEnough) {
    run([](Transaction& tx) {
        for (int i = 0; i < 600; ++i) tx.people().put(core::Person{.external_id = "X-" + std::to_string(i)});
    });
    const auto visited = [&](std::size_t enough) {
        return run([&](Transaction& tx) {
            std::vector<core::PersonId> ids;
            tx.people().visit([&](const core::Person& one) {
                tx.people().phones_of(one.id);  // What an export asks meanwhile.
                ids.push_back(one.id);
                return ids.size() < enough;
            });
            return ids;
        });
    };

    const auto all = visited(1'000);
    EXPECT_EQ(all.size(), 604U);
    EXPECT_TRUE(std::ranges::is_sorted(all));
    EXPECT_EQ(visited(300), (std::vector<core::PersonId>{all.begin(), all.begin() + 300}));
}

TEST_F(People_Test, PhonesAreToldAsTheyWereWrittenDown) {
    phone(father_, 2, true);
    phone(mother_, 3, true);
    phone(mother_, 2, false);
    phone(mother_, 1, false);

    reopen();

    const auto phones = run([&](Transaction& tx) { return tx.people().phones_of(mother_); });
    EXPECT_EQ(phones, (std::vector<core::PersonPhone>{
                          {mother_, number(3), true}, {mother_, number(2), false}, {mother_, number(1), false}}));
}

TEST_F(People_Test, WhoIsReachedThroughAHandsetIsToldById) {
    phone(grandmother_, 1, false);
    phone(child_, 1, false);
    phone(father_, 2, true);

    const auto here = run([&](Transaction& tx) { return tx.people().at(tx.handsets().find(number(1))->id); });

    ASSERT_EQ(here.size(), 2U);
    EXPECT_EQ(here[0], person(child_));
    EXPECT_EQ(here[1], person(grandmother_));
    EXPECT_TRUE(run([](Transaction& tx) { return tx.people().at({4711}).empty(); }));
}

TEST_F(People_Test, APhoneIsPrivateOnlyWhereItIsForAll) {
    phone(mother_, 1, true);
    phone(child_, 2, false);
    EXPECT_EQ(privacy(1), Privacy::kPrivate);
    EXPECT_EQ(privacy(2), Privacy::kShared);

    phone(child_, 1, false);
    phone(mother_, 2, true);
    EXPECT_EQ(privacy(1), Privacy::kShared);
    EXPECT_EQ(privacy(2), Privacy::kShared);

    EXPECT_TRUE(phone(child_, 1, true));
    EXPECT_EQ(privacy(1), Privacy::kPrivate);
}

TEST_F(People_Test, WhatWasSaidOfAPhoneSinceIsNotTakenBackByTheSameFile) {
    phone(mother_, 1, true);
    run([](Transaction& tx) {
        auto known = *tx.handsets().find(number(1));
        known.privacy = Privacy::kShared;
        tx.handsets().update(known);
    });

    EXPECT_FALSE(phone(mother_, 1, true));

    EXPECT_EQ(privacy(1), Privacy::kShared);
}

TEST_F(People_Test, WhoseAPhoneIsIsKnownAnewWhenItIsWrittenDown) {
    run([&](Transaction& tx) { tx.handsets().find_or_add(number(1), clock.now()); });
    clock.advance(200 * 24h);

    phone(mother_, 1, true);
    EXPECT_FALSE(is_forgotten(*handset(1), clock.now()));

    clock.advance(200 * 24h);
    EXPECT_FALSE(phone(mother_, 1, true)) << "the same once more says nothing new";
    EXPECT_TRUE(is_forgotten(*handset(1), clock.now()));
    run([&](Transaction& tx) { tx.handsets().find_or_add(number(1), clock.now()); });
    EXPECT_EQ(privacy(1), Privacy::kUnknown);

    run([&](Transaction& tx) { tx.people().remove({.person = mother_, .number = number(1)}); });
    phone(mother_, 1, true);
    EXPECT_EQ(privacy(1), Privacy::kPrivate);
}

TEST_F(People_Test, WhoGivesUpAForgottenNumberDoesNotGiveItToTheOther) {
    phone(mother_, 1, true);
    phone(grandmother_, 1, true);
    clock.advance(200 * 24h);
    run([&](Transaction& tx) { tx.handsets().find_or_add(number(1), clock.now()); });

    run([&](Transaction& tx) { tx.people().remove({.person = mother_, .number = number(1)}); });

    EXPECT_EQ(privacy(1), Privacy::kUnknown);
}

TEST_F(People_Test, TiesAreKeptAsTheyWereWritten) {
    EXPECT_TRUE(put(tie()));
    auto open_ended = core::Tie{.child = child_, .adult = grandmother_};
    EXPECT_TRUE(put(open_ended));

    reopen();

    const auto ties = ties_of(child_);
    ASSERT_EQ(ties.size(), 2U);
    EXPECT_LT(ties[0].id, ties[1].id);
    auto expected = tie();
    expected.id = ties[0].id;
    open_ended.id = ties[1].id;
    EXPECT_EQ(ties[0], expected);
    EXPECT_EQ(ties[1], open_ended);
    EXPECT_EQ(ties_of(mother_), std::vector{expected});
    EXPECT_TRUE(ties_of(father_).empty());
    EXPECT_EQ(run([&](Transaction& tx) { return tx.people().tie(expected.id); }), expected);
    EXPECT_EQ(run([](Transaction& tx) { return tx.people().tie({4711}); }), std::nullopt);
}

TEST_F(People_Test, ThereIsOneTieBetweenTwo) {
    put(tie());
    const auto id = ties_of(child_).front().id;
    auto barred = tie();
    barred.state = core::Tie::State::kBarred;
    barred.hours.clear();

    EXPECT_TRUE(put(barred));

    barred.id = id;
    EXPECT_EQ(ties_of(child_), std::vector{barred});
}

TEST_F(People_Test, CaresAndConsentsAreKeptAsTheyWereWritten) {
    EXPECT_TRUE(put(care()));
    EXPECT_TRUE(put(consent()));
    EXPECT_TRUE(put(core::Care{.child = child_, .carer = mother_}));

    reopen();

    const auto cares = run([&](Transaction& tx) { return tx.people().cares_of(child_); });
    EXPECT_EQ(cares, (std::vector{care(), core::Care{.child = child_, .carer = mother_}}));
    EXPECT_EQ(run([&](Transaction& tx) { return tx.people().consents_of(child_); }), std::vector{consent()});
    EXPECT_TRUE(run([&](Transaction& tx) { return tx.people().consents_of(mother_).empty(); }));
}

TEST_F(People_Test, AConsentIsWithdrawnInItsPlace) {
    auto given = consent();
    given.withdrawn = {};
    put(given);

    EXPECT_TRUE(put(consent()));

    EXPECT_EQ(run([&](Transaction& tx) { return tx.people().consents_of(child_); }), std::vector{consent()});
}

TEST_F(People_Test, OrdersAreToldToBothSides) {
    EXPECT_TRUE(put(order()));

    reopen();

    EXPECT_EQ(orders_of(child_), std::vector{order()});
    EXPECT_EQ(orders_of(father_), std::vector{order()});
    EXPECT_TRUE(orders_of(mother_).empty());
}

TEST_F(People_Test, OrdersBetweenTwoAreToldApartByTheirNumbers) {
    auto second = order();
    second.number = "(2026)黑0103民保令99号";
    second.until = {};
    put(order());
    EXPECT_TRUE(put(second));
    auto ended = order();
    ended.until = 2026y / 4 / 1;

    EXPECT_TRUE(put(ended));

    EXPECT_EQ(orders_of(father_), (std::vector{ended, second}));
}

TEST_F(People_Test, ACardIsFoundByItsNumberAndByItsChild) {
    const core::Card given{.child = child_, .number = "12345678", .pin = "hash", .duress = "another hash"};
    give(given);

    reopen();

    EXPECT_EQ(card("12345678"), given);
    EXPECT_EQ(card("12345679"), std::nullopt);
    EXPECT_EQ(run([&](Transaction& tx) { return tx.people().card_of(child_); }), given);
    EXPECT_EQ(run([&](Transaction& tx) { return tx.people().card_of(mother_); }), std::nullopt);
}

TEST_F(People_Test, CardsThatShareAKeyAreToldApart) {
    const auto sibling = somebody("C-0002", core::PersonKind::kChild);
    give({.child = child_, .number = "12345678"});
    give({.child = sibling, .number = "22345678"});
    exec("UPDATE card SET key = (SELECT key FROM card WHERE id = " + std::to_string(child_.value) + ")");

    EXPECT_EQ(card("12345678")->child, child_);
    EXPECT_EQ(card("22345678"), std::nullopt);  // Its own key leads elsewhere now.
}

TEST_F(People_Test, ANewCardTakesThePlaceOfTheOld) {
    give({.child = child_, .number = "12345678"});
    const core::Card second{.child = child_, .number = "22345678", .pin = "hash"};

    give(second);

    EXPECT_EQ(card("12345678"), std::nullopt);
    EXPECT_EQ(card("22345678"), second);
}

TEST_F(People_Test, TwoChildrenNeverHaveTheSameCard) {
    give({.child = child_, .number = "12345678"});

    EXPECT_THROW(give({.child = somebody("C-0002", core::PersonKind::kChild), .number = "12345678"}), std::logic_error);

    EXPECT_EQ(card("12345678")->child, child_);
}

TEST_F(People_Test, MissesAreCountedForEachPhoneAndForTheCardAlone) {
    miss(child_, {}, {.count = 4, .last = clock.now(), .locks = 1});
    miss(child_, {7}, {.count = 1, .last = clock.now()});
    miss(child_, {7}, {.count = 2, .last = clock.now() + 1min});

    reopen();

    EXPECT_EQ(misses(child_, {}).count, 4);
    EXPECT_EQ(misses(child_, {}).locks, 1);
    EXPECT_EQ(misses(child_, {7}).count, 2);
    EXPECT_EQ(misses(child_, {7}).last, clock.now() + 1min);
    EXPECT_EQ(misses(child_, {8}).count, 0);
    EXPECT_EQ(misses(mother_, {7}).count, 0);
}

TEST_F(People_Test, ANewPinForgetsTheMissesOfItsChildOnly) {
    const auto sibling = somebody("C-0002", core::PersonKind::kChild);
    for (const auto child : {child_, sibling})
        for (const core::HandsetId handset : {core::HandsetId{}, core::HandsetId{7}})
            miss(child, handset, {.count = 3});

    give({.child = child_, .number = "12345678"});

    EXPECT_EQ(misses(child_, {}).count + misses(child_, {7}).count, 0);
    EXPECT_EQ(misses(sibling, {}).count + misses(sibling, {7}).count, 6);
}

/// The same file twice: nothing is written, not even the day on which a phone was seen.
TEST_F(People_Test, WhatIsKnownAlreadyIsNotWrittenAgain) {
    const auto everything = [&] {
        bool changed = phone(mother_, 1, true);
        changed |= phone(child_, 2, false);
        for (const bool one : {put(tie()), put(care()), put(consent()), put(order())}) changed |= one;
        put(volunteer());
        return changed;
    };
    EXPECT_TRUE(everything());
    clock.advance(72h);
    const auto before = rows_written();

    EXPECT_FALSE(everything());

    EXPECT_EQ(rows_written(), before);
}

TEST_F(People_Test, APhoneThatIsGoneIsHersNoMore) {
    phone(mother_, 1, true);
    phone(mother_, 2, true);
    phone(mother_, 3, true);
    phone(child_, 2, true);
    const auto gone = [&](core::PersonId person, int last_digits) {
        return run([&](Transaction& tx) {
            return tx.people().remove(core::PersonPhone{.person = person, .number = number(last_digits)});
        });
    };
    const auto phones = [&] {
        std::vector<core::PhoneNumber> all;
        for (const auto& one : run([&](Transaction& tx) { return tx.people().phones_of(mother_); }))
            all.push_back(one.number);
        return all;
    };

    EXPECT_TRUE(gone(mother_, 1));
    EXPECT_FALSE(gone(mother_, 1));
    EXPECT_FALSE(gone(child_, 3));
    EXPECT_FALSE(gone(mother_, 4711));
    EXPECT_FALSE(handset(4711));

    EXPECT_EQ(phones(), (std::vector{number(2), number(3)}));
    EXPECT_EQ(privacy(1), Privacy::kUnknown);
    phone(mother_, 4, true);
    EXPECT_EQ(phones(), (std::vector{number(2), number(3), number(4)})) << "the new one is the last";
}

TEST_F(People_Test, WhoeverIsStillReachedThereDecidesWhetherItIsPrivate) {
    phone(mother_, 1, true);
    phone(child_, 1, false);
    EXPECT_EQ(privacy(1), Privacy::kShared);

    run([&](Transaction& tx) { tx.people().remove(core::PersonPhone{.person = child_, .number = number(1)}); });

    EXPECT_EQ(privacy(1), Privacy::kPrivate);
    const auto id = handset(1)->id;
    EXPECT_EQ(run([&](Transaction& tx) { return tx.people().at(id); }).size(), 1U);
}

TEST_F(People_Test, IsReadByPages) {
    std::vector<core::PersonId> ids;
    core::PersonId last{};
    for (;;) {
        const auto page = run([&](Transaction& tx) { return tx.people().behind(last, 2); });
        for (const auto& one : page) ids.push_back(one.id);
        if (page.size() < 2) break;
        last = page.back().id;
    }
    std::vector<core::PersonId> all;
    run([&](Transaction& tx) { tx.people().visit([&](const auto& one) { return all.push_back(one.id), true; }); });

    EXPECT_EQ(ids, all);
}

TEST_F(People_Test, NothingIsWrittenOfSomebodyUnknown) {
    constexpr core::PersonId kNobody{4711};
    EXPECT_THROW(phone(kNobody, 1, true), std::out_of_range);
    EXPECT_FALSE(handset(1));
    EXPECT_THROW(put(core::Tie{.child = child_, .adult = kNobody}), std::out_of_range);
    EXPECT_THROW(put(core::Tie{.child = kNobody, .adult = mother_}), std::out_of_range);
    EXPECT_THROW(put(core::Care{.child = child_, .carer = kNobody}), std::out_of_range);
    EXPECT_THROW(put(core::Consent{.child = kNobody, .guardian = mother_}), std::out_of_range);
    EXPECT_THROW(put(core::ProtectionOrder{.person = child_, .against = kNobody}), std::out_of_range);
    EXPECT_THROW(give({.child = kNobody, .number = "12345678"}), std::out_of_range);
    EXPECT_THROW(miss(kNobody, {}, {.count = 1}), std::out_of_range);
}

TEST_F(People_Test, ARowOpensInItsPlaceOnly) {
    exec("UPDATE person SET sealed = (SELECT sealed FROM person WHERE id = " + std::to_string(child_.value) +
         ") WHERE id = " + std::to_string(mother_.value));

    EXPECT_THROW(person(mother_), sealing::Damaged);
}

TEST_F(People_Test, AnswersLookRowsUpAndScanNoTable) {
    run([&](Transaction& tx) {
        for (const char* query : {"tie WHERE child = ?1 OR adult = ?1", "care WHERE child = ?1",
                                  "consent WHERE child = ?1", "protection_order WHERE person = ?1 OR against = ?1",
                                  "person WHERE key = ?1", "card WHERE key = ?1", "person_phone WHERE person = ?1",
                                  "person_phone WHERE handset = ?1", "kin_call WHERE child = ?1 AND at >= ?1"}) {
            SQLite::Statement plan{connection(tx), std::string{"EXPLAIN QUERY PLAN SELECT * FROM "} + query};
            while (plan.executeStep()) EXPECT_NE(plan.getColumn(3).getString().substr(0, 4), "SCAN") << query;
        }
    });
}

TEST_F(People_Test, I12_NobodyIsReadInTheFile) {
    put(volunteer());
    put(tie());
    put(care());
    put(consent());
    put(order());
    give({.child = child_, .number = "12345678", .pin = "salt-and-hash", .duress = "salt-and-other"});
    phone(mother_, 1'234, true);
    store.reset();

    const auto digits = number(1'234).value();
    for (const auto& word : {std::string{"王姐"}, std::string{"V-0001"}, std::string{"C-0001"}, std::string{"name of"},
                             std::string{"230103001"}, std::string{"statement"}, std::string{"paper"},
                             std::string{"民保令"}, std::string{"12345678"}, std::string{"salt-and"},
                             std::string{"19900001234"}, std::string(reinterpret_cast<const char*>(&digits), 6)})
        for (const char* suffix : {"", "-wal"})
            EXPECT_EQ(bytes_of(folder / ("harborline.db" + std::string{suffix})).find(word), std::string::npos) << word;
}

}  // namespace
}  // namespace harborline::storage
