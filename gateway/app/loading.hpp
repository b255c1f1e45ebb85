#pragma once
#include <filesystem>
#include <optional>

#include "config/settings.hpp"
#include "gateway/http/tls.hpp"
#include "gateway/http/tls_trust.hpp"
#include "handlers/core/finding.hpp"
#include "handlers/core/time.hpp"
#include "handlers/flow/book.hpp"
#include "handlers/flow/proof.hpp"

namespace harborline::gateway {

/// Everything that an operator edits, read and proved.
struct Loaded {
    config::Settings settings{};
    flow::Book book{};
    flow::ProofReport proof{};
    core::Findings findings{};  ///< Of settings, flows, texts and the proof. Any of them: do not start.
    core::Findings warnings{};  ///< To be seen to; but a service that runs is better than none.
    std::optional<TlsIdentity> tls{};
    std::optional<TlsTrust> trust{};
};

/// Reads the settings file and what it names. Needs no key and no database.
Loaded load(const std::filesystem::path& settings_file);

/// What only the service needs: every secret, the public listener's certificate where the settings name one, whose
/// certificates we believe, and a place where it may keep what callers tell. Apart, because a caseworker's commands
/// must work for a user who can not read the secrets.
void load_for_service(Loaded& loaded, core::Instant now);

/// Warns of numbers in the referral table that nobody has verified for long.
void warn_of_old_numbers(Loaded& loaded, core::Instant now);

/// Reads flows, texts and places, and proves them for these channels. Adds to `findings`.
flow::Book load_book(const config::Settings& settings, flow::ProofReport& proof, core::Findings& findings);

/// `file:line: message`, one a line.
std::string to_text(const core::Findings& findings);

}  // namespace harborline::gateway
