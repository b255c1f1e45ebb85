// The private listener: method and path on a line each, then the body.
#include "gateway/routes/private_routes.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/parse.hpp>

#include "tests/fuzz/target.hpp"

namespace harborline::fuzz {
namespace {

struct Listener {
    gateway::WebResponse answer(gateway::WebRequest& request) {
        gateway::WebResponse response;
        loop.restart();
        boost::asio::co_spawn(loop, routes.handle(request), [&](std::exception_ptr thrown, gateway::WebResponse given) {
            require(thrown == nullptr, "a route throws nothing");
            response = std::move(given);
        });
        loop.run();
        return response;
    }

    boost::asio::io_context loop{1};
    gateway::Mailbox mailbox{core::Instant{}};
    gateway::PrivateRoutes routes{{.mailbox = mailbox,
                                   .country = "86",
                                   .why_not_ready = [] { return std::string{"the roster is empty"}; },
                                   .metrics = [] { return std::string{"harborline_connections 0\n"}; }}};
};

/// What was taken lies in the box of its phone.
void require_delivered(gateway::Mailbox& mailbox, std::string_view body) {
    const auto sent = boost::json::parse(boost::json::string_view{body.data(), body.size()});
    const auto phone = core::PhoneNumber::parse(std::string_view{sent.at("to").as_string()}, "86").value();
    const auto texts = mailbox.take_after(phone, 0);
    require(!texts.empty(), "a text that was taken is in its mailbox");
    require(texts.back().text == std::string_view{sent.at("text").as_string()}, "a text is kept as it was written");
    require(texts.back().message.value == sent.at("id").as_int64(), "a text keeps its id");
}

}  // namespace

void try_input(std::string_view input) {
    Listener listener;
    Draw draw{input};
    gateway::WebRequest request{.method = std::string{draw.until('\n')}, .path = std::string{draw.until('\n')}};
    request.body = draw.rest();

    const auto limits = listener.routes.limits(request.method, request.path);
    if (limits.refusal) {
        const int status = limits.refusal->status;
        return require(status == 404 || (status == 405 && !limits.allow.empty()), "a route refuses with 404 or 405");
    }
    if (request.body.size() > limits.body_max) return;
    const auto response = listener.answer(request);
    const bool known =
        response.status == 200 || response.status == 202 || response.status == 400 || response.status == 503;
    require(known, "a route answers 200, 202, 400 or 503");
    if (response.status == 202) require_delivered(listener.mailbox, request.body);
}

}  // namespace harborline::fuzz
