// What we write as HTTP is read again as what was meant: requests by our own reader, answers by Beast's.
#include <algorithm>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstdlib>

#include "gateway/http/request_reader.hpp"
#include "gateway/http/request_text.hpp"
#include "gateway/http/response_text.hpp"
#include "tests/fuzz/target.hpp"

namespace harborline::fuzz {
namespace {

namespace http = boost::beast::http;
using gateway::RequestReader;

std::string_view trimmed(std::string_view value) {
    const auto first = value.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return value.substr(first, value.find_last_not_of(" \t") - first + 1);
}

void try_request(Draw draw) {
    gateway::ApiRequest request{.method = std::string{draw.until('\n')},
                                .url = "http://127.0.0.1:" + std::string{draw.until('\n')}};
    for (auto left = draw.below(4); left > 0; --left) {
        const std::string_view name = draw.until(':');
        request.headers.emplace_back(name, draw.until('\n'));
    }
    request.body = draw.rest();
    const auto text = gateway::write_request(request);
    if (!text) return require(text.error().message.find("127") == std::string::npos, "an error repeats nothing");
    require(text->host == "127.0.0.1", "nothing leads to another peer");
    const auto port = std::strtoull(text->port.c_str(), nullptr, 10);
    require(port > 0 && port <= 0xFFFF, "a port is one");

    const gateway::RoutePolicy any = [](auto, auto) { return gateway::RouteLimits{.body_max = 1 << 20}; };
    RequestReader reader{any, 64 * 1024};
    gateway::WebRequest read;
    reader.start(read);
    require(reader.feed(text->bytes) == RequestReader::State::kComplete, "a request is one whole request");
    require(!reader.has_leftover(), "a request is no more than one");
    require(read.method == request.method && read.body == request.body, "method and body arrive");
    for (const auto& [name, value] : request.headers)
        require(std::ranges::find(read.headers, std::pair{name, std::string{trimmed(value)}}) != read.headers.end(),
                "every header arrives");
}

void try_response(Draw draw) {
    constexpr std::array kStatuses{200, 202, 204, 400, 404, 405, 408, 413, 429, 431, 500, 503};
    const int status = kStatuses.at(draw.below(kStatuses.size()));
    const std::uint8_t flags = draw.byte();
    const gateway::ResponseForm form{.close = (flags & 1) != 0,
                                     .http_1_0 = (flags & 2) != 0,
                                     .head_only = (flags & 4) != 0,
                                     .allow = (flags & 8) != 0 ? std::string_view{"GET, POST"} : std::string_view{}};
    const gateway::WebResponse response{
        .status = status, .content_type = "text/plain", .body = std::string{draw.rest()}};
    std::string text = "what was there before";
    gateway::write_response(response, form, text);

    http::response_parser<http::string_body> parser;
    parser.eager(true);
    parser.skip(form.head_only);
    parser.body_limit(boost::none);
    boost::beast::error_code failed;
    const auto used = parser.put(boost::asio::buffer(text), failed);
    require(!failed && parser.is_done() && used == text.size(), "an answer is one whole answer");
    require(parser.get().result_int() == static_cast<unsigned>(status), "the status arrives");
    const bool has_body = status != 204 && !form.head_only;
    require(parser.get().body() == (has_body ? response.body : std::string{}), "the body arrives");
    require(parser.get().keep_alive() == !form.close, "whether the connection stays is told");
}

}  // namespace

void try_input(std::string_view input) {
    try_request(Draw{input});
    try_response(Draw{input});
}

}  // namespace harborline::fuzz
