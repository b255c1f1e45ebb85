// One flow file in the place of the shipped one of its id (or beside them all). What the proof accepts never throws,
// whatever is said to it.
#include <array>

#include "handlers/flow/answer.hpp"
#include "handlers/flow/engine.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/handlers/flow/shipped_book.hpp"

namespace harborline::fuzz {
namespace {

constexpr int kDeedsMax = 16;
constexpr std::array<std::string_view, 14> kSaid{"1", "2", "3",        "7", "",  "丈夫打我", "8",
                                                 "*", "1", "12345678", "x", "y", "z",        "0"};

flow::BookSources with(std::string_view file) {
    static const flow::BookSources shipped = testing::shipped_sources();
    flow::BookSources sources = shipped;
    const flow::SourceFile source{"fuzz.toml", std::string{file}};
    core::Findings ignored;
    const auto id_line = file.substr(0, file.find('\n'));
    for (auto& known : sources.flows)
        if (known.content.find(std::string{id_line} + "\n") != std::string::npos && id_line.starts_with("id")) {
            known = source;
            return sources;
        }
    sources.flows.push_back(source);
    return sources;
}

core::FlowState say(const flow::Book& book, core::FlowState state, core::Input input) {
    for (int deeds = 0; deeds <= kDeedsMax; ++deeds) {
        const auto step = flow::advance(book, state, input);
        state = step.state;
        for (const auto& language : book.catalogue.languages())
            for (const auto& words : step.says) book.catalogue.fill(language, words);
        if (step.kind != flow::Advance::Kind::kDo) return state;
        const auto& spec = core::spec_of(step.deed);
        for (const auto name : spec.fills) state.saved.set(name, "12345678");
        input = {.kind = core::Input::Kind::kOutcome, .outcome = spec.outcomes.front()};
    }
    require(false, "a turn has at most 16 deeds");
    return state;
}

void require_findings_name_a_line(const core::Findings& findings) {
    for (const auto& finding : findings) {
        require(finding.line >= 0, "a finding has a line");
        require(!finding.message.empty() && !finding.file.empty(), "a finding says where and what");
    }
}

}  // namespace

void try_input(std::string_view input) {
    core::Findings findings;
    const flow::Book book = flow::read_book(with(input), findings);
    require_findings_name_a_line(findings);
    if (!findings.empty()) return;
    const auto proof = flow::prove(book, testing::shipped_channels());
    require_findings_name_a_line(proof.findings);
    if (!proof.findings.empty()) return;

    for (const auto& [id, flow] : book.flows) {
        core::FlowState state{.flow = id, .step = flow.first};
        for (const auto said : kSaid) state = say(book, state, flow::read_answer(said));
        say(book, state, {.kind = core::Input::Kind::kSilence});
    }
}

}  // namespace harborline::fuzz
