#include "handlers/flow/proof.hpp"

#include <gtest/gtest.h>

#include <iostream>
#include <set>

#include "handlers/flow/conventions.hpp"
#include "handlers/flow/lengths.hpp"
#include "tests/handlers/flow/shipped_book.hpp"

namespace harborline {
namespace {

core::Findings check(const flow::BookSources& sources) {
    core::Findings findings;
    const flow::Book book = flow::read_book(sources, findings);
    const auto report = flow::prove(book, testing::shipped_channels());
    findings.insert(findings.end(), report.findings.begin(), report.findings.end());
    return findings;
}

std::string list(const core::Findings& findings) {
    std::string text;
    for (const auto& finding : findings)
        text += "\n  " + finding.file + ":" + std::to_string(finding.line) + ": " + finding.message;
    return text;
}

TEST(Proof, HoldsForTheShippedFlows) {
    const auto report = flow::prove(testing::shipped_book(), testing::shipped_channels());
    std::cout << "proof: " << report.flows << " flows, " << report.steps << " steps, " << report.states << " states, "
              << report.edges << " edges\n";

    EXPECT_TRUE(report.findings.empty()) << list(report.findings);
    EXPECT_EQ(report.flows, testing::shipped_book().flows.size());
    EXPECT_GT(report.edges, report.steps);
}

/// A flow file with one defect. The line that the finding must name is marked in the file.
struct Defect {
    std::string file;
    std::string step;     ///< Named in the finding.
    std::string message;  ///< Part of it.
};

void PrintTo(const Defect& defect, std::ostream* out) {
    *out << defect.file;
}

std::filesystem::path broken_folder() {
    return std::filesystem::path{HARBORLINE_SOURCE_DIR} / "tests" / "handlers" / "flow" / "broken";
}

int marked_line(const std::string& content) {
    const auto mark = content.find("# <-- here");
    if (mark == std::string::npos) return 1;
    return 1 + static_cast<int>(std::count(content.begin(), content.begin() + static_cast<std::ptrdiff_t>(mark), '\n'));
}

/// The shipped flows with the broken one added, or in the place of the one whose id it bears.
flow::BookSources sources_with(const std::string& name, const std::string& content) {
    flow::BookSources sources = testing::shipped_sources();
    std::erase_if(sources.flows, [&](const flow::SourceFile& file) {
        return content.find("id = \"" + file.name.substr(0, file.name.find('.')) + "\"") != std::string::npos;
    });
    sources.flows.push_back({name, content});
    sources.texts.push_back({"zh-CN", {"extra", R"("extra.only_chinese" = "只有中文"
"extra.neutral_in_one_language" = { text = "你好", neutral = true })"}});
    sources.texts.push_back({"en", {"extra", "\"extra.neutral_in_one_language\" = \"Hello\""}});
    return sources;
}

TEST(Proof, TheFlowBehindTheBrokenOnesIsSound) {
    const std::string sound = R"(id = "broken"
menu = 7
label = "menu.petition"
first = "ask"
silence = "end"

[steps.ask]
ask = "pet.contact"
expect = "choice"
options = { 1 = "call", 2 = "text", 3 = "none" }
next = "end"

[steps.end]
end = "")";
    core::Findings findings = check(sources_with("sound.toml", sound));
    std::erase_if(findings, [](const core::Finding& finding) { return finding.file == "extra"; });

    EXPECT_TRUE(findings.empty()) << list(findings);
}

class BrokenFlow : public ::testing::TestWithParam<Defect> {};

TEST_P(BrokenFlow, IsRefusedWithFileLineAndStep) {
    const std::string name = GetParam().file + ".toml";
    const std::string content = testing::read_file(broken_folder() / name);
    core::Findings findings = check(sources_with(name, content));
    const bool found = std::ranges::any_of(findings, [&](const core::Finding& finding) {
        return finding.file == name && finding.line == marked_line(content) &&
               finding.message.find(GetParam().step) != std::string::npos &&
               finding.message.find(GetParam().message) != std::string::npos;
    });

    EXPECT_TRUE(found) << "line " << marked_line(content) << " is not blamed:" << list(findings);
}

INSTANTIATE_TEST_SUITE_P(
    Defects, BrokenFlow,
    ::testing::Values(
        Defect{"unreachable_step", "step island", "nothing leads here"},
        Defect{"no_end", "step round", "no end can be reached"},
        Defect{"missing_outcome", "step file", "can end in \"joined_existing\""},
        Defect{"foreign_outcome", "step file", "never ends in \"opened\""},
        Defect{"unknown_outcome", "step file", "no outcome \"perhaps\""},
        Defect{"unknown_deed", "step file", "no deed \"send_flowers\""}, Defect{"fail_deed", "step file", "tests only"},
        Defect{"no_silence", "step ask", "no way out when nobody answers"},
        Defect{"silent_circle", "step ask", "circle when nobody answers"},
        Defect{"circle_without_person", "step again", "circle without a person"},
        Defect{"reserved_option", "step ask", "belong to the engine"},
        Defect{"letter_option", "step ask", "options are 1 to 7"},
        Defect{"option_key_twice", "step ask", "offers 6 for two answers"},
        Defect{"option_without_next", "step ask", "no way on for every answer"},
        Defect{"next_of_no_option", "step ask", "which no option saves"},
        Defect{"missing_step", "step ask", "leads to \"nowhere\""},
        Defect{"missing_flow", "step ask", "leads to \"@nowhere\""}, Defect{"bad_target", "step ask", "is no target"},
        Defect{"missing_text", "step ask", "no text pet.contract"},
        Defect{"text_missing_in_one_language", "step ask", "no text extra.only_chinese in en"},
        Defect{"value_never_filled", "step tell", "needs {ref}"},
        Defect{"value_filled_on_one_way_only", "step tell", "needs {ref}"},
        Defect{"value_of_an_outcome_that_fills_nothing", "step tell", "needs {ref}"},
        Defect{"place_before_area", "step ask", "not surely known here"},
        Defect{"options_not_shown", "step ask", "shows no {options}"},
        Defect{"options_shown_without_any", "step ask", "shows {options}, and there are none"},
        Defect{"sensitive_text", "step ask", "not marked neutral in en"},
        Defect{"opt_out_keyword", "step ask", "opt-out word"}, Defect{"key_keyword", "step ask", "reads as a key"},
        Defect{"reserved_menu_digit", "menu", "from 1 to 7"},
        Defect{"menu_digit_twice", "step ask", "belongs to flow progress"},
        Defect{"menu_without_label", "step ask", "needs a label"},
        Defect{"shortcut_without_number", "step ask", "a number as its first question"},
        Defect{"silence_after_nothing_saved", "step ask", "no step saves \"story\""},
        Defect{"missing_first_step", "flow broken", "\"asks\" does not exist"},
        Defect{"single_digit_number", "step ask", "digits must be a number from 2"},
        Defect{"longest_of_what_is_keyed", "step asks", "longest_s belongs to record = true"},
        Defect{"unknown_key", "step ask", "unknown key \"nxt\""}, Defect{"two_kinds", "step ask", "exactly one of"},
        Defect{"unbounded_visits", "step ask", "visits_max must be a number from 1 to 8"},
        Defect{"not_toml", "", "not valid TOML"},
        Defect{"safety_without_alert", "step received", "must do raise_alert"},
        Defect{"safety_with_other_words", "step received", "nothing else"},
        Defect{"safety_asks", "step listening", "must wait in silence"},
        Defect{"safety_keys_are_keys", "step listening", "must wait in silence"},
        Defect{"safety_not_sensitive", "flow safety", "must be sensitive"},
        Defect{"safety_rings_with_other_words", "step ring", "or ring somebody with safe.wait"},
        Defect{"safety_rings_covertly", "step ring", "may not ring anybody here"},
        Defect{"safety_by_phone_without_alert", "step called", "must do raise_alert"},
        Defect{"quiet_rings", "step task", "nobody is rung for whoever can not speak"},
        Defect{"rings_without_looking", "step ring", "find_duty or find_help has not found anybody"},
        Defect{"sensitive_rings_for_a_person", "step ring_soon", "where find_help has not found anybody"},
        Defect{"plain_on_the_menu", "flow broken", "nobody may enter it by the menu"},
        Defect{"plain_after_nothing", "flow broken", "names no answer"},
        Defect{"plain_not_sensitive", "flow broken", "is for sensitive flows"},
        Defect{"plain_reached_otherwise", "step ask", "leads to flow safety_adult, whose words are plain"},
        Defect{"covert_betrayed", "step received", "may not say safe.received"},
        Defect{"covert_unmarked", "step covert", "must set covert"},
        Defect{"weekly_misunderstands", "step by_text", "must take whatever is sent"},
        Defect{"weekly_of_nobody", "flow weekly", "needs the step weekly.of_carer"},
        Defect{"person_without_task", "step lost", "must do open_task"},
        Defect{"menu_is_no_menu", "step main", "must be its first step"}),
    [](const auto& param_info) { return param_info.param.file; });

TEST(Proof, EveryBrokenFileHasItsTest) {
    std::set<std::string> files;
    for (const auto& path : testing::files_in(broken_folder())) files.insert(path.stem().string());
    const auto* suite = ::testing::UnitTest::GetInstance();
    std::size_t tests = 0;
    for (int at = 0; at < suite->total_test_suite_count(); ++at)
        if (std::string_view{suite->GetTestSuite(at)->name()} == "Defects/BrokenFlow")
            tests = static_cast<std::size_t>(suite->GetTestSuite(at)->total_test_count());

    EXPECT_EQ(files.size(), tests);
    EXPECT_GE(tests, 20U);
}

struct BadTexts {
    std::string name;
    std::string chinese;
    std::string english;
    std::string file;
    std::string message;
};

void PrintTo(const BadTexts& texts, std::ostream* out) {
    *out << texts.name;
}

class BrokenText : public ::testing::TestWithParam<BadTexts> {};

TEST_P(BrokenText, IsRefusedWithFileAndLine) {
    flow::BookSources sources = testing::shipped_sources();
    sources.texts.push_back({"zh-CN", {"zh", "\n" + GetParam().chinese}});
    sources.texts.push_back({"en", {"en", "\n" + GetParam().english}});
    const core::Findings findings = check(sources);

    const bool found = std::ranges::any_of(findings, [](const core::Finding& finding) {
        return finding.file == GetParam().file && finding.line == 2 &&
               finding.message.find(GetParam().message) != std::string::npos;
    });
    EXPECT_TRUE(found) << list(findings);
}

std::string times(int count, const std::string& text) {
    std::string all;
    for (int at = 0; at < count; ++at) all += text;
    return all;
}

INSTANTIATE_TEST_SUITE_P(
    Texts, BrokenText,
    ::testing::Values(
        BadTexts{"MissingInALanguage", R"("x" = "好")", "", "zh", "missing in en"},
        BadTexts{"OtherValues", R"("x" = "好{ref}")", R"("x" = "OK")", "en", "different values"},
        BadTexts{"UnknownValue", R"("x" = "好{colour}")", R"("x" = "OK {ref}")", "zh", "no value {colour}"},
        BadTexts{"OneCharacterTooLong", "\"x\" = \"" + times(63, "好") + "\"", R"("x" = "OK")", "zh", "takes 2 SMS"},
        BadTexts{"TooLongWithItsValue", "\"x\" = \"{ref}" + times(55, "好") + "\"", R"("x" = "{ref}")", "zh",
                 "takes 2 SMS"},
        BadTexts{"TooLongInEnglish", R"("x" = "好")", "\"x\" = \"" + times(147, "x") + "\"", "en", "takes 2 SMS"},
        BadTexts{"LongBeyondThreeParts", "\"x\" = { text = \"" + times(194, "好") + "\", long = true }",
                 R"("x" = "OK")", "zh", "takes 4 SMS"},
        BadTexts{"SignatureBrackets", R"("x" = "【好】")", R"("x" = "OK")", "zh", "kept for the signature"},
        BadTexts{"Empty", R"("x" = "")", R"("x" = "OK")", "zh", "is empty"},
        BadTexts{"KeyWithoutQuotes", R"(x.y = "好")", "", "zh", "stands in quotes"},
        BadTexts{"Twice", R"("pet.added" = "补{ref}")", "", "zh", "in another file too"}),
    [](const auto& param_info) { return param_info.param.name; });

TEST(Proof, TextsThatJustFitPass) {
    flow::BookSources sources = testing::shipped_sources();
    sources.texts.push_back({"zh-CN", {"zh", "\"x\" = \"{ref}" + times(54, "好") + "\""}});
    sources.texts.push_back({"en", {"en", "\"x\" = \"{ref}" + times(138, "x") + "\""}});

    const auto findings = check(sources);
    EXPECT_TRUE(findings.empty()) << list(findings);
}

TEST(Proof, AnEmptyBookIsRefusedAndNoCrash) {
    const auto findings = check({});

    for (const auto* id : {"menu", "safety", "person"})
        EXPECT_TRUE(std::ranges::any_of(findings, [&](const core::Finding& finding) {
            return finding.message == std::string{"there is no flow "} + id;
        })) << id;
}

TEST(Proof, BooksOfJunkGiveFindingsAndNoCrash) {
    const flow::BookSources shipped = testing::shipped_sources();
    for (std::size_t file = 0; file < shipped.flows.size(); ++file) {
        const std::string& content = shipped.flows[file].content;
        for (std::size_t size = 0; size < content.size(); size += 23) {
            flow::BookSources cut = shipped;
            cut.flows[file].content = content.substr(0, size);
            core::Findings findings;
            EXPECT_NO_THROW(findings = check(cut)) << cut.flows[file].name << " cut at " << size;
        }
    }
}

struct BadPlaces {
    std::string name;
    std::string toml;
    int line;
    std::string message;
};

TEST(Places, FaultsNameTheirLine) {
    const std::string area = "[[area]]\ncode = \"a\"\nkey = 1\nzh-CN = \"甲\"\nen = \"A\"\n";
    const std::string place = "[[area.place]]\ncode = \"p\"\nkey = 1\nzh-CN = [\"乙\"]\nen = [\"B\"]\n";
    const std::vector<BadPlaces> rows{
        {"NoPlaces", area, 1, "has no places"},
        {"ReservedKey", area + "[[area.place]]\ncode = \"p\"\nkey = 8\nzh-CN = [\"乙\"]\nen = [\"B\"]", 8,
         "from 1 to 6"},
        {"KeyTwice", area + place + "[[area.place]]\ncode = \"q\"\nkey = 1\nzh-CN = [\"丙\"]\nen = [\"C\"]", 11,
         "same key"},
        {"CodeTwice", area + place + "[[area.place]]\ncode = \"p\"\nkey = 2\nzh-CN = [\"丙\"]\nen = [\"C\"]", 11,
         "stands here twice"},
        {"NoName", area + "[[area.place]]\ncode = \"p\"\nkey = 1\nzh-CN = [\"乙\"]", 6, "no name in en"},
        {"NameOfMarksOnly", area + "[[area.place]]\ncode = \"p\"\nkey = 1\nzh-CN = [\"乙\"]\nen = [\"?\", \"…\"]", 10,
         "place p: a name of nothing but marks"},
        {"UnknownKey", area + place + "colour = 1\n", 11, "unknown key"},
    };
    for (const auto& row : rows) {
        flow::BookSources sources = testing::shipped_sources();
        sources.places = flow::SourceFile{"places", row.toml};
        core::Findings findings;
        flow::read_book(sources, findings);
        const bool found = std::ranges::any_of(findings, [&](const core::Finding& finding) {
            return finding.file == "places" && finding.line == row.line &&
                   finding.message.find(row.message) != std::string::npos;
        });
        EXPECT_TRUE(found) << row.name << list(findings);
    }
}

TEST(Lengths, CountWhatTheAirCarries) {
    EXPECT_EQ(flow::count_sms(""), 1);
    EXPECT_EQ(flow::count_sms(times(160, "x")), 1);
    EXPECT_EQ(flow::count_sms(times(161, "x")), 2);
    EXPECT_EQ(flow::count_sms(times(80, "€")), 1);
    EXPECT_EQ(flow::count_sms(times(81, "€")), 2);
    EXPECT_EQ(flow::count_sms(times(70, "好")), 1);
    EXPECT_EQ(flow::count_sms(times(71, "好")), 2);
    EXPECT_EQ(flow::count_sms(times(35, "👍")), 1);
    EXPECT_EQ(flow::count_sms(times(36, "👍")), 2);
    EXPECT_EQ(flow::count_sms(times(135, "好")), 3);
    EXPECT_EQ(flow::count_sms(times(70, "x") + "，"), 2);
    EXPECT_FALSE(flow::is_gsm7("`"));
}

core::Findings check_screens(const core::ScreenLimits& limits) {
    return flow::prove(testing::shipped_book(),
                       {{.name = "ussd", .kind = core::ChannelKind::kUssd, .language = "zh-CN", .screen = limits}})
        .findings;
}

TEST(Proof, FindsWhatDoesNotFitAScreen) {
    const std::string found = list(check_screens({.units = 40}));
    EXPECT_NE(found.find("text main.menu: takes more than one screen on channel ussd"), std::string::npos) << found;
    EXPECT_NE(list(check_screens({.units = 50})).find("behind err.invalid"), std::string::npos);
}

TEST(Proof, FindsWhatANetworkWithoutChineseCannotShow) {
    const std::string found = list(check_screens({.units = 0}));
    EXPECT_NE(found.find("is not in the GSM alphabet, and channel ussd shows nothing else"), std::string::npos);
}

/// The longest row of lists that one has to choose from to come to this step: each list narrows the one before.
int menu_depth(const flow::Book& book, const flow::Flow& flow, const flow::Step& step) {
    const auto area = flow::names::area_name(step.options_from);
    if (area.empty()) return step.options_from.empty() ? 0 : 1;
    int deepest = 0;
    for (const auto& [name, other] : flow.steps)
        if (other.save == area) deepest = std::max(deepest, menu_depth(book, flow, other));
    return deepest + 1;
}

TEST(Screens, NothingNeedsAScrollOnADisplayOf70Characters) {
    const flow::ChannelLimits display{
        .name = "ussd", .kind = core::ChannelKind::kUssd, .screen = {.septets = 70, .units = 70}};
    const auto findings = flow::prove(testing::shipped_book(), {display}).findings;
    EXPECT_TRUE(findings.empty()) << list(findings);
}

TEST(Screens, NoMenuIsDeeperThanThree) {
    int deepest = 0;
    for (const auto& [id, flow] : testing::shipped_book().flows)
        for (const auto& [name, step] : flow.steps)
            deepest = std::max(deepest, 1 + menu_depth(testing::shipped_book(), flow, step));
    EXPECT_EQ(deepest, 3) << "the main menu, an area, a place in it";
}

}  // namespace
}  // namespace harborline
