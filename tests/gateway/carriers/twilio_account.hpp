#pragma once
#include <algorithm>
#include <string>
#include <string_view>

#include "gateway/carriers/twilio_account.hpp"
#include "gateway/carriers/twilio_signature.hpp"

namespace harborline::gateway::testing {

inline const std::string kTwilioBase = "https://hotline.example.org/in/twilio/not-a-token";

inline TwilioOptions twilio_options(TwilioVariant variant = TwilioVariant::kTwilio) {
    return {.variant = variant,
            .api_url = "https://api.example.org",
            .account = "AC0001",
            .auth_token = core::Secret{"open-sesame"},
            .number = "+8645112338000",
            .public_url = "https://hotline.example.org",
            .webhook_url = core::Secret{kTwilioBase},
            .country = "86"};
}

/// As the carrier would: over the address that it was told, whatever the request holds by now.
inline void sign(WebRequest& request) {
    std::string url = "https://hotline.example.org" + request.path;
    if (!request.query.empty()) url += "?" + request.query;
    const std::string_view form = request.method == "POST" ? std::string_view{request.body} : std::string_view{};
    auto fields = read_pairs(form);
    std::erase_if(request.headers, [](const auto& header) { return header.first == "X-Twilio-Signature"; });
    request.headers.emplace_back("X-Twilio-Signature", twilio_signature(core::Secret{"open-sesame"}, url,
                                                                        fields ? std::move(*fields) : NamedValues{}));
}

inline WebRequest twilio_request(const std::string& action, const std::string& form, const std::string& query = "") {
    WebRequest request{.method = "POST", .action = action, .query = query, .body = form};
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
    request.path = "/in/twilio/not-a-token/" + action;
    sign(request);
    return request;
}

}  // namespace harborline::gateway::testing
