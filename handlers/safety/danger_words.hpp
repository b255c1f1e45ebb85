#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "handlers/core/danger_list.hpp"

namespace harborline::safety {

/// Finds the words that raise a level (domain rules 3.3). Looks at a text once, however many words there are, so that
/// 64 kB cost no more than a few milliseconds. Immutable; may be shared.
class DangerWords {
  public:
    DangerWords() = default;
    explicit DangerWords(const core::DangerList& list);

    /// The highest level that a word in the text raises to; kNone where there is none. Case, width and whatever stands
    /// between the characters ("打 我", "救，命") make no difference. A word in Latin letters counts at the beginning
    /// of a word only. A harmless phrase is one only where nothing stands within it: "他又打，电话也摔了" tells of no
    /// call. `text` of any length; broken bytes are passed over.
    core::Level level_of(std::string_view text) const;

    /// Whether a short text (up to `kCodeTextBytes`) holds one of the code words (domain rules 3.4, point 7). Spaces,
    /// marks and case make no difference.
    bool asks_covertly(std::string_view text) const;
    static constexpr std::size_t kCodeTextBytes = 120;

  private:
    struct Entry {
        std::u32string text{};
        core::Level level = core::Level::kNone;  ///< kNone: harmless, and passed over.
    };
    void add(std::string_view word, core::Level level);
    /// `behind_a_gap`: which of the characters stand behind one; empty where the text holds its gaps itself.
    core::Level look(std::u32string_view text, const std::vector<bool>& behind_a_gap) const;

    std::unordered_map<char32_t, std::vector<Entry>> by_first_{};  ///< Harmless phrases before words.
    std::vector<std::u32string> covert_{};
};

}  // namespace harborline::safety
