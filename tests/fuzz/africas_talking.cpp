// Africa's Talking: the action on the first line, then the form; and the rest as what it answers to our sending.
#include "tests/fuzz/carriers.hpp"
#include "tests/fuzz/target.hpp"

namespace harborline::fuzz {
namespace {

void require_sorted(const gateway::Carrier& carrier, const std::string& body) {
    const auto result = carrier.read_send_result({.status = 201, .body = body});
    const bool sent = result.kind == gateway::SendResult::Kind::kSent;
    require(sent == result.reason.empty(), "what did not go has a reason");
    require(sent || result.carrier_id.empty(), "only what went has a name");
    if (!sent) require_discreet({.message = result.reason});
}

}  // namespace

void try_input(std::string_view input) {
    static const auto texts = africas_talking();
    static const auto screens = gateway::make_africas_talking_ussd("86");
    Draw draw{input};
    gateway::WebRequest request{.method = "POST", .action = std::string{draw.until('\n')}};
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
    request.body = draw.rest();

    require_sound_texts(*texts, request);
    require_sound_receipts(*texts, request);
    require_sound_texts(*screens, request);
    require_sorted(*texts, request.body);
}

}  // namespace harborline::fuzz
