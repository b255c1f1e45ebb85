#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "handlers/core/call.hpp"
#include "handlers/core/ids.hpp"
#include "handlers/core/phone_number.hpp"
#include "handlers/core/time.hpp"

namespace harborline::core {

enum class ChannelKind : std::uint8_t { kSms, kUssd, kVoice };

/// What one USSD screen holds (3GPP TS 23.038: 160 octets are 182 septets or 80 UTF-16 units; operators take some).
struct ScreenLimits {
    int septets = 160;
    int units = 70;  ///< 0: the network shows the GSM default alphabet only.
    int footer = 0;  ///< Characters that the operator adds below.
};

/// One part of a text that the carrier did not join (3GPP TS 23.040, 9.2.3.24.1 and .8).
struct Fragment {
    std::uint16_t reference = 0;
    bool wide_reference = false;  ///< 16-bit reference; 8-bit ones wrap soon and never match a wide one.
    std::uint8_t total = 0;
    std::uint8_t index = 0;  ///< From 1.
    std::string bytes{};     ///< As received, so that a surrogate pair cut by the sender is whole again when joined.
    std::string charset{};   ///< Of `bytes`: "UTF-8", "UTF-16BE", "GSM-7" (already unpacked to UTF-8 is "UTF-8").
};

/// What the carrier's own session (one USSD dialogue) does with an input.
struct SessionInput {
    enum class Event : std::uint8_t {
        kBegan,  ///< The carrier says that she has just dialled. Whatever she dialled behind the service code is the
                 ///< text.
        kInput,  ///< One more input; where the carrier does not say which, perhaps the first.
        kEnded,  ///< It is over: whatever is answered now reaches nobody. Carries no text.
    };
    std::string id{};  ///< The carrier's name for it; some carriers use theirs again on another day.
    Event event = Event::kInput;
    bool cumulative = false;  ///< The text holds every input of the session so far, joined by *.
    bool unseen = false;      ///< kEnded: the carrier says that our last words were not shown.
};

/// What happened on a call.
struct CallInput {
    enum class Event : std::uint8_t {
        kBegan,        ///< Somebody has called us.
        kAnswered,     ///< A call that we have placed was answered: `placed`.
        kKeys,         ///< What she has keyed is the text; empty: nothing, or nothing that fits.
        kRecorded,     ///< She has spoken: `audio` or `audio_url`; neither: there was nothing to hear.
        kDialEnded,    ///< What became of the others that were rung: `dial_end`.
        kLegBegan,     ///< One of these has answered, and is to be asked whether it accepts.
        kLegKeys,      ///< What that one has keyed is the text.
        kLegEnded,     ///< That one is gone.
        kEnded,        ///< The call is over: whatever is answered now reaches nobody. May bring a last recording, or
                       ///< as the text a 9 that she hung up behind; no other key.
        kRings,        ///< Somebody calls us, and is asked about before kBegan: unless it is turned away, that follows.
        kRingsNoMore,  ///< kRings is answered; of the call itself this says nothing.
    };
    std::string id{};  ///< The carrier's name for the call.
    Event event = Event::kBegan;
    bool unanswered = false;  ///< kRings, kBegan: it can still be turned away (HangUp::unanswered).
    int step = 0;             ///< Of the answer of ours that this follows; 0: it follows none.
    std::string leg{};        ///< kLeg…: the carrier's name for that leg.
    std::string dial{};       ///< kLeg…: Dial::name of what it was rung for.
    std::string shown{};      ///< kLegBegan: the number that the far side was shown, where the carrier says it.
    std::string audio{};      ///< A WAV file as the carrier sent it.
    std::string audio_url{};  ///< Where the carrier keeps it.
    std::string recording{};  ///< The same once it lies with us: its name.
    DialEnd dial_end = DialEnd::kFailed;
    OutboxId placed{};
};

/// What belongs into the carrier's own answer, where its session carries words.
struct Answer {
    std::string words{};
    bool goes_on = false;              ///< The session waits for what she enters next.
    std::optional<CallAnswer> call{};  ///< On a call.
    friend bool operator==(const Answer&, const Answer&) = default;
};

/// One message from a person as the carrier gave it to us, checked and normalised.
struct Inbound {
    std::string channel{};  ///< Name of the configured channel.
    ChannelKind kind = ChannelKind::kSms;
    PhoneNumber from{};
    std::string to{};                     ///< Port or number that was written to, as the carrier names it.
    std::string external_id{};            ///< The carrier's id of this message; empty where it has none.
    std::optional<Instant> stamped_at{};  ///< The carrier's own time stamp, where it gives one.
    /// Id and stamp are those of a relay on our side of the carrier (Kannel): the same when the relay tries again, new
    /// when the carrier repeats itself. Not kept with a text that has to wait.
    bool relayed = false;
    Instant received_at{};
    std::string text{};            ///< Valid UTF-8. Empty is legal, and empty while `fragment` is set.
    bool told_by_carrier = false;  ///< The carrier says it in her place: nothing goes back to her.
    std::optional<Fragment> fragment{};
    std::optional<SessionInput> session{};  ///< Set where she is answered within a session and not by a text.
    std::optional<CallInput> call{};        ///< Set where she is on the telephone.
};

/// What a carrier says became of a message of ours. Ordered by finality: a receipt only moves a message forward.
enum class ReceiptState : std::uint8_t { kBuffered, kAccepted, kDelivered, kFailed };

struct Receipt {
    OutboxId message{};
    std::string carrier_id{};  ///< In its place where the carrier names the message by an id of its own,
    std::string channel{};     ///< which means something on this channel only.
    std::uint8_t part = 1;     ///< A long text goes out in parts, and each has its own receipt.
    std::uint8_t parts = 1;
    int attempt = 0;  ///< Which attempt it is about; 0 where the carrier does not say.
    ReceiptState state = ReceiptState::kBuffered;
    Instant at{};
};

}  // namespace harborline::core
