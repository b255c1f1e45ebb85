#include "gateway/carriers/twilio_signature.hpp"

#include <gtest/gtest.h>

namespace harborline::gateway {
namespace twilio_signature_test {

/// Computed with npm `twilio` 6.2.0; the first is Twilio's own published sample.
struct Vector {
    std::string name{};
    std::string token{};
    std::string url{};
    NamedValues fields{};
    std::string signature{};
    std::string method = "POST";
    std::string body{};  ///< In place of `fields`.
    friend void PrintTo(const Vector& test, std::ostream* out) { *out << test.name; }
};

const std::string kDeadbeef = "deadbeefdeadbeefdeadbeefdeadbeef";
const NamedValues kSample{{"Digits", "1234"},
                          {"CallSid", "CA1234567890ABCDE"},
                          {"From", "+14158675309"},
                          {"Caller", "+14158675309"},
                          {"To", "+18005551212"}};
const NamedValues kText{{"MessageSid", "SM00000000000000000000000000000001"},
                        {"AccountSid", "AC00000000000000000000000000000001"},
                        {"From", "+8613800138000"},
                        {"To", "+14155550100"},
                        {"Body", "求助 我在哈尔滨 😀"},
                        {"NumMedia", "0"},
                        {"NumSegments", "1"},
                        {"FromCity", ""}};

NamedValues second_sample() {
    NamedValues fields = kSample;
    for (auto& [name, value] : fields)
        if (value == "+14158675309") value = "+12349013030";
    return fields;
}

const Vector kVector1{"Sample1", "12345", "https://mycompany.example/myapp.php?foo=1&bar=2", second_sample(),
                      "awf9OT0KREkM8huof9cjHa047rA="};
const Vector kVector2{"ChineseText", kDeadbeef, "https://hotline.example.org/hook/twilio/sms", kText,
                      "U9lBYal5mYkIYpGN8fSQlDulGxw="};

WebRequest request_of(const Vector& vector) {
    WebRequest request{.method = vector.method, .body = vector.body};
    const auto query = vector.url.find('?');
    if (query != std::string::npos) request.query = vector.url.substr(query + 1);
    for (const auto& [name, value] : vector.fields)
        request.body += (request.body.empty() ? "" : "&") + percent_encoded(name) + "=" + percent_encoded(value);
    return request;
}

bool passes(const Vector& vector) {
    return is_signed(core::Secret{vector.token}, vector.url, request_of(vector), vector.signature);
}

class TwilioSignature : public ::testing::TestWithParam<Vector> {};

TEST_P(TwilioSignature, IsTheSdks) {
    EXPECT_TRUE(passes(GetParam()));
    EXPECT_EQ(twilio_signature(core::Secret{GetParam().token}, GetParam().url, GetParam().fields),
              GetParam().signature);
}

TEST_P(TwilioSignature, RefusesWhatIsTamperedWith) {
    Vector other = GetParam();
    other.token += "x";
    EXPECT_FALSE(passes(other));

    other = GetParam();
    other.signature[5] = other.signature[5] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(passes(other));
    other.signature.clear();
    EXPECT_FALSE(passes(other));

    other = GetParam();
    if (!other.fields.empty()) {
        other.fields.front().second += "1";
    } else {
        other.url += "1";
        other.body += other.body.empty() ? "" : "1";
    }
    EXPECT_FALSE(passes(other));

    other = GetParam();
    other.url.replace(other.url.find("example"), 7, "exemple");
    EXPECT_FALSE(passes(other));
}

INSTANTIATE_TEST_SUITE_P(
    Vectors, TwilioSignature,
    ::testing::Values(kVector1, kVector2,
                      Vector{"DefaultPortInIt", kDeadbeef, "https://hotline.example.org:443/hook/twilio/sms", kText,
                             "RkIqeNSQbgtDxxU7csfPKaO2Y7I="},
                      Vector{"OwnPort", kDeadbeef, "https://hotline.example.org:8443/hook/twilio/sms", kText,
                             "m3BvbDHfPzC8whcDF+pBpY7U4l4="},
                      Vector{.name = "Json",
                             .token = kDeadbeef,
                             .url = "https://hotline.example.org/hook/twilio/"
                                    "json?bodySHA256=2900b40589a9e4362125e4ef1e435bde69a21ada730da1780886eefedf2077c7",
                             .signature = "Mgo6zREWpG2Qoy48EECk+DjkEf4=",
                             .body = R"({"event":"delivered","sid":"SM1"})"},
                      Vector{"NameAgain",
                             "12345",
                             "https://a.example/x",
                             {{"B", "2"}, {"B", "1"}, {"a", "z"}, {"B", "2"}},
                             "atNnXnio0E/WsMi8GIf7TxgNHB4="},
                      Vector{"Get",
                             "12345",
                             "https://a.example/x?From=%2B8613800138000&Body=hi",
                             {},
                             "ud+7N1B6oIkMpHMEpG6g96sGoxM=",
                             "GET"}),
    [](const auto& test) { return test.param.name; });

TEST(TwilioSignature, IsTheOneThatTwilioHasPublished) {
    EXPECT_TRUE(
        passes({"", "12345", "https://mycompany.com/myapp.php?foo=1&bar=2", kSample, "RSOYDt4T1cUTdK1PDd93/VVr8B8="}));
}

TEST(TwilioSignature, LetsThePortBeMissingOnEitherSideAndNoOtherStandThere) {
    Vector with_port = kVector1;  // Signed without one.
    with_port.url = "https://mycompany.example:443/myapp.php?foo=1&bar=2";
    EXPECT_TRUE(passes(with_port));
    with_port.url = "https://mycompany.example:8443/myapp.php?foo=1&bar=2";
    EXPECT_TRUE(passes(with_port));

    Vector signed_with = kVector2;  // Configured without one.
    signed_with.signature = "RkIqeNSQbgtDxxU7csfPKaO2Y7I=";
    EXPECT_TRUE(passes(signed_with)) << "the default port";
    signed_with.signature = "m3BvbDHfPzC8whcDF+pBpY7U4l4=";
    EXPECT_FALSE(passes(signed_with)) << "8443 is not the default port";
    signed_with.url = "http://hotline.example.org/hook/twilio/sms";
    signed_with.signature = "RkIqeNSQbgtDxxU7csfPKaO2Y7I=";
    EXPECT_FALSE(passes(signed_with)) << "another scheme";
}

TEST(TwilioSignature, OfABodyThatIsNoFormCoversEveryByteOfIt) {
    WebRequest request{.method = "POST", .body = "{}"};
    request.query = "bodySHA256=44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
    const std::string url = "https://a.example/x?" + request.query;
    const auto signature = twilio_signature(core::Secret{"12345"}, url, {});
    EXPECT_TRUE(is_signed(core::Secret{"12345"}, url, request, signature));
    request.body = "{ }";
    EXPECT_FALSE(is_signed(core::Secret{"12345"}, url, request, signature));
}

TEST(TwilioSignature, WithoutATokenNobodyIsBelieved) {
    const WebRequest request{.method = "POST"};
    const auto signature = twilio_signature({}, "https://a.example/x", {});
    EXPECT_FALSE(is_signed({}, "https://a.example/x", request, signature));
}

}  // namespace twilio_signature_test
}  // namespace harborline::gateway
