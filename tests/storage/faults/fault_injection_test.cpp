// Fails every operation of every scenario in every way, and looks at what was told and what is stored.
//
// The rule: whoever was told "committed" finds it after the restart, once. Whoever was told anything else does not,
// with one exception: when the disk fails while COMMIT is being made durable, its fate is open. Then Unavailable is
// told and never an acknowledgement; where the process ends before the next commit, the rows may be there after the
// restart. The carrier's repeat is then recognised and changes nothing.
#include <gtest/gtest.h>

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <cstdio>
#include <set>

#include "tests/storage/faults/scenarios.hpp"
#include "tests/support/temporary_folder.hpp"

namespace harborline::storage {
namespace {

namespace fs = std::filesystem;
using testing::Failure;
using testing::Fault;
using testing::FaultVfs;
using testing::Operation;

constexpr int kInjectedAtLeast = 2'000;
/// Only each n-th operation fails in builds that are slow with it; 1 everywhere else.
constexpr int kEvery = HARBORLINE_FAULT_EVERY;

struct Way {
    Operation operation;
    std::vector<Failure> failures;
};

const std::vector<Way>& ways() {
    using enum Failure;
    static const std::vector<Way> all{
        {Operation::kWrite, {kFull, kIoError, kReadonly, kShort, kTorn, kDies, kPowerCut}},
        {Operation::kSync, {kFull, kIoError, kReadonly, kDies, kPowerCut}},
        {Operation::kTruncate, {kFull, kIoError, kReadonly, kDies, kPowerCut}},
        {Operation::kOpen, {kFull, kIoError, kReadonly}},
        {Operation::kDelete, {kIoError, kReadonly, kDies, kPowerCut}},
        {Operation::kFileSize, {kIoError}},
        {Operation::kRead, {kIoError}},
        {Operation::kShmMap, {kFull, kIoError}},
        {Operation::kShmLock, {kIoError}}};
    return all;
}

/// Whoever has died does not die again, and a disk with no room takes no half pages for long.
bool may_last(Failure failure) {
    return failure == Failure::kFull || failure == Failure::kIoError || failure == Failure::kReadonly;
}

int g_injected = 0;
int g_survived = 0;  ///< Told Unavailable and there after the restart all the same.
int g_alone = 0;     ///< A group's culprit failed and nobody else.
std::set<std::string> g_ran{};

class FaultInjection_Test : public ::testing::TestWithParam<Scenario> {
  protected:
    FaultInjection_Test() {
        Trial trial{template_.path(), GetParam().autocheckpoint_pages, GetParam().fold_after_turns};
        vfs_.watch(template_.path());
        GetParam().prepare(trial);
        trial.close();
        before_ = std::move(trial.records);
    }

    /// One run from a fresh copy. Without a fault it counts.
    void run(const std::optional<Fault>& fault) {
        const testing::TemporaryFolder folder;
        fs::copy(template_.path(), folder.path(), fs::copy_options::recursive);
        Trial trial{folder.path(), GetParam().autocheckpoint_pages, GetParam().fold_after_turns};
        trial.records = before_;
        GetParam().begin(trial);
        GetParam().act(trial, [&] {
            vfs_.watch(folder.path());
            if (fault) vfs_.arm(*fault);
        });
        if (fault) {
            ASSERT_TRUE(vfs_.struck() || GetParam().varies)
                << "the fault was never reached: the scenario is not the same every time";
            g_injected += vfs_.struck() ? 1 : 0;
        }
        look_at(trial, fault);
    }

    void look_at(Trial& trial, const std::optional<Fault>& fault) {
        const bool died = vfs_.dead();
        if (fault && fault->lasts && !GetParam().varies) expect_trouble_shows(trial);
        if (fault && !fault->lasts && !died) expect_only_the_culprit_fails(trial);
        if (died) trial.close();
        if (fault && fault->failure == Failure::kPowerCut) vfs_.lose_what_was_not_synced();
        counts_ = count();
        vfs_.heal();

        expect_clear_words(trial, died);
        if (trial.store && !stopped(trial)) {
            const bool folds = GetParam().autocheckpoint_pages < 100;
            expect_goes_on(trial, folds, folds && fault && fault->operation == Operation::kSync);
        }
        const bool may_survive = std::ranges::none_of(
            trial.records, [](const Record& record) { return record.deed.name == "after the fault"; });
        trial.close();
        expect_sound(trial.folder / "harborline.db");
        ASSERT_TRUE(trial.open()) << trial.refusal;
        expect_truth(trial, may_survive);
        expect_repeats_complete(trial);
        if (!died) expect_backup(trial);
    }

    static bool stopped(Trial& trial) { return trial.store == nullptr; }

    std::vector<int> count() {
        std::vector<int> counts;
        for (const auto& way : ways()) counts.push_back(vfs_.count(way.operation));
        return counts;
    }

    void expect_clear_words(Trial& trial, bool died) {
        EXPECT_FALSE(trial.logic_error);
        if (!trial.refusal.empty()) {
            EXPECT_TRUE(trial.refusal.starts_with("The ")) << trial.refusal;
            EXPECT_EQ(trial.store, nullptr);
        }
        for (const auto& [deed, heard] : trial.records) {
            const bool throws = deed.name.starts_with("thrower");
            const bool clear =
                heard == Heard::kUnavailable || heard == (throws ? Heard::kItsOwnException : Heard::kCommitted);
            EXPECT_TRUE(clear) << deed.name << " was told " << name_of(heard) << (died ? " (died)" : "");
        }
    }

    /// While nothing can be stored, readiness says so.
    void expect_trouble_shows(Trial& trial) {
        const bool failed = !trial.records.empty() && trial.records.back().heard == Heard::kUnavailable;
        EXPECT_FALSE(trial.store && failed && trial.store->healthy());
    }

    /// What failed once was a piece's own trouble, or the commit of its group.
    void expect_only_the_culprit_fails(Trial& trial) {
        const auto failed =
            static_cast<std::size_t>(std::ranges::count(trial.records, Heard::kUnavailable, &Record::heard));
        EXPECT_TRUE(failed <= 1 || failed == trial.group) << failed << " of a group of " << trial.group;
        if (failed == 1 && trial.group > 1) ++g_alone;
    }

    /// Once healed, without a restart; `folds`: when the log has been folded back after all, which is tried behind the
    /// next commits. Only where the database itself could not be synced a start has to do that.
    void expect_goes_on(Trial& trial, bool folds, bool may_have_given_up) {
        constexpr int kTriesMax = 1'000;
        EXPECT_TRUE(trial.run(text("after the fault"))) << "was told " << name_of(trial.records.back().heard);
        for (int more = 0; folds && !may_have_given_up && !trial.store->healthy() && more < kTriesMax; ++more)
            EXPECT_TRUE(trial.run(text("later " + std::to_string(more))));
        EXPECT_TRUE(trial.store->healthy() || may_have_given_up);
        for (const auto& [deed, heard] : trial.records)
            EXPECT_EQ(trial.times_stored(deed), heard == Heard::kCommitted ? 1 : 0)
                << deed.name << " in the running store, was told " << name_of(heard);
    }

    void expect_sound(const fs::path& database) {
        SQLite::Database db{database, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
        EXPECT_EQ(db.execAndGet("PRAGMA integrity_check").getString(), "ok");
        SQLite::Statement foreign{db, "PRAGMA foreign_key_check"};
        EXPECT_FALSE(foreign.executeStep());
    }

    void expect_truth(Trial& trial, bool may_survive) {
        for (const auto& [deed, heard] : trial.records) {
            const int times = trial.times_stored(deed);
            if (heard == Heard::kUnavailable && may_survive) {
                EXPECT_LE(times, 1) << deed.name;
                g_survived += times;
            } else {
                EXPECT_EQ(times, heard == Heard::kCommitted ? 1 : 0) << deed.name << " was told " << name_of(heard);
            }
        }
    }

    /// The carrier tries again.
    void expect_repeats_complete(Trial& trial) {
        const auto records = trial.records;
        for (const auto& record : records) {
            if (!record.deed.repeatable) continue;
            EXPECT_TRUE(trial.run(record.deed)) << record.deed.name;
            EXPECT_EQ(trial.times_stored(record.deed), 1) << record.deed.name << " after its repeat";
        }
    }

    void expect_backup(Trial& trial) {
        const auto path = trial.folder / "backup.db";
        if (!trial.backup_made) {
            EXPECT_FALSE(fs::exists(path)) << trial.backup_said;
            EXPECT_FALSE(fs::exists(path.string() + "-journal"));
            return;
        }
        trial.close();
        fs::rename(path, trial.folder / "harborline.db");
        fs::remove(trial.folder / "harborline.db-wal");
        fs::remove(trial.folder / "harborline.db-shm");
        ASSERT_TRUE(trial.open()) << trial.refusal;
        for (const auto& record : before_) EXPECT_EQ(trial.times_stored(record.deed), 1) << record.deed.name;
    }

    FaultVfs& vfs_ = FaultVfs::install();
    testing::TemporaryFolder template_{};
    std::vector<Record> before_{};
    std::vector<int> counts_{};
};

TEST_P(FaultInjection_Test, NeverLosesAnAcknowledgedText) {
    run({});
    const auto counts = counts_;
    ASSERT_FALSE(HasFailure()) << "without any fault";

    const int before = g_injected;
    for (std::size_t at = 0; at < ways().size(); ++at)
        for (const auto failure : ways()[at].failures)
            for (const bool lasts : {false, true})
                for (int nth = 1; nth <= counts[at]; nth += kEvery) {
                    if (lasts && !may_last(failure)) continue;
                    const Fault fault{ways()[at].operation, nth, failure, lasts};
                    SCOPED_TRACE(std::string{name_of(fault.operation)} + " " + std::to_string(nth) + " of " +
                                 std::to_string(counts[at]) + " " + name_of(failure) + (lasts ? " from then on" : ""));
                    run(fault);
                    if (HasFailure()) return;
                }
    g_ran.insert(GetParam().name);
    std::printf("%s: %d faults\n", GetParam().name, g_injected - before);
}

INSTANTIATE_TEST_SUITE_P(Scenarios, FaultInjection_Test, ::testing::ValuesIn(scenarios()),
                         [](const auto& param_info) { return param_info.param.name; });

/// SQLite asks for two writes a page.
TEST(GatheringVfs_Test, ACommitOfManyTextsIsWrittenInFewPieces) {
    const testing::TemporaryFolder folder;
    Trial trial{folder.path(), 4'000};
    ASSERT_TRUE(trial.open());
    std::vector<Deed> texts;
    for (int i = 0; i < 60; ++i) texts.push_back(text("text-" + std::to_string(i)));
    auto& vfs = FaultVfs::install();
    trial.run_as_group(texts, "", [&] { vfs.watch(folder.path()); });

    const auto pages = fs::file_size(folder / "harborline.db-wal") / 4096;
    EXPECT_GT(pages, 20U);
    EXPECT_LT(vfs.count(Operation::kWrite), 10);
    EXPECT_TRUE(std::ranges::all_of(trial.records, [](const Record& one) { return one.heard == Heard::kCommitted; }));
}

TEST(GatheringVfs_Test, ALogGrowsOnceInManyCommits) {
    const testing::TemporaryFolder folder;
    Trial trial{folder.path(), 4'000};
    ASSERT_TRUE(trial.open());
    std::set<std::uintmax_t> sizes;
    for (int i = 0; i < 40; ++i) {
        ASSERT_TRUE(trial.run(text("text-" + std::to_string(i))));
        sizes.insert(fs::file_size(folder / "harborline.db-wal"));
    }
    EXPECT_GT(sizes.size(), 1U);
    EXPECT_LT(sizes.size(), 12U);
    trial.close();
    ASSERT_TRUE(trial.open());
    for (const auto& record : trial.records) EXPECT_EQ(trial.times_stored(record.deed), 1) << record.deed.name;
}

/// What only all scenarios together can show.
class Sum : public ::testing::Environment {
  public:
    void TearDown() override {
        std::printf("injected faults: %d\n", g_injected);
        std::printf("told unavailable and stored after a restart all the same: %d\n", g_survived);
        if (kEvery > 1 || g_ran.size() < scenarios().size()) return;
        EXPECT_GT(g_injected, kInjectedAtLeast);
        // Else the exception in the rule above was never met, and nothing shows that its repeats are recognised.
        EXPECT_GT(g_survived, 0);
        EXPECT_GT(g_alone, 0);
    }
};

}  // namespace
}  // namespace harborline::storage

int main(int argc, char** argv) {
    harborline::testing::FaultVfs::install();
    ::testing::InitGoogleTest(&argc, argv);
    ::testing::AddGlobalTestEnvironment(new harborline::storage::Sum);
    return RUN_ALL_TESTS();
}
