#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "handlers/core/ids.hpp"
#include "handlers/core/phone_number.hpp"
#include "handlers/core/time.hpp"

namespace harborline::storage {

enum class Privacy : std::uint8_t { kUnknown, kPrivate, kShared };
enum class OptOut : std::uint8_t { kNone, kNotices, kEverything };

/// A number that has written to us, or that we write to. Not a person.
struct Handset {
    core::HandsetId id{};
    core::PhoneNumber number{};
    Privacy privacy = Privacy::kUnknown;
    OptOut opt_out = OptOut::kNone;
    std::string language{};  ///< Empty: the channel's own.
    core::StaffId staff{};   ///< Set while the number is a staff member's.
    core::Instant
        seen_at{};  ///< To the day: of the last sight, or of the last time that it was written down whose it is.
};

/// A number from which nothing was heard for so long may be somebody else's by now.
inline constexpr std::chrono::days kForgottenAfter{180};
inline bool is_forgotten(const Handset& handset, core::Instant now) {
    return now - handset.seen_at >= kForgottenAfter;
}

/// Found by exact number only, through a keyed hash; the sealed number beside it is opened and compared (I12). One that
/// does not open counts as the number that is looked for, where no other row has it; `find_or_add` writes it anew.
class Handsets {
  public:
    virtual ~Handsets() = default;
    virtual std::optional<Handset> find(const core::PhoneNumber& number) = 0;
    /// `seen_at` of the result is the sight before this one, which is written down once a day; of a new handset, `now`.
    /// One that was forgotten is not private any more, until it is written down anew whose it is.
    virtual Handset find_or_add(const core::PhoneNumber& number, core::Instant now) = 0;
    /// Throws std::out_of_range where there is none.
    virtual Handset get(core::HandsetId id) = 0;
    /// Writes everything but the number; the last sight moves forward only.
    virtual void update(const Handset& handset) = 0;
};

}  // namespace harborline::storage
