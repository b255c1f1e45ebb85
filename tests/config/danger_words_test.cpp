#include "config/danger_words.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>

#include "config/files.hpp"

namespace harborline::config {
namespace {

struct BadWords {
    std::string name;
    std::string toml;
    int line;
    std::string message;
};

void PrintTo(const BadWords& row, std::ostream* out) {
    *out << row.name;
}

class DangerFile : public ::testing::TestWithParam<BadWords> {};

TEST_P(DangerFile, IsRefusedWithItsLine) {
    core::Findings findings;
    read_danger_words(GetParam().toml, "danger.toml", findings);

    const bool found = std::ranges::any_of(findings, [](const core::Finding& finding) {
        return finding.line == GetParam().line && finding.message.find(GetParam().message) != std::string::npos;
    });
    EXPECT_TRUE(found) << (findings.empty() ? "nothing found" : findings.front().message);
}

INSTANTIATE_TEST_SUITE_P(
    Files, DangerFile,
    ::testing::Values(
        BadWords{"Empty", "", 1, "no words"}, BadWords{"NotToml", "words = [", 1, "not valid TOML"},
        BadWords{"EmptyWord", "[[list]]\nlanguage = \"zh-CN\"\nlevel = \"red\"\nwords = [\"杀\", \" \"]", 4,
                 "must not be empty"},
        BadWords{"Twice", "[[list]]\nlanguage = \"zh-CN\"\nlevel = \"red\"\nwords = [\"杀\",\n\"杀\"]", 5, "twice"},
        BadWords{"TwiceInAnotherList",
                 "harmless = [\"打工\"]\n[[list]]\nlanguage = \"zh-CN\"\nlevel = \"red\"\nwords = [\"打工\"]", 5,
                 "twice"},
        BadWords{"SingleLatinLetter", "[[list]]\nlanguage = \"en\"\nlevel = \"red\"\nwords = [\"kill\", \"a\"]", 4,
                 "three of them"},
        BadWords{"NoLevel", "[[list]]\nlanguage = \"en\"\nwords = [\"kill\"]", 1, "needs level"},
        BadWords{"LevelThatRaisesNothing", "[[list]]\nlanguage = \"en\"\nlevel = \"green\"\nwords = [\"kill\"]", 1,
                 "needs level"},
        BadWords{"NoLanguage", "[[list]]\nlevel = \"red\"\nwords = [\"kill\"]", 1, "needs language"},
        BadWords{"UnknownKey", "[[list]]\nlanguage = \"en\"\nlevel = \"red\"\nwords = [\"kill\"]\ncolour = 1", 5,
                 "nothing else"},
        BadWords{"NoText", "[[list]]\nlanguage = \"en\"\nlevel = \"red\"\nwords = [\"kill\", 7]", 4, "text in quotes"}),
    [](const auto& param_info) { return param_info.param.name; });

TEST(DangerFile_Test, TheShippedOneReadsWithoutAFinding) {
    const auto file = std::filesystem::path{HARBORLINE_SOURCE_DIR} / "config" / "words" / "danger.toml";
    core::Findings findings;
    const auto list = read_danger_words(read_text_file(file).value(), file.string(), findings);

    EXPECT_TRUE(findings.empty()) << findings.front().line << ": " << findings.front().message;
    EXPECT_GT(list.words.size(), 100U);
    EXPECT_GT(list.harmless.size(), 20U);
    EXPECT_FALSE(list.covert.empty());
}

}  // namespace
}  // namespace harborline::config
