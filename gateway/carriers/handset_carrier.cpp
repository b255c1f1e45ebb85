#include "gateway/carriers/handset_carrier.hpp"

#include <boost/json.hpp>

#include "gateway/carriers/handset_json.hpp"
#include "gateway/carriers/retry_after.hpp"
#include "gateway/carriers/sender.hpp"
#include "handlers/core/utf8.hpp"

namespace harborline::gateway {
namespace {

namespace json = boost::json;
using core::Inbound;
using core::Receipt;
using core::Result;

constexpr std::size_t kBatchMax = 100;

/// Reads a document that is one element or an array of them; each stands alone.
template <class Item, class Read>
Result<std::vector<Result<Item>>> read_batch(const WebRequest& request, const Read& read) {
    const auto body = parse_handset_body(request);
    if (!body) return body.error();
    std::vector<Result<Item>> items;
    const json::array* batch = body->if_array();
    if (batch == nullptr) {
        items.push_back(read(*body));
        return items;
    }
    if (batch->empty() || batch->size() > kBatchMax) return malformed_handset("a batch has from 1 to 100 elements");
    for (const json::value& element : *batch) items.push_back(read(element));
    return items;
}

std::optional<core::ReceiptState> receipt_state(const json::string& state) {
    if (state == "delivered") return core::ReceiptState::kDelivered;
    if (state == "failed") return core::ReceiptState::kFailed;
    return std::nullopt;
}

class HandsetTexts final : public Carrier {
  public:
    explicit HandsetTexts(HandsetOptions options) : options_(std::move(options)) {}

    const Capabilities& capabilities() const override { return capabilities_; }

    std::string_view methods(std::string_view action) const override {
        return action == "sms" || action == "status" ? "POST" : std::string_view{};
    }

    Result<std::vector<Result<Inbound>>> decode(const WebRequest& request, core::Instant now) const override {
        return read_batch<Inbound>(request, [&](const json::value& element) { return read_message(element, now); });
    }

    Result<std::vector<Result<Receipt>>> decode_status(const WebRequest& request, core::Instant now) const override {
        return read_batch<Receipt>(request, [&](const json::value& element) { return read_receipt(element, now); });
    }

    WebResponse encode_answer(const core::Answer&) const override {
        return {.status = 200, .content_type = "application/json", .body = R"({"accepted":true})"};
    }

    std::vector<ApiRequest> build_send(const OutgoingMessage& message) const override {
        const std::string number = message.to.reveal_e164();
        const json::object body{
            {"id", message.id.value}, {"to", number}, {"text", message.text}, {"attempt", message.attempt}};
        std::vector<ApiRequest> requests(1);
        requests.front().url = options_.deliver_url;
        requests.front().headers = {{"Content-Type", "application/json"}};
        requests.front().body = json::serialize(body);
        return requests;
    }

    SendResult read_send_result(const WebResponse& response) const override {
        using enum SendResult::Kind;
        if (response.status >= 200 && response.status < 300) return {kSent, {}, {}};
        const std::string reason = "the handset answered " + std::to_string(response.status);
        if (response.status != 429 && response.status < 500) return {kRefused, reason, {}};
        return {kRetry, reason, read_retry_after(response.retry_after, response.date)};
    }

  private:
    Result<Inbound> read_message(const json::value& element, core::Instant now) const {
        const json::object* object = element.if_object();
        if (object == nullptr) return malformed_handset("a message is a JSON object");
        const json::string* from = text_of(*object, "from");
        const json::string* text = text_of(*object, "text");
        const json::string* id = text_of(*object, "id");
        if (from == nullptr || text == nullptr || id == nullptr)
            return malformed_handset("a message has from, text and id");
        if (id->empty() || !is_plain_token({id->data(), id->size()})) return malformed_handset("the id is malformed");
        const std::string_view words{text->data(), text->size()};
        if (!core::is_valid_utf8(words)) return malformed_handset("the text is not valid UTF-8");
        auto sender = read_sender({from->data(), from->size()}, options_.country);
        if (!sender) return sender.error();

        Inbound message{.from = *sender, .to = options_.number, .external_id = {id->data(), id->size()}};
        message.received_at = now;
        message.text = words;
        return message;
    }

    static Result<Receipt> read_receipt(const json::value& element, core::Instant now) {
        const json::object* object = element.if_object();
        if (object == nullptr) return malformed_handset("a receipt is a JSON object");
        const json::value* id = object->if_contains("id");
        if (id == nullptr || !id->is_int64() || id->get_int64() <= 0) return malformed_handset("the id is malformed");
        const json::string* state = text_of(*object, "state");
        const auto known = state == nullptr ? std::nullopt : receipt_state(*state);
        if (!known) return malformed_handset("the state of the receipt is unknown");
        return Receipt{.message = {id->get_int64()}, .state = *known, .at = now};
    }

    HandsetOptions options_;
    Capabilities capabilities_{};
};

}  // namespace

std::unique_ptr<Carrier> make_handset(HandsetOptions options) {
    return std::make_unique<HandsetTexts>(std::move(options));
}

}  // namespace harborline::gateway
