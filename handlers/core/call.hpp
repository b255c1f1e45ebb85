#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "handlers/core/ids.hpp"
#include "handlers/core/result.hpp"

/// What is said and done on a telephone, in words of no carrier: each carrier writes it in its own tongue.
namespace harborline::core {

/// Stands in a sound's words where those of its letter are spoken. Nothing that anybody writes holds it.
inline constexpr char kLetterMark = '\x1a';

/// The prompt of a Sound that says nothing: a telephone rings somewhere, as it does in China.
inline constexpr std::string_view kRingingTone = "tone.ringing";

/// One thing that is heard.
struct Sound {
    std::string words{};      ///< As they are spoken; beside a recording: where that cannot be had.
    std::string prompt{};     ///< The text of the catalogue whose recorded voice may stand in place of `words`; empty:
                              ///< the words hold a value or a list, which nobody has recorded.
    bool personal = false;    ///< Holds a name, a number or a person's voice: nobody on the way may keep a copy.
    LetterId letter{};        ///< What one relative has told another: its words, or its recording, come in the place of
                              ///< kLetterMark when it goes out, and are kept in no answer (I7).
    std::string recording{};  ///< A recording that we keep, by its name.
    std::string opener{};     ///< Of the recording of a letter, which no row opens; `encode` leaves it out.
    std::string url{};        ///< Where the carrier finds it as audio. Empty: the carrier says `words` itself.
    friend bool operator==(const Sound&, const Sound&) = default;
};

/// Waits for keys; while the sounds play, a key cuts them short.
struct Gather {
    int digits_max = 1;  ///< 1: whatever key comes first is the whole answer, # and * too. More: # ends it.
    std::chrono::seconds silence{6};  ///< Without any key, from the end of the sounds.
    std::chrono::seconds between{3};  ///< From one key to the next.
    friend bool operator==(const Gather&, const Gather&) = default;
};

/// Takes her words down, until # or a silence.
struct Record {
    std::chrono::seconds longest{180};
    std::chrono::seconds silence{5};
    bool tone = true;  ///< Begins with one. Not where somebody beside her might hear it.
    friend bool operator==(const Record&, const Record&) = default;
};

/// Whether a text can be Dial::name: digits and full stops, at most 32.
bool is_dial_name(std::string_view text);

/// Rings others and lets the first who accepts by key talk to her. Every leg shows our number.
struct Dial {
    std::string name{};  ///< Stands in the address that each leg asks whether it may talk; no number, no name.
    std::vector<std::string> numbers{};  ///< E.164, at least one; rung at the same time.
    std::chrono::seconds ring{25};
    std::chrono::seconds longest{1'800};
    std::chrono::seconds warning{60};  ///< So long before the end both hear `warned`; 0: never.
    std::vector<Sound> warned{};
    friend bool operator==(const Dial&, const Dial&) = default;
};

/// Plays on in silence and asks us again.
struct Wait {
    std::chrono::seconds length{2};
    friend bool operator==(const Wait&, const Wait&) = default;
};

/// Far side of a Dial only: it has accepted, and the two talk.
struct Join {
    friend bool operator==(const Join&, const Join&) = default;
};

struct HangUp {
    bool unanswered = false;  ///< Of a call that nobody has answered: it is turned away as busy, unheard, and costs the
                              ///< caller nothing.
    friend bool operator==(const HangUp&, const HangUp&) = default;
};

using CallAct = std::variant<HangUp, Gather, Record, Dial, Wait, Join>;

/// Our answer to one request of a call: the sounds in order, then one act.
struct CallAnswer {
    std::string language{};  ///< Of the words: "zh-CN".
    std::vector<Sound> sounds{};
    CallAct act{};
    int step = 1;  ///< Grows with each of our answers within the call. It stands in the address of the request that
                   ///< follows, so that the carrier's repeat is known.
    friend bool operator==(const CallAnswer&, const CallAnswer&) = default;
};

/// Compact, versioned form for storage.
std::string encode(const CallAnswer& answer);
/// Fails with kMalformed on anything `encode` did not write.
Result<CallAnswer> decode_call_answer(std::string_view bytes);

/// What became of a Dial.
enum class DialEnd : std::uint8_t {
    kTalked,
    kNoAnswer,
    kBusy,
    kRefused,  ///< Answered, and not accepted.
    kFailed,   ///< No such number, no way there.
};

}  // namespace harborline::core
