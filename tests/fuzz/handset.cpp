// The terminal phone's JSON, for texts and for receipts.
#include "tests/fuzz/carriers.hpp"
#include "tests/fuzz/target.hpp"

void harborline::fuzz::try_input(std::string_view input) {
    static const auto carrier = handset();
    const gateway::WebRequest request{.method = "POST", .action = "sms", .body = std::string{input}};
    require_sound_texts(*carrier, request);
    require_sound_receipts(*carrier, request);
}
