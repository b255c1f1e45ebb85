#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gateway/phone/phone_act.hpp"
#include "handlers/core/inbound.hpp"
#include "handlers/core/result.hpp"

namespace harborline::gateway {

/// Stands for a phone that shows no number.
inline core::PhoneNumber withheld() {
    return core::PhoneNumber::of_call("withheld");
}

/// The carrier of a rehearsal's calls: knows who is on the line and who is rung, and asks the engine as a carrier does.
class RehearsedCalls {
  public:
    /// Takes one event of a call through the engine. What she says with it lasts so long; 0: nothing.
    using Ask = std::function<core::CallAnswer(const core::PhoneNumber& from, core::CallInput event, std::string keys,
                                               std::chrono::seconds says)>;
    explicit RehearsedCalls(Ask ask) : ask_(std::move(ask)) {}

    /// What is heard by whoever did it; nothing where that is over. The error says why it cannot be done now.
    core::Result<std::vector<core::CallAnswer>> act(const core::PhoneNumber& phone, const PhoneAct& act);

    /// We call this phone with a message of ours: it rings until it picks up.
    void ring(const core::PhoneNumber& phone, core::OutboxId placed) { ringing_[phone.value()] = placed; }
    /// It rings no more, and nobody has picked up; none where it did not ring.
    core::OutboxId give_up(const core::PhoneNumber& phone) {
        const auto rang = ringing_.extract(phone.value());
        return rang.empty() ? core::OutboxId{} : rang.mapped();
    }

    struct Cut {
        core::PhoneNumber caller{};
        std::vector<core::CallAnswer> hears{};
    };
    /// We end the talk that was accepted last, and its caller goes on. Nothing where nobody talks.
    std::optional<Cut> cut();

    /// On a call of its own, or rung for somebody's and picked up.
    bool on_the_line(const core::PhoneNumber& phone) const {
        return calls_.contains(phone.value()) || legs_.contains(phone.value());
    }

  private:
    using Answers = std::vector<core::CallAnswer>;
    using Event = core::CallInput::Event;
    struct Call {
        std::string id{};
        core::CallAnswer last{};
        core::OutboxId placed{};  ///< Of a call of ours.
    };
    struct Leg {
        std::string id{};
        std::string call{};
        std::string dial{};
        core::PhoneNumber caller{};
    };
    core::Result<Answers> on_a_call(const core::PhoneNumber& phone, Call& call, const PhoneAct& act);
    core::Result<Answers> on_a_leg(const core::PhoneNumber& phone, const PhoneAct& act);
    core::Result<Answers> key(const core::PhoneNumber& phone, const Call& call, const std::string& keys);
    core::Result<Answers> speak(const core::PhoneNumber& phone, const Call& call, const PhoneAct& act);
    core::Result<Answers> end_dial(const core::PhoneNumber& phone, const Call& call, bool talked);
    core::Result<Answers> pick_up(const core::PhoneNumber& phone);
    Answers hear(const core::PhoneNumber& phone, Event event, std::string keys = {}, std::chrono::seconds says = {});
    Answers ask_leg(const core::PhoneNumber& phone, Event event, std::string keys);

    Ask ask_;
    std::map<std::uint64_t, Call> calls_{};              ///< By the caller's phone.
    std::map<std::uint64_t, Leg> legs_{};                ///< By the phone that has picked up.
    std::map<std::uint64_t, core::OutboxId> ringing_{};  ///< By the phone that we call.
    std::string joined_{};                               ///< The call whose dial was accepted last.
    int named_ = 0;
};

}  // namespace harborline::gateway
