#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/calls/event_reader.hpp"
#include "handlers/core/call.hpp"

namespace harborline::gateway {

/// What became of a call that we placed.
struct PlacedEnd {
    enum class Kind : std::uint8_t {
        kAnswered,
        kBusy,
        kNoAnswer,  ///< Rang out, or nothing was heard from the far side.
        kDeclined,  ///< The far side, or somebody for it, said no.
        kNoNumber,  ///< There is no such number.
        kEnded,     ///< By ourselves before anybody answered.
        kFailed,    ///< No way there now.
        kUnknown,   ///< The socket was cut, and the call is gone: nobody can say whether it was answered.
    };
    Kind kind = Kind::kUnknown;
    std::string cause{};  ///< As FreeSWITCH calls it; empty where it said none.
    std::string leg{};    ///< kAnswered: which one.
};

/// A leg, ours or any other of the switch, is over.
struct LegEnd {
    std::string uuid{};
    std::string cause{};  ///< Empty: it went while the socket was cut, and nobody can say why.
    bool answered = false;
    std::chrono::milliseconds talked{0};
};

/// The sort of a cause that ended a call before it was answered.
PlacedEnd::Kind sort_of(std::string_view cause);
/// The same for the outcome of a Dial.
core::DialEnd dial_end_of(PlacedEnd::Kind kind);
/// "no answer": for a reason that an operator reads.
std::string_view words_of(PlacedEnd::Kind kind);

/// Which calls are being placed and which legs are up, as far as the socket told. Pure. What holds (each recorded):
///   only BACKGROUND_JOB ends the placing of a call: some failures bring no other event, and no order is fixed;
///   legs are known by Unique-ID alone: numbers change places when a call is answered;
///   a placing that fails because its leg's name is in use says nothing about the living call of that name;
///   events of all channels come, also those of calls that others placed.
class SwitchBook {
  public:
    struct News {
        struct Placed {
            std::string job{};
            PlacedEnd end{};
        };
        std::optional<Placed> placed{};
        std::optional<LegEnd> leg{};
        bool shutting_down = false;
    };

    /// Before the command goes out. False where a job of that name is already open.
    bool place(const std::string& job, const std::vector<std::string>& legs);
    /// What an event means.
    News read(const SwitchText& event);

    /// Certainly not placed, or nobody waits for it any longer.
    void drop(const std::string& job);
    /// What can be said of a job whose end did not come in time, which is dropped; its legs that nobody has answered
    /// are forgotten, and stand in `unanswered`, to be ended.
    PlacedEnd give_up(const std::string& job, std::vector<std::string>& unanswered);

    /// After a cut: the legs to ask for, once events come again.
    std::vector<std::string> open_legs() const;
    /// One that was asked for does not exist: it is over, and nobody can say why.
    News gone(const std::string& uuid);
    /// After all that: the jobs that have no leg left. What ended them was said while nobody listened.
    std::vector<News> without_legs();

    bool is_open(const std::string& uuid) const { return legs_.contains(uuid); }
    std::size_t jobs() const { return jobs_.size(); }

  private:
    struct Leg {
        std::string job{};  ///< Empty: not ours.
        bool answered = false;
    };
    struct Job {
        std::vector<std::string> legs{};
        std::string answered{};  ///< The leg that was.
        std::string cause{};     ///< Of the leg that ended last.
        PlacedEnd end() const;   ///< As far as its legs told.
    };

    News read_answer(const std::string& uuid);
    News read_hang_up(const SwitchText& event, const std::string& uuid);
    News read_job(const SwitchText& event);
    /// Forgets the legs of a job that failed, but for those that are up by themselves.
    std::vector<std::string> forget_legs(const std::string& name, const Job& job);

    std::map<std::string, Leg> legs_{};
    std::map<std::string, Job> jobs_{};
};

}  // namespace harborline::gateway
