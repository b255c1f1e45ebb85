#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The recordings of a real FreeSWITCH beside this file. "> line" went to it, "< line" came from it, with A or B in
/// front where there were two connections; ">-" and "<-" have no LF at their end; "# …" is a time or a remark.
namespace harborline::testing {

/// One thing that happened on a connection.
struct Recorded {
    enum class Kind { kSent, kReceived, kConnected, kClosed };
    Kind kind = Kind::kSent;
    char connection = 'A';
    std::string bytes{};
};

/// `name`: "10-answered".
std::vector<Recorded> read_recording(const std::string& name);
/// All 38, sorted.
const std::vector<std::string>& recording_names();

/// The bytes that came from the switch on one connection.
std::string received(const std::vector<Recorded>& recording, char connection);

/// Cuts what the switch said into messages, by the simplest means; throws where that can not be done.
std::vector<std::string> messages_of(std::string_view bytes);
/// The value of a header line in a text, or empty.
std::string value_in(std::string_view text, std::string_view name);

/// What a connection of ours is to live through, made of a recording: only what our client would have said is waited
/// for; answers to anything else (filter, exit, show …) are left out. A second client at the same time lends its
/// events.
struct SwitchStep {
    enum class Kind { kAwait, kSay, kClose };
    Kind kind = Kind::kSay;
    std::string text{};
};
using SwitchScript = std::vector<SwitchStep>;
std::vector<SwitchScript> scripts_of(const std::vector<Recorded>& recording);

}  // namespace harborline::testing
