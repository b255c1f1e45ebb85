// One step of a conversation: flow::advance on the shipped flows, playing a whole petition over and over.
//
// usage: advance_bench CONFIG_FOLDER        prints one JSON object
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "handlers/flow/engine.hpp"

namespace {

using namespace harborline;
namespace fs = std::filesystem;

constexpr int kRounds = 7;
constexpr int kPetitions = 20'000;
constexpr int kDeedsMax = 16;

flow::SourceFile read(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {file.filename().string(), {std::istreambuf_iterator<char>(in), {}}};
}

std::vector<flow::SourceFile> read_folder(const fs::path& folder) {
    std::vector<flow::SourceFile> files;
    for (const auto& entry : fs::directory_iterator(folder)) {
        if (entry.path().extension() == ".toml") files.push_back(read(entry.path()));
    }
    return files;
}

flow::Book shipped_book(const fs::path& config) {
    flow::BookSources sources{.flows = read_folder(config / "flows")};
    for (auto& file : read_folder(config / "text")) {
        std::string language = fs::path(file.name).stem().string();
        sources.texts.emplace_back(std::move(language), std::move(file));
    }
    sources.places = read(config / "places/harbin.toml");
    core::Findings findings;
    flow::Book book = flow::read_book(sources, findings);
    for (const auto& finding : findings)
        std::cerr << finding.file << ':' << finding.line << ": " << finding.message << '\n';
    if (!findings.empty()) throw std::runtime_error("the shipped flows have findings");
    return book;
}

core::Input key(char digit) {
    return {.kind = core::Input::Kind::kKey, .key = digit, .text = std::string(1, digit)};
}
core::Input words(std::string text) {
    return {.kind = core::Input::Kind::kText, .text = std::move(text)};
}

std::vector<core::Input> petition() {
    const std::string story =
        "我家三亩口粮地被村里收走了，说我是出嫁女，不给补偿，去年十月找过村委会两回，每次都说研究研究，到现在没有回音";
    return {words("你好"), key('2'),     key('1'),     key('2'), key('1'), key('2'),
            words(story),  words(story), words(story), key('1'), key('2')};
}

/// Plays one petition from the menu on, every deed ending in its first outcome. Returns how often `advance` was called.
int play(const flow::Book& book, const std::vector<core::Input>& inputs) {
    core::FlowState state;
    state.flow = "menu";
    int calls = 0;
    for (const auto& input : inputs) {
        auto step = flow::advance(book, state, input);
        ++calls;
        for (int deeds = 0; step.kind == flow::Advance::Kind::kDo && deeds < kDeedsMax; ++deeds) {
            const auto* doing = book.step(step.state.flow, step.state.step);
            if (doing == nullptr || doing->on.empty()) throw std::logic_error("a deed without outcomes");
            step = flow::advance(book, step.state,
                                 {.kind = core::Input::Kind::kOutcome, .outcome = doing->on.begin()->first});
            ++calls;
        }
        state = std::move(step.state);
        if (state.flow.empty()) state.flow = "menu";
    }
    return calls;
}

}  // namespace

int main(int argc, char** argv) try {
    if (argc != 2) {
        std::cerr << "usage: advance_bench CONFIG_FOLDER\n";
        return 2;
    }
    const flow::Book book = shipped_book(argv[1]);
    const auto inputs = petition();
    std::vector<double> rounds;
    for (int round = 0; round < kRounds; ++round) {
        const auto began = std::chrono::steady_clock::now();
        int calls = 0;
        for (int i = 0; i < kPetitions; ++i) calls += play(book, inputs);
        const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - began;
        rounds.push_back(took.count() / calls);
    }
    std::sort(rounds.begin(), rounds.end());
    std::cout << "{\"advance_us\": " << rounds[rounds.size() / 2] << "}\n";
    return 0;
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
