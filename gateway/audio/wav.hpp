#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "handlers/core/result.hpp"

/// Audio as telephones carry it: 8,000 samples a second, one channel, 16 bits.
namespace harborline::gateway {

inline constexpr int kSampleRate = 8'000;
using Samples = std::vector<std::int16_t>;

/// Reads a WAV file: PCM of 8 or 16 bits, A-law, µ-law; 1 to 8 channels; 4,000 to 48,000 samples a second; converted to
/// ours. A file that ends before its own header says, or was streamed and does not say where it ends, is read as far as
/// it goes. kMalformed: it is something else, or longer than `longest`.
core::Result<Samples> read_wav(std::string_view bytes, std::chrono::seconds longest = std::chrono::seconds{600});

std::string write_wav(const Samples& samples);

std::chrono::milliseconds length_of(const Samples& samples);

/// One after the other with a breath in between.
Samples joined(const std::vector<Samples>& pieces);

/// Two short tones, where there is nothing better to be heard: she is still on the line, and may press a key.
Samples safety_tone();

/// What a caller in China hears while a telephone rings: 450 Hz for one second of every five.
Samples ringing_tone(std::chrono::seconds length);

}  // namespace harborline::gateway
