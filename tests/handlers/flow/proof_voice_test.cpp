#include "handlers/flow/proof.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/handlers/flow/shipped_book.hpp"

namespace harborline {
namespace {

constexpr std::string_view kLongList = R"(id = "broken"
first = "ask"
silence = "end"

[steps.ask]
ask = "x"
expect = "choice"
options_from = "area"
options = { 1 = "a", 2 = "b", 3 = "c", 4 = "d", 5 = "e", 6 = "f", 7 = "g" }
next = "end"

[steps.end]
end = "")";

constexpr std::string_view kSensitive = R"(id = "broken"
first = "ask"
silence = "end"
sensitive = true

[steps.ask]
ask = "x"
expect = "choice"
options = { 1 = { value = "a", label = "y" }, 2 = "b" }
next = "end"

[steps.end]
end = "")";

std::string repeated(int count, const std::string& text) {
    std::string all;
    for (int at = 0; at < count; ++at) all += text;
    return all;
}

/// What a channel of this language finds in the shipped flows with these texts, and with this flow where there is one.
core::Findings findings_of(core::ChannelKind kind, const std::string& language, const std::string& chinese,
                           const std::string& english, std::string_view flow = {}) {
    flow::BookSources sources = testing::shipped_sources();
    sources.texts.push_back({"zh-CN", {"zh", chinese}});
    sources.texts.push_back({"en", {"en", english}});
    if (!flow.empty()) sources.flows.push_back({"broken.toml", std::string{flow}});
    core::Findings findings;
    const flow::Book book = flow::read_book(sources, findings);
    EXPECT_TRUE(findings.empty());
    return flow::prove(book, {{.name = "phone", .kind = kind, .language = language}}).findings;
}

std::size_t count_of(const core::Findings& findings, const std::string& file, const std::string& message) {
    return static_cast<std::size_t>(std::ranges::count_if(findings, [&](const core::Finding& finding) {
        return finding.file == file && finding.message.find(message) != std::string::npos;
    }));
}

struct Length {
    std::string name;
    std::string language;
    std::string chinese;
    std::string english;
    bool too_long;
};

void PrintTo(const Length& length, std::ostream* out) {
    *out << length.name;
}

class SpokenLength : public ::testing::TestWithParam<Length> {};

TEST_P(SpokenLength, IsBoundedOnAVoiceChannelOnly) {
    const std::string file = GetParam().language == "en" ? "en" : "zh";
    const auto found = [&](core::ChannelKind kind) {
        return count_of(findings_of(kind, GetParam().language, GetParam().chinese, GetParam().english), file,
                        "seconds to say on channel phone");
    };

    EXPECT_EQ(found(core::ChannelKind::kVoice), GetParam().too_long ? 1U : 0U);
    EXPECT_EQ(found(core::ChannelKind::kSms), 0U);
}

std::string spoken(const std::string& words) {
    return "\"x\" = { voice = \"" + words + "\" }";
}

INSTANTIATE_TEST_SUITE_P(
    Voice, SpokenLength,
    ::testing::Values(
        Length{"ChineseThatJustFits", "zh-CN", spoken(repeated(225, "好")), spoken("OK"), false},
        Length{"ChineseTooLong", "zh-CN", spoken(repeated(226, "好")), spoken("OK"), true},
        Length{"EnglishThatJustFits", "en", spoken("好"), spoken(repeated(112, "word ")), false},
        Length{"EnglishTooLong", "en", spoken("好"), spoken(repeated(113, "word ")), true},
        Length{"AnApostropheIsNoNewWord", "en", spoken("好"), spoken(repeated(112, "don't ")), false},
        Length{"ReferenceTwice", "zh-CN", spoken(repeated(177, "好") + "{ref}"), spoken("{ref}"), false},
        Length{"ReferenceTwiceTooLong", "zh-CN", spoken(repeated(178, "好") + "{ref}"), spoken("{ref}"), true},
        Length{"OtherLanguageThanTheChannels", "zh-CN", spoken("好"), spoken(repeated(300, "word ")), false}),
    [](const auto& param_info) { return param_info.param.name; });

TEST(ProofVoice, ListsOfMoreThanSevenAreTooLongForTheEar) {
    const auto findings = findings_of(core::ChannelKind::kVoice, "zh-CN", spoken("好"), spoken("OK"), kLongList);

    EXPECT_EQ(count_of(findings, "broken.toml", "offers more than 7 answers"), 1U);
}

TEST(ProofVoice, ASensitiveFlowSaysNothingThatIsNotNeutral) {
    const std::string neutral = R"("y" = "好"
"x" = { voice = "{options}好", neutral = true })";
    const std::string marked = R"("y" = { text = "好", neutral = true }
"x" = { voice = "{options}好", neutral = true })";
    const std::string unmarked = R"("y" = { text = "好", neutral = true }
"x" = { voice = "{options}好" })";
    const auto broken = [](const std::string& texts) {
        return findings_of(core::ChannelKind::kVoice, "zh-CN", texts, texts, kSensitive);
    };

    EXPECT_EQ(count_of(broken(neutral), "broken.toml", "text y, which is read out, is not marked neutral"), 1U);
    EXPECT_EQ(count_of(broken(unmarked), "broken.toml", "text x is not marked neutral"), 2U) << "in both languages";
    EXPECT_EQ(count_of(broken(marked), "broken.toml", "not marked neutral"), 0U);
}

TEST(ProofVoice, WordsForTheEarShowTheSameListAsTheWritten) {
    const std::string texts = R"("y" = { text = "好", neutral = true }
"x" = { text = "{options}", voice = "好", neutral = true })";
    const auto findings = findings_of(core::ChannelKind::kVoice, "zh-CN", texts, texts, kSensitive);

    EXPECT_EQ(count_of(findings, "broken.toml", "text x shows no {options}"), 2U);
}

TEST(ProofVoice, NeedsTheWordsBeforeARepeatedNumber) {
    flow::BookSources sources = testing::shipped_sources();
    for (auto& [language, file] : sources.texts) {
        const auto at = file.content.find("\"list.again\"");
        ASSERT_NE(at, std::string::npos);
        file.content.erase(at, file.content.find('\n', at) - at);
    }
    core::Findings findings;
    const flow::Book book = flow::read_book(sources, findings);
    const auto proved = flow::prove(book, {{.name = "phone", .kind = core::ChannelKind::kVoice}}).findings;

    EXPECT_EQ(count_of(proved, "text", "there is no text list.again"), 2U);
}

/// What one hears must not send her to keys and texts that a telephone does not have.
TEST(ProofVoice, NoShippedTextTellsACallerToWrite) {
    const auto& catalogue = testing::shipped_book().catalogue;
    const auto holds = [](std::string_view words, std::string_view part) {
        return words.find(part) != std::string_view::npos;
    };
    for (const auto& language : catalogue.languages())
        for (const auto& key : catalogue.keys(language)) {
            // For the staff by SMS, about SMS, or said only after something was written.
            if (key.starts_with("cw.") || key.starts_with("adm.") || key.starts_with("opt.") ||
                key.starts_with("ussd.") || key == "pet.text.more")
                continue;
            const std::string& words = catalogue.find(language, key)->on(core::ChannelKind::kVoice);
            for (const auto* part : {"回0", "回1", "回2", "发5", "回9", "eply", "end 5"})
                EXPECT_FALSE(holds(words, part)) << language << " " << key << ": " << words;
        }
}

}  // namespace
}  // namespace harborline
