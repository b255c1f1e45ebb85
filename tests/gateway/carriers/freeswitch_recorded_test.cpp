#include <array>
#include <charconv>
#include <fstream>

#include "tests/gateway/carriers/freeswitch_requests.hpp"

namespace harborline::gateway {
namespace freeswitch_recorded_test {

using namespace testing;
using core::CallInput;

// What FreeSWITCH really sent (httapi.md). Each file is one call; addresses and the names of digits are those that our
// documents would have given.

/// The fields that every request repeats, beside whose it is.
constexpr const char* kRun =
    "Caller-Logical-Direction=inbound&Caller-Username=19900001234&Caller-Dialplan=XML&Caller-Caller-ID-Name=Test%20%26%"
    "2B"
    "%E5%A5%BD&Caller-Orig-Caller-ID-Name=Test&Caller-Orig-Caller-ID-Number=19900001234&Caller-Network-Addr=127.0.0.1&"
    "Caller-ANI=19900001234&Caller-Destination-Number=100&Caller-Unique-ID=cc536673-7442-41b8-93a0-4923b612ccb1&"
    "Caller-Source=mod_sofia&Caller-Context=hot&Caller-Channel-Name=sofia/lo/19900001234%40127.0.0.1%3A15682&"
    "Caller-Profile-Index=1&Caller-Profile-Created-Time=1795439186090741&Caller-Channel-Created-Time=1795439186090741&"
    "Caller-Channel-Answered-Time=1795439186090741&Caller-Channel-Progress-Time=0&Caller-Channel-Progress-Media-Time=0&"
    "Caller-Channel-Hangup-Time=0&Caller-Channel-Transfer-Time=0&Caller-Channel-Resurrect-Time=0&"
    "Caller-Channel-Bridged-Time=0&Caller-Channel-Last-Hold=0&Caller-Channel-Hold-Accum=0&Caller-Screen-Bit=true&"
    "Caller-Privacy-Hide-Name=false&Caller-Privacy-Hide-Number=false";

/// One line of a recorded form in parts.
std::string part_of(const std::string& line) {
    const std::size_t equals = line.find('=');
    const std::string value = line.substr(equals + 1);
    std::size_t size = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), size);
    const bool is_file = error == std::errc{} && std::string_view{end} == " bytes";
    return is_file ? file(std::string(size, '\0')) : part(line.substr(0, equals), value);
}

std::vector<WebRequest> replay(const std::string& name) {
    constexpr std::string_view kShort = "CALLER…";
    std::ifstream in{HARBORLINE_SOURCE_DIR "/tests/gateway/carriers/httapi/" + name + ".txt"};
    EXPECT_TRUE(in.good()) << name;
    std::vector<WebRequest> requests;
    bool in_parts = false;
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with('#')) continue;
        const std::string method = line.substr(0, line.find(' '));
        const std::string rest = line.substr(line.find(' ') + 1);
        if (method == "MULTIPART") {
            requests.push_back(multipart(rest, ""));
        } else if (method == "POST" || method == "GET") {
            requests.push_back({.method = method, .action = rest});
        } else if (in_parts) {
            std::string& body = requests.back().body;
            body.insert(body.rfind("------4a7b--"), part_of(line));
            continue;
        } else {
            if (const auto run = line.find(kShort); run != std::string::npos) line.replace(run, kShort.size(), kRun);
            (requests.back().method == "GET" ? requests.back().query : requests.back().body) = line;
            continue;
        }
        in_parts = method == "MULTIPART";
    }
    return requests;
}

std::string described(const WebRequest& request) {
    constexpr std::array kEvents{"began",     "answered", "keys",      "recorded", "dial ended",
                                 "leg began", "leg keys", "leg ended", "ended"};
    constexpr std::array kEnds{"talked", "no answer", "busy", "refused", "failed"};
    const auto decoded = freeswitch()->decode(request, kNow);
    if (!decoded) return "refused";
    const core::Inbound& input = decoded->front().value();
    const CallInput& call = *input.call;
    std::string text = kEvents.at(static_cast<std::size_t>(call.event));
    if (call.step > 0) text += " " + std::to_string(call.step);
    if (!call.dial.empty()) text += " " + call.dial;
    if (call.event == CallInput::Event::kKeys || call.event == CallInput::Event::kLegKeys)
        text += " [" + input.text + "]";
    if (call.event == CallInput::Event::kDialEnded)
        text += std::string{" "} + kEnds.at(static_cast<std::size_t>(call.dial_end));
    if (call.event == CallInput::Event::kLegBegan) text += " shown " + call.shown;
    if (!call.audio.empty()) text += " " + std::to_string(call.audio.size()) + " bytes";
    return text;
}

struct SequenceCase {
    std::string name{};
    std::vector<std::string> events{};
    friend void PrintTo(const SequenceCase& test, std::ostream* out) { *out << test.name; }
};

class Freeswitch_Sequence : public ::testing::TestWithParam<SequenceCase> {};

TEST_P(Freeswitch_Sequence, ComesToWhatHappened) {
    const auto requests = replay(GetParam().name);
    std::vector<std::string> events;
    for (const WebRequest& request : requests) events.push_back(described(request));
    EXPECT_EQ(events, GetParam().events);
    for (const WebRequest& request : requests) {
        EXPECT_NE(freeswitch()->methods(request.action), "") << "404 costs the call (fact 3)";
        if (request.method == "GET") continue;
        const core::Inbound input = read(request);
        if (request.action.starts_with("confirm")) {
            EXPECT_NE(input.call->leg, "");
        } else {
            EXPECT_EQ(input.call->id, read(requests.front()).call->id);
            EXPECT_EQ(input.from.reveal(), "8619900001234");
        }
    }
}

// Where a document of the recording asked for nothing new, its second request reads as one more first; where it asked
// for the outcome of a dial in a second document, the request between is taken for silence. Ours do neither.
INSTANTIATE_TEST_SUITE_P(
    Recorded, Freeswitch_Sequence,
    ::testing::Values(
        SequenceCase{"100", {"began", "keys 1 [2]", "keys 2 [4711]", "recorded 3 86124 bytes", "ended 3"}},
        SequenceCase{"101", {"began", "keys 1 []", "ended 1"}}, SequenceCase{"102", {"began", "keys 1 [2]", "ended 1"}},
        SequenceCase{"103", {"began", "ended"}},
        SequenceCase{"104", {"began", "keys 1 []", "dial ended 1 talked", "ended 1"}},
        SequenceCase{"105", {"began", "keys 1 []", "dial ended 1 busy", "ended 1"}},
        SequenceCase{"106", {"began", "keys 1 []", "dial ended 1 failed", "ended 1"}},
        SequenceCase{"107", {"began", "ended"}}, SequenceCase{"108", {"began", "ended 40364 bytes"}},
        SequenceCase{"109", {"began", "ended"}}, SequenceCase{"110", {"began", "began", "began", "ended"}},
        SequenceCase{"111", {"began", "ended 1"}}, SequenceCase{"113", {"began", "keys 1 [1]", "ended 1"}},
        SequenceCase{"114", {"began", "began", "ended"}}, SequenceCase{"115", {"began", "ended 1 28204 bytes"}},
        SequenceCase{"116", {"began", "recorded 1 56044 bytes", "ended 1"}},
        SequenceCase{"117", {"began", "keys 1 [123]", "ended 1"}}, SequenceCase{"118", {"began", "ended 1"}},
        SequenceCase{"119", {"began", "keys 1 []", "ended 1"}},
        SequenceCase{"120", {"began", "keys 1 [1234]", "ended"}}, SequenceCase{"121", {"began", "began", "ended"}},
        SequenceCase{"122", {"began", "keys 1 []", "ended 1"}},
        SequenceCase{"123", {"began", "recorded 1 1159084 bytes", "ended 1"}}, SequenceCase{"207", {"began", "ended"}},
        SequenceCase{"208", {"began", "ended"}}, SequenceCase{"300", {"refused", "refused", "refused"}},
        SequenceCase{"503",
                     {"began", "leg began 1 shown 12333", "leg keys 1 [1]", "leg ended 1", "keys 1 []",
                      "dial ended 1 talked", "ended 1"}},
        SequenceCase{"504",
                     {"began", "leg began 1 shown 12333", "leg began 1 shown 12333", "leg keys 1 [1]", "leg ended 1",
                      "leg ended 1", "keys 1 []", "dial ended 1 talked", "ended 1"}},
        SequenceCase{"505",
                     {"began", "leg began 1 shown 12333", "leg keys 1 [1]", "leg ended 1", "keys 1 []",
                      "dial ended 1 talked", "ended 1"}},
        SequenceCase{"506", {"began", "keys 1 []", "dial ended 1 no answer", "ended 1"}},
        SequenceCase{"508",
                     {"began", "leg began 1 shown 12333", "leg keys 1 [2]", "leg ended 1", "keys 1 []",
                      "dial ended 1 refused", "ended 1"}},
        SequenceCase{"900", {"began", "ended 34284 bytes"}}, SequenceCase{"cn", {"began", "began", "began", "ended"}}),
    kNameOf);

}  // namespace freeswitch_recorded_test
}  // namespace harborline::gateway
