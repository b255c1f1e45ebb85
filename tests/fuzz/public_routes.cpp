// The public listener's routes behind a store that only says yes, no or "a bug". Lines: a byte for the store, method,
// path, query, peer, sender, content type; then the body.
#include "gateway/routes/public_routes.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "tests/fuzz/carriers.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/support/fakes.hpp"

namespace harborline::fuzz {
namespace {

constexpr std::string_view kToken = "fuzz-token-0123456789abc";

/// Carries nothing out. Each two bits of `script` say what becomes of the next piece of work.
class SayingStore : public storage::Store {
  public:
    void submit(Lane, Work work, Done done) override {
        work = nullptr;
        const auto word = script >> (2 * (submitted++ % 4)) & 3U;
        if (word == 2) return done(std::make_exception_ptr(storage::Unavailable("the disk is full")));
        if (word == 3) return done(std::make_exception_ptr(std::logic_error("a bug")));
        done(nullptr);
    }
    bool healthy() const override { return true; }
    std::size_t waiting() const override { return 0; }
    std::array<std::byte, 32> secret(storage::SecretPurpose) const override { return {}; }
    void stop() override {}

    unsigned script = 0;
    std::size_t submitted = 0;
};

config::ChannelSettings channel(std::string name, std::vector<std::string> networks = {}) {
    config::ChannelSettings settings{.name = name, .token = core::Secret{std::string{kToken}}};
    settings.carrier = name == "handset" ? "handset" : "kannel";
    settings.networks = std::move(networks);
    settings.inbound_per_s = 0;  // A fuzzer writes more than any carrier.
    return settings;
}

/// Everything that the routes need, built once; nothing in it remembers a request but the mailbox.
struct Listener {
    Listener() {
        routes.add(kannel_channel, *kannel_carrier);
        routes.add(fenced_channel, *kannel_carrier);
        routes.add(handset_channel, *handset_carrier);
    }

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
    SayingStore store{};
    testing::FakeClock clock{};
    testing::FakeRandom random{};
    config::Settings settings{};
    flow::Book book{};
    gateway::Rules rules{settings, book, petition::ReferenceNumbers{{}}, core::TimeZone::named("Asia/Shanghai").value(),
                         random};
    gateway::TurnTaker taker{rules};
    gateway::ReplyDesk replies{rules, taker.desk()};
    gateway::StoreGate gate{store, loop.get_executor()};
    gateway::Mailbox mailbox{core::Instant{}};
    int refused = 0;
    gateway::ConversationService service{gate, taker, replies, [] {}};
    gateway::PublicRoutes routes{{.service = service,
                                  .mailbox = mailbox,
                                  .clock = clock,
                                  .country = "86",
                                  .on_inbound =
                                      [this](std::string_view, gateway::InboundOutcome outcome) {
                                          refused += outcome == gateway::InboundOutcome::kRefused ? 1 : 0;
                                      },
                                  .on_turn = {},
                                  .log = {}}};
    config::ChannelSettings kannel_channel = channel("kannel");
    config::ChannelSettings fenced_channel = channel("fenced", {"10.0.0.0/8", "2001:db8::/32"});
    config::ChannelSettings handset_channel = channel("handset");
    std::unique_ptr<gateway::Carrier> kannel_carrier = kannel();
    std::unique_ptr<gateway::Carrier> handset_carrier = handset();
};

void require_fits(const gateway::WebResponse& response, const Listener& listener) {
    require(response.body.find(kToken) == std::string::npos, "an answer holds no token");
    switch (response.status) {
        case 200:
            return;
        case 400:
        case 404:
            require(response.body.size() > 3, "a refusal says why");
            return require(listener.store.submitted == 0, "nothing of what is refused is stored");
        case 503:
            return require(listener.store.submitted > 0, "only the store makes a carrier try again");
        default:
            require(false, "a route answers 200, 400, 404 or 503");
    }
}

}  // namespace

void try_input(std::string_view input) {
    static Listener listener;
    Draw draw{input};
    listener.store.script = draw.byte();
    listener.store.submitted = 0;
    listener.refused = 0;
    gateway::WebRequest request{.method = std::string{draw.until('\n')}, .path = std::string{draw.until('\n')}};
    request.query = draw.until('\n');
    request.peer = draw.until('\n');
    request.headers.emplace_back("X-Kannel-From", draw.until('\n'));
    request.headers.emplace_back("Content-Type", draw.until('\n'));
    request.body = draw.rest();

    const auto limits = listener.routes.limits(request.method, request.path);
    if (limits.refusal) {
        const int status = limits.refusal->status;
        require(status == 404 || (status == 405 && !limits.allow.empty()), "a route refuses with 404 or 405");
        if (request.path.find(kToken) == std::string::npos) require(status == 404, "a wrong token is a 404");
        return;
    }
    require(request.path.find(kToken) != std::string::npos, "without a token nobody comes in");
    if (request.body.size() > limits.body_max) return;
    const auto response = listener.answer(request);
    require_fits(response, listener);
    if (request.path.starts_with("/in/fenced/") && !request.peer.starts_with("10.") &&
        request.peer.find(':') == std::string::npos)
        require(response.status == 404, "a foreign network is a 404");
}

}  // namespace harborline::fuzz
