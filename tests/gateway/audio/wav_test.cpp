#include "gateway/audio/wav.hpp"

#include <algorithm>
#include <cstdlib>

#include "tests/gateway/audio/audio_fixture.hpp"

namespace harborline::gateway {
namespace {

using core::ErrorKind;

std::string little(unsigned value, int size) {
    std::string out;
    for (int i = 0; i < size; ++i) out.push_back(static_cast<char>(value >> (8 * i)));
    return out;
}

struct Kind {
    unsigned format = 1;
    unsigned channels = 1;
    unsigned rate = 8'000;
    unsigned bits = 16;
};

/// A WAV file made by hand; `said` is what its header says of its length.
std::string file_of(const Kind& kind, const std::string& data, unsigned said, const std::string& before = {}) {
    const unsigned frame = kind.channels * kind.bits / 8;
    return "RIFF" + little(0, 4) + "WAVE" + before + "fmt " + little(16, 4) + little(kind.format, 2) +
           little(kind.channels, 2) + little(kind.rate, 4) + little(kind.rate * frame, 4) + little(frame, 2) +
           little(kind.bits, 2) + "data" + little(said, 4) + data;
}
std::string file_of(const Kind& kind, const std::string& data) {
    return file_of(kind, data, static_cast<unsigned>(data.size()));
}

std::string pcm(const Samples& samples) {
    return write_wav(samples).substr(44);
}

int peak(const Samples& samples) {
    int most = 0;
    for (const int one : samples) most = std::max(most, std::abs(one));
    return most;
}

class Wav_Test : public AudioFixture {};

TEST_F(Wav_Test, WhatIsWrittenIsReadAgainAndByAnybody) {
    const auto samples = tone(730ms);

    const auto wav = write_wav(samples);

    EXPECT_EQ(read_wav(wav).value(), samples);
    EXPECT_EQ(length_of(samples), 730ms);
    const auto found = heard(wav);
    EXPECT_EQ(found.rate, 8'000);
    EXPECT_EQ(found.channels, 1);
    EXPECT_EQ(found.width, 2);
    EXPECT_EQ(found.length_ms, 730);
}

TEST_F(Wav_Test, OtherRatesAndChannelsBecomeOurs) {
    for (const unsigned rate : {11'025U, 16'000U, 22'050U, 44'100U, 48'000U}) {
        Samples stereo;
        for (unsigned i = 0; i < rate / 2; ++i) {
            const auto one = static_cast<std::int16_t>(10'000 * std::sin(2 * std::numbers::pi * 440 * i / rate));
            stereo.insert(stereo.end(), {one, one});
        }
        const auto read = read_wav(file_of({.channels = 2, .rate = rate}, pcm(stereo)));
        ASSERT_TRUE(read) << rate;
        EXPECT_NEAR(static_cast<double>(length_of(*read).count()), 500, 5) << rate;
        EXPECT_NEAR(peak(*read), 10'000, 500) << rate;
        const auto crossings = std::ranges::adjacent_find(*read, [](int a, int b) { return a < -9'900 && b > 9'900; });
        EXPECT_EQ(crossings, read->end());
        int rises = 0;
        for (std::size_t i = 1; i < read->size(); ++i) rises += (*read)[i - 1] < 0 && (*read)[i] >= 0 ? 1 : 0;
        EXPECT_NEAR(rises, 220, 3) << "still 440 Hz at " << rate;
    }
}

TEST_F(Wav_Test, OtherKindsOfSamplesAreRead) {
    // ITU-T G.711: the loudest, the softest and silence.
    EXPECT_EQ(read_wav(file_of({.format = 6, .bits = 8}, "\xAA\x2A\xD5\x55")).value(),
              (Samples{32'256, -32'256, 8, -8}));
    EXPECT_EQ(read_wav(file_of({.format = 7, .bits = 8}, std::string{"\x80\x00\xFF\x7F", 4})).value(),
              (Samples{32'124, -32'124, 0, 0}));
    EXPECT_EQ(read_wav(file_of({.bits = 8}, std::string{"\x80\x00\xFF", 3})).value(), (Samples{0, -32'768, 32'512}));
}

TEST_F(Wav_Test, AFileThatWasStreamedOrTornIsReadAsFarAsItGoes) {
    const auto data = pcm({1, 2, 3});

    EXPECT_EQ(read_wav(file_of({}, data, 0xFFFFFFFF)).value(), (Samples{1, 2, 3}));
    EXPECT_EQ(read_wav(file_of({}, data, 0x7FFFF000)).value(), (Samples{1, 2, 3}));
    EXPECT_EQ(read_wav(file_of({}, data.substr(0, 5), 6)).value(), (Samples{1, 2}));
    EXPECT_EQ(read_wav(file_of({}, data + "LIST", 6)).value(), (Samples{1, 2, 3}));
    const std::string odd = "LIST" + little(3, 4) + "abc" + std::string(1, '\0');
    EXPECT_EQ(read_wav(file_of({}, data, 6, odd)).value(), (Samples{1, 2, 3}));
    EXPECT_TRUE(read_wav(file_of({}, ""))->empty());
}

TEST_F(Wav_Test, WhatItIsNotIsRefused) {
    const auto good = file_of({}, pcm({1, 2, 3}));
    for (std::size_t size = 0; size < 44; ++size) EXPECT_FALSE(read_wav(good.substr(0, size))) << size;
    for (const Kind& kind : {Kind{.format = 85}, Kind{.channels = 0}, Kind{.channels = 9}, Kind{.rate = 0},
                             Kind{.rate = 96'000}, Kind{.bits = 0}, Kind{.bits = 24}, Kind{.format = 6, .bits = 16}})
        EXPECT_EQ(read_wav(file_of(kind, "123456")).error().kind, ErrorKind::kMalformed);
    EXPECT_FALSE(read_wav("ID3 an mp3"));
}

TEST_F(Wav_Test, WhatIsTooLongIsRefusedBeforeItIsConverted) {
    EXPECT_TRUE(read_wav(write_wav(tone(1'999ms)), 2s));
    EXPECT_FALSE(read_wav(write_wav(tone(2'000ms)), 2s));
}

TEST_F(Wav_Test, PiecesAreJoinedWithABreath) {
    EXPECT_EQ(length_of(joined({tone(100ms), tone(300ms)})), 600ms);
    EXPECT_EQ(joined({tone(100ms)}), tone(100ms));
    EXPECT_TRUE(joined({}).empty());
}

TEST_F(Wav_Test, TheSafetyToneIsHeard) {
    const auto found = heard(write_wav(safety_tone()));
    EXPECT_GT(found.peak, 3'000);
    EXPECT_NEAR(found.loud_ms, 600, 20);
}

TEST_F(Wav_Test, ARingingTelephoneIsHeardOneSecondOfFive) {
    const auto rings = ringing_tone(25s);
    EXPECT_EQ(length_of(rings), 25s);
    EXPECT_NEAR(heard(write_wav(rings)).loud_ms, 5'000, 60);
    EXPECT_NEAR(heard(write_wav(ringing_tone(4s))).loud_ms, 1'000, 20);
}

}  // namespace
}  // namespace harborline::gateway
