// Every file below tests/transcripts is one story, played against the real engine with a clock of its own.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "config/files.hpp"
#include "gateway/phone/rehearsal.hpp"
#include "gateway/phone/transcript.hpp"
#include "tests/support/shipped.hpp"

namespace harborline::gateway {
namespace {

namespace fs = std::filesystem;

fs::path folder() {
    return fs::path{HARBORLINE_SOURCE_DIR} / "tests" / "transcripts";
}

std::vector<std::string> stories() {
    std::vector<std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator(folder()))
        if (entry.path().extension() == ".txt") found.push_back(fs::relative(entry.path(), folder()).string());
    std::ranges::sort(found);
    return found;
}

class Transcript : public ::testing::TestWithParam<std::string> {};

TEST_P(Transcript, ComesAsWritten) {
    const auto text = config::read_text_file(folder() / GetParam());
    ASSERT_TRUE(text);
    const auto lines = read_transcript(*text, "86");
    ASSERT_TRUE(lines) << lines.error().message;
    Rehearsal rehearsal(testing::shipped().settings, testing::shipped().book, testing::shipped_roster(),
                        kTranscriptsBegin, testing::shipped_people());
    std::string seen;

    const auto played = play(rehearsal, *lines, [&](const std::string& line) { seen += line + "\n"; });

    EXPECT_TRUE(played) << (played ? "" : played.error().message) << "\n--- so far\n" << seen;
}

INSTANTIATE_TEST_SUITE_P(Stories, Transcript, ::testing::ValuesIn(stories()), [](const auto& param_info) {
    std::string name = param_info.param.substr(0, param_info.param.find('.'));
    std::ranges::replace_if(
        name, [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
    return name;
});

}  // namespace
}  // namespace harborline::gateway
