#include "gateway/http/metrics.hpp"

#include <gmock/gmock.h>

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Metrics, ShowsEveryFigureFromTheStart) {
    const Metrics metrics({"kannel"});

    const auto shown = metrics.exposition();

    for (const auto* name :
         {"harborline_inbound_total{channel=\"kannel\",outcome=\"stranded\"} 0",
          "harborline_sends_total{result=\"unknown\"} 0", "harborline_turn_seconds_count 0",
          "harborline_queue_waiting 0", "harborline_outbox_waiting 0", "harborline_stranded 0",
          "harborline_pages_sent_total 0", "harborline_nobody_on_duty_total 0", "harborline_duty_audit_differences 0",
          "harborline_connections 0", "# TYPE harborline_turn_seconds histogram"}) {
        EXPECT_THAT(shown, HasSubstr(name));
    }
}

TEST(Metrics, CountsWhatItIsTold) {
    Metrics metrics({"kannel", "handset"});

    metrics.inbound("handset", InboundOutcome::kAnswered);
    metrics.inbound("handset", InboundOutcome::kUnavailable);
    metrics.sent(SendOutcome::kRetry);
    metrics.turn_took(3ms);
    metrics.outbox_waiting(17);

    const auto shown = metrics.exposition();
    EXPECT_THAT(shown, HasSubstr("harborline_inbound_total{channel=\"handset\",outcome=\"answered\"} 1"));
    EXPECT_THAT(shown, HasSubstr("harborline_inbound_total{channel=\"handset\",outcome=\"unavailable\"} 1"));
    EXPECT_THAT(shown, HasSubstr("harborline_sends_total{result=\"retry\"} 1"));
    EXPECT_THAT(shown, HasSubstr("harborline_turn_seconds_bucket{le=\"0.0025\"} 0"));
    EXPECT_THAT(shown, HasSubstr("harborline_turn_seconds_bucket{le=\"0.005\"} 1"));
    EXPECT_THAT(shown, HasSubstr("harborline_outbox_waiting 17"));
}

TEST(Metrics, WhatArrivesCanNotAddALabel) {
    Metrics metrics({"kannel"});

    metrics.inbound("+8619900000001", InboundOutcome::kRefused);

    const auto shown = metrics.exposition();
    EXPECT_THAT(shown, Not(HasSubstr("19900000001")));
    EXPECT_THAT(shown, HasSubstr("harborline_inbound_total{channel=\"none\",outcome=\"refused\"} 1"));
}

}  // namespace
}  // namespace harborline::gateway
