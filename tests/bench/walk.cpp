#include "tests/bench/walk.hpp"

#include <array>
#include <cstdio>
#include <fstream>
#include <stdexcept>

namespace harborline::bench {

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

bool Walk::answered(int status, std::string_view body) {
    const bool right = status == 200 && fits(body) && body.find(screen().holds) != std::string_view::npos;
    step_ = is_last() ? 0 : step_ + 1;
    return right;
}

std::string handset_digits(int handset) {
    std::array<char, 16> digits{};
    std::snprintf(digits.data(), digits.size(), "%06d", handset);
    return digits.data();
}

std::string posted_form(std::string_view path, std::string_view body, std::string_view headers) {
    std::string request = "POST ";
    request.append(path).append(" HTTP/1.1\r\nHost: 127.0.0.1\r\n").append(headers);
    request.append("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ");
    return request.append(std::to_string(body.size())).append("\r\n\r\n").append(body);
}

}  // namespace harborline::bench
