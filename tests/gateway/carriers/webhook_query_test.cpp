#include "gateway/carriers/webhook_query.hpp"

#include <gtest/gtest.h>

#include "tests/support/fakes.hpp"

namespace harborline::gateway {
namespace webhook_query_test {

TEST(WebhookQuery, ReadsPairsInOrder) {
    const auto query = WebhookQuery::parse("from=%2B86&text=a+b%20c&empty=&bare&&x=1=2").value();
    EXPECT_EQ(query.size(), 5U);
    EXPECT_EQ(query.get("from"), "+86");
    EXPECT_EQ(query.get("text"), "a b c");
    EXPECT_EQ(query.get("x"), "1=2");
    ASSERT_NE(query.find("empty"), nullptr);
    EXPECT_EQ(*query.find("empty"), "");
    EXPECT_NE(query.find("bare"), nullptr);
    EXPECT_EQ(query.find("absent"), nullptr);
}

TEST(WebhookQuery, MayBeReadWithItsRepeats) {
    const NamedValues expected{{"b", "2"}, {"a", ""}, {"b", "1"}};
    EXPECT_EQ(read_pairs("b=2&a=&b=1").value(), expected);
    EXPECT_FALSE(read_pairs("a=%zz").has_value());
}

TEST(WebhookQuery, RefusesWhatIsBrokenOrTooMuch) {
    std::string many;
    for (std::size_t i = 0; i <= WebhookQuery::kPairsMax; ++i) many += std::to_string(i) + "=1&";
    for (const std::string& encoded :
         {std::string{"a=%"}, std::string{"a=%1"}, std::string{"a=%zz"}, std::string{"%4=1"}, std::string{"a=1&a=2"},
          std::string{"a=1&%61=2"}, many, "a=" + std::string(WebhookQuery::kBytesMax, 'x')})
        EXPECT_EQ(WebhookQuery::parse(encoded).error().kind, core::ErrorKind::kMalformed);
}

TEST(WebhookQuery, DecodesWhatItEncodes) {
    harborline::testing::FakeRandom random{13};
    for (int round = 0; round < 2'000; ++round) {
        std::string bytes;
        for (auto length = random.below(50); length > 0; --length)
            bytes.push_back(static_cast<char>(random.below(256)));
        ASSERT_EQ(percent_decoded(percent_encoded(bytes)), bytes);
    }
}

}  // namespace webhook_query_test
}  // namespace harborline::gateway
