#include "gateway/phone/phone_act.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace harborline::gateway {
namespace {

struct Written {
    std::string_view text{};
    PhoneAct::Kind kind{};
};
constexpr std::array kWritten{
    Written{"(calls)", PhoneAct::Kind::kCall},           Written{"(nothing)", PhoneAct::Kind::kKeys},
    Written{"(hangs up)", PhoneAct::Kind::kHangUp},      Written{"(picks up)", PhoneAct::Kind::kPickUp},
    Written{"(talk ends)", PhoneAct::Kind::kTalkEnds},   Written{"(nobody answers)", PhoneAct::Kind::kNobody},
    Written{"(lets it ring)", PhoneAct::Kind::kLetRing},
};

}  // namespace

std::optional<PhoneAct> read_phone_act(std::string_view written) {
    if (const auto* known = std::ranges::find(kWritten, written, &Written::text); known != kWritten.end())
        return PhoneAct{.kind = known->kind};
    constexpr std::string_view kSays = "(says ";
    if (!written.starts_with(kSays)) return std::nullopt;
    written.remove_prefix(kSays.size());
    int seconds = 0;
    const auto read = std::from_chars(written.data(), written.data() + written.size(), seconds);
    const std::string_view rest{read.ptr, written.data() + written.size()};
    if (read.ec != std::errc{} || seconds < 1 || (rest != "s)" && rest != "s, hangs up)")) return std::nullopt;
    const auto kind = rest == "s)" ? PhoneAct::Kind::kSay : PhoneAct::Kind::kSayAndGo;
    return PhoneAct{.kind = kind, .length = std::chrono::seconds{seconds}};
}

bool are_phone_keys(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789*#") == std::string_view::npos;
}

std::string written(const core::CallAct& act) {
    if (const auto* gather = std::get_if<core::Gather>(&act))
        return gather->digits_max == 1 ? "(a key)" : fmt::format("({} keys)", gather->digits_max);
    if (const auto* dial = std::get_if<core::Dial>(&act)) return fmt::format("(rings {})", dial->numbers.size());
    if (std::holds_alternative<core::Record>(act)) return "(recording)";
    if (std::holds_alternative<core::Wait>(act)) return "(waits)";
    if (const auto* end = std::get_if<core::HangUp>(&act); end != nullptr && end->unanswered) return "(busy)";
    return std::holds_alternative<core::Join>(act) ? "(joined)" : "(hangs up)";
}

}  // namespace harborline::gateway
