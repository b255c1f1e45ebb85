#include "tests/bench/petition_requests.hpp"

#include <array>
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <utility>

namespace harborline::bench {
namespace {

constexpr int kHandsets = 10'000;
constexpr std::uint64_t kFirstNumber = 8'619'901'000'000;

}  // namespace

std::string kannel_text(std::string_view path, std::string_view id, std::uint64_t number, std::string_view body) {
    std::string request;
    request.reserve(512 + body.size());
    request.append("POST ").append(path).append("?id=").append(id);
    request.append(" HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Kannel-From: +").append(std::to_string(number));
    request.append("\r\nX-Kannel-To: 10639000\r\nX-Kannel-SMSC: trial\r\nX-Kannel-Coding: 2\r\n");
    request.append("X-Kannel-Service: default\r\nUser-Agent: Kannel/1.4.5\r\n");
    request.append("Content-Type: text/plain; charset=\"UTF-16BE\"\r\nContent-Length: ");
    request.append(std::to_string(body.size())).append("\r\n\r\n").append(body);
    return request;
}

std::string wide(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const auto lead = static_cast<unsigned char>(text[at]);
        const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : 3;
        unsigned code = length == 1 ? lead : length == 2 ? lead % 32U : lead % 16U;
        for (std::size_t follow = 1; follow < length; ++follow)
            code = code * 64 + static_cast<unsigned char>(text[at + follow]) % 64U;
        out += static_cast<char>(code / 256);
        out += static_cast<char>(code % 256);
        at += length;
    }
    return out;
}

PetitionRequests::PetitionRequests(std::string path, std::string run, const std::filesystem::path& texts,
                                   std::int64_t first)
    : path_(std::move(path)), run_(std::move(run)), order_(kHandsets), position_(first) {
    std::ifstream in(texts, std::ios::binary);
    for (std::string line; std::getline(in, line);) bodies_.push_back(wide(line));
    if (bodies_.empty()) throw std::runtime_error("the file of texts is empty or missing");
}

std::string PetitionRequests::next() {
    const auto texts = static_cast<std::int64_t>(bodies_.size());
    const auto texts_sent = [&] { return order_.round_of(position_) - order_.at(position_) % texts; };
    while (texts_sent() < 0) ++position_;
    const auto& body = bodies_[static_cast<std::size_t>(texts_sent() % texts)];
    const auto message = position_++;
    number_ = kFirstNumber + static_cast<std::uint64_t>(order_.at(message));
    std::array<char, 16> random{};  // Kannel's ids are random.
    std::snprintf(random.data(), random.size(), "%08x", static_cast<std::uint32_t>(message) * 2654435761U);
    std::string id{random.data()};
    id.append("-").append(run_).append("-").append(std::to_string(message));
    return kannel_text(path_, id, number_, body);
}

}  // namespace harborline::bench
