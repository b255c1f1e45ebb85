// A carrier's text comes in while the disk fails, at every place and in several ways.
#include <algorithm>
#include <cstdio>
#include <vector>

#include "storage/open.hpp"
#include "tests/storage/faults/fault_vfs.hpp"
#include "tests/support/station.hpp"

namespace harborline::gateway {
namespace {

using testing::Failure;
using testing::Fault;
using testing::FaultVfs;
using testing::Operation;
using testing::phone;
using testing::Station;
using testing::status_of;

struct DiskCase {
    const char* name;
    const char* text;
    Operation operation;
    Failure failure;
    bool lasts;
};

class I1_FailingDisk : public ::testing::TestWithParam<DiskCase> {
  protected:
    I1_FailingDisk() { vfs_.watch(station_.world.folder.path()); }

    /// A first text of a phone of its own.
    std::string give(int phone_digits) {
        return station_.ask(Station::kannel_text(phone(phone_digits).reveal_e164(), GetParam().text,
                                                 "id-" + std::to_string(phone_digits)));
    }
    std::ptrdiff_t turns_of(const std::vector<storage::Turn>& turns, int phone_digits) {
        const auto handset = station_.world.handset(phone(phone_digits)).id;
        return std::ranges::count(turns, handset, &storage::Turn::handset);
    }

    /// What is in the file, seen by another process.
    std::vector<storage::Turn> stored_turns() {
        testing::FakeRandom random{99};
        const auto beside = storage::open_sqlite({.database = station_.world.settings.database,
                                                  .master_key = station_.world.settings.master_key,
                                                  .clock = &station_.world.clock,
                                                  .random = &random,
                                                  .may_create = false})
                                .value();
        std::vector<storage::Turn> turns;
        beside->run([&](storage::Transaction& tx) { turns = tx.turns().since({}, testing::World::kAll); });
        return turns;
    }

    FaultVfs& vfs_ = FaultVfs::install();
    Station station_{};
};

TEST_P(I1_FailingDisk, ATextIsAcknowledgedAndStoredOrComesAgain) {
    const auto& disk = GetParam();
    int unavailable = 0;
    int digits = 1'000;
    for (int nth = 1;; ++nth, ++digits) {
        SCOPED_TRACE(std::to_string(nth));
        vfs_.watch(station_.world.folder.path());
        vfs_.arm({disk.operation, nth, disk.failure, disk.lasts});
        const int status = status_of(give(digits));
        const bool struck = vfs_.struck();
        vfs_.heal();
        if (!struck) break;

        ASSERT_TRUE(status == 200 || status == 503) << status;
        unavailable += status == 503 ? 1 : 0;
        ASSERT_EQ(turns_of(station_.world.turns(), digits), status == 200 ? 1 : 0);
        ASSERT_EQ(status_of(give(digits)), 200);
        ASSERT_EQ(turns_of(station_.world.turns(), digits), 1);
        ASSERT_EQ(station_.world.messages_to(phone(digits)).size(), 1U);
    }

    EXPECT_GT(unavailable, 0);
    // Trouble of the machine is nobody's bug.
    EXPECT_TRUE(station_.world.stranded().empty());
    const auto stored = stored_turns();
    for (int taken = 1'000; taken <= digits; ++taken) EXPECT_EQ(turns_of(stored, taken), 1) << taken;
    std::printf("injected faults: %d, of which %d were heard by the carrier\n", digits - 1'000, unavailable);
}

constexpr const char* kPetition = "村里把我家三亩地给了别人";

INSTANTIATE_TEST_SUITE_P(
    Disks, I1_FailingDisk,
    ::testing::Values(DiskCase{"PetitionDiskFull", kPetition, Operation::kWrite, Failure::kFull, true},
                      DiskCase{"PetitionTornPage", kPetition, Operation::kWrite, Failure::kTorn, false},
                      DiskCase{"PetitionReadOnly", kPetition, Operation::kWrite, Failure::kReadonly, true},
                      DiskCase{"PetitionSyncFails", kPetition, Operation::kSync, Failure::kIoError, false},
                      DiskCase{"DangerDiskFull", "9", Operation::kWrite, Failure::kFull, true},
                      DiskCase{"DangerIoError", "9", Operation::kWrite, Failure::kIoError, false},
                      DiskCase{"DangerSyncFails", "9", Operation::kSync, Failure::kIoError, true},
                      DiskCase{"CovertCallShortWrite", "*0", Operation::kWrite, Failure::kShort, false}),
    [](const auto& param_info) { return param_info.param.name; });

}  // namespace
}  // namespace harborline::gateway
