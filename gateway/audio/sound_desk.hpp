#pragma once
#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/audio/recording_desk.hpp"
#include "gateway/audio/speech.hpp"
#include "gateway/carriers/carrier.hpp"
#include "gateway/http/log.hpp"
#include "handlers/core/call.hpp"
#include "handlers/core/random.hpp"
#include "handlers/core/time.hpp"

namespace harborline::gateway {

/// The file of a text's recorded human voice, whether it is there or not; empty where such a name could lead elsewhere.
std::filesystem::path voice_file(const std::filesystem::path& sounds, std::string_view language,
                                 std::string_view prompt);

/// Gives every sound of an answer an address at which the carrier finds it as audio: the recorded human voice where
/// there is one, else the carrier's own words where it speaks, else ours. What is behind an address lies in memory, for
/// ten minutes, a relative's letter for two once it was fetched, the word before the end of a talk until then, the
/// oldest making room. Addresses can not be guessed; those of what everybody hears stay the same, so that a carrier may
/// keep the audio. Belongs to the loop's thread.
class SoundDesk {
  public:
    struct Parts {
        Speech& speech;
        RecordingDesk& recordings;
        boost::asio::thread_pool& disk;  ///< Joined before this goes.
        std::filesystem::path sounds{};  ///< Human voices: <language>/<prompt>.wav.
        std::array<std::byte, 32> secret{};
        core::Clock& clock;
        core::Random& random;
        Log log{};
        std::size_t bytes_max = 64 * 1024 * 1024;
    };
    explicit SoundDesk(Parts parts);

    /// Never fails: where there is nothing better, the safety tone is played. Whoever goes on listening is taken to
    /// have heard a letter: one whose file is gone or damaged is lost, and where one can not be had for now the call
    /// ends behind the words that say so. `base` is the channel's public_url.
    boost::asio::awaitable<core::CallAnswer> prepare(core::CallAnswer answer, VoiceCapabilities can, std::string base);

    struct File {
        Audio wav{};
        bool personal = false;  ///< Cache-Control: no-store.
        bool letter = false;    ///< Holds what one relative has told another.
    };
    /// What lies at /audio/<address>; nothing where there is none, or not any more.
    std::optional<File> find(std::string_view address);

    /// Lets go of what is over. To be called now and then: nothing lies in memory because nobody calls.
    void forget_old();

    std::size_t bytes() const { return bytes_; }

  private:
    struct Entry {
        File file{};
        core::Instant until{};
        core::Instant::duration lives{};  ///< The longest that it was ever given.
    };
    struct Known {
        std::string address{};  ///< Empty: the carrier says it.
        core::Instant until{};
    };
    using Sounds = std::vector<core::Sound>;

    /// `broken`: becomes true where a letter could not be had for now; nothing follows it then.
    boost::asio::awaitable<Sounds> prepare_all(Sounds sounds, std::string language, VoiceCapabilities can,
                                               std::string base, bool& broken);
    boost::asio::awaitable<Sounds> joined_sound(Sounds sounds, std::string language, std::string base, bool& broken);
    /// Nothing: the carrier may say it.
    boost::asio::awaitable<std::optional<File>> audio_of(core::Sound sound, std::string language, bool carrier_says,
                                                         bool& broken);
    boost::asio::awaitable<core::Result<std::string>> recorded(core::Sound sound);
    /// False where the store did not take it.
    boost::asio::awaitable<bool> give_up(core::LetterId letter);
    boost::asio::awaitable<Audio> human_voice(std::string language, std::string prompt);
    std::optional<std::string> recall(const std::string& source);
    void remember(const std::string& source, const std::string& address);
    std::string publish(const File& file);
    /// What lies there can still be fetched when a talk that begins now has gone on for so long.
    void outlast(std::string_view url, core::Instant::duration talk);
    std::string address_of(const File& file) const;
    void make_room(std::size_t bytes);

    Parts parts_;
    Audio tone_;
    Audio ringing_;
    std::map<std::string, Entry, std::less<>> entries_{};
    std::map<std::string, Known> known_{};  ///< Addresses of what everybody hears, by what it is.
    std::size_t bytes_ = 0;
    core::Instant swept_at_{};
};

}  // namespace harborline::gateway
