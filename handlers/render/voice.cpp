#include "handlers/render/voice.hpp"

namespace harborline::render {

std::vector<core::Sound> render_voice(const flow::Catalogue& catalogue, std::string_view language,
                                      const std::vector<flow::Say>& says) {
    std::vector<core::Sound> sounds;
    for (const auto& say : says) {
        if (!say.recording.empty()) sounds.push_back({.personal = true, .recording = say.recording});
        core::Sound sound{.words = catalogue.fill(language, say, core::ChannelKind::kVoice)};
        sound.personal = !say.values.empty();
        if (!sound.personal && say.choices.empty()) sound.prompt = say.key;
        if (!sound.words.empty()) sounds.push_back(std::move(sound));
    }
    return sounds;
}

}  // namespace harborline::render
