#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/people/people_csv.hpp"
#include "gateway/app/ground.hpp"
#include "gateway/phone/rehearsed_calls.hpp"

namespace harborline::gateway {

/// What has reached a phone.
struct Received {
    enum class Kind {
        kText,
        kScreen,  ///< That answers what was just dialled or entered.
        kSound,   ///< On a call: words, or "(her recording)".
        kAct,     ///< What the call does behind its sounds, as `written` writes it.
    };
    core::PhoneNumber by{};
    std::string text{};
    Kind kind = Kind::kText;
    bool goes_on = false;  ///< The session or call waits for what she does next, and nobody else was rung.
};

/// The real engine in a temporary folder with a clock of its own: what a person would live through, without a carrier.
/// Everything that is sent arrives at once. The folder goes with the object.
///
/// Texts go by the first sms channel of the settings, sessions by the first ussd channel, calls by the first voice
/// channel. A recording is known by its length only. Relatives are put through, and called by that channel, whatever
/// the settings say of it: nobody is dialled.
class Rehearsal {
  public:
    /// `settings` and `book` must outlive it; the settings' database and key are not touched. `roster` and `people` are
    /// imported; std::runtime_error where the families can not be.
    Rehearsal(config::Settings settings, const flow::Book& book, const core::Roster& roster, core::Instant start,
              const config::PeopleFile& people = {});
    ~Rehearsal();
    Rehearsal(const Rehearsal&) = delete;
    Rehearsal& operator=(const Rehearsal&) = delete;

    /// One text from a phone, and everything that any phone gets because of it. A turn that throws strands its text.
    std::vector<Received> send(const core::PhoneNumber& from, std::string_view text);
    /// Dials the service code. Where a session of this phone is open, nobody is told that it ends. As the next two:
    /// std::runtime_error where the settings have no ussd channel.
    std::vector<Received> dial(const core::PhoneNumber& from);
    /// Enters something into the session that this phone has open; std::logic_error where it has none.
    std::vector<Received> enter(const core::PhoneNumber& from, std::string_view text);
    /// The session that this phone has open breaks off, and the carrier says so.
    std::vector<Received> drop(const core::PhoneNumber& from);
    bool in_session(const core::PhoneNumber& phone) const { return sessions_.contains(phone.value()); }

    /// Something that this phone does on the telephone; the error says why that cannot be now. std::runtime_error where
    /// the settings have no voice channel.
    core::Result<std::vector<Received>> act(const core::PhoneNumber& phone, const PhoneAct& act);
    bool on_the_line(const core::PhoneNumber& phone) const { return calls_.on_the_line(phone); }
    /// From here on a call from a family's phone is turned away, and called back.
    void call_back_missed() { settings_.kinship.missed_call = true; }

    /// Lets time pass, step by step through whatever falls due.
    std::vector<Received> wait(std::chrono::milliseconds time);

    /// What one screen of the ussd channel holds; std::runtime_error where there is none.
    core::ScreenLimits screen() { return ussd_channel().screen; }
    /// The ussd and voice channels speak this language from now on.
    void speak(const std::string& language);
    /// Somebody has confirmed that this handset is hers alone.
    void make_private(const core::PhoneNumber& handset);
    /// A PIN for the staff line. False where this is no staff member's phone.
    bool give_pin(const core::PhoneNumber& phone, std::string_view pin);
    /// PINs of a child's card: number, "pin", the PIN and, where wanted, "duress" and another, with blanks between.
    /// False where no child has it.
    bool give_card_pin(std::string_view card);
    /// Child, adult and what is between them from now on ("barred", "paused", "allowed"), with blanks between. False
    /// where there is no such tie.
    bool set_tie(std::string_view tie);
    /// Child, adult and a time ("sun 19:00"), with blanks between: they are to be put through then. False where the
    /// line does not agree to that.
    bool appoint(std::string_view wish);
    /// All consents for a child are withdrawn today. False where there is no such child.
    bool withdraw_consent(std::string_view child);
    /// A safe contact plan for this handset's person: way, code for safe, code for not safe, story, with blanks
    /// between; all but the way may be left out. False where that is no plan.
    bool agree(const core::PhoneNumber& phone, std::string_view plan);

    Ground& ground() { return *ground_; }
    core::Instant now() const;

  private:
    class MovingClock;
    class SeededRandom;
    core::Inbound inbound(const config::ChannelSettings& channel, const core::PhoneNumber& from);
    core::Answer take(const core::Inbound& inbound, const storage::Recording* told = nullptr);
    core::CallAnswer ask(const core::PhoneNumber& from, core::CallInput event, std::string keys,
                         std::chrono::seconds says);
    std::vector<Received> answered(const core::PhoneNumber& from, core::SessionInput session, std::string_view text);
    core::Result<std::vector<Received>> let_ring(const core::PhoneNumber& phone);
    config::ChannelSettings* channel_of(core::ChannelKind kind);
    config::ChannelSettings& ussd_channel();
    config::ChannelSettings& voice_channel();
    std::vector<Received> deliver();
    bool carry(storage::Transaction& tx, const config::ChannelSettings& channel, core::Instant now,
               std::vector<Received>& carried);
    std::vector<Received> settle_what_is_due();

    std::filesystem::path folder_{};
    config::Settings settings_;
    std::unique_ptr<MovingClock> clock_;
    std::unique_ptr<SeededRandom> random_;
    std::unique_ptr<Ground> ground_{};
    std::map<std::uint64_t, std::string> sessions_{};  ///< Open ones by phone.
    RehearsedCalls calls_;
    std::int64_t dialled_ = 0;
    std::int64_t spoken_ = 0;
    std::int64_t sent_ = 0;
};

}  // namespace harborline::gateway
