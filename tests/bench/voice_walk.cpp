#include "tests/bench/voice_walk.hpp"

#include "gateway/carriers/twilio_signature.hpp"

namespace harborline::bench {

VoiceWalk::VoiceWalk(const std::vector<Screen>& screens, const Account& account, std::string_view run, int handset)
    : Walk(screens), account_(account), run_(run), digits_(handset_digits(handset)) {}

std::string VoiceWalk::request() {
    if (step() == 0) ++called_;
    std::string path = account_.path;
    path.append(is_last() ? "/end" : step() == 0 ? "/voice" : "/voice/" + std::to_string(step()));
    gateway::NamedValues fields{{"CallSid", "CA" + run_ + "-" + digits_ + "-" + std::to_string(called_)},
                                {"AccountSid", "AC1"},
                                {"From", "+8619903" + digits_},
                                {"To", "+8645112338000"},
                                {"Direction", "inbound"},
                                {"CallStatus", is_last() ? "completed" : "in-progress"}};
    if (step() > 0 && !is_last()) fields.emplace_back("Digits", screen().entered);
    std::string body;
    for (const auto& [name, value] : fields)
        body.append(body.empty() ? "" : "&").append(name).append("=").append(form_encoded(value));
    const auto signature =
        gateway::twilio_signature(core::Secret{account_.password}, account_.base + path, std::move(fields));
    return posted_form(path, body, "X-Twilio-Signature: " + signature + "\r\n");
}

bool VoiceWalk::fits(std::string_view body) const {
    return body.find("<Response") != std::string_view::npos;
}

}  // namespace harborline::bench
