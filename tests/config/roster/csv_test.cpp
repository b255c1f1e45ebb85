#include "config/roster/csv.hpp"

#include <gtest/gtest.h>

#include "tests/support/fakes.hpp"

namespace harborline::config {
namespace {

using Cells = std::vector<std::string>;

struct CsvCase {
    std::string name{};
    std::string text{};
    std::vector<Cells> cells{};
    std::vector<int> lines{};
    std::vector<bool> problems{};  ///< Empty: none.
};

class CsvTest : public ::testing::TestWithParam<CsvCase> {};

TEST_P(CsvTest, ReadsRecordsAndTheirLines) {
    const auto& expected = GetParam();

    const auto records = read_csv(expected.text);

    ASSERT_EQ(records.size(), expected.cells.size());
    for (std::size_t at = 0; at < records.size(); ++at) {
        EXPECT_EQ(records[at].cells, expected.cells[at]);
        EXPECT_EQ(records[at].line, expected.lines[at]);
        EXPECT_EQ(!records[at].problem.empty(), !expected.problems.empty() && expected.problems[at]);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Csv, CsvTest,
    ::testing::Values(CsvCase{"Empty", "", {}, {}}, CsvCase{"OnlyAMark", "\xEF\xBB\xBF", {}, {}},
                      CsvCase{"Plain", "a,b\nc,d\n", {{"a", "b"}, {"c", "d"}}, {1, 2}},
                      CsvCase{"NoLastLineEnd", "a,b", {{"a", "b"}}, {1}},
                      CsvCase{"CarriageReturns", "a\r\nb\r\nc\rd", {{"a"}, {"b"}, {"c"}, {"d"}}, {1, 2, 3, 4}},
                      CsvCase{"MarkIsSkipped",
                              "\xEF\xBB\xBF"
                              "a,b",
                              {{"a", "b"}},
                              {1}},
                      CsvCase{"EmptyCells", ",a,", {{"", "a", ""}}, {1}},
                      CsvCase{"BlankLinesAreLeftOutAndCounted", "\n \na\n,,\n\"\"\nb", {{"a"}, {"b"}}, {3, 6}},
                      CsvCase{"BlanksAroundCellsAreCut", " a ,\t\" b \" , c", {{"a", "b", "c"}}, {1}},
                      CsvCase{"QuotedCommaAndQuote", "\"a,b\",\"say \"\"c\"\"\"", {{"a,b", "say \"c\""}}, {1}},
                      CsvCase{"QuotedLineEndIsCounted", "\"a\nb\",c\nd", {{"a\nb", "c"}, {"d"}}, {1, 3}},
                      CsvCase{"QuoteInsideAPlainCell", "a\"b\",c\nd", {{"a\"b\"", "c"}, {"d"}}, {1, 2}, {true, false}},
                      CsvCase{"SomethingAfterTheQuote", "\"a\"b,c\nd", {{"a", "c"}, {"d"}}, {1, 2}, {true, false}},
                      CsvCase{"AQuoteThatNeverEnds", "a\n\"b,c\nd", {{"a"}, {"b,c\nd"}}, {1, 2}, {false, true}},
                      CsvCase{"ALoneQuote", "\"", {{""}}, {1}, {true}}),
    [](const auto& param_info) { return param_info.param.name; });

TEST(Csv, JunkIsReadToItsEndInOrder) {
    testing::FakeRandom random{1};
    for (int n = 0; n < 20'000; ++n) {
        std::string text;
        for (auto length = random.below(30); length > 0; --length) text += "\",\r\n \ta\xff"[random.below(8)];
        int line = 0;
        for (const auto& record : read_csv(text)) {
            ASSERT_GT(record.line, line);
            ASSERT_FALSE(record.cells.empty());
            line = record.line;
        }
    }
}

}  // namespace
}  // namespace harborline::config
