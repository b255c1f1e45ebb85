#pragma once
#include <cstdint>
#include <string>

#include "handlers/core/ids.hpp"
#include "handlers/core/time.hpp"

namespace harborline::core {

/// What kind of message of ours it is: decides whether it may be sent again and how it counts.
enum class MessageClass : std::uint8_t {
    kAnswer,     ///< Answers what she just sent.
    kReply,      ///< A caseworker's answer to her matter.
    kNotice,     ///< A legal notice.
    kPage,       ///< Calls a caseworker, or tells the administrator.
    kAutomatic,  ///< Unasked or not understood: counted against the hour's and the day's bound.
    kCover,      ///< A harmless text for a watched phone: at most once.
    kKinship,    ///< One relative's words to another, or a call of the kinship line: at most once.
    kRedPage,    ///< Calls a caseworker to danger: goes before everything else.
};

constexpr bool is_page(MessageClass kind) {
    return kind == MessageClass::kPage || kind == MessageClass::kRedPage;
}

/// Whether a message whose fate is unknown may be sent a second time (marked), rather than perhaps never.
constexpr bool may_repeat(MessageClass kind) {
    return kind != MessageClass::kCover && kind != MessageClass::kKinship;
}

/// Where a message of ours stands. It only moves forward, except that a person may release or send again.
enum class MessageState : std::uint8_t {
    kWaiting,    ///< Due at `due_at`.
    kSending,    ///< Handed to a worker until its lease runs out.
    kSent,       ///< The carrier has it; no receipt yet.
    kDelivered,  ///< The carrier reported delivery.
    kFailed,     ///< The carrier reported that it never arrived.
    kUnknown,    ///< Sent, and no receipt came in time; or the answer to the attempt was lost.
    kExpired,    ///< Its time ran out before it was sent.
    kDead,       ///< Refused, or tried too often: a person decides.
    kHeld,       ///< Restored from a backup: nothing old goes out by itself.
    kDropped,    ///< A person decided that it never goes.
};

struct Message {
    OutboxId id{};
    std::string channel{};
    HandsetId to{};
    std::string text{};  ///< Words as rendered, signature included.
    MessageClass kind = MessageClass::kAnswer;
    MessageState state = MessageState::kWaiting;
    Instant created_at{};
    Instant due_at{};
    Instant expires_at{};  ///< I11: never sent after this.
    int attempts = 0;
    int repeats = 0;  ///< Attempts that may have reached her twice.
    CaseId case_id{};
    PageId page{};
    std::string reason{};  ///< Of the last failure; no number, name or text.
};

}  // namespace harborline::core
