// Words of relatives on their way: kept for those two alone, and for 72 hours at most (I7).
#include <algorithm>
#include <fstream>

#include "storage/restoration.hpp"
#include "storage/sealing/day_keys.hpp"
#include "storage/verification.hpp"
#include "tests/storage/store_fixture.hpp"

namespace harborline::storage {
namespace {

namespace fs = std::filesystem;

constexpr auto kLetterWords = "吃饭了吗";
const std::string kOpener(64, 'k');

class KinshipLetters : public OpenStoreFixture {
  protected:
    core::Letter letter(core::OutboxId outbox = {}) {
        return {.tie = {5}, .to_child = true, .written_at = clock.now(), .outbox = outbox, .words = kLetterWords};
    }
    core::LetterId add(const core::Letter& written) {
        return run([&](Transaction& tx) { return tx.letters().add(written); });
    }
    core::LetterId add() { return add(letter()); }
    std::optional<core::Letter> find(core::LetterId id) { return find(*store, id); }
    std::optional<core::Letter> find(Store& where, core::LetterId id) {
        return in(where, [&](Transaction& tx) { return tx.letters().find(id); });
    }
    std::string words_of(core::LetterId id) { return find(id).value().words; }
    core::Letter spoken(std::string name, core::OutboxId outbox = {}) {
        auto letter = this->letter(outbox);
        letter.recording = std::move(name);
        letter.opener = kOpener;
        return letter;
    }
    std::vector<std::string> dropped() {
        return run([](Transaction& tx) { return tx.letters().dropped_recordings(100); });
    }
    void erase(core::LetterId id) {
        run([&](Transaction& tx) { tx.letters().erase(id); });
    }
    std::vector<core::LetterId> waiting(core::TieId tie, bool to_child = true) {
        std::vector<core::LetterId> ids;
        for (const auto& one : run([&](Transaction& tx) { return tx.letters().waiting(tie, to_child); }))
            ids.push_back(one.id);
        return ids;
    }
    std::vector<core::Letter> overdue(Store& where, int limit = 10'000) {
        return in(where, [&](Transaction& tx) { return tx.letters().overdue(clock.now(), limit); });
    }
    /// What a thief has who took the database and the master key, at a clock of her own.
    std::unique_ptr<Store> stolen() {
        const auto den = folder / "den";
        fs::create_directory(den);
        for (const auto& file : {database_, folder / "master.key"}) fs::copy(file, den / file.filename());
        auto with = options(++seed_);
        with.database = den / "harborline.db";
        with.master_key = den / "master.key";
        return open(with);
    }

    const fs::path database_ = folder / "harborline.db";
    const fs::path days_ = sealing::day_keys_folder(folder / "master.key");
};

TEST_F(KinshipLetters, AreKeptAsTheyWereWritten) {
    const auto waits = add();
    const auto sent = add({.tie = {6}, .written_at = clock.now(), .outbox = {9}, .words = "好"});
    reopen();

    const auto first = find(waits).value();
    EXPECT_EQ(first.id, waits);
    EXPECT_EQ(first.tie, core::TieId{5});
    EXPECT_TRUE(first.to_child);
    EXPECT_EQ(first.written_at, clock.now());
    EXPECT_FALSE(first.outbox);
    EXPECT_EQ(first.words, kLetterWords);
    const auto second = run([](Transaction& tx) { return tx.letters().of_outbox({9}); }).value();
    EXPECT_EQ(second.id, sent);
    EXPECT_FALSE(second.to_child);
    EXPECT_EQ(second.words, "好");
    EXPECT_FALSE(run([](Transaction& tx) { return tx.letters().of_outbox({}); })) << "one that waits is of no message";
}

TEST_F(KinshipLetters, WaitForTheirChildOldestFirst) {
    const auto first = add();
    const auto second = add();
    add(letter({9}));
    auto to_adult = letter();
    to_adult.to_child = false;
    const auto third = add(to_adult);

    EXPECT_EQ(waiting({5}), (std::vector{first, second}));
    EXPECT_EQ(waiting({5}, false), std::vector{third});
    EXPECT_TRUE(waiting({6}).empty());
    erase(first);
    EXPECT_EQ(waiting({5}), std::vector{second});
}

TEST_F(KinshipLetters, OneThatIsErasedIsGoneAndItsNumberWithIt) {
    const auto gone = add(letter({9}));

    erase(gone);

    EXPECT_FALSE(find(gone));
    EXPECT_FALSE(run([](Transaction& tx) { return tx.letters().of_outbox({9}); }));
    EXPECT_GT(add(), gone);
}

TEST_F(KinshipLetters, WhatWasSpokenWaitsThoughAMessageAnnouncesIt) {
    const auto id = add(spoken("a-file", {9}));
    reopen();

    const auto found = find(id).value();
    EXPECT_EQ(found.recording, "a-file");
    EXPECT_EQ(found.opener, kOpener);
    EXPECT_EQ(found.words, kLetterWords);
    EXPECT_TRUE(found.opens());
    EXPECT_EQ(waiting({5}), std::vector{id});
    EXPECT_EQ(run([](Transaction& tx) { return tx.letters().of_outbox({9}); })->id, id);
    EXPECT_EQ(run([](Transaction& tx) { return tx.letters().recordings(); }), std::vector<std::string>{"a-file"});
    EXPECT_TRUE(run([](Transaction& tx) { return tx.recordings().kept_names(); }).empty());
}

TEST_F(KinshipLetters, AFileIsDroppedWithItsLetterUntilItIsGone) {
    const auto id = add(spoken("a-file"));
    erase(add());
    EXPECT_TRUE(dropped().empty());

    erase(id);
    EXPECT_EQ(dropped(), std::vector<std::string>{"a-file"});
    EXPECT_TRUE(run([](Transaction& tx) { return tx.letters().recordings(); }).empty());
    run([](Transaction& tx) { tx.letters().forget_recording("a-file"); });
    EXPECT_TRUE(dropped().empty());
}

TEST_F(KinshipLetters, AFileThatNoLetterTakesIsDropped) {
    run([&](Transaction& tx) {
        for (const char* name : {"taken", "not taken", "not taken"}) tx.letters().drop_recording(name);
        tx.letters().add(spoken("taken"));
    });

    EXPECT_EQ(dropped(), std::vector<std::string>{"not taken"});
}

TEST_F(KinshipLetters, I7_NothingOpensWhatWasSpokenAfter72Hours) {
    const auto written_at = clock.now();
    const auto id = add(spoken("a-file"));
    store.reset();
    for (const auto& file : {database_, folder / "master.key"})
        EXPECT_EQ(bytes_of(file).find(kOpener), std::string::npos) << file;
    EXPECT_FALSE(find(*stolen(), id)->opens()) << "the database and the master key alone";

    store = open(options(++seed_));
    clock.advance(72h);
    const auto late = overdue(*store);

    ASSERT_EQ(late.size(), 1U);
    EXPECT_EQ(late.front().recording, "a-file");
    clock.time = written_at;
    EXPECT_FALSE(find(id)->opens());
}

TEST_F(KinshipLetters, I12_AreNotReadInTheFile) {
    add();
    back_up(folder / "backup.db");
    store.reset();

    for (const char* name : {"harborline.db", "backup.db"})
        EXPECT_EQ(bytes_of(folder / name).find(kLetterWords), std::string::npos) << name;
}

/// Their keys are none of its own: it neither misses them nor could it use them.
TEST_F(KinshipLetters, ABackupThatHasSomeIsSound) {
    add();
    back_up(folder / "backup.db");

    const auto found = verify_sqlite({folder / "backup.db", folder / "master.key", true});

    EXPECT_TRUE(found.sound()) << found.findings.front();
    EXPECT_EQ(found.rows.at("letter"), 1);
}

TEST_F(KinshipLetters, I7_WhatIsErasedIsOverwritten) {
    const auto id = add();
    const auto sealed = run([](Transaction& tx) {
        SQLite::Statement row{connection(tx), "SELECT words FROM letter"};
        row.executeStep();
        return row.getColumn(0).getString();
    });
    store.reset();
    EXPECT_NE(bytes_of(database_).find(sealed), std::string::npos);

    store = open(options(++seed_));
    erase(id);
    store.reset();

    EXPECT_EQ(bytes_of(database_).find(sealed), std::string::npos);
}

TEST_F(KinshipLetters, I7_NothingThatIsStoredOpensAfter72Hours) {
    constexpr int kLetters = 1'000;
    const auto written_at = clock.now();
    std::vector<core::LetterId> ids;
    run([&](Transaction& tx) {
        for (int i = 0; i < kLetters; ++i) ids.push_back(tx.letters().add(letter()));
    });
    clock.advance(72h);

    run([](Transaction&) {});

    EXPECT_FALSE(fs::exists(days_ / "2027-03-03"));
    store.reset();
    const auto theirs = stolen();
    store = open(options(++seed_));
    const auto late = overdue(*store);
    EXPECT_EQ(late.size(), 1U * kLetters);
    EXPECT_TRUE(std::ranges::all_of(late, &std::string::empty, &core::Letter::words));
    clock.time = written_at;  // A thief sets her clock as she likes.
    for (auto* const where : {store.get(), theirs.get()})
        in(*where, [&](Transaction& tx) {
            for (const auto id : ids) EXPECT_EQ(tx.letters().find(id).value().words, "");
        });
}

TEST_F(KinshipLetters, I7_TheDatabaseAndTheMasterKeyAloneOpenNothing) {
    const auto id = add();
    store.reset();

    const auto other = stolen();

    EXPECT_EQ(find(*other, id).value().words, "");
    EXPECT_EQ(overdue(*other).size(), 0U) << "a new key of that day cannot be told from the old one";
}

TEST_F(KinshipLetters, AreOverdueFromTheDeathOfTheirKeyOn) {
    const auto first = add();
    clock.advance(24h);
    add();

    clock.advance(46h - 1ms);
    EXPECT_TRUE(overdue(*store).empty());
    clock.advance(1ms);
    const auto late = overdue(*store);

    ASSERT_EQ(late.size(), 1U);
    EXPECT_EQ(late.front().id, first);
    EXPECT_EQ(late.front().tie, core::TieId{5});
    EXPECT_EQ(late.front().words, "");
    clock.advance(24h);
    EXPECT_EQ(overdue(*store).size(), 2U);
    EXPECT_EQ(overdue(*store, 1).front().id, first);
}

TEST_F(KinshipLetters, AreOverdueWhereTheirKeyIsMissing) {
    clock.advance(24h);
    const auto id = add();
    store.reset();
    fs::remove(days_ / "2027-03-04");
    clock.advance(24h);

    store = open(options(++seed_));

    EXPECT_EQ(find(id).value().words, "");
    ASSERT_EQ(overdue(*store).size(), 1U);
}

TEST_F(KinshipLetters, AreRefusedOfADayWithoutAKey) {
    auto late = letter();
    late.written_at -= 72h;

    EXPECT_THROW(add(late), Unavailable);

    EXPECT_EQ(add().value, 1);
    EXPECT_TRUE(store->healthy());
}

TEST_F(KinshipLetters, AtMidnightTheFirstOneFindsItsKey) {
    clock.advance(22h - 1ms);
    const auto before = add();
    clock.advance(1ms);
    const auto after = add();

    EXPECT_EQ(words_of(before), kLetterWords);
    EXPECT_EQ(words_of(after), kLetterWords);
}

TEST_F(KinshipLetters, PassBetweenTheServiceAndACommand) {
    auto with = options(1'000);
    with.may_create = false;
    const auto command = open(with);
    const auto ours = add();
    const auto theirs = in(*command, [&](Transaction& tx) { return tx.letters().add(letter()); });

    EXPECT_EQ(find(*command, ours).value().words, kLetterWords);
    EXPECT_EQ(words_of(theirs), kLetterWords);
}

TEST_F(KinshipLetters, I7_AListSeesNoWords) {
    const auto id = add();
    auto with = options(1'000);
    with.may_create = false;
    with.reads_only = true;

    const auto list = open(with);

    EXPECT_EQ(find(*list, id).value().words, "");
}

TEST_F(KinshipLetters, APartOfAKeyLosesTheWordsAndNothingElse) {
    for (const std::size_t size : {0U, 5U}) {
        const auto lost = add();
        store.reset();
        fs::resize_file(days_ / "2027-03-03", size);

        store = open(options(++seed_));

        EXPECT_EQ(find(lost).value().words, "");
        EXPECT_EQ(words_of(add()), kLetterWords);
    }
}

TEST_F(KinshipLetters, AServiceWhoseKeysHaveNoPlaceDoesNotStart) {
    store.reset();
    fs::remove_all(days_);
    std::ofstream{days_} << "in the way";

    const auto refused = open_sqlite(options(++seed_));

    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("keys of days"), std::string::npos) << refused.error().message;
}

TEST_F(KinshipLetters, WithoutKeysEverythingElseGoesOn) {
    fs::remove_all(days_);
    std::ofstream{days_} << "in the way";
    clock.advance(48h);

    EXPECT_THROW(add(), Unavailable);
    run([this](Transaction& tx) { tx.outbox().add(some_message()); });

    EXPECT_TRUE(store->healthy());
}

/// What is known of letters that are gone.
class KinshipLettersGone : public OpenStoreFixture {
  protected:
    KinshipLettersGone() {
        run([&](Transaction& tx) {
            auto& people = tx.people();
            child_ = people.put(core::Person{.external_id = "C-0001", .kind = core::PersonKind::kChild});
            other_ = people.put(core::Person{.external_id = "C-0002", .kind = core::PersonKind::kChild});
            const auto mother = people.put(core::Person{.external_id = "M-0001"});
            people.put(core::Tie{.child = child_, .adult = mother});
            people.put(core::Tie{.child = other_, .adult = mother});
            ties_ = {people.ties_of(child_).front().id, people.ties_of(other_).front().id};
        });
    }
    void take(core::LocalDate day, core::TieId tie, bool to_child) {
        run([&](Transaction& tx) { tx.letters().note_taken(day, tie, to_child); });
    }
    int taken_on(core::LocalDate day, core::TieId tie, bool to_child) {
        return run([&](Transaction& tx) { return tx.letters().taken_on(day, tie, to_child); });
    }
    void remember(core::PersonId writer) {
        run([&](Transaction& tx) { tx.letters().remember_untold(writer, clock.now()); });
    }
    bool is_untold(core::PersonId writer) {
        return run([&](Transaction& tx) { return tx.letters().is_untold(writer); });
    }
    void forget_since(core::Instant before) {
        run([&](Transaction& tx) { tx.letters().forget_untold_since(before); });
    }

    core::PersonId child_{};
    core::PersonId other_{};
    std::vector<core::TieId> ties_{};
};

TEST_F(KinshipLettersGone, AreCountedByTieWayAndDay) {
    const auto today = 2027y / 3 / 3;
    EXPECT_EQ(taken_on(today, ties_[0], true), 0);
    take(today, ties_[0], true);
    take(today, ties_[0], true);
    take(today, ties_[0], false);
    reopen();

    EXPECT_EQ(taken_on(today, ties_[0], true), 2);
    EXPECT_EQ(taken_on(today, ties_[0], false), 1);
    EXPECT_EQ(taken_on(today, ties_[1], true), 0);
    EXPECT_EQ(taken_on(2027y / 3 / 4, ties_[0], true), 0);
    take(2027y / 3 / 4, ties_[0], true);
    EXPECT_EQ(taken_on(2027y / 3 / 4, ties_[0], true), 1);
    EXPECT_EQ(taken_on(today, ties_[0], true), 0) << "of days before nothing is known";
    EXPECT_EQ(taken_on(today, ties_[0], false), 1);
}

TEST_F(KinshipLettersGone, WhoIsToBeToldIsRememberedUntilSheIs) {
    EXPECT_FALSE(is_untold(child_));
    remember(child_);
    remember(child_);
    reopen();

    EXPECT_TRUE(is_untold(child_));
    EXPECT_FALSE(is_untold(other_));
    run([&](Transaction& tx) { tx.letters().forget_untold(child_); });
    EXPECT_FALSE(is_untold(child_));
}

TEST_F(KinshipLettersGone, WhoeverDoesNotComeToBeToldIsForgotten) {
    remember(child_);
    clock.advance(1h);
    remember(other_);

    forget_since(clock.now());

    EXPECT_FALSE(is_untold(child_));
    EXPECT_TRUE(is_untold(other_));
}

TEST_F(KinshipLettersGone, NothingOfThemIsKeptOfWhoeverIsNotThereAnyMore) {
    const auto gone = run([](Transaction& tx) {
        return tx.people().put(core::Person{.external_id = "C-0003", .kind = core::PersonKind::kChild});
    });
    remember(gone);

    run([&](Transaction& tx) { connection(tx).exec("DELETE FROM person WHERE id = " + std::to_string(gone.value)); });

    EXPECT_FALSE(is_untold(gone));
    EXPECT_THROW(remember(gone), std::logic_error);
}

TEST_F(KinshipLettersGone, ABackupThatKnowsOfSomeIsSound) {
    remember(child_);
    take(2027y / 3 / 3, ties_[0], true);
    back_up(folder / "backup.db");

    const auto found = verify_sqlite({folder / "backup.db", folder / "master.key", true});

    EXPECT_TRUE(found.sound()) << found.findings.front();
    EXPECT_EQ(found.rows.at("untold"), 1);
    EXPECT_EQ(found.rows.at("letters_taken"), 1);
}

/// A database that went on after its backup was made: one letter has arrived since, one is still on its way.
class KinshipLettersRestored : public KinshipLetters {
  protected:
    KinshipLettersRestored() {
        back_up(backup_);
        erase(arrived_);
        store.reset();
        fs::copy(days_, folder / "days aside", fs::copy_options::recursive);
    }
    void restore() {
        const auto begun = Restoration::begin(backup_, database_, folder / "master.key");
        ASSERT_TRUE(begun);
        const auto finished = (*begun)->finish(clock.now());
        ASSERT_TRUE(finished) << finished.error().message;
        before_ = *finished;
    }
    /// Another database under the same master key.
    std::unique_ptr<Store> open_at(const fs::path& database) {
        auto with = options(++seed_);
        with.database = database;
        return open(with);
    }

    const core::LetterId arrived_ = add(letter({9}));
    const core::LetterId on_its_way_ = add();
    const core::LetterId spoken_ = add(spoken("a-file"));
    const fs::path backup_ = folder / "backup.db";
    fs::path before_{};
};

TEST_F(KinshipLettersRestored, I11_NoneComesBack) {
    restore();
    EXPECT_TRUE(fs::is_empty(days_));

    store = open(options(++seed_));

    for (const auto id : {arrived_, on_its_way_, spoken_}) EXPECT_FALSE(find(id));
    EXPECT_FALSE(run([](Transaction& tx) { return tx.letters().of_outbox({9}); }));
    EXPECT_TRUE(overdue(*store).empty());
    EXPECT_EQ(dropped(), std::vector<std::string>{"a-file"}) << "its file is removed";
    EXPECT_GT(add().value, on_its_way_.value + 90'000'000);
}

TEST_F(KinshipLettersRestored, I7_NeitherTheBackupNorTheDatabaseFromBeforeOpensAnyMore) {
    restore();

    for (const auto& file : {backup_, before_}) EXPECT_EQ(find(*open_at(file), on_its_way_).value().words, "") << file;
}

TEST_F(KinshipLettersRestored, I11_NoneComesBackWithKeysThatSomebodyPutAside) {
    restore();
    fs::remove_all(days_);
    fs::rename(folder / "days aside", days_);

    store = open(options(++seed_));

    for (const auto id : {arrived_, on_its_way_}) EXPECT_FALSE(find(id));
}

TEST_F(KinshipLettersRestored, DroppedBeforeItsEndNothingHasHappened) {
    ASSERT_TRUE(Restoration::begin(backup_, database_, folder / "master.key"));

    store = open(options(++seed_));

    EXPECT_EQ(words_of(on_its_way_), kLetterWords);
    EXPECT_FALSE(find(arrived_));
}

TEST_F(KinshipLettersRestored, I7_NoKeyIsInTheBackup) {
    const auto backup = bytes_of(backup_);

    for (const auto& day : fs::directory_iterator{days_})
        EXPECT_EQ(backup.find(bytes_of(day.path())), std::string::npos);
}

}  // namespace
}  // namespace harborline::storage
