#include "tests/gateway/carriers/kit.hpp"

#include <algorithm>
#include <array>
#include <ranges>

#include "gateway/carriers/sender.hpp"
#include "handlers/core/utf8.hpp"

namespace harborline::gateway::testing {
namespace {

constexpr std::size_t kTenMegabytes = 10 * 1024 * 1024;
/// In every number and text of these tests, and in no sentence of ours.
constexpr std::array<std::string_view, 3> kPrivate{"199", "MyBank", "求助"};

void expect_discreet(std::string_view words) {
    EXPECT_FALSE(words.empty());
    for (const std::string_view secret : kPrivate) EXPECT_EQ(words.find(secret), std::string_view::npos) << words;
}

void expect_sound(const core::Inbound& message) {
    EXPECT_TRUE(core::is_valid_utf8(message.text));
    EXPECT_TRUE(core::is_valid_utf8(message.to));
    EXPECT_TRUE(core::is_valid_utf8(message.external_id));
    if (message.session) {
        EXPECT_FALSE(message.session->id.empty());
        EXPECT_TRUE(is_plain_token(message.session->id));
        EXPECT_TRUE(message.from.is_subscriber());
        if (message.session->event == core::SessionInput::Event::kEnded) {
            EXPECT_EQ(message.text, "");
        }
    }
    if (message.call) {
        const core::CallInput& call = *message.call;
        const bool is_of_leg = call.event == core::CallInput::Event::kLegBegan ||
                               call.event == core::CallInput::Event::kLegKeys ||
                               call.event == core::CallInput::Event::kLegEnded;
        EXPECT_FALSE(is_of_leg ? call.leg.empty() : call.id.empty());
        EXPECT_TRUE(is_plain_token(call.id));
        EXPECT_TRUE(is_plain_token(call.leg));
        EXPECT_TRUE(is_plain_token(call.shown));
        EXPECT_GE(call.step, 0);
        EXPECT_EQ(message.text.find_first_not_of("0123456789*#ABCDabcd"), std::string::npos);
        if (call.event == core::CallInput::Event::kEnded) {
            EXPECT_EQ(message.text, "");
        }
    }
    if (!message.fragment) return;
    EXPECT_EQ(message.text, "");
    EXPECT_GE(message.fragment->index, 1);
    EXPECT_GE(message.fragment->total, 2);
    EXPECT_LE(message.fragment->index, message.fragment->total);
    EXPECT_FALSE(message.fragment->charset.empty());
}

/// One byte changed, put in or taken out.
void mutate(std::string& bytes, core::Random& random) {
    if (bytes.empty()) return;
    const std::size_t at = random.below(bytes.size());
    const char byte = static_cast<char>(random.below(256));
    switch (random.below(4)) {
        case 0:
            bytes[at] = byte;
            break;
        case 1:
            bytes.insert(at, 1, byte);
            break;
        case 2:
            bytes.erase(at, 1 + random.below(4));
            break;
        default:
            bytes.insert(at, bytes.substr(random.below(bytes.size()), random.below(12)));
    }
}

void mutate(WebRequest& request, core::Random& random) {
    switch (random.below(3)) {
        case 0:
            mutate(request.query, random);
            break;
        case 1:
            mutate(request.body, random);
            break;
        default:
            if (!request.headers.empty()) mutate(request.headers[random.below(request.headers.size())].second, random);
    }
}

OutgoingMessage outgoing(std::string text) {
    OutgoingMessage message;
    message.id = {4711};
    message.to = core::PhoneNumber::parse("+8619900001234", "86").value();
    message.text = std::move(text);
    return message;
}

}  // namespace

void EveryCarrier::sign(WebRequest& request) const {
    if (GetParam().sign) GetParam().sign(request);
}

std::vector<core::Error> EveryCarrier::errors_of(const WebRequest& request) const {
    const auto decoded = carrier->decode(request, clock.now());
    if (!decoded) return {decoded.error()};
    std::vector<core::Error> errors;
    for (const auto& message : *decoded)
        if (!message) errors.push_back(message.error());
    return errors;
}

std::vector<core::Inbound> EveryCarrier::messages_of(const WebRequest& request) const {
    std::vector<core::Inbound> messages;
    const auto decoded = carrier->decode(request, clock.now());
    if (!decoded) return messages;
    for (const auto& message : *decoded)
        if (message) messages.push_back(*message);
    return messages;
}

void EveryCarrier::expect_sound(const WebRequest& request) const {
    for (const core::Inbound& message : messages_of(request)) testing::expect_sound(message);
    for (const core::Error& error : errors_of(request)) {
        // A form that cannot be read cannot have been signed.
        EXPECT_TRUE(error.kind == core::ErrorKind::kMalformed ||
                    (GetParam().sign && error.kind == core::ErrorKind::kUnauthorized));
        expect_discreet(error.message);
    }
    const auto receipts = carrier->decode_status(request, clock.now());
    if (!receipts) return expect_discreet(receipts.error().message);
    for (const auto& receipt : *receipts) {
        if (!receipt) {
            expect_discreet(receipt.error().message);
            continue;
        }
        EXPECT_NE(receipt->message.value > 0, !receipt->carrier_id.empty());
        EXPECT_GE(receipt->part, 1);
        EXPECT_LE(receipt->part, receipt->parts);
    }
}

TEST_P(EveryCarrier, ReadsItsGoodRequests) {
    for (const WebRequest& request : GetParam().texts) {
        const auto messages = messages_of(request);
        EXPECT_TRUE(errors_of(request).empty());
        ASSERT_FALSE(messages.empty());
        for (const core::Inbound& message : messages) {
            testing::expect_sound(message);
            EXPECT_TRUE(message.from.is_subscriber());
            EXPECT_EQ(message.received_at, clock.now());
            EXPECT_EQ(message.external_id.empty(), !carrier->capabilities().gives_ids);
            EXPECT_EQ(message.session.has_value(), has_sessions());
            EXPECT_EQ(message.call.has_value(), has_calls());
        }
    }
    for (const WebRequest& request : GetParam().receipts) {
        const auto receipts = carrier->decode_status(request, clock.now());
        ASSERT_TRUE(receipts.has_value());
        ASSERT_FALSE(receipts->empty());
        for (const auto& receipt : *receipts) EXPECT_TRUE(receipt.has_value());
    }
}

TEST_P(EveryCarrier, ReadsTheSameRequestTwiceAlike) {
    for (const WebRequest& request : GetParam().texts) {
        const auto first = messages_of(request);
        const auto second = messages_of(request);
        ASSERT_EQ(first.size(), second.size());
        for (std::size_t i = 0; i < first.size(); ++i) {
            EXPECT_EQ(first[i].external_id, second[i].external_id);
            EXPECT_EQ(first[i].text, second[i].text);
            EXPECT_EQ(first[i].from, second[i].from);
        }
    }
}

TEST_P(EveryCarrier, RefusesAWrongMethod) {
    for (const std::string& action : GetParam().actions) EXPECT_NE(carrier->methods(action), "") << action;
    EXPECT_EQ(carrier->methods(""), "");
    EXPECT_EQ(carrier->methods("../sms"), "");
    for (const std::string method : {"PUT", "DELETE", "HEAD", "get", "post", ""})
        for (WebRequest request : GetParam().texts) {
            request.method = method;
            sign(request);
            EXPECT_EQ(errors_of(request).size(), 1U) << method;
            EXPECT_FALSE(carrier->decode_status(request, clock.now()).has_value()) << method;
        }
}

TEST_P(EveryCarrier, RefusesAnEmptyRequest) {
    for (WebRequest request : GetParam().texts) {
        request.query.clear();
        request.body.clear();
        request.headers.clear();
        sign(request);
        EXPECT_FALSE(errors_of(request).empty());
        EXPECT_TRUE(messages_of(request).empty());
    }
    for (WebRequest request : GetParam().receipts) {
        request.query.clear();
        request.body.clear();
        sign(request);
        EXPECT_FALSE(carrier->decode_status(request, clock.now()).has_value());
    }
}

TEST_P(EveryCarrier, RefusesAHugeRequest) {
    for (const WebRequest& good : GetParam().texts | std::views::take(2))
        for (const char filler : {'a', '[', '&', '%', '"', '\0'}) {
            WebRequest request = good;
            request.query += std::string(request.query.empty() ? 0 : kTenMegabytes, filler);
            request.body += std::string(request.method == "GET" ? 0 : kTenMegabytes, filler);
            sign(request);
            EXPECT_TRUE(messages_of(request).empty());
            expect_sound(request);
        }
}

/// One character that a phone or an operator has cut is one character lost, and not the text. Only JSON with broken
/// bytes is no JSON.
TEST_P(EveryCarrier, KeepsWhatCanBeReadOfATextWithBrokenUtf8) {
    if (!GetParam().with_text) return;
    for (const std::string bytes :
         {"\xFF", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE5\xA5", "\x80", "\xC4\xE3"}) {
        const WebRequest request = GetParam().with_text("求助" + bytes);
        expect_sound(request);
        if (request.header("Content-Type") == "application/json") {
            EXPECT_EQ(errors_of(request).size(), 1U);
            continue;
        }
        const auto messages = messages_of(request);
        ASSERT_EQ(messages.size(), 1U);
        EXPECT_EQ(messages.front().text, core::repair_utf8("求助" + bytes));
    }
}

TEST_P(EveryCarrier, KeepsEveryTextAsItWasWritten) {
    if (!GetParam().with_text) return;
    for (const std::string text : {"", " ", "1", "求助 我在哈尔滨😀", "a&b=c%20+d", "行一\n行二",
                                   "𠮷👨‍👩‍👧‍👦", "<xml/> {json} 'sql'; --"}) {
        const auto messages = messages_of(GetParam().with_text(text));
        ASSERT_EQ(messages.size(), 1U) << text;
        EXPECT_EQ(messages.front().text, text);
    }
}

TEST_P(EveryCarrier, SurvivesEveryTruncation) {
    for (const auto& requests : {GetParam().texts, GetParam().receipts})
        for (const WebRequest& good : requests) {
            for (std::size_t length = 0; length < good.query.size(); ++length) {
                WebRequest request = good;
                request.query.resize(length);
                sign(request);
                expect_sound(request);
            }
            for (std::size_t length = 0; length < good.body.size(); ++length) {
                WebRequest request = good;
                request.body.resize(length);
                sign(request);
                expect_sound(request);
            }
        }
}

TEST_P(EveryCarrier, TellsPeopleFromMachinesAndRubbish) {
    if (!GetParam().with_sender) return;
    for (const char* rubbish : {"", "   ", "\x01", "1990000123"}) {
        const WebRequest request = GetParam().with_sender(rubbish);
        if (has_calls()) continue;  // A call without a number is taken.
        EXPECT_TRUE(messages_of(request).empty()) << rubbish;
        expect_sound(request);
    }
    for (const char* machine : {"10086", "106900001234", "95588", "MyBank", "哈尔滨银行"}) {
        const auto messages = messages_of(GetParam().with_sender(machine));
        ASSERT_EQ(messages.size(), has_sessions() ? 0U : 1U) << machine;
        if (has_sessions()) continue;  // Machines dial no codes.
        EXPECT_FALSE(messages.front().from.is_subscriber()) << machine;
    }
    for (const char* spelling : {"+8619900001234", "8619900001234", "19900001234", "008619900001234"}) {
        const auto messages = messages_of(GetParam().with_sender(spelling));
        ASSERT_EQ(messages.size(), 1U) << spelling;
        EXPECT_EQ(messages.front().from.reveal(), "8619900001234");
    }
}

TEST_P(EveryCarrier, KeepsTheGoodHalfOfABatch) {
    if (GetParam().half_broken.method.empty()) return;
    const auto messages = messages_of(GetParam().half_broken);
    EXPECT_FALSE(messages.empty());
    EXPECT_EQ(messages.size(), errors_of(GetParam().half_broken).size());
    expect_sound(GetParam().half_broken);
}

TEST_P(EveryCarrier, SurvivesMutations) {
    harborline::testing::FakeRandom random{2027};
    std::vector<WebRequest> goods = GetParam().texts;
    goods.insert(goods.end(), GetParam().receipts.begin(), GetParam().receipts.end());
    goods.insert(goods.end(), GetParam().ends.begin(), GetParam().ends.end());
    int read = 0;
    const int rounds = GetParam().sign ? 3'000 : 20'000;  // Each is signed once and checked four times.
    for (int round = 0; round < rounds; ++round) {
        WebRequest request = goods[random.below(goods.size())];
        for (auto times = 1 + random.below(3); times > 0; --times) mutate(request, random);
        sign(request);
        expect_sound(request);
        read += static_cast<int>(messages_of(request).size());
        if (HasFailure()) FAIL() << "in round " << round;
    }
    EXPECT_GT(read, 100) << "hardly anything was understood: the mutations test the first check only";
}

TEST_P(EveryCarrier, KeepsNothingOfASessionThatIsOverButWhoseItWas) {
    for (const WebRequest& request : GetParam().ends) {
        const auto messages = messages_of(request);
        ASSERT_EQ(messages.size(), 1U);
        const core::Inbound& end = messages.front();
        ASSERT_TRUE(end.session.has_value() || end.call.has_value());
        if (end.session) {
            EXPECT_EQ(end.session->event, core::SessionInput::Event::kEnded);
            EXPECT_FALSE(end.session->cumulative);
        } else {
            EXPECT_EQ(end.call->event, core::CallInput::Event::kEnded);
        }
        for (const auto& kept : {end.text, end.to, end.external_id, end.session ? end.session->id : end.call->id})
            for (const auto secret : kPrivate) EXPECT_EQ(kept.find(secret), std::string::npos);
    }
    EXPECT_EQ(GetParam().ends.empty(), !has_sessions() && !has_calls());
}

TEST_P(EveryCarrier, SendsNoNumberAndNoTextInAUrl) {
    if (has_sessions() || !GetParam().sends) {
        EXPECT_TRUE(carrier->build_send(outgoing("1")).empty());
        return;
    }
    for (const char* text : {"a plain text", "收到。", "line\r\nX-Injected: 1", "【姐妹港湾】😀"}) {
        const auto requests = carrier->build_send(outgoing(text));
        if (has_calls() && requests.empty()) return;  // It calls out by other ways, or not at all.
        ASSERT_EQ(requests.size(), 1U);
        for (const ApiRequest& request : requests) {
            EXPECT_EQ(request.url.find("199"), std::string::npos);
            EXPECT_EQ(request.url.find(text), std::string::npos);
            EXPECT_EQ(request.method, "POST");
            for (const auto& [name, value] : request.headers)
                EXPECT_TRUE(std::ranges::all_of(value, [](char c) { return c >= ' ' && c <= '~'; })) << name;
        }
    }
}

TEST_P(EveryCarrier, JudgesEveryAnswerOfTheApi) {
    using enum SendResult::Kind;
    if (has_sessions() || !GetParam().sends || carrier->build_send(outgoing("1")).empty()) return;
    for (int status = 100; status < 600; ++status) {
        const SendResult result =
            carrier->read_send_result({.status = status, .content_type = "text/plain", .body = "+8619900001234"});
        if (status >= 500 || status == 429) {
            EXPECT_EQ(result.kind, kRetry) << status;
        }
        if (status == 400 || status == 403) {
            EXPECT_EQ(result.kind, kRefused) << status;
        }
        if (result.kind != kSent) expect_discreet(result.reason.substr(0, result.reason.rfind(' ')));
    }
    EXPECT_EQ(carrier->read_send_result(GetParam().accepted).kind, kSent);
}

TEST_P(EveryCarrier, BelievesNobodyWhoHasNotSigned) {
    EXPECT_EQ(carrier->capabilities().signs, static_cast<bool>(GetParam().sign));
    if (!GetParam().sign) return;
    const auto expect_refused = [&](const WebRequest& request) {
        const auto decoded = carrier->decode(request, clock.now());
        ASSERT_TRUE(decoded.has_error());
        EXPECT_EQ(decoded.error().kind, core::ErrorKind::kUnauthorized);
        const auto receipts = carrier->decode_status(request, clock.now());
        ASSERT_TRUE(receipts.has_error());
        EXPECT_EQ(receipts.error().kind, core::ErrorKind::kUnauthorized);
    };
    for (const auto& requests : {GetParam().texts, GetParam().receipts, GetParam().ends})
        for (const WebRequest& good : requests) {
            WebRequest request = good;
            request.headers.clear();
            expect_refused(request);
            request = good;
            request.body += "&a=1";
            expect_refused(request);
            request = good;
            request.query += "&a=1";
            expect_refused(request);
            request = good;
            request.path += "/";
            expect_refused(request);
        }
}

TEST_P(EveryCarrier, HasAWordForEveryAnswerOnACall) {
    if (!has_calls()) return;
    for (const core::CallAct& act :
         {core::CallAct{core::HangUp{}}, core::CallAct{core::HangUp{.unanswered = true}}, core::CallAct{core::Gather{}},
          core::CallAct{core::Record{}}, core::CallAct{core::Dial{.numbers = {"+8619900001234"}}},
          core::CallAct{core::Wait{}}, core::CallAct{core::Join{}}})
        for (const WebRequest& request : GetParam().texts) {
            const core::CallAnswer call{.language = "zh-CN", .sounds = {{.words = "您好"}}, .act = act};
            const WebResponse answer = carrier->encode_answer_to(request, {.call = call});
            EXPECT_EQ(answer.status, 200);
            EXPECT_FALSE(answer.content_type.empty());
            EXPECT_FALSE(answer.body.empty());
        }
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(EveryCarrier);

void expect_decoded(const Carrier& carrier, const DecodeCase& test) {
    const auto decoded = carrier.decode(test.request, harborline::testing::FakeClock{}.now());
    std::optional<core::Error> error;
    if (!decoded) {
        error = decoded.error();
    } else if (decoded->front().has_error()) {
        error = decoded->front().error();
    }
    const bool refused = !test.error.empty();
    if (error) {
        EXPECT_TRUE(refused) << error->message;
        EXPECT_EQ(error->kind, core::ErrorKind::kMalformed);
        EXPECT_EQ(error->message, test.error);
        return;
    }
    ASSERT_FALSE(refused) << "it was accepted";
    ASSERT_EQ(decoded->size(), 1U);
    EXPECT_EQ(decoded->front()->text, test.text);
}

}  // namespace harborline::gateway::testing
