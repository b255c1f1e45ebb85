#include "tests/bench/ussd_walk.hpp"

namespace harborline::bench {

UssdWalk::UssdWalk(const std::vector<Screen>& screens, std::string_view path, std::string_view run, int handset)
    : Walk(screens), path_(path), run_(run), digits_(handset_digits(handset)) {}

std::string UssdWalk::request() {
    if (step() == 0) {
        ++dialled_;
        text_.clear();
    } else {
        text_.append(step() == 1 ? "" : "*").append(screen().entered);
    }
    std::string body = "sessionId=ATUid_";
    body.append(run_).append("-").append(digits_).append("-").append(std::to_string(dialled_));
    body.append("&serviceCode=").append(form_encoded("*384*12338#")).append("&phoneNumber=%2B8619902");
    body.append(digits_).append("&networkCode=63902&text=").append(form_encoded(text_));
    return posted_form(path_, body);
}

bool UssdWalk::fits(std::string_view body) const {
    return body.starts_with(is_last() ? "END " : "CON ");
}

}  // namespace harborline::bench
