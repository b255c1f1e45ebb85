#pragma once
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "handlers/flow/book.hpp"
#include "handlers/flow/proof.hpp"

namespace harborline::testing {

inline std::string read_file(const std::filesystem::path& path) {
    std::ifstream in{path, std::ios::binary};
    if (!in) throw std::runtime_error("can not read " + path.string());
    std::ostringstream content;
    content << in.rdbuf();
    return content.str();
}

inline std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator{folder})
        if (entry.path().extension() == ".toml") files.push_back(entry.path());
    std::ranges::sort(files);
    return files;
}

/// What the repository ships in config/.
inline flow::BookSources shipped_sources() {
    const std::filesystem::path config = std::filesystem::path{HARBORLINE_SOURCE_DIR} / "config";
    flow::BookSources sources;
    for (const auto& path : files_in(config / "flows"))
        sources.flows.push_back({path.filename().string(), read_file(path)});
    for (const auto& path : files_in(config / "text"))
        sources.texts.push_back({path.stem().string(), {path.filename().string(), read_file(path)}});
    sources.places = flow::SourceFile{"harbin.toml", read_file(config / "places" / "harbin.toml")};
    return sources;
}

inline const flow::Book& shipped_book() {
    static const flow::Book book = [] {
        core::Findings findings;
        flow::Book read = flow::read_book(shipped_sources(), findings);
        if (!findings.empty()) throw std::runtime_error("shipped flows: " + findings.front().message);
        return read;
    }();
    return book;
}

inline std::vector<flow::ChannelLimits> shipped_channels() {
    return {{.name = "sms", .signature = "【哈尔滨市妇联】", .language = "zh-CN"},
            {.name = "sms-en", .signature = "[Harbin WF] ", .language = "en"},
            {.name = "ussd", .kind = core::ChannelKind::kUssd, .language = "zh-CN"},
            {.name = "ussd-en", .kind = core::ChannelKind::kUssd, .language = "en"},
            {.name = "voice", .kind = core::ChannelKind::kVoice, .language = "zh-CN"},
            {.name = "voice-en", .kind = core::ChannelKind::kVoice, .language = "en"}};
}

}  // namespace harborline::testing
