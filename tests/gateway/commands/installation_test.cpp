// Commands as README installs them: beside a service whose secrets are root's, through sudo.
#include "tests/gateway/commands/program.hpp"

namespace harborline::gateway {
namespace {

using ::testing::HasSubstr;

class Installation_Test : public Commands_Test {
  protected:
    /// One administrator, whose user is sudo-admin.
    Ran import_roster(const std::string& config) {
        write(folder_ / "roster.csv",
              "staff,name,phone,user,role,district,department,days,from,to\n"
              "admin,管理员,19900000107,sudo-admin,administrator,,,all,,\n");
        return run({"roster", "import", (folder_ / "roster.csv").string(), "--config", config});
    }
};

TEST_F(Installation_Test, ACommandOfACaseworkerNeedsNoSecretAndWhoServesDoes) {
    const auto config = settings(
                            "\n[[channel]]\nname = \"kannel\"\ncarrier = \"kannel\"\n"
                            "token = \"env:HARBORLINE_TEST_NOWHERE\"\napi_password = \"file:nowhere\"\n"
                            "api_url = \"http://127.0.0.1:13013/cgi-bin/sendsms\"\napi_user = \"u\"\n"
                            "public_url = \"http://127.0.0.1:8700\"\nsignature = \"【妇联】\"\n")
                            .string();

    const auto imported = import_roster(config);
    EXPECT_EQ(imported.status, 0) << imported.err;

    const auto checked = run({"check", "--config", config});
    EXPECT_EQ(checked.status, 1);
    EXPECT_THAT(checked.out, HasSubstr("token names an environment variable that is not set"));
    EXPECT_THAT(checked.out, HasSubstr("api_password names a file that can not be read"));
    for (const auto& arguments : {std::vector<std::string>{"serve"},
                                  {"phone", "sms", "--from", "+8619900000001", "--gateway", "http://[::1]:9"}}) {
        auto whole = arguments;
        whole.insert(whole.end(), {"--config", config});
        const auto refused = run(whole);
        EXPECT_EQ(refused.status, 1) << arguments.front();
        EXPECT_THAT(refused.err, HasSubstr("token names an environment variable that is not set"));
    }
}

TEST_F(Installation_Test, WhoComesThroughSudoIsStillHerself) {
    const auto config = settings().string();
    ASSERT_EQ(import_roster(config).status, 0);
    const auto draws_pin = [&](const std::string& caller) {
        return run_program({"env", caller, HARBORLINE_PROGRAM, "roster", "pin", "admin", "--config", config}).status;
    };

    EXPECT_EQ(draws_pin("SUDO_USER=sudo-admin"), 0);
    EXPECT_EQ(draws_pin("SUDO_USER=sudo-other"), 1);
    EXPECT_EQ(draws_pin("SUDO_USER="), 1) << "whoever runs the tests is nobody here";
}

using OnAFullDisk = CommandsOnACase;

TEST_F(OnAFullDisk, HalfAListIsNoSuccess) {
    for (const std::string command : {"people export --as li", "case list --json", "case list", "outbox list --json"}) {
        const auto ran = run_program(
            {"sh", "-c", std::string{HARBORLINE_PROGRAM} + " " + command + " --config '" + config_ + "' > /dev/full"});
        EXPECT_EQ(ran.status, 1) << command;
        EXPECT_THAT(ran.err, ::testing::AllOf(IsOneSentence(), HasSubstr("could not be written"))) << command;
    }
}

/// What sudo would log.
class Confided_Test : public CommandsOnACase {
  protected:
    Ran matter_with_input(const std::string& verb, std::vector<std::string> more, std::string_view input) {
        write(folder_ / "input", input);
        std::vector<std::string> arguments{"case", verb, reference_, "--as", "li", "--config", config_};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return run(std::move(arguments), folder_ / "input");
    }
};

TEST_F(Confided_Test, AWordIsTakenFromStandardInputWhereTheCommandLineSaysSo) {
    EXPECT_EQ(matter_with_input("note", {"--text", "-"}, "打过村委会的电话\n第二行\n").status, 0);
    const auto told = matter("show", {"--as", "li"}).out;
    EXPECT_THAT(told, HasSubstr("打过村委会的电话"));
    EXPECT_THAT(told, ::testing::Not(HasSubstr("第二行")));
    EXPECT_EQ(matter_with_input("reply", {"--text=-"}, "地三天内还您\n").status, 0);

    const auto nothing = matter_with_input("note", {"--text", "-"}, "");
    EXPECT_EQ(nothing.status, 2);
    EXPECT_THAT(nothing.err, ::testing::AllOf(IsOneSentence(), HasSubstr("--text")));
}

TEST_F(Confided_Test, SeveralAreLinesInTheOrderOfTheCommandLine) {
    const auto written = matter_with_input(
        "contact", {"--way", "text", "--unsafe-word", "-", "--name", "-", "--safe-word", "-"}, "西瓜\n王姐\n苹果\n");
    ASSERT_EQ(written.status, 0) << written.err;

    const auto plan = json::parse(matter("contact", {"--as", "li", "--json"}).out).as_object();
    EXPECT_EQ(plan.at("safe_word").as_string(), "苹果");
    EXPECT_EQ(plan.at("unsafe_word").as_string(), "西瓜");
    EXPECT_EQ(plan.at("name").as_string(), "王姐");
}

}  // namespace
}  // namespace harborline::gateway
