// Storage without the gateway: how many messages a second at several group sizes, what each costs, and how many pages
// it writes.
//
// usage: storage_bench FOLDER SECONDS       prints one JSON object; the folder is emptied
#include <sodium.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <stdexcept>

#include "tests/bench/message_load.hpp"

namespace {

using namespace harborline;
namespace fs = std::filesystem;

double cpu_us() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const auto micros = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_usec);
    };
    return micros(used.ru_utime) + micros(used.ru_stime);
}

void empty(const fs::path& folder) {
    fs::remove_all(folder);
    fs::create_directories(folder);
}

struct Figures {
    double per_second = 0;
    double cpu_us = 0;
};

Figures measure(const fs::path& folder, std::size_t group, double seconds) {
    empty(folder);
    bench::MessageLoad load({.folder = folder, .group = group});
    load.settle();

    const auto began = std::chrono::steady_clock::now();
    const double cpu_before = cpu_us();
    const auto count = static_cast<double>(load.run(std::chrono::duration<double>(seconds)));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    return {.per_second = count / took.count(), .cpu_us = (cpu_us() - cpu_before) / count};
}

/// Pages that one message adds to the write-ahead log, in groups of 64: counted while nothing is folded back.
double wal_pages(const fs::path& folder) {
    constexpr std::int64_t kMessages = 20'000;
    empty(folder);
    bench::MessageLoad load({.folder = folder, .group = 64, .autocheckpoint_pages = 1'000'000});
    load.settle();

    // From the header of the log's index (https://www.sqlite.org/walformat.html, mxFrame): its file grows ahead.
    const auto frames = [&] {
        std::uint32_t pages = 0;
        std::ifstream index{folder / "harborline.db-shm", std::ios::binary};
        index.seekg(16);
        index.read(reinterpret_cast<char*>(&pages), sizeof pages);
        if (!index) throw std::runtime_error("the index of the log can not be read");
        return static_cast<std::int64_t>(pages);
    };
    const auto before = frames();
    const auto count = load.run(std::chrono::seconds(120), kMessages);
    return static_cast<double>(frames() - before) / static_cast<double>(count);
}

}  // namespace

int main(int argc, char** argv) try {
    if (argc != 3) {
        std::cerr << "usage: storage_bench FOLDER SECONDS\n";
        return 2;
    }
    if (sodium_init() < 0) throw std::runtime_error("the cryptographic library does not start");
    const fs::path folder = argv[1];
    std::cout << '{';
    for (const std::size_t group : {1, 8, 32, 128}) {
        const auto figures = measure(folder, group, std::atof(argv[2]));
        std::cout << "\"msgs_per_s_" << group << "\": " << figures.per_second << ", \"cpu_us_" << group
                  << "\": " << figures.cpu_us << ", ";
    }
    std::cout << "\"wal_pages_per_message\": " << wal_pages(folder) << "}\n";
    fs::remove_all(folder);
    return 0;
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
