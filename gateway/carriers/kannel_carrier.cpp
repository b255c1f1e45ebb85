#include "gateway/carriers/kannel_carrier.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>

#include "gateway/carriers/charset.hpp"
#include "gateway/carriers/retry_after.hpp"
#include "gateway/carriers/sender.hpp"
#include "gateway/carriers/user_data_header.hpp"
#include "gateway/carriers/webhook_query.hpp"
#include "handlers/render/sms.hpp"

namespace harborline::gateway {
namespace {

using core::Inbound;
using core::malformed;
using core::Receipt;
using core::Result;

constexpr std::size_t kTextBytesMax = 64 * 1024;
constexpr std::size_t kPartsMax = 255;
/// A stamp outside of this is that of a broken clock, and as good as none. 2020-01-01 and 2100-01-01.
constexpr std::int64_t kStampMin = 1'577'836'800;
constexpr std::int64_t kStampMax = 4'102'444'800;

/// What both forms of the webhook say, still as bytes.
struct Fields {
    std::string_view sender{};
    std::string_view to{};
    std::string_view id{};
    std::string_view time{};
    std::string_view coding{};
    std::string_view charset{};
    std::string udh{};  ///< A copy: in a header Kannel encodes it once more.
    std::string_view text{};
};

template <class Number>
std::optional<Number> read_number(std::string_view digits, Number min, Number max) {
    Number value{};
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end != digits.data() + digits.size() || value < min || value > max) return std::nullopt;
    return value;
}

/// Kannel's own default for each coding (0: seven bits, 1: eight bits, 2: UCS-2), or an error for any other.
Result<Charset> charset_of(std::string_view coding, std::string_view charset) {
    if (!coding.empty() && coding != "0" && coding != "1" && coding != "2") return malformed("the coding is unknown");
    if (charset.empty()) return coding == "2" ? Charset::kUtf16Be : Charset::kUtf8;
    const auto named = charset_named(charset);
    if (!named) return malformed("the charset of the text is unknown");
    return *named;
}

bool has_control_characters(std::string_view text) {
    return std::ranges::any_of(text, [](char c) {
        return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f') || c == 0x7F;
    });
}

/// A phone that knows no long texts cuts an emoji in two where one text is full: that is one character lost, and not
/// the text. Eight bits are words only where every byte of them is.
Result<std::string> read_text(const Fields& fields, Charset charset) {
    if (fields.coding != "1") return to_utf8_repaired(charset, fields.text);
    auto text = to_utf8(charset, fields.text);
    if (text && has_control_characters(*text)) return malformed("the message is data and not a text");
    return text;
}

Result<Inbound> read_message(const Fields& fields, std::string_view country, core::Instant now) {
    if (fields.text.size() > kTextBytesMax) return malformed("the text is too long");
    if (!is_plain_token(fields.to)) return malformed("the number written to is malformed");
    if (!is_plain_token(fields.id)) return malformed("the id of the message is malformed");
    auto sender = read_sender(fields.sender, country);
    if (!sender) return sender.error();
    const auto charset = charset_of(fields.coding, fields.charset);
    if (!charset) return charset.error();
    const auto part = read_user_data_header(fields.udh);
    if (!part) return part.error();

    Inbound message{.from = *sender, .to = std::string{fields.to}, .external_id = std::string{fields.id}};
    message.received_at = now;
    message.relayed = true;
    // A text is none the worse for the clock of the machine or the network that it came by.
    if (const auto seconds = read_number<std::int64_t>(fields.time, kStampMin, kStampMax))
        message.stamped_at = core::Instant{std::chrono::seconds{*seconds}};
    if (*part) {
        message.fragment = core::Fragment{.reference = (*part)->reference,
                                          .wide_reference = (*part)->wide_reference,
                                          .total = (*part)->total,
                                          .index = (*part)->index,
                                          .bytes = std::string{fields.text},
                                          .charset = std::string{name_of(*charset)}};
        return message;
    }
    auto text = read_text(fields, *charset);
    if (!text) return text.error();
    message.text = std::move(*text);
    return message;
}

std::optional<core::ReceiptState> receipt_state(std::string_view dlr) {
    if (dlr == "1") return core::ReceiptState::kDelivered;
    if (dlr == "2" || dlr == "16") return core::ReceiptState::kFailed;
    if (dlr == "4") return core::ReceiptState::kBuffered;
    if (dlr == "8") return core::ReceiptState::kAccepted;
    return std::nullopt;
}

class KannelCarrier final : public Carrier {
  public:
    explicit KannelCarrier(KannelOptions options) : options_(std::move(options)) {}

    const Capabilities& capabilities() const override { return capabilities_; }

    std::string_view methods(std::string_view action) const override {
        if (action == "sms") return "GET, POST";
        if (action == "status") return "GET";
        return {};
    }

    Result<std::vector<Result<Inbound>>> decode(const WebRequest& request, core::Instant now) const override {
        const auto query = WebhookQuery::parse(request.query);
        if (!query) return query.error();
        Fields fields{.id = query->get("id"), .time = query->get("time")};
        if (request.method == "GET") {
            read_query(*query, fields);
        } else if (request.method == "POST") {
            if (!read_headers(request, fields)) return malformed("the user data header is broken");
        } else {
            return malformed("texts come by GET or POST");
        }
        std::vector<Result<Inbound>> messages;
        messages.push_back(read_message(fields, options_.country, now));
        return messages;
    }

    Result<std::vector<Result<Receipt>>> decode_status(const WebRequest& request, core::Instant now) const override {
        if (request.method != "GET") return malformed("receipts come by GET");
        const auto query = WebhookQuery::parse(request.query);
        if (!query) return query.error();
        const auto id = read_number<std::int64_t>(query->get("id"), 1, INT64_MAX);
        if (!id) return malformed("the id of the receipt is malformed");
        const auto part = read_number<std::uint8_t>(query->get("part"), 1, kPartsMax);
        const auto parts = read_number<std::uint8_t>(query->get("parts"), 1, kPartsMax);
        if (!part || !parts || *part > *parts) return malformed("the part of the receipt is malformed");
        const auto attempt = query->get("attempt").empty() ? 0 : read_number<int>(query->get("attempt"), 1, INT32_MAX);
        if (!attempt) return malformed("the attempt of the receipt is malformed");
        const auto state = receipt_state(query->get("state"));
        if (!state) return malformed("the state of the receipt is unknown");

        Receipt receipt{
            .message = {*id}, .part = *part, .parts = *parts, .attempt = *attempt, .state = *state, .at = now};
        std::vector<Result<Receipt>> receipts;
        receipts.emplace_back(receipt);
        return receipts;
    }

    /// Nothing: Kannel would send any word of it to the handset.
    WebResponse encode_answer(const core::Answer&) const override {
        return {.status = 200, .content_type = "text/plain"};
    }

    std::vector<ApiRequest> build_send(const OutgoingMessage& message) const override {
        const render::SmsParts split = render::split_sms(message.text);
        if (split.parts.size() > kPartsMax) throw std::length_error("a text needs more parts than an SMS can have");
        std::vector<ApiRequest> requests;
        for (std::size_t i = 0; i < split.parts.size(); ++i) requests.push_back(build_part(message, split, i));
        return requests;
    }

    SendResult read_send_result(const WebResponse& response) const override {
        using enum SendResult::Kind;
        const std::string status = std::to_string(response.status);
        // "0: Accepted for delivery", "3: Queued for later delivery" or "Sent.", always with 202.
        if (response.status == 202) return {kSent, {}, {}};
        if (response.status / 100 == 2) return {kUnknown, "what answered " + status + " is perhaps not Kannel", {}};
        if (response.status == 403 && response.body.starts_with("Not routable"))
            return {kRetry, "Kannel has no carrier to send it through; see its status page", {}};
        if (response.status == 401 || response.status == 403) return {kRefused, "Kannel refused the credentials", {}};
        if (response.status == 429 || response.status >= 500)
            return {kRetry, "Kannel answered " + status, read_retry_after(response.retry_after, response.date)};
        return {kRefused, "Kannel refused the message with " + status, {}};
    }

  private:
    static void read_query(const WebhookQuery& query, Fields& fields) {
        fields.sender = query.get("from");
        fields.to = query.get("to");
        fields.coding = query.get("coding");
        fields.charset = query.get("charset");
        fields.udh = query.get("udh");
        fields.text = query.get("text");
    }

    static bool read_headers(const WebRequest& request, Fields& fields) {
        fields.sender = request.header("X-Kannel-From");
        fields.to = request.header("X-Kannel-To");
        fields.coding = request.header("X-Kannel-Coding");
        fields.charset = charset_parameter(request.header("Content-Type"));
        fields.text = request.body;
        const auto udh = percent_decoded(request.header("X-Kannel-UDH"));
        fields.udh = udh.value_or("");
        return udh.has_value();
    }

    ApiRequest build_part(const OutgoingMessage& message, const render::SmsParts& split, std::size_t i) const {
        const auto part = static_cast<std::uint8_t>(i + 1);
        const auto parts = static_cast<std::uint8_t>(split.parts.size());
        ApiRequest request{.url = options_.api_url};
        request.headers = {
            {"Content-Type", "text/plain; charset=UTF-8"},
            {"X-Kannel-Username", options_.user},
            {"X-Kannel-Password", options_.password.reveal()},
            {"X-Kannel-To", message.to.reveal_e164()},
            {"X-Kannel-Coding", split.coding == render::SmsCoding::kGsm7 ? "0" : "2"},
            {"X-Kannel-Validity", std::to_string(std::max<std::int64_t>(1, message.validity.count()))},
            {"X-Kannel-DLR-Mask", "31"},
            {"X-Kannel-DLR-Url", receipt_url(message, part, parts)},
        };
        // Without one Kannel uses its own global-sender.
        if (!options_.number.empty()) request.headers.emplace_back("X-Kannel-From", options_.number);
        // The same reference on every attempt: a handset that has one part of the first joins it with the second's.
        if (parts > 1)
            request.headers.emplace_back(
                "X-Kannel-UDH", concatenation_header(static_cast<std::uint8_t>(message.id.value), parts, part));
        request.body = split.parts[i];
        return request;
    }

    std::string receipt_url(const OutgoingMessage& message, std::uint8_t part, std::uint8_t parts) const {
        return options_.status_url.reveal() + "?id=" + std::to_string(message.id.value) +
               "&part=" + std::to_string(part) + "&parts=" + std::to_string(parts) +
               "&attempt=" + std::to_string(message.attempt) + "&state=%d";
    }

    KannelOptions options_;
    Capabilities capabilities_{};
};

}  // namespace

std::unique_ptr<Carrier> make_kannel(KannelOptions options) {
    return std::make_unique<KannelCarrier>(std::move(options));
}

}  // namespace harborline::gateway
