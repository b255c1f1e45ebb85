#include "gateway/audio/recording_desk.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "gateway/audio/off_loop.hpp"
#include "gateway/audio/wav.hpp"

namespace harborline::gateway {

namespace asio = boost::asio;
using core::Error;
using core::ErrorKind;
using namespace std::chrono_literals;

namespace {

constexpr auto kOrphanFor = 24h;

core::Result<storage::Recording> write(const storage::RecordingVault& vault, storage::Recording recording,
                                       std::string_view audio, std::chrono::seconds longest) {
    const auto samples = read_wav(audio, longest);
    if (!samples) return samples.error();
    if (samples->empty()) return Error{ErrorKind::kMalformed, "the recording holds no sound"};
    const std::string plain = write_wav(*samples);
    const storage::RecordingSeal seal{.name = recording.name, .key = recording.key};
    auto written = vault.write(seal, plain);
    if (!written && written.error().kind == ErrorKind::kConflict) {
        if (const auto removed = vault.remove(seal.name); !removed) return removed.error();
        written = vault.write(seal, plain);
    }
    if (!written) return written.error();
    recording.state = storage::Recording::State::kKept;
    recording.bytes = static_cast<std::int64_t>(plain.size());
    recording.length = length_of(*samples);
    recording.digest = storage::recording_digest(plain);
    return recording;
}

}  // namespace

RecordingDesk::RecordingDesk(Parts parts) : parts_(std::move(parts)) {}

storage::Recording RecordingDesk::begin() const {
    const auto seal = storage::new_recording_seal(parts_.random);
    const auto now = parts_.clock.now();
    return {.name = seal.name, .created_at = now, .key = seal.key, .due_at = now};
}

asio::awaitable<core::Result<storage::Recording>> RecordingDesk::keep(storage::Recording recording, std::string audio) {
    std::function<core::Result<storage::Recording>()> work =
        [&vault = parts_.vault, longest = parts_.longest, recording = std::move(recording), audio = std::move(audio)] {
            return write(vault, recording, audio, longest);
        };
    return off_loop(parts_.disk, std::move(work));
}

asio::awaitable<core::Result<std::string>> RecordingDesk::read(std::string name) {
    auto found = std::make_shared<std::optional<storage::Recording>>();
    storage::Store::Work look = [found, name = std::move(name)](storage::Transaction& tx) {
        *found = tx.recordings().find(name);
    };
    co_await parts_.gate.transact(storage::Store::Lane::kOrdinary, std::move(look));
    if (!*found || (*found)->state != storage::Recording::State::kKept)
        co_return Error{ErrorKind::kNotFound, "there is no such recording with us"};
    std::function<core::Result<std::string>()> work = [&vault = parts_.vault, found] {
        const auto& row = **found;
        return vault.read({.name = row.name, .key = row.key}, row.digest);
    };
    co_return co_await off_loop(parts_.disk, std::move(work));
}

asio::awaitable<core::Result<std::string>> RecordingDesk::read_letter(std::string name, std::string opener) {
    std::function<core::Result<std::string>()> work = [&vault = parts_.vault, name = std::move(name),
                                                       opener = std::move(opener)]() -> core::Result<std::string> {
        const auto recording = storage::recording_of(name, opener);
        if (!recording) return Error{ErrorKind::kMalformed, "this opens no recording"};
        return vault.read({.name = recording->name, .key = recording->key}, recording->digest);
    };
    co_return co_await off_loop(parts_.disk, std::move(work));
}

asio::awaitable<void> RecordingDesk::give_up(core::LetterId letter) {
    if (!parts_.lose) co_return;
    storage::Store::Work lose = [letter, lose = parts_.lose](storage::Transaction& tx) { lose(tx, letter); };
    co_await parts_.gate.transact(storage::Store::Lane::kOrdinary, std::move(lose));
}

asio::awaitable<std::vector<std::string>> RecordingDesk::remove(std::vector<std::string> names) {
    std::function<std::vector<std::string>()> work = [&vault = parts_.vault, names = std::move(names)] {
        std::vector<std::string> gone;
        for (const auto& name : names) {
            const auto removed = vault.remove(name);
            if (removed || removed.error().kind != ErrorKind::kUnavailable) gone.push_back(name);
        }
        return gone;
    };
    return off_loop(parts_.disk, std::move(work));
}

asio::awaitable<std::size_t> RecordingDesk::remove_orphans() {
    auto named = std::make_shared<std::vector<std::string>>();
    storage::Store::Work look = [named](storage::Transaction& tx) {
        *named = tx.recordings().kept_names();
        std::ranges::copy(tx.letters().recordings(), std::back_inserter(*named));
    };
    co_await parts_.gate.transact(storage::Store::Lane::kOrdinary, std::move(look));
    const auto before = parts_.clock.now() - kOrphanFor;
    std::function<std::size_t()> work = [&vault = parts_.vault, named, before] {
        return vault.remove_orphans(*named, before);
    };
    co_return co_await off_loop(parts_.disk, std::move(work));
}

}  // namespace harborline::gateway
