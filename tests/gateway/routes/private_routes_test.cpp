#include "gateway/routes/private_routes.hpp"

#include <gmock/gmock.h>

#include <string>

#include "gateway/routes/mailbox.hpp"
#include "tests/support/station.hpp"

namespace harborline::gateway {
namespace {

using testing::body_of;
using ::testing::HasSubstr;
using testing::http;
using testing::phone;
using testing::Station;
using testing::status_of;

TEST(PrivateRoutes_Test, SaysThatItIsAliveAndWhyItIsNotReady) {
    Station station;
    EXPECT_EQ(status_of(station.ask_privately(http("GET", "/healthz"))), 200);
    EXPECT_EQ(status_of(station.ask_privately(http("GET", "/readyz"))), 200);

    station.why_not_ready = "the disk is full";

    const auto response = station.ask_privately(http("GET", "/readyz"));
    EXPECT_EQ(status_of(response), 503);
    EXPECT_EQ(body_of(response), "the disk is full\n");
    EXPECT_EQ(status_of(station.ask_privately(http("GET", "/healthz"))), 200);
}

TEST(PrivateRoutes_Test, IsReadyAllTheSameWhereSomethingWantsALook) {
    Station station;
    EXPECT_EQ(body_of(station.ask_privately(http("GET", "/readyz"))), "ready\n");

    station.remark = "pages differ";

    const auto response = station.ask_privately(http("GET", "/readyz"));
    EXPECT_EQ(status_of(response), 200);
    EXPECT_EQ(body_of(response), "ready, but pages differ\n");
}

TEST(PrivateRoutes_Test, ShowsTheFigures) {
    Station station;
    station.ask(Station::kannel_text("+8619900000001", "你好", "1"));

    const auto response = station.ask_privately(http("GET", "/metrics"));

    EXPECT_EQ(status_of(response), 200);
    EXPECT_THAT(response, HasSubstr(Metrics::kContentType));
    EXPECT_THAT(response, HasSubstr("channel=\"kannel\""));
}

TEST(PrivateRoutes_Test, PutsTextsIntoTheMailbox) {
    Station station;

    const auto response =
        station.ask_privately(http("POST", "/handset/handset", R"({"id":4,"to":"+8619900000001","text":"您好"})"));

    EXPECT_EQ(status_of(response), 202);
    const auto texts = station.mailbox.take_after(phone(1), 0);
    ASSERT_EQ(texts.size(), 1U);
    EXPECT_EQ(texts.front().text, "您好");
    EXPECT_EQ(texts.front().message, core::OutboxId{4});
}

TEST(PrivateRoutes_Test, RefusesEverythingElseClearly) {
    Station station;
    const auto ask = [&](std::string_view method, std::string_view target, std::string_view body = {}) {
        return station.ask_privately(http(method, target, body));
    };
    EXPECT_EQ(status_of(ask("GET", "/")), 404);
    EXPECT_EQ(status_of(ask("GET", "/in/kannel/x/sms")), 404);
    EXPECT_EQ(status_of(ask("POST", "/healthz")), 405);
    EXPECT_THAT(ask("POST", "/metrics"), HasSubstr("Allow: GET"));
    EXPECT_THAT(ask("GET", "/handset/handset"), HasSubstr("Allow: POST"));
    EXPECT_EQ(status_of(ask("POST", "/handset/handset", "{}")), 400);
    EXPECT_EQ(status_of(ask("POST", "/handset/handset", "not json")), 400);
    EXPECT_EQ(status_of(ask("POST", "/handset/handset", R"({"id":4,"to":"nobody","text":"x"})")), 400);
    EXPECT_EQ(status_of(ask("POST", "/handset/handset", std::string(100'000, ' '))), 413);
    EXPECT_TRUE(station.mailbox.take_after(phone(1), 0).empty());
}

TEST(Mailbox_Test, IsBounded) {
    Mailbox mailbox{core::Instant{}};
    for (int text = 0; text < 500; ++text) mailbox.put(phone(1), {}, std::to_string(text));
    EXPECT_EQ(mailbox.take_after(phone(1), 0).size(), 100U);
    EXPECT_EQ(mailbox.take_after(phone(1), 0).back().text, "499");

    for (int other = 0; other < 5'000; ++other) mailbox.put(phone(1'000 + other), {}, "x");
    int kept = 0;
    for (int other = 0; other < 5'000; ++other)
        kept += static_cast<int>(mailbox.take_after(phone(1'000 + other), 0).size());
    EXPECT_LE(kept, 1'000);
    EXPECT_EQ(mailbox.take_after(phone(5'999), 0).size(), 1U);
}

/// A phone that is open while the service is restarted has read up to a number of the service before.
TEST(Mailbox_Test, APhoneReadsOnBehindARestart) {
    const core::Instant began{std::chrono::hours{1}};
    Mailbox before{began};
    for (const auto* text : {"a", "b", "c"}) before.put(phone(1), {}, text);
    const auto read = before.take_after(phone(1), 0).back().number;

    Mailbox after{began + std::chrono::seconds{1}};
    after.put(phone(1), {}, "d");
    ASSERT_EQ(after.take_after(phone(1), read).size(), 1U);
}

}  // namespace
}  // namespace harborline::gateway
