#include "gateway/carriers/ussd_gateway_carrier.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "gateway/carriers/flat_fields.hpp"
#include "gateway/carriers/sender.hpp"
#include "handlers/core/utf8.hpp"

namespace harborline::gateway {
namespace {

namespace json = boost::json;
using config::UssdDialect;
using core::Inbound;
using core::malformed;
using core::Receipt;
using core::Result;
using core::SessionInput;

std::string_view value_of(const WebhookQuery& fields, std::string_view name) {
    return name.empty() ? std::string_view{} : fields.get(name);
}

bool among(const std::vector<std::string>& words, std::string_view word) {
    return std::ranges::find(words, word) != words.end();
}

/// "*123#", "*123*45#", "#123#": what a phone dials, and no answer to anything.
bool looks_dialled(std::string_view text) {
    return text.size() > 2 && (text.front() == '*' || text.front() == '#') && text.back() == '#' &&
           std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || c == '*' || c == '#'; });
}

/// What was dialled behind the service code ("5" of *123*5# where *123# is ours), or nothing where `text` does not
/// begin with the code.
std::optional<std::string_view> behind_service(std::string_view text, std::string_view service) {
    if (service.empty() || text.empty()) return std::nullopt;
    if (text == service) return std::string_view{};
    if (!service.ends_with('#') || !text.ends_with('#')) return std::nullopt;
    service.remove_suffix(1);
    text.remove_suffix(1);
    if (!text.starts_with(service) || text.size() <= service.size() || text[service.size()] != '*') return std::nullopt;
    return text.substr(service.size() + 1);
}

using Named = std::vector<std::pair<std::string, std::string>>;

std::string form_of(const Named& values) {
    std::string form;
    for (const auto& [name, value] : values)
        form.append(form.empty() ? "" : "&").append(percent_encoded(name)).append("=").append(percent_encoded(value));
    return form;
}

/// JSON has words of its own for yes and no.
json::value json_of(const std::string& value) {
    if (value == "true" || value == "false") return value == "true";
    return json::string(value);
}

class UssdGateway final : public Carrier {
  public:
    explicit UssdGateway(UssdGatewayOptions options) : options_(std::move(options)), dialect_(options_.dialect) {
        capabilities_.kind = core::ChannelKind::kUssd;
        capabilities_.gives_ids = !dialect_.id.empty();
        capabilities_.gives_receipts = false;
        capabilities_.answer_deadline = std::chrono::milliseconds{4'000};
    }

    const Capabilities& capabilities() const override { return capabilities_; }

    std::string_view methods(std::string_view action) const override {
        if (action != "ussd" && action != "end") return {};
        return options_.forms_only ? "POST" : "GET, POST";
    }

    Result<std::vector<Result<Inbound>>> decode(const WebRequest& request, core::Instant now) const override {
        const auto fields = options_.forms_only ? read_form(request) : read_fields(request);
        if (!fields) return fields.error();
        std::vector<Result<Inbound>> inputs;
        inputs.push_back(read_input(*fields, request.action == "end", now));
        return inputs;
    }

    Result<std::vector<Result<Receipt>>> decode_status(const WebRequest&, core::Instant) const override {
        return malformed("a session has no receipts");
    }

    WebResponse encode_answer(const core::Answer& answer) const override { return encode_answer_to({}, answer); }

    WebResponse encode_answer_to(const WebRequest& request, const core::Answer& answer) const override {
        const std::string& mark = answer.goes_on ? dialect_.goes_on : dialect_.is_last;
        if (dialect_.answer == UssdDialect::AnswerForm::kText)
            return {.content_type = "text/plain; charset=utf-8", .body = mark + answer.words};
        Named values = echoed(request);
        values.emplace_back(dialect_.words, answer.words);
        values.emplace_back(dialect_.mark, mark);
        if (dialect_.answer == UssdDialect::AnswerForm::kForm)
            return {.content_type = "application/x-www-form-urlencoded", .body = form_of(values)};
        json::object body;
        for (const auto& [name, value] : values)
            body[name] = name == dialect_.mark ? json_of(value) : json::value(json::string(value));
        return {.content_type = "application/json", .body = json::serialize(body)};
    }

    std::vector<ApiRequest> build_send(const OutgoingMessage&) const override { return {}; }

    SendResult read_send_result(const WebResponse&) const override {
        return {.kind = SendResult::Kind::kRefused, .reason = "a USSD channel sends no texts"};
    }

  private:
    /// What the operator wants to see again. Its request was read before; what is no text is left out.
    Named echoed(const WebRequest& request) const {
        Named values;
        if (dialect_.echo.empty() || request.method.empty()) return values;
        const auto fields = read_fields(request);
        if (!fields) return values;
        for (const std::string& name : dialect_.echo)
            if (const std::string* value = fields->find(name); value != nullptr && core::is_valid_utf8(*value))
                values.emplace_back(name, *value);
        return values;
    }

    Result<Inbound> read_input(const WebhookQuery& fields, bool told_of_end, core::Instant now) const {
        const std::string_view session = fields.get(dialect_.session);
        if (session.empty()) return malformed("the session id is missing");
        if (!is_plain_token(session)) return malformed("the session id is malformed");
        const auto sender = read_sender(fields.get(dialect_.number), options_.country);
        if (!sender) return sender.error();
        if (!sender->is_subscriber()) return malformed("the sender is not a phone number");

        Inbound input{.from = *sender, .received_at = now};
        input.session = SessionInput{.id = std::string{session}};
        const std::string_view event = value_of(fields, dialect_.event);
        if (told_of_end || (!event.empty() && among(dialect_.ends, event))) {
            input.session->event = SessionInput::Event::kEnded;
            input.session->unseen = among(options_.statuses_unseen, value_of(fields, options_.status_field));
            return input;
        }
        return with_text(std::move(input), fields, !event.empty() && among(dialect_.begins, event));
    }

    Result<Inbound> with_text(Inbound input, const WebhookQuery& fields, bool began) const {
        const std::string* given = fields.find(dialect_.text);
        // Some operators leave the field out when there is nothing in it.
        const std::string repaired = given == nullptr ? std::string{} : core::repair_utf8(*given);
        std::string_view text = repaired;
        const std::string_view id = value_of(fields, dialect_.id);
        if (!dialect_.id.empty() && id.empty()) return malformed("the id of the request is missing");
        if (!is_plain_token(id)) return malformed("the id of the request is malformed");
        const std::string_view service = value_of(fields, options_.service_field);
        if (!options_.service_field.empty() && service.empty()) return malformed("the service code is missing");
        if (!is_plain_token(service)) return malformed("the service code is malformed");

        if (const auto behind = behind_service(text, dialect_.service)) {
            // Where the text repeats all inputs, every one of them stands behind the code.
            began = began || !dialect_.cumulative || behind->empty();
            text = *behind;
        } else if (began && looks_dialled(text)) {
            text = {};
        }
        input.to = service;
        input.external_id = id;
        input.text = text;
        input.session->event = began ? SessionInput::Event::kBegan : SessionInput::Event::kInput;
        input.session->cumulative = dialect_.cumulative;
        return input;
    }

    UssdGatewayOptions options_;
    const UssdDialect& dialect_;
    Capabilities capabilities_{};
};

}  // namespace

std::unique_ptr<Carrier> make_ussd_gateway(UssdGatewayOptions options) {
    return std::make_unique<UssdGateway>(std::move(options));
}

}  // namespace harborline::gateway
