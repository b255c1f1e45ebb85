#include <array>
#include <limits>

#include "handlers/petition/empty_contacts.hpp"
#include "handlers/petition/habits.hpp"

namespace harborline::petition {

namespace {

using core::Instant;

constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kStopped = 1;
constexpr std::uint8_t kHasLast = 2;
constexpr std::uint64_t kSpent = 1;  ///< Of an empty contact; its line is in the bits above.

/// Seven bits a byte, lowest first, the top bit set on all but the last (LEB128).
void put(std::string& out, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
    out += static_cast<char>(value);
}

// Instants are written as the distance to the one before, signed in the lowest bit: lists are in order of writing, and
// a clock may have stepped back in between.
std::uint64_t fold_sign(std::int64_t value) {
    return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}
std::int64_t unfold_sign(std::uint64_t value) {
    return static_cast<std::int64_t>((value >> 1) ^ (~(value & 1) + 1));
}

class Writer {
  public:
    void number(std::uint64_t value) { put(bytes_, value); }
    void instant(Instant at) {
        const auto millis = static_cast<std::uint64_t>(core::to_millis(at));
        number(fold_sign(static_cast<std::int64_t>(millis - before_)));
        before_ = millis;
    }
    void list(const std::vector<Instant>& instants) {
        number(instants.size());
        for (const auto at : instants) instant(at);
    }
    std::string take() { return std::move(bytes_); }

  private:
    std::string bytes_{};
    std::uint64_t before_ = 0;
};

/// Reads what Writer wrote. After the first thing that does not fit everything reads as 0 and `ok` is false.
class Reader {
  public:
    explicit Reader(std::string_view bytes) : bytes_(bytes) {}

    std::uint64_t number(std::uint64_t at_most = std::numeric_limits<std::uint64_t>::max()) {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64 && !bytes_.empty(); shift += 7) {
            const auto byte = static_cast<unsigned char>(bytes_.front());
            const std::uint64_t bits = byte & 0x7f;
            const bool is_needless = shift > 0 && byte == 0;
            if (is_needless || (bits << shift) >> shift != bits) return fail();
            bytes_.remove_prefix(1);
            value |= bits << shift;
            if ((byte & 0x80) == 0) return value <= at_most ? value : fail();
        }
        return fail();
    }
    Instant instant() {
        before_ += static_cast<std::uint64_t>(unfold_sign(number()));
        return core::from_millis(static_cast<std::int64_t>(before_));
    }
    std::vector<Instant> list(std::size_t at_most) {
        std::vector<Instant> instants(number(at_most));
        for (auto& at : instants) at = instant();
        return instants;
    }
    bool ok_to_the_end() const { return ok_ && bytes_.empty(); }

  private:
    std::uint64_t fail() {
        ok_ = false;
        bytes_ = {};
        return 0;
    }

    std::string_view bytes_;
    std::uint64_t before_ = 0;
    bool ok_ = true;
};

}  // namespace

std::string encode(const Habits& habits) {
    if (habits.is_fresh()) return {};
    Writer out;
    out.number(kVersion);
    out.number((habits.stopped_ ? kStopped : 0) | (habits.last_at_ ? kHasLast : 0));
    out.number(static_cast<std::uint64_t>(habits.run_));
    if (habits.last_at_) {
        out.number(habits.last_hash_);
        out.instant(*habits.last_at_);
    }
    out.list(habits.automatic_);
    out.list(habits.wrong_tries_);
    return out.take();
}

core::Result<Habits> decode_habits(std::string_view bytes) {
    Habits habits;
    if (bytes.empty()) return habits;
    Reader in{bytes};
    const bool known = in.number() == kVersion;
    const auto flags = in.number(kStopped | kHasLast);
    habits.stopped_ = (flags & kStopped) != 0;
    habits.run_ = static_cast<int>(in.number(std::numeric_limits<std::int16_t>::max()));
    if ((flags & kHasLast) != 0) {
        habits.last_hash_ = in.number();
        habits.last_at_ = in.instant();
    }
    habits.automatic_ = in.list(Habits::kAutomaticMax);
    habits.wrong_tries_ = in.list(Habits::kWrongTriesMax);
    if (!known || !in.ok_to_the_end() || habits.is_fresh())
        return core::Error{core::ErrorKind::kMalformed, "The stored habits of a handset can not be read."};
    return habits;
}

std::string encode(const EmptyContacts& contacts) {
    if (contacts.contacts_.empty()) return {};
    Writer out;
    out.number(kVersion);
    out.number(contacts.contacts_.size());
    for (const auto& one : contacts.contacts_) {
        out.number((static_cast<std::uint64_t>(one.line) << 1) | (one.spent ? kSpent : 0));
        out.instant(one.at);
    }
    for (const auto begun : contacts.begun_) out.instant(begun);
    return out.take();
}

core::Result<EmptyContacts> decode_empty_contacts(std::string_view bytes) {
    EmptyContacts contacts;
    if (bytes.empty()) return contacts;
    Reader in{bytes};
    const bool known = in.number() == kVersion;
    contacts.contacts_.resize(in.number(EmptyContacts::kMax));
    for (auto& one : contacts.contacts_) {
        const auto flags = in.number((static_cast<std::uint64_t>(core::ChannelKind::kVoice) << 1) | kSpent);
        one.line = static_cast<core::ChannelKind>(flags >> 1);
        one.spent = (flags & kSpent) != 0;
        one.at = in.instant();
    }
    for (auto& begun : contacts.begun_) begun = in.instant();
    if (!known || !in.ok_to_the_end() || contacts.contacts_.empty())
        return core::Error{core::ErrorKind::kMalformed, "The stored empty contacts of a handset can not be read."};
    return contacts;
}

}  // namespace harborline::petition
