// What the machine could do at best: a bare Beast server with callbacks on one thread that reads every request whole
// and answers the very bytes that the gateway answers, and does nothing in between. A second port takes what the
// gateway sends out, so that its deliveries end somewhere.
//
// usage: raw_server PORT SINK_PORT ANSWER_FILE      ANSWER_FILE holds one HTTP response as it came over the wire
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Response = http::response<http::string_body>;
using tcp = asio::ip::tcp;

/// One connection; keeps itself alive through the handlers that wait for it.
class Session : public std::enable_shared_from_this<Session> {
  public:
    Session(tcp::socket socket, const Response& answer) : socket_(std::move(socket)), answer_(answer) {}

    void read() {
        request_ = {};
        http::async_read(socket_, buffer_, request_, [self = shared_from_this()](beast::error_code error, std::size_t) {
            if (!error) self->write();
        });
    }

  private:
    void write() {
        response_ = answer_;
        http::async_write(socket_, response_, [self = shared_from_this()](beast::error_code error, std::size_t) {
            if (!error) self->read();
        });
    }

    tcp::socket socket_;
    const Response& answer_;
    beast::flat_buffer buffer_{};
    http::request<http::string_body> request_{};
    Response response_{};
};

class Listener {
  public:
    Listener(asio::io_context& context, std::uint16_t port, Response answer)
        : acceptor_(context, {asio::ip::address_v4::loopback(), port}), answer_(std::move(answer)) {
        accept();
    }

  private:
    void accept() {
        acceptor_.async_accept([this](beast::error_code error, tcp::socket socket) {
            if (!error) {
                socket.set_option(tcp::no_delay(true));
                std::make_shared<Session>(std::move(socket), answer_)->read();
            }
            accept();
        });
    }

    tcp::acceptor acceptor_;
    Response answer_;
};

Response read_answer(const char* file) {
    std::ifstream in(file, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    http::response_parser<http::string_body> parser;
    parser.eager(true);
    beast::error_code error;
    parser.put(asio::const_buffer(bytes.data(), bytes.size()), error);
    if (error || !parser.is_done()) throw std::runtime_error("the answer's file holds no whole response");
    return parser.release();
}

Response accepted() {
    Response answer{http::status::accepted, 11};
    answer.set(http::field::content_type, "text/plain");
    answer.body() = "0: Accepted for delivery";
    answer.prepare_payload();
    return answer;
}

}  // namespace

int main(int argc, char** argv) try {
    if (argc != 4) {
        std::cerr << "usage: raw_server PORT SINK_PORT ANSWER_FILE\n";
        return 2;
    }
    asio::io_context context{1};
    const Listener raw(context, static_cast<std::uint16_t>(std::atoi(argv[1])), read_answer(argv[3]));
    const Listener sink(context, static_cast<std::uint16_t>(std::atoi(argv[2])), accepted());
    context.run();
    return 0;
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
