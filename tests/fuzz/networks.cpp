// A block of addresses on the first line, an address after it. The C library is asked for the truth.
#include "config/network.hpp"

#include <arpa/inet.h>

#include <string>

#include "tests/fuzz/target.hpp"

namespace harborline::fuzz {
namespace {

bool is_address(std::string_view written) {
    const std::string text{written};
    if (text.find('\0') != std::string::npos) return false;
    in6_addr address{};
    return inet_pton(AF_INET, text.c_str(), &address) == 1 || inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

}  // namespace

void try_input(std::string_view input) {
    Draw draw{input};
    const std::string_view block = draw.until('\n');
    const std::string_view address = draw.rest();

    const auto lone = config::Network::parse(address);
    require(lone.has_value() == is_address(address) || address.find('/') != std::string_view::npos,
            "a block without a slash is an address");
    const auto network = config::Network::parse(block);
    if (!network) return;
    require(network->contains(*network), "a block contains itself");
    if (!is_address(address)) return require(!network->contains(address), "what is no address is in no block");
    require(lone->contains(address), "an address is in its own block");
    require(network->contains(address) == network->contains(*lone), "an address is in a block as its own block is");
    const bool everything = config::Network::parse("::/0")->contains(*network);
    require(everything, "every block is part of everything");
}

}  // namespace harborline::fuzz
