#include "gateway/conversation/memory.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

#include "handlers/core/call.hpp"

namespace harborline::gateway {
namespace {

constexpr int kVersion = 1;
/// The same with a session behind it: whoever only texts is kept in fewer bytes.
constexpr int kWithSession = 2;
/// The same with what only calls have.
constexpr int kWithCalls = 3;
/// Added to any of them, each with what it stands for behind everything else, in this order: a call in danger, contacts
/// on which nothing was told, when words of danger were heard, a relative who is rung, relatives who have written,
/// calls back.
constexpr int kInDanger = 8;
constexpr int kWithEmpty = 16;
constexpr int kDangerHeard = 32;
constexpr int kRingsRelative = 64;
constexpr int kWithLetters = 128;
constexpr int kCalledBack = 4;
/// In the place of a version: a second byte holds it, and one bit for what was added behind all of these, talks of
/// relatives.
constexpr int kWide = 0;
constexpr int kWithTalks = 4;
constexpr int kAdded = kInDanger | kWithEmpty | kDangerHeard | kRingsRelative | kWithLetters | kCalledBack;
constexpr std::int64_t kSilentCallsKept = 16;
constexpr auto kLettersMost = static_cast<std::int64_t>(Memory::kLettersKept);
constexpr auto kTalksMost = static_cast<std::int64_t>(Memory::kTalksKept);
/// Those of one day; the settings allow no more.
constexpr std::int64_t kCallBacksKept = 20;
/// Nobody is rung for longer than this list (duty::next_to_ring).
constexpr std::int64_t kRungKept = 16;
constexpr std::int64_t kOver = 1;
constexpr std::int64_t kGoesOn = 2;
constexpr std::int64_t kUnseen = 4;
constexpr std::int64_t kTold = 8;
constexpr std::int64_t kConfided = 16;

void put_number(std::string& out, std::int64_t value) {
    auto rest = static_cast<std::uint64_t>(value);
    while (rest >= 0x80) {
        out.push_back(static_cast<char>(rest | 0x80));
        rest >>= 7;
    }
    out.push_back(static_cast<char>(rest));
}

void put_bytes(std::string& out, std::string_view bytes) {
    put_number(out, static_cast<std::int64_t>(bytes.size()));
    out += bytes;
}

std::optional<std::int64_t> take_number(std::string_view& in) {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64 && !in.empty(); shift += 7) {
        const auto byte = static_cast<std::uint8_t>(in.front());
        in.remove_prefix(1);
        value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
        if (byte < 0x80) return static_cast<std::int64_t>(value);
    }
    return std::nullopt;
}

std::optional<std::string_view> take_bytes(std::string_view& in) {
    const auto size = take_number(in);
    if (!size || *size < 0 || static_cast<std::uint64_t>(*size) > in.size()) return std::nullopt;
    const std::string_view bytes = in.substr(0, static_cast<std::size_t>(*size));
    in.remove_prefix(bytes.size());
    return bytes;
}

void put_session(std::string& out, const Session& session) {
    put_bytes(out, session.id);
    put_bytes(out, session.channel);
    put_bytes(out, session.seen);
    put_bytes(out, session.words);
    put_bytes(out, session.kept);
    put_number(out, static_cast<std::int64_t>(session.page));
    put_number(out, (session.over ? kOver : 0) | (session.goes_on ? kGoesOn : 0) | (session.unseen ? kUnseen : 0) |
                        (session.told ? kTold : 0) | (session.confided ? kConfided : 0));
}

void put_calls(std::string& out, const Memory& memory) {
    put_number(out, memory.session.calls ? 1 : 0);
    put_number(out, memory.session.step);
    put_bytes(out, memory.session.accepted);
    put_number(out, memory.session.accepted_by.value);
    put_number(out, memory.session.placed.value);
    put_number(out, static_cast<std::int64_t>(memory.session.hearing));
    put_number(out, static_cast<std::int64_t>(memory.silent_calls.size()));
    for (const auto at : memory.silent_calls) put_number(out, core::to_millis(at));
}

bool take_calls(std::string_view& in, Session& session, std::vector<core::Instant>& silent_calls) {
    const auto calls = take_number(in);
    const auto step = take_number(in);
    const auto accepted = take_bytes(in);
    const auto accepted_by = take_number(in);
    if (!accepted_by) return false;
    const auto placed = take_number(in);
    const auto hearing = take_number(in);
    constexpr auto kHeard = static_cast<std::int64_t>(Session::Hearing::kHeard);
    if (!placed || !hearing || *hearing < 0 || *hearing > kHeard) return false;
    const auto count = take_number(in);
    if (!calls || !step || *step < 0 || *step > INT32_MAX || !accepted || !count || *count < 0 ||
        *count > kSilentCallsKept)
        return false;
    session.calls = *calls != 0;
    session.step = static_cast<int>(*step);
    session.accepted = *accepted;
    session.accepted_by.value = *accepted_by;
    session.placed.value = *placed;
    session.hearing = static_cast<Session::Hearing>(*hearing);
    for (std::int64_t left = *count; left > 0; --left) {
        const auto at = take_number(in);
        if (!at) return false;
        silent_calls.push_back(core::from_millis(*at));
    }
    return true;
}

bool has_danger(const Session& session) {
    return session.danger || session.rings_for || session.rings_person || !session.rung.empty();
}

void put_danger(std::string& out, const Session& session) {
    put_number(out, session.danger.value);
    put_number(out, session.rings_for.value);
    put_number(out, session.rings_person.value);
    put_number(out, static_cast<std::int64_t>(session.rung.size()));
    for (const auto staff : session.rung) put_number(out, staff.value);
}

bool take_danger(std::string_view& in, Session& session) {
    const auto danger = take_number(in);
    const auto rings_for = take_number(in);
    const auto rings_person = take_number(in);
    const auto count = take_number(in);
    if (!danger || !rings_for || !rings_person || !count || *count < 0 || *count > kRungKept) return false;
    session.danger.value = *danger;
    session.rings_for.value = *rings_for;
    session.rings_person.value = *rings_person;
    for (std::int64_t left = *count; left > 0; --left) {
        const auto staff = take_number(in);
        if (!staff) return false;
        session.rung.push_back({*staff});
    }
    return true;
}

void put_relative(std::string& out, const Session& session) {
    put_number(out, session.rings_tie.value);
    put_number(out, session.rings_child ? 1 : 0);
    put_number(out, 0);  // Since when the two talk, while a talk had no place of its own.
}

bool take_relative(std::string_view& in, Session& session, std::vector<KinTalk>& talks) {
    const auto tie = take_number(in);
    const auto child = take_number(in);
    const auto accepted_at = take_number(in);
    if (!tie || !child || !accepted_at) return false;
    session.rings_tie.value = *tie;
    session.rings_child = *child != 0;
    if (*accepted_at == 0 || session.accepted.empty()) return true;
    talks.push_back({.tie = session.rings_tie,
                     .rang_child = session.rings_child,
                     .call = session.id,
                     .channel = session.channel,
                     .leg = session.accepted,
                     .began_at = core::from_millis(*accepted_at),
                     .longest = core::Dial{}.longest});
    return true;
}

void put_talks(std::string& out, const std::vector<KinTalk>& talks) {
    put_number(out, static_cast<std::int64_t>(talks.size()));
    for (const auto& talk : talks) {
        put_number(out, talk.tie.value);
        put_number(out, talk.rang_child ? 1 : 0);
        put_number(out, talk.rung.value);
        put_bytes(out, talk.call);
        put_bytes(out, talk.channel);
        put_bytes(out, talk.leg);
        put_number(out, core::to_millis(talk.began_at));
        put_number(out, talk.longest.count());
    }
}

std::optional<KinTalk> take_talk(std::string_view& in) {
    const auto tie = take_number(in);
    const auto child = take_number(in);
    const auto rung = take_number(in);
    KinTalk talk;
    for (std::string* const field : {&talk.call, &talk.channel, &talk.leg}) {
        const auto bytes = take_bytes(in);
        if (!bytes) return std::nullopt;
        *field = *bytes;
    }
    const auto began_at = take_number(in);
    const auto longest = take_number(in);
    if (!tie || !child || !rung || !began_at || !longest || *longest < 0 || *longest > INT32_MAX) return std::nullopt;
    talk.tie.value = *tie;
    talk.rang_child = *child != 0;
    talk.rung.value = *rung;
    talk.began_at = core::from_millis(*began_at);
    talk.longest = std::chrono::seconds{*longest};
    return talk;
}

bool take_talks(std::string_view& in, std::vector<KinTalk>& talks) {
    const auto count = take_number(in);
    if (!count || *count < 0 || *count > kTalksMost) return false;
    for (std::int64_t left = *count; left > 0; --left) {
        auto talk = take_talk(in);
        if (!talk) return false;
        talks.push_back(std::move(*talk));
    }
    return true;
}

void put_written(std::string& out, const kinship::Written& written) {
    put_number(out, written.tie.value);
    put_number(out, core::to_millis(written.at));
}

std::optional<kinship::Written> take_written(std::string_view& in) {
    const auto tie = take_number(in);
    const auto at = take_number(in);
    if (!tie || !at) return std::nullopt;
    return kinship::Written{.tie = {*tie}, .at = core::from_millis(*at)};
}

/// What she has chosen stands first; none there is along no tie.
void put_letters(std::string& out, const Memory& memory) {
    put_written(out, memory.kin_chosen.value_or(kinship::Written{}));
    put_number(out, memory.kin_line_at ? core::to_millis(*memory.kin_line_at) : 0);
    put_number(out, static_cast<std::int64_t>(memory.letters.size()));
    for (const auto& letter : memory.letters) {
        put_written(out, letter);
        put_number(out, letter.on_its_way ? 1 : 0);
    }
}

bool take_letters(std::string_view& in, Memory& memory) {
    const auto chosen = take_written(in);
    const auto line_at = take_number(in);
    const auto count = take_number(in);
    if (!chosen || !line_at || !count || *count < 0 || *count > kLettersMost) return false;
    if (chosen->tie) memory.kin_chosen = chosen;
    if (*line_at != 0) memory.kin_line_at = core::from_millis(*line_at);
    for (std::int64_t left = *count; left > 0; --left) {
        auto letter = take_written(in);
        const auto on_its_way = take_number(in);
        if (!letter || !on_its_way) return false;
        letter->on_its_way = *on_its_way != 0;
        memory.letters.push_back(*letter);
    }
    return true;
}

void put_call_backs(std::string& out, const kinship::CallBacks& backs) {
    put_number(out, backs.in_vain ? 1 : 0);
    put_number(out, static_cast<std::int64_t>(backs.at.size()));
    for (const auto at : backs.at) put_number(out, core::to_millis(at));
}

bool take_call_backs(std::string_view& in, kinship::CallBacks& backs) {
    const auto in_vain = take_number(in);
    const auto count = take_number(in);
    if (!in_vain || !count || *count < 0 || *count > kCallBacksKept) return false;
    backs.in_vain = *in_vain != 0;
    for (std::int64_t left = *count; left > 0; --left) {
        const auto at = take_number(in);
        if (!at) return false;
        backs.at.push_back(core::from_millis(*at));
    }
    return true;
}

bool take_session(std::string_view& in, Session& session) {
    for (std::string* const field : {&session.id, &session.channel, &session.seen, &session.words, &session.kept}) {
        const auto bytes = take_bytes(in);
        if (!bytes) return false;
        *field = *bytes;
    }
    const auto page = take_number(in);
    const auto flags = take_number(in);
    if (!page || *page < 0 || !flags) return false;
    session.page = static_cast<std::size_t>(*page);
    session.over = (*flags & kOver) != 0;
    session.goes_on = (*flags & kGoesOn) != 0;
    session.unseen = (*flags & kUnseen) != 0;
    session.told = (*flags & kTold) != 0;
    session.confided = (*flags & kConfided) != 0;
    return true;
}

/// What a form byte says of the rest.
struct Form {
    int version = 0;
    int added = 0;
    bool with_talks = false;
    bool has(int part) const { return (added & part) != 0; }
};

std::optional<Form> take_form(std::string_view& in) {
    const auto take_byte = [&] {
        const int byte = static_cast<unsigned char>(in.front());
        in.remove_prefix(1);
        return byte;
    };
    if (in.empty()) return std::nullopt;
    const int first = take_byte();
    Form form{.version = first & ~kAdded, .added = first & kAdded};
    if (form.version == kWide) {
        if (in.empty() || (in.front() & kWithTalks) == 0) return std::nullopt;
        form.version = take_byte() & ~kWithTalks;
        form.with_talks = true;
    }
    if (form.version < kVersion || form.version > kWithCalls) return std::nullopt;
    return form;
}

/// What every form has.
bool take_core(std::string_view& in, Memory& memory) {
    const auto flow_bytes = take_bytes(in);
    const auto habit_bytes = flow_bytes ? take_bytes(in) : std::nullopt;
    if (!habit_bytes) return false;
    const auto about = take_number(in);
    const auto answered = take_number(in);
    const auto lapse = take_number(in);
    const auto held = take_bytes(in);
    if (!about || !answered || !lapse || !held) return false;
    auto flow = core::decode_flow_state(*flow_bytes);
    auto habits = petition::decode_habits(*habit_bytes);
    if (!flow || !habits) return false;
    memory.flow = std::move(*flow);
    memory.habits = std::move(*habits);
    memory.about.value = *about;
    if (*answered != 0) memory.answered_at = core::from_millis(*answered);
    memory.lapse_is_set = *lapse != 0;
    memory.held = *held;
    return true;
}

bool take_empty(std::string_view& in, petition::EmptyContacts& empty) {
    const auto bytes = take_bytes(in);
    auto contacts = petition::decode_empty_contacts(bytes.value_or(std::string_view{}));
    if (!bytes || !contacts) return false;
    empty = std::move(*contacts);
    return true;
}

bool take_memory(std::string_view in, Memory& memory) {
    const auto form = take_form(in);
    if (!form || !take_core(in, memory)) return false;
    Session& session = memory.session;
    if (form->version != kVersion && !take_session(in, session)) return false;
    if (form->version == kWithCalls && !take_calls(in, session, memory.silent_calls)) return false;
    if (form->has(kInDanger) && !take_danger(in, session)) return false;
    if (form->has(kWithEmpty) && !take_empty(in, memory.empty)) return false;
    if (form->has(kDangerHeard)) {
        const auto heard = take_number(in);
        if (!heard) return false;
        memory.danger_heard_at = core::from_millis(*heard);
    }
    if (form->has(kRingsRelative) && !take_relative(in, session, memory.talks)) return false;
    if (form->has(kWithLetters) && !take_letters(in, memory)) return false;
    if (form->has(kCalledBack) && !take_call_backs(in, memory.call_backs)) return false;
    if (form->with_talks && !take_talks(in, memory.talks)) return false;
    return in.empty();
}

}  // namespace

std::string encode(const Memory& memory) {
    std::string out;
    out.reserve(512);
    const std::string empty = petition::encode(memory.empty);
    const bool danger = has_danger(memory.session);
    const bool calls = memory.session.calls || !memory.silent_calls.empty();
    const bool session = calls || !memory.session.id.empty();
    const int version = calls ? kWithCalls : session ? kWithSession : kVersion;
    const bool relative = static_cast<bool>(memory.session.rings_tie);
    const bool letters = memory.kin_chosen || memory.kin_line_at || !memory.letters.empty();
    const int added = (danger ? kInDanger : 0) | (empty.empty() ? 0 : kWithEmpty) |
                      (memory.danger_heard_at ? kDangerHeard : 0) | (relative ? kRingsRelative : 0) |
                      (letters ? kWithLetters : 0) | (memory.call_backs.empty() ? 0 : kCalledBack);
    const bool talks = !memory.talks.empty();
    out.push_back(static_cast<char>((talks ? kWide : version) | added));
    if (talks) out.push_back(static_cast<char>(version | kWithTalks));
    put_bytes(out, core::encode(memory.flow));
    put_bytes(out, petition::encode(memory.habits));
    put_number(out, memory.about.value);
    put_number(out, memory.answered_at ? core::to_millis(*memory.answered_at) : 0);
    put_number(out, memory.lapse_is_set ? 1 : 0);
    put_bytes(out, memory.held);
    if (session) put_session(out, memory.session);
    if (calls) put_calls(out, memory);
    if (danger) put_danger(out, memory.session);
    if (!empty.empty()) put_bytes(out, empty);
    if (memory.danger_heard_at) put_number(out, core::to_millis(*memory.danger_heard_at));
    if (relative) put_relative(out, memory.session);
    if (letters) put_letters(out, memory);
    if (!memory.call_backs.empty()) put_call_backs(out, memory.call_backs);
    if (talks) put_talks(out, memory.talks);
    return out;
}

core::Result<Memory> decode_memory(std::string_view bytes) {
    // Filled where it is handed out: there is much of it to move.
    core::Result<Memory> decoded;
    if (!take_memory(bytes, *decoded)) return core::malformed("a conversation's stored state cannot be read");
    return decoded;
}

}  // namespace harborline::gateway
