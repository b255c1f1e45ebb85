#pragma once
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "handlers/core/deeds.hpp"
#include "handlers/core/finding.hpp"
#include "handlers/flow/catalogue.hpp"

namespace harborline::flow {

/// What an Ask step waits for.
enum class Expect {
    kChoice,  ///< One of `options`.
    kMenu,    ///< One of the loaded flows by its digit.
    kStory,   ///< Free text in any number of messages, ended by 1 or #.
    kNumber,  ///< A number of `digits` digits.
    kText,    ///< One free text; a key that is not reserved is a miss.
    kBridge,  ///< That others who are rung for her answer: saves "talked" or "nobody". Where she is not on the
              ///< telephone it is "nobody" at once.
};

struct Option {
    std::string value{};  ///< What is saved.
    std::string label{};  ///< Catalogue key of the label; empty where the prompt's own words name it.
};

/// What a key that is not reserved means to a kText step.
enum class Keys {
    kMiss,  ///< Not understood.
    kMenu,  ///< As on the main menu; one that names no flow shows the menu.
    kText,  ///< Her words, like everything else but 9 and 0.
};

/// Where a flow goes on: a step of the same flow, or another flow's first step.
struct Target {
    std::string flow{};  ///< Empty: the same flow.
    std::string step{};  ///< Empty: that flow's first step.
    friend bool operator==(const Target&, const Target&) = default;
};

struct Step {
    std::string name{};
    int line = 0;
    enum class Kind { kAsk, kDo, kSay, kEnd } kind = Kind::kEnd;

    std::string text{};  ///< Catalogue key. For kAsk the question (may be empty: wait in silence), for kSay/kEnd the
                         ///< words (may be empty).
    std::string more{};  ///< kStory: said once, after the first part.
    Expect expect = Expect::kText;
    Keys keys = Keys::kMiss;           ///< kText.
    bool record = false;               ///< kText: on a call she may say it; else keys alone are heard.
    std::chrono::seconds longest{};    ///< That she may say it; 0: as long as the channel allows.
    int digits = 0;                    ///< kNumber: how many.
    std::map<char, Option> options{};  ///< kChoice.
    std::string options_from{};        ///< kChoice: a list of the book ("area", "place:{area}") instead of `options`.
    std::string save{};                ///< The answer is kept under this name.
    std::map<std::string, Target> words{};    ///< Whole texts that lead somewhere of their own ("密码").
    std::map<std::string, Target> next_by{};  ///< By value saved.
    std::optional<Target> next{};
    std::optional<Target> silence{};  ///< Where to go when nobody answers; else the flow's own.
    std::optional<Target> skip{};     ///< Where * leads, and the first silence on a call; else as everywhere.
    int visits_max = 0;               ///< Bound of a cycle through this step; 0: not bounded here.

    core::Fields set{};  ///< kDo and kSay: values put into `saved` on the way.
    core::Deed deed{};   ///< kDo.
    std::map<core::Outcome, Target> on{};
};

struct Flow {
    std::string id{};
    std::string file{};
    char menu = 0;           ///< Its digit on the main menu; 0: not on it.
    std::string label{};     ///< Catalogue key of its words on the menu.
    bool sensitive = false;  ///< Every text of it must have a neutral form.
    /// "flow.step.answer": its words may be plain, because it is entered only after this answer to a neutral question
    /// ("is it safe to talk?"). Nobody goes on in it later: whoever holds the phone then has not said so. Empty: none.
    std::string plain_after{};
    bool shortcut = false;  ///< "5 12345678": menu digit and number in one text go straight to the first question.
    std::string first{};
    std::string first_by_phone{};  ///< Where it begins for somebody who is on the telephone; empty: as for all.
    std::optional<Target> silence{};
    /// Where silence leads once a value of this name is saved: what she has told is not lost.
    std::map<std::string, Target> silence_after{};
    std::map<std::string, Step, std::less<>> steps{};

    const Step* step(std::string_view name) const;
    const std::string& begins_at(bool by_phone) const {
        return by_phone && !first_by_phone.empty() ? first_by_phone : first;
    }
};

/// A place and the digit that chooses it within its area.
struct Place {
    std::string code{};  ///< GB/T 2260 code or a local id.
    char key = 0;
    std::vector<std::string> names{};  ///< As people write it, in every language.
};
struct Area {
    std::string code{};
    char key = 0;
    std::vector<Place> places{};
};

/// Every flow, text and list, read once and never changed afterwards.
struct Book {
    std::map<std::string, Flow, std::less<>> flows{};
    Catalogue catalogue{};
    std::vector<Area> areas{};

    const Flow* flow(std::string_view id) const;
    const Step* step(std::string_view flow, std::string_view step) const;
    /// The flow with this digit on the main menu.
    const Flow* by_menu(char digit) const;
    /// The flow that a number goes straight into: its digit, and behind it as many as its first question asks for.
    const Flow* by_shortcut(std::string_view number) const;
    /// The choices that a step offers now, given the answers so far.
    std::vector<Choice> choices(const Step& step, const core::Fields& saved) const;
};

/// A file as read from disk: the name is for findings only.
struct SourceFile {
    std::string name{};
    std::string content{};
};
struct BookSources {
    std::vector<SourceFile> flows{};
    std::vector<std::pair<std::string, SourceFile>> texts{};  ///< Language and its file.
    std::optional<SourceFile> places{};
};

/// Reads the files into a book. Reports every problem of form; what the whole must satisfy is proved by `prove`.
Book read_book(const BookSources& sources, core::Findings& findings);

}  // namespace harborline::flow
