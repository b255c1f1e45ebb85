// The terminal phone's JSON, for texts, for receipts, for what is entered in a session and what happens on a call.
#include "tests/fuzz/carriers.hpp"
#include "tests/fuzz/target.hpp"

void harborline::fuzz::try_input(std::string_view input) {
    static const auto texts = handset();
    static const auto sessions = handset_ussd();
    static const auto calls = handset_voice();
    gateway::WebRequest request{.method = "POST", .action = "sms", .body = std::string{input}};
    require_sound_texts(*texts, request);
    require_sound_receipts(*texts, request);
    request.action = "ussd";
    require_sound_texts(*sessions, request);
    request.action = "voice";
    require_sound_texts(*calls, request);
}
