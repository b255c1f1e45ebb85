#include "gateway/audio/speech.hpp"

#include <sodium.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <utility>

#include "gateway/audio/off_loop.hpp"
#include "gateway/audio/program.hpp"
#include "gateway/audio/wav.hpp"
#include "storage/files/files.hpp"

namespace harborline::gateway {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using core::Error;
using core::ErrorKind;
using namespace std::chrono_literals;

namespace {

constexpr auto kPersonalFor = 10min;
/// Part of every name: a change of voice is another file.
constexpr std::string_view kVoiceVersion = "espeak-ng 1";

/// espeak-ng's name of a language's voice; of one that it does not know it says so itself.
std::string voice_of(std::string_view language) {
    const auto main = language.substr(0, language.find('-'));
    return main == "zh" ? std::string{"cmn"} : std::string{main};
}

std::string for_the_program(std::string_view words) {
    std::string clean{words};
    std::ranges::replace_if(
        clean, [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
    return clean + "\n";
}

}  // namespace

fs::path speech_folder(const fs::path& database) {
    return database.parent_path() / "speech";
}

Speech::Speech(Parts parts) : parts_(std::move(parts)), pool_(parts_.processes_max) {}

Speech::~Speech() {
    stop();
}

void Speech::stop() {
    stopping_ = true;
    pool_.join();
}

core::Result<std::string> Speech::speak(std::string_view language, std::string_view words) const {
    const Program program{
        .command = {parts_.program, "-v", voice_of(language), "-s", "150", "-b", "1", "--stdin", "--stdout"},
        .input = for_the_program(words),
        .limit = parts_.limit};
    const auto spoken = run_program(program, stopping_);
    if (!spoken) return spoken.error();
    const auto samples = read_wav(*spoken);
    if (!samples || samples->empty())
        return Error{ErrorKind::kUnavailable, "the program " + parts_.program + " does not speak this language"};
    return write_wav(*samples);
}

core::Result<std::string> Speech::say_fixed(std::string_view language, std::string_view words) const {
    const auto file = parts_.folder / (name_of(language, words) + ".wav");
    if (std::ifstream stored{file, std::ios::binary}) {
        std::string bytes{std::istreambuf_iterator<char>{stored}, {}};
        if (read_wav(bytes)) return bytes;
        std::error_code ignored;
        fs::remove(file, ignored);
    }
    auto spoken = speak(language, words);
    if (!spoken) return spoken;
    std::error_code ignored;
    fs::create_directories(parts_.folder, ignored);
    // Not kept, it is spoken again the next time.
    (void)storage::files::write_new(file, *spoken);
    return spoken;
}

asio::awaitable<core::Result<Audio>> Speech::say(std::string language, std::string words, Keeps keeps) {
    const std::string name = name_of(language, words);
    if (auto known = recall(name)) co_return known;
    if (stopping_ || waiting_ >= parts_.waiting_max)
        co_return Error{ErrorKind::kUnavailable, "there is more to speak than can be spoken"};

    std::function<core::Result<std::string>()> work = [this, keeps, language = std::move(language),
                                                       words = std::move(words)] {
        return keeps == Keeps::kInFile ? say_fixed(language, words) : speak(language, words);
    };
    ++waiting_;
    core::Result<std::string> spoken = co_await off_loop(pool_, std::move(work));
    --waiting_;
    if (!spoken) {
        tell(spoken.error());
        co_return spoken.error();
    }
    auto audio = std::make_shared<const std::string>(std::move(*spoken));
    if (keeps == Keeps::kForMinutes) keep(name, audio);
    co_return audio;
}

std::string Speech::name_of(std::string_view language, std::string_view words) const {
    std::array<unsigned char, 24> digest{};
    crypto_generichash_state state;
    crypto_generichash_init(&state, reinterpret_cast<const unsigned char*>(parts_.secret.data()), parts_.secret.size(),
                            digest.size());
    for (const auto part : {kVoiceVersion, language, words}) {
        const std::uint64_t size = part.size();
        crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(&size), sizeof size);
        crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(part.data()), part.size());
    }
    crypto_generichash_final(&state, digest.data(), digest.size());
    std::array<char, 33> text{};
    sodium_bin2base64(text.data(), text.size(), digest.data(), digest.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return text.data();
}

Audio Speech::recall(const std::string& name) {
    const auto now = parts_.clock.now();
    std::erase_if(personal_, [&](const auto& one) {
        // More than it was given is left only where the clock was set back.
        const bool over = one.second.until <= now || one.second.until > now + kPersonalFor;
        if (over) kept_bytes_ -= one.second.audio->size();
        return over;
    });
    const auto found = personal_.find(name);
    return found == personal_.end() ? nullptr : found->second.audio;
}

void Speech::keep(const std::string& name, const Audio& audio) {
    if (audio->size() > kKeptBytesMax || personal_.contains(name)) return;
    while (kept_bytes_ + audio->size() > kKeptBytesMax) {
        const auto oldest = std::ranges::min_element(personal_, {}, [](const auto& one) { return one.second.until; });
        kept_bytes_ -= oldest->second.audio->size();
        personal_.erase(oldest);
    }
    kept_bytes_ += audio->size();
    personal_[name] = {audio, parts_.clock.now() + kPersonalFor};
}

void Speech::tell(const Error& error) {
    if (error.kind != ErrorKind::kNotFound) {
        parts_.log.warn("speech_failed", {{"why", error.message}});
        return;
    }
    // Once: whoever installs it needs no restart, and until then every call would say it again.
    if (!std::exchange(told_missing_, true)) parts_.log.error("speech_missing", {{"why", error.message}});
}

}  // namespace harborline::gateway
