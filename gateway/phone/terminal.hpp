#pragma once
#include <filesystem>
#include <string>

#include "config/settings.hpp"
#include "gateway/app/loading.hpp"
#include "handlers/core/phone_number.hpp"
#include "handlers/core/staff.hpp"

namespace harborline::gateway {

/// A handset in the terminal on the engine in this very process: type a text, read what comes; `clock +16m` lets time
/// pass, `@+86… text` sends from another phone. Returns at the end of input.
int talk_to_rehearsal(const Loaded& loaded, const core::Roster& roster, const core::PhoneNumber& from);

/// Plays a transcript and compares. 0 when everything came as written, 1 with a sentence that says where not.
int play_script(const Loaded& loaded, const core::Roster& roster, const core::PhoneNumber& from,
                const std::filesystem::path& script);

/// The same handset on a running gateway's handset channel. `url` is its public listener.
int talk_to_gateway(const config::Settings& settings, const std::string& url, const core::PhoneNumber& from);

}  // namespace harborline::gateway
