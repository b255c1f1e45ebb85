#include "gateway/phone/spoken.hpp"

#include <cmath>
#include <numbers>

#include "config/files.hpp"

namespace harborline::gateway {
namespace {

constexpr std::size_t kFileMax = 20 << 20;
constexpr double kTone = 440;
constexpr double kLoudness = 8'000;

Samples tone() {
    Samples samples;
    samples.reserve(kSampleRate);
    for (int at = 0; at < kSampleRate; ++at)
        samples.push_back(
            static_cast<std::int16_t>(kLoudness * std::sin(2 * std::numbers::pi * kTone * at / kSampleRate)));
    return samples;
}

}  // namespace

core::Result<Samples> read_sound(const std::string& file) {
    if (file.empty()) return tone();
    const auto bytes = config::read_text_file(file, kFileMax);
    if (!bytes) return bytes.error();
    return read_wav(*bytes);
}

}  // namespace harborline::gateway
