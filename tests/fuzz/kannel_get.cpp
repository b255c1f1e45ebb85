// Kannel's GET: the input as the raw query, and as the text of a good one.
#include "gateway/carriers/webhook_query.hpp"
#include "handlers/core/utf8.hpp"
#include "tests/fuzz/carriers.hpp"
#include "tests/fuzz/target.hpp"

void harborline::fuzz::try_input(std::string_view input) {
    static const auto carrier = kannel();
    require_sound_texts(*carrier, {.method = "GET", .action = "sms", .query = std::string{input}});

    const gateway::WebRequest good{
        .method = "GET",
        .action = "sms",
        .query = "from=%2B8619900000001&to=12338&id=1&coding=2&charset=UTF-8&text=" + gateway::percent_encoded(input)};
    if (good.query.size() > gateway::WebhookQuery::kBytesMax) return;
    const auto read = carrier->decode(good, kNow).value().front();
    require(read.has_value(), "every text is taken");
    require(read->text == core::repair_utf8(input), "a text is taken as it was written, or what can be read of it");
}
