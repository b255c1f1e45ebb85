#pragma once
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "handlers/core/fields.hpp"
#include "handlers/core/finding.hpp"
#include "handlers/core/inbound.hpp"

namespace harborline::flow {

/// One entry of a list of choices: the key to press and the catalogue key of its label.
struct Choice {
    char key = 0;
    std::string label{};
    friend bool operator==(const Choice&, const Choice&) = default;
};

/// One thing to tell a person: a text of the catalogue, what to fill it with, and the choices behind `{options}`
/// (labels with keys) and `{keys}` (keys alone). Carries meaning only; a renderer makes the channel's words of it.
struct Say {
    std::string key{};
    core::Fields values{};
    std::vector<Choice> choices{};
    std::string recording{};  ///< Played before the words, on a call: her own voice, by its name.
    friend bool operator==(const Say&, const Say&) = default;
};

/// How a language writes one entry of a list: "{key}{label}" or "{key} {label}".
inline constexpr std::string_view kOptionFormat = "list.option";

/// The texts of every language, read once and never changed.
class Catalogue {
  public:
    struct Text {
        std::string words{};   ///< Empty: heard on the telephone only.
        std::string ussd{};    ///< The words on a USSD screen, where they differ.
        std::string voice{};   ///< The words as they are spoken on the telephone, where they differ.
        bool neutral = false;  ///< Betrays nothing to whoever else reads the phone.
        bool is_long = false;  ///< May take more than one SMS.
        std::string file{};
        int line = 0;

        const std::string& on(core::ChannelKind kind) const {
            const std::string& own = kind == core::ChannelKind::kUssd    ? ussd
                                     : kind == core::ChannelKind::kVoice ? voice
                                                                         : words;
            return own.empty() ? words : own;
        }
    };

    /// Reads one language's file, `config/text/<language>.toml` (format in the file's own head). Adds to `findings`.
    void add(std::string_view language, std::string_view file, std::string_view toml, core::Findings& findings);
    /// Adds one text that comes from elsewhere, such as the name of a place.
    void set(std::string_view language, std::string_view key, Text text);

    bool has_language(std::string_view language) const;
    std::vector<std::string> languages() const;
    /// Null where the language has no such text.
    const Text* find(std::string_view language, std::string_view key) const;
    /// Fills the placeholders. A key that the language lacks is a bug that `check` rules out: throws std::logic_error.
    std::string fill(std::string_view language, const Say& say, core::ChannelKind kind = core::ChannelKind::kSms) const;
    /// The names that the text is filled with, over all languages and channels, without `options` and `keys`.
    std::vector<std::string> placeholders(std::string_view key) const;
    /// All keys of a language, in order.
    std::vector<std::string> keys(std::string_view language) const;

  private:
    struct NameHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view name) const { return std::hash<std::string_view>{}(name); }
    };
    using Texts = std::unordered_map<std::string, Text, NameHash, std::equal_to<>>;
    /// Appends to `out`.
    void fill_into(std::string& out, std::string_view language, const Text& text, const Say& say,
                   core::ChannelKind kind) const;
    void list_options(std::string& out, std::string_view language, const Say& say, core::ChannelKind kind) const;
    const Text& text(std::string_view language, std::string_view key) const;

    std::map<std::string, Texts, std::less<>> texts_{};
};

}  // namespace harborline::flow
