#include "gateway/audio/sound_desk.hpp"

#include <sodium.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <utility>
#include <variant>

#include "gateway/audio/off_loop.hpp"
#include "gateway/audio/wav.hpp"

namespace harborline::gateway {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

constexpr auto kLives = 10min;
/// A carrier that asks again for what it was given does so by then.
constexpr auto kLivesFetched = 2min;
/// Afterwards what everybody hears is looked for anew, while its old address still has as long again to be fetched.
constexpr auto kKnownFor = 5min;
constexpr auto kSweepEvery = 10s;
constexpr std::size_t kKnownMax = 10'000;
constexpr std::size_t kAddressBytes = 24;
/// FreeSWITCH knows the kind of a file by its name.
constexpr std::string_view kSuffix = ".wav";
constexpr std::size_t kVoiceFileMax = 16 * 1024 * 1024;

bool leads_nowhere_else(std::string_view name) {
    return !name.empty() && name.front() != '.' && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
               c == '-';
    });
}

/// Empty where there is no file that can be played.
std::string read_voice(const fs::path& file) {
    std::error_code failed;
    const auto size = fs::file_size(file, failed);
    if (failed || size > kVoiceFileMax) return {};
    std::ifstream stream{file, std::ios::binary};
    const std::string bytes{std::istreambuf_iterator<char>{stream}, {}};
    const auto samples = read_wav(bytes);
    return samples && !samples->empty() ? write_wav(*samples) : std::string{};
}

bool is_personal(const core::Sound& sound) {
    return sound.personal || !sound.recording.empty();
}

std::string source_of(const core::Sound& sound, std::string_view language) {
    std::string source{language};
    for (const auto* part : {&sound.prompt, &sound.words}) source.append(1, '\0').append(*part);
    return source;
}

/// More than it was given is left only where the clock was set back.
bool is_over(core::Instant until, core::Instant now, core::Instant::duration given) {
    return until <= now || until > now + given;
}

std::string base64(const std::array<unsigned char, kAddressBytes>& bytes) {
    std::array<char, 33> text{};
    sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return text.data();
}

std::string url_of(const std::string& base, const std::string& address) {
    return base + "/audio/" + address + std::string{kSuffix};
}

}  // namespace

fs::path voice_file(const fs::path& sounds, std::string_view language, std::string_view prompt) {
    if (!leads_nowhere_else(language) || !leads_nowhere_else(prompt)) return {};
    return sounds / language / (std::string{prompt} + ".wav");
}

SoundDesk::SoundDesk(Parts parts)
    : parts_(std::move(parts)),
      tone_(std::make_shared<const std::string>(write_wav(safety_tone()))),
      ringing_(std::make_shared<const std::string>(write_wav(ringing_tone(core::Dial{}.ring)))) {}

asio::awaitable<core::CallAnswer> SoundDesk::prepare(core::CallAnswer answer, VoiceCapabilities can, std::string base) {
    while (base.ends_with('/')) base.pop_back();
    Sounds sounds = std::move(answer.sounds);
    bool broken = false;
    answer.sounds = co_await prepare_all(std::move(sounds), answer.language, can, base, broken);
    if (broken) answer.act = core::HangUp{};
    if (can.warns && std::holds_alternative<core::Dial>(answer.act)) {
        Sounds warned = std::move(std::get<core::Dial>(answer.act).warned);
        warned = co_await prepare_all(std::move(warned), answer.language, can, base, broken);
        auto& dial = std::get<core::Dial>(answer.act);
        // Fetched shortly before the talk ends, and not before.
        for (const auto& sound : warned) outlast(sound.url, dial.ring + dial.longest);
        dial.warned = std::move(warned);
    }
    co_return answer;
}

asio::awaitable<SoundDesk::Sounds> SoundDesk::prepare_all(Sounds sounds, std::string language, VoiceCapabilities can,
                                                          std::string base, bool& broken) {
    if (can.joins && sounds.size() > 1) co_return co_await joined_sound(std::move(sounds), language, base, broken);
    for (std::size_t at = 0; at < sounds.size(); ++at) {
        auto& sound = sounds[at];
        const bool personal = is_personal(sound);
        const std::string source = personal ? std::string{} : source_of(sound, language);
        sound.personal = personal;
        std::optional<std::string> address = recall(source);
        if (!address) {
            std::optional<File> file = co_await audio_of(sound, language, can.says, broken);
            address.emplace();
            if (file) {
                file->personal = personal;
                file->letter = static_cast<bool>(sound.letter);
                address = publish(*file);
            }
            if (!file || file->wav != tone_) remember(source, *address);
        }
        if (!address->empty()) {
            sound.url = url_of(base, *address);
            if (!sound.recording.empty()) sound.words.clear();  // They are in the audio, or not needed.
        }
        if (broken) sounds.resize(at + 1);
    }
    co_return sounds;
}

asio::awaitable<SoundDesk::Sounds> SoundDesk::joined_sound(Sounds sounds, std::string language, std::string base,
                                                           bool& broken) {
    const bool personal = std::ranges::any_of(sounds, is_personal);
    std::string source;
    if (!personal) {
        for (const auto& sound : sounds) source.append(source_of(sound, language)).append(1, '\n');
    }
    std::optional<std::string> address = recall(source);
    if (!address) {
        std::vector<Samples> pieces;
        bool whole = true;
        for (const auto& sound : sounds) {
            const std::optional<File> file = co_await audio_of(sound, language, false, broken);
            whole = whole && file->wav != tone_;
            if (auto samples = read_wav(*file->wav)) pieces.push_back(std::move(*samples));
            if (broken) break;
        }
        const bool letter = std::ranges::any_of(sounds, [](const core::Sound& sound) { return bool{sound.letter}; });
        const File all{.wav = std::make_shared<const std::string>(write_wav(joined(pieces))),
                       .personal = personal,
                       .letter = letter};
        address = publish(all);
        if (whole) remember(source, *address);
    }
    Sounds one{{.personal = personal, .url = url_of(base, *address)}};
    co_return one;
}

asio::awaitable<std::optional<SoundDesk::File>> SoundDesk::audio_of(core::Sound sound, std::string language,
                                                                    bool carrier_says, bool& broken) {
    if (!sound.recording.empty()) {
        core::Result<std::string> audio = co_await recorded(sound);
        if (audio) co_return File{.wav = std::make_shared<const std::string>(std::move(*audio))};
        const auto letter = std::exchange(sound.letter, {});
        broken = letter && audio.error().kind == core::ErrorKind::kUnavailable;
        if (letter && !broken) broken = !co_await give_up(letter);
        if (sound.words.empty()) co_return File{.wav = tone_};
    }
    if (sound.prompt == core::kRingingTone) co_return File{.wav = ringing_};
    if (!sound.prompt.empty()) {
        Audio voice = co_await human_voice(language, sound.prompt);
        if (voice) co_return File{.wav = std::move(voice)};
    }
    if (carrier_says) co_return std::nullopt;
    const auto keeps = sound.letter     ? Speech::Keeps::kNot
                       : sound.personal ? Speech::Keeps::kForMinutes
                                        : Speech::Keeps::kInFile;
    core::Result<Audio> spoken = co_await parts_.speech.say(language, sound.words, keeps);
    if (!spoken && sound.letter) broken = true;
    co_return File{.wav = spoken ? *spoken : tone_};  // The desk of speech has said why.
}

asio::awaitable<core::Result<std::string>> SoundDesk::recorded(core::Sound sound) {
    core::Result<std::string> audio = core::Error{};
    try {
        if (sound.letter)
            audio = co_await parts_.recordings.read_letter(sound.recording, sound.opener);
        else
            audio = co_await parts_.recordings.read(sound.recording);
    } catch (const std::exception& error) {
        audio = core::Error{core::ErrorKind::kUnavailable, error.what()};
    }
    if (!audio) parts_.log.warn("recording_not_played", {{"why", audio.error().message}});
    co_return audio;
}

asio::awaitable<bool> SoundDesk::give_up(core::LetterId letter) {
    try {
        co_await parts_.recordings.give_up(letter);
        co_return true;
    } catch (const std::exception& error) {
        parts_.log.warn("recording_not_played", {{"why", error.what()}});
    }
    co_return false;
}

asio::awaitable<Audio> SoundDesk::human_voice(std::string language, std::string prompt) {
    const auto file = voice_file(parts_.sounds, language, prompt);
    if (file.empty()) co_return nullptr;
    std::function<std::string()> work = [file] { return read_voice(file); };
    std::string wav = co_await off_loop(parts_.disk, std::move(work));
    if (wav.empty()) co_return nullptr;
    co_return std::make_shared<const std::string>(std::move(wav));
}

std::optional<SoundDesk::File> SoundDesk::find(std::string_view address) {
    if (address.ends_with(kSuffix)) address.remove_suffix(kSuffix.size());
    forget_old();
    const auto found = entries_.find(address);
    const auto now = parts_.clock.now();
    if (found == entries_.end() || is_over(found->second.until, now, found->second.lives)) return std::nullopt;
    auto& [file, until, lives] = found->second;
    if (file.letter) until = std::min(until, now + kLivesFetched);
    return file;
}

std::optional<std::string> SoundDesk::recall(const std::string& source) {
    if (source.empty()) return std::nullopt;
    forget_old();
    const auto found = known_.find(source);
    if (found == known_.end() || is_over(found->second.until, parts_.clock.now(), kKnownFor)) return std::nullopt;
    const std::string& address = found->second.address;
    return address.empty() || entries_.contains(address) ? std::optional{address} : std::nullopt;
}

void SoundDesk::remember(const std::string& source, const std::string& address) {
    if (source.empty()) return;
    if (known_.size() >= kKnownMax) known_.clear();
    known_[source] = {address, parts_.clock.now() + kKnownFor};
}

std::string SoundDesk::publish(const File& file) {
    const auto now = parts_.clock.now();
    std::string address = address_of(file);
    if (const auto old = entries_.find(address); old != entries_.end()) {
        auto& [known, until, lives] = old->second;
        if (is_over(until, now, lives)) lives = kLives;
        until = lives == kLives ? now + kLives : std::max(until, now + kLives);
    } else {
        make_room(file.wav->size());
        bytes_ += file.wav->size();
        entries_[address] = {file, now + kLives, kLives};
    }
    return address;
}

void SoundDesk::outlast(std::string_view url, core::Instant::duration talk) {
    std::string_view address = url.substr(url.rfind('/') + 1);
    if (address.ends_with(kSuffix)) address.remove_suffix(kSuffix.size());
    const auto found = entries_.find(address);
    if (found == entries_.end()) return;
    auto& [file, until, lives] = found->second;
    lives = std::max(lives, talk);
    until = std::max(until, parts_.clock.now() + talk);
}

std::string SoundDesk::address_of(const File& file) const {
    std::array<unsigned char, kAddressBytes> address{};
    if (file.personal)
        parts_.random.fill(std::as_writable_bytes(std::span{address}));
    else
        crypto_generichash(address.data(), address.size(), reinterpret_cast<const unsigned char*>(file.wav->data()),
                           file.wav->size(), reinterpret_cast<const unsigned char*>(parts_.secret.data()),
                           parts_.secret.size());
    return base64(address);
}

void SoundDesk::make_room(std::size_t bytes) {
    forget_old();
    while (!entries_.empty() && bytes_ + bytes > parts_.bytes_max) {
        const auto oldest = std::ranges::min_element(entries_, {}, [](const auto& one) { return one.second.until; });
        bytes_ -= oldest->second.file.wav->size();
        entries_.erase(oldest);
    }
}

void SoundDesk::forget_old() {
    const auto now = parts_.clock.now();
    if (now >= swept_at_ && now - swept_at_ < kSweepEvery) return;
    swept_at_ = now;
    std::erase_if(entries_, [&](const auto& one) {
        if (!is_over(one.second.until, now, one.second.lives)) return false;
        bytes_ -= one.second.file.wav->size();
        return true;
    });
    std::erase_if(known_, [&](const auto& one) { return is_over(one.second.until, now, kKnownFor); });
}

}  // namespace harborline::gateway
