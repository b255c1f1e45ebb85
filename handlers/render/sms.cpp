#include "handlers/render/sms.hpp"

namespace harborline::render {

std::string render_sms(const flow::Catalogue& catalogue, std::string_view language, std::string_view signature,
                       const std::vector<flow::Say>& says) {
    std::string text;
    for (const flow::Say& say : says) {
        const std::string words = catalogue.fill(language, say);
        if (words.empty()) continue;
        if (text.empty()) {
            text.append(signature);
        } else {
            text.push_back('\n');
        }
        text.append(words);
    }
    return text;
}

}  // namespace harborline::render
