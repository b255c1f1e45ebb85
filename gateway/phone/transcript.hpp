#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/phone/rehearsal.hpp"
#include "handlers/core/result.hpp"

namespace harborline::gateway {

/// One line of a transcript. The form of the files:
///
///     # a remark                       from +8619900000001      whose phone the lines without @ are
///     > what the person sends          @+8619900000101 > what another phone sends
///     < what she gets                  @+8619900000101 < what another phone gets
///     clock +16m                       (s, m, h, d)
///     silence                          nothing more has come for anybody
///     private                          somebody has confirmed that this handset is hers alone
///     @+8619900000101 pin 271828       this phone's owner, of the staff, was given a PIN for the staff line
///     card 20260001 pin 4821 duress 7395   this child's card has these PINs from here on; the second may be left out
///     tie ming ming-ma barred          between these two, by external ids: barred, paused or allowed, at once
///     withdraw ming                    every consent for this child is withdrawn today
///     appoint ming ming-ma sun 19:00   these two are to be put through then, each week
///     calls back                       from here on a call from a family's phone is turned away, and called back
///     agrees call 12 34 a class        how she may be reached (none, call, text, either), and with calls, where
///     wanted,
///                                      the code for safe, the code for not safe, and the story
///
/// By USSD:
///
///     dial                             the service code: a session begins
///     > what she enters                while her session is open; else, and behind `text >`, a text as above
///     < the screen that answers        then the texts that came to her meanwhile
///     ended                            that screen has ended the session: has to stand right behind it
///     ^                                her session breaks off
///     language en                      what screens are written in, and calls held in, from here on
///
/// By telephone:
///
///     > (calls)                        a call begins
///     > 2    > #    > (nothing)        what she keys on it; silence
///     > (says 12s)                     what she says where she is asked to; `(says 12s, hangs up)` breaks off in it
///     > (hangs up)                     the call is over
///     < what she hears                 a line for each sound; `(her recording)` is her own voice,
///                                      `(a relative's recording)` what waited for her on the kinship line,
///                                      `(a telephone rings)` that of nobody, where nobody may be rung
///     < (a key)  (8 keys)  (recording)     what is listened to behind the sounds: may be left out
///     < (rings 2)                      phones on duty are rung, or
///     < (hangs up)                     we have ended the call, or
///     < (busy)                         turned it away unanswered: none of these may be left out
///     @+86… > (picks up)               one of these answers, hears who it is, and
///     @+86… > 1                        accepts: `@+86… < (joined)`; later, for the caller:
///     @+86… < (is called)              we call this phone; it answers with `(picks up)` and is on a call, or
///     @+86… > (lets it ring)
///     > (talk ends)                    or, where nobody has accepted:
///     > (nobody answers)               also a telephone of nobody's
///
/// `from anonymous` is a phone that shows no number.
///
/// In `<` lines {name} stands for some digits and remembers them; in later lines it means the same digits again. A
/// line that ends in \ goes on in the next one; so screens and texts of several lines are written as they read.
struct TranscriptLine {
    enum class Kind {
        kSend,
        kGet,
        kClock,
        kSilence,
        kAgrees,
        kFrom,
        kText,
        kDial,
        kDrop,
        kEnded,
        kPrivate,
        kPin,
        kLanguage,
        kCard,
        kTie,
        kWithdraw,
        kCallsBack,
        kAppoint,
        kPhone
    };
    Kind kind = Kind::kSend;
    core::PhoneNumber phone{};
    std::string text{};
    PhoneAct act{};  ///< kPhone.
    std::chrono::milliseconds time{};
    int line = 0;
};

/// When every transcript begins: Wednesday 2027-03-03 at 10:00 in Shanghai. They name days, and read the same on any.
inline constexpr core::Instant kTranscriptsBegin{std::chrono::sys_days{std::chrono::year{2027} / 3 / 3} +
                                                 std::chrono::hours{2}};

/// A finding in a transcript.
core::Error at_line(int line, std::string_view what);

core::Result<std::vector<TranscriptLine>> read_transcript(std::string_view text, std::string_view country);

/// Plays a transcript against the engine and compares. Each line played is handed to `show`, with what really came.
/// Fails with a sentence that names the line and what was missing, unexpected, different, or longer than a screen.
core::Result<void> play(Rehearsal& rehearsal, const std::vector<TranscriptLine>& lines,
                        const std::function<void(const std::string&)>& show);

/// Compares with placeholders; fills `known`.
bool matches(std::string_view pattern, std::string_view text, std::map<std::string, std::string>& known);

}  // namespace harborline::gateway
