// A telephone on the voice channel of a World: what it hears, request by request.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "tests/support/world.hpp"

namespace harborline::testing {

/// The demonstration settings with a channel that carries calls beside the one that carries texts.
inline config::Settings settings_without_voice() {
    config::Settings settings = shipped().settings;
    std::erase_if(settings.channels, [](const auto& channel) { return channel.kind == core::ChannelKind::kVoice; });
    return settings;
}

inline config::Settings settings_with_voice() {
    config::Settings settings = settings_without_voice();
    config::ChannelSettings voice{.name = "voice", .carrier = "freeswitch", .kind = core::ChannelKind::kVoice};
    voice.number = "+8619900009999";
    voice.text_channel = settings.channels.at(0).name;
    settings.channels.push_back(std::move(voice));
    return settings;
}

/// The words of a text as they are heard.
inline std::string spoken(std::string_view key) {
    return shipped().book.catalogue.fill("zh-CN", {.key = std::string{key}}, core::ChannelKind::kVoice);
}

class Caller {
  public:
    using Event = core::CallInput::Event;

    Caller(World& world, core::PhoneNumber number) : world_(world), number_(number) {}

    void dial() { request({.event = Event::kBegan}); }
    /// She picks up a call of ours.
    void picks_up(core::OutboxId placed) { request({.event = Event::kAnswered, .placed = placed}); }
    /// Empty: nothing, until her time is over.
    void keys(std::string_view keyed) { request({.event = Event::kKeys}, keyed); }
    void records(const std::string& name) {
        const storage::Recording told{.name = name, .created_at = world_.clock.now()};
        request({.event = Event::kRecorded, .recording = name}, {}, &told);
    }
    void hangs_up() { request({.event = Event::kEnded}); }

    const core::CallAnswer& answer() const { return answer_; }
    std::vector<std::string> words() const {
        std::vector<std::string> all;
        for (const auto& sound : answer_.sounds) all.push_back(sound.words);
        return all;
    }
    bool hears(std::string_view key) const {
        const auto all = words();
        return std::ranges::find(all, spoken(key)) != all.end();
    }
    template <class Act>
    bool is_left_with() const {
        return std::holds_alternative<Act>(answer_.act);
    }

  private:
    void request(core::CallInput call, std::string_view keyed = {}, const storage::Recording* told = nullptr) {
        world_.clock.advance(std::chrono::seconds{5});
        const bool begins = call.event == Event::kBegan || call.event == Event::kAnswered;
        if (begins)
            id_ = "call-" + std::to_string(number_.value() % 10'000) + "-" +
                  std::to_string(core::to_millis(world_.clock.now()));
        call.id = id_;
        call.step = begins ? 0 : answer_.step;
        const core::Inbound inbound{.channel = "voice",
                                    .kind = core::ChannelKind::kVoice,
                                    .from = number_,
                                    .received_at = world_.clock.now(),
                                    .text = std::string{keyed},
                                    .call = std::move(call)};
        answer_ = world_.in([&](storage::Transaction& tx) {
            return world_.ground->taker().take(tx, inbound, told).answer.call.value_or(core::CallAnswer{});
        });
    }

    World& world_;
    core::PhoneNumber number_;
    core::CallAnswer answer_{};
    std::string id_{};
};

}  // namespace harborline::testing
