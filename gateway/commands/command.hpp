#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "gateway/app/ground.hpp"
#include "gateway/app/loading.hpp"

namespace harborline::gateway {

/// Ends a command: one sentence on stderr that says what to do, and the exit status (1 findings, 2 usage).
struct CommandFailed : std::runtime_error {
    CommandFailed(const std::string& what, int exit_status = 1) : std::runtime_error(what), status(exit_status) {}
    int status;
};

/// What every command takes.
struct CommonArguments {
    std::filesystem::path config = "config/harborline.toml";
    bool json = false;
    std::string as{};  ///< Staff key; empty: the operating-system user mapped in the roster.
};

/// Reads what an operator edits. Throws CommandFailed with the findings.
Loaded load_sound(const CommonArguments& common);

/// For what reads a whole database, before it begins: from now on this process, with the threads that it starts, gets
/// the processor and the disk when the service beside it wants neither.
void give_way();

/// A command's footing: settings, book and the open database, with the service running or stopped.
class CommandGround {
  public:
    /// Throws CommandFailed in words.
    explicit CommandGround(const CommonArguments& arguments, Access access = Access::kWrite);
    /// On another database than the settings name.
    CommandGround(const CommonArguments& arguments, Access access, Loaded loaded);

    Ground& operator*() { return *ground_; }
    Ground* operator->() { return ground_.get(); }
    core::Instant now() const { return clock_.now(); }
    /// In the time zone of the settings: 2027-03-03T18:00:00+08:00.
    std::string iso(core::Instant at) const { return core::format_iso(at, ground_->rules().zone); }
    const config::Settings& settings() const { return loaded_.settings; }

    /// Who gives the command, for the timeline. Throws CommandFailed where nobody on the staff does.
    core::StaffMember acting(storage::Transaction& tx) const;
    /// As `acting`; none while the roster has nobody who could be named.
    core::StaffId acting_where_staffed(storage::Transaction& tx) const;
    /// As `acting_where_staffed`; none also where nobody is named and the roster does not know the system's user.
    core::StaffId acting_where_known(storage::Transaction& tx) const;
    /// A staff member's short name for a screen.
    static std::string key_of(storage::Transaction& tx, core::StaffId staff);

  private:
    CommonArguments arguments_;
    Loaded loaded_;
    SystemClock clock_{};
    SystemRandom random_{};
    std::unique_ptr<Ground> ground_{};
};

/// In a few tenths of a millisecond.
inline constexpr int kTurnsAtOnce = 100;

/// Every turn in order, few at a time: the service beside it gets on in between.
void each_turn(CommandGround& ground, const std::function<void(const std::vector<storage::Turn>&)>& act);

}  // namespace harborline::gateway
