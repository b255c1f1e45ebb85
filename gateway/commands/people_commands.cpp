#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <iostream>
#include <utility>

#include "config/files.hpp"
#include "config/people/people_cells.hpp"
#include "gateway/commands/commands.hpp"
#include "gateway/commands/output.hpp"
#include "gateway/conversation/weekly_desk.hpp"
#include "gateway/people/card_pin.hpp"
#include "gateway/people/people_import.hpp"
#include "storage/files/files.hpp"

namespace harborline::gateway {
namespace json = boost::json;
namespace {

/// Some millions of records. What is larger is no list of people.
constexpr std::size_t kPeopleBytesMax = 256UL << 20;
constexpr std::size_t kToldEvery = 10'000;
constexpr auto kImported = "people_imported";

/// Says now and then on stderr how far it is, where somebody watches.
PeopleProgress progress_of(const PeopleArguments& arguments, const char* what) {
    if (!arguments.progress && ::isatty(STDERR_FILENO) == 0) return {};
    return [what, done = std::size_t{0}]() mutable {
        if (++done % kToldEvery == 0) fmt::print(stderr, "{} records {}\n", done, what);
    };
}

/// When a command has changed families last.
core::Instant last_change(storage::Transaction& tx) {
    return std::max(tx.journal().last(kImported), tx.journal().last(kCardPinSet));
}

config::PeopleFile read_file(const PeopleArguments& arguments, const config::Settings& settings,
                             core::Findings& findings) {
    const auto csv = config::read_text_file(arguments.file, kPeopleBytesMax);
    if (!csv) throw CommandFailed(csv.error().message, 2);
    return config::read_people_csv(*csv, arguments.file.string(), settings.country, findings);
}

struct Compared {
    PeopleChanges changes{};
    core::Instant last_change{};
};

/// Without a lock that the service would wait for.
Compared compare_file(const PeopleArguments& arguments, const Loaded& loaded, const config::PeopleFile& file) {
    CommandGround ground(arguments.common, Access::kRead, loaded);
    Compared compared;
    ground->store().run([&](storage::Transaction& tx) {
        if (!arguments.dry_run) ground.acting(tx);
        const auto today = ground->rules().zone.local(ground.now()).date;
        compared.last_change = last_change(tx);
        compared.changes = compare_people(file, tx.people(), today, progress_of(arguments, "compared"));
    });
    return compared;
}

void write_changes(const PeopleArguments& arguments, const Loaded& loaded, const Compared& compared) {
    CommandGround ground(arguments.common, Access::kWrite, loaded);
    ground->store().run([&](storage::Transaction& tx) {
        const auto by = ground.acting(tx);
        if (last_change(tx) != compared.last_change)
            throw CommandFailed("somebody else has changed families in the meantime: give the command again");
        write_people(compared.changes, tx.people(), ground.now(), progress_of(arguments, "written"));
        WeeklyDesk(ground->rules(), ground->taker().desk()).begin(tx, ground.now());
        tx.journal().append({.at = ground.now(), .event = kImported, .staff = by.id});
    });
}

void report_import(const PeopleArguments& arguments, const PeopleChanges& changes) {
    const auto said = arguments.dry_run ? fmt::format("would add {}, change {}, leave {}", changes.added,
                                                      changes.changed, changes.left)
                      : changes.size() == 0
                          ? fmt::format("nothing changed: all {} records are there", changes.left)
                          : fmt::format("added {}, changed {}, left {}", changes.added, changes.changed, changes.left);
    report(arguments.common,
           {{"dry_run", arguments.dry_run},
            {"added", changes.added},
            {"changed", changes.changed},
            {"left", changes.left}},
           said);
}

}  // namespace

int people_import(const PeopleArguments& arguments) {
    const Loaded loaded = load_sound(arguments.common);
    core::Findings findings;
    const auto file = read_file(arguments, loaded.settings, findings);
    const auto compared = compare_file(arguments, loaded, file);
    findings.insert(findings.end(), compared.changes.findings.begin(), compared.changes.findings.end());
    std::ranges::stable_sort(findings, {}, &core::Finding::line);
    if (!findings.empty()) throw CommandFailed(to_text(findings) + "nothing was imported");
    if (!arguments.dry_run && compared.changes.size() > 0) write_changes(arguments, loaded, compared);
    report_import(arguments, compared.changes);
    return 0;
}

int people_export(const PeopleArguments& arguments) {
    const Loaded loaded = load_sound(arguments.common);
    {
        // Reading is an access to personal data and leaves a trace (domain rules 5.1 and 5.4).
        CommandGround ground(arguments.common, Access::kWrite, loaded);
        ground->store().run([&](storage::Transaction& tx) {
            tx.journal().append({.at = ground.now(), .event = "people_exported", .staff = ground.acting(tx).id});
        });
    }
    give_way();
    config::PeopleFile people;
    {
        CommandGround ground(arguments.common, Access::kRead, loaded);
        ground->store().run([&](storage::Transaction& tx) { people = all_people(tx.people()); });
    }
    const auto csv = config::write_people_csv(people, loaded.settings.country);
    if (arguments.file.empty()) {
        std::cout << csv;
        return 0;
    }
    const auto written = storage::files::write_new(arguments.file, csv);
    if (written == storage::files::Written::kExists)
        throw CommandFailed(arguments.file.string() + " exists already and is not overwritten: name a new file");
    if (written == storage::files::Written::kFailed)
        throw CommandFailed("the file " + arguments.file.string() +
                            " cannot be written; is there room, and may you write there?");
    report(arguments.common, {{"file", arguments.file.string()}, {"records", people.size()}},
           fmt::format("{} records written, numbers and names in plain words: keep the file safe", people.size()));
    return 0;
}

namespace {

/// A line a person: nobody's name or number stands in it.
class PeopleList {
  public:
    PeopleList(storage::People& people, bool for_machines) : people_(people), for_machines_(for_machines) {}

    json::array rows() {
        std::vector<core::Person> persons;
        people_.visit([&](const core::Person& person) {
            ids_.emplace(person.id, person.external_id);
            persons.push_back(person);
            return true;
        });
        json::array rows;
        for (const auto& person : persons) rows.push_back(row_of(person));
        return rows;
    }

  private:
    json::object row_of(const core::Person& person) {
        json::object row{{"person", person.external_id},
                         {"kind", config::write_word(config::kPersonKindWords, person.kind)},
                         {"phones", people_.phones_of(person.id).size()},
                         {"card", card_word(person)}};
        const auto ties = people_.ties_of(person.id);
        if (for_machines_) {
            json::array listed;
            for (const auto& tie : ties) listed.push_back(listed_tie(person, tie));
            row.emplace("ties", std::move(listed));
        } else {
            std::string said;
            for (const auto& tie : ties) said.append(said.empty() ? "" : ", ").append(said_tie(person, tie));
            row.emplace("ties", said.empty() ? "none" : said);
        }
        return row;
    }

    const char* card_word(const core::Person& person) {
        const auto card = people_.card_of(person.id);
        return !card ? "none" : card->pin.empty() ? "no PIN" : "PIN";
    }

    json::object listed_tie(const core::Person& person, const core::Tie& tie) const {
        return {{"with", other(person, tie)},
                {"kind", config::write_word(config::kRelationWords, tie.relation)},
                {"state", config::write_word(config::kTieStateWords, tie.state)},
                {"agreed", tie.agreed}};
    }
    std::string said_tie(const core::Person& person, const core::Tie& tie) const {
        return fmt::format("{} {} {}{}", other(person, tie), config::write_word(config::kRelationWords, tie.relation),
                           config::write_word(config::kTieStateWords, tie.state), tie.agreed ? "" : " (not agreed)");
    }
    const std::string& other(const core::Person& person, const core::Tie& tie) const {
        return ids_.at(tie.child == person.id ? tie.adult : tie.child);
    }

    storage::People& people_;
    const bool for_machines_;
    std::unordered_map<core::PersonId, std::string> ids_{};
};

}  // namespace

int people_list(const PeopleArguments& arguments) {
    give_way();
    CommandGround ground(arguments.common, Access::kRead);
    json::array rows;
    ground->store().run([&](storage::Transaction& tx) {
        rows = PeopleList{tx.people(), arguments.common.json}.rows();
    });
    print(arguments.common, rows, "nobody is written down; import families with: harborline people import FILE.csv");
    return 0;
}

}  // namespace harborline::gateway
