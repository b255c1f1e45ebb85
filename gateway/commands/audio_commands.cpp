#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <fstream>
#include <iterator>
#include <optional>
#include <string_view>
#include <vector>

#include "gateway/audio/sound_desk.hpp"
#include "gateway/audio/speech.hpp"
#include "gateway/audio/wav.hpp"
#include "gateway/commands/commands.hpp"
#include "gateway/commands/output.hpp"
#include "storage/files/files.hpp"

namespace harborline::gateway {
namespace json = boost::json;
namespace fs = std::filesystem;
namespace {

/// A text that is always said with the same words, so that somebody can record it.
struct FixedPrompt {
    std::string language{};
    std::string key{};
    std::string words{};
};

/// Texts to the administrator and words of screens are read and never heard.
bool is_read_only(std::string_view key) {
    return key.starts_with("adm.") || key.starts_with("ussd.");
}

std::vector<FixedPrompt> fixed_prompts(const flow::Catalogue& catalogue) {
    std::vector<FixedPrompt> prompts;
    for (const auto& language : catalogue.languages()) {
        for (const auto& key : catalogue.keys(language)) {
            const std::string& words = catalogue.find(language, key)->on(core::ChannelKind::kVoice);
            if (is_read_only(key) || words.find('{') != std::string::npos) continue;
            prompts.push_back({language, key, words});
        }
    }
    return prompts;
}

enum class Voice { kRecorded, kMissing, kUnreadable };

Voice voice_of(const fs::path& file) {
    std::ifstream stream{file, std::ios::binary};
    if (file.empty() || !stream) return Voice::kMissing;
    const std::string bytes{std::istreambuf_iterator<char>{stream}, {}};
    const auto samples = read_wav(bytes);
    return samples && !samples->empty() ? Voice::kRecorded : Voice::kUnreadable;
}

const char* voice_name(Voice voice) {
    return voice == Voice::kMissing ? "missing" : "unreadable";
}

void write_voice(const fs::path& file, const std::string& wav) {
    std::error_code failed;
    fs::create_directories(file.parent_path(), failed);
    if (storage::files::write_new(file, wav) == storage::files::Written::kFailed)
        throw CommandFailed("the file " + file.string() +
                            " cannot be written; is there room, and may you write there?");
}

}  // namespace

int audio_list(const CommonArguments& common) {
    const Loaded loaded = load_sound(common);
    json::array rows;
    for (const auto& prompt : fixed_prompts(loaded.book.catalogue)) {
        const auto file = voice_file(loaded.settings.sounds, prompt.language, prompt.key);
        const auto voice = voice_of(file);
        if (voice == Voice::kRecorded) continue;
        rows.push_back({{"language", prompt.language},
                        {"prompt", prompt.key},
                        {"voice", voice_name(voice)},
                        {"file", file.string()},
                        {"words", prompt.words}});
    }
    print(common, rows, "every prompt has a human voice");
    return 0;
}

int audio_render(const AudioArguments& arguments) {
    const Loaded loaded = load_sound(arguments.common);
    SystemClock clock;
    Speech::Parts parts{.folder = speech_folder(loaded.settings.database), .clock = clock};
    // Names in the service's own folder derive from a secret of the database.
    std::optional<CommandGround> ground;
    if (arguments.folder.empty()) {
        ground.emplace(arguments.common, Access::kRead);
        parts.secret = (*ground)->store().secret(storage::SecretPurpose::kRepeatHash);
    } else {
        parts.folder = arguments.folder / ".spoken";
    }
    const Speech speech(std::move(parts));
    int spoken = 0;
    for (const auto& prompt : fixed_prompts(loaded.book.catalogue)) {
        if (voice_of(voice_file(loaded.settings.sounds, prompt.language, prompt.key)) == Voice::kRecorded) continue;
        const auto wav = speech.say_fixed(prompt.language, prompt.words);
        if (!wav) throw CommandFailed(wav.error().message + "; install espeak-ng and try again");
        if (!arguments.folder.empty()) write_voice(voice_file(arguments.folder, prompt.language, prompt.key), *wav);
        ++spoken;
    }
    std::error_code ignored;
    if (!arguments.folder.empty()) fs::remove_all(arguments.folder / ".spoken", ignored);
    report(arguments.common, {{"spoken", spoken}},
           fmt::format("{} prompts without a human voice are spoken by the machine", spoken));
    return 0;
}

}  // namespace harborline::gateway
