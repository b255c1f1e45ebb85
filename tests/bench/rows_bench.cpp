// Storage on a full database beside storage on a fresh one, 10,000 handsets writing to each, in groups of 128.
//
// usage: rows_bench FRESH_FOLDER FULL_FOLDER STRIDE SECONDS       prints one JSON object
// STRIDE: one in so many of the full database's handsets writes, so that those who write are no neighbours in it.
#include <sodium.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <stdexcept>

#include "tests/bench/message_load.hpp"

namespace {

using namespace harborline;

double per_second(bench::MessageLoad& load, double seconds) {
    const auto began = std::chrono::steady_clock::now();
    const auto count = static_cast<double>(load.run(std::chrono::duration<double>(seconds)));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    return count / took.count();
}

}  // namespace

int main(int argc, char** argv) try {
    if (argc != 5) {
        std::cerr << "usage: rows_bench FRESH_FOLDER FULL_FOLDER STRIDE SECONDS\n";
        return 2;
    }
    if (sodium_init() < 0) throw std::runtime_error("the cryptographic library does not start");
    bench::MessageLoad fresh({.folder = argv[1]});
    bench::MessageLoad full({.folder = argv[2], .stride = std::atoi(argv[3])});
    fresh.settle();
    full.settle();

    // There and back, so that a machine that slows down or speeds up does so for both.
    const double seconds = std::atof(argv[4]) / 2;
    double fresh_rate = per_second(fresh, seconds);
    double full_rate = per_second(full, seconds);
    full_rate += per_second(full, seconds);
    fresh_rate += per_second(fresh, seconds);
    std::cout << "{\"fresh\": " << fresh_rate / 2 << ", \"full\": " << full_rate / 2 << "}\n";
    return 0;
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
