#pragma once
#include "gateway/carriers/freeswitch_carrier.hpp"
#include "tests/gateway/carriers/kit.hpp"

/// Requests as FreeSWITCH writes them, and what ours makes of them.
namespace harborline::gateway::testing {

inline const core::Instant kNow = harborline::testing::FakeClock{}.now();
inline const std::string kBase = "http://127.0.0.1:8700/in/voice/token";

inline std::unique_ptr<Carrier> freeswitch() {
    return make_freeswitch({.base = core::Secret{kBase},
                            .way = {.number = "12333", .dial = "sofia/gateway/carrier/{number}"},
                            .event_socket = true,
                            .country = "86"});
}

inline WebRequest form(const std::string& action, const std::string& fields) {
    WebRequest request{.method = "POST", .action = action, .body = "session_id=a1-b2&" + fields};
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
    return request;
}

inline WebRequest inbound(const std::string& action, const std::string& rest = "",
                          const std::string& caller = "%2B8619900001234") {
    return form(action, "Caller-Direction=inbound&Caller-Caller-ID-Number=" + caller +
                            "&Caller-Destination-Number=12333&" + rest);
}

inline WebRequest outbound(const std::string& action, const std::string& rest, const std::string& caller = "12333") {
    return form(action, "Caller-Direction=outbound&Caller-Caller-ID-Number=" + caller +
                            "&Caller-Destination-Number=19900005678&" + rest);
}

inline std::string part(const std::string& name, const std::string& value) {
    return "------4a7b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
}

/// As FreeSWITCH sends a recording, from the parts between.
inline WebRequest multipart(const std::string& action, const std::string& parts) {
    WebRequest request{.method = "POST", .action = action, .body = parts + "------4a7b--\r\n"};
    request.headers = {{"Content-Type", "multipart/form-data; boundary=----4a7b"}};
    return request;
}

inline std::string file(const std::string& bytes) {
    return "------4a7b\r\nContent-Disposition: form-data; name=\"recording\"; filename=\"a_recording.wav\"\r\n"
           "Content-Type: application/octet-stream\r\n\r\n" +
           bytes + "\r\n";
}

inline WebRequest recorded(const std::string& action, const std::string& bytes, const std::string& more = "") {
    return multipart(action, part("session_id", "a1-b2") + part("Caller-Direction", "inbound") +
                                 part("Caller-Caller-ID-Number", "19900001234") + file(bytes) + more);
}

inline core::Inbound read(const WebRequest& request) {
    const auto decoded = freeswitch()->decode(request, kNow);
    EXPECT_TRUE(decoded.has_value()) << (decoded ? "" : decoded.error().message);
    return decoded ? decoded->front().value() : core::Inbound{};
}

inline bool is_refused(const WebRequest& request) {
    return !freeswitch()->decode(request, kNow).has_value();
}

}  // namespace harborline::gateway::testing
