#include "gateway/carriers/handset_carrier.hpp"

#include <boost/json.hpp>

#include "gateway/carriers/retry_after.hpp"
#include "gateway/carriers/sender.hpp"
#include "handlers/core/utf8.hpp"

namespace harborline::gateway {
namespace {

namespace json = boost::json;
using core::Error;
using core::ErrorKind;
using core::Inbound;
using core::Receipt;
using core::Result;

constexpr std::size_t kBodyBytesMax = 64 * 1024;
constexpr std::size_t kDepthMax = 4;
constexpr std::size_t kBatchMax = 100;

Error malformed(const char* sentence) {
    return Error{ErrorKind::kMalformed, sentence};
}

Result<json::value> parse_body(const WebRequest& request) {
    if (request.method != "POST") return malformed("the handset channel takes POST");
    if (request.body.size() > kBodyBytesMax) return malformed("the body is too long");
    json::parse_options options;
    options.max_depth = kDepthMax;
    boost::system::error_code error;
    json::value value = json::parse(request.body, error, {}, options);
    if (error) return malformed("the body is not JSON");
    return value;
}

/// A member that is a string; null where it is absent or something else.
const json::string* text_of(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(json::string_view{name.data(), name.size()});
    return value == nullptr ? nullptr : value->if_string();
}

/// Reads a document that is one element or an array of them; each stands alone.
template <class Item, class Read>
Result<std::vector<Result<Item>>> read_batch(const WebRequest& request, const Read& read) {
    const auto body = parse_body(request);
    if (!body) return body.error();
    std::vector<Result<Item>> items;
    const json::array* batch = body->if_array();
    if (batch == nullptr) {
        items.push_back(read(*body));
        return items;
    }
    if (batch->empty() || batch->size() > kBatchMax) return malformed("a batch has from 1 to 100 elements");
    for (const json::value& element : *batch) items.push_back(read(element));
    return items;
}

/// The words of a member that may be left out; kMalformed where it is something else than a text.
Result<std::string> optional_text(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(json::string_view{name.data(), name.size()});
    if (value == nullptr) return std::string{};
    if (!value->is_string()) return malformed("an input has from, session, event and text");
    return std::string{value->get_string()};
}

std::optional<core::SessionInput::Event> session_event(const json::string& event) {
    using enum core::SessionInput::Event;
    if (event == "began") return kBegan;
    if (event == "input") return kInput;
    if (event == "ended") return kEnded;
    return std::nullopt;
}

std::optional<core::ReceiptState> receipt_state(const json::string& state) {
    if (state == "delivered") return core::ReceiptState::kDelivered;
    if (state == "failed") return core::ReceiptState::kFailed;
    return std::nullopt;
}

class HandsetCarrier final : public Carrier {
  public:
    explicit HandsetCarrier(HandsetOptions options)
        : options_(std::move(options)), capabilities_{.kind = options_.kind, .gives_ids = !is_ussd()} {}

    const Capabilities& capabilities() const override { return capabilities_; }

    std::string_view methods(std::string_view action) const override {
        const bool known = is_ussd() ? action == "ussd" : action == "sms" || action == "status";
        return known ? "POST" : std::string_view{};
    }

    Result<std::vector<Result<Inbound>>> decode(const WebRequest& request, core::Instant now) const override {
        if (is_ussd()) return read_session(request, now);
        return read_batch<Inbound>(request, [&](const json::value& element) { return read_message(element, now); });
    }

    Result<std::vector<Result<Receipt>>> decode_status(const WebRequest& request, core::Instant now) const override {
        return read_batch<Receipt>(request, [&](const json::value& element) { return read_receipt(element, now); });
    }

    WebResponse encode_answer(const core::Answer& answer) const override {
        const json::object body = is_ussd() ? json::object{{"text", answer.words}, {"goes_on", answer.goes_on}}
                                            : json::object{{"accepted", true}};
        return {.status = 200, .content_type = "application/json", .body = json::serialize(body)};
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
    bool is_ussd() const { return options_.kind == core::ChannelKind::kUssd; }

    /// One element only: the answer belongs to one handset.
    Result<std::vector<Result<Inbound>>> read_session(const WebRequest& request, core::Instant now) const {
        const auto body = parse_body(request);
        if (!body) return body.error();
        return std::vector{read_input(*body, now)};
    }

    Result<Inbound> read_input(const json::value& element, core::Instant now) const {
        const json::object* object = element.if_object();
        if (object == nullptr) return malformed("an input is a JSON object");
        const json::string* from = text_of(*object, "from");
        const json::string* session = text_of(*object, "session");
        const json::string* happened = text_of(*object, "event");
        auto words = optional_text(*object, "text");
        const auto id = optional_text(*object, "id");
        if (from == nullptr || session == nullptr || happened == nullptr || !words || !id)
            return malformed("an input has from, session, event and text");
        const auto event = session_event(*happened);
        if (!event) return malformed("the event of the session is unknown");
        if (session->empty() || !is_plain_token({session->data(), session->size()}))
            return malformed("the session is malformed");
        if (!is_plain_token(*id)) return malformed("the id is malformed");
        if (!core::is_valid_utf8(*words)) return malformed("the text is not valid UTF-8");
        auto sender = read_sender({from->data(), from->size()}, options_.country);
        if (!sender) return sender.error();

        Inbound input{.kind = core::ChannelKind::kUssd, .from = *sender, .to = options_.number, .external_id = *id};
        input.received_at = now;
        if (*event != core::SessionInput::Event::kEnded) input.text = std::move(*words);
        input.session = core::SessionInput{.id = {session->data(), session->size()}, .event = *event};
        return input;
    }

    Result<Inbound> read_message(const json::value& element, core::Instant now) const {
        const json::object* object = element.if_object();
        if (object == nullptr) return malformed("a message is a JSON object");
        const json::string* from = text_of(*object, "from");
        const json::string* text = text_of(*object, "text");
        const json::string* id = text_of(*object, "id");
        if (from == nullptr || text == nullptr || id == nullptr) return malformed("a message has from, text and id");
        if (id->empty() || !is_plain_token({id->data(), id->size()})) return malformed("the id is malformed");
        const std::string_view words{text->data(), text->size()};
        if (!core::is_valid_utf8(words)) return malformed("the text is not valid UTF-8");
        auto sender = read_sender({from->data(), from->size()}, options_.country);
        if (!sender) return sender.error();

        Inbound message{.from = *sender, .to = options_.number, .external_id = {id->data(), id->size()}};
        message.received_at = now;
        message.text = words;
        return message;
    }

    static Result<Receipt> read_receipt(const json::value& element, core::Instant now) {
        const json::object* object = element.if_object();
        if (object == nullptr) return malformed("a receipt is a JSON object");
        const json::value* id = object->if_contains("id");
        if (id == nullptr || !id->is_int64() || id->get_int64() <= 0) return malformed("the id is malformed");
        const json::string* state = text_of(*object, "state");
        const auto known = state == nullptr ? std::nullopt : receipt_state(*state);
        if (!known) return malformed("the state of the receipt is unknown");
        return Receipt{.message = {id->get_int64()}, .state = *known, .at = now};
    }

    HandsetOptions options_;
    Capabilities capabilities_;
};

}  // namespace

std::unique_ptr<Carrier> make_handset(HandsetOptions options) {
    return std::make_unique<HandsetCarrier>(std::move(options));
}

}  // namespace harborline::gateway
