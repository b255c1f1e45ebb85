#include "gateway/calls/switch_command.hpp"

#include <gtest/gtest.h>

namespace harborline::gateway {
namespace {

const std::string kLeg = "a1990000-0000-4000-8000-000000000001";
const std::string kOther = "a1990000-0000-4000-8000-000000000002";
const std::string kJob = "b1990000-0000-4000-8000-000000000001";

CallOrder good() {
    CallOrder order;
    order.job = kJob;
    order.legs = {kLeg};
    order.command = "bgapi originate {origination_uuid=" + kLeg + "}sofia/lo/19900000001 &park()";
    return order;
}

TEST(SwitchCommandTest, EndsEveryCommandWithAnEmptyLine) {
    EXPECT_EQ(*write_auth("ClueCon"), "auth ClueCon\n\n");
    EXPECT_EQ(*write_exists(kLeg), "api uuid_exists " + kLeg + "\n\n");
    EXPECT_EQ(*write_kill(kLeg, "ORIGINATOR_CANCEL"), "api uuid_kill " + kLeg + " ORIGINATOR_CANCEL\n\n");
    EXPECT_EQ(*write_originate(good()), good().command + "\nJob-UUID: " + kJob + "\n\n");
}

TEST(SwitchCommandTest, KnowsAName) {
    EXPECT_TRUE(is_uuid(kLeg));
    EXPECT_FALSE(is_uuid(""));
    EXPECT_FALSE(is_uuid(kLeg + "0"));
    EXPECT_FALSE(is_uuid("a1990000x0000-4000-8000-000000000001"));
    EXPECT_FALSE(is_uuid("g1990000-0000-4000-8000-000000000001"));
    EXPECT_FALSE(is_uuid("a1990000-0000-4000-8000-00000000000\n"));
}

TEST(SwitchCommandTest, WritesNothingThatCouldEndALine) {
    for (const char bad : {'\n', '\r', '\0', '\x1b', '\x7f'}) {
        const std::string text(1, bad);
        CallOrder order = good();
        order.command += text;
        EXPECT_FALSE(write_originate(order));
        order = good();
        order.job.back() = bad;
        EXPECT_FALSE(write_originate(order));
        EXPECT_FALSE(write_auth("Clue" + text));
        EXPECT_FALSE(write_kill(kLeg, "NORMAL" + text));
        EXPECT_FALSE(write_kill(kLeg.substr(1) + text, "NORMAL"));
        EXPECT_FALSE(write_exists(kLeg.substr(1) + text));
    }
}

TEST(SwitchCommandTest, PlacesOnlyWhatItCanFindAgain) {
    CallOrder order = good();
    order.legs = {kOther};
    EXPECT_FALSE(write_originate(order)) << "the command names another leg";
    order.legs = {};
    EXPECT_FALSE(write_originate(order));
    order = good();
    order.command = "api fsctl shutdown origination_uuid=" + kLeg;
    EXPECT_FALSE(write_originate(order));
    order.command = "bgapi originate origination_uuid=" + kLeg + std::string(5'000, 'x');
    EXPECT_FALSE(write_originate(order));
    EXPECT_FALSE(write_auth(""));
    EXPECT_FALSE(write_kill(kLeg, ""));
    EXPECT_FALSE(write_kill(kLeg, "normal"));
}

}  // namespace
}  // namespace harborline::gateway
