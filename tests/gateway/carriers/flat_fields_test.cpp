#include "gateway/carriers/flat_fields.hpp"

#include <gtest/gtest.h>

#include <ostream>

namespace harborline::gateway {
namespace flat_fields_test {

struct FieldsCase {
    std::string name{};
    std::string method = "POST";
    std::string type{};
    std::string sent{};
    std::string a{};      ///< What field "a" then holds, or
    std::string error{};  ///< the sentence where it must be refused.
    friend void PrintTo(const FieldsCase& test, std::ostream* out) { *out << test.name; }
};

class FlatFields_Test : public ::testing::TestWithParam<FieldsCase> {};

TEST_P(FlatFields_Test, AreReadHoweverTheyAreWritten) {
    WebRequest request{.method = GetParam().method};
    (request.method == "GET" ? request.query : request.body) = GetParam().sent;
    if (!GetParam().type.empty()) request.headers = {{"content-type", GetParam().type}};

    const auto fields = read_fields(request);

    ASSERT_EQ(fields.has_value(), GetParam().error.empty());
    if (!fields) {
        EXPECT_EQ(fields.error().message, GetParam().error);
        EXPECT_EQ(fields.error().kind, core::ErrorKind::kMalformed);
    } else {
        EXPECT_EQ(fields->get("a"), GetParam().a);
    }
}

const std::string kForm = "application/x-www-form-urlencoded";
const std::string kJson = "application/json; charset=utf-8";

INSTANTIATE_TEST_SUITE_P(
    Table, FlatFields_Test,
    ::testing::Values(
        FieldsCase{"Query", "GET", "", "a=1+2&b=", "1 2"}, FieldsCase{"Form", "POST", kForm, "a=%E5%A5%BD", "好"},
        FieldsCase{"FormInCapitals", "POST", "Application/X-WWW-Form-Urlencoded;charset=utf-8", "a=1", "1"},
        FieldsCase{"Json", "POST", kJson, R"({"a":"好\n*1"})", "好\n*1"},
        FieldsCase{"JsonNumber", "POST", kJson, R"({"a":8619900001234})", "8619900001234"},
        FieldsCase{"JsonTrue", "POST", kJson, R"({"a":true})", "true"},
        FieldsCase{"JsonWithoutType", "POST", "", " {\"a\":\"1\"}", "1"},
        FieldsCase{"JsonAsPlainText", "POST", "text/plain", R"({"a":"1"})", "1"},
        FieldsCase{"FormWithoutType", "POST", "", "a=1", "1"},
        FieldsCase{"NestedIsPassedOver", "POST", kJson, R"({"a":{"a":"2"},"b":[1],"c":null,"d":1.5})", ""},
        FieldsCase{"TooDeep", "POST", kJson, R"({"b":[[[[[1]]]]],"a":"1"})", "", "the body is not JSON"},
        FieldsCase{"List", "POST", kJson, R"([{"a":"1"}])", "", "the body is no JSON object"},
        FieldsCase{"FormCalledJson", "POST", kJson, "a=1", "", "the body is not JSON"},
        FieldsCase{"BrokenUtf8InJson", "POST", kJson, "{\"a\":\"\xFF\"}", "", "the body is not JSON"},
        FieldsCase{"Multipart", "POST", "multipart/form-data; boundary=x", "a=1", "",
                   "the content type is neither a form's nor JSON's"},
        FieldsCase{"TooLong", "POST", kJson, std::string(70'000, ' ') + "{}", "", "the body is too long"},
        FieldsCase{"TooMany", "POST", kJson,
                   [] {
                       std::string many = "{";
                       for (std::size_t i = 0; i <= WebhookQuery::kPairsMax; ++i)
                           many.append(i == 0 ? "" : ",").append("\"n").append(std::to_string(i)).append("\":1");
                       return many + "}";
                   }(),
                   "", "there are too many parameters"},
        FieldsCase{"OtherMethod", "PUT", kForm, "a=1", "", "this address takes GET and POST"}),
    [](const auto& test) { return test.param.name; });

}  // namespace flat_fields_test
}  // namespace harborline::gateway
