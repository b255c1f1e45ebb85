#pragma once
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/gateway/calls/recording.hpp"

namespace harborline::testing {

/// Listens where a FreeSWITCH would, on a free port, and lives through scripts: the first connection through the first,
/// and so on. Commands that a script does not wait for, and connections beyond the last script, are answered as a
/// switch without any call would.
class FakeSwitch {
  public:
    explicit FakeSwitch(boost::asio::io_context& loop, std::vector<SwitchScript> scripts = {})
        : state_(std::make_shared<State>(loop, std::move(scripts))) {
        boost::asio::co_spawn(loop, accept(state_), [](std::exception_ptr) {});
    }
    ~FakeSwitch() { close(); }

    std::uint16_t port() const { return state_->acceptor.local_endpoint().port(); }
    int connections() const { return state_->connections; }
    /// The command that the present script waits for.
    const std::optional<std::string>& awaited() const { return state_->awaited; }
    /// Which one it is, counted from 1: the same may be awaited twice.
    int awaits() const { return state_->awaits; }
    bool scripts_done() const { return state_->scripts_done == state_->scripts.size(); }
    /// Every command, as it came.
    const std::vector<std::string>& commands() const { return state_->commands; }
    /// From now on everything is read and nothing answered.
    void hang() { state_->hangs = true; }
    void say(std::string_view text) {
        if (state_->present) boost::asio::write(*state_->present, boost::asio::buffer(text.data(), text.size()));
    }
    /// Ends the present connection without a word; a new one is accepted.
    void cut() {
        boost::system::error_code ignored;
        if (state_->present) state_->present->close(ignored);
    }
    void close() {
        boost::system::error_code ignored;
        state_->acceptor.close(ignored);
        cut();
    }

  private:
    using Socket = boost::asio::ip::tcp::socket;
    struct State {
        State(boost::asio::io_context& loop, std::vector<SwitchScript> all)
            : acceptor(loop, {boost::asio::ip::make_address("127.0.0.1"), 0}), scripts(std::move(all)) {}
        boost::asio::ip::tcp::acceptor acceptor;
        std::vector<SwitchScript> scripts;
        std::size_t scripts_done = 0;
        std::optional<std::string> awaited{};
        std::vector<std::string> commands{};
        std::shared_ptr<Socket> present{};
        int connections = 0;
        int awaits = 0;
        bool hangs = false;
    };
    using Shared = std::shared_ptr<State>;

    static constexpr auto kNoThrow = boost::asio::as_tuple(boost::asio::use_awaitable);

    static boost::asio::awaitable<void> accept(Shared state) {
        for (;;) {
            auto [failed, socket] = co_await state->acceptor.async_accept(kNoThrow);
            if (failed) co_return;
            const auto open = std::make_shared<Socket>(std::move(socket));
            state->present = open;
            SwitchScript script;
            const auto index = static_cast<std::size_t>(state->connections++);
            const bool scripted = index < state->scripts.size();
            if (scripted) script = state->scripts[index];
            if (!scripted) script = {{SwitchStep::Kind::kSay, "Content-Type: auth/request\n\n"}};
            co_await serve(state, open, std::move(script));
            if (scripted) ++state->scripts_done;
            state->awaited.reset();
        }
    }

    /// Says what comes up to the next command that is awaited. False: it closes.
    static bool go_on(const Shared& state, const SwitchScript& script, std::size_t& at, std::string& says) {
        state->awaited.reset();
        for (; at < script.size(); ++at) {
            if (script[at].kind == SwitchStep::Kind::kClose) return false;
            if (script[at].kind == SwitchStep::Kind::kAwait) {
                state->awaited = script[at].text;
                ++state->awaits;
                return true;
            }
            says += script[at].text;
        }
        return true;
    }

    static std::string usual_answer(std::string_view command) {
        if (command.starts_with("api ")) return "Content-Type: api/response\nContent-Length: 5\n\nfalse";
        return "Content-Type: command/reply\nReply-Text: +OK\n\n";
    }

    /// The same verb, and the same name behind it.
    static bool is_same(std::string_view awaited, std::string_view command) {
        const auto verb = [](std::string_view text) {
            const bool api = text.starts_with("api ") || text.starts_with("bgapi ");
            return text.substr(0, text.find(' ', api ? text.find(' ') + 1 : 0));
        };
        if (verb(awaited) != verb(command)) return false;
        const auto uuid = awaited.find("a1990000-");
        return uuid == std::string_view::npos || command.find(awaited.substr(uuid, 36)) != std::string_view::npos;
    }

    static boost::asio::awaitable<void> serve(Shared state, std::shared_ptr<Socket> socket, SwitchScript script) {
        std::size_t at = 0;
        std::string heard;
        std::array<char, 4096> piece{};
        std::string says;
        bool stays = go_on(state, script, at, says);
        for (;;) {
            if (!says.empty()) {
                const auto out = boost::asio::buffer(says);
                const auto [broken, written] = co_await boost::asio::async_write(*socket, out, kNoThrow);
                if (broken) co_return;
                says.clear();
            }
            if (!stays) break;
            const auto into = boost::asio::buffer(piece);
            const auto [failed, size] = co_await socket->async_read_some(into, kNoThrow);
            if (failed) break;
            heard.append(piece.data(), size);
            for (auto end = heard.find("\n\n"); stays && end != std::string::npos; end = heard.find("\n\n")) {
                const std::string command = heard.substr(0, end);
                heard.erase(0, end + 2);
                state->commands.push_back(command);
                if (state->hangs) continue;
                if (state->awaited && is_same(*state->awaited, command)) {
                    stays = go_on(state, script, ++at, says);
                } else {
                    says += usual_answer(command);
                }
            }
        }
        boost::system::error_code ignored;
        socket->shutdown(Socket::shutdown_send, ignored);
        socket->close(ignored);
    }

    Shared state_;
};

}  // namespace harborline::testing
