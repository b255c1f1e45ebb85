#pragma once
#include <array>
#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/http/log.hpp"
#include "handlers/core/result.hpp"
#include "handlers/core/time.hpp"

namespace harborline::gateway {

/// Where the words that everybody hears lie once they were spoken: a folder beside the database.
std::filesystem::path speech_folder(const std::filesystem::path& database);

/// A WAV file of ours; shared, because several answers play it.
using Audio = std::shared_ptr<const std::string>;

/// The machine's own voice: the program espeak-ng, at most so many of it at a time, each with a time limit. The words
/// go to it by its standard input, so that no list of processes shows them. What everybody hears is kept in files under
/// names that betray nothing; personal words only in memory, for ten minutes; those of relatives nowhere. `say` belongs
/// to the loop's thread; the others may be called on any.
class Speech {
  public:
    struct Parts {
        std::filesystem::path folder{};
        std::array<std::byte, 32> secret{};  ///< Names of files derive from it.
        core::Clock& clock;
        Log log{};
        std::string program = "espeak-ng";
        std::size_t processes_max = 2;
        std::size_t waiting_max = 64;  ///< Beyond, kUnavailable at once.
        std::chrono::milliseconds limit{5'000};
    };
    explicit Speech(Parts parts);
    Speech(const Speech&) = delete;
    Speech& operator=(const Speech&) = delete;
    ~Speech();

    enum class Keeps {
        kInFile,      ///< What everybody hears.
        kForMinutes,  ///< Personal.
        kNot,         ///< A relative's words (I7).
    };
    /// 8 kHz mono. kNotFound: the program is not on this machine; kUnavailable: it failed or there is too much to do.
    boost::asio::awaitable<core::Result<Audio>> say(std::string language, std::string words, Keeps keeps);

    /// The same for a command, which may block: what everybody hears, from its file or spoken into it.
    core::Result<std::string> say_fixed(std::string_view language, std::string_view words) const;

    /// Ends what is being spoken and waits for it.
    void stop();

  private:
    struct Kept {
        Audio audio{};
        core::Instant until{};
    };
    static constexpr std::size_t kKeptBytesMax = 16 * 1024 * 1024;

    core::Result<std::string> speak(std::string_view language, std::string_view words) const;
    std::string name_of(std::string_view language, std::string_view words) const;
    Audio recall(const std::string& name);
    void keep(const std::string& name, const Audio& audio);
    void tell(const core::Error& error);

    Parts parts_;
    std::map<std::string, Kept> personal_{};
    std::size_t kept_bytes_ = 0;
    std::size_t waiting_ = 0;
    bool told_missing_ = false;
    std::atomic<bool> stopping_ = false;
    boost::asio::thread_pool pool_;
};

}  // namespace harborline::gateway
