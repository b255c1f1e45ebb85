#include "config/settings.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "config/files.hpp"
#include "config/network.hpp"
#include "tests/support/temporary_folder.hpp"

namespace harborline::config {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr const char* kToken = "abcdefghijklmnopqrstuvw";

auto finding(int line, const std::string& part) {
    return AllOf(Field(&core::Finding::line, line), Field(&core::Finding::message, HasSubstr(part)));
}

class SettingsTest : public ::testing::Test {
  protected:
    void write(const std::string& name, const std::string& text) const { folder_.write(name, text); }

    Settings read(const std::string& text) {
        write("settings.toml", text);
        findings_.clear();
        return read_settings(folder_ / "settings.toml", findings_);
    }

    testing::TemporaryFolder folder_{};
    core::Findings findings_;
};

TEST_F(SettingsTest, TheShippedFileIsWithoutFindings) {
    const auto settings = read_settings(fs::path(HARBORLINE_SOURCE_DIR) / "config/harborline.toml", findings_);

    EXPECT_THAT(findings_, IsEmpty());
    EXPECT_EQ(settings.database, fs::path(HARBORLINE_SOURCE_DIR) / "run/harborline.db");
    EXPECT_EQ(settings.recordings, fs::path(HARBORLINE_SOURCE_DIR) / "run/recordings");
    EXPECT_EQ(settings.flows, fs::path(HARBORLINE_SOURCE_DIR) / "config/flows");
    EXPECT_EQ(settings.public_listener.port, 8700);
    EXPECT_EQ(settings.private_listener.port, 8701);
    ASSERT_THAT(settings.channels, SizeIs(3));
    EXPECT_EQ(settings.channels[0].carrier, "handset");
    EXPECT_THAT(settings.channels[0].networks, ElementsAre("127.0.0.0/8", "::1/128"));
}

TEST_F(SettingsTest, AChannelsNumberIsWrittenAsItsCarrierKnowsIt) {
    for (const std::string number : {"", "123", "12338", "8645112338000", "+8645112338000"}) {
        read("[[channel]]\nname = \"a\"\ncarrier = \"handset\"\ntoken = \"" + std::string{kToken} + "\"\nnumber = \"" +
             number + "\"\n");
        EXPECT_THAT(findings_, IsEmpty()) << number;
    }
}

TEST_F(SettingsTest, AnEmptyFileGivesTheDefaultsAndTheLadderOfTheIssue) {
    const auto settings = read("");

    EXPECT_THAT(findings_, IsEmpty());
    ASSERT_THAT(settings.duty.ladder_red, SizeIs(4));
    EXPECT_EQ(settings.duty.ladder_red[2].after, 10min);
    EXPECT_EQ(settings.duty.ladder_red[3].role, core::Role::kAdministrator);
    ASSERT_THAT(settings.duty.ladder_orange, SizeIs(4));
    EXPECT_EQ(settings.duty.ladder_orange[1].after, 30min);  // orange_answer_minutes
    EXPECT_EQ(settings.duty.handled_red, 30min);
    EXPECT_EQ(settings.duty.handled_orange, 2h);
    EXPECT_EQ(settings.duty.remind_wait, 15min);
    EXPECT_EQ(settings.database, folder_ / "harborline.db");
}

TEST_F(SettingsTest, WhatCallersHaveToldIsKeptBesideTheDatabase) {
    const std::string moved = "database = \"/var/lib/harborline/harborline.db\"\n";

    EXPECT_EQ(read(moved).recordings, "/var/lib/harborline/recordings");
    EXPECT_EQ(read(moved + "recordings = \"told\"\n").recordings, folder_ / "told");
    EXPECT_EQ(read("").recordings, folder_ / "recordings");
    EXPECT_THAT(findings_, IsEmpty());
}

TEST_F(SettingsTest, FiveMistakesAreReportedAtOnceEachWithItsLine) {
    read(R"(timezone = "Asia/Atlantis"
[listener.public]
port = 70000
[outbox]
lease_s = 0
leese_s = 30
[[channel]]
name = "handset"
carrier = "handset"
token = "short"
)");

    EXPECT_THAT(findings_, ElementsAre(finding(1, "timezone must be a name of the time zone database"),
                                       finding(3, "[listener.public] port must be a whole number from 0 to 65535"),
                                       finding(5, "[outbox] lease_s must be a whole number from 1"),
                                       finding(6, "there is no setting \"leese_s\" in [outbox]"),
                                       finding(10, "token must be 22 to 128 characters")));
    EXPECT_THAT(findings_[0].file, HasSubstr("settings.toml"));
}

TEST_F(SettingsTest, EveryKindOfValueIsRead) {
    const auto settings = read(R"(
database = "/var/lib/harborline.db"
log_level = "warn"
[conversation]
shared_window_min = 45
instant_ms = 750
[duty]
ladder_red = [{ after_min = 1, role = "second" }, { after_min = 3, role = "administrator" }]
ladder_orange = [{ after_min = 0, role = "leader" }]
ladder_yellow = [{ after_min = 9, role = "duty" }]
repeat_min = 7
repeat_orange_min = 8
handled_yellow_min = 5
bundle_min = 3
night_from_h = 21
[[channel]]
name = "a-1"
carrier = "handset"
token = "abcdefghijklmnopqrstuvw"
rate_per_s = 2.5
signature = "【妇联】"
)");

    ASSERT_THAT(findings_, IsEmpty());
    EXPECT_EQ(settings.database, "/var/lib/harborline.db");
    EXPECT_EQ(settings.conversation.shared_window, 45min);
    EXPECT_EQ(settings.conversation.instant, 750ms);
    ASSERT_THAT(settings.duty.ladder_red, SizeIs(2));
    EXPECT_EQ(settings.duty.ladder_red[1].after, 3min);
    EXPECT_EQ(settings.duty.repeat, 7min);
    ASSERT_THAT(settings.duty.ladder_orange, SizeIs(1));
    EXPECT_EQ(settings.duty.ladder_orange[0].role, core::Role::kLeader);
    EXPECT_EQ(settings.duty.ladder_yellow[0].after, 9min);
    EXPECT_EQ(settings.duty.repeat_orange, 8min);
    EXPECT_EQ(settings.duty.handled_yellow, 5min);
    EXPECT_EQ(settings.duty.bundle, 3min);
    EXPECT_EQ(settings.duty.night_from_h, 21);
    EXPECT_EQ(settings.channels[0].token.reveal(), kToken);
    EXPECT_EQ(settings.channels[0].rate_per_s, 2.5);
}

TEST_F(SettingsTest, ACertificateNeedsItsKeyAndPathsAreRelativeToTheFile) {
    const auto settings = read("[listener.public]\ntls_certificate = \"tls/chain.pem\"\ntls_key = \"/etc/key.pem\"\n");

    EXPECT_THAT(findings_, IsEmpty());
    EXPECT_TRUE(settings.public_listener.speaks_tls());
    EXPECT_EQ(settings.public_listener.tls_certificate, folder_ / "tls/chain.pem");
    EXPECT_EQ(settings.public_listener.tls_key, "/etc/key.pem");
    EXPECT_FALSE(read("").public_listener.speaks_tls());

    for (const auto* alone : {"tls_certificate", "tls_key"}) {
        read(std::string("[listener.public]\n") + alone + " = \"a.pem\"\n");
        EXPECT_THAT(findings_, ElementsAre(finding(0, "needs both tls_certificate and tls_key")));
    }
    read("[listener.private]\ntls_key = \"a.pem\"\n");
    EXPECT_THAT(findings_, ElementsAre(finding(2, "there is no setting \"tls_key\" in [listener.private]")));
}

TEST_F(SettingsTest, RelativesArePutThroughOnlyWhereSomebodyHasPermittedIt) {
    using Bridge = Settings::Kinship::Bridge;
    EXPECT_EQ(read("").kinship.bridge, Bridge::kOff);
    EXPECT_EQ(read("[kinship]\nbridge = \"masked_number\"\n").kinship.bridge, Bridge::kMaskedNumber);
    EXPECT_THAT(findings_, IsEmpty());

    read("[kinship]\nbridge = \"own_trunk\"\n");
    EXPECT_THAT(findings_, ElementsAre(finding(0, "needs licence")));
    read("country = \"254\"\n[kinship]\nbridge = \"own_trunk\"\n");
    EXPECT_THAT(findings_, IsEmpty());

    const auto settings = read(R"([kinship]
bridge = "own_trunk"
licence = "of 2026-03-01, number 17"
calls_per_day = 3
letters_per_day = 12
minutes_per_month = 90
call_minutes = 15
quiet_from = "20:30"
quiet_to = "6:45"
)");
    ASSERT_THAT(findings_, IsEmpty());
    EXPECT_TRUE(settings.kinship.bridges());
    EXPECT_EQ(settings.kinship.calls_per_day, 3);
    EXPECT_EQ(settings.kinship.letters_per_day, 12);
    EXPECT_EQ(settings.kinship.per_month, 90min);
    EXPECT_EQ(settings.kinship.per_call, 15min);
    EXPECT_EQ(settings.kinship.quiet.from_min, 20 * 60 + 30);
    EXPECT_EQ(settings.kinship.quiet.to_min, 6 * 60 + 45);
}

TEST_F(SettingsTest, WhenFamiliesAreRemindedIsTheFederationsToSay) {
    const auto usual = read("").kinship;
    EXPECT_TRUE(usual.weekly);
    EXPECT_EQ(usual.nudge_weekday, 4);
    EXPECT_EQ(usual.nudge_min, 18 * 60);

    const auto settings = read(R"([kinship]
weekly = "off"
nudge = "sun 9:30"
carer_after_weeks = 3
caseworker_after_weeks = 8
)");
    ASSERT_THAT(findings_, IsEmpty());
    EXPECT_FALSE(settings.kinship.weekly);
    EXPECT_EQ(settings.kinship.nudge_weekday, 6);
    EXPECT_EQ(settings.kinship.nudge_min, 9 * 60 + 30);
    EXPECT_EQ(settings.kinship.carer_after_weeks, 3);
    EXPECT_EQ(settings.kinship.caseworker_after_weeks, 8);
}

TEST_F(SettingsTest, LimitsMayBeSwitchedOff) {
    const auto settings = read(R"(
[listener.public]
strangers_per_min = 0
[conversation]
texts_per_min = 0
empty_contacts_per_hour = 0
flood_per_min = 0
[[channel]]
name = "a-1"
carrier = "handset"
token = "abcdefghijklmnopqrstuvw"
inbound_per_s = 0
)");

    ASSERT_THAT(findings_, IsEmpty());
    EXPECT_EQ(settings.public_listener.strangers_per_min, 0);
    EXPECT_EQ(settings.conversation.texts_per_min, 0);
    EXPECT_EQ(settings.channels[0].inbound_per_s, 0);
    EXPECT_EQ(settings.conversation.empty_contacts_per_hour, 0);
    EXPECT_EQ(settings.conversation.flood_per_min, 0);
    EXPECT_GT(Settings{}.conversation.texts_per_min, 0);
}

TEST_F(SettingsTest, ValuesComeFromTheEnvironmentAndFromFiles) {
    setenv("HARBORLINE_TEST_TOKEN", kToken, 1);
    setenv("HARBORLINE_TEST_PORT", "8123", 1);
    unsetenv("HARBORLINE_TEST_ABSENT");
    write("password", "open sesame\n");

    const auto settings = read(R"(
unit = "env:HARBORLINE_TEST_ABSENT"
flows = "file:absent"
[listener.public]
port = "env:HARBORLINE_TEST_PORT"
[[channel]]
name = "kannel"
carrier = "kannel"
token = "env:HARBORLINE_TEST_TOKEN"
api_url = "http://127.0.0.1:13013/cgi-bin/sendsms"
api_user = "u"
api_password = "file:password"
public_url = "http://127.0.0.1:8700"
)");

    EXPECT_THAT(findings_, ElementsAre(finding(2, "environment variable that is not set"),
                                       finding(3, "a file that can not be read")));
    EXPECT_EQ(settings.public_listener.port, 8123);
    EXPECT_EQ(settings.channels[0].token.reveal(), kToken);
    EXPECT_EQ(settings.channels[0].api_password.reveal(), "open sesame");
}

/// The service's environment is closed to whoever gives a command.
TEST_F(SettingsTest, ASecretThatIsNotHereIsToldApart) {
    ::unsetenv("HARBORLINE_TEST_ABSENT");
    const auto settings = read(R"([[channel]]
name = "kannel"
carrier = "kannel"
token = "env:HARBORLINE_TEST_ABSENT"
api_url = "http://127.0.0.1:13013/cgi-bin/sendsms"
api_user = "u"
api_password = "file:absent"
public_url = "http://127.0.0.1:8700"
)");

    EXPECT_THAT(findings_, IsEmpty());
    EXPECT_THAT(settings.missing_secrets, ElementsAre(finding(4, "environment variable that is not set"),
                                                      finding(7, "a file that can not be read")));
    EXPECT_FALSE(settings.channels[0].token.empty()) << "something stands in for it";
}

TEST_F(SettingsTest, ASecretInTheFileIsForHandsetsOnlyAndInNoFinding) {
    read(R"([[channel]]
name = "kannel"
carrier = "kannel"
token = "SECRETSECRETSECRETSECRET"
token_old = "SECRET not base64"
api_url = "http://user:SECRET@127.0.0.1:13013/"
api_user = "u"
api_password = "SECRET"
public_url = "http://127.0.0.1:8700"
in_flight_max = "SECRET"
)");

    EXPECT_THAT(findings_,
                ElementsAre(finding(4, "token must be env:NAME or file:PATH"), finding(5, "token_old must be 22"),
                            finding(5, "token_old must be env:NAME"), finding(6, "api_url must be http://"),
                            finding(8, "api_password must be env:NAME"), finding(10, "in_flight_max must be")));
    for (const auto& each : findings_) EXPECT_THAT(each.message, Not(HasSubstr("SECRET")));
}

/// The channel that staff are told by: no settings are without one.
const std::string kTexts = "\n[[channel]]\nname = \"t\"\ncarrier = \"handset\"\ntoken = \"abcdefghijklmnopqrstuvw\"\n";

/// A channel of an operator with names of its own.
std::string ussd_gateway(const std::string& rest) {
    return "[[channel]]\nname = \"u\"\ncarrier = \"ussd-gateway\"\ntoken = \"env:HARBORLINE_TEST_TOKEN\"\n" + rest +
           kTexts;
}
const std::string kNames = "kind = \"ussd\"\nussd_session = \"s\"\nussd_number = \"n\"\nussd_text = \"t\"\n";

TEST_F(SettingsTest, AnOperatorsUssdIsReadByItsNames) {
    ::setenv("HARBORLINE_TEST_TOKEN", kToken, 1);
    const auto settings = read(ussd_gateway(kNames + R"(
ussd_inputs = "all"
ussd_service = "*123#"
ussd_id = "requestId"
ussd_event = "type"
ussd_begins = ["1"]
ussd_ends = ["3", "timeout"]
ussd_answer = "json"
ussd_words = "message"
ussd_mark = "continue"
ussd_goes_on = "true"
ussd_is_last = "false"
ussd_echo = ["s", "n"]
)"));

    ASSERT_THAT(findings_, IsEmpty());
    const auto& dialect = settings.channels.at(0).dialect;
    EXPECT_EQ(settings.channels[0].kind, core::ChannelKind::kUssd);
    EXPECT_EQ(dialect.session + dialect.number + dialect.text, "snt");
    EXPECT_TRUE(dialect.cumulative);
    EXPECT_EQ(dialect.service, "*123#");
    EXPECT_EQ(dialect.id, "requestId");
    EXPECT_EQ(dialect.event, "type");
    EXPECT_THAT(dialect.begins, ElementsAre("1"));
    EXPECT_THAT(dialect.ends, ElementsAre("3", "timeout"));
    EXPECT_EQ(dialect.answer, UssdDialect::AnswerForm::kJson);
    EXPECT_EQ(dialect.words + dialect.mark, "messagecontinue");
    EXPECT_EQ(dialect.goes_on + dialect.is_last, "truefalse");
    EXPECT_THAT(dialect.echo, ElementsAre("s", "n"));

    const auto plain = read(ussd_gateway(kNames)).channels.at(0).dialect;
    EXPECT_THAT(findings_, IsEmpty());
    EXPECT_FALSE(plain.cumulative);
    EXPECT_EQ(plain.goes_on + plain.is_last, "CON END ");
}

TEST_F(SettingsTest, WhatAnOperatorsUssdLacksOrContradictsIsAFindingEach) {
    ::setenv("HARBORLINE_TEST_TOKEN", kToken, 1);
    const std::pair<const char*, const char*> kCases[] = {
        {"ussd_session = \"s\"\nussd_number = \"n\"\nussd_text = \"t\"\n", "needs kind = \"ussd\""},
        {"kind = \"ussd\"\nussd_number = \"n\"\nussd_text = \"t\"\n", "needs ussd_session"},
        {"kind = \"ussd\"\nussd_session = \"s\"\nussd_text = \"t\"\n", "needs ussd_number"},
        {"kind = \"ussd\"\nussd_session = \"s\"\nussd_number = \"n\"\n", "needs ussd_text"}};
    for (const auto& [section, what] : kCases) {
        read(ussd_gateway(section));
        EXPECT_THAT(findings_, ElementsAre(finding(1, what))) << section;
    }
    const std::pair<const char*, const char*> kMore[] = {
        {"ussd_ends = [\"3\"]", "needs ussd_event"},
        {"ussd_echo = [\"s\"]", "cannot repeat fields in a text answer"},
        {"ussd_goes_on = \"END \"", "must tell ussd_goes_on and ussd_is_last apart"},
        {"ussd_words = \"w\"\nussd_mark = \"w\"", "must tell ussd_words and ussd_mark apart"},
        {"ussd_answer = \"form\"\nussd_words = \"w\"\nussd_mark = \"m\"\nussd_goes_on = \"1\"", "needs ussd_is_last"}};
    for (const auto& [line, what] : kMore) {
        read(ussd_gateway(kNames + line));
        EXPECT_THAT(findings_, ElementsAre(finding(1, what))) << line;
    }
    const std::pair<const char*, const char*> kValues[] = {
        {"ussd_id = \"a b\"", "ussd_id must be 1 to 64 characters"},
        {"ussd_inputs = \"some\"", "ussd_inputs must be \"one\" or \"all\""},
        {"ussd_answer = \"xml\"", "ussd_answer must be \"text\", \"form\" or \"json\""},
        {"ussd_service = \"hello\"", "ussd_service must be 2 to 32 characters of 0-9 * #"},
        {"ussd_event = \"e\"\nussd_begins = [\"\"]", "ussd_begins must be 1 to 32 characters"}};
    for (const auto& [line, what] : kValues) {
        read(ussd_gateway(kNames + line));
        ASSERT_THAT(findings_, SizeIs(1)) << line;
        EXPECT_THAT(findings_[0].message, HasSubstr(what)) << line;
    }
}

TEST_F(SettingsTest, TheKinshipLineCallsByAChannelOfCalls) {
    ::setenv("HARBORLINE_TEST_TOKEN", kToken, 1);
    const auto none = read("");
    EXPECT_FALSE(none.kinship.missed_call);
    EXPECT_EQ(none.kinship.callbacks_per_day, 3);
    EXPECT_EQ(none.kinship.call_channel, "");

    const std::string line =
        "[[channel]]\nname = \"v\"\ncarrier = \"freeswitch\"\nkind = \"voice\"\nnumber = \"12338\"\n"
        "public_url = \"http://127.0.0.1:8700\"\ntoken = \"env:HARBORLINE_TEST_TOKEN\"\n";
    const auto settings =
        read("[kinship]\nmissed_call = \"on\"\ncallbacks_per_day = 5\ncall_channel = \"v\"\n" + kTexts + line);
    ASSERT_THAT(findings_, IsEmpty());
    EXPECT_TRUE(settings.kinship.missed_call);
    EXPECT_EQ(settings.kinship.callbacks_per_day, 5);
    EXPECT_EQ(settings.kinship.call_channel, "v");
}

TEST_F(SettingsTest, RelativesArePutThroughOnlyWhereATalkCanBeEnded) {
    ::setenv("HARBORLINE_TEST_TOKEN", kToken, 1);
    const std::string bridge = "[kinship]\nbridge = \"own_trunk\"\nlicence = \"number 17\"\n";
    const std::string line =
        "[[channel]]\nname = \"v\"\ncarrier = \"freeswitch\"\nkind = \"voice\"\nnumber = \"12338\"\n"
        "public_url = \"http://127.0.0.1:8700\"\ntoken = \"env:HARBORLINE_TEST_TOKEN\"\n";
    const std::string dials = "dial = \"sofia/gateway/carrier/{number}\"\n";
    read(bridge + kTexts + line);
    EXPECT_THAT(findings_, IsEmpty());
    read(bridge + kTexts + line + dials);
    ASSERT_THAT(findings_, SizeIs(1));
    EXPECT_THAT(findings_[0].message, HasSubstr("needs event_socket"));
    read(bridge + kTexts + line + dials +
         "event_socket = \"127.0.0.1:8021\"\nevent_socket_password = \"env:HARBORLINE_TEST_TOKEN\"\n");
    EXPECT_THAT(findings_, IsEmpty());
}

TEST_F(SettingsTest, ASwitchOfOnesOwnIsNoMaskedNumber) {
    ::setenv("HARBORLINE_TEST_TOKEN", kToken, 1);
    const std::string masked = "[kinship]\nbridge = \"masked_number\"\n";
    const std::string line =
        "[[channel]]\nname = \"v\"\ncarrier = \"freeswitch\"\nkind = \"voice\"\nnumber = \"12338\"\n"
        "public_url = \"http://127.0.0.1:8700\"\ntoken = \"env:HARBORLINE_TEST_TOKEN\"\n";
    const std::string dials =
        "dial = \"sofia/gateway/carrier/{number}\"\n"
        "event_socket = \"127.0.0.1:8021\"\nevent_socket_password = \"env:HARBORLINE_TEST_TOKEN\"\n";
    for (const auto& file : {masked + kTexts + line + dials, masked + "call_channel = \"v\"\n" + kTexts + line}) {
        read(file);
        ASSERT_THAT(findings_, SizeIs(1)) << file;
        EXPECT_THAT(findings_[0].message, HasSubstr("write [kinship] bridge = \"own_trunk\""));
    }
    read(masked + kTexts + line);
    EXPECT_THAT(findings_, IsEmpty()) << "it only takes calls";
}

TEST_F(SettingsTest, AfricasTalkingNeedsItsApiForTextsOnlyAndItsSecretsElsewhere) {
    ::setenv("HARBORLINE_TEST_TOKEN", kToken, 1);
    const std::string at = "[[channel]]\nname = \"a\"\ncarrier = \"africastalking\"\n";
    read(at + "token = \"env:HARBORLINE_TEST_TOKEN\"\n");
    EXPECT_THAT(findings_, ElementsAre(finding(1, "needs api_url"), finding(1, "needs api_user"),
                                       finding(1, "needs api_password")));
    read(at + "token = \"env:HARBORLINE_TEST_TOKEN\"\nkind = \"ussd\"\n" + kTexts);
    EXPECT_THAT(findings_, IsEmpty());
    read(at + "kind = \"ussd\"\ntoken = \"" + kToken + "\"\n" + kTexts);
    EXPECT_THAT(findings_, ElementsAre(finding(5, "must be env:NAME or file:PATH")));
    read(at +
         "token = \"env:HARBORLINE_TEST_TOKEN\"\napi_url = \"https://api.africastalking.com/version1/messaging\"\n"
         "api_user = \"u\"\napi_password = \"env:HARBORLINE_TEST_TOKEN\"\n");
    EXPECT_THAT(findings_, IsEmpty());
}

TEST_F(SettingsTest, TheReadmesCarriersAreWithoutFindings) {
    for (const auto* name : {"AT", "AT_USSD", "A", "B"})
        ::setenv(("HARBORLINE_" + std::string{name} + "_TOKEN").c_str(), kToken, 1);
    ::setenv("HARBORLINE_AT_KEY", "a key", 1);
    const auto readme = read_text_file(fs::path(HARBORLINE_SOURCE_DIR) / "README.md").value();
    const auto from = readme.find("### Carriers");
    const auto to = readme.find("### What to watch");
    ASSERT_TRUE(from != std::string::npos && to > from);
    std::string toml;
    const std::string opening = "```toml\n";
    for (auto at = readme.find(opening, from); at < to; at = readme.find(opening, at)) {
        at += opening.size();
        toml += readme.substr(at, readme.find("```", at) - at);
    }

    const auto settings = read(toml);

    EXPECT_THAT(findings_, IsEmpty());
    EXPECT_THAT(settings.channels, SizeIs(4));
    EXPECT_EQ(settings.authorities, folder_ / "authorities.pem");
}

TEST_F(SettingsTest, BrokenTomlIsOneFindingWithItsLineAndWithoutItsContent) {
    read("unit = \"a\"\ntoken = SECRETSECRET\n");

    EXPECT_THAT(findings_, ElementsAre(finding(2, "this is not TOML")));
    EXPECT_THAT(findings_[0].message, Not(HasSubstr("SECRET")));
}

TEST_F(SettingsTest, AFileThatIsNotThereIsAFinding) {
    read_settings(folder_ / "none.toml", findings_);

    EXPECT_THAT(findings_, ElementsAre(finding(0, "there is no file")));
}

struct WrongCase {
    std::string name;
    std::string text;
    int line;
    std::string message;
};

class SettingsWrong : public SettingsTest, public ::testing::WithParamInterface<WrongCase> {};

TEST_P(SettingsWrong, IsRefusedWithItsLine) {
    read(GetParam().text);

    EXPECT_THAT(findings_, ElementsAre(finding(GetParam().line, GetParam().message)));
}

const std::string kChannel = "[[channel]]\nname = \"a\"\ncarrier = \"handset\"\ntoken = \"abcdefghijklmnopqrstuvw\"\n";

INSTANTIATE_TEST_SUITE_P(
    Settings, SettingsWrong,
    ::testing::Values(
        WrongCase{"UnknownSection", "[outbux]\nlease_s = 1\n", 1, "no setting \"outbux\" before the first section"},
        WrongCase{"UnknownListener", "[listener.secret]\nport = 1\n", 1, "no setting \"secret\" in [listener]"},
        WrongCase{"PortOfUrl", kChannel + "api_url = \"http://127.0.0.1:130130/\"\n", 5, "https://host:port"},
        WrongCase{"SectionAsValue", "storage = 3\n", 1, "must be a section"},
        WrongCase{"TextForNumber", "[storage]\ngroup_max = \"many\"\n", 2, "must be a whole number from 1"},
        WrongCase{"NumberForText", "unit = 3\n", 1, "must be a text in quotes"},
        WrongCase{"NegativeLimit", "[storage]\nqueue_max = -1\n", 2, "must be a whole number from 1"},
        WrongCase{"LineBreak", "unit = \"a\\nb\"\n", 1, "control character"},
        WrongCase{"EmptyPath", "database = \"\"\n", 1, "must not be empty"},
        WrongCase{"Country", "country = \"+86\"\n", 1, "country code"},
        WrongCase{"LadderEmpty", "[duty]\nladder_red = []\n", 2, "must have a step"},
        WrongCase{"LadderUnordered",
                  "[duty]\nladder_red = [{after_min = 5, role = \"duty\"}, {after_min = 5, role = \"second\"}]\n", 2,
                  "in order"},
        WrongCase{"LadderRole", "[duty]\nladder_red = [{after_min = 0, role = \"owner\"}]\n", 2, "roles"},
        WrongCase{"LadderKey", "[duty]\nladder_red = [\n{after = 0, role = \"duty\"}]\n", 3, "must be a list of {"},
        WrongCase{"LadderNegative", "[duty]\nladder_red = [{after_min = -1, role = \"duty\"}]\n", 2, "must be a list"},
        WrongCase{"RetryOrder", "[outbox]\nretry_first_s = 900\n", 0, "retry_first_s must not be above"},
        WrongCase{"SamePort", "[listener.public]\nport = 9\n[listener.private]\nport = 9\n", 0, "must not share"},
        WrongCase{"ChannelAsTable", "[channel]\nname = \"a\"\n", 1, "[[channel]]"},
        WrongCase{"NoToken", "[[channel]]\nname = \"a\"\ncarrier = \"handset\"\n", 1, "needs token"},
        WrongCase{"NoCarrier", "[[channel]]\nname = \"a\"\ntoken = \"abcdefghijklmnopqrstuvw\"\n", 1, "needs carrier"},
        WrongCase{"TwiceTheSameName", kChannel + kChannel, 5, "taken by an earlier channel"},
        WrongCase{"NobodyToldByText", kChannel + "kind = \"ussd\"\n", 1, "one at least must be of kind sms"},
        WrongCase{"TextChannelThatIsNone",
                  kChannel +
                      "[[channel]]\nname = \"b\"\ncarrier = \"handset\"\nkind = \"ussd\"\ntext_channel = \"b\"\n" +
                      "token = \"abcdefghijklmnopqrstuvw\"\n",
                  5, "text_channel must name a channel of kind sms"},
        WrongCase{"CallChannelOfNobody", "[duty]\ncall_channel = \"x\"\n" + kTexts, 0,
                  "call_channel must name a channel of kind voice"},
        WrongCase{"CallChannelOfTexts", "[duty]\ncall_channel = \"t\"\n" + kTexts, 0,
                  "call_channel must name a channel of kind voice"},
        WrongCase{"AlarmChannelOfNobody", "[duty]\nalarm_channel = \"x\"\n" + kTexts, 0,
                  "alarm_channel must name a channel of kind sms"},
        WrongCase{"AlarmChannelThatPagesGoBy", "[duty]\nalarm_channel = \"t\"\n" + kTexts, 0,
                  "alarm_channel must be another one"},
        WrongCase{"QuietFromMidnight", "[kinship]\nquiet_from = \"24:00\"\n", 2, "a time from 00:00 to 23:59"},
        WrongCase{"QuietThatNeverIs", "[kinship]\nquiet_from = \"07:00\"\n", 0, "quiet_from and quiet_to must differ"},
        WrongCase{"MissedCallsThatNobodyCallsBack", "[kinship]\nmissed_call = \"on\"\n", 0,
                  "missed_call needs call_channel"},
        WrongCase{"MissedCallsPerhaps", "[kinship]\nmissed_call = \"true\"\n", 2, "must be \"off\" or \"on\""},
        WrongCase{"CallBacksOfNobody", "[kinship]\ncall_channel = \"x\"\n" + kTexts, 0,
                  "[kinship] call_channel must name a channel of kind voice"},
        WrongCase{"CallBacksByText", "[kinship]\ncall_channel = \"t\"\n" + kTexts, 0,
                  "[kinship] call_channel must name a channel of kind voice"},
        WrongCase{"CallBacksWithoutEnd", "[kinship]\ncallbacks_per_day = 21\n", 2, "callbacks_per_day"},
        WrongCase{"NudgeInTheEvening", "[kinship]\nnudge = \"fri 20:00\"\n", 2, "a day and a time from 08:00 to 19:59"},
        WrongCase{"NudgeOnNoDay", "[kinship]\nnudge = \"18:00\"\n", 2, "like \"fri 18:00\""},
        WrongCase{"NudgeAtNoTime", "[kinship]\nnudge = \"fri\"\n", 2, "like \"fri 18:00\""},
        WrongCase{"CaseworkerBeforeTheCarer", "[kinship]\ncarer_after_weeks = 4\n", 0,
                  "caseworker_after_weeks must be more than carer_after_weeks"},
        WrongCase{"NoSuchBridge", "[kinship]\nbridge = \"sim_bank\"\n", 2, "must be \"off\", \"own_trunk\""},
        WrongCase{"TokenAlphabet",
                  "[[channel]]\nname = \"a\"\ncarrier = \"handset\"\ntoken = \"abcdefghijkl/nopqrstuvw\"\n", 4,
                  "22 to 128"},
        WrongCase{"Signature", kChannel + "signature = \"[a]\"\n", 5, "within 【】"},
        WrongCase{"SignatureTwice", kChannel + "signature = \"【a】【b】\"\n", 5, "within 【】"},
        WrongCase{"Network", kChannel + "networks = [\"127.0.0.1/33\"]\n", 5, "must be blocks such as"},
        WrongCase{"HandsetFromOutside", kChannel + "networks = [\"10.0.0.0/8\"]\n", 1, "within 127.0.0.0/8"},
        WrongCase{"NumberOfLetters", kChannel + "number = \"12-338\"\n", 5, "number must be 3 to 20 digits"},
        WrongCase{"NumberOfAPlus", kChannel + "number = \"+\"\n", 5, "number must be 3 to 20 digits"},
        WrongCase{"ChannelKey", kChannel + "colour = 1\n", 5, "no setting \"colour\" in [[channel]]"},
        WrongCase{"ChannelName",
                  "[[channel]]\nname = \"../a\"\ncarrier = \"handset\"\ntoken = \"abcdefghijklmnopqrstuvw\"\n", 2,
                  "1 to 32 characters"}),
    [](const auto& param_info) { return param_info.param.name; });

TEST(SettingsReference, NamesEveryKeyOfTheShippedFileAndNoDefaultIsMissing) {
    const auto reference = settings_reference();

    for (const auto* part : {"## [listener.public]", "`ladder_red`", "after_min = 15, role = \"administrator\"",
                             "| `lease_s` | whole number | `30` | 1 to 86400 |", "| `token` | secret | required |"}) {
        EXPECT_THAT(reference, HasSubstr(part));
    }
}

struct NetworkCase {
    std::string name;
    std::string block;
    std::string address;
    bool inside;
};

class SettingsNetwork : public ::testing::TestWithParam<NetworkCase> {};

TEST_P(SettingsNetwork, ContainsOrNot) {
    const auto network = Network::parse(GetParam().block);

    ASSERT_TRUE(network);
    EXPECT_EQ(network->contains(GetParam().address), GetParam().inside);
}

INSTANTIATE_TEST_SUITE_P(Blocks, SettingsNetwork,
                         ::testing::Values(NetworkCase{"Inside", "10.1.0.0/16", "10.1.200.3", true},
                                           NetworkCase{"Beside", "10.1.0.0/16", "10.2.0.0", false},
                                           NetworkCase{"OddPrefix", "10.0.0.0/9", "10.127.255.255", true},
                                           NetworkCase{"PastOddPrefix", "10.0.0.0/9", "10.128.0.0", false},
                                           NetworkCase{"Lone", "192.0.2.7", "192.0.2.7", true},
                                           NetworkCase{"All", "0.0.0.0/0", "203.0.113.9", true},
                                           NetworkCase{"AllOfV4IsNotV6", "0.0.0.0/0", "2001:db8::1", false},
                                           NetworkCase{"MappedPeer", "127.0.0.0/8", "::ffff:127.0.0.1", true},
                                           NetworkCase{"V6", "2001:db8::/32", "2001:db8:1::1", true},
                                           NetworkCase{"MoreBehindANul", "0.0.0.0/0", {"127.0.0.1\0x", 11}, false},
                                           NetworkCase{"NoAddress", "0.0.0.0/0", "localhost", false}),
                         [](const auto& param_info) { return param_info.param.name; });

TEST_F(SettingsTest, FilesAreReadWithinTheirBoundOnly) {
    write("a.toml", std::string(100, 'x'));
    write("b.toml", "");
    write("c.txt", "");

    EXPECT_EQ(read_text_file(folder_ / "a.toml", 100)->size(), 100U);
    EXPECT_EQ(read_text_file(folder_ / "a.toml", 99).error().kind, core::ErrorKind::kMalformed);
    EXPECT_EQ(read_text_file(folder_ / "none").error().kind, core::ErrorKind::kNotFound);
    EXPECT_EQ(read_text_file(folder_.path()).error().kind, core::ErrorKind::kMalformed);
    EXPECT_EQ(read_text_file("/dev/zero").error().kind, core::ErrorKind::kMalformed);
    EXPECT_THAT(*toml_files(folder_.path()), ElementsAre(folder_ / "a.toml", folder_ / "b.toml"));
    EXPECT_EQ(toml_files(folder_ / "none").error().kind, core::ErrorKind::kNotFound);
}

}  // namespace
}  // namespace harborline::config
