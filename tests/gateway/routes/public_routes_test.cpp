// What carriers and strangers get from the public listener, over real HTTP on loopback.
#include "gateway/routes/public_routes.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <string>

#include "tests/support/station.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using testing::body_of;
using ::testing::HasSubstr;
using testing::http;
using ::testing::Not;
using testing::phone;
using testing::Station;
using testing::status_of;
using testing::words;
using Said = std::vector<std::string>;

constexpr std::string_view kHer = "+8619900000001";
constexpr std::string_view kText = "有一件不能让人知道的事";

std::string kannel(std::string_view query) {
    return http("GET", Station::path("kannel", Station::kKannelToken, "sms").append("?").append(query));
}

/// I13: bad input gets a clear 4xx, and nothing is stored.
struct Bad {
    std::string name{};
    std::string request{};
    int status = 400;
    std::string header{};
    friend void PrintTo(const Bad& bad, std::ostream* out) { *out << bad.name; }
};

const Bad kBad[] = {
    {"WrongToken", http("GET", Station::path("kannel", "kannel-token-0123456789b", "sms?from=1")), 404},
    {"NoToken", http("GET", "/in/kannel/sms"), 404},
    {"AnotherChannelsToken", http("POST", Station::path("kannel", Station::kHandsetToken, "sms"), "[]"), 404},
    {"UnknownAction", http("GET", Station::path("kannel", Station::kKannelToken, "ussd")), 404},
    {"RootOfTheListener", http("GET", "/"), 404},
    {"WrongMethod", http("DELETE", Station::path("kannel", Station::kKannelToken, "sms")), 405, "Allow: GET, POST"},
    {"WrongMethodOfHandset", http("GET", Station::path("handset", Station::kHandsetToken, "sms")), 405, "Allow: POST"},
    {"BodyOfTenMegabytes",
     http("POST", Station::path("kannel", Station::kKannelToken, "sms"), std::string(10 * 1024 * 1024, 'x')), 413},
    {"TenMegabytesAnnounced",
     "POST " + Station::path("kannel", Station::kKannelToken, "sms") +
         " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 10485760\r\n\r\n",
     413},
    {"BrokenPercentSign", kannel("from=%2B8619900000001&to=12338&text=%E6%9&id=1")},
    {"DataAndNoText", kannel("from=%2B8619900000001&to=12338&text=%01%02&coding=1&charset=8-BIT&id=1")},
    {"UnknownCoding", kannel("from=%2B8619900000001&to=12338&text=abc&coding=7&id=1")},
    {"UnknownCharset", kannel("from=%2B8619900000001&to=12338&text=abc&coding=0&charset=KLINGON&id=1")},
    {"MissingSender", kannel("to=12338&text=abc&coding=0&id=1")},
    {"SenderThatIsNoNumber", kannel("from=%01%02%03&to=12338&text=abc&coding=0&id=1")},
    {"SenderTwice", kannel("from=%2B8619900000001&from=%2B8619900000002&to=12338&text=abc&id=1")},
    {"BrokenUserDataHeader", kannel("from=%2B8619900000001&to=12338&text=abc&coding=0&udh=%05%00%03%01&id=1")},
    {"NotJson", Station::handset_texts("{\"from\":")},
    {"EmptyBatch", Station::handset_texts("[]")},
    {"BatchOfJunk", Station::handset_texts(R"([1, "x", {}, null, [], {"from":"","text":"x","id":"1"}])")},
    {"BatchOfAThousand", Station::handset_texts("[" +
                                                [] {
                                                    std::string all;
                                                    for (int i = 0; i < 1'000; ++i) all += "{},";
                                                    return all + "{}]";
                                                }())},
    {"DeepJson", Station::handset_texts(std::string(2'000, '['))},
    {"BrokenUtf8InJson", Station::handset_texts("{\"from\":\"+8619900000001\",\"text\":\"\xE6\x9C\",\"id\":\"1\"}")},
    {"MissingId", Station::handset_texts(R"({"from":"+8619900000001","text":"abc"})")},
    {"JunkReceipt", http("GET", Station::path("kannel", Station::kKannelToken, "status") + "?id=abc&state=%d")},
    {"JunkInbox", http("POST", Station::path("handset", Station::kHandsetToken, "inbox"), "{}")},
    {"InboxOfNobody",
     http("POST", Station::path("handset", Station::kHandsetToken, "inbox"), R"({"number":"nobody","after":0})")},
    {"InboxOnAnotherCarrier", http("POST", Station::path("kannel", Station::kKannelToken, "inbox"), "{}"), 404},
};

class I13_BadInput : public ::testing::TestWithParam<Bad> {};

TEST_P(I13_BadInput, IsAClearRefusalAndStoresNothing) {
    Station station;
    const auto before = station.world.fingerprint();

    const auto response = station.ask(GetParam().request);

    EXPECT_EQ(status_of(response), GetParam().status) << response;
    EXPECT_THAT(response, HasSubstr(GetParam().header));
    EXPECT_GT(body_of(response).size(), 3U);
    EXPECT_THAT(response, Not(HasSubstr("1990000")));
    EXPECT_THAT(response, Not(HasSubstr("token-0123456789")));
    EXPECT_EQ(station.world.fingerprint(), before);
    // The service goes on.
    EXPECT_EQ(status_of(station.ask(Station::kannel_text(kHer, kText, "good"))), 200);
    EXPECT_EQ(station.world.turns().size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Requests, I13_BadInput, ::testing::ValuesIn(kBad),
                         [](const auto& param_info) { return param_info.param.name; });

TEST(PublicRoutes_Test, AWrongTokenAnUnknownChannelAndAForeignNetworkAreTheSame) {
    Station station;
    const auto wrong = station.ask(http("GET", Station::path("kannel", "wrong-token-0123456789aa", "sms")));
    const auto unknown = station.ask(http("GET", Station::path("nobody", Station::kKannelToken, "sms")));
    const auto foreign = station.ask(http("GET", Station::path("fenced", Station::kFencedToken, "sms")));

    EXPECT_EQ(status_of(wrong), 404);
    EXPECT_EQ(unknown, wrong);
    EXPECT_EQ(foreign, wrong);
}

TEST(PublicRoutes_Test, AForeignNetworkStoresNothing) {
    Station station;
    const auto before = station.world.fingerprint();

    station.ask(http("GET", Station::path("fenced", Station::kFencedToken, "sms") +
                                "?from=%2B8619900000001&to=12338&text=abc&coding=0&id=1"));

    EXPECT_EQ(station.world.fingerprint(), before);
    EXPECT_EQ(station.outcomes, std::vector{InboundOutcome::kRefused});
}

/// Behind a proxy on this machine whoever knows the demonstration's token would write as any number.
TEST(PublicRoutes_Test, WhatAProxyHasPassedOnIsForeignToTheHandsetChannelsOnly) {
    Station station;
    const auto before = station.world.fingerprint();
    for (const std::string proxy : {"X-Forwarded-For: 192.0.2.1", "forwarded: for=192.0.2.1", "Via: 1.1 proxy"}) {
        const auto headers = "Content-Type: application/json\r\n" + proxy + "\r\n";
        const auto text = http("POST", Station::path("handset", Station::kHandsetToken, "sms"),
                               R"({"from":"+8619900000001","text":"abc","id":"1"})", headers);
        const auto inbox = http("POST", Station::path("handset", Station::kHandsetToken, "inbox"),
                                R"({"number":"+8619900000001","after":0})", headers);
        EXPECT_EQ(status_of(station.ask(text)), 404) << proxy;
        EXPECT_EQ(status_of(station.ask(inbox)), 404) << proxy;
    }
    EXPECT_EQ(station.world.fingerprint(), before);

    const auto carrier = http("GET",
                              Station::path("kannel", Station::kKannelToken, "sms") +
                                  "?from=%2B8619900000001&to=12338&text=abc&coding=0&id=1",
                              {}, "X-Forwarded-For: 192.0.2.1\r\n");
    EXPECT_EQ(status_of(station.ask(carrier)), 200);
}

TEST(PublicRoutes_Test, BothTokensServeWhileTheyAreChanged) {
    Station station;
    for (const auto token : {Station::kKannelToken, Station::kOldToken}) {
        const auto response = station.ask(http(
            "GET", Station::path("kannel", token, "sms") +
                       "?from=%2B8619900000001&to=12338&text=abc&coding=0&id=" + std::string{token.substr(13, 3)}));
        EXPECT_EQ(status_of(response), 200);
    }
    EXPECT_EQ(station.world.turns().size(), 2U);
}

TEST(PublicRoutes_Test, ATextIsTakenAndAnsweredThroughTheOutboxOnly) {
    Station station;

    const auto response = station.ask(Station::kannel_text(kHer, kText, "1"));

    EXPECT_EQ(status_of(response), 200);
    EXPECT_EQ(body_of(response), "");  // Kannel would send any word of it.
    EXPECT_EQ(station.world.turns().front().text, kText);
    EXPECT_EQ(station.world.turns().front().channel, "kannel");
    EXPECT_EQ(station.world.news(phone(1)).size(), 1U);
}

/// A phone cuts an emoji where its text is full; refused, the carrier would bring it for ever, and she hear nothing.
TEST(PublicRoutes_Test, ATextWithABrokenCharacterIsTakenAndAnswered) {
    for (const auto* broken :
         {"text=%E6%B1%82%F0%9F&coding=0&charset=UTF-8", "text=lB%D8%3D&coding=2&charset=UTF-16BE"}) {
        Station station;

        const auto response = station.ask(kannel("from=%2B8619900000001&to=12338&id=1&" + std::string{broken}));

        EXPECT_EQ(status_of(response), 200);
        ASSERT_EQ(station.world.turns().size(), 1U);
        EXPECT_EQ(station.world.turns().front().text, "求\uFFFD");
        EXPECT_EQ(station.world.news(phone(1)).size(), 1U);
    }
}

TEST(PublicRoutes_Test, I2_TheSameWebhookTwiceGetsTheSameAnswer) {
    for (const auto& request : {Station::kannel_text(kHer, kText, "7"),
                                Station::kannel_text(kHer, kText, "", "&coding=2&charset=UTF-8&time=1804040000"),
                                Station::handset_texts(R"({"from":"+8619900000001","text":"abcdefghij","id":"9"})")}) {
        Station station;
        const auto first = station.ask(request);
        const auto before = station.world.fingerprint();

        EXPECT_EQ(station.ask(request), first);

        EXPECT_EQ(station.world.fingerprint(), before);
        EXPECT_EQ(station.outcomes, (std::vector{InboundOutcome::kAnswered, InboundOutcome::kRepeated}));
    }
}

TEST(PublicRoutes_Test, HalfABatchBrokenKeepsTheGoodHalf) {
    Station station;

    const auto response = station.ask(Station::handset_texts(
        R"([{"from":"+8619900000001","text":"abc","id":"1"}, {"from":"nobody"}, 7,
            {"from":"+8619900000002","text":"def","id":"2"}])"));

    EXPECT_EQ(status_of(response), 200);
    EXPECT_EQ(station.world.turns().size(), 2U);
    EXPECT_EQ(std::ranges::count(station.outcomes, InboundOutcome::kRefused), 2);
}

TEST(PublicRoutes_Test, WhileTheStoreIsInTroubleTheCarrierIsAskedToTryAgain) {
    Station station;
    const auto before = station.world.fingerprint();
    station.tap.unavailable_after = 0;

    const auto response = station.ask(Station::kannel_text(kHer, kText, "1"));

    EXPECT_EQ(status_of(response), 503);
    EXPECT_EQ(station.world.fingerprint(), before);
    EXPECT_EQ(station.outcomes, std::vector{InboundOutcome::kUnavailable});

    station.tap.unavailable_after = -1;
    EXPECT_EQ(status_of(station.ask(Station::kannel_text(kHer, kText, "1"))), 200);
    EXPECT_EQ(station.world.turns().size(), 1U);
}

TEST(PublicRoutes_Test, ABatchCutShortByTheStoreIsCompletedByItsRepeat) {
    Station station;
    const auto batch = Station::handset_texts(
        R"([{"from":"+8619900000001","text":"abc","id":"1"},{"from":"+8619900000002","text":"def","id":"2"}])");
    station.tap.unavailable_after = 1;
    EXPECT_EQ(status_of(station.ask(batch)), 503);
    EXPECT_EQ(station.world.turns().size(), 1U);

    station.tap.unavailable_after = -1;
    EXPECT_EQ(status_of(station.ask(batch)), 200);

    EXPECT_EQ(station.world.turns().size(), 2U);
    EXPECT_EQ(station.outcomes, (std::vector{InboundOutcome::kAnswered, InboundOutcome::kUnavailable,
                                             InboundOutcome::kRepeated, InboundOutcome::kAnswered}));
}

int status_of_text(Station& station, std::string_view from, std::string_view text, int id) {
    return status_of(station.ask(Station::kannel_text(from, text, std::to_string(id))));
}

TEST(RateLimits_Test, AFloodingHandsetIsAskedToComeAgainAndNothingIsStored) {
    Station station(Station::Limits{.texts_per_min = 3});
    for (int i = 1; i <= 3; ++i) EXPECT_EQ(status_of_text(station, kHer, "abc", i), 200);
    const auto before = station.world.fingerprint();

    const auto response = station.ask(Station::kannel_text(kHer, "abc", "4"));

    EXPECT_EQ(status_of(response), 429);
    EXPECT_THAT(response, ::testing::ContainsRegex("Retry-After: (1[0-9]|20)\r\n"));
    EXPECT_THAT(response, Not(HasSubstr("1990000")));
    EXPECT_EQ(station.world.fingerprint(), before);
    EXPECT_EQ(station.outcomes.back(), InboundOutcome::kLimited);
    EXPECT_THAT(station.metrics.exposition(), HasSubstr("channel=\"kannel\",outcome=\"limited\"} 1"));
    EXPECT_EQ(status_of_text(station, "+8619900000002", "abc", 5), 200);
}

TEST(RateLimits_Test, DangerIsNeverLimited) {
    Station station(Station::Limits{.texts_per_min = 1, .inbound_per_s = 1});
    for (int i = 1; i <= 12; ++i) status_of_text(station, kHer, "abc", i);
    ASSERT_EQ(status_of_text(station, kHer, "abc", 13), 429);

    EXPECT_EQ(status_of_text(station, kHer, "9", 14), 200);
    EXPECT_EQ(status_of_text(station, kHer, "*0", 15), 200);
    EXPECT_EQ(status_of_text(station, kHer, "按９", 16), 200);
    EXPECT_EQ(status_of_text(station, kHer, "99", 17), 429);
}

TEST(RateLimits_Test, ANewHandsetGetsThroughAChannelThatIsOverItsLimit) {
    Station station(Station::Limits{.inbound_per_s = 1});
    for (int i = 1; i <= 10; ++i) ASSERT_EQ(status_of_text(station, kHer, "abc", i), 200);
    ASSERT_EQ(status_of_text(station, kHer, "abc", 11), 429);

    for (int i = 2; i <= 9; ++i)
        EXPECT_EQ(status_of_text(station, "+8619900000" + std::to_string(100 + i), "abc", 20 + i), 200);

    EXPECT_EQ(status_of_text(station, kHer, "abc", 12), 429);
}

/// The second part of her first text is as new as the first.
TEST(RateLimits_Test, WhatFollowsANewHandsetsFirstTextGetsThroughTooUpToTen) {
    Station station(Station::Limits{.inbound_per_s = 1});
    for (int i = 1; i <= 10; ++i) ASSERT_EQ(status_of_text(station, kHer, "abc", i), 200);
    ASSERT_EQ(status_of_text(station, kHer, "abc", 11), 429);

    for (int i = 1; i <= 10; ++i) EXPECT_EQ(status_of_text(station, "+8619900000002", "abc", 20 + i), 200) << i;

    EXPECT_EQ(status_of_text(station, "+8619900000002", "abc", 31), 429);
}

TEST(RateLimits_Test, ReceiptsHaveTheirOwnLimitAndNoneOfTheHandset) {
    Station station(Station::Limits{.texts_per_min = 1, .inbound_per_s = 1});
    const auto receipt =
        http("GET", Station::path("kannel", Station::kKannelToken, "status") + "?id=1&part=1&parts=1&state=1");
    for (int i = 1; i <= 12; ++i) status_of_text(station, kHer, "abc", i);

    for (int i = 1; i <= 10; ++i) EXPECT_EQ(status_of(station.ask(receipt)), 200);
    EXPECT_EQ(status_of(station.ask(receipt)), 429);
}

TEST(RateLimits_Test, ABatchIsTakenWholeOrNotAtAll) {
    Station station(Station::Limits{.texts_per_min = 2});
    std::string batch;
    for (int i = 1; i <= 5; ++i)
        batch += R"({"from":"+8619900000001","text":"abc","id":")" + std::to_string(i) + R"("},)";
    batch = Station::handset_texts("[" + batch.substr(0, batch.size() - 1) + "]");

    EXPECT_EQ(status_of(station.ask(batch)), 200);
    EXPECT_EQ(station.world.turns().size(), 5U);
    EXPECT_EQ(status_of(station.ask(batch)), 429);

    const auto with_danger = Station::handset_texts(
        R"([{"from":"+8619900000001","text":"abc","id":"6"},{"from":"+8619900000001","text":"9","id":"7"}])");
    EXPECT_EQ(status_of(station.ask(with_danger)), 200);
    EXPECT_EQ(station.world.turns().size(), 7U);
}

TEST(RateLimits_Test, AStrangerIsTurnedAwayAfterSoManyConnections) {
    Station station(Station::Limits{.strangers_per_min = 3});
    const auto stranger = http("GET", "/in/kannel/not-a-token-0123456789a/sms?from=1");
    // The handset channel's networks hold this address: only a station without it has strangers here.
    for (int i = 0; i < 3; ++i) EXPECT_EQ(station.routes.admits("192.0.2.1"), Admission::kUnknown);
    EXPECT_EQ(station.routes.admits("192.0.2.1"), Admission::kRefused);

    for (int i = 0; i < 10; ++i) EXPECT_EQ(status_of(station.ask(stranger)), 404);
    // A network of the fenced channel.
    for (int i = 0; i < 10; ++i) EXPECT_EQ(station.routes.admits("10.1.2.3"), Admission::kKnown);
}

TEST(RateLimits_Test, AServerClosesWhomItDoesNotAdmit) {
    Station station;
    bool open = false;
    const auto admit = [&](std::string_view peer) {
        return open && peer == "127.0.0.1" ? Admission::kKnown : Admission::kRefused;
    };
    auto server = gateway::Server::listen(
                      station.loop, {.admit = admit}, [](std::string_view, std::string_view) { return RouteLimits{}; },
                      [](WebRequest&) -> boost::asio::awaitable<WebResponse> { co_return WebResponse{}; })
                      .value();
    boost::asio::co_spawn(station.loop, server->run(), [](std::exception_ptr) {});

    EXPECT_EQ(testing::exchange(station.loop, server->port(), http("GET", "/")), "");
    EXPECT_EQ(server->counts().turned_away, 1U);
    open = true;
    EXPECT_EQ(status_of(testing::exchange(station.loop, server->port(), http("GET", "/"))), 200);
}

/// Nothing is acknowledged before it is durable: the answer waits for the store's word, and for nothing else.
class I1_Acknowledgement : public ::testing::TestWithParam<std::string> {};

TEST_P(I1_Acknowledgement, ComesOnlyAfterTheCommit) {
    Station station;
    station.tap.hold_back();
    const testing::HttpPeer peer(station.loop, station.server->port(), Station::kannel_text(kHer, GetParam(), "1"));
    ASSERT_TRUE(testing::run_until(station.loop, [&] { return station.tap.submitted == 1; }));
    ASSERT_TRUE(station.tap.wait_for_held(1));

    // Committed, and yet nobody was told: no byte has gone out.
    EXPECT_EQ(station.world.turns().size(), 1U);
    while (station.loop.poll() > 0) continue;
    EXPECT_EQ(peer.heard(), "");
    EXPECT_FALSE(peer.done());

    station.tap.release();
    ASSERT_TRUE(testing::run_until(station.loop, [&] { return peer.done(); }));
    EXPECT_EQ(status_of(peer.heard()), 200);
}

INSTANTIATE_TEST_SUITE_P(Texts, I1_Acknowledgement, ::testing::Values("你好", "9", "*0"),
                         [](const auto& param_info) { return "Text" + std::to_string(param_info.index); });

TEST(PublicRoutes_Test, I13_ATurnThatThrowsIsAnsweredAndItsTextKept) {
    const auto broken = testing::book_that_does("fail");
    Station station(nullptr, broken);
    for (const auto* said : {"你好", "7"})
        station.ask(Station::kannel_text(kHer, said, said == std::string{"7"} ? "2" : "1"));

    const auto request = Station::kannel_text(kHer, kText, "3");
    const auto response = station.ask(request);

    EXPECT_EQ(status_of(response), 200);
    EXPECT_EQ(station.outcomes.back(), InboundOutcome::kStranded);
    ASSERT_EQ(station.world.stranded().size(), 1U);
    EXPECT_EQ(station.world.news(phone(1)).back(), words("err.busy"));

    const auto before = station.world.fingerprint();
    EXPECT_EQ(station.ask(request), response);
    EXPECT_EQ(station.world.fingerprint(), before);
}

/// Not even the kind words can be written: the bare text is kept all the same, and once.
TEST(PublicRoutes_Test, I13_WhereStrandingThrowsTooTheBareTextIsKept) {
    auto sources = testing::shipped_sources();
    for (auto& [language, file] : sources.texts)
        for (const std::string_view key : {"\"adm.stranded\"", "\"main.menu\""})
            if (const auto at = file.content.find(key); at != std::string::npos) file.content.replace(at, 5, "\"gone");
    core::Findings ignored;
    const auto book = flow::read_book(sources, ignored);
    Station station(nullptr, book);
    const auto request = Station::kannel_text(kHer, kText, "1");

    EXPECT_EQ(status_of(station.ask(request)), 200);
    EXPECT_EQ(status_of(station.ask(request)), 200);

    ASSERT_EQ(station.world.stranded().size(), 1U);
    EXPECT_EQ(station.world.stranded().front().inbound.text, kText);
}

TEST(PublicRoutes_Test, ReceiptsAreKeptAndStrangersReceiptsAccepted) {
    Station station;
    station.ask(Station::kannel_text(kHer, kText, "1"));
    const auto id = station.world.messages_to(phone(1)).front().id;
    station.world.in([&](storage::Transaction& tx) {
        auto message =
            tx.outbox().claim_due("kannel", station.world.clock.now(), station.world.clock.now() + 1min, 1).front();
        message.state = core::MessageState::kSent;
        tx.outbox().settle(message);
    });
    const auto receipt = [&](std::int64_t message) {
        return http("GET", Station::path("kannel", Station::kKannelToken, "status") + "?id=" + std::to_string(message) +
                               "&part=1&parts=1&attempt=1&state=1");
    };

    EXPECT_EQ(status_of(station.ask(receipt(id.value))), 200);
    EXPECT_EQ(status_of(station.ask(receipt(987'654))), 200);

    EXPECT_EQ(station.world.messages_to(phone(1)).front().state, core::MessageState::kDelivered);
    station.tap.unavailable_after = 0;
    EXPECT_EQ(status_of(station.ask(receipt(id.value))), 503);
}

TEST(PublicRoutes_Test, TheInboxHandsOutWhatLiesThereForOnePhone) {
    Station station;
    station.mailbox.put(phone(1), core::OutboxId{5}, "您好");
    station.mailbox.put(phone(2), core::OutboxId{6}, "不是给她的");
    const auto inbox = [](int after) {
        return http("POST", Station::path("handset", Station::kHandsetToken, "inbox"),
                    R"({"number":"+8619900000001","after":)" + std::to_string(after) + "}");
    };

    EXPECT_EQ(body_of(station.ask(inbox(0))), R"({"texts":[{"number":1,"id":5,"text":"您好"}]})");
    EXPECT_EQ(body_of(station.ask(inbox(1))), R"({"texts":[]})");
}

}  // namespace
}  // namespace harborline::gateway
