#pragma once
#include <filesystem>
#include <string>

#include "config/people/people_csv.hpp"
#include "config/settings.hpp"
#include "gateway/app/loading.hpp"
#include "handlers/core/inbound.hpp"
#include "handlers/core/phone_number.hpp"
#include "handlers/core/staff.hpp"

namespace harborline::gateway {

/// Who is there before a rehearsal begins.
struct Cast {
    core::Roster roster{};
    config::PeopleFile people{};
};

/// A handset in the terminal on the engine in this very process. kSms: type a text, read what comes. kUssd: Enter
/// dials, what is typed is entered, `^` breaks off, `text …` writes a text. kVoice: Enter calls, what is typed is
/// keyed, Enter is silence, `rec FILE.wav` is what she says, `hang up` ends the call. In all `clock +16m` lets time
/// pass and
/// `@+86… text` writes from another phone. Returns at the end of input.
int talk_to_rehearsal(const Loaded& loaded, const Cast& cast, const core::PhoneNumber& from, core::ChannelKind kind);

/// Plays a transcript and compares. 0 when everything came as written, 1 with a sentence that says where not.
int play_script(const Loaded& loaded, const Cast& cast, const core::PhoneNumber& from,
                const std::filesystem::path& script);

/// The same handset (`withheld()`: a caller without a number) on a running gateway's handset channels. `url` is its
/// public listener.
int talk_to_gateway(const config::Settings& settings, const std::string& url, const core::PhoneNumber& from,
                    core::ChannelKind kind);

}  // namespace harborline::gateway
