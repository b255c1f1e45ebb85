#pragma once
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "gateway/conversation/memory.hpp"
#include "tests/support/world.hpp"

namespace harborline::gateway {

/// A call as a carrier tells of it, request by request, on the demonstration's voice channel.
class Calls : public ::testing::Test {
  protected:
    using Event = core::CallInput::Event;
    explicit Calls(core::Roster roster = testing::shipped_roster()) : world(std::move(roster)) {}

    core::Inbound request(Event event, std::string keys = {}) {
        world.clock.advance(std::chrono::seconds{5});
        const bool begins = event == Event::kBegan;
        return {.channel = "handset-voice",
                .kind = core::ChannelKind::kVoice,
                .from = her,
                .to = "12338",
                .received_at = world.clock.now(),
                .text = std::move(keys),
                .call = core::CallInput{.id = id, .event = event, .step = begins ? 0 : step}};
    }
    /// With what she has said.
    core::Inbound spoken(Event event, std::string_view name) {
        core::Inbound inbound = request(event);
        inbound.call->recording = name;
        return inbound;
    }
    core::Inbound of_leg(Event event, const core::Dial& dial, std::string_view leg, std::string keys = {}) {
        core::Inbound inbound = request(event, std::move(keys));
        inbound.from = {};
        inbound.call->step = 0;
        inbound.call->leg = leg;
        inbound.call->dial = dial.name;
        return inbound;
    }

    TurnOutcome give(const core::Inbound& inbound) {
        storage::Recording told{.name = inbound.call->recording,
                                .created_at = inbound.received_at,
                                .length = std::chrono::seconds{8},
                                .digest = std::string(32, 'd')};
        const auto* with = told.name.empty() ? nullptr : &told;
        return world.in([&](storage::Transaction& tx) { return world.ground->taker().take(tx, inbound, with); });
    }
    core::CallAnswer hear(const core::Inbound& inbound) {
        const auto answer = give(inbound).answer.call.value_or(core::CallAnswer{});
        if (inbound.call->leg.empty()) step = answer.step;
        return answer;
    }
    core::CallAnswer call() {
        id = "c" + std::to_string(++named_);
        return hear(request(Event::kBegan));
    }
    core::CallAnswer key(std::string keys) { return hear(request(Event::kKeys, std::move(keys))); }
    core::CallAnswer says(std::string_view name) { return hear(spoken(Event::kRecorded, name)); }
    TurnOutcome hangs_up() { return give(request(Event::kEnded)); }
    core::CallAnswer tell_land_up_to_the_story() {
        core::CallAnswer last = call();
        for (const char* one : {"2", "1", "2", "3", "1"}) last = key(one);
        return last;
    }
    core::Dial ask_for_a_person() {
        call();
        return std::get<core::Dial>(key("0").act);
    }

    /// The words of an answer, one line a sound.
    static std::string words_of(const core::CallAnswer& answer) {
        std::string all;
        for (const auto& sound : answer.sounds) all += (all.empty() ? "" : "\n") + sound.words;
        return all;
    }
    static std::string said(std::string_view key) {
        return testing::shipped().book.catalogue.fill("zh-CN", {.key = std::string{key}}, core::ChannelKind::kVoice);
    }
    static bool hangs_up_on(const core::CallAnswer& answer) {
        return std::holds_alternative<core::HangUp>(answer.act) && answer.sounds.empty();
    }
    Memory memory_of(const core::PhoneNumber& number) {
        const auto handset = world.handset(number).id;
        return world.in([&](storage::Transaction& tx) {
            const auto talk = tx.conversations().find(handset);
            return talk ? decode_memory(talk->state).value() : Memory{};
        });
    }
    std::optional<storage::Recording> recording(std::string_view name) {
        return world.in([&](storage::Transaction& tx) { return tx.recordings().find(name); });
    }

    testing::World world;
    core::PhoneNumber her = testing::phone(1);
    std::string id = "c0";
    int step = 0;

  private:
    int named_ = 0;
};

}  // namespace harborline::gateway
