#include <algorithm>

#include "handlers/flow/conventions.hpp"
#include "handlers/flow/longest_values.hpp"
#include "handlers/flow/proof_parts.hpp"
#include "handlers/flow/utf8.hpp"

namespace harborline::flow {
namespace {

constexpr int kSecondsMost = 45;
/// Tenths of a second: five Chinese characters a second (a mark is a pause as long as one), two and a half words of
/// letters; a digit is a word.
constexpr int kCharacter = 2;
constexpr int kTenthsPerWord = 4;
/// A reference number is said twice, the second time half as fast.
constexpr int kReferenceTimes = 3;

constexpr std::string_view kAgain = "list.again";

bool is_digit(char32_t c) {
    return c >= U'0' && c <= U'9';
}

bool is_wide(char32_t c) {
    return c >= 0x2E80;  // Where the blocks of Chinese begin.
}

bool is_letter(char32_t c) {
    return (c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z');
}

/// How long the words take to say, about.
int seconds_of(std::string_view words) {
    int tenths = 0;
    bool within_word = false;
    while (!words.empty()) {
        const char32_t c = take_character(words);
        const bool letter = is_letter(c) || (within_word && c == U'\'');
        if (is_wide(c)) tenths += kCharacter;
        if (is_digit(c) || (letter && !within_word)) tenths += kTenthsPerWord;
        within_word = letter;
    }
    return (tenths + 9) / 10;
}

class Voice {
  public:
    Voice(const Book& book, std::string_view channel, const std::string& language, core::Findings& findings)
        : book_(book), catalogue_(book.catalogue), channel_(channel), language_(language), findings_(findings) {}

    void prove(const Graph& graph) {
        if (catalogue_.find(language_, kAgain) == nullptr)
            findings_.push_back({"text", 0,
                                 "channel " + channel_ + ": there is no text " + std::string{kAgain} + " in " +
                                     language_ + ", which stands between a number and its repetition"});
        for (const auto& key : catalogue_.keys(language_))
            if (!names::is_for_staff(key)) prove_length(key, {});
        for (const auto& node : graph.nodes) prove_step(*node.flow, *node.step);
    }

  private:
    void prove_step(const Flow& flow, const Step& step) {
        if (step.kind != Step::Kind::kAsk || step.text.empty()) return;
        for (const auto& offer : offers_of(book_, step)) {
            if (flow.sensitive && flow.plain_after.empty()) prove_neutral(flow, step, offer);
            prove_length(step.text, offer);
        }
    }

    /// Labels are read out with their question.
    void prove_neutral(const Flow& flow, const Step& step, const std::vector<Choice>& offer) {
        for (const auto& choice : offer) {
            const auto* label = catalogue_.find(language_, choice.label);
            if (label != nullptr && !label->neutral)
                findings_.push_back(about(flow, step,
                                          "the flow is sensitive and text " + choice.label +
                                              ", which is read out, is not marked neutral in " + language_));
        }
    }

    void prove_length(const std::string& key, const std::vector<Choice>& choices) {
        const auto* text = catalogue_.find(language_, key);
        if (text == nullptr || !has_labels(choices)) return;  // Found by prove_texts.
        const std::string& words = text->on(core::ChannelKind::kVoice);
        core::Fields values;
        fill_longest(words, !has_wide(words), values);
        if (values.has("ref")) values.set("ref", repeated(values.get("ref")));
        const int seconds = seconds_of(catalogue_.fill(language_, {key, values, choices}, core::ChannelKind::kVoice));
        if (seconds > kSecondsMost)
            findings_.push_back(
                {text->file, text->line,
                 "text " + key + ": takes about " + std::to_string(seconds) + " seconds to say on channel " + channel_ +
                     " with its longest values, and 45 is the most; give it shorter words (voice = …)"});
    }

    bool has_labels(const std::vector<Choice>& choices) const {
        if (choices.empty()) return true;
        return catalogue_.find(language_, kOptionFormat) != nullptr &&
               std::ranges::all_of(choices, [this](const Choice& choice) {
                   return choice.label.empty() || (catalogue_.find(language_, choice.label) != nullptr &&
                                                   catalogue_.placeholders(choice.label).empty());
               });
    }

    static bool has_wide(std::string_view words) {
        while (!words.empty())
            if (is_wide(take_character(words))) return true;
        return false;
    }

    static std::string repeated(std::string_view digits) {
        std::string all;
        for (int times = 0; times < kReferenceTimes; ++times) all += digits;
        return all;
    }

    const Book& book_;
    const Catalogue& catalogue_;
    const std::string channel_;
    const std::string& language_;
    core::Findings& findings_;
};

}  // namespace

void prove_voice(const Book& book, const Graph& graph, const std::vector<ChannelLimits>& channels,
                 core::Findings& findings) {
    for (const auto& channel : channels) {
        if (channel.kind != core::ChannelKind::kVoice) continue;
        for (const auto& language : book.catalogue.languages())
            if (channel.language.empty() || channel.language == language)
                Voice{book, channel.name, language, findings}.prove(graph);
    }
}

}  // namespace harborline::flow
