#pragma once
#include <gtest/gtest.h>

#include <filesystem>

#include "config/files.hpp"
#include "config/people/people_csv.hpp"
#include "config/roster/roster_csv.hpp"
#include "gateway/app/loading.hpp"

namespace harborline::testing {

/// What the project ships in config/, read and proved as the service does it.
inline const gateway::Loaded& shipped() {
    static const gateway::Loaded loaded =
        gateway::load(std::filesystem::path{HARBORLINE_SOURCE_DIR} / "config" / "harborline.toml");
    EXPECT_TRUE(loaded.findings.empty()) << gateway::to_text(loaded.findings);
    return loaded;
}

/// The demonstration roster: wang on duty, zhao second, sun leader, li for petitions of the whole city, admin.
inline core::Roster shipped_roster() {
    const auto file = std::filesystem::path{HARBORLINE_SOURCE_DIR} / "config" / "demo" / "roster.csv";
    core::Findings findings;
    core::Roster roster = config::read_roster_csv(config::read_text_file(file).value(), file.string(), "86", findings);
    EXPECT_TRUE(findings.empty()) << gateway::to_text(findings);
    return roster;
}

/// The demonstration families: ming, hong and lei, and their people.
inline const config::PeopleFile& shipped_people() {
    static const config::PeopleFile people = [] {
        const auto file = std::filesystem::path{HARBORLINE_SOURCE_DIR} / "config" / "demo" / "people.csv";
        core::Findings findings;
        auto read = config::read_people_csv(config::read_text_file(file).value(), file.string(), "86", findings);
        EXPECT_TRUE(findings.empty()) << gateway::to_text(findings);
        return read;
    }();
    return people;
}

}  // namespace harborline::testing
