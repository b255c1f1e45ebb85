// A file of texts: what is read without a finding can be filled.
#include "handlers/flow/catalogue.hpp"
#include "handlers/flow/lengths.hpp"
#include "tests/fuzz/target.hpp"

void harborline::fuzz::try_input(std::string_view input) {
    flow::Catalogue catalogue;
    core::Findings findings;
    catalogue.add("en", "en.toml", input, findings);
    for (const auto& finding : findings) require(finding.line > 0 && !finding.message.empty(), "a finding has a line");
    if (!findings.empty()) return;

    for (const auto& key : catalogue.keys("en")) {
        flow::Say say{.key = key, .choices = {{'1', key}, {'2', {}}}};
        for (const auto& name : catalogue.placeholders(key)) say.values.set(name, key);
        const bool has_list = catalogue.find("en", key)->words.find("{options}") != std::string::npos;
        if (has_list) continue;  // Its label would be a list as well.
        const std::string words = catalogue.fill("en", say);
        require(flow::count_sms(words) >= (words.empty() ? 0 : 1), "a text takes a short message");
    }
}
