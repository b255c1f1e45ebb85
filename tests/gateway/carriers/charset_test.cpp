#include "gateway/carriers/charset.hpp"

#include <gtest/gtest.h>

namespace harborline::gateway {
namespace charset_test {

TEST(Charset, IsFoundByNameInAnyCase) {
    EXPECT_EQ(charset_named("UTF-8"), Charset::kUtf8);
    EXPECT_EQ(charset_named("8-BIT"), Charset::kUtf8);
    EXPECT_EQ(charset_named("utf-16be"), Charset::kUtf16Be);
    EXPECT_EQ(charset_named("Windows-1252"), Charset::kWindows1252);
    EXPECT_EQ(charset_named("UTF-16LE"), std::nullopt);
    EXPECT_EQ(charset_named(""), std::nullopt);
    for (const auto charset : {Charset::kUtf8, Charset::kUtf16Be, Charset::kWindows1252, Charset::kLatin1})
        EXPECT_EQ(charset_named(name_of(charset)), charset);
}

TEST(Charset, IsReadFromAContentType) {
    EXPECT_EQ(charset_parameter("text/plain; charset=\"UTF-16BE\""), "UTF-16BE");
    EXPECT_EQ(charset_parameter("text/plain;Charset=utf-8;x=y"), "utf-8");
    EXPECT_EQ(charset_parameter("text/plain; charset= utf-8 "), "utf-8");
    EXPECT_EQ(charset_parameter("application/octet-stream"), "");
    EXPECT_EQ(charset_parameter("text/plain; charset="), "");
    EXPECT_EQ(charset_parameter("text/plain; charset=\""), "");
}

TEST(Charset, Windows1252DiffersFromLatin1) {
    EXPECT_EQ(to_utf8(Charset::kWindows1252, "\x80\x93\xE9\x81").value(), "€“é\uFFFD");
    EXPECT_EQ(to_utf8(Charset::kLatin1, "\xE9\xFF").value(), "éÿ");
}

TEST(Charset, RepairsOnlyWhenAsked) {
    EXPECT_FALSE(to_utf8(Charset::kUtf8, "a\xFF").has_value());
    EXPECT_EQ(to_utf8_repaired(Charset::kUtf8, "a\xFF"), "a\uFFFD");
    EXPECT_FALSE(to_utf8(Charset::kUtf16Be, "a").has_value());
    EXPECT_EQ(to_utf8_repaired(Charset::kUtf16Be, "a"), "\uFFFD");
}

}  // namespace charset_test
}  // namespace harborline::gateway
