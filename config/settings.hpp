#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "config/referrals.hpp"
#include "handlers/core/danger_list.hpp"
#include "handlers/core/finding.hpp"
#include "handlers/core/holidays.hpp"
#include "handlers/core/inbound.hpp"
#include "handlers/core/result.hpp"
#include "handlers/core/secret.hpp"
#include "handlers/core/staff.hpp"
#include "handlers/core/window.hpp"

namespace harborline::config {

/// How an operator's own USSD interface names what it sends and what it wants back (carrier "ussd-gateway").
struct UssdDialect {
    /// How the answer is written: words behind a mark, or two named values.
    enum class AnswerForm : std::uint8_t { kText, kForm, kJson };

    std::string session{};              ///< Names the field with the session's id.
    std::string number{};               ///< … with her number.
    std::string text{};                 ///< … with what she entered.
    std::string id{};                   ///< … with the request's own id; empty: there is none.
    std::string event{};                ///< … that says what the request is; empty: nothing does.
    std::vector<std::string> begins{};  ///< Its values that mean: she has just dialled.
    std::vector<std::string> ends{};    ///< Its values that mean: the session is over.
    bool cumulative = false;            ///< The text holds every input of the session, joined by *.
    std::string service{};              ///< The code she dials (*123#), where the first text repeats it.
    AnswerForm answer = AnswerForm::kText;
    std::string words{};              ///< form, json: names the field with our words.
    std::string mark{};               ///< form, json: names the field that says whether the session goes on.
    std::string goes_on = "CON ";     ///< Its value when it does. text: stands before the words.
    std::string is_last = "END ";     ///< Its value when it does not.
    std::vector<std::string> echo{};  ///< form, json: fields of the request that the answer repeats.
};

/// One account with one carrier.
struct ChannelSettings {
    std::string name{};
    std::string carrier{};  ///< "kannel", "handset" …
    core::ChannelKind kind = core::ChannelKind::kSms;
    core::Secret token{};      ///< In the path of every webhook; at least 22 characters of base64url (128 bits).
    core::Secret token_old{};  ///< Also accepted, while tokens are being changed.
    std::string language = "zh-CN";
    std::string signature{};          ///< 【…】, as registered; put before every text.
    std::string neutral_signature{};  ///< The same, for phones that may be watched; empty: there is none.
    std::string number{};             ///< The port or short number that texts come from.
    std::string api_url{};            ///< kannel: http://host:port/cgi-bin/sendsms
    std::string api_user{};
    core::Secret api_password{};
    std::string public_url{};             ///< Base of our own public address, as the carrier reaches it.
    std::vector<std::string> networks{};  ///< CIDR blocks that webhooks may come from; empty: any.
    double rate_per_s = 10;               ///< Messages handed to the carrier a second.
    int in_flight_max = 8;
    std::int64_t inbound_per_s = 1'000;     ///< Texts, and as many receipts, ten seconds' worth at once; 0: any number.
    std::string text_channel{};             ///< ussd: the channel whose texts reach the same handsets.
    core::ScreenLimits screen{};            ///< ussd.
    std::chrono::seconds session_max{180};  ///< ussd: a session of which nothing was heard for so long is over.
    UssdDialect dialect{};                  ///< ussd-gateway.
    std::chrono::seconds recording_max{180};  ///< voice: longest recording of what a caller tells.
    std::string say_voice{};                  ///< voice: the carrier's own voice, as it names it; empty: its default.
    std::string dial{};                       ///< freeswitch: how a number is reached; {number} stands for it.
    std::string event_socket{};               ///< freeswitch: host:port; empty: the channel can not call out.
    core::Secret event_socket_password{};     ///< freeswitch.
    int line = 0;                             ///< Where the section stands, for findings.
};

struct LadderStep {
    std::chrono::seconds after{};
    core::Role role = core::Role::kDuty;
};

struct ListenerSettings {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;
    std::size_t connections_max = 12'000;
    std::chrono::seconds header_timeout{10};  ///< From the first byte of a request to its last.
    std::chrono::seconds idle_timeout{120};
    std::filesystem::path tls_certificate{};  ///< PEM, the whole chain; empty: plain HTTP. Read anew on SIGHUP.
    std::filesystem::path tls_key{};          ///< PEM, without a passphrase.

    /// Connections a minute from one address of which no request was let in yet; 0: any number.
    std::int64_t strangers_per_min = 600;

    bool speaks_tls() const { return !tls_certificate.empty() && !tls_key.empty(); }
};

/// Every value an operator may set, with its default. Components take the fields they need, never the whole.
struct Settings {
    std::filesystem::path file{};  ///< Where they were read; relative paths are relative to its folder.

    std::filesystem::path database = "harborline.db";
    std::filesystem::path master_key = "harborline.key";
    std::filesystem::path flows = "flows";
    std::filesystem::path texts = "text";
    std::filesystem::path places = "places/harbin.toml";
    std::filesystem::path danger_words{};  ///< Empty: words/danger.toml beside the folder of flows.
    std::filesystem::path referrals{};     ///< Empty: referrals/harbin.toml beside it.
    std::chrono::hours referrals_verified{365 * 24};
    std::filesystem::path holidays{};        ///< Empty: holidays beside the folder of flows, if there.
    std::filesystem::path sounds = "audio";  ///< Recorded voices: <language>/<text>.wav.
    std::filesystem::path recordings{};      ///< What callers have told, sealed; beside the database.
    std::string timezone = "Asia/Shanghai";
    std::string country = "86";         ///< Completes national numbers.
    std::string hotline = "12338";      ///< Told where a text names the federation's own line.
    std::string unit = "哈尔滨市妇联";  ///< Told as who handles a matter.
    std::string log_level = "info";
    std::filesystem::path authorities{};  ///< PEM, of carriers reached by https; empty: the system's.

    ListenerSettings public_listener{};
    ListenerSettings private_listener{};

    struct Storage {
        std::size_t group_max = 512;
        std::size_t queue_max = 20'000;
        int autocheckpoint_pages = 16'000;
    } storage{};

    struct Conversation {
        std::chrono::minutes shared_window{30};  ///< design section 3: unknown handsets are treated as shared.
        std::chrono::minutes private_window{7 * 24 * 60};
        std::chrono::minutes digit_window{48 * 60};  ///< How long a bare digit answers the last question.
        std::chrono::minutes unfinished{24 * 60};    ///< After this silence what was told is filed as it stands.
        std::int64_t texts_per_min = 60;             ///< Taken from one handset, so many at once too; 0: any number.
        std::chrono::seconds parts_wait{120};        ///< How long the parts of one text wait for one another.
        int automatic_per_hour = 6;
        int automatic_per_day = 15;
        int machine_answers = 5;  ///< So many identical or instant answers in a row stop replies for a day.
        std::chrono::milliseconds instant{1'000};  ///< An answer sooner than this after our text is no person's.
        int empty_contacts_per_hour = 10;  ///< So many calls or sessions with nothing told slow a line down; 0: none.
        int flood_per_min = 30;            ///< Equal texts of more strangers are quarantined; 0: never.
    } conversation{};

    struct Outbox {
        std::chrono::minutes answer_expiry{60};
        std::chrono::minutes reply_expiry{72 * 60};
        std::chrono::minutes page_expiry{30};
        std::chrono::seconds lease{30};
        std::chrono::seconds retry_first{10};
        std::chrono::seconds retry_max{600};
        int attempts_max = 20;
        std::chrono::minutes receipt_window{24 * 60};  ///< After it a message without a receipt is *unknown*.
    } outbox{};

    struct Duty {
        /// In order of time.
        std::vector<LadderStep> ladder_red{{std::chrono::minutes{0}, core::Role::kDuty},
                                           {std::chrono::minutes{5}, core::Role::kSecond},
                                           {std::chrono::minutes{10}, core::Role::kLeader},
                                           {std::chrono::minutes{15}, core::Role::kAdministrator}};
        /// Also UNKNOWN's (domain.md Appendix A, orange_answer_minutes).
        std::vector<LadderStep> ladder_orange{{std::chrono::minutes{0}, core::Role::kDuty},
                                              {std::chrono::minutes{30}, core::Role::kSecond},
                                              {std::chrono::minutes{60}, core::Role::kLeader},
                                              {std::chrono::minutes{90}, core::Role::kAdministrator}};
        std::vector<LadderStep> ladder_yellow{{std::chrono::minutes{0}, core::Role::kDuty},
                                              {std::chrono::minutes{240}, core::Role::kLeader}};
        std::chrono::seconds repeat{900};  ///< The last step again and again until somebody takes it.
        std::chrono::seconds repeat_orange{1'800};
        std::chrono::seconds repeat_yellow{14'400};
        std::chrono::minutes handled_red{30};  ///< Taken and nothing done for so long: is she still at it?
        std::chrono::minutes handled_orange{120};
        std::chrono::minutes handled_yellow{24 * 60};
        std::chrono::minutes remind_wait{15};  ///< No answer to that question: the alert climbs on.
        std::chrono::minutes bundle{10};       ///< Pages of so long a time, RED apart, are one text.
        int night_from_h = 22;                 ///< Local hours in which only RED wakes whoever asked for that.
        int night_to_h = 7;
        std::chrono::minutes person_within{24 * 60};  ///< "0": by when somebody gets in touch.
        std::chrono::minutes page_wait{240};          ///< An unanswered page for a new case goes to the owner again.
        std::chrono::seconds audit_tolerance{60};     ///< So much later than due a page is in time.
        std::string call_channel{};   ///< Rings whoever is paged for RED, besides the text; empty: texts only.
        std::string alarm_channel{};  ///< Tells the administrators of what the auditor finds; empty: the log does.
    } duty{};

    struct Kinship {
        /// How two relatives are put through to one another.
        enum class Bridge : std::uint8_t { kOff, kOwnTrunk, kMaskedNumber };
        Bridge bridge = Bridge::kOff;
        std::string licence{};     ///< Who has permitted that they are, over an own trunk.
        int calls_per_day = 2;     ///< That one child may begin.
        int letters_per_day = 30;  ///< Along one tie, from each side of it.
        std::chrono::minutes per_month{120};
        std::chrono::minutes per_call{10};
        core::Window quiet{.from_min = 21 * 60, .to_min = 7 * 60};  ///< Nothing passes to a child or from it.
        std::string call_channel{};  ///< Places the line's own calls, back and by appointment; empty: it places none.
        bool missed_call = false;    ///< A call from a phone of a family is turned away unanswered, and called back.
        int callbacks_per_day = 3;   ///< To one phone.
        bool weekly = true;          ///< Families are reminded of their weekly contact,
        int nudge_weekday = 4;       ///< from this day of the week on, 0 Monday … 6 Sunday,
        int nudge_min = 18 * 60;     ///< and this minute of it.
        int carer_after_weeks = 2;   ///< So many whole weeks without one, and whoever cares for the child is told,
        int caseworker_after_weeks = 4;  ///< and a caseworker calls.

        bool bridges() const { return bridge != Bridge::kOff; }
    } kinship{};

    std::vector<ChannelSettings> channels{};

    /// Secrets that this process can not see: the environment, or the file, is another user's. Each keeps from serving;
    /// a caseworker's command needs none.
    core::Findings missing_secrets{};

    // What the files named above hold, filled in by whoever loads them.
    core::DangerList danger{};
    std::vector<Referral> numbers{};
    core::HolidayCalendar calendar{};
};

/// Reads one TOML file. Values may be `env:NAME` or `file:PATH`. Reports every problem at once, each with its line;
/// unknown keys are problems. Where there is any finding the settings must not be used.
Settings read_settings(const std::filesystem::path& file, core::Findings& findings);

/// The reference of all settings as Markdown, made from the same table that the reader uses.
std::string settings_reference();

}  // namespace harborline::config
