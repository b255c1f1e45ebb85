#include "tests/bench/ussd_walk.hpp"

#include <array>
#include <cstdio>
#include <fstream>
#include <stdexcept>

namespace harborline::bench {
namespace {

std::string form_encoded(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (plain) {
            out += c;
            continue;
        }
        std::array<char, 4> escaped{};
        std::snprintf(escaped.data(), escaped.size(), "%%%02X", static_cast<unsigned>(static_cast<unsigned char>(c)));
        out += escaped.data();
    }
    return out;
}

}  // namespace

std::vector<Screen> read_screens(const std::filesystem::path& file) {
    std::vector<Screen> screens;
    std::ifstream in(file, std::ios::binary);
    for (std::string line; std::getline(in, line);) {
        const auto tab = line.find('\t');
        if (tab == std::string::npos) throw std::runtime_error("a line of the file of screens has no tabulator");
        screens.push_back({line.substr(0, tab), line.substr(tab + 1)});
    }
    if (screens.size() < 2) throw std::runtime_error("the file of screens is empty or missing");
    return screens;
}

UssdWalk::UssdWalk(const std::vector<Screen>& screens, std::string_view path, std::string_view run, int handset)
    : screens_(screens), path_(path), run_(run), handset_(handset) {}

std::string UssdWalk::request() {
    if (step_ == 0) {
        ++dialled_;
        text_.clear();
    } else {
        text_.append(step_ == 1 ? "" : "*").append(screens_[step_].entered);
    }
    std::array<char, 16> number{};
    std::snprintf(number.data(), number.size(), "%06d", handset_);
    std::string body = "sessionId=ATUid_";
    body.append(run_).append("-").append(number.data()).append("-").append(std::to_string(dialled_));
    body.append("&serviceCode=").append(form_encoded("*384*12338#")).append("&phoneNumber=%2B8619902");
    body.append(number.data()).append("&networkCode=63902&text=").append(form_encoded(text_));
    std::string request = "POST ";
    request.append(path_).append(" HTTP/1.1\r\nHost: 127.0.0.1\r\n");
    request.append("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ");
    return request.append(std::to_string(body.size())).append("\r\n\r\n").append(body);
}

bool UssdWalk::answered(int status, std::string_view body) {
    const bool last = step_ + 1 == screens_.size();
    const bool right = status == 200 && body.starts_with(last ? "END " : "CON ") &&
                       body.find(screens_[step_].holds) != std::string_view::npos;
    step_ = last ? 0 : step_ + 1;
    return right;
}

}  // namespace harborline::bench
