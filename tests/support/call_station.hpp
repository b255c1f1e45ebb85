#pragma once
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/audio/sound_desk.hpp"
#include "gateway/audio/wav.hpp"
#include "gateway/carriers/registry.hpp"
#include "gateway/carriers/twilio_signature.hpp"
#include "gateway/carriers/webhook_query.hpp"
#include "gateway/conversation/conversation_service.hpp"
#include "gateway/conversation/kinship_desk.hpp"
#include "gateway/conversation/store_gate.hpp"
#include "gateway/routes/public_routes.hpp"
#include "tests/support/http_peer.hpp"
#include "tests/support/store_tap.hpp"
#include "tests/support/world.hpp"

namespace harborline::testing {

/// Something to hear, of a length.
inline std::string wav_of(std::chrono::milliseconds length) {
    gateway::Samples samples(static_cast<std::size_t>(length.count()) * gateway::kSampleRate / 1'000);
    for (std::size_t at = 0; at < samples.size(); ++at) samples[at] = static_cast<std::int16_t>(at * 97 % 20'000);
    return gateway::write_wav(samples);
}

/// A World with the listener that carriers of calls reach, real HTTP on loopback, and a voice that is a shell script:
///   twilio   signed; somleng the same, and it can not bridge
///   switch   FreeSWITCH
/// All with the token kToken.
class CallStation {
  public:
    static constexpr std::string_view kToken = "voice-token-0123456789ab";
    static constexpr std::string_view kPublicUrl = "http://hotline.example.org";
    static constexpr std::string_view kPassword = "open-sesame";
    static constexpr std::chrono::seconds kLongest{2};

    CallStation() {
        for (const auto& channel : world.settings.channels) {
            carriers_.push_back(gateway::make_carrier(channel, {.country = "86"}).value());
            routes.add(channel, *carriers_.back());
        }
        server_ = gateway::Server::listen(
                      loop, {},
                      [this](std::string_view method, std::string_view path) { return routes.limits(method, path); },
                      [this](gateway::WebRequest& request) { return routes.handle(request); })
                      .value();
        boost::asio::co_spawn(loop, server_->run(), [](std::exception_ptr) {});
    }
    ~CallStation() {
        bool stopped = false;
        boost::asio::co_spawn(loop, server_->stop(std::chrono::seconds{1}),
                              [&](std::exception_ptr) { stopped = true; });
        run_until(loop, [&] { return stopped; });
        speech_.stop();
        disk_.join();
        world.ground->store().stop();  // Its last callback needs the gate.
    }
    CallStation(const CallStation&) = delete;
    CallStation& operator=(const CallStation&) = delete;

    std::string ask(std::string request) { return exchange(loop, server_->port(), std::move(request)); }

    static std::string path(std::string_view channel, std::string_view action, std::string_view token = kToken) {
        return std::string{"/in/"}.append(channel).append("/").append(token).append("/").append(action);
    }
    /// As Twilio posts a form, signed with this password. `action` may hold a query.
    static std::string signed_form(std::string_view channel, std::string_view action, const std::string& fields,
                                   std::string_view password = kPassword) {
        const std::string target = path(channel, action);
        const std::string signature = gateway::twilio_signature(
            core::Secret{std::string{password}}, std::string{kPublicUrl} + target, gateway::read_pairs(fields).value());
        return http("POST", target, fields,
                    "Content-Type: application/x-www-form-urlencoded\r\nX-Twilio-Signature: " + signature + "\r\n");
    }
    static std::string form(std::string_view channel, std::string_view action, std::string_view fields) {
        return http("POST", path(channel, action), fields, "Content-Type: application/x-www-form-urlencoded\r\n");
    }
    /// As FreeSWITCH posts a recording beside its fields.
    static std::string multipart(std::string_view channel, std::string_view action, const gateway::NamedValues& fields,
                                 const std::string& audio) {
        std::string body;
        for (const auto& [name, value] : fields)
            body.append("------4a7b\r\nContent-Disposition: form-data; name=\"")
                .append(name)
                .append("\"\r\n\r\n")
                .append(value)
                .append("\r\n");
        body.append("------4a7b\r\nContent-Disposition: form-data; name=\"recording\"; filename=\"a.wav\"\r\n")
            .append("Content-Type: application/octet-stream\r\n\r\n")
            .append(audio)
            .append("\r\n------4a7b--\r\n");
        return http("POST", path(channel, action), body, "Content-Type: multipart/form-data; boundary=----4a7b\r\n");
    }

    std::vector<storage::Recording> recordings_of(core::CaseId id) {
        return world.in([&](storage::Transaction& tx) { return tx.recordings().of_case(id); });
    }
    /// Sealed files of what was told.
    std::size_t files() const {
        std::error_code none;
        const auto all = std::filesystem::recursive_directory_iterator(world.settings.recordings, none);
        return none ? 0 : static_cast<std::size_t>(std::count_if(begin(all), end(all), [](const auto& entry) {
            return entry.is_regular_file();
        }));
    }

  private:
    static config::Settings with_channels(config::Settings settings) {
        auto texts = settings.channels.at(0);
        auto twilio = texts;
        twilio.name = twilio.carrier = "twilio";
        twilio.kind = core::ChannelKind::kVoice;
        twilio.token = core::Secret{std::string{kToken}};
        twilio.number = "+8645112338000";
        twilio.api_url = "http://api.example.org";
        twilio.api_user = "AC0001";
        twilio.api_password = core::Secret{std::string{kPassword}};
        twilio.public_url = kPublicUrl;
        twilio.recording_max = kLongest;
        twilio.text_channel = texts.name;
        auto somleng = twilio;
        somleng.name = somleng.carrier = "somleng";
        auto freeswitch = twilio;
        freeswitch.name = "switch";
        freeswitch.carrier = "freeswitch";
        freeswitch.number = "12333";
        freeswitch.dial = "sofia/gateway/carrier/{number}";
        settings.channels = {texts, twilio, somleng, freeswitch};
        return settings;
    }
    static config::Settings in_folder(config::Settings settings, const TemporaryFolder& folder) {
        settings.recordings = folder / "recordings";
        return settings;
    }
    gateway::Speech::Parts speech_parts() {
        folder_.write("voice.wav", wav_of(std::chrono::milliseconds{20}));
        const auto speaker =
            folder_.write("speaker", "#!/bin/sh\ncat >/dev/null\ncat '" + (folder_ / "voice.wav").string() + "'\n");
        std::filesystem::permissions(speaker, std::filesystem::perms::owner_all);
        return {.folder = folder_ / "speech",
                .clock = world.clock,
                .program = speaker.string(),
                .limit = std::chrono::seconds{20}};
    }

    TemporaryFolder folder_{};

  public:
    World world{shipped_roster(), in_folder(with_channels(shipped().settings), folder_)};
    boost::asio::io_context loop{1};
    StoreTap tap{world.ground->store()};
    gateway::StoreGate gate{tap, loop.get_executor()};

  private:
    boost::asio::thread_pool disk_{1};
    storage::RecordingVault vault_{world.settings.recordings};
    gateway::RecordingDesk recordings_{
        {.gate = gate,
         .vault = vault_,
         .disk = disk_,
         .clock = world.clock,
         .random = *world.random,
         .longest = kLongest + std::chrono::seconds{1},
         .lose = [this](storage::Transaction& tx, core::LetterId letter) {
             gateway::KinshipDesk(world.ground->rules()).lost(tx, letter, world.clock.now());
         }}};
    gateway::Speech speech_{speech_parts()};
    gateway::SoundDesk sounds_{{.speech = speech_,
                                .recordings = recordings_,
                                .disk = disk_,
                                .sounds = folder_ / "sounds",
                                .clock = world.clock,
                                .random = *world.random}};
    gateway::Mailbox mailbox_{core::Instant{}};
    gateway::ConversationService service_{gate, world.ground->taker(), world.ground->replies(), [] {}};

  public:
    std::vector<gateway::InboundOutcome> outcomes{};
    gateway::PublicRoutes routes{
        {.service = service_,
         .mailbox = mailbox_,
         .clock = world.clock,
         .country = "86",
         .words_again =
             [this](const config::ChannelSettings& channel) {
                 return world.ground->rules().book.catalogue.fill(channel.language, {.key = "err.again"}, channel.kind);
             },
         .recordings = &recordings_,
         .sounds = &sounds_,
         .on_inbound = [this](std::string_view, gateway::InboundOutcome outcome) { outcomes.push_back(outcome); },
         .on_turn = {},
         .log = {}}};

  private:
    std::vector<std::unique_ptr<gateway::Carrier>> carriers_{};
    std::unique_ptr<gateway::Server> server_{};
};

}  // namespace harborline::testing
