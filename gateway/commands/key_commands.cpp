#include <fmt/format.h>

#include "gateway/commands/commands.hpp"
#include "gateway/commands/output.hpp"
#include "gateway/commands/passphrase.hpp"
#include "gateway/conversation/key_watch.hpp"
#include "storage/key_backup.hpp"

namespace harborline::gateway {

int key_backup(const FileArguments& arguments) {
    CommandGround ground(arguments.common);
    core::StaffId by;
    ground->store().run([&](storage::Transaction& tx) { by = ground.acting_where_staffed(tx); });
    if (std::filesystem::exists(arguments.file))
        throw CommandFailed(
            fmt::format("{} exists already and is not overwritten: name a new file", arguments.file.string()));
    const auto passphrase = PassphraseReader{arguments.passphrase_file}.choose();
    SystemRandom random;
    const auto saved = storage::back_up_key(ground.settings().master_key, arguments.file, passphrase, random);
    if (!saved) throw CommandFailed(saved.error().message);
    ground->store().run([&](storage::Transaction& tx) { note_key_backed_up(tx, by, ground.now()); });
    report(arguments.common, {{"file", arguments.file.string()}},
           "saved and read back; keep it and its passphrase in two places, neither beside a backup of the database");
    return 0;
}

int key_restore(const FileArguments& arguments) {
    const Loaded loaded = load_sound(arguments.common);
    const auto& key = loaded.settings.master_key;
    if (std::filesystem::exists(key))
        throw CommandFailed(
            fmt::format("The master key file {} is there already and a key is never overwritten: move it "
                        "away first if it is a wrong one.",
                        key.string()));
    const auto passphrase = PassphraseReader{arguments.passphrase_file}.ask();
    const auto restored = storage::restore_key(arguments.file, key, loaded.settings.database, passphrase);
    if (!restored) throw CommandFailed(restored.error().message);
    const auto& trouble = restored->why_not_asked;
    report(arguments.common,
           {{"file", key.string()}, {"fits_database", restored->fits_database}, {"why_not_asked", trouble}},
           restored->fits_database ? "the key is back in its place and fits the database"
           : trouble.empty()       ? "the key is back in its place; there was no database to try it on"
                                   : "the key is back in its place, untried. " + trouble);
    return 0;
}

}  // namespace harborline::gateway
