#include "gateway/commands/command.hpp"

#include <pwd.h>
#include <sched.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>

#include "storage/stand_back.hpp"

namespace harborline::gateway {
namespace {

/// Several commands beside a busy service wait for one another.
constexpr std::chrono::milliseconds kPatience{15'000};

/// Whoever gives the command as the service's user, through sudo, is still herself.
std::string operating_system_user() {
    const char* caller = std::getenv("SUDO_USER");
    if (caller != nullptr && *caller != '\0') return caller;
    const auto* entry = ::getpwuid(::geteuid());
    return entry == nullptr ? std::string{} : std::string{entry->pw_name};
}

}  // namespace

void give_way() {
    // Unlike one that is only nicer, an idle process has to leave the processor the moment the service wakes up. Linux
    // takes the class of its reads and writes from this too.
    const sched_param none{};
    if (::sched_setscheduler(0, SCHED_IDLE, &none) != 0) return;  // Then it is as polite as it may be.
}

Loaded load_sound(const CommonArguments& common) {
    Loaded loaded = load(common.config);
    if (!loaded.findings.empty()) throw CommandFailed(to_text(loaded.findings));
    return loaded;
}

CommandGround::CommandGround(const CommonArguments& arguments, Access access)
    : CommandGround(arguments, access, load_sound(arguments)) {}

CommandGround::CommandGround(const CommonArguments& arguments, Access access, Loaded loaded)
    : arguments_(arguments), loaded_(std::move(loaded)) {
    const Ground::World world{.clock = clock_, .random = random_, .busy_timeout = kPatience};
    auto ground = Ground::open(loaded_.settings, loaded_.book, world, access);
    if (!ground) throw CommandFailed(ground.error().message);
    ground_ = std::move(*ground);
}

core::StaffMember CommandGround::acting(storage::Transaction& tx) const {
    const auto member =
        arguments_.as.empty() ? tx.staff().by_os_user(operating_system_user()) : tx.staff().by_key(arguments_.as);
    if (!arguments_.as.empty() && (!member || !member->active))
        throw CommandFailed("no member of the staff has the name behind --as; see: harborline roster show");
    if (!member || !member->active)
        throw CommandFailed(
            "nobody on the roster gives this command; say who with --as STAFF, or add your user name to "
            "the roster");
    return *member;
}

core::StaffId CommandGround::acting_where_staffed(storage::Transaction& tx) const {
    return tx.staff().roster().staff.empty() ? core::StaffId{} : acting(tx).id;
}

core::StaffId CommandGround::acting_where_known(storage::Transaction& tx) const {
    if (!arguments_.as.empty()) return acting_where_staffed(tx);
    const auto member = tx.staff().by_os_user(operating_system_user());
    return member && member->active ? member->id : core::StaffId{};
}

std::string CommandGround::key_of(storage::Transaction& tx, core::StaffId staff) {
    if (!staff) return {};
    const auto member = tx.staff().find(staff);
    return member ? member->key : std::string{"?"};
}

void each_turn(CommandGround& ground, const std::function<void(const std::vector<storage::Turn>&)>& act) {
    core::TurnId after{};
    for (bool more = true; more;) {
        std::vector<storage::Turn> turns;
        ground->store().run([&](storage::Transaction& tx) { turns = tx.turns().since(after, kTurnsAtOnce); });
        if (!turns.empty()) after = turns.back().id;
        act(turns);
        more = !turns.empty();
        storage::stand_back();
    }
}

}  // namespace harborline::gateway
