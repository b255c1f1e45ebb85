#include "gateway/carriers/multipart.hpp"

#include <gtest/gtest.h>

#include "tests/support/fakes.hpp"

namespace harborline::gateway {
namespace multipart_test {

constexpr std::string_view kType = "multipart/form-data; boundary=----4a7b";

std::string text(const std::string& name, const std::string& value) {
    return "------4a7b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
}

std::string file(const std::string& bytes) {
    return "------4a7b\r\nContent-Disposition: form-data; name=\"recording\"; filename=\"a_recording.wav\"\r\n"
           "Content-Type: application/octet-stream\r\n\r\n" +
           bytes + "\r\n";
}

const std::string kEnd = "------4a7b--\r\n";

TEST(Multipart, GivesItsTextsAndItsFile) {
    const std::string body =
        text("session_id", "a-1") + file("RIFF") + text("empty", "") + text("exiting", "true") + kEnd;
    const auto form = read_multipart(kType, body);
    ASSERT_TRUE(form.has_value());
    EXPECT_EQ(form->texts.get("session_id"), "a-1");
    EXPECT_EQ(form->texts.get("exiting"), "true");
    ASSERT_NE(form->texts.find("empty"), nullptr);
    EXPECT_EQ(form->texts.size(), 3U);
    EXPECT_TRUE(form->has_file);
    EXPECT_EQ(form->file, "RIFF");
    EXPECT_GE(form->file.data(), body.data()) << "the file is looked at where it lies";
    EXPECT_LT(form->file.data(), body.data() + body.size());
}

TEST(Multipart, TellsAnEmptyFileFromNone) {
    const std::string with = text("a", "1") + file("") + kEnd;
    const std::string without = text("a", "1") + kEnd;
    EXPECT_TRUE(read_multipart(kType, with).value().has_file);
    EXPECT_FALSE(read_multipart(kType, without).value().has_file);
}

TEST(Multipart, PassesOverWhatNobodyReads) {
    std::string body = text("wanted", "1");
    for (int i = 0; i < 200; ++i) body += text("variable_" + std::to_string(i % 7), std::string(9000, 'x'));
    body += kEnd;
    const auto form = read_multipart(kType, body, [](std::string_view name) { return name == "wanted"; });
    ASSERT_TRUE(form.has_value());
    EXPECT_EQ(form->texts.size(), 1U);
    EXPECT_FALSE(read_multipart(kType, body).has_value()) << "one name twice, and long";
}

TEST(Multipart, KeepsBytesThatLookLikeItsBoundary) {
    using namespace std::string_literals;
    for (const std::string& bytes : {"\r\n------4a7"s, "\r\n------4a7b"s, "a\r\n------4a7bc\r\n"s, "\r\n------4a7b-"s,
                                     "------4a7b--\r\n"s, "\0\r\n\r\n\xFF\r"s, "\r\n\r\n"s, "\r"s, "\n"s}) {
        const std::string body = file(bytes + "x") + text("a", "1") + kEnd;
        const auto form = read_multipart(kType, body);
        ASSERT_TRUE(form.has_value()) << ::testing::PrintToString(bytes);
        EXPECT_EQ(form->file, bytes + "x");
        EXPECT_EQ(form->texts.get("a"), "1");
    }
}

TEST(Multipart, KeepsAnyBytesOfALongFile) {
    harborline::testing::FakeRandom random{7};
    std::string bytes;
    while (bytes.size() < 100'000) {
        const char byte = static_cast<char>(random.below(256));
        // All but the letter that would make a whole boundary.
        bytes += random.below(8) == 0 ? std::string{"\r\n------4a7"} : std::string(1, byte == 'b' ? 'c' : byte);
    }
    const std::string body = file(bytes + "|") + kEnd;
    const auto form = read_multipart(kType, body);
    ASSERT_TRUE(form.has_value());
    EXPECT_EQ(form->file.size(), bytes.size() + 1);
    EXPECT_TRUE(form->file == bytes + "|");
}

TEST(Multipart, ThatIsCutShortAnywhereIsRefused) {
    const std::string whole = text("a", "1") + file("RIFF\r\n--") + text("b", "2") + kEnd;
    for (std::size_t length = 0; length + 2 < whole.size(); ++length)
        EXPECT_FALSE(read_multipart(kType, whole.substr(0, length)).has_value()) << length;
    EXPECT_TRUE(read_multipart(kType, whole.substr(0, whole.size() - 2)).has_value()) << "the last line needs no end";
}

struct BrokenCase {
    std::string name{};
    std::string type{};
    std::string body{};
    friend void PrintTo(const BrokenCase& test, std::ostream* out) { *out << test.name; }
};

class Multipart_Broken : public ::testing::TestWithParam<BrokenCase> {};

TEST_P(Multipart_Broken, IsRefused) {
    const auto form = read_multipart(GetParam().type, GetParam().body);
    ASSERT_FALSE(form.has_value());
    EXPECT_EQ(form.error().kind, core::ErrorKind::kMalformed);
}

const std::string kGood = text("a", "1") + kEnd;
const std::string kPart = "------4a7b\r\n";

std::string many_parts() {
    std::string body;
    for (std::size_t i = 0; i <= MultipartForm::kPartsMax; ++i) body += text("n" + std::to_string(i % 3), "");
    return body + kEnd;
}

INSTANTIATE_TEST_SUITE_P(
    Table, Multipart_Broken,
    ::testing::Values(
        BrokenCase{"AnotherType", "multipart/mixed; boundary=----4a7b", kGood},
        BrokenCase{"NoBoundary", "multipart/form-data", kGood},
        BrokenCase{"EmptyBoundary", "multipart/form-data; boundary=", kGood},
        BrokenCase{"QuoteWithoutEnd", "multipart/form-data; boundary=\"----4a7b", kGood},
        BrokenCase{"BoundaryWithSpace", "multipart/form-data; boundary=--- 4a7b", kGood},
        BrokenCase{"BoundaryTooLong", "multipart/form-data; boundary=" + std::string(71, 'a'), kGood},
        BrokenCase{"OtherBoundary", "multipart/form-data; boundary=----4a7c", kGood},
        BrokenCase{"NoParts", std::string{kType}, ""}, BrokenCase{"OnlyWords", std::string{kType}, "a=1&b=2"},
        BrokenCase{"Preamble", std::string{kType}, "hello\r\n" + kGood},
        BrokenCase{"Epilogue", std::string{kType}, kGood + "more"},
        BrokenCase{"NoEnd", std::string{kType}, text("a", "1")},
        BrokenCase{"NoDisposition", std::string{kType}, kPart + "Content-Type: text/plain\r\n\r\n1\r\n" + kEnd},
        BrokenCase{"NoName", std::string{kType}, kPart + "Content-Disposition: form-data\r\n\r\n1\r\n" + kEnd},
        BrokenCase{"NameWithoutQuotes", std::string{kType},
                   kPart + "Content-Disposition: form-data; name=a\r\n\r\n1\r\n" + kEnd},
        BrokenCase{"TwoNames", std::string{kType},
                   kPart + "Content-Disposition: form-data; name=\"a\"; name=\"b\"\r\n\r\n1\r\n" + kEnd},
        BrokenCase{"LineWithoutColon", std::string{kType},
                   kPart + "hello\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n" + kEnd},
        BrokenCase{"HeadTooLong", std::string{kType},
                   kPart + "X: " + std::string(2'000, 'x') +
                       "\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n" + kEnd},
        BrokenCase{"TextTooLong", std::string{kType}, text("a", std::string(9'000, 'x')) + kEnd},
        BrokenCase{"NameTwice", std::string{kType}, text("a", "1") + text("a", "2") + kEnd},
        BrokenCase{"TwoFiles", std::string{kType}, file("1") + file("2") + kEnd},
        BrokenCase{"TooManyParts", std::string{kType}, many_parts()}),
    [](const auto& test) { return test.param.name; });

TEST(Multipart, ReadsItsTypeHoweverItIsWritten) {
    for (const char* type : {"multipart/form-data; boundary=----4a7b", "Multipart/Form-Data;boundary=----4a7b",
                             "multipart/form-data; boundary=\"----4a7b\""}) {
        EXPECT_TRUE(is_multipart(type)) << type;
        EXPECT_TRUE(read_multipart(type, kGood).has_value()) << type;
    }
    EXPECT_TRUE(is_multipart("multipart/form-data"));
    EXPECT_FALSE(is_multipart("multipart/form-database; boundary=a"));
    EXPECT_FALSE(is_multipart("application/x-www-form-urlencoded"));
    EXPECT_FALSE(is_multipart(""));
}

}  // namespace multipart_test
}  // namespace harborline::gateway
