#include <fmt/format.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <functional>
#include <iostream>
#include <iterator>
#include <system_error>
#include <utility>

#include "gateway/commands/commands.hpp"
#include "gateway/commands/output.hpp"
#include "gateway/conversation/after_restore.hpp"
#include "storage/files/recording_vault.hpp"
#include "storage/open.hpp"
#include "storage/restoration.hpp"
#include "storage/stand_back.hpp"
#include "storage/verification.hpp"

namespace harborline::gateway {
namespace json = boost::json;
namespace fs = std::filesystem;
namespace {

constexpr int kAllDropped = 1'000'000;

std::string in_lines(const std::vector<std::string>& findings) {
    std::string text;
    for (const auto& finding : findings) text.append(text.empty() ? "" : "\n").append(finding);
    return text;
}

json::object to_json(const storage::Verification& found) {
    json::object rows;
    for (const auto& [table, count] : found.rows) rows[table] = count;
    return {{"sound", found.sound()},         {"findings", json::array(found.findings.begin(), found.findings.end())},
            {"version", found.version},       {"opened", found.opened},
            {"recordings", found.recordings}, {"rows", std::move(rows)}};
}

/// The recordings of a backup lie beside it.
fs::path recordings_of(const fs::path& file, const config::Settings& settings) {
    std::error_code ignored;
    if (fs::equivalent(file, settings.database, ignored)) return settings.recordings;
    auto beside = file;
    return beside += ".recordings";
}

storage::Verification look_at(const FileArguments& arguments, const config::Settings& settings) {
    return storage::verify_sqlite({.file = arguments.file,
                                   .master_key = settings.master_key,
                                   .full = arguments.full,
                                   .recordings = recordings_of(arguments.file, settings)});
}

void copy_recordings(const fs::path& from, const fs::path& to,
                     const std::function<void(std::size_t bytes)>& rest = {}) {
    const auto copied = storage::RecordingVault{from}.copy_to(to, rest);
    if (!copied) throw CommandFailed(copied.error().message + ": check that there is room and try again");
}

/// Removes a backup unless it is kept: nobody may come to rely on half of one, nor be refused its name the next time.
class UnfinishedBackup {
  public:
    UnfinishedBackup(fs::path file, fs::path recordings) : file_(std::move(file)), recordings_(std::move(recordings)) {}
    UnfinishedBackup(const UnfinishedBackup&) = delete;
    UnfinishedBackup& operator=(const UnfinishedBackup&) = delete;
    ~UnfinishedBackup() {
        std::error_code ignored;
        if (kept_) return;
        fs::remove(file_, ignored);
        fs::remove_all(recordings_, ignored);
    }
    void keep() { kept_ = true; }

  private:
    fs::path file_;
    fs::path recordings_;
    bool kept_ = false;
};

/// What no row of the restored database names belongs to the one that was moved aside: now, by an earlier try, or by
/// hand. Beside the restored one it would be removed as nobody's.
void part_recordings(const fs::path& folder, const std::vector<std::string>& named, core::Instant now) {
    auto to = folder;
    to += storage::aside_suffix(now);
    const auto moved = storage::RecordingVault{folder}.move_unnamed(named, to);
    if (!moved) throw CommandFailed("restored, but " + moved.error().message);
}

}  // namespace

int backup(const FileArguments& arguments) {
    give_way();
    const Loaded loaded = load_sound(arguments.common);
    const auto recordings = recordings_of(arguments.file, loaded.settings);
    if (fs::exists(recordings))
        throw CommandFailed(recordings.string() + " exists already and is not overwritten: name a new file");
    // Before an upgrade too: no store is opened, which the version would have to fit.
    storage::back_up_sqlite(loaded.settings.database, arguments.file);
    UnfinishedBackup copy{arguments.file, recordings};
    copy_recordings(loaded.settings.recordings, recordings, storage::stand_back_behind);
    const auto found = look_at(arguments, loaded.settings);
    if (!found.sound()) throw CommandFailed("the copy does not read back and was removed: " + in_lines(found.findings));
    copy.keep();
    report(arguments.common, {{"file", arguments.file.string()}},
           "saved and read back; the master key is not in it: harborline key backup");
    return 0;
}

int verify(const FileArguments& arguments) {
    give_way();
    const Loaded loaded = load_sound(arguments.common);
    const auto found = look_at(arguments, loaded.settings);
    if (arguments.common.json) {
        std::cout << json::serialize(to_json(found)) << '\n';
        return found.sound() ? 0 : 1;
    }
    if (!found.sound()) throw CommandFailed(in_lines(found.findings));
    std::string rows;
    for (const auto& [table, count] : found.rows) rows += fmt::format("{:>10}  {}\n", count, table);
    fmt::print("{}sound: version {}, its key is here, {} sealed values and {} recordings opened{}\n", rows,
               found.version, found.opened, found.recordings, arguments.full ? " (all)" : "; --full opens all");
    return 0;
}

int restore(const FileArguments& arguments) {
    const Loaded loaded = load_sound(arguments.common);
    const auto found = look_at(arguments, loaded.settings);
    if (!found.sound()) throw CommandFailed(in_lines(found.findings));
    auto restoration =
        storage::Restoration::begin(arguments.file, loaded.settings.database, loaded.settings.master_key);
    if (!restoration) throw CommandFailed(restoration.error().message);

    copy_recordings(recordings_of(arguments.file, loaded.settings), loaded.settings.recordings);
    AfterRestore settled;
    std::vector<std::string> recordings;
    core::Instant now;
    {
        Loaded on_draft = loaded;
        on_draft.settings.database = (*restoration)->draft();
        CommandGround ground(arguments.common, Access::kWrite, std::move(on_draft));
        now = ground.now();
        ground->store().run([&](storage::Transaction& tx) {
            settled = settle_after_restore(tx, ground.acting_where_staffed(tx), now, ground->rules().zone);
            recordings = tx.recordings().kept_names();
            // Of letters that were on their way then: the service removes them.
            std::ranges::copy(tx.letters().dropped_recordings(kAllDropped), std::back_inserter(recordings));
        });
        ground->store().stop();
    }
    const auto aside = (*restoration)->finish(now);
    if (!aside) throw CommandFailed(aside.error().message);
    part_recordings(loaded.settings.recordings, recordings, now);
    const std::string old = aside->empty() ? "" : "; the database from before is " + aside->string();
    report(arguments.common,
           {{"database", loaded.settings.database.string()},
            {"before", aside->string()},
            {"held", settled.held},
            {"alerts", settled.alerts}},
           fmt::format("restored{}\n{} unsent messages are held until somebody decides: harborline outbox held\n"
                       "{} open alerts page again as soon as the service starts",
                       old, settled.held, settled.alerts));
    return 0;
}

}  // namespace harborline::gateway
