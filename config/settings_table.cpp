#include "config/settings_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "config/kinship_settings.hpp"
#include "config/row_makers.hpp"
#include "config/ussd_dialect.hpp"

namespace harborline::config {

namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::int64_t kYearMin = 366 * 24 * 60;
constexpr std::int64_t kDayS = 24 * 60 * 60;

template <class Field>
Row<Settings> path(std::string_view key, Field field, std::string_view meaning) {
    Row<Settings> row{.key = key, .type = "path", .demands = "not empty", .meaning = meaning};
    row.read = [field](const Given& given, Settings& target) {
        auto value = given.text();
        if (!value) return;
        if (value->empty()) return given.problem("must not be empty");
        field(target) = std::move(*value);
    };
    row.shown = [field](const Settings& target) { return in_quotes(field(target).string()); };
    row.anchor = [field](Settings& target, const fs::path& folder) {
        // A path without a default may have been left out.
        if (!field(target).empty()) field(target) = (folder / field(target)).lexically_normal();
    };
    return row;
}

constexpr std::array kLadderRoles{core::Role::kDuty, core::Role::kSecond, core::Role::kLeader,
                                  core::Role::kAdministrator};

std::optional<core::Role> role_named(std::string_view name) {
    for (const auto role : kLadderRoles) {
        if (name_of(role) == name) return role;
    }
    return std::nullopt;
}

void read_ladder(const Given& given, std::vector<LadderStep>& ladder) {
    const auto written = given.pairs("after_min", "role");
    if (!written) return;
    if (written->empty()) return given.problem("must have a step: danger has to be told to somebody");

    std::vector<LadderStep> steps;
    for (const auto& [after_min, name] : *written) {
        const auto role = role_named(name);
        if (!role) return given.problem("takes the roles duty, second, leader and administrator only");
        if (after_min > kYearMin) return given.problem("has a step later than a year");
        if (!steps.empty() && minutes(after_min) <= steps.back().after) {
            return given.problem("must have its steps in order, each later than the one before");
        }
        steps.push_back({minutes(after_min), *role});
    }
    ladder = std::move(steps);
}

std::string shown_ladder(const std::vector<LadderStep>& ladder) {
    std::string shown;
    for (const auto& step : ladder) {
        shown += fmt::format("{}{{ after_min = {}, role = \"{}\" }}", shown.empty() ? "" : ", ",
                             std::chrono::duration_cast<minutes>(step.after).count(), name_of(step.role));
    }
    return "[" + shown + "]";
}

Row<Settings> ladder_row(std::string_view key, std::vector<LadderStep> Settings::Duty::*ladder,
                         std::string_view meaning) {
    Row<Settings> row{.key = key, .type = "list of { after_min, role }", .demands = "in order of time"};
    row.meaning = meaning;
    row.read = [ladder](const Given& given, Settings& target) { read_ladder(given, target.duty.*ladder); };
    row.shown = [ladder](const Settings& target) { return shown_ladder(target.duty.*ladder); };
    return row;
}

constexpr std::array<std::string_view, 3> kChannelKinds{"sms", "ussd", "voice"};

Row<ChannelSettings> rate_row() {
    Row<ChannelSettings> row{.key = "rate_per_s", .type = "number", .demands = "0.01 to 10000"};
    row.meaning = "Messages handed to the carrier a second.";
    row.read = [](const Given& given, ChannelSettings& target) {
        if (const auto value = given.number(0.01, 10'000)) target.rate_per_s = *value;
    };
    row.shown = [](const ChannelSettings& target) { return fmt::format("{}", target.rate_per_s); };
    return row;
}

/// A listener's rows, reached through the settings that hold the listener.
template <class Listener>
Rows<Settings> listener_rows(Listener listener) {
    const auto in = [listener](auto member) {
        return [ listener, member ](auto& s) -> auto& {
            return listener(s).*member;
        };
    };
    using L = ListenerSettings;
    using S = Settings;
    return {
        text<S>("address", in(&L::address), kAddress, "Where it listens."),
        integer<S>("port", in(&L::port), 0, 65'535, "0 takes a free one, which the log names."),
        integer<S>("connections_max", in(&L::connections_max), 1, 1'000'000,
                   "Open connections; beyond, new ones close."),
        duration<seconds, S>("header_timeout_s", in(&L::header_timeout), 3'600,
                             "From the first byte of a request to its last."),
        duration<seconds, S>("idle_timeout_s", in(&L::idle_timeout), kDayS, "A connection without a request closes."),
    };
}

/// What only carriers reach, through networks that are not ours.
Rows<Settings> public_listener_rows() {
    auto rows = listener_rows([](auto& s) -> auto& { return s.public_listener; });
    rows.push_back(path(
        "tls_certificate", [](auto& s) -> auto& { return s.public_listener.tls_certificate; },
        "The certificate and its chain in PEM: it speaks https then. Read anew on SIGHUP. Needs tls_key."));
    rows.push_back(path(
        "tls_key", [](auto& s) -> auto& { return s.public_listener.tls_key; },
        "The certificate's private key in PEM, without a passphrase."));
    rows.push_back(integer<Settings>(
        "strangers_per_min", [](auto& s) -> auto& { return s.public_listener.strangers_per_min; }, 0, 1'000'000,
        "Connections a minute from one address that never had a valid token nor is in a channel's networks; beyond, "
        "they "
        "are closed at once. 0: any number."));
    return rows;
}

Rows<Settings> general_rows() {
    using S = Settings;
    return {
        path(
            "database", [](auto& s) -> auto& { return s.database; }, "The database file."),
        path(
            "master_key", [](auto& s) -> auto& { return s.master_key; },
            "The key file (0600). Made at the first start; never keep it in a backup of the database."),
        path(
            "flows", [](auto& s) -> auto& { return s.flows; }, "Folder of the conversations (*.toml)."),
        path(
            "texts", [](auto& s) -> auto& { return s.texts; }, "Folder of the texts, one file per language."),
        path(
            "places", [](auto& s) -> auto& { return s.places; }, "Districts and streets of the city."),
        path(
            "danger_words", [](auto& s) -> auto& { return s.danger_words; },
            "Words that raise a level. Left out: words/danger.toml beside the folder of flows."),
        path(
            "referrals", [](auto& s) -> auto& { return s.referrals; },
            "Numbers of others that people are sent to. Left out: referrals/harbin.toml beside the folder of flows."),
        duration<std::chrono::days, S>(
            "referrals_verified_days", [](auto& s) -> auto& { return s.referrals_verified; }, 3'660,
            "A number that nobody has verified for so long is a warning."),
        path(
            "holidays", [](auto& s) -> auto& { return s.holidays; },
            "Folder of the public holidays that rosters go by, one file a year. Left out: holidays beside the folder "
            "of "
            "flows, where there is one."),
        text<S>(
            "timezone", [](auto& s) -> auto& { return s.timezone; }, kTimezone, "Legal days and roster hours."),
        text<S>(
            "country", [](auto& s) -> auto& { return s.country; }, kCountry, "Completes national numbers."),
        text<S>(
            "hotline", [](auto& s) -> auto& { return s.hotline; }, kDigits,
            "Told where a text names the federation's own line."),
        text<S>(
            "unit", [](auto& s) -> auto& { return s.unit; }, kNotEmpty, "Told as who handles a matter."),
        path(
            "sounds", [](auto& s) -> auto& { return s.sounds; },
            "Folder of recorded voices: <language>/<text>.wav, 8 kHz mono. What is not there is spoken by a machine."),
        path(
            "recordings", [](auto& s) -> auto& { return s.recordings; },
            "Folder of what callers have told, sealed. Made at the first recording. Left out: recordings beside the "
            "database."),
        path(
            "authorities", [](auto& s) -> auto& { return s.authorities; },
            "Certificates in PEM that a carrier's https must lead to; empty: those of the system."),
        text<S>(
            "log_level", [](auto& s) -> auto& { return s.log_level; }, kLogLevel, "How much the log says."),
    };
}

Rows<Settings> storage_rows() {
    using S = Settings;
    return {
        integer<S>(
            "group_max", [](auto& s) -> auto& { return s.storage.group_max; }, 1, 100'000, "Most turns in one commit."),
        integer<S>(
            "queue_max", [](auto& s) -> auto& { return s.storage.queue_max; }, 1, 1'000'000,
            "Turns that may wait; beyond, carriers are asked to try again."),
        integer<S>(
            "autocheckpoint_pages", [](auto& s) -> auto& { return s.storage.autocheckpoint_pages; }, 1, 1'000'000,
            "Pages of write-ahead log before they are folded into the database."),
    };
}

Rows<Settings> conversation_rows() {
    using S = Settings;
    return {
        duration<minutes, S>(
            "shared_window_min", [](auto& s) -> auto& { return s.conversation.shared_window; }, kYearMin,
            "A conversation on a shared or unknown handset ends after so long a silence."),
        duration<minutes, S>(
            "private_window_min", [](auto& s) -> auto& { return s.conversation.private_window; }, kYearMin,
            "The same on a handset known to be private."),
        duration<minutes, S>(
            "digit_window_min", [](auto& s) -> auto& { return s.conversation.digit_window; }, kYearMin,
            "How long a bare digit answers the last question."),
        duration<minutes, S>(
            "unfinished_min", [](auto& s) -> auto& { return s.conversation.unfinished; }, kYearMin,
            "After so long a silence what a person has told is filed as it stands."),
        duration<seconds, S>(
            "parts_wait_s", [](auto& s) -> auto& { return s.conversation.parts_wait; }, 600,
            "How long the parts of one long text wait for one another; then what came is taken. Phones use a reference "
            "again within minutes."),
        integer<S>(
            "texts_per_min", [](auto& s) -> auto& { return s.conversation.texts_per_min; }, 0, 1'000'000,
            "Texts taken from one handset a minute; beyond, the carrier is asked to bring them later (429). 0: any "
            "number. Danger, and the first text in ten minutes, always get through."),
        integer<S>(
            "automatic_per_hour", [](auto& s) -> auto& { return s.conversation.automatic_per_hour; }, 1, 1'000,
            "Automatic texts to one handset in an hour; danger is not counted."),
        integer<S>(
            "automatic_per_day", [](auto& s) -> auto& { return s.conversation.automatic_per_day; }, 1, 10'000,
            "The same in a day."),
        integer<S>(
            "machine_answers", [](auto& s) -> auto& { return s.conversation.machine_answers; }, 2, 1'000,
            "So many identical or instant answers in a row stop replies for a day."),
        duration<milliseconds, S>(
            "instant_ms", [](auto& s) -> auto& { return s.conversation.instant; }, 60'000,
            "An answer sooner than this after our text, that fits no question, is no person's."),
        integer<S>(
            "empty_contacts_per_hour", [](auto& s) -> auto& { return s.conversation.empty_contacts_per_hour; }, 0, 60,
            "After so many calls, or screen sessions, of one handset in an hour on which nothing was told, the next "
            "ones "
            "hear one kind line in place of the menu: for an hour after the last of them, a day at most. 9 and 0 stay "
            "open; a handset with a safety matter is never slowed down. 0: none is."),
        integer<S>(
            "flood_per_min", [](auto& s) -> auto& { return s.conversation.flood_per_min; }, 0, 300,
            "The same text (over 8 characters) from more handsets that we do not know, within a minute, is "
            "quarantined: "
            "kept, not answered, looked at by a person. Danger is lifted out. 0: never."),
    };
}

Rows<Settings> outbox_rows() {
    using S = Settings;
    return {
        duration<minutes, S>(
            "answer_expiry_min", [](auto& s) -> auto& { return s.outbox.answer_expiry; }, kYearMin,
            "An automatic answer is not sent after this."),
        duration<minutes, S>(
            "reply_expiry_min", [](auto& s) -> auto& { return s.outbox.reply_expiry; }, kYearMin,
            "A caseworker's answer is not sent after this."),
        duration<minutes, S>(
            "page_expiry_min", [](auto& s) -> auto& { return s.outbox.page_expiry; }, kYearMin,
            "A page to a caseworker is not sent after this."),
        duration<seconds, S>(
            "lease_s", [](auto& s) -> auto& { return s.outbox.lease; }, kDayS,
            "How long one attempt may take before the message is free again."),
        duration<seconds, S>(
            "retry_first_s", [](auto& s) -> auto& { return s.outbox.retry_first; }, kDayS,
            "Wait before the second attempt; it doubles from there."),
        duration<seconds, S>(
            "retry_max_s", [](auto& s) -> auto& { return s.outbox.retry_max; }, kDayS,
            "The longest wait between attempts."),
        integer<S>(
            "attempts_max", [](auto& s) -> auto& { return s.outbox.attempts_max; }, 1, 1'000,
            "Attempts before a person has to decide."),
        duration<minutes, S>(
            "receipt_window_min", [](auto& s) -> auto& { return s.outbox.receipt_window; }, kYearMin,
            "After it a message without a receipt is shown as unknown."),
    };
}

/// Who climbs when, level by level.
Rows<Settings> ladder_rows() {
    using S = Settings;
    return {
        ladder_row("ladder_red", &S::Duty::ladder_red,
                   "Who is told of a danger, after how many minutes without somebody taking it."),
        ladder_row("ladder_orange", &S::Duty::ladder_orange, "The same for an ORANGE alert, and for an UNKNOWN one."),
        ladder_row("ladder_yellow", &S::Duty::ladder_yellow, "The same for a YELLOW one."),
        duration<minutes, S>(
            "repeat_min", [](auto& s) -> auto& { return s.duty.repeat; }, kYearMin,
            "The last step again and again until somebody takes it."),
        duration<minutes, S>(
            "repeat_orange_min", [](auto& s) -> auto& { return s.duty.repeat_orange; }, kYearMin,
            "The same for ORANGE."),
        duration<minutes, S>(
            "repeat_yellow_min", [](auto& s) -> auto& { return s.duty.repeat_yellow; }, kYearMin,
            "The same for YELLOW."),
    };
}

Rows<Settings> duty_rows() {
    using S = Settings;
    auto rows = ladder_rows();
    const Rows<S> more{
        duration<minutes, S>(
            "handled_red_min", [](auto& s) -> auto& { return s.duty.handled_red; }, kYearMin,
            "A RED alert taken, and for so long no note, reply or closing: whoever took it is asked whether she is "
            "still at it."),
        duration<minutes, S>(
            "handled_orange_min", [](auto& s) -> auto& { return s.duty.handled_orange; }, kYearMin,
            "The same for ORANGE."),
        duration<minutes, S>(
            "handled_yellow_min", [](auto& s) -> auto& { return s.duty.handled_yellow; }, kYearMin,
            "The same for YELLOW."),
        duration<minutes, S>(
            "remind_wait_min", [](auto& s) -> auto& { return s.duty.remind_wait; }, kYearMin,
            "Without an answer to that the alert is open again, and its next step due at once."),
        duration<minutes, S>(
            "bundle_min", [](auto& s) -> auto& { return s.duty.bundle; }, kYearMin,
            "What comes for one phone within so long after a page is told in one text; RED never waits."),
        integer<S>(
            "night_from_h", [](auto& s) -> auto& { return s.duty.night_from_h; }, 0, 23,
            "From this local hour on only RED wakes those whose `night` in the roster is no,"),
        integer<S>(
            "night_to_h", [](auto& s) -> auto& { return s.duty.night_to_h; }, 0, 23, "until this hour."),
        duration<minutes, S>(
            "person_within_min", [](auto& s) -> auto& { return s.duty.person_within; }, kYearMin,
            "Who asked for a person (0) is told that somebody is in touch by then."),
        duration<minutes, S>(
            "page_wait_min", [](auto& s) -> auto& { return s.duty.page_wait; }, kYearMin,
            "A page for a new case without an answer goes to its owner again."),
        duration<seconds, S>(
            "audit_tolerance_s", [](auto& s) -> auto& { return s.duty.audit_tolerance; }, kDayS,
            "A page that is so much late is a difference for the auditor; what waits to be told has bundle_min beside "
            "it."),
        text<S>(
            "call_channel", [](auto& s) -> auto& { return s.duty.call_channel; }, kOptionalChannelName,
            "The voice channel that also rings whoever is paged for RED, if her `call` in the roster allows it; it "
            "must "
            "be able to place calls. Empty: RED is told by text only."),
        text<S>(
            "alarm_channel", [](auto& s) -> auto& { return s.duty.alarm_channel; }, kOptionalChannelName,
            "The sms channel by which administrators are told of what the auditor finds: another one than the first, "
            "which "
            "pages go by. Empty: the log, /readyz and the metric tell."),
    };
    rows.insert(rows.end(), more.begin(), more.end());
    return rows;
}

/// How our requests reach the carrier.
Rows<ChannelSettings> api_rows() {
    using C = ChannelSettings;
    return {
        text<C>(
            "api_url", [](auto& c) -> auto& { return c.api_url; }, kUrl,
            "kannel: its sendsms, http://host:port/cgi-bin/sendsms. africastalking: "
            "https://api.africastalking.com/version1/messaging. twilio, signalwire, somleng: the part before "
            "/2010-04-01."),
        text<C>(
            "api_user", [](auto& c) -> auto& { return c.api_user; }, kNotEmpty,
            "kannel: user of sendsms. africastalking: the application's name. twilio, signalwire, somleng: the "
            "account."),
        secret<C>(
            "api_password", [](auto& c) -> auto& { return c.api_password; }, kNotEmpty,
            "kannel: password of sendsms. africastalking: the api key. twilio, signalwire, somleng: the auth token, "
            "which "
            "also signs what they send."),
        text<C>(
            "public_url", [](auto& c) -> auto& { return c.public_url; }, kUrl,
            "Where the carrier reaches our public listener: for receipts, for signatures, and for what a call asks and "
            "plays."),
    };
}

/// What only a channel of USSD screens has.
Rows<ChannelSettings> screen_rows() {
    using C = ChannelSettings;
    return {
        text<C>(
            "text_channel", [](auto& c) -> auto& { return c.text_channel; }, kOptionalChannelName,
            "ussd, voice: the sms channel that reaches the same handsets; empty: the first one."),
        integer<C>(
            "screen_septets", [](auto& c) -> auto& { return c.screen.septets; }, 40, 182,
            "ussd: characters of the GSM alphabet that one screen holds."),
        integer<C>(
            "screen_units", [](auto& c) -> auto& { return c.screen.units; }, 0, 80,
            "ussd: the same for every other text, in UTF-16 units. 0: the network does not show such texts."),
        integer<C>(
            "screen_footer", [](auto& c) -> auto& { return c.screen.footer; }, 0, 40,
            "ussd: characters that the operator adds to each screen."),
        duration<seconds, C>(
            "session_max_s", [](auto& c) -> auto& { return c.session_max; }, 3'600,
            "ussd: a session of which nothing was heard for so long is over."),
    };
}

/// What only a channel of calls has.
Rows<ChannelSettings> voice_rows() {
    using C = ChannelSettings;
    return {
        duration<seconds, C>(
            "recording_max_s", [](auto& c) -> auto& { return c.recording_max; }, 600,
            "voice: longest recording of what a caller tells."),
        text<C>(
            "say_voice", [](auto& c) -> auto& { return c.say_voice; }, kAnyText,
            "voice: the carrier's own voice for words that nobody has recorded, as it names it."),
        text<C>(
            "dial", [](auto& c) -> auto& { return c.dial; }, kAnyText,
            "freeswitch: how a number is reached, with {number} where it stands: sofia/gateway/carrier/{number}."),
        text<C>(
            "event_socket", [](auto& c) -> auto& { return c.event_socket; }, kAnyText,
            "freeswitch: host:port of its event socket. Without it the channel can be called but not call."),
        secret<C>(
            "event_socket_password", [](auto& c) -> auto& { return c.event_socket_password; }, kNotEmpty,
            "freeswitch: of its event socket."),
    };
}

/// What may come in and go out, and how fast.
Rows<ChannelSettings> traffic_rows() {
    using C = ChannelSettings;
    return {
        texts<C>(
            "networks", [](auto& c) -> auto& { return c.networks; }, kNetworkBlock,
            "Where webhooks may come from, by the true peer address; empty: anywhere (handset: this machine only)."),
        rate_row(),
        integer<C>(
            "in_flight_max", [](auto& c) -> auto& { return c.in_flight_max; }, 1, 1'000,
            "Messages handed over at the same time."),
        integer<C>(
            "inbound_per_s", [](auto& c) -> auto& { return c.inbound_per_s; }, 0, 1'000'000,
            "Texts taken a second, ten seconds' worth at once, and as many receipts; beyond, the carrier is asked to "
            "come "
            "again (429). 0: any number. Danger and handsets that are new always get through."),
    };
}

}  // namespace

std::string_view name_of(core::Role role) {
    switch (role) {
        case core::Role::kOwner:
            return "owner";
        case core::Role::kDuty:
            return "duty";
        case core::Role::kSecond:
            return "second";
        case core::Role::kLeader:
            return "leader";
        case core::Role::kAdministrator:
            return "administrator";
    }
    return "";
}

std::vector<Section> sections() {
    return {
        {"", "Before the first section. Relative paths are relative to the settings file.", general_rows()},
        {"listener.public", "What carriers reach.", public_listener_rows()},
        {"listener.private", "/healthz, /readyz and /metrics. Keep it on loopback.",
         listener_rows([](auto& s) -> auto& { return s.private_listener; })},
        {"storage", "How turns reach the disk.", storage_rows()},
        {"conversation", "How long questions stay open, and what a machine at the other end is allowed.",
         conversation_rows()},
        {"outbox", "How long and how often we try to send.", outbox_rows()},
        {"duty", "Who is told of what, and when.", duty_rows()},
        {"kinship", "When and how long relatives reach one another.", kinship_rows()},
    };
}

Rows<ChannelSettings> channel_rows() {
    using C = ChannelSettings;
    Rows<C> rows{
        text<C>(
            "name", [](auto& c) -> auto& { return c.name; }, kChannelName, "Stands in the path of its webhooks."),
        text<C>(
            "carrier", [](auto& c) -> auto& { return c.carrier; }, kCarrier, "Whose dialect it speaks."),
        secret<C>(
            "token", [](auto& c) -> auto& { return c.token; }, kWebhookToken,
            "Stands in the path of its webhooks and is the only thing that tells the carrier from a stranger."),
        secret<C>(
            "token_old", [](auto& c) -> auto& { return c.token_old; }, kWebhookToken,
            "Also accepted, while tokens are being changed."),
        text<C>(
            "language", [](auto& c) -> auto& { return c.language; }, kLanguage, "Of the first text."),
        text<C>(
            "signature", [](auto& c) -> auto& { return c.signature; }, kSignature, "Put before every text."),
        text<C>(
            "neutral_signature", [](auto& c) -> auto& { return c.neutral_signature; }, kSignature,
            "A second name that is registered too and does not say what this is about: put before texts to whoever may "
            "be watched."),
        text<C>(
            "number", [](auto& c) -> auto& { return c.number; }, kNumber,
            "The port or short number of our texts; the number of our calls."),
        one_of<C>(
            "kind", [](auto& c) -> auto& { return c.kind; }, kChannelKinds, "What it carries."),
    };
    for (auto& more : {api_rows(), screen_rows(), ussd_dialect_rows(), voice_rows(), traffic_rows()})
        rows.insert(rows.end(), more.begin(), more.end());
    for (auto& row : rows) row.required = row.key == "name" || row.key == "carrier" || row.key == "token";
    return rows;
}

}  // namespace harborline::config
