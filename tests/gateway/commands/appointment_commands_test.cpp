// What was agreed on for families, by command.
#include "tests/gateway/commands/program.hpp"

namespace harborline::gateway {
namespace {

using ::testing::HasSubstr;

class AppointmentCommands : public CommandsOnACase {
  protected:
    Ran people(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), "people");
        arguments.insert(arguments.end(), {"--config", config_});
        return run(std::move(arguments));
    }
    Ran appoint(const std::string& child, const std::string& adult, const std::string& time) {
        return people({"appoint", child, adult, time, "--as", "li"});
    }
};

TEST_F(AppointmentCommands, RefuseInOneSentence) {
    ASSERT_EQ(people({"import", (kConfig / "demo" / "people.csv").string(), "--as", "li"}).status, 0);

    const auto badly_written = appoint("ming", "ming-ma", "sundays at seven");
    EXPECT_EQ(badly_written.status, 2);
    EXPECT_THAT(badly_written.err, IsOneSentence());
    EXPECT_THAT(badly_written.err, HasSubstr("sun 19:00"));
    const auto nobody = appoint("ming", "nobody", "sun 19:00");
    EXPECT_EQ(nobody.status, 1);
    EXPECT_THAT(nobody.err, HasSubstr("people list"));
    const auto strangers = appoint("ming", "lei-ma", "sun 19:00");
    EXPECT_EQ(strangers.status, 1);
    EXPECT_THAT(strangers.err, HasSubstr("without a tie"));
    const auto calls_nobody = appoint("ming", "ming-ma", "sun 19:00");
    EXPECT_EQ(calls_nobody.status, 1);
    EXPECT_THAT(calls_nobody.err, HasSubstr("call_channel"));
    const auto none = people({"unappoint", "3", "--as", "li"});
    EXPECT_EQ(none.status, 1);
    EXPECT_THAT(none.err, HasSubstr("people appointments"));
    const auto list = people({"appointments"});
    EXPECT_EQ(list.status, 0) << list.err;
    EXPECT_THAT(list.out + list.err, HasSubstr("people appoint"));
}

}  // namespace
}  // namespace harborline::gateway
