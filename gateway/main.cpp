#include <fmt/format.h>
#include <sodium.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "config/settings.hpp"
#include "gateway/commands/commands.hpp"

namespace {

using namespace harborline::gateway;

/// What the command line chose to do; filled while it is read, called afterwards.
struct Choice {
    CommonArguments common{};
    CaseArguments matter{};
    ContactArguments contact{};
    PhoneArguments phone{};
    FileArguments copy{};
    OutboxArguments message{};
    QuarantineArguments held_back{};
    AudioArguments audio{};
    PeopleArguments people{};
    std::filesystem::path file{};
    std::string key{};
    std::int64_t id = 0;
    int days = 14;
    std::function<int()> act{};
};

CLI::App* verb(CLI::App& noun, Choice& choice, const char* name, const char* what, const char* example,
               std::function<int()> act) {
    auto* sub = noun.add_subcommand(name, what);
    sub->footer(std::string{"Example: harborline "} + example);
    sub->add_option("--config", choice.common.config, "The settings file")->capture_default_str();
    sub->add_flag("--json", choice.common.json, "Print JSON for machines");
    sub->callback([&choice, act = std::move(act)] { choice.act = act; });
    return sub;
}

void acting(CLI::App& sub, Choice& choice) {
    sub.add_option("--as", choice.common.as, "The staff member who gives the command (default: by your user name)");
}

std::string line_for(const std::string& option) {
    // Whoever types it is told what is waited for; what is piped in needs no words.
    if (::isatty(STDIN_FILENO) != 0) fmt::print(stderr, "{}: ", option);
    std::string line;
    if (!std::getline(std::cin, line) || line.empty())
        throw CommandFailed("there is no line on standard input for " + option + ": write it there, or behind it", 2);
    return line;
}

/// For what people say, their names and their numbers. A command line is seen by everybody on the machine and logged by
/// sudo: "-" stands in it for the next line of standard input. Each line is read where its option is.
template <class Target>
CLI::Option* confided(CLI::App& sub, const std::string& name, Target& target, const std::string& what) {
    const auto read = [name](std::string given) { return given == "-" ? line_for(name) : std::move(given); };
    return sub.add_option(name, target, what + " (-: the next line of standard input)")
        ->transform(read)
        ->trigger_on_parse();
}

void add_case(CLI::App& app, Choice& choice) {
    auto* noun = app.add_subcommand("case", "Matters: who owns them, what was said, the answer")->require_subcommand(1);
    const auto with_common = [&choice](int (*act)(const CaseArguments&)) {
        return [&choice, act] {
            choice.matter.common = choice.common;
            return act(choice.matter);
        };
    };
    auto* list = verb(*noun, choice, "list", "The open matters", "case list --mine", with_common(case_list));
    list->add_flag("--all", choice.matter.all, "Closed ones too");
    list->add_flag("--mine", choice.matter.mine, "Only those you own");
    acting(*list, choice);
    const auto one = [&](const char* name, const char* what, const char* example, int (*act)(const CaseArguments&)) {
        auto* sub = verb(*noun, choice, name, what, example, with_common(act));
        sub->add_option("reference", choice.matter.reference, "The matter's 8-digit number")->required();
        acting(*sub, choice);
        return sub;
    };
    auto* show = one("show", "One matter with its timeline", "case show 12345678", case_show);
    show->add_flag("--number", choice.matter.number, "Her whole phone number, to call her");
    confided(*show, "--reason", choice.matter.reason, "Why you need it; it is written into the timeline");
    show->add_option("--audio", choice.matter.audio, "Write what she has told by telephone into this new WAV file");
    show->add_option("--recording", choice.matter.recording, "Which of several, from 1 (default: the newest)");
    one("take", "Become its owner", "case take 12345678 --as li", case_take);
    auto* note = one("note", "Write into the timeline", "case note 12345678 --text 'called the office'", case_note);
    confided(*note, "--text", choice.matter.text, "What to note");
    one("mark", "Say what kind of contact it was", "case mark 12345678 joke", case_mark)
        ->add_option("type", choice.matter.text, "abusive, joke, test, wrong_number or unfinished")
        ->required();
    auto* reply = one("reply", "Send her the answer by text", "case reply 12345678 --text '…'", case_reply);
    confided(*reply, "--text", choice.matter.text, "The answer");
    reply->add_flag("--by-phone", choice.matter.by_phone, "Call her between 8 and 20 o'clock and read it to her");
    auto* close = one("close", "Close it: with a delivered reply, or with a reason", "case close 12345678", case_close);
    confided(*close, "--reason", choice.matter.reason, "Why a reply is unsafe or impossible");
}

void add_contact(CLI::App& app, Choice& choice) {
    auto& noun = *app.get_subcommand("case");
    ContactArguments& given = choice.contact;
    const auto one = [&](const char* name, const char* what, const char* example, int (*act)(const ContactArguments&)) {
        auto* sub = verb(noun, choice, name, what, example, [&choice, act] {
            choice.contact.common = choice.common;
            return act(choice.contact);
        });
        sub->add_option("reference", given.reference, "The matter's 8-digit number")->required();
        acting(*sub, choice);
        return sub;
    };
    auto* contact = one("contact", "How she may be reached without anybody beside her learning of it",
                        "case contact 12345678 --way call --window 'mon-fri 09:00-11:00'", case_contact);
    contact->add_option("--way", given.way, "none, call, text or either");
    contact->add_option("--window", given.windows, "When, in local time; more than once; any for any time")
        ->allow_extra_args(false);
    confided(*contact, "--safe-word", given.safe_word, "What she says, or keys (1 to 4 digits), where she can talk");
    confided(*contact, "--unsafe-word", given.unsafe_word, "What she says or keys where she can not");
    confided(*contact, "--name", given.name, "By which she is asked for");
    confided(*contact, "--story", given.story, "The first sentence of a call, and the only one without the safe word");
    auto* against = one("override", "Two people let one reply through against her plan",
                        "case override 12345678 --as li --second wang --reason '…'", case_override);
    against->add_option("--second", given.second, "The other staff member")->required();
    confided(*against, "--reason", given.reason, "What leaves no other way; it is written into the timeline");
}

void add_roster(CLI::App& app, Choice& choice) {
    auto* roster = app.add_subcommand("roster", "Who works here and when")->require_subcommand(1);
    auto* importing =
        verb(*roster, choice, "import", "Make the roster say what the file says", "roster import roster.csv --as wang",
             [&choice] { return roster_import(choice.common, choice.file); });
    importing->add_option("file", choice.file, "A CSV file")->required();
    acting(*importing, choice);
    verb(*roster, choice, "show", "The weekly shifts", "roster show", [&choice] { return roster_show(choice.common); });
    auto* pin = verb(*roster, choice, "pin", "Draw a new PIN of the staff line for a member, and show it once",
                     "roster pin li --as wang", [&choice] { return roster_pin(choice.common, choice.key); });
    pin->add_option("key", choice.key, "Her short name in the roster")->required();
    acting(*pin, choice);
    verb(*roster, choice, "gaps", "Hours without cover, people told twice, numbers not verified",
         "roster gaps --days 30", [&choice] { return roster_gaps(choice.common, choice.days); })
        ->add_option("--days", choice.days, "How far ahead to look")
        ->check(CLI::Range(1, 366))
        ->capture_default_str();
    auto* number = verb(*roster, choice, "verify", "Text a member a code; her answer with it verifies her number",
                        "roster verify li --as wang", [&choice] { return roster_verify(choice.common, choice.key); });
    number->add_option("key", choice.key, "Her short name in the roster")->required();
    acting(*number, choice);
}

void add_people(CLI::App& app, Choice& choice) {
    auto* people = app.add_subcommand("people", "Families on the kinship line")->require_subcommand(1);
    const auto one = [&](const char* name, const char* what, const char* example, int (*act)(const PeopleArguments&)) {
        return verb(*people, choice, name, what, example, [&choice, act] {
            choice.people.common = choice.common;
            return act(choice.people);
        });
    };
    auto* reading = one("import", "Add and change what a file says; nobody vanishes because it leaves her out",
                        "people import people.csv --dry-run", people_import);
    reading->add_option("file", choice.people.file, "A CSV file")->required();
    reading->add_flag("--dry-run", choice.people.dry_run, "Only check it, and say what would change");
    reading->add_flag("--progress", choice.people.progress, "Say every 10,000 records how far it is");
    acting(*reading, choice);
    auto* writing = one("export", "Everything as such a file, with names and numbers, without PINs",
                        "people export people.csv --as li", people_export);
    writing->add_option("file", choice.people.file, "A file that does not exist yet (default: standard output)");
    acting(*writing, choice);
    one("list", "Who is there, by external ids", "people list", people_list);
    auto* showing = one("show", "A child's calls, when and how long, and how much waits; no name, number or word",
                        "people show ming --as li", people_show);
    showing->add_option("child", choice.people.child, "The child's external id")->required();
    showing->add_option("--days", choice.people.days, "How far back")->check(CLI::Range(1, 366))->capture_default_str();
    acting(*showing, choice);
    auto* appointing = one("appoint", "Have a child and one of its people put through at a time, each week or once",
                           "people appoint ming ming-ma 'sun 19:00' --as li", people_appoint);
    appointing->add_option("child", choice.people.child, "The child's external id")->required();
    appointing->add_option("adult", choice.people.adult, "The other's")->required();
    appointing->add_option("time", choice.people.time, "'sun 19:00', or for one day '2027-03-07 19:00'")->required();
    confided(*appointing, "--phone", choice.people.phone,
             "Which of the child's is called (default: its own, or the first)");
    acting(*appointing, choice);
    one("appointments", "What was agreed on", "people appointments", people_appointments);
    auto* ending = one("unappoint", "End one", "people unappoint 3 --as li", people_unappoint);
    ending->add_option("appointment", choice.people.appointment, "Its number in the list")->required();
    acting(*ending, choice);
    auto* pin = one("pin", "Draw new PINs of children's cards, and show each slip once", "people pin 20260001 --as li",
                    people_pin);
    pin->add_option("card", choice.people.cards, "Card numbers");
    pin->add_option("--child", choice.people.children, "The child's external id; one without a card is given one")
        ->allow_extra_args(false);
    pin->add_flag("!--no-duress", choice.people.duress, "Without the second PIN that calls for help");
    acting(*pin, choice);
}

void add_outbox(CLI::App& app, Choice& choice) {
    auto* outbox = app.add_subcommand("outbox", "Messages of ours")->require_subcommand(1);
    verb(*outbox, choice, "list", "All of them", "outbox list --json",
         [&choice] { return outbox_list(choice.common, OutboxView::kList); });
    verb(*outbox, choice, "dead", "Those that will not arrive by themselves", "outbox dead",
         [&choice] { return outbox_list(choice.common, OutboxView::kDead); });
    verb(*outbox, choice, "held", "Those that wait for a person's word", "outbox held",
         [&choice] { return outbox_list(choice.common, OutboxView::kHeld); });
    const auto decided = [&](const char* name, const char* what, const char* example,
                             int (*act)(const OutboxArguments&)) {
        auto* sub = verb(*outbox, choice, name, what, example, [&choice, act] {
            choice.message.common = choice.common;
            return act(choice.message);
        });
        sub->add_option("id", choice.message.id, "The message's number in the list");
        sub->add_flag("--all-held", choice.message.all_held, "All that a restore has held: look at the list first");
        acting(*sub, choice);
    };
    decided("send", "Send one again", "outbox send 17", outbox_send);
    decided("drop", "Never send it", "outbox drop 17", outbox_drop);
}

/// What came in.
void add_records(CLI::App& app, Choice& choice) {
    auto* stranded = app.add_subcommand("stranded", "Texts whose turn failed")->require_subcommand(1);
    verb(*stranded, choice, "list", "What is kept", "stranded list",
         [&choice] { return stranded_list(choice.common); });
    verb(*stranded, choice, "retry", "Take them again", "stranded retry",
         [&choice] { return stranded_retry(choice.common); });

    auto* quarantine =
        app.add_subcommand("quarantine", "Texts of floods, kept and not answered")->require_subcommand(1);
    acting(*verb(*quarantine, choice, "list", "What is kept, in its words", "quarantine list --as li",
                 [&choice] { return quarantine_list(choice.common); }),
           choice);
    auto* release =
        verb(*quarantine, choice, "release", "Take texts after all", "quarantine release 17 --as li", [&choice] {
            choice.held_back.common = choice.common;
            return quarantine_release(choice.held_back);
        });
    release->add_option("id", choice.held_back.id, "The text's number in the list");
    release->add_flag("--all", choice.held_back.all, "All of them: look at the list first");
    acting(*release, choice);

    auto* turns = app.add_subcommand("turns", "What was taken, by carriers' ids")->require_subcommand(1);
    verb(*turns, choice, "list", "Every turn", "turns list --json", [&choice] { return turns_list(choice.common); });
    verb(app, choice, "replay", "One conversation turn by turn, without its words", "replay 42",
         [&choice] { return replay(choice.common, choice.id); })
        ->add_option("conversation", choice.id, "The conversation's number, as in: harborline turns list")
        ->required();
}

void add_audio(CLI::App& app, Choice& choice) {
    auto* audio = app.add_subcommand("audio", "Voices of the telephone")->require_subcommand(1);
    verb(*audio, choice, "list", "Prompts that still want a human voice, with the file each belongs into", "audio list",
         [&choice] { return audio_list(choice.common); });
    verb(*audio, choice, "render", "Speak them by machine, so that no caller waits for it", "audio render", [&choice] {
        choice.audio.common = choice.common;
        return audio_render(choice.audio);
    })->add_option("--folder", choice.audio.folder, "Into files there, to be listened to (default: for the service)");
}

void add_phone(CLI::App& app, Choice& choice) {
    auto* phone = app.add_subcommand("phone", "A handset in the terminal")->require_subcommand(1);
    const auto handset = [&](const char* name, const char* what, const char* example,
                             int (*act)(const PhoneArguments&)) {
        auto* sub = verb(*phone, choice, name, what, example, [&choice, act] {
            choice.phone.common = choice.common;
            return act(choice.phone);
        });
        confided(*sub, "--from", choice.phone.from, "The handset's number")->required();
        sub->add_option("--script", choice.phone.script, "Play a transcript and compare");
        sub->add_option("--gateway", choice.phone.gateway, "Talk to a running gateway, e.g. http://127.0.0.1:8700");
    };
    handset("sms", "Write and receive texts as this number; without --gateway a rehearsal with its own clock",
            "phone sms --from +8619900000001", phone_sms);
    handset("ussd", "Dial the service code and answer its screens; without --gateway a rehearsal with its own clock",
            "phone ussd --from +8619900000001", phone_ussd);
    handset("voice", "What it would hear by telephone; anonymous shows no number", "phone voice --from +8619900000001",
            phone_voice);
}

void add_service(CLI::App& app, Choice& choice) {
    verb(app, choice, "serve", "Run the service", "serve --config config/harborline.toml",
         [&choice] { return serve(choice.common); });
    verb(app, choice, "check", "Prove settings, flows and texts; needs no key and no database", "check",
         [&choice] { return check(choice.common); });
    verb(app, choice, "settings", "The reference of all settings", "settings", [] {
        std::fputs(harborline::config::settings_reference().c_str(), stdout);
        return 0;
    });
    add_phone(app, choice);
    add_audio(app, choice);
}

void add_copies(CLI::App& app, Choice& choice) {
    const auto on_file = [&choice](CLI::App& noun, const char* name, const char* what, const char* example,
                                   const char* file, int (*act)(const FileArguments&)) {
        auto* sub = verb(noun, choice, name, what, example, [&choice, act] {
            choice.copy.common = choice.common;
            return act(choice.copy);
        });
        sub->add_option("file", choice.copy.file, file)->required();
        return sub;
    };
    constexpr auto kNew = "A file that does not exist yet";
    on_file(app, "backup", "Copy the database, while it runs, and read the copy back",
            "backup /var/backups/harborline.db", kNew, backup);
    on_file(app, "verify", "Say whether a backup is whole and its key is here; writes nothing",
            "verify /var/backups/harborline.db --full", "A backup", verify)
        ->add_flag("--full", choice.copy.full, "Open every sealed value, not only some of each table");
    auto* restoring = on_file(app, "restore", "Put a backup in the database's place; what was unsent is held",
                              "restore /var/backups/harborline.db --as li", "A backup", restore);
    acting(*restoring, choice);

    auto* key = app.add_subcommand("key", "The master key, without which nothing can be read")->require_subcommand(1);
    auto* saving = on_file(*key, "backup", "Write the master key, locked with a passphrase",
                           "key backup /media/stick/harborline.key.txt", kNew, key_backup);
    acting(*saving, choice);
    auto* putting = on_file(*key, "restore", "Put the master key back in its place",
                            "key restore /media/stick/harborline.key.txt", "A backup of the key", key_restore);
    for (auto* sub : {saving, putting})
        sub->add_option("--passphrase-file", choice.copy.passphrase_file,
                        "A file whose first line is the passphrase (default: asked for, or standard input)");
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Harborline: a hotline that walks a person through until a named human being has answered."};
    app.require_subcommand(1);
    app.set_version_flag("--version", "harborline " HARBORLINE_VERSION);
    Choice choice;
    add_service(app, choice);
    add_copies(app, choice);
    add_case(app, choice);
    add_contact(app, choice);
    add_roster(app, choice);
    add_people(app, choice);
    add_outbox(app, choice);
    add_records(app, choice);
    try {
        app.parse(argc, argv);
        if (sodium_init() < 0) throw CommandFailed("the cryptographic library does not start");
        const int status = choice.act();
        // What is buffered may meet a full disk only now, and half a list must not pass for a whole one.
        if (!std::cout.flush() || std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
            throw CommandFailed("what the command says could not be written: is there room where its output goes?");
        return status;
    } catch (const CLI::ParseError& error) {
        if (argc > 1 && dynamic_cast<const CLI::RequiredError*>(&error) != nullptr && argv[1][0] != '-')
            fmt::print(stderr, "there is no such command, or something is missing behind it; see: harborline --help\n");
        return app.exit(error) == 0 ? 0 : 2;
    } catch (const CommandFailed& failed) {
        fmt::print(stderr, "{}\n", failed.what());
        return failed.status;
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 1;
    }
}
