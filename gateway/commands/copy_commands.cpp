#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <iostream>

#include "gateway/commands/commands.hpp"
#include "gateway/commands/output.hpp"
#include "gateway/conversation/after_restore.hpp"
#include "storage/restoration.hpp"
#include "storage/verification.hpp"

namespace harborline::gateway {
namespace json = boost::json;
namespace fs = std::filesystem;
namespace {

std::string in_lines(const std::vector<std::string>& findings) {
    std::string text;
    for (const auto& finding : findings) text.append(text.empty() ? "" : "\n").append(finding);
    return text;
}

json::object to_json(const storage::Verification& found) {
    json::object rows;
    for (const auto& [table, count] : found.rows) rows[table] = count;
    return {{"sound", found.sound()},
            {"findings", json::array(found.findings.begin(), found.findings.end())},
            {"version", found.version},
            {"opened", found.opened},
            {"rows", std::move(rows)}};
}

}  // namespace

int backup(const FileArguments& arguments) {
    give_way();
    CommandGround ground(arguments.common);
    ground->store().backup(arguments.file);
    const auto found = storage::verify_sqlite({arguments.file, ground.settings().master_key});
    if (!found.sound()) {
        fs::remove(arguments.file);  // Nobody may come to rely on it.
        throw CommandFailed("the copy does not read back and was removed: " + in_lines(found.findings));
    }
    report(arguments.common, {{"file", arguments.file.string()}},
           "saved and read back; the master key is not in it: harborline key backup");
    return 0;
}

int verify(const FileArguments& arguments) {
    give_way();
    const Loaded loaded = load_sound(arguments.common);
    const auto found = storage::verify_sqlite({arguments.file, loaded.settings.master_key, arguments.full});
    if (arguments.common.json) {
        std::cout << json::serialize(to_json(found)) << '\n';
        return found.sound() ? 0 : 1;
    }
    if (!found.sound()) throw CommandFailed(in_lines(found.findings));
    std::string rows;
    for (const auto& [table, count] : found.rows) rows += fmt::format("{:>10}  {}\n", count, table);
    fmt::print("{}sound: version {}, its key is here, {} sealed values opened{}\n", rows, found.version, found.opened,
               arguments.full ? " (all)" : "; --full opens all");
    return 0;
}

int restore(const FileArguments& arguments) {
    const Loaded loaded = load_sound(arguments.common);
    const auto found = storage::verify_sqlite({arguments.file, loaded.settings.master_key});
    if (!found.sound()) throw CommandFailed(in_lines(found.findings));
    auto restoration = storage::Restoration::begin(arguments.file, loaded.settings.database);
    if (!restoration) throw CommandFailed(restoration.error().message);

    AfterRestore settled;
    core::Instant now;
    {
        Loaded on_draft = loaded;
        on_draft.settings.database = (*restoration)->draft();
        CommandGround ground(arguments.common, Access::kWrite, std::move(on_draft));
        now = ground.now();
        ground->store().run([&](storage::Transaction& tx) {
            settled = settle_after_restore(tx, ground.acting_where_staffed(tx), now);
        });
        ground->store().stop();
    }
    const auto aside = (*restoration)->finish(now);
    if (!aside) throw CommandFailed(aside.error().message);
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
