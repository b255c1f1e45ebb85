#include "handlers/core/call.hpp"

#include "handlers/core/compact.hpp"

namespace harborline::core {
namespace {

/// The first had no letters, the second turned nobody away.
constexpr std::uint8_t kCallVersionFirst = 1;
constexpr std::uint8_t kCallVersionLetters = 2;
constexpr std::uint8_t kCallVersion = 3;
constexpr std::size_t kUsualCallBytes = 512;
constexpr std::size_t kSoundsMax = 64;
constexpr std::size_t kNumbersMax = 16;

using std::chrono::seconds;

void put(CompactWriter& out, seconds length) {
    out.number(static_cast<std::size_t>(std::max<std::int64_t>(length.count(), 0)));
}

void put(CompactWriter& out, const std::vector<Sound>& sounds) {
    out.number(sounds.size());
    for (const Sound& sound : sounds) {
        out.text(sound.words);
        out.text(sound.prompt);
        out.byte(sound.personal ? 1 : 0);
        out.number(static_cast<std::size_t>(std::max<std::int64_t>(sound.letter.value, 0)));
        out.text(sound.recording);
        out.text(sound.url);
    }
}

struct PutAct {
    CompactWriter& out;
    void operator()(const HangUp& end) const { out.byte(end.unanswered ? 1 : 0); }
    void operator()(const Join&) const {}
    void operator()(const Wait& wait) const { put(out, wait.length); }
    void operator()(const Gather& gather) const {
        out.number(static_cast<std::size_t>(std::max(gather.digits_max, 0)));
        put(out, gather.silence);
        put(out, gather.between);
    }
    void operator()(const Record& record) const {
        put(out, record.longest);
        put(out, record.silence);
        out.byte(record.tone ? 1 : 0);
    }
    void operator()(const Dial& dial) const {
        out.text(dial.name);
        out.number(dial.numbers.size());
        for (const auto& number : dial.numbers) out.text(number);
        put(out, dial.ring);
        put(out, dial.longest);
        put(out, dial.warning);
        put(out, dial.warned);
    }
};

seconds take_seconds(CompactReader& in) {
    return seconds{static_cast<std::int64_t>(in.number())};
}

std::vector<Sound> take_sounds(CompactReader& in, std::uint8_t version) {
    std::vector<Sound> sounds;
    const std::size_t count = in.number();
    if (count > kSoundsMax) in.fail();
    while (in.ok() && sounds.size() < count) {
        Sound sound;
        sound.words = in.text();
        sound.prompt = in.text();
        const std::uint8_t personal = in.byte();
        if (personal > 1) in.fail();
        sound.personal = personal == 1;
        if (version > kCallVersionFirst) sound.letter.value = static_cast<std::int64_t>(in.number());
        sound.recording = in.text();
        sound.url = in.text();
        sounds.push_back(std::move(sound));
    }
    return sounds;
}

Dial take_dial(CompactReader& in, std::uint8_t version) {
    Dial dial;
    dial.name = in.text();
    const std::size_t count = in.number();
    if (count > kNumbersMax) in.fail();
    while (in.ok() && dial.numbers.size() < count) dial.numbers.emplace_back(in.text());
    dial.ring = take_seconds(in);
    dial.longest = take_seconds(in);
    dial.warning = take_seconds(in);
    dial.warned = take_sounds(in, version);
    return dial;
}

Gather take_gather(CompactReader& in) {
    Gather gather;
    gather.digits_max = static_cast<int>(in.number());
    gather.silence = take_seconds(in);
    gather.between = take_seconds(in);
    return gather;
}

Record take_record(CompactReader& in) {
    Record record;
    record.longest = take_seconds(in);
    record.silence = take_seconds(in);
    const std::uint8_t tone = in.byte();
    if (tone > 1) in.fail();
    record.tone = tone == 1;
    return record;
}

HangUp take_hang_up(CompactReader& in, std::uint8_t version) {
    if (version <= kCallVersionLetters) return {};
    const std::uint8_t unanswered = in.byte();
    if (unanswered > 1) in.fail();
    return {.unanswered = unanswered == 1};
}

/// By the place of its kind in CallAct.
CallAct take_act(CompactReader& in, std::uint8_t version) {
    switch (in.byte()) {
        case 0:
            return take_hang_up(in, version);
        case 1:
            return take_gather(in);
        case 2:
            return take_record(in);
        case 3:
            return take_dial(in, version);
        case 4:
            return Wait{take_seconds(in)};
        case 5:
            return Join{};
        default:
            in.fail();
            return HangUp{};
    }
}

}  // namespace

bool is_dial_name(std::string_view text) {
    constexpr std::size_t kMax = 32;
    return !text.empty() && text.size() <= kMax && text.find_first_not_of("0123456789.") == std::string_view::npos;
}

std::string encode(const CallAnswer& answer) {
    CompactWriter out{kUsualCallBytes};
    out.byte(kCallVersion);
    out.text(answer.language);
    out.number(static_cast<std::size_t>(std::max(answer.step, 0)));
    put(out, answer.sounds);
    out.byte(static_cast<std::uint8_t>(answer.act.index()));
    std::visit(PutAct{out}, answer.act);
    return out.take();
}

Result<CallAnswer> decode_call_answer(std::string_view bytes) {
    CompactReader in{bytes};
    CallAnswer answer;
    const std::uint8_t version = in.byte();
    if (version < kCallVersionFirst || version > kCallVersion) in.fail();
    answer.language = in.text();
    answer.step = static_cast<int>(in.number());
    answer.sounds = take_sounds(in, version);
    answer.act = take_act(in, version);
    if (!in.at_end()) return Error{ErrorKind::kMalformed, "a stored answer of a call can not be read"};
    return answer;
}

}  // namespace harborline::core
