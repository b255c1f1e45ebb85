#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/conversation/case_deeds.hpp"
#include "gateway/conversation/duty_desk.hpp"
#include "gateway/conversation/rules.hpp"
#include "gateway/conversation/word_hash.hpp"
#include "handlers/core/inbound.hpp"
#include "handlers/core/input.hpp"
#include "handlers/flow/engine.hpp"
#include "handlers/petition/flood_watch.hpp"
#include "storage/transaction.hpp"

namespace harborline::gateway {

struct Known;

struct TurnOutcome {
    enum class Kind { kTaken, kRepeat, kPart, kQuarantined };
    Kind kind = Kind::kTaken;
    core::Answer answer{};  ///< What belongs into the carrier's own answer (USSD, voice); empty for SMS.
};

/// Takes one input through its conversation: dedupe, load, advance, deeds, answer, all written or nothing. Used on the
/// storage thread only; keeps nothing between turns but a copy of the roster, and which texts come from many strangers.
class TurnTaker {
  public:
    /// The note of a turn that only keeps a text of a flood; and, with that turn's id, of the one that took it later.
    static constexpr std::string_view kQuarantined = "quarantined";
    static constexpr std::string_view kReleased = "released:";

    explicit TurnTaker(const Rules& rules);

    /// Throws on a bug or a broken machine; whatever was written is then undone by the store.
    /// `told` is the recording that came with it: its row is written with the turn.
    TurnOutcome take(storage::Transaction& tx, const core::Inbound& inbound, const storage::Recording* told = nullptr);

    /// A conversation may have gone silent: what was told is filed, nothing is sent.
    void lapse(storage::Transaction& tx, core::HandsetId handset, core::Instant now);

    /// A carrier's session may have been dropped: on a private handset she is asked once, by text, whether to go on.
    void session_over(storage::Transaction& tx, core::HandsetId handset, core::Instant now);

    /// Parts from a handset whose neighbours did not come are taken as they are; those that are too old to be answered
    /// are kept as stranded.
    void release_fragments(storage::Transaction& tx, core::HandsetId handset, core::Instant now);
    /// The same, where taking them throws: they are kept as stranded.
    void strand_fragments(storage::Transaction& tx, core::HandsetId handset, core::Instant now);

    /// Keeps a text whose turn threw, tells the administrator and the person. A text in danger raises its alert all
    /// the same.
    core::Answer strand(storage::Transaction& tx, const core::Inbound& inbound, std::string_view error,
                        const storage::Recording* told = nullptr);

    /// A text whose turn can not be taken, as it may be kept: without its words where they are for a relative, or a
    /// card's PIN (I7).
    struct Keepable {
        core::Inbound inbound{};
        std::string identity{};
        bool without_words = false;
    };
    Keepable keepable(storage::Transaction& tx, const core::Inbound& inbound, std::string_view identity);

    /// Takes a stranded text again; throws what the turn throws. False where it is no longer stranded.
    bool retry(storage::Transaction& tx, core::StrandedId id, core::Instant now);

    /// Takes a text out of the quarantine: a person has seen that it is no part of a flood. Throws what the turn
    /// throws.
    void release(storage::Transaction& tx, const storage::Turn& quarantined, core::Instant now);

    /// Two who are talking.
    struct Talk {
        std::string channel{};
        std::string leg{};  ///< The carrier's name for the far one: with its end the talk is over.
    };
    /// A caller may be talking to a relative, or to several from one number. What it hands out must be ended: those two
    /// may not talk any more.
    std::optional<Talk> watch_talk(storage::Transaction& tx, core::HandsetId caller, core::Instant now);

    DutyDesk& desk() { return desk_; }
    const Rules& rules() const { return rules_; }

  private:
    struct Turn;
    /// For whom a text is (turn_confidence.cpp).
    enum class TextKind {
        kOrdinary,     ///< For us: kept, and read by whoever helps her.
        kSecret,       ///< On the kinship line and no words of hers, or words that go nowhere. Danger is heard in it.
        kForRelative,  ///< Her words for a relative: nobody is called, whatever they tell of.
        kUnsure,       ///< For a relative or for us: she is asked.
    };
    struct Taking {
        std::string identity{};
        core::Instant now{};
        bool by_content = false;  ///< The carrier gives nothing else by which its repeat could be known (I2).
        bool seen = false;        ///< A person has let it through: not looked at for a flood.
        std::string_view remark{};
    };
    TurnOutcome take_whole(storage::Transaction& tx, const core::Inbound& inbound, const Taking& how);
    /// A sender that is no number ("MyBank") is kept and never answered; such senders share no conversation.
    static TurnOutcome keep_only(storage::Transaction& tx, const core::Inbound& inbound, const std::string& identity);
    TurnOutcome take_part(storage::Transaction& tx, const core::Inbound& part, const std::string& identity);
    static core::Inbound joined(const std::vector<core::Inbound>& parts);
    /// Strands a text without a word to whoever sent it.
    void keep_for_a_person(storage::Transaction& tx, const core::Inbound& text, core::Instant now);
    /// Removes and returns the texts of a handset that are still not whole after their time, and forgets the parts of
    /// those that were.
    std::vector<core::Inbound> overdue_texts(storage::Transaction& tx, core::HandsetId handset, core::Instant now);
    /// The whole text, where this is the last part that was missing; the others are then removed.
    std::optional<core::Inbound> completed_by(storage::Transaction& tx, const core::Inbound& part);
    struct Stranding {
        std::string identity{};
        std::string_view error{};
        core::Instant now{};
        std::string_view sent{};  ///< What the carrier gave, of a session.
    };
    core::Answer strand_session(storage::Transaction& tx, const core::Inbound& inbound, const Stranding& how);
    core::Answer strand_whole(storage::Transaction& tx, const core::Inbound& inbound, const Stranding& how);
    TurnOutcome take_session(storage::Transaction& tx, const core::Inbound& inbound);
    TurnOutcome end_session(storage::Transaction& tx, const core::Inbound& inbound, core::HandsetId handset);

    // Calls (turn_calls.cpp).
    TurnOutcome take_call(storage::Transaction& tx, const core::Inbound& inbound, const storage::Recording* told);
    TurnOutcome end_call(storage::Transaction& tx, const core::Inbound& inbound, const storage::Recording* told);
    void keep(Turn& turn) const;
    core::Input said_in(const Turn& turn) const;
    bool hear_late(storage::Transaction& tx, const storage::Handset& her, const core::Inbound& inbound,
                   const storage::Recording* told);
    TurnOutcome keep_late(storage::Transaction& tx, const core::Inbound& inbound, const storage::Recording& told);
    TurnOutcome take_leg(storage::Transaction& tx, const core::Inbound& inbound);
    core::CallAnswer greet_leg(storage::Transaction& tx, const Known& caller, const core::Inbound& leg);
    bool accepts_leg(storage::Transaction& tx, const Known& caller, const core::Inbound& leg);
    bool person_accepts(storage::Transaction& tx, const Memory& caller, const core::Inbound& leg);
    void begin_talk(storage::Transaction& tx, Known& caller, const core::Inbound& leg);
    void hear_nine(storage::Transaction& tx, const storage::Handset& her, const core::Inbound& leg);
    void raise_alert_of(storage::Transaction& tx, const storage::Handset& her, const core::Inbound& leg);
    void begin_call(Turn& turn);
    void begin_dialogue(Turn& turn);
    void join_call(Turn& turn);
    void hear_call(Turn& turn);
    void hear_keys(Turn& turn, std::string_view keys);
    void hear_recording(Turn& turn);
    void hang_up(Turn& turn);
    void lose_call(Turn& turn);
    void note_broken_off(Turn& turn);
    void take_back_the_talk(Turn& turn);
    void end_ringing(Turn& turn);
    std::vector<core::StaffMember> next_to_ring(const Turn& turn);
    void ring(Turn& turn, core::Dial& dial);
    void speak(Turn& turn);
    core::CallAct next_act(Turn& turn);
    core::CallAnswer spoken(const Turn& turn) const;
    core::Answer strand_call(storage::Transaction& tx, const core::Inbound& inbound, const Stranding& how,
                             const storage::Recording* told);
    /// What went wrong on a call can not be taken again: the call is over. A person gets in touch.
    void call_back(storage::Transaction& tx, const core::Inbound& inbound, core::Instant now);
    void call_over(storage::Transaction& tx, core::HandsetId handset, core::Instant now);
    // Relatives who are rung (turn_relatives.cpp).
    core::CallAnswer greet_relative(storage::Transaction& tx, const Known& caller, const core::Inbound& leg);
    bool calls_for_help(storage::Transaction& tx, const core::Inbound& leg);
    bool relative_accepts(storage::Transaction& tx, const Known& caller, const core::Inbound& leg);
    core::CallAnswer refuse_relative(storage::Transaction& tx, const core::Inbound& leg) const;
    static void begin_kin_talk(storage::Transaction& tx, Known& caller, const core::Inbound& leg);
    /// Whether the talk of a leg whose caller has begun something else meanwhile goes on, as the leg asks once more.
    /// Nothing where it is no such leg.
    std::optional<bool> goes_on_elsewhere(storage::Transaction& tx, const Known& caller,
                                          const core::Inbound& leg) const;
    /// Those of this call, which has ended, and whatever must have ended without anybody saying so. False where there
    /// is none.
    bool end_talks(storage::Transaction& tx, Memory& memory, std::string_view call, core::Instant now) const;
    void ring_relative(Turn& turn, core::Dial& dial);
    /// False where a repeat would ring a relative who may not be rung any more.
    bool may_ring_again(storage::Transaction& tx, const Known& caller, const core::CallAnswer& answer,
                        core::Instant now) const;
    void note_talk(Turn& turn);
    // Calls of the kinship line (turn_kin_calls.cpp).
    bool may_turn_away(storage::Transaction& tx, const core::Inbound& inbound, const std::optional<Known>& known) const;
    TurnOutcome turn_away(storage::Transaction& tx, const core::Inbound& inbound);
    /// False where nobody is talked to: it was no call of the kinship line, or must not be one any more.
    bool begin_kin_call(Turn& turn);
    bool hear_kin_call(Turn& turn);
    void ask_for_child(Turn& turn, core::OutboxId row);
    bool hear_child(Turn& turn, core::OutboxId row, core::AppointmentId appointment);
    // Calls that we have placed (turn_placed.cpp).
    void begin_placed(Turn& turn);
    bool hear_placed(Turn& turn);
    void end_placed(Turn& turn);
    void ask_placed(Turn& turn);
    void tell_story(Turn& turn, core::CallAct then);
    bool hear_code(Turn& turn);
    void play_placed(Turn& turn, Session::Hearing then);
    void tell_page(Turn& turn, const core::Message& row, const core::Page& page);
    bool hear_page(Turn& turn, const core::Message& row, const core::Page& page);
    void answer_page(Turn& turn, const core::Page& page, duty::Command::Kind kind);
    void dial(Turn& turn);
    void enter(Turn& turn);
    bool turn_page(Turn& turn);
    bool show_kept(Turn& turn);
    void show(Turn& turn);
    core::Answer screen(const Session& session, const storage::Handset& handset) const;
    bool is_discreet(const Memory& memory) const;
    void ask_by_text(storage::Transaction& tx, const storage::Handset& handset, Memory& memory, core::Instant now);

    petition::HabitLimits limits() const;
    void load(Turn& turn);
    bool was_just_said(const Turn& turn, const petition::Said& said);
    void note_habits(Turn& turn, const petition::Said& said);
    void note_if_empty(Turn& turn, core::Instant ended) const;
    bool is_slowed(const Turn& turn) const;
    bool is_flood(const Turn& turn, const petition::Said& said);
    TurnOutcome quarantine(Turn& turn);
    bool answered_elsewhere(Turn& turn);
    void converse(Turn& turn);
    void keep_watch(Turn& turn, bool was_idle);
    // For whom a text is (turn_confidence.cpp).
    void note_confidence(Turn& turn) const;
    static bool is_in_confidence(const Turn& turn);
    static void drop_flow(Turn& turn);
    bool is_in_time(const Turn& turn) const;
    static bool is_still_hers(const Turn& turn);
    TextKind kind_of(const Turn& turn) const;
    TextKind kind_without_menu(const Turn& turn) const;
    bool is_free(const Turn& turn) const;
    static bool is_in_touch(const Turn& turn);
    bool may_be_words(const Turn& turn) const;
    bool is_secret(const Turn& turn) const;
    bool is_confidential(storage::Transaction& tx, const core::Inbound& inbound) const;
    void run(Turn& turn, const core::Input& input);
    void follow(Turn& turn, flow::Advance advance);
    void heed(Turn& turn, bool confided);
    Speaker speaker_of(const Turn& turn) const;
    core::Input read(std::string_view text) const;
    void send(Turn& turn);
    /// Due at once, and not sent any more once whoever asked does not wait for it.
    void write(storage::Transaction& tx, core::Message message) const;
    void finish(Turn& turn);

    const Rules& rules_;
    DutyDesk desk_;
    petition::FloodWatch floods_;
    WordHash hash_;
};

}  // namespace harborline::gateway
