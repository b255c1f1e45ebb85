// A settings file. It stands in memory: nothing is written to a disk.
#include <sys/mman.h>
#include <toml++/toml.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <set>

#include "config/given.hpp"
#include "config/network.hpp"
#include "config/settings.hpp"
#include "tests/fuzz/target.hpp"

namespace harborline::fuzz {
namespace {

constexpr std::string_view kMark = "QZX";  ///< In the secrets of the corpus, and in no word of ours.

class MemoryFile {
  public:
    MemoryFile() : descriptor_(::memfd_create("settings.toml", 0)) {
        if (descriptor_ < 0) std::perror("memfd_create");
    }
    std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }
    void write(std::string_view content) const {
        const auto size = static_cast<ssize_t>(content.size());
        const bool written =
            ::ftruncate(descriptor_, 0) == 0 && ::pwrite(descriptor_, content.data(), content.size(), 0) == size;
        require(written, "a file in memory can be written");
    }

  private:
    int descriptor_;
};

/// Whether a key, or the name of a variable or a file, holds the mark: those may be told.
bool may_be_told(const toml::node& node) {
    if (const auto* text = node.as_string())
        return config::is_reference(text->get()) && text->get().find(kMark) != std::string::npos;
    if (const auto* list = node.as_array()) return std::ranges::any_of(*list, may_be_told);
    const auto* table = node.as_table();
    if (table == nullptr) return false;
    return std::ranges::any_of(*table, [](const auto& entry) {
        return entry.first.str().find(kMark) != std::string_view::npos || may_be_told(entry.second);
    });
}

/// A value may be a secret in the wrong place, and what the operator reads is often mailed about.
void require_discreet(std::string_view input, const core::Findings& findings) {
    const bool told = std::ranges::any_of(
        findings, [](const auto& finding) { return finding.message.find(kMark) != std::string::npos; });
    if (!told) return;
    try {
        require(may_be_told(toml::parse(input)), "no finding repeats a value");
    } catch (const toml::parse_error&) {
        require(false, "what is no TOML is not repeated");
    }
}

void require_sound(const config::Settings& settings) {
    std::set<std::string> names;
    for (const auto& channel : settings.channels) {
        require(names.insert(channel.name).second && !channel.name.empty(), "a channel's name is its own");
        require(channel.token.reveal().size() >= 22, "a token is long enough");
        require(channel.rate_per_s > 0 && channel.in_flight_max > 0, "a channel sends");
        for (const auto& block : channel.networks)
            require(config::Network::parse(block).has_value(), "a network is one");
    }
    require(settings.outbox.retry_first <= settings.outbox.retry_max, "retries do not shrink");
    require(settings.storage.group_max > 0 && settings.storage.queue_max > 0, "the store takes work");
    const auto& ladder = settings.duty.ladder_red;
    require(!ladder.empty(), "a ladder has a step");
    require(std::ranges::is_sorted(ladder, {}, &config::LadderStep::after), "a ladder is in order of time");
    require(settings.duty.repeat.count() > 0, "a ladder is repeated");
}

}  // namespace

void try_input(std::string_view input) {
    static const MemoryFile file;
    file.write(input);
    core::Findings findings;
    const auto settings = config::read_settings(file.path(), findings);

    const auto lines = std::ranges::count(input, '\n') + 1;
    for (const auto& finding : findings) {
        require(finding.line >= 0 && finding.line <= lines, "a finding's line is in the file");
        require(!finding.message.empty(), "a finding says what is wrong");
    }
    require_discreet(input, findings);
    if (findings.empty()) require_sound(settings);
}

}  // namespace harborline::fuzz
