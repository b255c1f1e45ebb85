#pragma once
#include <array>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <list>
#include <vector>

#include "gateway/http/request_reader.hpp"
#include "gateway/http/server.hpp"
#include "gateway/http/wire.hpp"

// Private to the server: what its connections share, and one connection.

namespace harborline::gateway {

using Acceptor = boost::asio::basic_socket_acceptor<Tcp, boost::asio::io_context::executor_type>;
using SteadyTime = std::chrono::steady_clock::time_point;

/// Shared by the server and its connections, so that neither has to outlive the other.
struct Server::Core : std::enable_shared_from_this<Core> {
    using Sessions = std::list<Session*>;

    Core(boost::asio::io_context& loop, ServerOptions chosen, RoutePolicy routes, Handler answers);

    static boost::asio::awaitable<void> accept_all(std::shared_ptr<Core> core);
    static boost::asio::awaitable<void> drain(std::shared_ptr<Core> core, std::chrono::milliseconds within);
    static boost::asio::awaitable<void> wait_until_empty(std::shared_ptr<Core> core, SteadyTime until);
    static boost::asio::awaitable<void> converse(std::shared_ptr<Core> core, Socket socket, std::string peer,
                                                 Admission who);

    /// Begins a conversation, or closes at once where there is no room.
    void welcome(Socket socket);
    /// Begins conversations with those in the system's queue: they have connected, and may have sent a request.
    void welcome_queued();
    /// Makes room for a newcomer where there is none. False where nobody can be asked to leave.
    bool make_room(Admission who);
    bool evict_first(Sessions& from);
    std::size_t present() const { return unproven.size() + idle.size() + busy.size(); }
    void for_each_session(const std::function<void(Session&)>& visit);
    void close_unasked();
    void close_all();
    /// Nobody is here, and nobody is on the way in.
    bool is_empty() const { return conversations == 0 && !accepting; }
    /// Called when somebody has left: ends a stop that waits for the last one.
    void tell_if_empty();
    /// One coarse sweep for all time-outs: a timer per request would cost more than the whole parse.
    void schedule_sweep();
    void sweep();

    std::unique_ptr<WebRequest> take_request();
    void give_back(std::unique_ptr<WebRequest> request);

    ServerOptions options;
    RoutePolicy policy;
    Handler handler;
    Acceptor acceptor;
    boost::asio::steady_timer sweeper;
    boost::asio::steady_timer drained;
    std::uint16_t port = 0;
    bool accepting = false;
    bool stopping = false;
    std::size_t conversations = 0;  ///< Begun or about to begin.
    ServerCounts counts{};
    Sessions unproven{};  ///< Strangers without a request that was let in, oldest first; none of them is handled.
    Sessions idle{};      ///< Longest idle first.
    Sessions busy{};
    Sessions leaving{};  ///< Closed to make room, and about to find out.

    // One thread, and nothing in here survives a suspension: one for all connections, so that idle ones hold none.
    std::array<char, 16 * 1024> received{};
    std::string answer{};

  private:
    std::vector<std::unique_ptr<WebRequest>> spare_requests_{};
};

/// One connection. Lives in the frame of its coroutine.
class Server::Session {
  public:
    Session(std::shared_ptr<Core> core, Socket socket, std::string peer, Admission who);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    boost::asio::awaitable<void> run();

    /// Without a whole request, and nothing has come that we have not looked at.
    bool is_unasked() const;
    void close();
    /// Makes room for somebody else.
    void evict();
    void expire_if_due(SteadyTime now);

  private:
    enum class Phase { kIdle, kReading, kHandling, kWriting, kClosing };
    enum class Step { kWait, kHandle, kRefuse, kClose };

    void move_to(Core::Sessions& to);
    void enter(Phase phase, std::chrono::milliseconds limit);
    Step receive(boost::system::error_code waited);
    Step digest(std::string_view bytes);
    Step fail_late();
    boost::asio::awaitable<WebResponse> handle();
    /// Sends what fits at once; the rest stays in `unsent_`. False when the connection is gone.
    bool send(std::string_view bytes);
    bool send_answer(const WebResponse& response, bool close, std::string_view allow = {});
    boost::asio::awaitable<bool> flush();
    boost::asio::awaitable<void> refuse();

    std::shared_ptr<Core> core_;
    Wire wire_;
    std::string peer_;
    Core::Sessions* among_;
    Core::Sessions::iterator place_;
    RequestReader reader_;
    std::unique_ptr<WebRequest> request_{};
    std::string unsent_{};
    Phase phase_ = Phase::kIdle;
    bool timed_out_ = false;
    SteadyTime deadline_{};
};

}  // namespace harborline::gateway
