#pragma once
#include <filesystem>

#include "config/settings.hpp"
#include "handlers/core/finding.hpp"
#include "handlers/flow/book.hpp"
#include "handlers/flow/proof.hpp"

namespace harborline::gateway {

/// Everything that an operator edits, read and proved.
struct Loaded {
    config::Settings settings{};
    flow::Book book{};
    flow::ProofReport proof{};
    core::Findings findings{};  ///< Of settings, flows, texts and the proof. Any of them: do not start.
};

/// Reads the settings file and what it names. Needs no key and no database.
Loaded load(const std::filesystem::path& settings_file);

/// Reads flows, texts and places, and proves them for these channels. Adds to `findings`.
flow::Book load_book(const config::Settings& settings, flow::ProofReport& proof, core::Findings& findings);

/// `file:line: message`, one a line.
std::string to_text(const core::Findings& findings);

}  // namespace harborline::gateway
