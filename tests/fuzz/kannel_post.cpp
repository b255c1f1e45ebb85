// Kannel's POST: query, sender, number written to, coding, content type and user data header on a line each, then the
// body.
#include "tests/fuzz/carriers.hpp"
#include "tests/fuzz/target.hpp"

void harborline::fuzz::try_input(std::string_view input) {
    static const auto carrier = kannel();
    Draw draw{input};
    gateway::WebRequest request{.method = "POST", .action = "sms", .query = std::string{draw.until('\n')}};
    for (const char* name : {"X-Kannel-From", "X-Kannel-To", "X-Kannel-Coding", "Content-Type", "X-Kannel-UDH"})
        request.headers.emplace_back(name, draw.until('\n'));
    request.body = draw.rest();

    require_sound_texts(*carrier, request);
}
