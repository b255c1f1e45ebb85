#include "gateway/carriers/twilio_account.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <charconv>

#include "gateway/carriers/base64.hpp"
#include "gateway/carriers/flat_fields.hpp"
#include "gateway/carriers/retry_after.hpp"
#include "gateway/carriers/sender.hpp"
#include "gateway/carriers/twilio_signature.hpp"

namespace harborline::gateway {
namespace {

namespace json = boost::json;
using core::Error;
using core::ErrorKind;
using core::Result;

constexpr std::string_view kVersion = "/2010-04-01/Accounts/";
constexpr std::string_view kUnclear = "what became of it is unclear";
constexpr std::size_t kUrlMax = 512;
constexpr std::size_t kAnswerDepthMax = 8;

struct Verdict {
    int code = 0;
    SendResult::Kind kind{};
    std::string_view why{};
};
/// carriers.md 1.6. Where the account is to blame it is refused like a wrong password: everything else would be, too.
constexpr std::array kVerdicts{
    Verdict{14'107, SendResult::Kind::kRetry, "too much was sent at once"},
    Verdict{20'003, SendResult::Kind::kRefused, "it refused the account or its token"},
    Verdict{20'005, SendResult::Kind::kRefused, "the account is suspended"},
    Verdict{20'429, SendResult::Kind::kRetry, "too many requests"},
    Verdict{20'500, SendResult::Kind::kRetry, "its own error"},
    Verdict{20'503, SendResult::Kind::kRetry, "it is not available"},
    Verdict{21'211, SendResult::Kind::kRefused, "the number is invalid"},
    Verdict{21'217, SendResult::Kind::kRefused, "the number is invalid"},
    Verdict{21'401, SendResult::Kind::kRefused, "the number is invalid"},
    Verdict{21'408, SendResult::Kind::kRefused, "the account may not send to that country"},
    Verdict{21'602, SendResult::Kind::kRefused, "the text is empty"},
    Verdict{21'603, SendResult::Kind::kRefused, "the sender is missing; see number"},
    Verdict{21'606, SendResult::Kind::kRefused, "the sender is not the account's; see number"},
    Verdict{21'609, SendResult::Kind::kRefused, "our address for receipts is invalid; see public_url"},
    Verdict{21'610, SendResult::Kind::kRefused, "the person has opted out with the carrier"},
    Verdict{21'611, SendResult::Kind::kRetry, "the sender's queue is full"},
    Verdict{21'612, SendResult::Kind::kRefused, "there is no route from the sender to that number"},
    Verdict{21'614, SendResult::Kind::kRefused, "the number is no mobile's"},
    Verdict{21'617, SendResult::Kind::kRefused, "the text is too long"},
    Verdict{21'618, SendResult::Kind::kRefused, "the content is not allowed"},
    Verdict{21'659, SendResult::Kind::kRefused, "the sender is not the account's; see number"},
    Verdict{30'001, SendResult::Kind::kRetry, "its queue is full"},
    Verdict{30'002, SendResult::Kind::kRefused, "the account is suspended"},
    Verdict{30'003, SendResult::Kind::kRetry, "the handset cannot be reached"},
    Verdict{30'004, SendResult::Kind::kRefused, "the message is blocked"},
    Verdict{30'005, SendResult::Kind::kRefused, "the handset is unknown"},
    Verdict{30'006, SendResult::Kind::kRefused, "the number is a landline or its network cannot be reached"},
    Verdict{30'007, SendResult::Kind::kRefused, "the message was filtered"},
    Verdict{30'008, SendResult::Kind::kRetry, "an error without a name"},
    Verdict{63'018, SendResult::Kind::kRetry, "too much was sent at once"},
};

/// The members of the answer, or null where it is no JSON object.
json::value parsed(std::string_view body) {
    json::parse_options options;
    options.max_depth = kAnswerDepthMax;
    boost::system::error_code error;
    json::value answer = json::parse(json::string_view{body.data(), body.size()}, error, {}, options);
    return error || !answer.is_object() ? json::value{} : answer;
}

std::string_view sid_of(const json::value& answer) {
    const json::object* object = answer.if_object();
    const json::value* sid = object == nullptr ? nullptr : object->if_contains("sid");
    const json::string* text = sid == nullptr ? nullptr : sid->if_string();
    if (text == nullptr) return {};
    const std::string_view id{text->data(), text->size()};
    return is_plain_token(id) ? id : std::string_view{};
}

const Verdict* verdict_of(const json::value& answer) {
    const json::object* object = answer.if_object();
    const json::value* code = object == nullptr ? nullptr : object->if_contains("code");
    if (code == nullptr || !code->is_int64()) return nullptr;
    const auto* verdict =
        std::ranges::find_if(kVerdicts, [&](const Verdict& each) { return each.code == code->get_int64(); });
    return verdict == kVerdicts.end() ? nullptr : verdict;
}

bool is_id(std::string_view id) {
    return !id.empty() && std::ranges::all_of(id, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
    });
}

/// scheme://host:port
std::string_view origin(std::string_view url) {
    const auto scheme_end = url.find("://");
    if (scheme_end == std::string_view::npos) return {};
    return url.substr(0, url.find('/', scheme_end + 3));
}

/// Takes a prefix off; false where it is not there.
bool take(std::string_view& text, std::string_view prefix) {
    if (prefix.empty() || !text.starts_with(prefix)) return false;
    text.remove_prefix(prefix.size());
    return true;
}

std::string_view without_extension(std::string_view url) {
    for (const std::string_view extension : {".wav", ".mp3", ".json"})
        if (url.ends_with(extension)) return url.substr(0, url.size() - extension.size());
    return url;
}

}  // namespace

std::string_view TwilioAccount::name() const {
    switch (options_.variant) {
        case TwilioVariant::kTwilio:
            return "Twilio";
        case TwilioVariant::kSignalWire:
            return "SignalWire";
        case TwilioVariant::kSomleng:
            return "Somleng";
    }
    return {};
}

Result<TwilioAccount::Webhook> TwilioAccount::read(const WebRequest& request) const {
    if (request.method != "POST") return Error{ErrorKind::kMalformed, "this address takes POST"};
    if (request.body.size() > WebhookQuery::kBytesMax) return Error{ErrorKind::kMalformed, "the body is too long"};
    std::string url = options_.public_url + request.path;
    if (!request.query.empty()) url.append("?").append(request.query);
    std::string_view signature;
    if (options_.variant == TwilioVariant::kSignalWire) signature = request.header("X-SignalWire-Signature");
    if (signature.empty()) signature = request.header("X-Twilio-Signature");
    if (!is_signed(options_.auth_token, url, request, signature))
        return Error{ErrorKind::kUnauthorized, "the signature is missing or wrong"};

    auto query = WebhookQuery::parse(request.query);
    if (!query) return query.error();
    auto form = read_form(request);
    if (!form) return form.error();
    return Webhook{.query = std::move(*query), .form = std::move(*form)};
}

std::string TwilioAccount::address(std::string_view action) const {
    return std::string{options_.webhook_url.reveal()}.append("/").append(action);
}

std::string TwilioAccount::status_address(const OutgoingMessage& message) const {
    return address("status") + "?id=" + std::to_string(message.id.value) +
           "&attempt=" + std::to_string(message.attempt);
}

Result<core::Receipt> TwilioAccount::read_receipt(const WebhookQuery& query, std::string_view carrier_id) {
    core::Receipt receipt;
    if (query.find("id") != nullptr) {
        const auto id = read_count(query.get("id"), INT64_MAX);
        if (!id) return Error{ErrorKind::kMalformed, "the id of the receipt is malformed"};
        receipt.message = {*id};
        const auto attempt = read_count(query.get("attempt"), INT32_MAX);
        if (!attempt && query.find("attempt") != nullptr)
            return Error{ErrorKind::kMalformed, "the attempt of the receipt is malformed"};
        receipt.attempt = static_cast<int>(attempt.value_or(0));
        return receipt;
    }
    if (carrier_id.empty() || !is_plain_token(carrier_id))
        return Error{ErrorKind::kMalformed, "the id of the receipt is malformed"};
    receipt.carrier_id = carrier_id;
    return receipt;
}

std::pair<std::string, std::string> TwilioAccount::authorization() const {
    return {"Authorization", "Basic " + base64(options_.account + ":" + options_.auth_token.reveal())};
}

ApiRequest TwilioAccount::post(std::string_view resource, std::string form) const {
    ApiRequest request;
    request.url.append(options_.api_url).append(kVersion).append(options_.account).append("/").append(resource);
    request.headers = {
        {"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}, authorization()};
    request.body = std::move(form);
    return request;
}

bool TwilioAccount::owns_recording(std::string_view url) const {
    if (url.size() > kUrlMax) return false;
    // With or without what stands before the version in ours: SignalWire's begins with /api/laml.
    if (!take(url, options_.api_url) && !take(url, origin(options_.api_url))) return false;
    if (!take(url, kVersion) || !take(url, options_.account)) return false;
    if (take(url, "/Calls/")) {
        const auto call_end = std::min(url.find('/'), url.size());
        if (!is_id(url.substr(0, call_end))) return false;
        url.remove_prefix(call_end);
    }
    return take(url, "/Recordings/") && is_id(without_extension(url));
}

std::optional<ApiRequest> TwilioAccount::of_recording(std::string_view method, std::string_view url,
                                                      std::string_view extension) const {
    if (!owns_recording(url)) return std::nullopt;
    ApiRequest request{.method = std::string{method}};
    request.url.append(without_extension(url)).append(extension);
    request.headers = {authorization()};
    return request;
}

std::optional<ApiRequest> TwilioAccount::end_call(std::string_view id) const {
    if (!is_id(id)) return std::nullopt;
    return post("Calls/" + std::string{id} + ".json", "Status=completed");
}

SendResult TwilioAccount::read_result(const WebResponse& response) const {
    using enum SendResult::Kind;
    const auto said = [&](std::string_view why) { return std::string{name()}.append(": ").append(why); };
    const std::string status = std::to_string(response.status);
    const json::value answer = parsed(response.body);
    if (response.status / 100 == 2) {
        const std::string_view sid = sid_of(answer);
        if (sid.empty()) return {.kind = kUnknown, .reason = said(kUnclear)};
        return {.kind = kSent, .carrier_id = std::string{sid}};
    }
    const auto wait = read_retry_after(response.retry_after, response.date);
    if (response.status == 429 || response.status >= 500)
        return {.kind = kRetry, .reason = said("it answered " + status), .retry_after = wait};
    if (response.status == 408) return {.kind = kUnknown, .reason = said(kUnclear)};
    if (response.status == 401) return {.kind = kRefused, .reason = said("it refused the account or its token")};
    if (const Verdict* verdict = verdict_of(answer))
        return {.kind = verdict->kind, .reason = said(verdict->why), .retry_after = wait};
    return {.kind = kRefused, .reason = said("it refused the request with " + status)};
}

std::optional<std::int64_t> read_count(std::string_view digits, std::int64_t max) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end != digits.data() + digits.size() || value < 1 || value > max) return std::nullopt;
    return value;
}

}  // namespace harborline::gateway
