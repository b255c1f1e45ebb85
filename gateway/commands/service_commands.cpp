#include "config/files.hpp"
#include "config/people/people_csv.hpp"
#include "config/roster/roster_csv.hpp"
#include "gateway/app/ground.hpp"
#include "gateway/commands/commands.hpp"
#include "gateway/phone/rehearsed_calls.hpp"
#include "gateway/phone/terminal.hpp"
#include "gateway/service/service.hpp"

namespace harborline::gateway {
namespace {

std::string demonstration_file(const config::Settings& settings, const char* name) {
    const auto csv = config::read_text_file(settings.file.parent_path() / name);
    if (!csv) throw CommandFailed(csv.error().message);
    return *csv;
}

/// The people of a rehearsal: the demonstration roster and families beside the settings.
Cast rehearsal_cast(const config::Settings& settings) {
    constexpr auto kRoster = "demo/roster.csv";
    constexpr auto kPeople = "demo/people.csv";
    core::Findings findings;
    Cast cast{
        .roster = config::read_roster_csv(demonstration_file(settings, kRoster), kRoster, settings.country, findings,
                                          settings.calendar),
        .people = config::read_people_csv(demonstration_file(settings, kPeople), kPeople, settings.country, findings)};
    if (!findings.empty()) throw CommandFailed(to_text(findings));
    return cast;
}

int phone(const PhoneArguments& arguments, core::ChannelKind kind) {
    const Loaded loaded = load_sound(arguments.common);
    const bool hidden = kind == core::ChannelKind::kVoice && arguments.from == "anonymous";
    const auto from = hidden ? core::Result<core::PhoneNumber>{withheld()}
                             : core::PhoneNumber::parse(arguments.from, loaded.settings.country);
    if (!from) throw CommandFailed("--from takes a number like +8619900000001", 2);
    if (!arguments.gateway.empty() && !loaded.settings.missing_secrets.empty())
        throw CommandFailed(to_text(loaded.settings.missing_secrets));
    if (!arguments.gateway.empty()) return talk_to_gateway(loaded.settings, arguments.gateway, *from, kind);
    const Cast cast = rehearsal_cast(loaded.settings);
    if (arguments.script) return play_script(loaded, cast, *from, *arguments.script);
    return talk_to_rehearsal(loaded, cast, *from, kind);
}

}  // namespace

int serve(const CommonArguments& common) {
    Loaded loaded = load(common.config);
    load_for_service(loaded, SystemClock{}.now());
    if (!loaded.findings.empty()) throw CommandFailed(to_text(loaded.findings));
    return run_service(loaded);
}

int phone_sms(const PhoneArguments& arguments) {
    return phone(arguments, core::ChannelKind::kSms);
}

int phone_ussd(const PhoneArguments& arguments) {
    return phone(arguments, core::ChannelKind::kUssd);
}

int phone_voice(const PhoneArguments& arguments) {
    return phone(arguments, core::ChannelKind::kVoice);
}

}  // namespace harborline::gateway
