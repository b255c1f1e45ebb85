#include "gateway/calls/switch_command.hpp"

#include <algorithm>

namespace harborline::gateway {

using core::Error;
using core::ErrorKind;
using core::Result;

namespace {

constexpr std::size_t kPasswordMax = 512;
constexpr std::size_t kCauseMax = 64;
constexpr std::size_t kCommandMax = 4'096;
constexpr std::size_t kRungMax = 8;
constexpr std::string_view kOriginate = "bgapi originate ";

bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// Neither control characters nor DEL: it is one line, and stays one.
bool is_line(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) >= ' ' && c != 0x7f; });
}

Error cannot_be_sent(const char* what) {
    return {ErrorKind::kMalformed, std::string("event socket: ") + what + " can not be sent"};
}

}  // namespace

bool is_uuid(std::string_view text) {
    if (text.size() != 36) return false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool dash = at == 8 || at == 13 || at == 18 || at == 23;
        if (dash ? text[at] != '-' : !is_hex(text[at])) return false;
    }
    return true;
}

Result<std::string> write_auth(std::string_view password) {
    const bool fine = !password.empty() && password.size() <= kPasswordMax && is_line(password);
    if (!fine) return cannot_be_sent("such a password");
    return "auth " + std::string(password) + "\n\n";
}

Result<std::string> write_originate(const CallOrder& order) {
    if (!is_uuid(order.job)) return cannot_be_sent("the job's name");
    if (order.legs.empty() || order.legs.size() > kRungMax) return cannot_be_sent("so many legs");
    // A leg under another name than ours would ring, and never be found again.
    const bool ours = std::all_of(order.legs.begin(), order.legs.end(), [&](const std::string& leg) {
        return is_uuid(leg) && order.command.find("origination_uuid=" + leg) != std::string::npos;
    });
    if (!ours) return cannot_be_sent("a leg's name");
    if (!order.command.starts_with(kOriginate) || order.command.size() > kCommandMax || !is_line(order.command)) {
        return cannot_be_sent("such a command");
    }
    return order.command + "\nJob-UUID: " + order.job + "\n\n";
}

Result<std::string> write_kill(std::string_view uuid, std::string_view cause) {
    const bool fine =
        !cause.empty() && cause.size() <= kCauseMax &&
        std::all_of(cause.begin(), cause.end(), [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; });
    if (!is_uuid(uuid)) return cannot_be_sent("a leg's name");
    if (!fine) return cannot_be_sent("such a cause");
    return "api uuid_kill " + std::string(uuid) + " " + std::string(cause) + "\n\n";
}

Result<std::string> write_exists(std::string_view uuid) {
    if (!is_uuid(uuid)) return cannot_be_sent("a leg's name");
    return "api uuid_exists " + std::string(uuid) + "\n\n";
}

}  // namespace harborline::gateway
