// Whole turns on a real database in a temporary folder: lines of what happens. The first byte of a line chooses the
// phone (a person's, a caseworker's), or lets time pass instead; the rest is the text.
#include <algorithm>
#include <array>
#include <filesystem>

#include "config/files.hpp"
#include "config/roster/roster_csv.hpp"
#include "gateway/app/loading.hpp"
#include "gateway/phone/rehearsal.hpp"
#include "handlers/core/utf8.hpp"
#include "handlers/flow/answer.hpp"
#include "tests/fuzz/target.hpp"

namespace harborline::fuzz {
namespace {

constexpr int kLinesMax = 24;

std::filesystem::path config_folder() {
    return std::filesystem::path{HARBORLINE_SOURCE_DIR} / "config";
}

const gateway::Loaded& shipped() {
    static const gateway::Loaded loaded = gateway::load(config_folder() / "harborline.toml");
    require(loaded.findings.empty(), "the shipped settings are without findings");
    return loaded;
}

const core::Roster& roster() {
    static const core::Roster read = [] {
        core::Findings findings;
        const auto csv = config::read_text_file(config_folder() / "demo" / "roster.csv").value();
        return config::read_roster_csv(csv, "roster.csv", "86", findings);
    }();
    return read;
}

core::PhoneNumber phone(std::size_t which) {
    // Two persons, the caseworkers on duty and second, a short code.
    constexpr std::array kPhones{"+8619900000001", "+8619900000002", "+8619900000104", "+8619900000105", "10086"};
    return core::PhoneNumber::parse(kPhones.at(which), "86").value();
}

std::size_t stranded(gateway::Rehearsal& rehearsal) {
    std::size_t texts = 0;
    rehearsal.ground().store().run([&](storage::Transaction& tx) { texts = tx.stranded().list(1).size(); });
    return texts;
}

void live(gateway::Rehearsal& rehearsal, Draw line) {
    const std::size_t what = line.below(8);
    if (what >= 5) {
        rehearsal.wait(std::chrono::minutes{1} * line.byte() * (what == 7 ? 30 : 1));
        return;
    }
    const std::string text = core::repair_utf8(line.rest());
    const auto received = rehearsal.send(phone(what), text);
    for (const auto& got : received) {
        require(got.by.is_subscriber(), "what is no subscriber gets no text");
        require(!got.text.empty() && core::is_valid_utf8(got.text), "what goes out is words");
    }
    if (!flow::is_danger(text) || what == 4) return;
    const auto answered = [&](const gateway::Received& got) { return got.by == phone(what); };
    require(std::ranges::any_of(received, answered), "danger is answered");
}

}  // namespace

void try_input(std::string_view input) {
    gateway::Rehearsal rehearsal{shipped().settings, shipped().book, roster(),
                                 core::Instant{std::chrono::sys_days{std::chrono::year{2027} / 3 / 3}}};
    Draw draw{input};
    for (int line = 0; !draw.empty() && line < kLinesMax; ++line) live(rehearsal, Draw{draw.until('\n')});
    require(stranded(rehearsal) == 0, "no turn throws");
}

}  // namespace harborline::fuzz
