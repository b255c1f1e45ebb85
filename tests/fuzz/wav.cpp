// Any bytes as a WAV file, and a file of any kind with any samples.
#include "gateway/audio/wav.hpp"

#include "tests/fuzz/target.hpp"

namespace harborline::fuzz {
namespace {

using namespace std::chrono_literals;

std::string little(std::size_t value, int size) {
    std::string out;
    for (int i = 0; i < size; ++i) out.push_back(static_cast<char>(value >> (8 * i)));
    return out;
}

void try_file(Draw draw) {
    constexpr unsigned kFormats[] = {1, 6, 7, 0xFFFE};
    const auto format = kFormats[draw.below(4)];
    const auto channels = draw.below(10);
    const auto rate = 3'000 + draw.below(200) * 250;
    const auto bits = draw.below(5) * 8;
    const auto said = draw.below(2) == 0 ? std::size_t{0xFFFFFFFF} : draw.below(300);
    const std::string data{draw.take(draw.below(2'000))};
    const std::string file = "RIFF" + little(0, 4) + "WAVEfmt " + little(16, 4) + little(format, 2) +
                             little(channels, 2) + little(rate, 4) + little(0, 6) + little(bits, 2) + "data" +
                             little(said, 4) + data;
    const auto samples = gateway::read_wav(file);
    if (!samples) return;
    require(samples->size() <= data.size() * 3 + 32, "nothing is made of nothing");
    require(gateway::read_wav(gateway::write_wav(*samples)).value() == *samples, "what is written is read again");
}

}  // namespace

void try_input(std::string_view input) {
    const auto samples = gateway::read_wav(input, 2s);
    if (samples) {
        require(gateway::length_of(*samples) < 2'100ms, "no longer than allowed");
        require(gateway::read_wav(gateway::write_wav(*samples)).value() == *samples, "what is written is read again");
    }
    try_file(Draw{input});
}

}  // namespace harborline::fuzz
