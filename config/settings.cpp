#include "config/settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "config/files.hpp"
#include "config/given.hpp"
#include "config/kinship_settings.hpp"
#include "config/network.hpp"
#include "config/settings_table.hpp"
#include "config/ussd_dialect.hpp"

namespace harborline::config {

namespace {

namespace fs = std::filesystem;

int line_of(const toml::node& node) {
    return static_cast<int>(node.source().begin.line);
}

template <class Target>
const Row<Target>* find_row(const Rows<Target>& rows, std::string_view key) {
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const auto& each) { return each.key == key; });
    return row == rows.end() ? nullptr : &*row;
}

std::string in_section(const std::string& section, std::string_view key) {
    return section.empty() ? std::string(key) : fmt::format("[{}] {}", section, key);
}

void report_unknown(const toml::key& key, const std::string& section, Sheet& sheet) {
    const auto where = section.empty() ? std::string("before the first section") : "in [" + section + "]";
    sheet.problem(static_cast<int>(key.source().begin.line),
                  fmt::format("there is no setting \"{}\" {}", key.str().substr(0, 64), where));
}

// A carrier's dialect decides what else its channel needs.
void check_needs(const ChannelSettings& channel, const toml::table& table, std::initializer_list<std::string_view> keys,
                 Sheet& sheet) {
    for (const auto key : keys) {
        if (!table.contains(key))
            sheet.problem(channel.line, fmt::format("[[channel]] of {} needs {}", channel.carrier, key));
    }
}

// Only a handset channel, which is reached from this machine alone, may have its token in a file that others read.
void check_secrets(const toml::table& table, Sheet& sheet) {
    for (const auto* key : {"token", "token_old", "api_password", "event_socket_password"}) {
        const auto* written = table[key].as_string();
        if (written == nullptr || is_reference(written->get())) continue;
        sheet.problem(line_of(*written), fmt::format("[[channel]] {} must be env:NAME or file:PATH: only a handset "
                                                     "channel may have a secret in this file",
                                                     key));
    }
}

// The handset carrier has no check but its token, which stands in a file that everybody has: it stays on this machine.
void check_handset(ChannelSettings& channel, Sheet& sheet) {
    if (channel.networks.empty()) channel.networks = {"127.0.0.0/8", "::1/128"};
    for (const auto& block : channel.networks) {
        const auto network = Network::parse(block);
        if (network && is_loopback(*network)) continue;
        sheet.problem(channel.line, "[[channel]] networks of a handset channel must lie within 127.0.0.0/8 and ::1");
    }
}

void check_carrier(ChannelSettings& channel, const toml::table& table, Sheet& sheet) {
    const bool sms = channel.kind == core::ChannelKind::kSms;
    if (channel.carrier.empty()) return;
    if (channel.carrier == "handset") return check_handset(channel, sheet);
    if (channel.carrier == "kannel")
        check_needs(channel, table, {"api_url", "api_user", "api_password", "public_url"}, sheet);
    if (channel.carrier == "kannel" && !sms) sheet.problem(channel.line, "[[channel]] of kannel carries sms only");
    if (channel.carrier == "africastalking" && sms)
        check_needs(channel, table, {"api_url", "api_user", "api_password"}, sheet);
    const bool speaks_twiml =
        channel.carrier == "twilio" || channel.carrier == "signalwire" || channel.carrier == "somleng";
    if (speaks_twiml)
        check_needs(channel, table, {"api_url", "api_user", "api_password", "public_url", "number"}, sheet);
    if (speaks_twiml && channel.kind == core::ChannelKind::kUssd)
        sheet.problem(channel.line, fmt::format("[[channel]] of {} carries sms or voice", channel.carrier));
    if (channel.carrier == "freeswitch") {
        check_needs(channel, table, {"public_url", "number"}, sheet);
        if (channel.kind != core::ChannelKind::kVoice)
            sheet.problem(channel.line, "[[channel]] of freeswitch needs kind = \"voice\"");
        if (!channel.event_socket.empty() && channel.event_socket_password.empty())
            sheet.problem(channel.line, "[[channel]] event_socket needs event_socket_password");
    }
    if (channel.carrier == "ussd-gateway") check_ussd_dialect(channel, table, sheet);
    check_secrets(table, sheet);
}

void read_channel(const toml::table& table, Settings& settings, Sheet& sheet) {
    static const auto rows = channel_rows();
    ChannelSettings channel;
    channel.line = line_of(table);
    for (const auto& [key, node] : table) {
        if (const auto* row = find_row(rows, key.str())) {
            row->read(Given(node, in_section("[channel]", row->key), sheet), channel);
        } else {
            report_unknown(key, "[channel]", sheet);
        }
    }
    for (const auto& row : rows) {
        if (!row.required || table.contains(row.key)) continue;
        sheet.problem(channel.line, fmt::format("[[channel]] needs {}", row.key));
    }
    check_carrier(channel, table, sheet);
    settings.channels.push_back(std::move(channel));
}

void read_channels(const toml::node& node, Settings& settings, Sheet& sheet) {
    const auto* list = node.as_array();
    if (list == nullptr || !list->is_array_of_tables()) {
        sheet.problem(line_of(node), "channels are written as [[channel]], one section each");
        return;
    }
    for (const auto& each : *list) read_channel(*each.as_table(), settings, sheet);
}

bool leads_to_section(const std::vector<Section>& all, const std::string& name) {
    return std::any_of(all.begin(), all.end(),
                       [&](const Section& each) { return each.name == name || each.name.starts_with(name + "."); });
}

const Row<Settings>* find_row(const std::vector<Section>& all, const std::string& section, std::string_view key) {
    for (const auto& each : all) {
        if (each.name == section) return find_row(each.rows, key);
    }
    return nullptr;
}

// Two levels deep at most ([listener.public]), because a section must be known to be entered.
void read_section(const toml::table& table, const std::string& section, const std::vector<Section>& all,
                  Settings& settings, Sheet& sheet) {
    for (const auto& [key, node] : table) {
        const auto inner = section.empty() ? std::string(key.str()) : section + "." + std::string(key.str());
        if (const auto* row = find_row(all, section, key.str())) {
            row->read(Given(node, in_section(section, row->key), sheet), settings);
        } else if (inner == "channel") {
            read_channels(node, settings, sheet);
        } else if (!leads_to_section(all, inner)) {
            report_unknown(key, section, sheet);
        } else if (const auto* deeper = node.as_table()) {
            read_section(*deeper, inner, all, settings, sheet);
        } else {
            sheet.problem(line_of(node), fmt::format("{} must be a section: [{}]", inner, inner));
        }
    }
}

// Who is told by text, staff and whoever wrote on a screen, needs a channel that carries texts.
void check_text_channels(const Settings& settings, Sheet& sheet) {
    const auto carries_texts = [](const ChannelSettings& channel) { return channel.kind == core::ChannelKind::kSms; };
    if (!settings.channels.empty() && std::ranges::none_of(settings.channels, carries_texts))
        sheet.problem(settings.channels.front().line,
                      "[[channel]] one at least must be of kind sms: staff are told by "
                      "text");
    for (const auto& channel : settings.channels) {
        if (channel.text_channel.empty()) continue;
        const auto named = std::ranges::find(settings.channels, channel.text_channel, &ChannelSettings::name);
        if (named == settings.channels.end() || !carries_texts(*named))
            sheet.problem(channel.line, "[[channel]] text_channel must name a channel of kind sms");
    }
}

// What it takes to place a call is its carrier's to say.
void check_call_channel(const Settings& settings, Sheet& sheet) {
    const auto& name = settings.duty.call_channel;
    if (name.empty()) return;
    const auto named = std::ranges::find(settings.channels, name, &ChannelSettings::name);
    if (named == settings.channels.end() || named->kind != core::ChannelKind::kVoice)
        sheet.problem(0, "[duty] call_channel must name a channel of kind voice");
}

// What tells that pages do not arrive must not go their way.
void check_alarm_channel(const Settings& settings, Sheet& sheet) {
    const auto& name = settings.duty.alarm_channel;
    if (name.empty()) return;
    const auto named = std::ranges::find(settings.channels, name, &ChannelSettings::name);
    if (named == settings.channels.end() || named->kind != core::ChannelKind::kSms)
        return sheet.problem(0, "[duty] alarm_channel must name a channel of kind sms");
    const auto pages = std::ranges::find(settings.channels, core::ChannelKind::kSms, &ChannelSettings::kind);
    if (named == pages)
        sheet.problem(0,
                      "[duty] alarm_channel must be another one than the first channel of kind sms: pages go by that");
}

// What no single value can be blamed for.
void check_together(const Settings& settings, Sheet& sheet) {
    std::set<std::string_view> names;
    for (const auto& channel : settings.channels) {
        if (!channel.name.empty() && !names.insert(channel.name).second) {
            sheet.problem(channel.line, "[[channel]] name is taken by an earlier channel");
        }
    }
    check_text_channels(settings, sheet);
    check_call_channel(settings, sheet);
    check_alarm_channel(settings, sheet);
    check_kinship(settings, sheet);
    if (settings.outbox.retry_first > settings.outbox.retry_max) {
        sheet.problem(0, "[outbox] retry_first_s must not be above retry_max_s");
    }
    if (settings.conversation.automatic_per_hour > settings.conversation.automatic_per_day) {
        sheet.problem(0, "[conversation] automatic_per_hour must not be above automatic_per_day");
    }
    const auto& open = settings.public_listener;
    const auto& inner = settings.private_listener;
    if (open.port != 0 && open.port == inner.port && open.address == inner.address) {
        sheet.problem(0, "[listener.public] and [listener.private] must not share an address and port");
    }
    if (open.tls_certificate.empty() != open.tls_key.empty()) {
        sheet.problem(0, "[listener.public] needs both tls_certificate and tls_key, or neither of them");
    }
}

void read_sheet(const std::string& text, const std::vector<Section>& all, Settings& settings, Sheet& sheet) {
    try {
        const auto root = toml::parse(text);
        read_section(root, "", all, settings, sheet);
        check_together(settings, sheet);
    } catch (const toml::parse_error& error) {
        // The parser's own words may repeat what it read, and that may be a secret.
        const auto at = error.source().begin;
        sheet.problem(static_cast<int>(at.line),
                      fmt::format("this is not TOML, at column {}: look for a missing quote, bracket or equals sign, "
                                  "or a key that is given twice",
                                  at.column));
    }
}

}  // namespace

Settings read_settings(const fs::path& file, core::Findings& findings) {
    Settings settings;
    settings.file = fs::absolute(file).lexically_normal();
    core::Findings found;
    Sheet sheet{.file = file.string(), .folder = settings.file.parent_path(), .findings = found};
    const auto all = sections();

    const auto text = read_text_file(file);
    if (text) {
        read_sheet(*text, all, settings, sheet);
    } else {
        sheet.problem(0, text.error().message);
    }
    settings.missing_secrets = std::move(sheet.missing_secrets);
    std::ranges::stable_sort(settings.missing_secrets, {}, &core::Finding::line);
    for (const auto& section : all) {
        for (const auto& row : section.rows) {
            if (row.anchor) row.anchor(settings, sheet.folder);
        }
    }
    // Whoever moves the database to where the service may write moves them along.
    if (settings.recordings.empty()) settings.recordings = settings.database.parent_path() / "recordings";
    std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.line < b.line; });
    findings.insert(findings.end(), found.begin(), found.end());
    return settings;
}

}  // namespace harborline::config
