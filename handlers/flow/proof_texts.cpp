#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "handlers/flow/conventions.hpp"
#include "handlers/flow/lengths.hpp"
#include "handlers/flow/longest_values.hpp"
#include "handlers/flow/placeholders.hpp"
#include "handlers/flow/proof_parts.hpp"

namespace harborline::flow {
namespace {

constexpr int kLongParts = 3;

/// Texts that the engine says by itself.
constexpr std::array kOwn{names::kNotAChoice, names::kNotANumber, names::kNotAStory,
                          names::kNotWords,   names::kOfferCall,  names::kGoOn,
                          names::kTooLong,    names::kReceived,   names::kCover};
/// The longest list of bare keys: "1 2 4 5 7".
const std::vector<Choice> kScattered{{'1', ""}, {'2', ""}, {'4', ""}, {'5', ""}, {'7', ""}};

class Texts {
  public:
    Texts(const Book& book, const std::vector<ChannelLimits>& channels, core::Findings& findings)
        : book_(book), catalogue_(book.catalogue), channels_(channels), findings_(findings) {}

    void prove(const Graph& graph) {
        for (const auto& node : graph.nodes) prove_step(*node.flow, *node.step);
        for (const auto& [id, flow] : book_.flows) {
            if (flow.label.empty()) continue;
            const Step* first = flow.step(flow.first);
            require(flow.label, flow.file, first ? first->line : 1, "flow " + id);
        }
        require(kOptionFormat, "text", 0, "every list of choices");
        for (const auto key : kOwn) {
            require(key, "text", 0, "the engine");
            if (!catalogue_.placeholders(key).empty()) report_text(key, "the engine can fill in nothing but {keys}");
        }
        for (const auto& key : all_keys()) prove_text(key);
    }

  private:
    std::set<std::string> all_keys() const {
        std::set<std::string> keys;
        for (const auto& language : catalogue_.languages())
            for (auto& key : catalogue_.keys(language)) keys.insert(std::move(key));
        return keys;
    }

    bool require(std::string_view key, const std::string& file, int line, const std::string& who) {
        bool all = true;
        for (const auto& language : catalogue_.languages()) {
            if (catalogue_.find(language, key) != nullptr) continue;
            findings_.push_back({file, line, who + ": there is no text " + std::string{key} + " in " + language});
            all = false;
        }
        return all;
    }

    /// About a text as such, in the first language that has it.
    void report_text(std::string_view key, const std::string& message) {
        for (const auto& language : catalogue_.languages())
            if (const auto* text = catalogue_.find(language, key)) return report_text(key, *text, message);
    }
    void report_text(std::string_view key, const Catalogue::Text& text, const std::string& message) {
        findings_.push_back({text.file, text.line, "text " + std::string{key} + ": " + message});
    }

    void prove_step(const Flow& flow, const Step& step) {
        for (const auto& key : {step.text, step.more}) {
            if (key.empty() || !require(key, flow.file, step.line, "step " + step.name)) continue;
            if (flow.sensitive && flow.plain_after.empty()) prove_neutral(flow, step, key);
        }
        if (step.kind == Step::Kind::kAsk && flow.sensitive)
            for (const auto key : kOwn) prove_neutral(flow, step, key);
        if (!step.text.empty()) prove_choices(flow, step);
    }

    void prove_neutral(const Flow& flow, const Step& step, std::string_view key) {
        for (const auto& language : catalogue_.languages()) {
            const auto* text = catalogue_.find(language, key);
            if (text != nullptr && !text->neutral)
                findings_.push_back(about(
                    flow, step,
                    "the flow is sensitive and text " + std::string{key} + " is not marked neutral in " + language));
        }
    }

    /// What a step offers is in its words, and fits.
    void prove_choices(const Flow& flow, const Step& step) {
        const auto offers = offers_of(book_, step);
        bool labels = false;
        for (const auto& offer : offers) {
            for (const auto& choice : offer) {
                if (choice.label.empty()) continue;
                labels = true;
                if (!require(choice.label, flow.file, step.line, "step " + step.name)) return;
                if (!catalogue_.placeholders(choice.label).empty())
                    return report_text(choice.label, "a label is filled with nothing");
            }
        }
        for (const auto& language : catalogue_.languages()) {
            const auto* text = catalogue_.find(language, step.text);
            if (text == nullptr || catalogue_.find(language, kOptionFormat) == nullptr) continue;
            const auto fails = [labels](const std::string& words) {
                return !words.empty() && (words.find("{options}") != std::string::npos) != labels;
            };
            if (fails(text->words) || fails(text->ussd) || fails(text->voice))
                findings_.push_back(about(flow, step,
                                          labels ? "text " + step.text + " shows no {options} in " + language
                                                 : "text " + step.text + " shows {options}, and there are none"));
            for (const auto& offer : offers) prove_length(language, step.text, offer);
            for (const auto& offer : offers) prove_asked_again(language, step, offer);
        }
    }

    void prove_text(const std::string& key) {
        std::map<std::set<std::string>, std::string> placeholders;
        for (const auto& language : catalogue_.languages()) {
            const auto* text = catalogue_.find(language, key);
            if (text == nullptr) {
                report_text(key, "is missing in " + language);
                continue;
            }
            placeholders.emplace(prove_words(key, *text), language);
            prove_length(language, key, kScattered);
        }
        if (placeholders.size() > 1) report_text(key, "is filled with different values in different languages");
    }

    std::set<std::string> prove_words(const std::string& key, const Catalogue::Text& text) {
        std::set<std::string> used;
        for (std::string_view rest :
             {std::string_view{text.words}, std::string_view{text.ussd}, std::string_view{text.voice}}) {
            if (rest.find("【") != std::string_view::npos || rest.find("】") != std::string_view::npos)
                report_text(key, text, "【】 is kept for the signature");
            while (const auto placeholder = take_placeholder(rest)) {
                used.emplace(placeholder->name);
                if (!is_list(placeholder->name) && longest_value(placeholder->name) == 0)
                    report_text(key, text, "there is no value {" + std::string{placeholder->name} + "}");
            }
        }
        return used;
    }

    static core::Fields longest_values(const Catalogue::Text& text) {
        const bool plain = is_gsm7(text.words);
        core::Fields values;
        for (const std::string* words : {&text.words, &text.ussd}) fill_longest(*words, plain, values);
        return values;
    }

    void prove_length(const std::string& language, const std::string& key, const std::vector<Choice>& choices) {
        const auto& text = *catalogue_.find(language, key);
        const Say longest{.key = key, .values = longest_values(text), .choices = choices};
        const std::string filled = catalogue_.fill(language, longest);
        prove_screen(language, key, catalogue_.fill(language, longest, core::ChannelKind::kUssd));
        for (const auto& channel : channels_) {
            if (channel.kind != core::ChannelKind::kSms) continue;
            if (!channel.language.empty() && channel.language != language) continue;
            int parts = count_sms(channel.signature + filled);
            if (!names::is_for_staff(key)) parts = std::max(parts, count_sms(channel.neutral + filled));
            if (parts <= (text.is_long ? kLongParts : 1)) continue;
            report_text(key, text,
                        "takes " + std::to_string(parts) + " SMS on channel " + channel.name +
                            " with its longest values and the signature; shorten it" +
                            (text.is_long ? "" : " or mark it long"));
        }
    }

    /// A question stands again on the screen that says that its answer was not understood.
    void prove_asked_again(const std::string& language, const Step& step, const std::vector<Choice>& choices) {
        if (step.kind != Step::Kind::kAsk) return;
        const auto remark = names::not_understood(step.expect);
        if (catalogue_.find(language, remark) == nullptr) return;
        constexpr auto kOnScreen = core::ChannelKind::kUssd;
        const std::string first =
            catalogue_.fill(language, {.key = std::string{remark}, .choices = choices}, kOnScreen);
        const Say question{step.text, longest_values(*catalogue_.find(language, step.text)), choices};
        prove_screen(language, step.text, first + "\n" + catalogue_.fill(language, question, kOnScreen),
                     " behind " + std::string{remark});
    }

    void prove_screen(const std::string& language, const std::string& key, const std::string& words,
                      const std::string& where = {}) {
        if (names::is_for_staff(key)) return;
        const auto& text = *catalogue_.find(language, key);
        for (const auto& channel : channels_) {
            if (channel.kind != core::ChannelKind::kUssd) continue;
            if (!channel.language.empty() && channel.language != language) continue;
            if (channel.screen.units == 0 && !is_gsm7(words))
                report_text(key, text,
                            "is not in the GSM alphabet, and channel " + channel.name + " shows nothing else");
            else if (!text.is_long && !fits_screen(words, channel.screen))
                report_text(key, text,
                            "takes more than one screen on channel " + channel.name + " with its longest values" +
                                where + "; give it shorter words (ussd = …) or mark it long");
        }
    }

    const Book& book_;
    const Catalogue& catalogue_;
    const std::vector<ChannelLimits>& channels_;
    core::Findings& findings_;
};

}  // namespace

void prove_texts(const Book& book, const Graph& graph, const std::vector<ChannelLimits>& channels,
                 core::Findings& findings) {
    Texts{book, channels, findings}.prove(graph);
}

}  // namespace harborline::flow
