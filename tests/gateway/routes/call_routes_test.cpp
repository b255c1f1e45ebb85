// What carriers of calls get, over real HTTP on loopback: whole calls in both dialects.
#include <gmock/gmock.h>

#include <regex>
#include <string>
#include <vector>

#include "tests/support/call_station.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using testing::body_of;
using testing::CallStation;
using ::testing::HasSubstr;
using testing::http;
using testing::kWang;
using testing::kZhao;
using ::testing::Not;
using testing::phone;
using testing::status_of;
using testing::wav_of;

constexpr const char* kOurs = "%2B8645112338000";
constexpr const char* kRecordings = "http%3A%2F%2Fapi.example.org%2F2010-04-01%2FAccounts%2FAC0001%2FRecordings%2FRE1";

/// What is made anew for each answer is not what makes two answers differ.
std::string without_addresses(const std::string& response) {
    return std::regex_replace(response, std::regex{"/audio/[^\"<]*"}, "/audio/");
}

std::string found(const std::string& text, const char* pattern) {
    std::smatch match;
    return std::regex_search(text, match, std::regex{pattern}) ? match[1].str() : std::string{};
}

/// A call in one carrier's dialect. Every request comes twice, as from a carrier that tries again, and the repeat
/// must change nothing and be answered alike (I2).
class Caller {
  public:
    Caller(CallStation& station, std::string channel, std::string from = "%2B8619900000001")
        : station_(station), channel_(std::move(channel)), from_(std::move(from)) {}
    virtual ~Caller() = default;

    virtual std::string begin() { return say(request("voice", "")); }
    virtual std::string request(const std::string& action, const std::string& more) const = 0;
    virtual std::string keys(std::string_view digits) = 0;
    virtual std::string speaks() = 0;
    virtual std::string leaves() = 0;

    std::string say(const std::string& written) {
        const auto response = station_.ask(written);
        const auto turns = station_.world.turns().size();
        EXPECT_EQ(without_addresses(station_.ask(written)), without_addresses(response));
        EXPECT_EQ(station_.world.turns().size(), turns);
        EXPECT_EQ(status_of(response), 200) << response;
        if (const auto next = found(response, "/(voice/[0-9]+)"); !next.empty()) next_ = next;
        return body_of(response);
    }
    const std::string& next() const { return next_; }
    int step() const { return std::stoi(next_.substr(next_.find('/') + 1)); }
    const std::string& channel() const { return channel_; }

    /// Up to the question that she answers in her own words.
    std::string goes_to_her_story() {
        begin();
        for (const std::string_view digit : {"2", "1", "2", "3"}) keys(digit);
        return keys("1");
    }
    /// Answers yes until the matter is filed. What was said then.
    std::string agrees_until_filed() {
        std::string said;
        for (int asked = 0; asked < 4 && station_.world.cases().empty(); ++asked) said = keys("1");
        return said;
    }

  protected:
    CallStation& station_;
    std::string channel_;
    std::string from_;
    std::string next_{};
};

class TwilioCaller : public Caller {
  public:
    explicit TwilioCaller(CallStation& station, std::string channel = "twilio", std::string from = "%2B8619900000001")
        : Caller(station, std::move(channel), std::move(from)) {}
    std::string request(const std::string& action, const std::string& more) const override {
        const std::string status = more.find("CallStatus") == std::string::npos ? "&CallStatus=in-progress" : "";
        return CallStation::signed_form(
            channel_, action,
            "CallSid=CA1&AccountSid=AC0001&From=" + from_ + "&To=" + kOurs + "&Direction=inbound" + status + more);
    }
    std::string keys(std::string_view digits) override { return say(request(next_, "&Digits=" + std::string{digits})); }
    std::string speaks() override {
        return say(request(next_ + "?was=record", "&Digits=%23&RecordingUrl=" + std::string{kRecordings}));
    }
    std::string leaves() override { return say(request("end", "&CallStatus=completed")); }
};

class SwitchCaller : public Caller {
  public:
    explicit SwitchCaller(CallStation& station, std::string channel = "switch") : Caller(station, std::move(channel)) {}
    std::string request(const std::string& action, const std::string& more) const override {
        return CallStation::form(channel_, action,
                                 "session_id=a1-b2&Caller-Direction=inbound&Caller-Caller-ID-Number=" + from_ +
                                     "&Caller-Destination-Number=12333" + more);
    }
    std::string keys(std::string_view digits) override {
        return say(request(next_, "&keys_" + std::to_string(step()) + "=" + std::string{digits}));
    }
    std::string speaks() override { return say(recording(wav_of(300ms))); }
    std::string recording(const std::string& wav, const NamedValues& more = {}) const {
        NamedValues fields{{"session_id", "a1-b2"},
                           {"Caller-Direction", "inbound"},
                           {"Caller-Caller-ID-Number", "+8619900000001"},
                           {"Caller-Destination-Number", "12333"}};
        fields.insert(fields.end(), more.begin(), more.end());
        return CallStation::multipart(channel_, next_, fields, wav);
    }
    std::string leaves() override { return say(request(next_, "&exiting=true")); }
};

struct Dialect {
    std::string name{};
    std::unique_ptr<Caller> (*caller)(CallStation& station) = nullptr;
    storage::Recording::State recording{};
    std::string ends{};   ///< In the document that ends the call.
    std::string hears{};  ///< In one that takes her words down.
    std::string again{};  ///< In one that says that nothing was stored.
    friend void PrintTo(const Dialect& dialect, std::ostream* out) { *out << dialect.name; }
};

template <class Kind>
std::unique_ptr<Caller> caller(CallStation& station) {
    return std::make_unique<Kind>(station);
}

const Dialect kDialects[] = {
    {"Twilio", caller<TwilioCaller>, storage::Recording::State::kFetching, "<Hangup", "<Record", "刚才没收到"},
    {"FreeSwitch", caller<SwitchCaller>, storage::Recording::State::kKept, "<hangup", "<record", "/audio/"},
};

class CallRoutes_Test : public ::testing::TestWithParam<Dialect> {
  protected:
    CallStation station;
    std::unique_ptr<Caller> she = GetParam().caller(station);
};

TEST_P(CallRoutes_Test, AWholePetitionIsToldAndEveryRepeatGetsTheSameAnswer) {
    EXPECT_THAT(she->goes_to_her_story(), HasSubstr(GetParam().hears));
    she->speaks();
    she->agrees_until_filed();
    she->leaves();

    const auto filed = station.world.only_case();
    EXPECT_EQ(filed.category, "land");
    const auto told = station.recordings_of(filed.id);
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told.front().state, GetParam().recording);
    EXPECT_EQ(told.front().channel, she->channel());
    EXPECT_THAT(station.world.entries(filed.id, core::CaseEntry::Kind::kSaid), ::testing::SizeIs(1));
    EXPECT_EQ(std::ranges::count(station.outcomes, InboundOutcome::kAnswered),
              std::ranges::count(station.outcomes, InboundOutcome::kRepeated));
    EXPECT_TRUE(station.world.stranded().empty());
}

TEST_P(CallRoutes_Test, WhatCannotBeStoredIsSaidAndNotSilence) {
    she->begin();
    const auto before = station.world.fingerprint();
    station.tap.unavailable_after = 0;

    const auto lost = station.ask(she->request(she->next(), "&Digits=2&keys_1=2"));
    EXPECT_EQ(status_of(lost), 200);
    EXPECT_THAT(lost, HasSubstr("Content-Type: text/xml"));
    EXPECT_THAT(body_of(lost), HasSubstr(GetParam().again));
    EXPECT_THAT(body_of(lost), HasSubstr(GetParam().ends));
    EXPECT_EQ(station.world.fingerprint(), before);
    EXPECT_EQ(station.outcomes.back(), InboundOutcome::kUnavailable);

    station.tap.unavailable_after = -1;
    EXPECT_THAT(she->keys("2"), Not(HasSubstr(GetParam().ends)));
}

TEST_P(CallRoutes_Test, WhoIsStillOnTheLineIsNeverAnsweredWithAnError) {
    she->begin();
    const auto before = station.world.fingerprint();
    const std::string form = "Content-Type: application/x-www-form-urlencoded\r\n";
    const auto of_nobody = she->channel() == "twilio" ? CallStation::signed_form("twilio", she->next(), "Digits=1")
                                                      : CallStation::form("switch", she->next(), "keys_1=1");

    const auto answer = station.ask(of_nobody);

    EXPECT_EQ(status_of(answer), 200);
    EXPECT_THAT(answer, HasSubstr("Content-Type: text/xml"));
    EXPECT_THAT(body_of(answer), HasSubstr(GetParam().again));
    EXPECT_THAT(body_of(answer), HasSubstr(GetParam().ends));
    EXPECT_EQ(station.outcomes.back(), InboundOutcome::kRefused);
    EXPECT_EQ(station.world.fingerprint(), before);
    EXPECT_EQ(status_of(station.ask(she->request("voice/", ""))), 404) << "no address of ours";
}

INSTANTIATE_TEST_SUITE_P(Dialects, CallRoutes_Test, ::testing::ValuesIn(kDialects),
                         [](const auto& param_info) { return param_info.param.name; });

TEST(CallRoutes, AWrongSignatureIsAWrongToken) {
    CallStation station;
    const auto before = station.world.fingerprint();
    const std::string fields = "CallSid=CA1&From=%2B8619900000001&To=1";

    const auto wrong = station.ask(CallStation::signed_form("twilio", "voice", fields, "close-sesame"));
    const auto token =
        station.ask(http("POST", CallStation::path("twilio", "voice", "voice-token-0123456789ac"), fields));

    EXPECT_EQ(status_of(wrong), 404);
    EXPECT_EQ(wrong, token);
    EXPECT_EQ(station.ask(CallStation::form("twilio", "voice", fields)), wrong);
    EXPECT_EQ(station.ask(CallStation::form("twilio", "status?id=1", fields)), wrong);
    EXPECT_EQ(station.world.fingerprint(), before);
}

TEST(CallRoutes, ARecordingThatIsLargerThanAllowedIsRefused) {
    CallStation station;
    SwitchCaller she{station};
    she.goes_to_her_story();
    const auto before = station.world.fingerprint();

    const auto answer = station.ask(she.recording(wav_of(60s)));

    EXPECT_EQ(status_of(answer), 413);
    EXPECT_EQ(station.world.fingerprint(), before);
    EXPECT_EQ(station.files(), 0U);
}

TEST(CallRoutes, ARecordingThatIsLongerThanAllowedIsNoneAndSheIsAskedAgain) {
    CallStation station;
    SwitchCaller she{station};
    she.goes_to_her_story();

    EXPECT_THAT(she.say(she.recording(wav_of(5s))), HasSubstr("<document"));

    EXPECT_EQ(station.files(), 0U);
    EXPECT_TRUE(station.world.cases().empty());
}

TEST(CallRoutes, WhatTheDiskDoesNotTakeIsSaid) {
    CallStation station;
    SwitchCaller she{station};
    she.goes_to_her_story();
    const auto before = station.world.fingerprint();
    std::filesystem::remove_all(station.world.settings.recordings);
    std::ofstream{station.world.settings.recordings} << "no folder";

    const auto answer = station.ask(she.recording(wav_of(300ms)));

    EXPECT_EQ(status_of(answer), 200);
    EXPECT_THAT(body_of(answer), HasSubstr("<hangup"));
    EXPECT_EQ(station.world.fingerprint(), before);
}

TEST(CallRoutes, TheEndIsTakenThoughTheDiskDoesNotTakeWhatSheWasSaying) {
    CallStation station;
    SwitchCaller she{station};
    she.begin();
    she.keys("9");
    std::filesystem::remove_all(station.world.settings.recordings);
    std::ofstream{station.world.settings.recordings} << "no folder";
    const auto before = station.world.fingerprint();

    station.ask(she.recording(wav_of(300ms), {{"exiting", "true"}}));

    EXPECT_NE(station.world.fingerprint(), before);
    const auto matter = station.world.only_case();
    EXPECT_TRUE(station.recordings_of(matter.id).empty());
    EXPECT_FALSE(station.world.entries(matter.id, core::CaseEntry::Kind::kLink).empty()) << "her call broke off";
}

TEST(CallRoutes, TheEndMayBringWhatSheWasSaying) {
    CallStation station;
    SwitchCaller she{station};
    she.goes_to_her_story();

    she.say(she.recording(wav_of(300ms), {{"exiting", "true"}}));

    const auto filed = station.world.only_case();
    EXPECT_EQ(station.recordings_of(filed.id).size(), 1U);
    EXPECT_EQ(station.world.events("recording_alone"), 0);
}

TEST(CallRoutes, ARecordingThatComesBehindTheEndIsKeptAndTheAdministratorToldOnce) {
    CallStation station;
    TwilioCaller she{station};
    she.goes_to_her_story();
    she.leaves();
    const auto late = she.request(she.next() + "?was=record",
                                  "&CallStatus=completed&Digits=hangup&RecordingUrl=" + std::string{kRecordings});

    she.say(late);

    EXPECT_TRUE(station.world.cases().empty());
    const auto waiting = station.world.in([&](storage::Transaction& tx) {
        std::vector<storage::Recording> all;
        for (const auto& name : tx.recordings().due(station.world.clock.now(), 10))
            all.push_back(tx.recordings().find(name).value());
        return all;
    });
    ASSERT_EQ(waiting.size(), 1U);
    EXPECT_FALSE(waiting.front().case_id);
    EXPECT_EQ(waiting.front().call, "CA1");
    EXPECT_EQ(station.world.events("recording_alone"), 1);
    EXPECT_EQ(station.world.news(testing::kAdmin), std::vector{testing::words("adm.recording_alone")});
}

TEST(CallRoutes, ARecordingThatComesBehindTheEndJoinsTheMatterOfItsCall) {
    CallStation station;
    TwilioCaller she{station};
    she.goes_to_her_story();
    she.speaks();
    she.agrees_until_filed();
    she.leaves();
    const auto filed = station.world.only_case().id;

    she.say(she.request(she.next() + "?was=record",
                        "&CallStatus=completed&Digits=hangup&RecordingUrl=" + std::string{kRecordings} + "0"));

    EXPECT_EQ(station.recordings_of(filed).size(), 2U);
}

TEST(CallRoutes, TheCarriersOwnNoticeOfARecordingChangesNothing) {
    CallStation station;
    TwilioCaller she{station};
    she.begin();
    const auto before = station.world.fingerprint();

    const auto notice = station.ask(CallStation::signed_form(
        "twilio", "recording", "CallSid=CA1&AccountSid=AC0001&RecordingUrl=" + std::string{kRecordings}));

    EXPECT_EQ(status_of(notice), 200);
    EXPECT_EQ(station.world.fingerprint(), before);
}

TEST(CallRoutes, TheReceiptOfAPlacedCallIsItsEndToo) {
    CallStation station;
    const auto placed = [](const std::string& action, const std::string& more) {
        return CallStation::signed_form("twilio", action,
                                        "CallSid=CA7&AccountSid=AC0001&From=" + std::string{kOurs} +
                                            "&To=%2B8619900000001&Direction=outbound-api" + more);
    };
    station.ask(placed("voice/o5", "&CallStatus=in-progress"));
    ASSERT_EQ(station.world.turns().size(), 1U);

    EXPECT_EQ(status_of(station.ask(placed("status?id=5&attempt=1", "&CallStatus=ringing"))), 200);
    EXPECT_EQ(station.world.turns().size(), 1U);
    for (int time = 0; time < 2; ++time)
        EXPECT_EQ(status_of(station.ask(placed("status?id=5&attempt=1", "&CallStatus=completed"))), 200);

    const auto turns = station.world.turns();
    ASSERT_EQ(turns.size(), 2U);
    EXPECT_THAT(turns.back().note, HasSubstr("hung_up"));
    EXPECT_EQ(std::ranges::count(station.outcomes, InboundOutcome::kReceipt), 3);

    station.tap.unavailable_after = 1;  // The receipt is kept, the end is not.
    EXPECT_EQ(status_of(station.ask(placed("status?id=5&attempt=1", "&CallStatus=completed"))), 503);
    EXPECT_EQ(status_of(station.ask(placed("end", "&CallStatus=ringing"))), 400) << "nobody listens";
}

struct Ringing {
    std::string name{};
    std::unique_ptr<Caller> (*caller)(CallStation& station) = nullptr;
    std::string dials{};
    std::string dial_name{};
    std::string accepts{};
    std::string refuses{};
    /// A leg's request: its action, its name, the number that it is shown, and what was keyed.
    std::string (*leg)(const std::string& action, const std::string& name, const std::string& shown,
                       const std::string& key) = nullptr;
    std::string talked{};  ///< In the request that follows.
    friend void PrintTo(const Ringing& ringing, std::ostream* out) { *out << ringing.name; }
};

std::string twilio_leg(const std::string& action, const std::string& name, const std::string& shown,
                       const std::string& key) {
    return CallStation::signed_form("twilio", action,
                                    "CallSid=" + name + "&ParentCallSid=CA1&AccountSid=AC0001&Direction=outbound-dial" +
                                        "&CallStatus=in-progress&To=%2B8619900000104&From=" +
                                        (shown.empty() ? kOurs : shown) + (key.empty() ? "" : "&Digits=" + key));
}

std::string switch_leg(const std::string& action, const std::string& name, const std::string& shown,
                       const std::string& key) {
    return CallStation::form("switch", action,
                             "session_id=" + name + "&rung_for=a1-b2&Caller-Direction=outbound" +
                                 "&Caller-Destination-Number=19900000104&Caller-Caller-ID-Number=" +
                                 (shown.empty() ? "12333" : shown) + (key.empty() ? "" : "&keys_1=" + key));
}

const Ringing kRinging[] = {
    {"Twilio", caller<TwilioCaller>, "<Dial", "confirm/([0-9.]+)", "<Response", "<Hangup", twilio_leg,
     "&DialCallStatus=completed&DialBridged=true"},
    {"FreeSwitch", caller<SwitchCaller>, "<dial", "confirm/([0-9.]+)", "harborline_accepted", "CALL_REJECTED",
     switch_leg, "&originate_disposition=SUCCESS"},
};

class CallRoutesLegs_Test : public ::testing::TestWithParam<Ringing> {
  protected:
    CallStation station;
    std::unique_ptr<Caller> she = GetParam().caller(station);
    std::string confirm() {
        she->begin();
        const auto rings = she->keys("0");
        EXPECT_THAT(rings, HasSubstr(GetParam().dials));
        EXPECT_THAT(rings, HasSubstr("19900000104"));
        return "confirm/" + found(rings, GetParam().dial_name.c_str());
    }
    std::string leg(const std::string& action, const std::string& name, const std::string& key = {},
                    const std::string& shown = {}) {
        const auto request = GetParam().leg(action, name, shown, key);
        const auto answer = station.ask(request);
        EXPECT_EQ(status_of(answer), 200);
        EXPECT_EQ(without_addresses(station.ask(request)), without_addresses(answer));
        return body_of(answer);
    }
};

TEST_P(CallRoutesLegs_Test, TheFirstWhoAcceptsTalksToHerAndTheSecondIsLetGo) {
    const auto& how = GetParam();
    const auto confirm = this->confirm();
    const auto turns = station.world.turns().size();

    EXPECT_THAT(leg(confirm, "leg1"), Not(HasSubstr(how.refuses)));
    leg(confirm, "leg2");
    EXPECT_THAT(leg(confirm + "/key", "leg2", "2"), HasSubstr(how.refuses));
    const auto joined = leg(confirm + "/key", "leg1", "1");
    EXPECT_THAT(joined, HasSubstr(how.accepts));
    EXPECT_THAT(joined, Not(HasSubstr(how.refuses)));
    EXPECT_THAT(leg(confirm + "/key", "leg2", "1"), HasSubstr(how.refuses));
    EXPECT_EQ(station.world.turns().size(), turns);

    she->say(she->request(she->next(), how.talked));
    EXPECT_EQ(station.world.only_case().kind, core::CaseKind::kTask);
    EXPECT_THAT(leg(confirm, "leg3"), HasSubstr(how.refuses)) << "they have talked";
}

TEST_P(CallRoutesLegs_Test, WhoHasLeftIsNotJoinedToAnybody) {
    const auto confirm = this->confirm();
    leg(confirm, "leg1");
    she->leaves();

    EXPECT_THAT(leg(confirm + "/key", "leg1", "1"), HasSubstr(GetParam().refuses));
}

TEST_P(CallRoutesLegs_Test, ALegThatIsShownAnotherNumberIsRefused) {
    const auto confirm = this->confirm();

    EXPECT_THAT(leg(confirm, "leg1", {}, "%2B8619900000001"), HasSubstr(GetParam().refuses));
    EXPECT_GT(station.world.events("foreign_caller_id"), 0);
    EXPECT_EQ(station.world.news(testing::kAdmin), std::vector{testing::words("adm.foreign_caller_id")});
}

TEST_P(CallRoutesLegs_Test, ALegIsLetGoWhereNothingCanBeAsked) {
    const auto confirm = this->confirm();
    station.tap.unavailable_after = 0;

    const auto answer = leg(confirm + "/key", "leg1", "1");

    EXPECT_THAT(answer, HasSubstr(GetParam().refuses));
    EXPECT_THAT(answer, Not(HasSubstr("/audio/")));
    EXPECT_THAT(answer, Not(HasSubstr("<Say")));
}

INSTANTIATE_TEST_SUITE_P(Dialects, CallRoutesLegs_Test, ::testing::ValuesIn(kRinging),
                         [](const auto& param_info) { return param_info.param.name; });

TEST(CallRoutes, WhereNobodyCanBeRungSheIsAskedHowToReachHer) {
    CallStation station;
    TwilioCaller she{station, "somleng"};
    she.begin();

    const auto asked = she.keys("0");

    EXPECT_THAT(asked, Not(HasSubstr("<Dial")));
    EXPECT_THAT(asked, Not(HasSubstr("正在为您接通")));
    EXPECT_THAT(asked, HasSubstr("怎么联系您安全"));
    EXPECT_THAT(asked, HasSubstr("<Gather"));
}

TEST(AudioRoutes, AreHeardByWhoeverKnowsTheAddress) {
    CallStation station;
    SwitchCaller she{station};
    const auto address = "/audio/" + found(she.begin(), "/audio/([^\"<]+)");

    const auto looked = station.ask(http("HEAD", address));
    const auto got = station.ask(http("GET", address));

    EXPECT_EQ(status_of(got), 200);
    EXPECT_THAT(got, HasSubstr("Content-Type: audio/wav"));
    EXPECT_THAT(got, HasSubstr("Cache-Control: public, max-age="));
    EXPECT_THAT(body_of(got), ::testing::StartsWith("RIFF"));
    EXPECT_EQ(looked, got.substr(0, got.find("\r\n\r\n") + 4));
    EXPECT_EQ(status_of(station.ask(http("POST", address, "x"))), 405);
    for (const auto* unknown : {"/audio/", "/audio/x", "/audio/../harborline.db", "/audio"})
        EXPECT_EQ(status_of(station.ask(http("GET", unknown))), 404) << unknown;
}

/// A connection is what strangers are counted by.
TEST(AudioRoutes, WhoGuessesAtAddressesHasOneGuessAConnection) {
    CallStation station;

    const auto response = station.ask("GET /audio/x HTTP/1.1\r\nHost: localhost\r\n\r\n");

    EXPECT_EQ(status_of(response), 404);
    EXPECT_THAT(response, HasSubstr("Connection: close\r\n"));
}

TEST(AudioRoutes, NobodyOnTheWayKeepsWhatHoldsANumber) {
    CallStation station;
    SwitchCaller she{station};
    she.goes_to_her_story();
    she.speaks();
    const auto receipt = she.agrees_until_filed();

    const auto got = station.ask(http("GET", "/audio/" + found(receipt, "/audio/([^\"<]+)")));

    EXPECT_EQ(status_of(got), 200);
    EXPECT_THAT(got, HasSubstr("Cache-Control: no-store\r\n"));
}

}  // namespace
}  // namespace harborline::gateway
