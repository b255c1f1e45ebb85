#pragma once
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/commands/command.hpp"

namespace harborline::gateway {

struct CaseArguments {
    CommonArguments common{};
    std::string reference{};
    std::string text{};
    std::string reason{};
    bool all = false;               ///< list: closed ones too.
    bool mine = false;              ///< list: only those whose owner gives the command.
    bool number = false;            ///< show: the whole phone number, with a reason.
    bool by_phone = false;          ///< reply: she is called, and it is read to her.
    std::filesystem::path audio{};  ///< show: a new file for what she has told.
    int recording = 0;              ///< show: which, from 1; 0: the newest.
};
int case_list(const CaseArguments& arguments);
int case_show(const CaseArguments& arguments);
int case_take(const CaseArguments& arguments);
int case_note(const CaseArguments& arguments);
/// Writes down what kind of contact it was (`text`, one of contact_types): a sign for whoever looks next, no verdict.
int case_mark(const CaseArguments& arguments);
/// abusive, joke, test, wrong_number, unfinished (domain rules 3.7).
std::span<const std::string_view> contact_types();
int case_reply(const CaseArguments& arguments);
int case_close(const CaseArguments& arguments);

struct ContactArguments {
    CommonArguments common{};
    std::string reference{};
    std::optional<std::string> way{};  ///< none, call, text or either.
    std::vector<std::string> windows{};
    std::optional<std::string> safe_word{};
    std::optional<std::string> unsafe_word{};
    std::optional<std::string> name{};
    std::optional<std::string> story{};
    std::string second{};  ///< override: the other of the two people.
    std::string reason{};  ///< override.
};
/// Shows how she may be reached, or writes down what of it is given.
int case_contact(const ContactArguments& arguments);
/// Two people let one reply through against her plan.
int case_override(const ContactArguments& arguments);

int roster_import(const CommonArguments& common, const std::filesystem::path& file);
int roster_show(const CommonArguments& common);
/// Draws a new PIN of the staff line for a member and shows it this once.
int roster_pin(const CommonArguments& common, const std::string& key);
/// What is wrong with the roster in the next days (duty::find_gaps). 1 where there is anything.
int roster_gaps(const CommonArguments& common, int days);
/// Texts a member a code; her answer with it verifies her number.
int roster_verify(const CommonArguments& common, const std::string& key);

struct PeopleArguments {
    CommonArguments common{};
    std::filesystem::path file{};         ///< export: a new file; empty: standard output.
    bool dry_run = false;                 ///< import: says what it would do.
    bool progress = false;                ///< import: says how far it is, also where nobody sits before it.
    std::vector<std::string> cards{};     ///< pin: by their numbers.
    std::vector<std::string> children{};  ///< pin: by external id; one without a card is given one.
    bool duress = true;                   ///< pin: a second one that calls for help.
    std::string child{};                  ///< show, appoint: by external id.
    std::string adult{};                  ///< appoint: by external id.
    std::string time{};                   ///< appoint: "sun 19:00", or "2027-03-07 19:00".
    std::string phone{};                  ///< appoint: which of the child's is called; empty: its own, or the first.
    std::int64_t appointment = 0;         ///< unappoint: its number.
    int days = 31;                        ///< show: so far back.
};
/// Families become what the file says; whoever is not in it stays. All of it or nothing.
int people_import(const PeopleArguments& arguments);
/// What an import would read to change nothing, with names and numbers, without PINs: written down.
int people_export(const PeopleArguments& arguments);
/// Who is written down, by external ids.
int people_list(const PeopleArguments& arguments);
/// A child's ties and calls, and how many words wait along each: written down. No name, number or word.
int people_show(const PeopleArguments& arguments);
/// A child and one of its people are to be put through to one another at a time, each week or once.
int people_appoint(const PeopleArguments& arguments);
/// Those that stand, by external ids.
int people_appointments(const PeopleArguments& arguments);
/// Ends one: nobody is called for it any more.
int people_unappoint(const PeopleArguments& arguments);
/// Draws new PINs of cards and shows them this once.
int people_pin(const PeopleArguments& arguments);

enum class OutboxView { kList, kDead, kHeld };
int outbox_list(const CommonArguments& common, OutboxView view);
struct OutboxArguments {
    CommonArguments common{};
    std::optional<std::int64_t> id{};  ///< Exactly one of the two.
    bool all_held = false;
};
int outbox_send(const OutboxArguments& arguments);
int outbox_drop(const OutboxArguments& arguments);

int stranded_list(const CommonArguments& common);
int stranded_retry(const CommonArguments& common);

/// The texts of floods that are kept in quarantine, with their words, for a person to sample: written down.
int quarantine_list(const CommonArguments& common);
struct QuarantineArguments {
    CommonArguments common{};
    std::optional<std::int64_t> id{};  ///< Exactly one of the two.
    bool all = false;
};
/// Takes them as if they had just come: a person has judged that they are no flood.
int quarantine_release(const QuarantineArguments& arguments);

/// Which messages were taken: carriers' ids only, for comparing with a carrier's own log.
int turns_list(const CommonArguments& common);
/// What happened in one conversation, turn by turn, without its words.
int replay(const CommonArguments& common, std::int64_t conversation);

struct FileArguments {
    CommonArguments common{};
    std::filesystem::path file{};
    std::filesystem::path passphrase_file{};  ///< Empty: from the terminal, else the first line of standard input.
    bool full = false;                        ///< verify: every sealed value.
};
int key_backup(const FileArguments& arguments);
int key_restore(const FileArguments& arguments);
int backup(const FileArguments& arguments);
int verify(const FileArguments& arguments);
int restore(const FileArguments& arguments);

struct AudioArguments {
    CommonArguments common{};
    std::filesystem::path folder{};  ///< render: empty: where the service looks.
};
int audio_list(const CommonArguments& common);
int audio_render(const AudioArguments& arguments);

int check(const CommonArguments& common);
int serve(const CommonArguments& common);

struct PhoneArguments {
    CommonArguments common{};
    std::string from{};
    std::optional<std::filesystem::path> script{};
    std::string gateway{};
};
int phone_sms(const PhoneArguments& arguments);
int phone_ussd(const PhoneArguments& arguments);
int phone_voice(const PhoneArguments& arguments);

}  // namespace harborline::gateway
