#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "tests/gateway/conversation/call_world.hpp"

namespace harborline::gateway {

/// Two relatives on the telephone, who may be put through: Ming calls from phone 1, its mother from phone 2.
class RelativesOnCalls : public Calls {
  protected:
    RelativesOnCalls() {
        world.settings.kinship.bridge = config::Settings::Kinship::Bridge::kOwnTrunk;
        const core::LocalDate day = std::chrono::year{2027} / 1 / 4;
        world.in([&](storage::Transaction& tx) {
            auto& people = tx.people();
            ming_ = people.put(
                {.external_id = "c1", .kind = core::PersonKind::kChild, .name = "小明", .age = core::AgeBand::k8To13});
            mother_ = people.put({.external_id = "a1", .name = "王芳"});
            people.put({.person = ming_, .number = testing::phone(1), .is_private = true}, world.clock.now());
            people.put({.person = mother_, .number = testing::phone(2), .is_private = true}, world.clock.now());
            people.put(core::Care{.child = ming_, .carer = mother_, .guardian = true});
            people.put(core::Consent{.child = ming_, .guardian = mother_, .how = "paper", .given = day});
            people.put(tie());
            tie_ = people.ties_of(ming_).at(0).id;
        });
    }

    core::Tie tie(core::Tie::State state = core::Tie::State::kAllowed) const {
        return {.child = ming_,
                .adult = mother_,
                .relation = core::Relation::kMother,
                .state = state,
                .proved_by = "call",
                .agreed = true};
    }
    void put(const core::Tie& becomes) {
        world.in([&](storage::Transaction& tx) { tx.people().put(becomes); });
    }
    void bar() { put(tie(core::Tie::State::kBarred)); }
    /// From that phone, as far as the question whom she wants.
    core::CallAnswer enters(const core::PhoneNumber& from) {
        her = from;
        call();
        return key("1");
    }
    core::CallAnswer wants_the_first(const core::PhoneNumber& from) {
        enters(from);
        return key("1");
    }
    static bool dials(const core::CallAnswer& answer) { return std::holds_alternative<core::Dial>(answer.act); }
    core::Dial rings(const core::PhoneNumber& from) { return std::get<core::Dial>(wants_the_first(from).act); }
    core::Inbound leg_of(Event event, const core::Dial& dial, const core::PhoneNumber& at, std::string keys = {}) {
        auto asked = of_leg(event, dial, "l1", std::move(keys));
        asked.from = at;
        return asked;
    }
    core::CallAnswer picks_up(const core::Dial& dial, const core::PhoneNumber& at) {
        return hear(leg_of(Event::kLegBegan, dial, at));
    }
    bool joins(const core::Dial& dial, const core::PhoneNumber& at, std::string keys = "1") {
        return std::holds_alternative<core::Join>(hear(leg_of(Event::kLegKeys, dial, at, std::move(keys))).act);
    }
    core::CallAnswer dial_ends(core::DialEnd end) {
        auto ended = request(Event::kDialEnded);
        ended.call->dial_end = end;
        return hear(ended);
    }
    void dials_ussd() {
        world.clock.advance(std::chrono::seconds{5});
        const core::Inbound dialled{
            .channel = "handset-ussd",
            .kind = core::ChannelKind::kUssd,
            .from = her,
            .to = "12338",
            .received_at = world.clock.now(),
            .session = core::SessionInput{.id = "u1", .event = core::SessionInput::Event::kBegan}};
        world.in([&](storage::Transaction& tx) { world.ground->taker().take(tx, dialled); });
    }
    std::vector<core::KinCall> noted() {
        return world.in([&](storage::Transaction& tx) { return tx.kin_calls().of_child(ming_, core::Instant{}); });
    }
    std::optional<TurnTaker::Talk> watched() {
        const auto caller = world.handset(her).id;
        return world.in(
            [&](storage::Transaction& tx) { return world.ground->taker().watch_talk(tx, caller, world.clock.now()); });
    }

    core::PersonId ming_{};
    core::PersonId mother_{};
    core::TieId tie_{};
};

}  // namespace harborline::gateway
