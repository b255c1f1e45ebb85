#include "gateway/app/loading.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "config/danger_words.hpp"
#include "config/files.hpp"
#include "config/holidays.hpp"
#include "config/referrals.hpp"
#include "gateway/calls/switch_address.hpp"
#include "gateway/carriers/registry.hpp"
#include "handlers/safety/contact_plan.hpp"
#include "storage/files/recording_vault.hpp"

namespace harborline::gateway {
namespace {

/// Texts that the gateway itself says, besides those that flows name: missing ones would only be found at two in the
/// morning.
struct OwnText {
    std::string_view key{};
    std::string_view values{};  ///< That it can be filled with, blanks between.
};
constexpr OwnText kOwnTexts[] = {
    {"cw.red", "code"},
    {"cw.call", "code"},
    {"cw.orange", "code minutes"},
    {"cw.yellow", "code minutes"},
    {"cw.new", "code level"},
    {"cw.bundle", "codes count level"},
    {"cw.remind", "code minutes"},
    {"cw.still", "code"},
    {"cw.verify", "code"},
    {"cw.verified"},
    {"cw.more"},
    {"cw.taken", "code"},
    {"cw.handed", "code"},
    {"cw.open", "codes"},
    {"cw.none"},
    {"cw.closed", "code"},
    {"cw.elsewhere", "code"},
    {"cw.unknown"},
    {"cw.yours", "code"},
    {"level.none"},
    {"level.green"},
    {"level.yellow"},
    {"level.unknown"},
    {"level.orange"},
    {"level.red"},
    {"state.registered"},
    {"state.accepted"},
    {"state.replied"},
    {"state.closed"},
    {"pet.reply", "ref text"},
    {"call.ask"},
    {"call.reply", "ref text"},
    {"call.again"},
    {"opt.out"},
    {"opt.out.all"},
    {"opt.in.ok"},
    {"err.busy"},
    {"err.again"},
    {"pet.text.heard"},
    {"pet.text.none"},
    {"ring.minute"},
    {"ring.whisper"},
    {"ring.level", "level"},
    {"ring.code", "code"},
    {"ring.listen"},
    {"ring.take"},
    {"ring.her"},
    {"kin.booked.ask"},
    {"kin.appoint.remind", "who open"},
    {"kin.appoint.missed"},
    {"kin.appoint.child.moved", "who open"},
    {"kin.appoint.child.off", "who"},
    {"kin.rel.mother"},
    {"kin.rel.father"},
    {"kin.rel.guardian"},
    {"kin.rel.carer"},
    {"kin.rel.caring_mom"},
    {"kin.rel.relative"},
    {"kin.msg.relay", "who text tel"},
    {"kin.msg.again"},
    {"kin.undelivered"},
    {"kin.waiting", "who tel"},
    {"kin.unheard"},
    {"kin.whisper", "who"},
    {"kin.which.nobody"},
    {"kin.gone"},
    {"kin.more"},
    {"kin.oneminute"},
    {"ussd.more"},
    {"ussd.back"},
    {"safe.received"},
    {"adm.stranded"},
    {"adm.dead_letter"},
    {"adm.nobody_on_duty"},
    {"adm.machine_answers"},
    {"adm.flood"},
    {"adm.notice_overdue"},
    {"adm.deadline_failed"},
    {"adm.state_unreadable"},
    {"adm.clock_set_back"},
    {"adm.duty_audit"},
    {"adm.recording_alone"},
    {"adm.foreign_caller_id"},
    {"adm.alarm_failed"},
};

std::vector<flow::SourceFile> read_folder(const std::filesystem::path& folder, core::Findings& findings) {
    std::vector<flow::SourceFile> files;
    const auto paths = config::toml_files(folder);
    if (!paths) {
        findings.push_back({.file = folder.string(), .message = paths.error().message});
        return files;
    }
    for (const auto& path : *paths) {
        const auto content = config::read_text_file(path);
        if (content)
            files.push_back({.name = path.string(), .content = *content});
        else
            findings.push_back({.file = path.string(), .message = content.error().message});
    }
    return files;
}

flow::BookSources read_sources(const config::Settings& settings, core::Findings& findings) {
    flow::BookSources sources{.flows = read_folder(settings.flows, findings)};
    for (auto& file : read_folder(settings.texts, findings)) {
        std::string language = std::filesystem::path(file.name).stem().string();
        sources.texts.emplace_back(std::move(language), std::move(file));
    }
    const auto places = config::read_text_file(settings.places);
    if (places)
        sources.places = flow::SourceFile{.name = settings.places.string(), .content = *places};
    else
        findings.push_back({.file = settings.places.string(), .message = places.error().message});
    return sources;
}

bool is_among(std::string_view name, std::string_view values) {
    return fmt::format(" {} ", values).find(fmt::format(" {} ", name)) != std::string::npos;
}

/// One that wants another value would be said by nobody: no page would go out.
void require_own_values(const flow::Catalogue& catalogue, const config::Settings& settings, const OwnText& own,
                        core::Findings& findings) {
    for (const auto& name : catalogue.placeholders(own.key))
        if (!is_among(name, own.values))
            findings.push_back({.file = settings.texts.string(),
                                .message = fmt::format("nothing fills in {{{}}} in the text \"{}\"", name, own.key)});
}

void require_own_texts(const flow::Book& book, const config::Settings& settings, core::Findings& findings) {
    for (const OwnText& own : kOwnTexts) {
        for (const auto& language : book.catalogue.languages())
            if (!book.catalogue.find(language, own.key))
                findings.push_back({.file = settings.texts.string(),
                                    .message = fmt::format("the text \"{}\" is missing in {}", own.key, language)});
        require_own_values(book.catalogue, settings, own, findings);
    }
    for (const auto& channel : settings.channels)
        if (!book.catalogue.has_language(channel.language))
            findings.push_back(
                {.file = settings.file.string(),
                 .line = channel.line,
                 .message = fmt::format("the channel's language {} has no file of texts", channel.language)});
}

bool rings_others(const flow::Book& book) {
    return std::ranges::any_of(book.flows, [](const auto& flow) {
        return std::ranges::any_of(flow.second.steps,
                                   [](const auto& step) { return step.second.expect == flow::Expect::kBridge; });
    });
}

/// That it names a channel of calls at all is read with the settings.
void require_calls(const config::Settings& settings, std::string_view section, std::string_view channel,
                   core::Findings& findings) {
    const auto named = std::ranges::find(settings.channels, channel, &config::ChannelSettings::name);
    if (named == settings.channels.end() || named->kind != core::ChannelKind::kVoice || places_calls(*named)) return;
    findings.push_back({.file = settings.file.string(),
                        .line = named->line,
                        .message = fmt::format("[{}] call_channel must name a channel that can place calls, and {} can "
                                               "not; for FreeSWITCH set event_socket and dial",
                                               section, named->name)});
}

/// As the service makes them: with what is found here it would not start.
void require_carriers(const config::Settings& settings, core::Findings& findings) {
    const auto find = [&](const config::ChannelSettings& channel, std::string what) {
        findings.push_back({.file = settings.file.string(), .line = channel.line, .message = std::move(what)});
    };
    for (const auto& channel : settings.channels) {
        if (const auto made = make_carrier(channel, {.country = settings.country}); !made)
            find(channel, made.error().message);
        if (channel.event_socket.empty()) continue;
        if (const auto address = read_switch_address(channel.event_socket); !address)
            find(channel, fmt::format("channel {}: {}", channel.name, address.error().message));
    }
}

/// A flow goes on there as if nobody had answered, so it works; but the operator should know.
void warn_where_nobody_is_rung(Loaded& loaded) {
    if (!rings_others(loaded.book)) return;
    const auto& channels = loaded.settings.channels;
    const auto bridging = bridging_channels(channels);
    for (const auto& channel : channels) {
        const bool rings = std::ranges::find(bridging, channel.name) != bridging.end();
        if (channel.kind != core::ChannelKind::kVoice || rings) continue;
        loaded.warnings.push_back({.file = loaded.settings.file.string(),
                                   .line = channel.line,
                                   .message = fmt::format("warning: channel {} can not ring others for a caller; who "
                                                          "wants a person there is called back",
                                                          channel.name)});
    }
}

/// Domain rules 3.4, point 1: a text is not disguised when its signature says women's federation.
void warn_of_telling_names(Loaded& loaded) {
    for (const auto& channel : loaded.settings.channels)
        if (safety::betrays(channel.neutral_signature))
            loaded.warnings.push_back({.file = loaded.settings.file.string(),
                                       .line = channel.line,
                                       .message = fmt::format("warning: the neutral_signature of channel {} says on a "
                                                              "watched phone what it is about; register another name",
                                                              channel.name)});
}

}  // namespace

flow::Book load_book(const config::Settings& settings, flow::ProofReport& proof, core::Findings& findings) {
    core::Findings of_form;
    flow::Book book = flow::read_book(read_sources(settings, of_form), of_form);
    require_own_texts(book, settings, of_form);
    // What does not even read cannot be proved: its findings would only repeat the first ones.
    if (of_form.empty()) {
        std::vector<flow::ChannelLimits> channels;
        for (const auto& channel : settings.channels)
            channels.push_back({.name = channel.name,
                                .kind = channel.kind,
                                .signature = channel.signature,
                                .neutral = channel.neutral_signature,
                                .language = channel.language,
                                .screen = channel.screen});
        proof = flow::prove(book, channels);
        findings.insert(findings.end(), proof.findings.begin(), proof.findings.end());
    }
    findings.insert(findings.end(), of_form.begin(), of_form.end());
    return book;
}

namespace {

/// Danger words and referral numbers: both lie beside the folder of flows where the settings do not name them.
void load_lists(config::Settings& settings, core::Findings& findings) {
    const auto beside = (settings.flows / "..").lexically_normal();
    const auto read = [&](std::filesystem::path& file, std::string_view usual) {
        if (file.empty()) file = beside / usual;
        auto content = config::read_text_file(file);
        if (!content) findings.push_back({.file = file.string(), .message = content.error().message});
        return content ? std::optional{std::move(*content)} : std::nullopt;
    };
    if (const auto words = read(settings.danger_words, "words/danger.toml"))
        settings.danger = config::read_danger_words(*words, settings.danger_words.string(), findings);
    if (const auto numbers = read(settings.referrals, "referrals/harbin.toml"))
        settings.numbers = config::read_referrals(*numbers, settings.referrals.string(), findings);
}

/// A federation abroad may have none: only the words of its roster need them.
void load_calendar(config::Settings& settings, core::Findings& findings) {
    if (settings.holidays.empty()) {
        settings.holidays = (settings.flows / ".." / "holidays").lexically_normal();
        if (!std::filesystem::exists(settings.holidays)) return;
    }
    for (const auto& file : read_folder(settings.holidays, findings)) {
        auto year = config::read_holidays(file.content, file.name, findings);
        if (!year) continue;
        if (std::ranges::find(settings.calendar, year->year, &core::HolidayYear::year) != settings.calendar.end())
            findings.push_back({.file = file.name, .line = 1, .message = "another file has this year already"});
        settings.calendar.push_back(std::move(*year));
    }
    std::ranges::sort(settings.calendar, {}, &core::HolidayYear::year);
}

}  // namespace

Loaded load(const std::filesystem::path& settings_file) {
    Loaded loaded;
    loaded.settings = config::read_settings(settings_file, loaded.findings);
    if (!std::filesystem::exists(settings_file)) return loaded;
    // Of what does not even read the same would be told twice.
    if (loaded.findings.empty()) require_carriers(loaded.settings, loaded.findings);
    require_calls(loaded.settings, "duty", loaded.settings.duty.call_channel, loaded.findings);
    require_calls(loaded.settings, "kinship", loaded.settings.kinship.call_channel, loaded.findings);
    load_lists(loaded.settings, loaded.findings);
    load_calendar(loaded.settings, loaded.findings);
    loaded.book = load_book(loaded.settings, loaded.proof, loaded.findings);
    warn_where_nobody_is_rung(loaded);
    warn_of_telling_names(loaded);
    return loaded;
}

namespace {

void load_trust(Loaded& loaded) {
    const auto trust = TlsTrust::load(loaded.settings.authorities);
    if (trust)
        loaded.trust = *trust;
    else
        loaded.findings.push_back(
            {.file = loaded.settings.file.string(), .message = "authorities: " + trust.error().message});
}

/// Every call works without it, and what is told on it is lost: nobody would notice before it was missed.
void require_room_for_recordings(Loaded& loaded) {
    const auto& settings = loaded.settings;
    const bool records = std::ranges::find(settings.channels, core::ChannelKind::kVoice,
                                           &config::ChannelSettings::kind) != settings.channels.end();
    if (!records || storage::RecordingVault{settings.recordings}.may_write()) return;
    loaded.findings.push_back(
        {.file = settings.file.string(),
         .message = fmt::format("recordings: the folder {} cannot be made or written by this user, and what callers "
                                "tell would be lost; name another one, or none: then it lies beside the database",
                                settings.recordings.string())});
}

void load_certificate(Loaded& loaded, core::Instant now) {
    const auto& listener = loaded.settings.public_listener;
    if (!listener.speaks_tls()) return;
    const auto tls = TlsIdentity::load(listener.tls_certificate, listener.tls_key);
    if (!tls) {
        loaded.findings.push_back({.file = loaded.settings.file.string(),
                                   .message = "[listener.public] can not speak https: " + tls.error().message});
        return;
    }
    loaded.tls = *tls;
    if (tls->expires_at() > now) return;
    loaded.warnings.push_back({.file = listener.tls_certificate.string(),
                               .message = "warning: this certificate has expired, and carriers that check it will send "
                                          "nothing; put a new one there and send SIGHUP"});
}

}  // namespace

void load_for_service(Loaded& loaded, core::Instant now) {
    const auto& missing = loaded.settings.missing_secrets;
    loaded.findings.insert(loaded.findings.begin(), missing.begin(), missing.end());
    load_trust(loaded);
    load_certificate(loaded, now);
    require_room_for_recordings(loaded);
}

void warn_of_old_numbers(Loaded& loaded, core::Instant now) {
    const auto& settings = loaded.settings;
    for (auto& warning :
         config::old_referrals(settings.numbers, settings.referrals.string(), settings.referrals_verified, now))
        loaded.warnings.push_back(std::move(warning));
}

std::string to_text(const core::Findings& findings) {
    std::string text;
    for (const auto& finding : findings) {
        text += finding.file;
        if (finding.line > 0) text += fmt::format(":{}", finding.line);
        text += fmt::format(": {}\n", finding.message);
    }
    return text;
}

}  // namespace harborline::gateway
