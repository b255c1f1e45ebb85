#include <sched.h>

#include <thread>

#include "gateway/commands/command.hpp"
#include "gateway/commands/quarantine.hpp"
#include "tests/gateway/commands/program.hpp"
#include "tests/support/certificates.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST_F(Commands_Test, CheckProvesWhatIsShipped) {
    const auto ran = run({"check", "--config", (kConfig / "harborline.toml").string()});

    EXPECT_EQ(ran.status, 0);
    for (const auto* figure : {" flows", " steps", " states", " edges"}) EXPECT_THAT(ran.out, HasSubstr(figure));
    EXPECT_THAT(ran.err, IsEmpty());
}

TEST_F(Commands_Test, CheckNeedsNeitherKeyNorDatabase) {
    const auto ran = run({"check", "--json", "--config", settings().string()});

    EXPECT_EQ(ran.status, 0);
    EXPECT_GT(json::parse(ran.out).as_object().at("states").as_int64(), 100);
    EXPECT_FALSE(fs::exists(folder_ / "harborline.db"));
    EXPECT_FALSE(fs::exists(folder_ / "master.key"));
}

TEST_F(Commands_Test, CheckNamesFileAndLineOfEveryMistakeInTheSettings) {
    const auto sound = config::read_text_file(settings()).value();
    const auto mistake = std::ranges::count(sound, '\n') + 2;
    const auto file = settings("\n[duty2]\nx = 1\n\n[[channel]]\nname = \"second\"\ncarrier = \"pigeon\"\n");

    const auto ran = run({"check", "--config", file.string()});

    EXPECT_EQ(ran.status, 1);
    EXPECT_THAT(ran.out, HasSubstr(file.string() + ":"));
    EXPECT_THAT(ran.out, HasSubstr("duty2"));
    EXPECT_THAT(ran.out, HasSubstr(":" + std::to_string(mistake) + ": "));
    EXPECT_THAT(ran.out, HasSubstr("carrier must be"));
    EXPECT_GE(std::ranges::count(ran.out, '\n'), 2);
}

TEST_F(Commands_Test, CheckNamesTheChannelWithWhichTheServiceWouldNotStart) {
    write(folder_ / "secret", std::string(40, 'x'));
    const auto line = std::ranges::count(config::read_text_file(settings()).value(), '\n') + 2;
    const std::string common =
        "kind = \"voice\"\ntoken = \"file:secret\"\npublic_url = \"https://hotline.example.org\"\n";
    const std::string of_switch = "\n[[channel]]\nname = \"line\"\ncarrier = \"freeswitch\"\nnumber = \"12338\"\n" +
                                  common + "event_socket_password = \"file:secret\"\n";
    const std::string of_cloud =
        "\n[[channel]]\nname = \"line\"\ncarrier = \"twilio\"\nnumber = \"\"\n" + common +
        "api_url = \"https://api.example.org\"\napi_user = \"AC1\"\napi_password = \"file:secret\"\n";
    const std::string dial = "dial = \"sofia/gateway/carrier/{number}\"\n";
    const std::string socket = "event_socket = \"127.0.0.1:8021\"\n";

    const std::pair<std::string, const char*> kCases[] = {
        {of_switch + dial + "event_socket = \"192.0.2.2:8021\"\n", "event_socket is 127.0.0.1:8021"},
        {of_switch + socket + "dial = \"sofia/gateway/carrier/123\"\n", "dial that holds {number} once"},
        {of_cloud, "needs a value for number"}};
    for (const auto& [section, what] : kCases) {
        const auto ran = run({"check", "--config", settings(section).string()});
        EXPECT_EQ(ran.status, 1) << section;
        EXPECT_THAT(ran.out, HasSubstr("harborline.toml:" + std::to_string(line) + ": channel line")) << section;
        EXPECT_THAT(ran.out, HasSubstr(what));
    }
    const auto sound = run({"check", "--config", settings(of_switch + dial + socket).string()});
    EXPECT_EQ(sound.status, 0) << sound.out;
}

TEST_F(Commands_Test, CheckSaysThatAChannelRingsNobody) {
    const auto file = settings();
    auto toml = config::read_text_file(file).value();
    toml.replace(toml.find("repeat_min"), 0, "call_channel = \"handset-voice\"\n");
    write(file, toml);

    const auto ran = run({"check", "--config", file.string()});

    EXPECT_EQ(ran.status, 1);
    EXPECT_THAT(ran.out, HasSubstr("call_channel must name a channel that can place calls, and handset-voice can not"));
}

TEST_F(Commands_Test, CheckNamesFileAndLineOfAMistakeInAFlow) {
    const auto flows = folder_ / "flows";
    fs::copy(kConfig / "flows", flows);
    auto toml = config::read_text_file(flows / "progress.toml").value();
    toml.replace(toml.find("next = \"find\""), 13, "next = \"fnid\"");
    write(flows / "progress.toml", toml);
    const auto file = settings();
    auto content = config::read_text_file(file).value();
    const auto old = (kConfig / "flows").string();
    write(file, content.replace(content.find(old), old.size(), flows.string()));

    const auto ran = run({"check", "--config", file.string()});

    EXPECT_EQ(ran.status, 1);
    EXPECT_THAT(ran.out, HasSubstr("progress.toml:"));
    EXPECT_THAT(ran.out, HasSubstr("fnid"));
}

TEST_F(Commands_Test, CheckAndServeSayWhatIsWrongWithTheCertificate) {
    const testing::Authority authority;
    const auto issued = authority.issue();
    const auto file = settings();
    auto toml = config::read_text_file(file).value();
    toml.replace(toml.find("[listener.public]"), 17,
                 "[listener.public]\ntls_certificate = \"chain.pem\"\ntls_key = \"key.pem\"");
    write(file, toml);
    write(folder_ / "chain.pem", issued.certificate);
    for (const std::string& wrong : {std::string{}, authority.issue().key}) {
        if (!wrong.empty()) write(folder_ / "key.pem", wrong);
        const auto why = wrong.empty() ? "there is no file" : "does not belong to the certificate";

        const auto checked = run({"check", "--config", file.string()});
        EXPECT_EQ(checked.status, 1);
        EXPECT_THAT(checked.out, ::testing::AllOf(HasSubstr("key.pem"), HasSubstr(why)));
        const auto served = run({"serve", "--config", file.string()});
        EXPECT_EQ(served.status, 1);
        EXPECT_THAT(served.err, ::testing::AllOf(HasSubstr("key.pem"), HasSubstr(why)));
    }

    write(folder_ / "key.pem", issued.key);
    EXPECT_EQ(run({"check", "--config", file.string()}).status, 0);
}

TEST_F(Commands_Test, CheckAndServeRefuseAPlaceWhereNothingThatCallersTellCouldBeKept) {
    auto toml = config::read_text_file(settings()).value();
    write(folder_ / "file", "no folder");
    toml = "recordings = \"" + (folder_ / "file" / "recordings").string() + "\"\n" + toml;
    write(folder_ / "harborline.toml", toml);
    const auto config = (folder_ / "harborline.toml").string();

    const auto checked = run({"check", "--config", config});
    EXPECT_EQ(checked.status, 1);
    EXPECT_THAT(checked.out, HasSubstr("file/recordings cannot be made or written"));
    const auto served = run({"serve", "--config", config});
    EXPECT_EQ(served.status, 1);
    EXPECT_THAT(served.err, HasSubstr("file/recordings cannot be made or written"));

    toml.erase(toml.find("[[channel]]\nname = \"handset-voice\""));
    write(folder_ / "harborline.toml", toml);
    EXPECT_EQ(run({"check", "--config", config}).status, 0) << "without calls nothing is recorded";
}

TEST_F(Commands_Test, AnExpiredCertificateIsAWarningAndACommandOfACaseworkerNeedsNone) {
    const auto old = testing::Authority().issue({.from_days = -9, .to_days = -2});
    const auto file = settings();
    auto toml = config::read_text_file(file).value();
    toml.replace(toml.find("[listener.public]"), 17,
                 "[listener.public]\ntls_certificate = \"chain.pem\"\ntls_key = \"key.pem\"");
    write(file, toml);
    write(folder_ / "chain.pem", old.certificate);
    write(folder_ / "key.pem", old.key);

    const auto checked = run({"check", "--config", file.string()});
    EXPECT_EQ(checked.status, 0);
    EXPECT_THAT(checked.err, ::testing::AllOf(IsOneSentence(), HasSubstr("chain.pem"), HasSubstr("has expired")));

    fs::remove(folder_ / "key.pem");
    const auto imported =
        run({"roster", "import", (kConfig / "demo" / "roster.csv").string(), "--config", file.string()});
    EXPECT_EQ(imported.status, 0) << imported.err;
}

TEST_F(Commands_Test, CheckWarnsWhereNobodyIsRungForACaller) {
    const auto file = settings();
    write(folder_ / "secret", std::string(40, 'x'));
    fs::permissions(folder_ / "secret", fs::perms::owner_read | fs::perms::owner_write);
    auto toml = config::read_text_file(file).value();
    for (const std::string carrier : {"twilio", "somleng"})
        toml += "\n[[channel]]\nname = \"by-" + carrier + "\"\ncarrier = \"" + carrier +
                "\"\nkind = \"voice\"\ntoken = \"file:secret\"\n"
                "number = \"+8645112338000\"\napi_url = \"https://api.example.org\"\napi_user = \"AC1\"\n"
                "api_password = \"file:secret\"\npublic_url = \"https://hotline.example.org\"\n";
    write(file, toml);

    const auto ran = run({"check", "--config", file.string()});

    EXPECT_EQ(ran.status, 0) << ran.out;
    EXPECT_THAT(ran.err, IsOneSentence());
    EXPECT_THAT(ran.err, HasSubstr("channel by-somleng can not ring others"));
}

TEST_F(Commands_Test, CheckWarnsOfANeutralNameThatIsNone) {
    const auto file = settings();
    const auto toml = config::read_text_file(file).value();
    const auto with = [&](std::string_view name) {
        auto more = toml;
        const auto at = more.find("\nsignature = ");
        more.insert(at, "\nneutral_signature = \"" + std::string{name} + "\"");
        write(file, more);
        return run({"check", "--config", file.string()});
    };

    const auto telling = with("【家暴维权】");
    EXPECT_EQ(telling.status, 0) << telling.out;
    EXPECT_THAT(telling.err, IsOneSentence());
    EXPECT_THAT(telling.err, HasSubstr("neutral_signature of channel handset says"));

    const auto neutral = with("【春风培训】");
    EXPECT_EQ(neutral.status, 0) << neutral.out;
    EXPECT_TRUE(neutral.err.empty()) << neutral.err;

    const auto long_one = with("【黑龙江省哈尔滨市道里区春风职业技能培训学校服务站第一】");
    EXPECT_EQ(long_one.status, 1) << "texts fit with the longer of the two names";
    EXPECT_THAT(long_one.out, HasSubstr("text pet.start: takes 2 SMS on channel handset"));
    EXPECT_THAT(long_one.out, ::testing::Not(HasSubstr("text cw."))) << "staff never get it";
}

/// What no flow names is said all the same: to whoever is called to her, to her when she has spoken, to the
/// administrator.
TEST_F(Commands_Test, CheckNamesEveryTextThatIsMissing) {
    const std::vector<std::string> wanted{"ring.level",    "ring.code", "ring.listen",
                                          "ring.take",     "ring.her",  "pet.text.heard",
                                          "pet.text.none", "adm.flood", "kin.which.nobody"};
    const auto file = settings();
    auto toml = config::read_text_file(file).value();
    const auto shipped = (kConfig / "text").string();
    write(file, toml.replace(toml.find(shipped), shipped.size(), (folder_ / "text").string()));
    fs::create_directory(folder_ / "text");
    for (const std::string language : {"zh-CN.toml", "en.toml"}) {
        auto texts = config::read_text_file(kConfig / "text" / language).value();
        for (const auto& key : wanted) {
            const auto at = texts.find("\n\"" + key + "\" = ") + 1;
            ASSERT_GT(at, 0U) << key;
            texts.erase(at, texts.find('\n', at) - at);
        }
        write(folder_ / "text" / language, texts);
    }

    const auto ran = run({"check", "--config", file.string()});

    EXPECT_EQ(ran.status, 1);
    for (const auto& key : wanted) EXPECT_THAT(ran.out, HasSubstr("the text \"" + key + "\" is missing in en"));
}

TEST_F(Commands_Test, CheckNamesAValueThatNothingFillsIn) {
    const auto file = settings();
    auto toml = config::read_text_file(file).value();
    const auto shipped = (kConfig / "text").string();
    write(file, toml.replace(toml.find(shipped), shipped.size(), (folder_ / "text").string()));
    fs::create_directory(folder_ / "text");
    for (const std::string language : {"zh-CN.toml", "en.toml"}) {
        auto texts = config::read_text_file(kConfig / "text" / language).value();
        texts.insert(texts.find("{code}", texts.find("\"cw.red\" = ")), "{ref} ");
        write(folder_ / "text" / language, texts);
    }

    const auto ran = run({"check", "--config", file.string()});

    EXPECT_EQ(ran.status, 1);
    EXPECT_THAT(ran.out, HasSubstr("nothing fills in {ref} in the text \"cw.red\""));
    EXPECT_THAT(ran.out, Not(HasSubstr("{code}"))) << "that is the code of the page";
}

TEST_F(Commands_Test, ServeRefusesBrokenSettings) {
    const auto ran = run({"serve", "--config", settings("\nx = [\n").string()});

    EXPECT_EQ(ran.status, 1);
    EXPECT_THAT(ran.err, HasSubstr("harborline.toml:"));
    EXPECT_FALSE(fs::exists(folder_ / "harborline.db"));
}

TEST_F(Commands_Test, MissingSettingsAreNamed) {
    const auto ran = run({"case", "list", "--config", (folder_ / "nowhere.toml").string()});

    EXPECT_EQ(ran.status, 1);
    EXPECT_THAT(ran.err, HasSubstr("nowhere.toml"));
}

TEST_F(Commands_Test, UsageErrorsAreTwo) {
    for (const auto& arguments : std::vector<std::vector<std::string>>{{},
                                                                       {"nonsense"},
                                                                       {"case"},
                                                                       {"case", "close"},
                                                                       {"check", "--nonsense"},
                                                                       {"phone", "sms"},
                                                                       {"phone", "ussd"}}) {
        const auto ran = run(arguments);
        EXPECT_EQ(ran.status, 2) << (arguments.empty() ? "" : arguments.back());
        EXPECT_THAT(ran.out + ran.err, Not(IsEmpty()));
    }
}

TEST_F(Commands_Test, EveryCommandHelpsWithAnExample) {
    for (const auto& arguments : std::vector<std::vector<std::string>>{{"serve"},
                                                                       {"check"},
                                                                       {"phone", "sms"},
                                                                       {"phone", "ussd"},
                                                                       {"case", "list"},
                                                                       {"case", "close"},
                                                                       {"roster", "import"},
                                                                       {"outbox", "dead"},
                                                                       {"stranded", "retry"},
                                                                       {"backup"},
                                                                       {"verify"},
                                                                       {"restore"},
                                                                       {"key", "backup"},
                                                                       {"key", "restore"},
                                                                       {"outbox", "send"},
                                                                       {"replay"}}) {
        auto asking = arguments;
        asking.emplace_back("--help");
        const auto ran = run(asking);
        EXPECT_EQ(ran.status, 0) << arguments.back();
        EXPECT_THAT(ran.out, HasSubstr("Example: harborline ")) << arguments.back();
    }
}

TEST_F(Commands_Test, ACommandMakesNoDatabase) {
    const auto ran = run({"case", "list", "--config", settings().string()});

    EXPECT_EQ(ran.status, 1);
    EXPECT_THAT(ran.err, IsOneSentence());
    EXPECT_FALSE(fs::exists(folder_ / "harborline.db"));
}

TEST_F(Commands_Test, ThePhonePlaysATranscriptOnAnyDay) {
    // It names the day by which she hears more.
    const auto story = fs::path{HARBORLINE_SOURCE_DIR} / "tests" / "transcripts" / "petition" / "sms_land.txt";
    const auto ran = run({"phone", "sms", "--from", "+8619900000001", "--config",
                          (kConfig / "harborline.toml").string(), "--script", story.string()});

    EXPECT_EQ(ran.status, 0) << ran.err;
}

TEST_F(Commands_Test, ThePhoneSaysWhereATranscriptDiffers) {
    write(folder_ / "story.txt", "from +8619900000001\n> 你好\n< 别的话\n");
    const auto ran = run({"phone", "sms", "--from", "+8619900000001", "--config",
                          (kConfig / "harborline.toml").string(), "--script", (folder_ / "story.txt").string()});

    EXPECT_EQ(ran.status, 1);
    EXPECT_THAT(ran.err, HasSubstr("story.txt: line 3: expected: 别的话"));
}

TEST_F(Commands_Test, ThePhoneDialsInAStory) {
    const auto story = fs::path{HARBORLINE_SOURCE_DIR} / "tests" / "transcripts" / "petition" / "ussd_land.txt";
    const auto ran = run({"phone", "ussd", "--from", "+8619900000001", "--config",
                          (kConfig / "harborline.toml").string(), "--script", story.string()});

    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("/70 units"));
}

TEST_F(Commands_Test, ThePhoneRehearsesASession) {
    write(folder_ / "keys", "\n2\n^\n1\ndial\n9\n");
    const auto ran =
        run({"phone", "ussd", "--from", "+8619900000001", "--config", (kConfig / "harborline.toml").string()},
            folder_ / "keys");

    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("[broken off]\nNo session is open."));
    EXPECT_THAT(ran.out, HasSubstr("3/70 units ─┘\n[session over]\n@199****0104 < "));
}

TEST_F(Commands_Test, ThePhoneWantsANumber) {
    const auto ran = run({"phone", "sms", "--from", "abc", "--config", (kConfig / "harborline.toml").string()});

    EXPECT_EQ(ran.status, 2);
    EXPECT_THAT(ran.err, IsOneSentence());
}

TEST_F(Commands_Test, ARosterWithMistakesIsNotImported) {
    const auto config = settings().string();
    const auto demo = config::read_text_file(kConfig / "demo" / "roster.csv").value();
    write(folder_ / "good.csv", demo);
    write(folder_ / "bad.csv", demo + "x,某示例,123,,king,,,all,00:00,24:00\n");

    ASSERT_EQ(run({"roster", "import", (folder_ / "good.csv").string(), "--config", config}).status, 0);
    const auto before = run({"roster", "show", "--json", "--config", config}).out;
    const auto ran = run({"roster", "import", (folder_ / "bad.csv").string(), "--config", config});

    EXPECT_EQ(ran.status, 1);
    EXPECT_THAT(ran.err, HasSubstr("bad.csv:9"));
    EXPECT_EQ(run({"roster", "show", "--json", "--config", config}).out, before);
    EXPECT_EQ(json::parse(before).as_array().size(), 7U);
}

TEST_F(Commands_Test, ARosterThatGoesByHolidaysShowsTheWordAndIsWarnedOfTheCalendarsEnd) {
    fs::create_directory(folder_ / "holidays");
    write(folder_ / "holidays" / "2020.toml",
          "year = 2020\nsource = \"a notice\"\nverified_on = 2019-11-21\n\n"
          "[[holiday]]\nname = \"元旦\"\ndays = \"2020-01-01\"\n");
    const auto file = settings();
    const auto toml = config::read_text_file(file).value();
    write(file, "holidays = \"" + (folder_ / "holidays").string() + "\"\n" + toml);
    const auto config = file.string();
    const std::string header = "staff,name,phone,user,role,district,department,days,from,to,night,on,off\n";
    const std::string admin = "admin,管理员,19900000107,root,administrator,,,all,,,,,\n";
    write(folder_ / "roster.csv", header + admin + "wang,王示例,19900000104,,duty,,,all,,,,,holiday 2026-12-25\n");
    write(folder_ / "plain.csv", header + admin + "wang,王示例,19900000104,,duty,,,all,,,,,2026-12-25\n");
    write(folder_ / "work.csv", header + admin + "wang,王示例,19900000104,,duty,,,all,,,,workweekend,\n");

    const auto plain = run({"roster", "import", (folder_ / "plain.csv").string(), "--config", config});
    const auto none = run({"roster", "import", (folder_ / "work.csv").string(), "--config", config});
    const auto ran = run({"roster", "import", (folder_ / "roster.csv").string(), "--config", config});

    EXPECT_EQ(plain.status, 0);
    EXPECT_EQ(plain.err, "");
    EXPECT_EQ(none.status, 1);
    EXPECT_THAT(none.err, HasSubstr("work.csv:3: on says workweekend"));
    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_THAT(ran.err, HasSubstr("holidays: warning: the holiday calendar is checked up to 2020-12-31"));
    EXPECT_THAT(run({"roster", "show", "--config", config}).out, HasSubstr("holiday 2026-12-25"));
    EXPECT_THAT(run({"roster", "gaps", "--config", config}).out,
                HasSubstr("the holiday calendar is not checked for these days"));

    write(folder_ / "holidays" / "2021.toml", "year = 2020\nsource = \"\"\n");
    const auto checked = run({"check", "--config", config});
    EXPECT_EQ(checked.status, 1);
    EXPECT_THAT(checked.out, HasSubstr("2021.toml:1: needs source"));
    EXPECT_THAT(checked.out, HasSubstr("2021.toml:1: another file has this year already"));
}

TEST_F(CommandsOnACase, ListAndShowTellWhatIsThere) {
    const auto listed = rows({"case", "list"});
    ASSERT_EQ(listed.size(), 1U);
    EXPECT_EQ(listed.front().at("reference").as_string(), reference_);
    EXPECT_EQ(listed.front().at("owner").as_string(), "chen");

    const auto shown = matter("show", {"--as", "li"});
    EXPECT_EQ(shown.status, 0);
    EXPECT_THAT(shown.out, HasSubstr("三亩地"));
    EXPECT_THAT(shown.out, Not(HasSubstr("1990000")));
}

TEST_F(CommandsOnACase, I4_ClosingBeforeAReplyIsRefusedInOneSentence) {
    const auto ran = matter("close", {"--as", "li"});

    EXPECT_EQ(ran.status, 1);
    EXPECT_THAT(ran.err, IsOneSentence());
    EXPECT_THAT(ran.err, HasSubstr("harborline case reply"));
    EXPECT_THAT(ran.out, IsEmpty());
    EXPECT_EQ(rows({"case", "list"}).front().at("status").as_string(), "registered");
}

TEST_F(CommandsOnACase, AReasonClosesIt) {
    EXPECT_EQ(matter("close", {"--as", "li", "--reason", "she came in person"}).status, 0);

    EXPECT_TRUE(rows({"case", "list"}).empty());
    EXPECT_EQ(rows({"case", "list", "--all"}).front().at("status").as_string(), "closed");
}

TEST_F(CommandsOnACase, TakeNoteAndReplyAreWrittenUnderWhoActs) {
    EXPECT_EQ(matter("take", {"--as", "li"}).status, 0);
    EXPECT_EQ(matter("note", {"--as", "li", "--text", "打过村委会的电话"}).status, 0);
    EXPECT_EQ(matter("reply", {"--as", "li", "--text", "地三天内还您"}).status, 0);

    const auto now = rows({"case", "list"}).front().as_object();
    EXPECT_EQ(now.at("owner").as_string(), "li");
    EXPECT_EQ(now.at("status").as_string(), "replied");
    const auto replies = rows({"outbox", "list"});
    EXPECT_TRUE(std::ranges::any_of(replies, [](const json::value& row) {
        return row.at("class").as_string() == "reply" && row.at("state").as_string() == "waiting";
    }));
    // Sent is not delivered.
    EXPECT_EQ(matter("close", {"--as", "li"}).status, 1);
}

TEST_F(CommandsOnACase, WithoutAKnownStaffNameNothingIsChanged) {
    for (const auto& who : std::vector<std::vector<std::string>>{{}, {"--as", "nobody"}})
        for (const std::string verb : {"take", "close", "note", "mark", "reply"}) {
            auto more = who;
            if (verb == "close") more.insert(more.end(), {"--reason", "because"});
            if (verb == "note" || verb == "reply") more.insert(more.end(), {"--text", "话"});
            if (verb == "mark") more.emplace_back("joke");
            const auto ran = matter(verb, more);
            EXPECT_EQ(ran.status, 1) << verb;
            EXPECT_THAT(ran.err, IsOneSentence()) << verb;
            EXPECT_THAT(ran.err, HasSubstr("--as")) << verb;
        }
    const auto outbox = rows({"outbox", "list"});
    const auto id = std::to_string(outbox.front().at("id").as_int64());
    EXPECT_EQ(run({"outbox", "drop", id, "--config", config_}).status, 1);

    EXPECT_EQ(rows({"outbox", "list"}), outbox);
    const auto now = rows({"case", "list"}).front().as_object();
    EXPECT_EQ(now.at("status").as_string(), "registered");
    EXPECT_EQ(now.at("owner").as_string(), "chen");
}

TEST_F(CommandsOnACase, ANumberOfNobodyIsToldApartFromNoNumber) {
    EXPECT_EQ(run({"case", "show", "123", "--as", "li", "--config", config_}).status, 2);

    auto mistyped = reference_;
    mistyped.back() = mistyped.back() == '0' ? '1' : '0';
    EXPECT_EQ(run({"case", "show", mistyped, "--as", "li", "--config", config_}).status, 2);
}

TEST_F(CommandsOnACase, AWrongKeyFileIsRefusedInWords) {
    const auto key = folder_ / "master.key";
    fs::remove(key);
    const auto missing = run({"case", "list", "--config", config_});
    EXPECT_EQ(missing.status, 1);
    EXPECT_THAT(missing.err, IsOneSentence());
    EXPECT_THAT(missing.err, HasSubstr("key"));
    EXPECT_FALSE(fs::exists(key));

    // As long as a key, and another one.
    write(key, std::string(32, 'k'));
    fs::permissions(key, fs::perms::owner_read | fs::perms::owner_write);
    const auto wrong = run({"case", "list", "--config", config_});
    EXPECT_EQ(wrong.status, 1);
    EXPECT_THAT(wrong.err, IsOneSentence());
    EXPECT_THAT(wrong.err, HasSubstr("key"));

    write(key, "short");
    const auto junk = run({"case", "list", "--config", config_});
    EXPECT_EQ(junk.status, 1);
    EXPECT_THAT(junk.err, IsOneSentence());
}

TEST_F(CommandsOnACase, ABackupIsAFileOfItsOwnAndOverwritesNothing) {
    const auto copy = (folder_ / "copy.db").string();

    EXPECT_EQ(run({"backup", copy, "--config", config_}).status, 0);
    EXPECT_TRUE(fs::exists(copy));
    EXPECT_EQ(fs::status(copy).permissions() & fs::perms::all, fs::perms::owner_read | fs::perms::owner_write);

    const auto again = run({"backup", copy, "--config", config_});
    EXPECT_EQ(again.status, 1);
    EXPECT_THAT(again.err, IsOneSentence());
}

TEST(GiveWay_Test, WhatReadsEverythingRunsOnlyWhenNothingElseWantsTo) {
    int reader = -1;
    int its_storage = -1;

    // In a thread of its own: there is no way back.
    std::thread{[&] {
        give_way();
        reader = ::sched_getscheduler(0);
        std::thread{[&] { its_storage = ::sched_getscheduler(0); }}.join();
    }}.join();

    EXPECT_EQ(reader, SCHED_IDLE);
    EXPECT_EQ(its_storage, SCHED_IDLE);
}

TEST_F(Commands_Test, AListOfNothingIsAnEmptyListAndASentence) {
    const auto config = settings().string();
    ASSERT_EQ(run({"roster", "import", (kConfig / "demo/roster.csv").string(), "--config", config}).status, 0);

    EXPECT_EQ(run({"turns", "list", "--json", "--config", config}).out, "[]\n");
    EXPECT_EQ(run({"turns", "list", "--config", config}).out, "no turns yet\n");
}

TEST_F(CommandsOnACase, TurnsAreListedWithoutTheirWords) {
    const auto ran = run({"turns", "list", "--json", "--config", config_});

    EXPECT_EQ(ran.status, 0);
    EXPECT_EQ(json::parse(ran.out).as_array().size(), 9U);
    EXPECT_THAT(ran.out, Not(HasSubstr("三亩地")));
    EXPECT_THAT(ran.out, Not(HasSubstr("1990000")));
}

/// I13: what was stranded while a flow was broken is completed once it is mended.
TEST_F(Commands_Test, I13_StrandedRetryCompletesWhatWasStranded) {
    {
        const auto broken = testing::book_where("petition.toml", "\"open_case\"", "\"fail\"");
        World world{testing::shipped_roster(), testing::shipped().settings, broken};
        for (const auto* said : {"你好", "2", "1", "2", "3", "1", "村里把我家三亩地给了别人", "1", "2"})
            world.says(phone(1), said);
        ASSERT_EQ(world.stranded().size(), 1U);
        world.ground->store().stop();
        world.ground.reset();
        fs::copy_file(world.settings.database, folder_ / "harborline.db");
        fs::copy_file(world.settings.master_key, folder_ / "master.key");
    }
    const auto config = settings().string();
    const auto listed = run({"stranded", "list", "--json", "--config", config});
    EXPECT_EQ(json::parse(listed.out).as_array().size(), 1U);
    EXPECT_THAT(listed.out, Not(HasSubstr("1990000")));

    EXPECT_EQ(run({"stranded", "retry", "--config", config}).status, 0);

    EXPECT_EQ(run({"stranded", "list", "--json", "--config", config}).out, "[]\n");
    const auto cases = run({"case", "list", "--json", "--config", config}).out;
    EXPECT_EQ(json::parse(cases).as_array().size(), 1U);
    EXPECT_EQ(run({"stranded", "retry", "--config", config}).status, 0);
    EXPECT_EQ(run({"case", "list", "--json", "--config", config}).out, cases);
}

/// Domain rules 3.7: nothing of a flood is lost, a named person samples it and takes what was none.
TEST_F(Commands_Test, QuarantineIsSampledByANamedPersonAndReleased) {
    const std::string wares = "低价代开各类发票，请加微信联系";
    {
        World world;
        for (int one = 0; one < 32; ++one) world.take(world.text(phone(1'000 + one), wares));
        world.ground->store().stop();
        world.ground.reset();
        fs::copy_file(world.settings.database, folder_ / "harborline.db");
        fs::copy_file(world.settings.master_key, folder_ / "master.key");
    }
    const auto config = settings().string();
    const std::vector<std::string> list{"quarantine", "list", "--json", "--as", "li", "--config", config};
    const auto release = [&](const std::vector<std::string>& which) {
        std::vector<std::string> arguments{"quarantine", "release", "--as", "li", "--config", config};
        arguments.insert(arguments.end(), which.begin(), which.end());
        return run(arguments);
    };
    EXPECT_NE(run({"quarantine", "list", "--as", "nobody", "--config", config}).status, 0);
    const auto listed = run(list);
    ASSERT_EQ(listed.status, 0) << listed.err;
    const auto rows = json::parse(listed.out).as_array();
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].at("text").as_string(), wares);
    EXPECT_THAT(listed.out, Not(HasSubstr("1990000")));

    EXPECT_EQ(release({}).status, 2);
    EXPECT_EQ(release({"999999"}).status, 1);

    CommandGround ground({.config = config});
    Quarantine read_before{ground};
    EXPECT_EQ(release({std::to_string(rows[0].at("id").as_int64())}).status, 0);
    EXPECT_EQ(json::parse(run(list).out).as_array().size(), 1U);
    EXPECT_EQ(release({"--all"}).status, 0);
    EXPECT_EQ(run(list).out, "[]\n");

    // Two people at it at once: what one has released the other does not release again.
    ASSERT_EQ(read_before.held().size(), 2U);
    const auto held = read_before.held();
    ground->store().run([&](storage::Transaction& tx) {
        for (const auto& [number, turn] : held) EXPECT_EQ(read_before.find(tx, number), nullptr);
    });
}

TEST_F(CommandsOnACase, AContactIsMarkedByItsTypeInTheTimeline) {
    EXPECT_EQ(matter("mark", {"joke", "--as", "li"}).status, 0);
    EXPECT_EQ(matter("mark", {"nonsense", "--as", "li"}).status, 2);
    EXPECT_THAT(matter("show", {"--as", "li"}).out,
                ::testing::AllOf(HasSubstr("contact: joke"), Not(HasSubstr("nonsense"))));
}

/// Whoever folds it back locks everybody out for as long as it takes.
TEST_F(CommandsOnACase, AnImportLeavesTheLogToTheServiceBesideIt) {
    CommandGround service({.config = config_}, Access::kCreate);
    service->store().run(
        [&](storage::Transaction& tx) { tx.journal().append({.at = service.now(), .event = "roster_imported"}); });
    const auto log = folder_ / "harborline.db-wal";
    const auto before = fs::file_size(log);
    ASSERT_GT(before, 0U);

    const auto ran = run({"roster", "import", (kConfig / "demo/roster.csv").string(), "--config", config_});

    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_GE(fs::file_size(log), before);
}

TEST_F(CommandsOnACase, WhoeverImportsARosterIsWrittenDown) {
    const auto imports_as = [&](const std::string& as) {
        return run({"roster", "import", (kConfig / "demo/roster.csv").string(), "--as", as, "--config", config_})
            .status;
    };

    EXPECT_EQ(imports_as("nobody"), 1);
    ASSERT_EQ(imports_as("li"), 0);

    CommandGround ground({.config = config_}, Access::kRead);
    ground->store().run([](storage::Transaction& tx) {
        const auto last = tx.journal().latest(1).at(0);
        EXPECT_EQ(last.event, "roster_imported");
        EXPECT_EQ(last.staff, tx.staff().by_key("li")->id);
    });
}

TEST_F(CommandsOnACase, RosterPinDrawsAPinAndShowsItOnce) {
    const auto ran = run({"roster", "pin", "li", "--as", "wang", "--json", "--config", config_});

    ASSERT_EQ(ran.status, 0) << ran.err;
    const auto shown = json::parse(ran.out).as_object();
    EXPECT_EQ(shown.at("staff").as_string(), "li");
    const std::string pin{shown.at("pin").as_string()};
    EXPECT_EQ(pin.size(), 6U);
    EXPECT_TRUE(std::ranges::all_of(pin, [](char c) { return c >= '0' && c <= '9'; }));
    const auto again = run({"roster", "pin", "li", "--as", "wang", "--json", "--config", config_});
    EXPECT_NE(again.out, ran.out);
}

TEST_F(CommandsOnACase, RosterGapsNamesWhatIsWrongAndSaysSoByItsStatus) {
    const auto ran = run({"roster", "gaps", "--json", "--config", config_});
    const auto in_words = run({"roster", "gaps", "--config", config_});

    EXPECT_EQ(ran.status, 1);
    const auto gaps = json::parse(ran.out).as_array();
    ASSERT_EQ(gaps.size(), 4U);  // Nobody's number was ever verified.
    for (const auto& gap : gaps) EXPECT_EQ(gap.at("kind").as_string(), "unverified");
    EXPECT_EQ(in_words.status, 1);
    EXPECT_THAT(in_words.out, HasSubstr("the number of wang is not verified; run: harborline roster verify wang\n"));
    EXPECT_THAT(in_words.out, Not(HasSubstr("1990000")));
}

TEST_F(CommandsOnACase, RosterVerifyTextsACodeThatItDoesNotShow) {
    const auto ran = run({"roster", "verify", "wang", "--as", "li", "--json", "--config", config_});
    const auto nobody = run({"roster", "verify", "nobody", "--as", "li", "--config", config_});

    ASSERT_EQ(ran.status, 0) << ran.err;
    EXPECT_EQ(ran.out, "{\"staff\":\"wang\"}\n");
    EXPECT_EQ(nobody.status, 2);
    EXPECT_THAT(nobody.err, IsOneSentence());
}

TEST_F(CommandsOnACase, RosterPinRefusesStrangersInOneSentence) {
    const auto nobody = run({"roster", "pin", "nobody", "--as", "wang", "--config", config_});
    const auto unnamed = run({"roster", "pin", "li", "--config", config_});

    EXPECT_EQ(nobody.status, 2);
    EXPECT_THAT(nobody.err, IsOneSentence());
    EXPECT_NE(unnamed.status, 0);
    EXPECT_THAT(unnamed.err, IsOneSentence());
    EXPECT_THAT(nobody.out + unnamed.out, IsEmpty());
}

TEST_F(CommandsOnACase, AnAnswerByPhoneIsRefusedToWhoDidNotAskForIt) {
    const auto ran = matter("reply", {"--by-phone", "--text", "...", "--as", "li"});

    EXPECT_EQ(ran.status, 1);
    EXPECT_THAT(ran.err, HasSubstr("she did not ask to be called"));
}

}  // namespace
}  // namespace harborline::gateway
