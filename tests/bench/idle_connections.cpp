// Opens keep-alive connections, has each served once, and holds them until its input ends. All of them deliver the very
// same message: one is taken, the others are repeats, which are answered and store nothing, so that what the server's
// memory grows by is the connections' own.
//
// usage: idle_connections PORT PATH ID COUNT TEXTS       prints "ready" once all have been served
#include <sys/resource.h>

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "tests/bench/http_exchange.hpp"
#include "tests/bench/petition_requests.hpp"

int main(int argc, char** argv) try {
    using namespace harborline;
    if (argc != 6) {
        std::cerr << "usage: idle_connections PORT PATH ID COUNT TEXTS\n";
        return 2;
    }
    std::vector<bench::HttpExchange> connections(static_cast<std::size_t>(std::atoi(argv[4])));
    bench::raise_open_files(connections.size() + 64);
    const std::string request = bench::PetitionRequests(argv[2], argv[3], argv[5]).next();
    for (auto& connection : connections) {
        if (!connection.connect(static_cast<std::uint16_t>(std::atoi(argv[1]))))
            throw std::runtime_error("the server takes no more connections");
        connection.send(request);
        if (connection.receive(true) != 200) throw std::runtime_error("a connection was not served");
    }
    std::cout << "ready" << std::endl;
    std::string ignored;
    std::getline(std::cin, ignored);
    return 0;
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
