#pragma once
#include <map>
#include <string>
#include <vector>

#include "handlers/core/deeds.hpp"
#include "handlers/flow/answer.hpp"
#include "handlers/flow/engine.hpp"
#include "tests/handlers/flow/shipped_book.hpp"

namespace harborline::testing {

/// A conversation with the shipped flows: sends texts as a phone would, does deeds as told, and remembers both.
class Talk {
  public:
    explicit Talk(const flow::Book& book = shipped_book()) : book_(book) {}

    /// What she is told, as keys of texts.
    std::vector<std::string> send(std::string_view text) { return run(flow::read_answer(text)); }
    std::vector<std::string> lapse() { return run({.kind = core::Input::Kind::kSilence}); }
    std::vector<std::string> resume() {
        const auto asked = flow::ask_to_resume(book_, state);
        state = reload(asked.state);
        return keys(asked.says);
    }
    /// Sends many; what the last one was answered.
    std::vector<std::string> send_all(const std::vector<std::string>& texts) {
        std::vector<std::string> told;
        for (const auto& text : texts) told = send(text);
        return told;
    }
    /// What the last turn's deeds were; and of all turns, with what was saved when they were done.
    std::vector<std::string> turn_deeds{};
    std::vector<std::pair<std::string, core::Fields>> deeds{};
    std::map<std::string, core::Outcome> outcomes{};  ///< By deed; else its first.
    core::FlowState state{};
    std::vector<flow::Say> says{};
    bool understood = true;

    std::vector<std::string> words(std::string_view language = "zh-CN") const {
        std::vector<std::string> filled;
        for (const auto& say : says) filled.push_back(book_.catalogue.fill(language, say));
        return filled;
    }

  private:
    static core::FlowState reload(const core::FlowState& kept) {
        return core::decode_flow_state(core::encode(kept)).value();
    }
    static std::vector<std::string> keys(const std::vector<flow::Say>& said) {
        std::vector<std::string> list;
        for (const auto& say : said) list.push_back(say.key);
        return list;
    }

    std::vector<std::string> run(const core::Input& first) {
        says.clear();
        turn_deeds.clear();
        core::Input input = first;
        for (int round = 0; round <= 16; ++round) {
            const auto step = flow::advance(book_, reload(state), input);
            if (round == 0) understood = step.understood;
            says.insert(says.end(), step.says.begin(), step.says.end());
            state = step.state;
            if (step.kind != flow::Advance::Kind::kDo) return keys(says);
            input = {.kind = core::Input::Kind::kOutcome, .outcome = perform(step.deed)};
        }
        throw std::logic_error("more than 16 deeds in a turn");
    }

    core::Outcome perform(core::Deed deed) {
        const auto& spec = core::spec_of(deed);
        turn_deeds.emplace_back(spec.name);
        deeds.emplace_back(spec.name, state.saved);
        const auto chosen = outcomes.find(std::string{spec.name});
        const auto outcome = chosen == outcomes.end() ? spec.outcomes.front() : chosen->second;
        if (outcome != core::Outcome::kNone && outcome != core::Outcome::kNeedsPin)
            for (const auto name : spec.fills) state.saved.set(name, "12345678");
        return outcome;
    }

    const flow::Book& book_;
};

}  // namespace harborline::testing
