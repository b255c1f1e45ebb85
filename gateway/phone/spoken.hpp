#pragma once
#include <string>

#include "gateway/audio/wav.hpp"
#include "handlers/core/result.hpp"

namespace harborline::gateway {

/// What she says into the phone: a WAV file, or a second of tone where none is named. kMalformed where the file can not
/// be read.
core::Result<Samples> read_sound(const std::string& file);

}  // namespace harborline::gateway
