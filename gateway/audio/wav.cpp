#include "gateway/audio/wav.hpp"

#include <samplerate.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <optional>

namespace harborline::gateway {
namespace {

using core::Error;
using core::ErrorKind;

constexpr std::size_t kHeader = 44;
constexpr unsigned kPcm = 1;
constexpr unsigned kALaw = 6;
constexpr unsigned kMuLaw = 7;
constexpr unsigned kExtensible = 0xFFFE;
constexpr unsigned kChannelsMax = 8;
constexpr unsigned kRateMin = 4'000;
constexpr unsigned kRateMax = 48'000;
constexpr std::chrono::milliseconds kBreath{200};

unsigned little(std::string_view bytes, std::size_t at, std::size_t size) {
    unsigned value = 0;
    for (std::size_t i = 0; i < size; ++i)
        value |= static_cast<unsigned>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
    return value;
}

void put_little(std::string& out, unsigned value, int size) {
    for (int i = 0; i < size; ++i) out.push_back(static_cast<char>(value >> (8 * i)));
}

std::size_t samples_in(std::chrono::milliseconds length) {
    return static_cast<std::size_t>(length.count() * kSampleRate / 1'000);
}

Samples tone(double hertz, std::chrono::milliseconds length) {
    constexpr double kLoud = 6'000;
    Samples samples(samples_in(length));
    for (std::size_t i = 0; i < samples.size(); ++i)
        samples[i] = static_cast<std::int16_t>(
            kLoud * std::sin(2 * std::numbers::pi * hertz * static_cast<double>(i) / kSampleRate));
    return samples;
}

struct Format {
    unsigned kind = 0;
    unsigned channels = 0;
    unsigned rate = 0;
    unsigned bits = 0;
};

std::optional<Format> read_format(std::string_view chunk) {
    if (chunk.size() < 16) return std::nullopt;
    Format format{.kind = little(chunk, 0, 2),
                  .channels = little(chunk, 2, 2),
                  .rate = little(chunk, 4, 4),
                  .bits = little(chunk, 14, 2)};
    // The true kind then begins the GUID behind the extension.
    if (format.kind == kExtensible && chunk.size() >= 26) format.kind = little(chunk, 24, 2);
    const bool pcm = format.kind == kPcm && (format.bits == 8 || format.bits == 16);
    const bool companded = (format.kind == kALaw || format.kind == kMuLaw) && format.bits == 8;
    const bool fits =
        format.channels >= 1 && format.channels <= kChannelsMax && format.rate >= kRateMin && format.rate <= kRateMax;
    return fits && (pcm || companded) ? std::optional{format} : std::nullopt;
}

/// ITU-T G.711.
int from_a_law(unsigned byte) {
    byte ^= 0x55;
    const int exponent = static_cast<int>(byte >> 4) & 7;
    const int mantissa = static_cast<int>(byte & 15) * 16 + 8;
    const int value = exponent == 0 ? mantissa : (mantissa + 256) << (exponent - 1);
    return (byte & 0x80) != 0 ? value : -value;
}

int from_mu_law(unsigned byte) {
    byte = ~byte & 0xFF;
    const int exponent = static_cast<int>(byte >> 4) & 7;
    const int value = ((static_cast<int>(byte & 15) * 8 + 132) << exponent) - 132;
    return (byte & 0x80) != 0 ? -value : value;
}

int sample_at(std::string_view data, std::size_t at, const Format& format) {
    const unsigned raw = little(data, at, format.bits / 8);
    if (format.kind == kALaw) return from_a_law(raw);
    if (format.kind == kMuLaw) return from_mu_law(raw);
    if (format.bits == 8) return (static_cast<int>(raw) - 128) * 256;
    return static_cast<std::int16_t>(raw);
}

std::vector<float> one_channel(std::string_view data, const Format& format) {
    const std::size_t width = format.bits / 8;
    std::vector<float> mono(data.size() / (width * format.channels));
    for (std::size_t frame = 0; frame < mono.size(); ++frame) {
        int sum = 0;
        for (std::size_t channel = 0; channel < format.channels; ++channel)
            sum += sample_at(data, (frame * format.channels + channel) * width, format);
        mono[frame] = static_cast<float>(sum) / static_cast<float>(format.channels) / 32'768.0F;
    }
    return mono;
}

core::Result<Samples> at_our_rate(std::vector<float> mono, unsigned rate) {
    if (rate != kSampleRate && !mono.empty()) {
        const double ratio = static_cast<double>(kSampleRate) / rate;
        std::vector<float> out(static_cast<std::size_t>(static_cast<double>(mono.size()) * ratio) + 16);
        SRC_DATA work{};
        work.data_in = mono.data();
        work.input_frames = static_cast<long>(mono.size());
        work.data_out = out.data();
        work.output_frames = static_cast<long>(out.size());
        work.src_ratio = ratio;
        if (src_simple(&work, SRC_SINC_FASTEST, 1) != 0)
            return Error{ErrorKind::kUnavailable, "the audio cannot be converted"};
        out.resize(static_cast<std::size_t>(work.output_frames_gen));
        mono = std::move(out);
    }
    Samples samples(mono.size());
    src_float_to_short_array(mono.data(), samples.data(), static_cast<int>(mono.size()));
    return samples;
}

}  // namespace

core::Result<Samples> read_wav(std::string_view bytes, std::chrono::seconds longest) {
    constexpr std::size_t kStart = 12;
    if (bytes.size() < kStart || !bytes.starts_with("RIFF") || bytes.substr(8, 4) != "WAVE")
        return Error{ErrorKind::kMalformed, "this is no WAV file"};
    bytes.remove_prefix(kStart);
    std::optional<Format> format;
    while (bytes.size() >= 8) {
        const auto name = bytes.substr(0, 4);
        const std::size_t size = little(bytes, 4, 4);
        bytes.remove_prefix(8);
        const auto chunk = bytes.substr(0, size);
        if (name == "fmt ") {
            format = read_format(chunk);
            if (!format) return Error{ErrorKind::kMalformed, "this kind of WAV file is not understood"};
        }
        if (name == "data") {
            if (!format) break;
            const std::size_t second = std::size_t{format->rate} * format->channels * (format->bits / 8);
            if (chunk.size() / second >= static_cast<std::size_t>(longest.count()))
                return Error{ErrorKind::kMalformed, "the audio is too long"};
            return at_our_rate(one_channel(chunk, *format), format->rate);
        }
        bytes.remove_prefix(std::min(bytes.size(), size + size % 2));
    }
    return Error{ErrorKind::kMalformed, "the WAV file holds no audio"};
}

std::string write_wav(const Samples& samples) {
    const auto size = static_cast<unsigned>(samples.size() * 2);
    std::string out;
    out.reserve(kHeader + size);
    out += "RIFF";
    put_little(out, static_cast<unsigned>(kHeader) - 8 + size, 4);
    out += "WAVEfmt ";
    put_little(out, 16, 4);
    put_little(out, kPcm, 2);
    put_little(out, 1, 2);
    put_little(out, kSampleRate, 4);
    put_little(out, kSampleRate * 2, 4);
    put_little(out, 2, 2);
    put_little(out, 16, 2);
    out += "data";
    put_little(out, size, 4);
    for (const auto sample : samples) put_little(out, static_cast<std::uint16_t>(sample), 2);
    return out;
}

std::chrono::milliseconds length_of(const Samples& samples) {
    return std::chrono::milliseconds{static_cast<std::int64_t>(samples.size()) * 1'000 / kSampleRate};
}

Samples joined(const std::vector<Samples>& pieces) {
    Samples all;
    for (const auto& piece : pieces) {
        if (!all.empty()) all.resize(all.size() + samples_in(kBreath));
        all.insert(all.end(), piece.begin(), piece.end());
    }
    return all;
}

Samples safety_tone() {
    constexpr double kHertz = 425;  // Of the tones that telephones in China make.
    const Samples beep = tone(kHertz, std::chrono::milliseconds{300});
    return joined({beep, beep});
}

Samples ringing_tone(std::chrono::seconds length) {
    constexpr double kHertz = 450;
    constexpr std::chrono::seconds kFromRingToRing{5};
    const Samples ring = tone(kHertz, std::chrono::seconds{1});
    Samples all;
    for (std::chrono::seconds at{0}; at < length; at += kFromRingToRing) {
        all.resize(samples_in(at));
        all.insert(all.end(), ring.begin(), ring.end());
    }
    all.resize(samples_in(length));
    return all;
}

}  // namespace harborline::gateway
