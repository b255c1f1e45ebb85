#pragma once
#include <string_view>

#include "handlers/flow/book.hpp"

/// What the engine expects of the flow files by name. The proof checks that it is there.
namespace harborline::flow::names {

// Flows, and steps of them, that the engine enters by itself.
inline constexpr std::string_view kMenu = "menu";
inline constexpr std::string_view kSafety = "safety";         ///< 9
inline constexpr std::string_view kPerson = "person";         ///< 0
inline constexpr std::string_view kCovert = "safety.covert";  ///< * then 0
inline constexpr std::string_view kCallMe = "person.call";    ///< Accepted the call offered by err.twice.
inline constexpr std::string_view kGivenUp = "person.lost";   ///< The third answer not understood.
inline constexpr std::string_view kQuiet = "quiet";           ///< Nothing is heard on a call. A book may lack it.

inline constexpr std::string_view kStaff = "staff";              ///< Staff who call. A book may lack it.
inline constexpr std::string_view kKinship = "kinship";          ///< Whose bridges ring a relative. A book may lack it.
inline constexpr std::string_view kAnswer = "kinship.answer";    ///< Words to a relative that came without a menu.
inline constexpr std::string_view kBooked = "kinship.booked";    ///< A child that was called by appointment is there.
inline constexpr std::string_view kAppointment = "appointment";  ///< Reminds of one. A book may lack it.
// What we ask by ourselves: whether relatives have been in touch. A book may lack the flow.
inline constexpr std::string_view kWeekly = "weekly";                  ///< A parent, where they are put through.
inline constexpr std::string_view kWeeklyByText = "weekly.by_text";    ///< A parent, where they write only.
inline constexpr std::string_view kWeeklyOfCarer = "weekly.of_carer";  ///< Whoever cares for the child.
inline constexpr std::string_view kSlow = "slow";  ///< In place of the menu for a handset that is slowed down. A book
                                                   ///< may lack it.

// Saved values that mean something to the engine.
inline constexpr std::string_view kCovertKeys = "*0";        ///< A call for help that must look harmless.
inline constexpr std::string_view kIsCovert = "covert";      ///< "1": whoever reads along must learn nothing.
inline constexpr std::string_view kRecording = "recording";  ///< Name of the recording that was made last.
inline constexpr std::string_view kPlace = "place";          ///< Goes along into every flow: it decides who is called.
/// "1": she can not speak, so nobody is rung for her. Goes along into every flow, until she calls again.
inline constexpr std::string_view kHushed = "hushed";

// Texts that the engine says by itself.
inline constexpr std::string_view kNotAChoice = "err.invalid";
inline constexpr std::string_view kNotANumber = "err.number";
inline constexpr std::string_view kNotAStory = "err.story";
inline constexpr std::string_view kNotWords = "err.words";
inline constexpr std::string_view kOfferCall = "err.twice";
inline constexpr std::string_view kGoOn = "err.timeout";
inline constexpr std::string_view kTooLong = "err.long";
inline constexpr std::string_view kReceived = "safe.received";
inline constexpr std::string_view kCover = "safe.cover";
inline constexpr std::string_view kPleaseWait = "safe.wait";    ///< While others are rung behind a 9.
inline constexpr std::string_view kHeard = "pet.text.heard";    ///< Behind her own recording: right, or again?
inline constexpr std::string_view kNotHeard = "pet.text.none";  ///< The recording was empty.

// Values that the engine saves.
inline constexpr std::string_view kSpoken = "[recording]";  ///< In place of words: they lie in `recording`.
inline constexpr std::string_view kTalked = "talked";       ///< A bridge was accepted.
inline constexpr std::string_view kNobody = "nobody";       ///< It was not.

/// Texts for caseworkers and administrators: they go out as texts and stand on no screen.
constexpr bool is_for_staff(std::string_view key) {
    return key.starts_with("cw.") || key.starts_with("adm.");
}

/// Flows of questions that nobody has asked for: whatever does not answer them is about something else, and may be
/// meant for a relative.
constexpr bool is_unasked(std::string_view flow) {
    return flow == kWeekly || flow == kAppointment;
}

/// What is said first where an answer does not fit the question.
constexpr std::string_view not_understood(Expect expect) {
    switch (expect) {
        case Expect::kChoice:
        case Expect::kMenu:
            return kNotAChoice;
        case Expect::kNumber:
            return kNotANumber;
        case Expect::kStory:
            return kNotAStory;
        case Expect::kText:
        case Expect::kBridge:
            return kNotWords;
    }
    return kNotWords;
}

/// The lists of the book that a question may offer.
inline constexpr std::string_view kAreas = "area";
inline constexpr std::string_view kPlacesOf = "place:{";  ///< "place:{area}": the places of the area saved as `area`.

/// The name between the braces of "place:{area}", or empty.
constexpr std::string_view area_name(std::string_view options_from) {
    if (!options_from.starts_with(kPlacesOf) || !options_from.ends_with('}')) return {};
    return options_from.substr(kPlacesOf.size(), options_from.size() - kPlacesOf.size() - 1);
}

}  // namespace harborline::flow::names

namespace harborline::flow {

/// Answers not understood in a row after which the open question is the offer of a call.
inline constexpr int kOffered = 2;

}  // namespace harborline::flow
