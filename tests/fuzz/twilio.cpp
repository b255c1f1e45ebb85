// Twilio: the action on the first line, the query on the second, then the form, signed as the carrier would; and the
// rest as what its API answers.
#include "gateway/carriers/sender.hpp"
#include "gateway/carriers/twilio_carrier.hpp"
#include "gateway/carriers/twilio_signature.hpp"
#include "tests/fuzz/carriers.hpp"
#include "tests/fuzz/target.hpp"

namespace harborline::fuzz {
namespace {

using core::CallInput;
using gateway::Carrier;
using gateway::WebRequest;

const core::Secret kKey{"not-a-password"};

gateway::TwilioOptions options() {
    return {.api_url = "https://127.0.0.1:1",
            .account = "AC0001",
            .auth_token = kKey,
            .number = "+8645112338000",
            .public_url = "https://127.0.0.1:2",
            .webhook_url = core::Secret{"https://127.0.0.1:2/in/twilio/not-a-token"},
            .country = "86"};
}

void sign(WebRequest& request) {
    std::string url = "https://127.0.0.1:2" + request.path;
    if (!request.query.empty()) url += "?" + request.query;
    auto fields = gateway::read_pairs(request.body);
    request.headers = {{"X-Twilio-Signature",
                        gateway::twilio_signature(kKey, url, fields ? std::move(*fields) : gateway::NamedValues{})}};
}

void require_sound_call(const Carrier& carrier, const WebRequest& request) {
    const auto decoded = carrier.decode(request, kNow);
    if (!decoded) return;
    const core::Inbound& message = decoded->front().value();
    require(message.call.has_value(), "what comes on a voice channel is about a call");
    const CallInput& call = *message.call;
    require(call.audio_url.empty() || carrier.build_fetch(call.audio_url).has_value(),
            "a recording that is taken can be fetched");
    require(call.audio_url.empty() || call.audio_url.starts_with("https://127.0.0.1:1/2010-04-01/Accounts/AC0001/"),
            "a recording lies with the account");
}

/// Nobody is believed without a signature over exactly this.
void require_refused(const Carrier& carrier, WebRequest request) {
    request.body += "&a=1";
    const auto decoded = carrier.decode(request, kNow);
    require(!decoded.has_value(), "what was tampered with is refused");
    require(!carrier.decode_status(request, kNow).has_value(), "a receipt that was tampered with is refused");
}

void require_sorted(const Carrier& carrier, const std::string& body) {
    for (const int status : {201, 400}) {
        const auto result = carrier.read_send_result({.status = status, .body = body});
        const bool sent = result.kind == gateway::SendResult::Kind::kSent;
        require(sent == result.reason.empty(), "what did not go has a reason");
        require(sent == !result.carrier_id.empty(), "what went has a name");
        require(gateway::is_plain_token(result.carrier_id), "the carrier's id is a plain token");
        if (!sent) require_discreet({.message = result.reason});
    }
}

}  // namespace

void try_input(std::string_view input) {
    static const auto texts = gateway::make_twilio_sms(options());
    static const auto calls = gateway::make_twilio_voice(options());
    Draw draw{input};
    WebRequest request{.method = "POST", .action = std::string{draw.until('\n')}};
    request.query = draw.until('\n');
    request.path = "/in/twilio/not-a-token/" + request.action;
    request.body = draw.rest();
    sign(request);

    for (const auto* carrier : {texts.get(), calls.get()}) {
        require_sound_texts(*carrier, request);
        require_sound_receipts(*carrier, request);
        require_refused(*carrier, request);
    }
    require_sound_call(*calls, request);
    require_sorted(*texts, request.body);
}

}  // namespace harborline::fuzz
