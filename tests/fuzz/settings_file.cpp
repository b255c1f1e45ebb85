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

constexpr std::size_t kSecretBytes = 12;

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

void collect(const toml::node& node, std::set<std::string>& values, std::set<std::string>& keys) {
    if (const auto* text = node.as_string()) values.insert(text->get());
    if (const auto* list = node.as_array())
        for (const auto& each : *list) collect(each, values, keys);
    if (const auto* table = node.as_table())
        for (const auto& [key, each] : *table) {
            keys.emplace(key.str());
            collect(each, values, keys);
        }
}

/// A value may be a secret in the wrong place, and what the operator reads is often mailed about.
void require_discreet(std::string_view input, const core::Findings& findings) {
    std::set<std::string> values;
    std::set<std::string> keys;
    try {
        collect(toml::parse(input), values, keys);
    } catch (const toml::parse_error&) {
        return;
    }
    const config::Settings defaults;
    for (const auto& value : values) {
        const bool in_a_key =
            std::ranges::any_of(keys, [&](const auto& key) { return key.find(value) != std::string::npos; });
        if (value.size() < kSecretBytes || in_a_key || config::is_reference(value)) continue;
        for (const auto& finding : findings) {
            const bool told = finding.message.find(value) != std::string::npos;
            require(
                !told || value.find_first_not_of("abcdefghijklmnopqrstuvwxyz[]_. :0123456789/") == std::string::npos,
                "no finding repeats a value");
        }
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
