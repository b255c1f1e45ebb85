#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "handlers/core/result.hpp"
#include "handlers/core/time.hpp"

namespace harborline::petition {

/// How much a machine at the other end may make us say (design section 3, "machines that answer machines").
struct HabitLimits {
    int automatic_per_hour = 6;
    int automatic_per_day = 15;  ///< More than Habits::kAutomaticMax counts as that.
    int machine_answers = 5;     ///< So many identical or instant answers in a row stop replies.
    std::chrono::milliseconds instant{1'000};
};

/// One text as a habit sees it: no word of it.
struct Said {
    std::uint64_t hash = 0;      ///< A keyed hash of the text.
    std::size_t characters = 0;  ///< Not bytes.
    bool single_key = false;     ///< The whole text is one key, in whatever spelling.
};

/// What one handset did lately: decides whether its texts still get answers. A value kept with the handset's
/// conversation. Danger is subject to none of this; its caller does not ask.
class Habits {
  public:
    static constexpr std::size_t kAutomaticMax = 60;          ///< Instants kept at most, whatever the limits.
    static constexpr std::chrono::seconds kRepeatWindow{60};  ///< A repeat known by its content comes this soon (I2).
    static constexpr std::size_t kWrongTriesMax = 5;  ///< Wrong tries an hour that slow a handset down (domain 2.8).

    /// Whether this is the turn just before once more, for carriers that give a message neither an id nor a stamp (I2):
    /// over 8 characters, within kRepeatWindow. Ask before `note_inbound`, and do not note a repeat.
    bool is_repeat_of_last(const Said& said, core::Instant now) const;

    /// `last_answer_at`: our last answer *with words* to this handset, where there was one. An answer sooner after it
    /// than `instant` is no person's; one key again and again is.
    void note_inbound(const Said& said, core::Instant now, std::optional<core::Instant> last_answer_at,
                      const HabitLimits& limits);

    /// Whether an automatic text (unasked, or to something not understood) may still go out. Always false while
    /// stopped.
    bool may_answer_automatically(core::Instant now, const HabitLimits& limits) const;
    void note_automatic(core::Instant now);

    /// A wrong reference number or PIN.
    void note_wrong_try(core::Instant now);
    /// Whether numbers from this handset are looked up no more for now. 0 and 9 stay open.
    bool slowed(core::Instant now) const;

    /// Whether replies have stopped because a machine seems to answer. Only a person releases.
    bool stopped() const { return stopped_; }
    void release();

    friend bool operator==(const Habits&, const Habits&) = default;
    friend std::string encode(const Habits& habits);
    friend core::Result<Habits> decode_habits(std::string_view bytes);

  private:
    /// Nothing worth storing.
    bool is_fresh() const { return !last_at_ && !stopped_ && automatic_.empty() && wrong_tries_.empty(); }

    std::vector<core::Instant> automatic_{};
    std::vector<core::Instant> wrong_tries_{};
    std::uint64_t last_hash_ = 0;
    std::optional<core::Instant> last_at_{};
    int run_ = 0;  ///< Identical or instant answers in a row.
    bool stopped_ = false;
};

/// Compact, versioned form for storage. Empty for a handset of no habits.
std::string encode(const Habits& habits);
/// Fails with kMalformed on anything `encode` did not write.
core::Result<Habits> decode_habits(std::string_view bytes);

}  // namespace harborline::petition
