// The life of the keys of kinship texts (I7): one for each day, in files that die 72 h after their day began.
#include "storage/sealing/day_keys.hpp"

#include <sys/stat.h>

#include <fstream>
#include <set>

#include "tests/storage/store_fixture.hpp"

namespace harborline::storage {
namespace {

namespace fs = std::filesystem;
using sealing::DayKeys;
using Names = std::set<std::string>;

constexpr sealing::Place kPlace{"letter.words", 1};

/// The clock starts on 2027-03-03 at 02:00 UTC.
class KinshipDayKeys : public ::testing::Test {
  protected:
    DayKeys keys_of_a_start(bool makes = true) { return {folder_, random_, makes}; }
    void keep(DayKeys& keys) {
        const auto kept = keys.keep(clock_.now());
        EXPECT_TRUE(kept) << kept.error().message;
    }
    void keep_after(DayKeys& keys, std::chrono::milliseconds later) {
        clock_.advance(later);
        keep(keys);
    }
    std::string seal(DayKeys& keys) { return keys.seal(DayKeys::day_of(clock_.now()), kPlace, "words").value(); }
    static bool opens(const DayKeys& keys, const std::string& sealed) { return keys.open(kPlace, sealed) == "words"; }
    Names names() const {
        Names all;
        for (const auto& entry : fs::directory_iterator{folder_}) all.insert(entry.path().filename());
        return all;
    }
    void put(const std::string& name, const std::string& bytes) const {
        std::ofstream{folder_ / name, std::ios::binary | std::ios::trunc} << bytes;
    }
    static unsigned mode(const fs::path& path) {
        struct stat status {};
        return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 0777U : 0U;
    }

    testing::TemporaryFolder around_{};
    testing::FakeRandom random_{};
    testing::FakeClock clock_{};
    const fs::path folder_ = sealing::day_keys_folder(around_ / "master.key");
    DayKeys keys_ = keys_of_a_start();
};

TEST_F(KinshipDayKeys, ThoseOfTodayAndTomorrowAreMadeForTheOwnerAlone) {
    const auto umask_before = ::umask(0);
    keep(keys_);
    ::umask(umask_before);

    EXPECT_EQ(names(), (Names{"2027-03-03", "2027-03-04"}));
    EXPECT_EQ(mode(folder_), 0700U);
    for (const auto& name : names()) {
        EXPECT_EQ(mode(folder_ / name), 0600U);
        EXPECT_EQ(fs::file_size(folder_ / name), sealing::Key::kSize);
    }
    EXPECT_NE(bytes_of(folder_ / "2027-03-03"), bytes_of(folder_ / "2027-03-04"));
}

TEST_F(KinshipDayKeys, AKeyDies72HoursAfterItsDayBegan) {
    keep(keys_);
    const auto sealed = seal(keys_);

    keep_after(keys_, 70h - 1ms);
    EXPECT_TRUE(opens(keys_, sealed));
    keep_after(keys_, 1ms);

    EXPECT_FALSE(keys_.open(kPlace, sealed));
    EXPECT_EQ(names(), (Names{"2027-03-04", "2027-03-05", "2027-03-06", "2027-03-07"}));
}

TEST_F(KinshipDayKeys, WithoutAKeyNothingIsSealed) {
    keep(keys_);
    const auto today = DayKeys::day_of(clock_.now());

    EXPECT_FALSE(keys_.seal(today - std::chrono::days{1}, kPlace, "words"));
    EXPECT_FALSE(keys_.seal(today + std::chrono::days{2}, kPlace, "words"));
}

TEST_F(KinshipDayKeys, AreTheSameAfterARestartAndInAnotherProcess) {
    keep(keys_);
    const auto sealed = seal(keys_);
    auto restarted = keys_of_a_start();
    auto of_a_command = keys_of_a_start(false);

    for (auto* const others : {&restarted, &of_a_command}) {
        keep(*others);
        EXPECT_TRUE(opens(*others, sealed));
        EXPECT_TRUE(opens(keys_, seal(*others)));
    }
}

TEST_F(KinshipDayKeys, WhoMakesNoneLeavesNotEvenAFolder) {
    auto of_a_command = keys_of_a_start(false);

    keep(of_a_command);

    EXPECT_FALSE(fs::exists(folder_));
    EXPECT_FALSE(of_a_command.has(DayKeys::day_of(clock_.now())));
}

TEST_F(KinshipDayKeys, TheDiskIsLookedAtOnceADay) {
    keep(keys_);
    fs::remove_all(folder_);

    keep_after(keys_, 22h - 1ms);
    EXPECT_FALSE(fs::exists(folder_));
    keep_after(keys_, 1ms);

    EXPECT_EQ(names(), Names{"2027-03-05"});
}

TEST_F(KinshipDayKeys, WhatDiesIsOverwrittenBeforeItIsRemoved) {
    keep(keys_);
    fs::create_hard_link(folder_ / "2027-03-03", around_ / "seen from elsewhere");

    keep_after(keys_, 72h);

    EXPECT_EQ(bytes_of(around_ / "seen from elsewhere"), std::string(sealing::Key::kSize, '\0'));
}

/// What a start that was killed left half done, and files of somebody else's.
TEST_F(KinshipDayKeys, ADraftDiesWithItsDayAndOtherNamesStay) {
    keep(keys_);
    put("2027-03-03.new17", std::string(32, 'k'));
    put("notes", "of the operator");

    keep_after(keys_, 48h);
    EXPECT_TRUE(names().contains("2027-03-03.new17"));
    keep_after(keys_, 24h);

    EXPECT_FALSE(names().contains("2027-03-03.new17"));
    EXPECT_TRUE(names().contains("notes"));
}

/// As a power cut leaves it, or a destruction that was cut short.
TEST_F(KinshipDayKeys, APartOfAKeyIsNoneAndGivesWayToAWholeOne) {
    keep(keys_);
    const auto sealed = seal(keys_);
    for (const auto& part : {std::string{}, std::string(5, 'k'), std::string(33, 'k'), std::string(32, '\0')}) {
        put("2027-03-03", part);
        auto restarted = keys_of_a_start();

        keep(restarted);

        EXPECT_FALSE(restarted.open(kPlace, sealed));
        EXPECT_TRUE(opens(restarted, seal(restarted)));
        EXPECT_EQ(fs::file_size(folder_ / "2027-03-03"), sealing::Key::kSize);
        EXPECT_NE(bytes_of(folder_ / "2027-03-03"), part);
    }
}

TEST_F(KinshipDayKeys, APartOfAKeyIsLeftAloneByWhoMakesNone) {
    keep(keys_);
    put("2027-03-03", "part");
    auto of_a_command = keys_of_a_start(false);

    keep(of_a_command);

    EXPECT_FALSE(of_a_command.has(DayKeys::day_of(clock_.now())));
    EXPECT_EQ(bytes_of(folder_ / "2027-03-03"), "part");
}

TEST_F(KinshipDayKeys, AClockThatJumpsAheadKillsForGood) {
    keep(keys_);
    const auto sealed = seal(keys_);

    keep_after(keys_, 365 * 24h);
    EXPECT_EQ(names(), (Names{"2028-03-02", "2028-03-03"}));
    keep_after(keys_, -365 * 24h);

    EXPECT_FALSE(keys_.open(kPlace, sealed));
    EXPECT_TRUE(opens(keys_, seal(keys_)));
}

/// A machine without a battery for its clock starts in 1970.
TEST_F(KinshipDayKeys, AClockThatIsWrongForAMomentLosesNothing) {
    keep(keys_);
    const auto sealed = seal(keys_);
    const auto right = clock_.time;

    clock_.time = core::Instant{};
    auto restarted = keys_of_a_start();
    keep(restarted);
    EXPECT_TRUE(opens(restarted, sealed));
    clock_.time = right;
    keep(restarted);

    EXPECT_TRUE(opens(restarted, sealed));
    EXPECT_EQ(names(), (Names{"2027-03-03", "2027-03-04"}));
}

/// Else what was written meanwhile would be readable until that day comes.
TEST_F(KinshipDayKeys, WhatAClockThatRanAheadHasLeftLivesForThreeDaysMore) {
    clock_.advance(365 * 24h);
    keep(keys_);
    const auto sealed = seal(keys_);

    keep_after(keys_, -365 * 24h);
    for (int day = 0; day < 2; ++day) {
        EXPECT_TRUE(opens(keys_, sealed));
        keep_after(keys_, 24h);
    }
    EXPECT_TRUE(opens(keys_, sealed));
    keep_after(keys_, 24h);

    EXPECT_FALSE(keys_.open(kPlace, sealed));
    for (const auto& name : names()) EXPECT_TRUE(name.starts_with("2027")) << name;
}

TEST_F(KinshipDayKeys, ADiskInTroubleIsToldInWordsAndTriedAgainAMinuteLater) {
    std::ofstream{folder_} << "in the way";

    const auto kept = keys_.keep(clock_.now());
    ASSERT_FALSE(kept);
    EXPECT_NE(kept.error().message.find(folder_.string() + " cannot be"), std::string::npos) << kept.error().message;
    fs::remove(folder_);
    keep_after(keys_, 1min - 1ms);
    EXPECT_FALSE(fs::exists(folder_));
    keep_after(keys_, 1ms);

    EXPECT_EQ(names(), (Names{"2027-03-03", "2027-03-04"}));
}

TEST_F(KinshipDayKeys, WhatIsDeadOpensNothingThoughItsFileCannotBeReached) {
    keep(keys_);
    const auto sealed = seal(keys_);
    fs::rename(folder_, around_ / "elsewhere");
    std::ofstream{folder_} << "in the way";
    clock_.advance(72h);

    EXPECT_FALSE(keys_.keep(clock_.now()));

    EXPECT_FALSE(keys_.open(kPlace, sealed));
}

TEST_F(KinshipDayKeys, DestroyedAllAtOnceTheyLeaveNothing) {
    EXPECT_TRUE(sealing::destroy_day_keys(folder_)) << "without a folder";
    keep(keys_);
    const auto sealed = seal(keys_);
    put("2027-03-03.new17", std::string(32, 'k'));

    EXPECT_TRUE(sealing::destroy_day_keys(folder_));

    EXPECT_TRUE(fs::is_empty(folder_));
    auto restarted = keys_of_a_start();
    keep(restarted);
    EXPECT_FALSE(restarted.open(kPlace, sealed));
}

}  // namespace
}  // namespace harborline::storage
