#include "storage/sealing/day_keys.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "handlers/core/date_span.hpp"
#include "storage/files/files.hpp"

namespace harborline::storage::sealing {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::days kOneDay{1};
constexpr std::chrono::minutes kTriedAgainAfter{1};

core::Error key_folder_trouble(const fs::path& folder, const std::string& what, int why) {
    return {core::ErrorKind::kUnavailable, "The folder of the keys of days " + folder.string() + " " + what + " (" +
                                               std::strerror(why) + "): check its owner and the disk."};
}

/// From when on the 72 hours of a key count; `so_far` is what was said of it the last time.
DayKeys::Day counted_from(DayKeys::Day day, DayKeys::Day so_far, DayKeys::Day today) {
    const auto tomorrow = today + kOneDay;
    if (day <= tomorrow) return day;
    return so_far <= tomorrow ? so_far : today;
}

/// The day at the beginning of a file's name. A process that was killed leaves its draft behind it, which is to die
/// with its day.
std::optional<DayKeys::Day> day_of_file(const std::string& name) {
    constexpr std::size_t kDateLength = 10;
    const std::string written = name.substr(0, kDateLength);
    const auto dates = core::read_dates(written);
    if (!dates || dates->size() != 1 || core::write_date(dates->front().first) != written) return std::nullopt;
    return DayKeys::Day{dates->front().first};
}

/// The folder and its name survive a power cut.
bool make_key_folder(const fs::path& folder) {
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return false;
    return ::chmod(folder.c_str(), 0700) == 0 && files::sync_folder_of(folder);
}

bool sync_key_folder(const fs::path& folder) {
    const files::File opened{folder, O_RDONLY | O_DIRECTORY};
    return opened.opened() && ::fsync(opened.fd()) == 0;
}

/// Nothing where there is no key: no file, a part of one, or the zeros that a destruction leaves when it is cut short.
/// Fails (`errno`) where nobody can tell.
core::Result<std::optional<Key>> read_day_key(const fs::path& path) {
    const files::File file{path, O_RDONLY | O_NOFOLLOW};
    if (!file.opened() && errno == ENOENT) return std::optional<Key>{};
    std::array<std::byte, Key::kSize + 1> bytes{};
    const auto size = file.opened() ? ::read(file.fd(), bytes.data(), bytes.size()) : -1;
    if (size < 0) return core::Error{core::ErrorKind::kUnavailable, "a key of a day cannot be read"};
    std::optional<Key> key;
    if (size == static_cast<ssize_t>(Key::kSize)) key.emplace(std::span{bytes}.first<Key::kSize>());
    sodium_memzero(bytes.data(), bytes.size());
    if (key && sodium_is_zero(key->data(), Key::kSize) != 0) key.reset();
    return key;
}

/// Overwritten before it is removed, for whoever reads the disk itself: that helps as far as the file system writes in
/// place. False (`errno`) where the file is still there.
bool destroy_day_key(const fs::path& path) {
    {
        const files::File file{path, O_WRONLY | O_NOFOLLOW};
        const std::array<std::byte, Key::kSize> zeros{};
        if (file.opened() && ::write(file.fd(), zeros.data(), zeros.size()) > 0) ::fsync(file.fd());
    }
    return ::unlink(path.c_str()) == 0 || errno == ENOENT;
}

}  // namespace

fs::path day_keys_folder(const fs::path& master_key) {
    return files::beside(master_key, ".days");
}

core::Result<void> destroy_day_keys(const fs::path& folder) {
    std::error_code failed;
    fs::directory_iterator each{folder, failed};
    if (failed == std::errc::no_such_file_or_directory) return {};
    for (const fs::directory_iterator end; !failed && each != end; each.increment(failed))
        if (!destroy_day_key(each->path())) return key_folder_trouble(folder, "cannot be emptied", errno);
    if (failed) return key_folder_trouble(folder, "cannot be read", failed.value());
    if (!sync_key_folder(folder)) return key_folder_trouble(folder, "cannot be emptied for good", errno);
    return {};
}

DayKeys::DayKeys(fs::path folder, core::Random& random, bool makes)
    : folder_(std::move(folder)), random_(random), makes_(makes) {}

fs::path DayKeys::file_of(Day day) const {
    return folder_ / core::write_date(day);
}

core::Result<void> DayKeys::keep(core::Instant now) {
    if (settled_from_ <= now && now < settled_until_) return {};
    const auto today = day_of(now);
    auto settled = settle(today);
    settled_from_ = settled ? core::Instant{today} : now;
    settled_until_ = settled ? core::Instant{today + kOneDay} : now + kTriedAgainAfter;
    return settled;
}

core::Result<void> DayKeys::settle(Day today) {
    // Out of memory first: whatever the disk is up to, what is dead opens nothing more.
    const auto dead = forget_dead(today);
    if (makes_ && !make_key_folder(folder_)) return key_folder_trouble(folder_, "cannot be made", errno);
    for (const auto day : dead)
        if (!destroy_day_key(file_of(day))) return key_folder_trouble(folder_, "cannot be cleared", errno);
    Keys found;
    if (const auto looked = look_through(today, found); !looked) return looked.error();
    keys_.merge(found);
    if (!makes_) return {};
    for (const auto day : {today, today + kOneDay})
        if (const auto made = has(day) ? core::Result<void>{} : make(day); !made) return made.error();
    return {};
}

std::vector<DayKeys::Day> DayKeys::forget_dead(Day today) {
    std::vector<Day> dead;
    for (auto& [day, open_key] : keys_) {
        open_key.lives_from = counted_from(day, open_key.lives_from, today);
        if (open_key.lives_from + kLife <= today) dead.push_back(day);
    }
    for (const auto day : dead) keys_.erase(day);
    return dead;
}

core::Result<void> DayKeys::look_through(Day today, Keys& found) const {
    std::error_code failed;
    fs::directory_iterator each{folder_, failed};
    if (failed == std::errc::no_such_file_or_directory && !makes_) return {};
    for (const fs::directory_iterator end; !failed && each != end; each.increment(failed)) {
        const auto& path = each->path();
        const auto day = day_of_file(path.filename().string());
        if (!day) continue;
        if (*day + kLife <= today) {
            if (!destroy_day_key(path)) return key_folder_trouble(folder_, "cannot be cleared", errno);
        } else if (path == file_of(*day) && !has(*day)) {
            const auto key = read_day_key(path);
            if (!key) return key_folder_trouble(folder_, "cannot be read", errno);
            if (*key) found.try_emplace(*day, **key, counted_from(*day, *day, today));
        }
    }
    if (failed) return key_folder_trouble(folder_, "cannot be read", failed.value());
    // What was removed is gone for good, and what was found is there for good, whoever made it and was killed.
    if (!sync_key_folder(folder_)) return key_folder_trouble(folder_, "cannot be written", errno);
    return {};
}

core::Result<void> DayKeys::make(Day day) {
    const auto path = file_of(day);
    Key key;
    random_.fill(key.writable());
    const std::string_view bytes{reinterpret_cast<const char*>(key.data()), Key::kSize};
    auto written = files::write_new(path, bytes);
    if (written == files::Written::kExists) {
        const auto there = read_day_key(path);
        if (there && *there && sync_key_folder(folder_)) {
            keys_.try_emplace(day, **there, day);  // Another process made it in this very moment.
            return {};
        }
        // A part of one gives way. What was sealed under the whole one is lost.
        if (there && !*there && destroy_day_key(path)) written = files::write_new(path, bytes);
    }
    if (written != files::Written::kDone) return key_folder_trouble(folder_, "takes no new key", errno);
    keys_.try_emplace(day, key, day);
    return {};
}

std::optional<std::string> DayKeys::seal(Day day, const Place& place, std::string_view plain) {
    const auto found = keys_.find(day);
    if (found == keys_.end()) return std::nullopt;
    auto& under = found->second;
    if (!under.sealer) under.sealer.emplace(under.key, random_);
    return under.sealer->seal(day.time_since_epoch().count(), place, plain);
}

std::optional<std::string> DayKeys::open(const Place& place, std::string_view sealed) const {
    try {
        const auto found = keys_.find(Day{std::chrono::days{key_id_of(sealed)}});
        if (found == keys_.end()) return std::nullopt;
        return sealing::open(found->second.key, place, sealed);
    } catch (const Damaged&) {
        return std::nullopt;
    }
}

}  // namespace harborline::storage::sealing
