#include <boost/json/serialize.hpp>

#include "gateway/carriers/handset_carrier.hpp"
#include "gateway/carriers/handset_json.hpp"
#include "gateway/carriers/sender.hpp"
#include "handlers/core/utf8.hpp"

namespace harborline::gateway {
namespace {

namespace json = boost::json;
using core::Inbound;
using core::Receipt;
using core::Result;
using core::SessionInput;

constexpr const char* kMembers = "an input has from, session, event and text";

/// The words of a member that may be left out; kMalformed where it is something else than a text.
Result<std::string> optional_text(const json::object& object, std::string_view name) {
    if (object.if_contains(json::string_view{name.data(), name.size()}) == nullptr) return std::string{};
    const json::string* text = text_of(object, name);
    if (text == nullptr) return malformed_handset(kMembers);
    return std::string{text->data(), text->size()};
}

std::optional<SessionInput::Event> session_event(const json::string& event) {
    using enum SessionInput::Event;
    if (event == "began") return kBegan;
    if (event == "input") return kInput;
    if (event == "ended") return kEnded;
    return std::nullopt;
}

class HandsetSessions final : public Carrier {
  public:
    explicit HandsetSessions(HandsetOptions options) : options_(std::move(options)) {}

    const Capabilities& capabilities() const override { return capabilities_; }

    std::string_view methods(std::string_view action) const override {
        return action == "ussd" ? "POST" : std::string_view{};
    }

    Result<std::vector<Result<Inbound>>> decode(const WebRequest& request, core::Instant now) const override {
        const auto body = parse_handset_body(request);
        if (!body) return body.error();
        return std::vector{read_input(*body, now)};
    }

    Result<std::vector<Result<Receipt>>> decode_status(const WebRequest&, core::Instant) const override {
        return malformed_handset("a USSD channel takes no receipts");
    }

    WebResponse encode_answer(const core::Answer& answer) const override {
        const json::object body{{"text", answer.words}, {"goes_on", answer.goes_on}};
        return {.status = 200, .content_type = "application/json", .body = json::serialize(body)};
    }

    std::vector<ApiRequest> build_send(const OutgoingMessage&) const override { return {}; }

    SendResult read_send_result(const WebResponse&) const override {
        return {.kind = SendResult::Kind::kRefused, .reason = "a USSD channel sends no texts"};
    }

  private:
    Result<Inbound> read_input(const json::value& element, core::Instant now) const {
        const json::object* object = element.if_object();
        if (object == nullptr) return malformed_handset("an input is a JSON object");
        const json::string* from = text_of(*object, "from");
        const json::string* session = text_of(*object, "session");
        const json::string* happened = text_of(*object, "event");
        auto words = optional_text(*object, "text");
        const auto id = optional_text(*object, "id");
        if (from == nullptr || session == nullptr || happened == nullptr || !words || !id)
            return malformed_handset(kMembers);
        const auto event = session_event(*happened);
        if (!event) return malformed_handset("the event of the session is unknown");
        if (session->empty() || !is_plain_token({session->data(), session->size()}))
            return malformed_handset("the session is malformed");
        if (!is_plain_token(*id)) return malformed_handset("the id is malformed");
        if (!core::is_valid_utf8(*words)) return malformed_handset("the text is not valid UTF-8");
        const auto sender = read_sender({from->data(), from->size()}, options_.country);
        if (!sender) return sender.error();
        if (!sender->is_subscriber()) return malformed_handset("the sender is not a phone number");

        Inbound input{.from = *sender, .received_at = now};
        input.session = SessionInput{.id = {session->data(), session->size()}, .event = *event};
        if (*event == SessionInput::Event::kEnded) return input;
        input.to = options_.number;
        input.external_id = *id;
        input.text = std::move(*words);
        return input;
    }

    HandsetOptions options_;
    Capabilities capabilities_{.kind = core::ChannelKind::kUssd, .gives_ids = false};
};

}  // namespace

std::unique_ptr<Carrier> make_handset_ussd(HandsetOptions options) {
    return std::make_unique<HandsetSessions>(std::move(options));
}

}  // namespace harborline::gateway
