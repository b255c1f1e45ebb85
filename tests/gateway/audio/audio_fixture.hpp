#pragma once
#include <gtest/gtest.h>
#include <sodium.h>

#include <boost/asio/io_context.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numbers>
#include <sstream>
#include <string>

#include "gateway/audio/program.hpp"
#include "gateway/audio/speech.hpp"
#include "gateway/audio/wav.hpp"
#include "tests/gateway/http/loop.hpp"
#include "tests/support/fakes.hpp"
#include "tests/support/temporary_folder.hpp"

namespace harborline::gateway {

using namespace std::chrono_literals;

inline Samples tone(std::chrono::milliseconds length, double hertz = 440) {
    Samples samples(static_cast<std::size_t>(length.count()) * kSampleRate / 1'000);
    for (std::size_t i = 0; i < samples.size(); ++i)
        samples[i] = static_cast<std::int16_t>(
            10'000 * std::sin(2 * std::numbers::pi * hertz * static_cast<double>(i) / kSampleRate));
    return samples;
}

inline std::string content(const std::filesystem::path& file) {
    std::ifstream stream{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{stream}, {}};
}

/// A folder, a clock and a program that speaks: a shell script which writes down what it was given and says
/// `voice.wav`.
class AudioFixture : public ::testing::Test {
  protected:
    AudioFixture() {
        folder_.write("voice.wav", write_wav(tone(500ms)));
        speaks_as("echo \"$@\" >>args; cat >>words; cat voice.wav");
    }

    void speaks_as(const std::string& script) {
        folder_.write("speaker", "#!/bin/sh\ncd '" + folder_.path().string() + "'\n" + script + "\n");
        std::filesystem::permissions(speaker(), std::filesystem::perms::owner_all);
    }
    std::string speaker() const { return (folder_ / "speaker").string(); }
    std::string args() const { return content(folder_ / "args"); }
    std::string words() const { return content(folder_ / "words"); }

    Speech::Parts speech_parts() {
        return {.folder = folder_ / "speech", .clock = clock_, .program = speaker(), .limit = 20s};
    }

    struct Heard {
        int rate = 0;
        int channels = 0;
        int width = 0;
        int length_ms = 0;
        int peak = 0;
        int loud_ms = 0;
    };
    /// What Python finds in it.
    Heard heard(const std::string& wav) const {
        const auto file = folder_.write("heard.wav", wav);
        const std::atomic<bool> never = false;
        const auto said = run_program(
            {.command = {HARBORLINE_PYTHON, HARBORLINE_SOURCE_DIR "/tests/gateway/audio/heard.py", file.string()},
             .limit = 20s},
            never);
        Heard found;
        std::istringstream{said.value()} >> found.rate >> found.channels >> found.width >> found.length_ms >>
            found.peak >> found.loud_ms;
        return found;
    }

    boost::asio::io_context loop_{1};
    testing::TemporaryFolder folder_;
    testing::FakeClock clock_;
    testing::FakeRandom random_{3};
};

}  // namespace harborline::gateway
