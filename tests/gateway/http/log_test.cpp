#include "gateway/http/log.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <array>
#include <string>
#include <type_traits>

#include "handlers/core/phone_number.hpp"
#include "handlers/core/secret.hpp"

namespace harborline::gateway {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

static_assert(!std::is_constructible_v<LogField, std::string_view, core::PhoneNumber>);
static_assert(!std::is_constructible_v<LogField, std::string_view, core::Secret>);
static_assert(std::is_constructible_v<LogField, std::string_view, core::CaseId>);

class LogTest : public ::testing::Test {
  protected:
    LogTest() {
        if (pipe2(ends_.data(), O_NONBLOCK) != 0) throw std::runtime_error("no pipe");
        // The log has to cope with a descriptor that blocks: only the reading end stays as it is.
        fcntl(ends_[1], F_SETFL, fcntl(ends_[1], F_GETFL) & ~O_NONBLOCK);
    }
    ~LogTest() override {
        close(ends_[0]);
        close(ends_[1]);
    }

    std::string lines() const {
        std::string all;
        std::array<char, 4096> piece{};
        for (ssize_t size = 0; (size = read(ends_[0], piece.data(), piece.size())) > 0;) {
            all.append(piece.data(), static_cast<std::size_t>(size));
        }
        return all;
    }

    std::array<int, 2> ends_{};
};

TEST_F(LogTest, WritesTimeLevelFolderEventAndFields) {
    const Logs logs("info", ends_[1]);

    logs.folder("http").warn("turned_away",
                             {{"count", 3}, {"case", core::CaseId{7}}, {"took_s", 1500ms}, {"ok", true}});

    EXPECT_THAT(lines(), MatchesRegex("[0-9]+-[0-9]+-[0-9]+T[0-9:.]+Z warning http turned_away count=3 case=7 "
                                      "took_s=1.5 ok=true\n"));
}

TEST_F(LogTest, SaysNothingBelowItsLevel) {
    const Logs logs("warn", ends_[1]);

    logs.folder("http").info("quiet");
    Log{}.error("nobody_listens");

    EXPECT_EQ(lines(), "");
}

TEST_F(LogTest, NoValueCanEndALineOrFakeAField) {
    const Logs logs("debug", ends_[1]);

    logs.folder("http").info("odd", {{"a", "x\n2027-01-01 error faked"}, {"b", ""}, {"c", "q\" d=e"}});

    EXPECT_THAT(lines(), HasSubstr("odd a=\"x\\x0a2027-01-01 error faked\" b=\"\" c=\"q\\x22 d=e\"\n"));
}

TEST_F(LogTest, ALongLineIsCut) {
    const Logs logs("info", ends_[1]);
    const std::string word(100'000, 'x');

    logs.folder("http").info("long", {{"a", word}});

    EXPECT_LT(lines().size(), 4'097U);
}

TEST_F(LogTest, AReaderThatStoppedReadingHoldsNothingUpAndIsToldWhatItMissed) {
    const Logs logs("info", ends_[1]);
    const auto log = logs.folder("http");
    const std::string word(200, 'x');

    for (int i = 0; i < 2'000; ++i) log.info("flood", {{"n", i}, {"a", word}});  // Far more than a pipe holds.
    const auto first = lines();
    log.info("after");

    EXPECT_THAT(first, HasSubstr("n=0 "));
    EXPECT_THAT(first, Not(HasSubstr("n=1999 ")));
    EXPECT_THAT(lines(), MatchesRegex("log_lines_dropped count=[0-9]+\n.* after\n"));
}

}  // namespace
}  // namespace harborline::gateway
