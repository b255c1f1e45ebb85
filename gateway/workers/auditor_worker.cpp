#include "gateway/workers/auditor_worker.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "gateway/conversation/duty_settings.hpp"
#include "handlers/petition/routing.hpp"

namespace harborline::gateway {
namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr auto kAuditEvery = 1min;
/// What is older was told of when it was new.
constexpr auto kLooksBack = 1h;
/// So many audits in a row that could not be made are an event.
constexpr int kMissesTold = 3;
constexpr std::size_t kReadAtOnce = 16;

std::string_view name_of(duty::Difference::Kind kind) {
    switch (kind) {
        case duty::Difference::Kind::kMissing:
            return "missing";
        case duty::Difference::Kind::kNobody:
            return "nobody";
        case duty::Difference::Kind::kLate:
            return "late";
        case duty::Difference::Kind::kAfterTaken:
            return "after_taken";
        case duty::Difference::Kind::kNotCalledFor:
            return "not_called_for";
        case duty::Difference::Kind::kNotSent:
            return "not_sent";
        case duty::Difference::Kind::kNotCalled:
            return "not_called";
        case duty::Difference::Kind::kCalledAlone:
            return "called_alone";
    }
    return "unknown";
}

/// What makes a difference the same one a minute later: what was missing is late once it has come.
std::string key_of(core::AlertId alert, const duty::Difference& difference) {
    using Kind = duty::Difference::Kind;
    const bool too_much = difference.kind == Kind::kAfterTaken || difference.kind == Kind::kNotCalledFor;
    const bool of_call = difference.kind == Kind::kNotCalled || difference.kind == Kind::kCalledAlone;
    return std::string{"told_duty_audit_"}
        .append(std::to_string(alert.value))
        .append(of_call    ? "_call_"
                : too_much ? "_more_"
                           : "_less_")
        .append(std::to_string(difference.staff.value))
        .append("_")
        .append(std::to_string(core::to_millis(difference.at)));
}

bool carries_calls(const Rules& rules, std::string_view channel) {
    return rules.has_channel(channel) && rules.channel(channel).kind == core::ChannelKind::kVoice;
}

/// Whom RED has to ring besides texting her.
bool is_called(const core::Roster& roster, core::StaffId staff) {
    const auto member = std::ranges::find(roster.staff, staff, &core::StaffMember::id);
    return member != roster.staff.end() && member->call && member->phone.is_subscriber();
}

/// Whether the carrier has it, as far as anybody knows.
bool has_gone(core::MessageState state) {
    return state == core::MessageState::kSent || state == core::MessageState::kDelivered ||
           state == core::MessageState::kUnknown;
}

/// What was called for beside the texts of it. A text that nothing called for stands for itself.
std::vector<duty::Telling> tellings_of(const core::Page& page, std::vector<storage::PageMessage> messages,
                                       const std::vector<core::Paging>& pagings) {
    std::vector<duty::Telling> tellings;
    for (const auto& paging : pagings) {
        const auto text = std::ranges::find(messages, paging.message, &storage::PageMessage::id);
        duty::Telling telling{.staff = page.staff, .at = paging.at, .went = false, .waited = std::nullopt};
        if (text != messages.end()) {
            telling.went = has_gone(text->state);
            telling.waited = text->created_at - paging.at;
        }
        tellings.push_back(telling);
    }
    for (const auto& paging : pagings)
        std::erase_if(messages, [&](const storage::PageMessage& one) { return one.id == paging.message; });
    for (const auto& message : messages)
        tellings.push_back({.staff = page.staff, .at = message.created_at, .went = has_gone(message.state)});
    return tellings;
}

/// Which ladder a level climbs.
const duty::Ladder& ladder_of(const duty::Ladders& ladders, core::Level level) {
    if (level == core::Level::kRed) return ladders.red;
    return level == core::Level::kYellow || level == core::Level::kGreen ? ladders.yellow : ladders.orange;
}

/// Takings and hand-backs of an alert, out of its matter's timeline.
std::vector<duty::AlertChange> changes_of(storage::Transaction& tx, const core::Alert& alert, const core::Case& matter,
                                          const std::vector<core::Page>& pages) {
    using Change = duty::AlertChange;
    std::vector<Change> changes;
    // An ordinary page for the same matter can be handed back too: her pages of this alert say how often it was this.
    const auto handed_back = [&](core::StaffId by) {
        return std::ranges::count_if(pages, [by](const core::Page& page) {
            return page.staff == by && page.state == core::Page::State::kHandedBack;
        });
    };
    const auto known = [&](core::StaffId by) {
        return std::ranges::count_if(changes, [by](const Change& change) {
            return change.by == by && change.kind == Change::Kind::kHandedBack;
        });
    };
    for (const auto& entry : tx.cases().entries(matter.id)) {
        if (entry.at < alert.raised_at) continue;
        if (entry.kind == core::CaseEntry::Kind::kTaken)
            changes.push_back({.kind = Change::Kind::kTaken, .at = entry.at, .by = entry.by});
        if (entry.kind == core::CaseEntry::Kind::kHandedBack && !entry.by)
            changes.push_back({.kind = Change::Kind::kSilent, .at = entry.at});
        else if (entry.kind == core::CaseEntry::Kind::kHandedBack && known(entry.by) < handed_back(entry.by))
            changes.push_back({.kind = Change::Kind::kHandedBack, .at = entry.at, .by = entry.by});
    }
    // Whoever closes a matter has taken it, without a line of its own.
    if (!alert.open) changes.push_back({.kind = Change::Kind::kTaken, .at = alert.taken_at, .by = alert.taken_by});
    if (matter.closed_at) changes.push_back({.kind = Change::Kind::kClosed, .at = *matter.closed_at});
    std::ranges::stable_sort(changes, {}, &Change::at);
    return changes;
}

}  // namespace

AuditorWorker::AuditorWorker(Parts parts, asio::any_io_executor executor)
    : parts_(std::move(parts)), executor_(std::move(executor)), sleep_(executor_), answered_(executor_) {}

AuditorWorker::Record AuditorWorker::record_of(storage::Transaction& tx, const Rules& rules, const core::Alert& alert,
                                               const core::Case& matter) {
    Record record{.alert = alert.id,
                  .case_id = matter.id,
                  .level = alert.level,
                  .place = matter.place,
                  .department = matter.department,
                  .story = {.raised_at = alert.raised_at}};
    auto pages = tx.alerts().pages_for(matter.id);
    std::erase_if(pages, [&](const core::Page& page) { return page.alert != alert.id; });
    auto& told = record.story.told;
    auto& called = record.story.called;
    for (const auto& page : pages) {
        auto messages = tx.outbox().messages_of(page.id);
        const auto calls = std::ranges::stable_partition(
            messages, [&](const storage::PageMessage& one) { return !carries_calls(rules, one.channel); });
        for (const auto& call : calls)
            called.push_back({.staff = page.staff, .at = call.created_at, .went = has_gone(call.state)});
        messages.erase(calls.begin(), calls.end());
        for (auto& telling : tellings_of(page, std::move(messages), tx.alerts().pagings_of(page.id)))
            told.push_back(std::move(telling));
    }
    // What was called for at a lower level is another story.
    for (auto* tellings : {&told, &called}) {
        std::erase_if(*tellings, [&](const duty::Telling& one) { return one.at < alert.raised_at; });
        std::ranges::stable_sort(*tellings, {}, &duty::Telling::at);
    }
    record.story.changes = changes_of(tx, alert, matter, pages);
    return record;
}

void AuditorWorker::read_some(storage::Transaction& tx, const Rules& rules, Records& records, std::size_t from) {
    const auto end = std::min(from + kReadAtOnce, records.alerts.size());
    for (auto at = from; at < end; ++at) {
        const auto alert = tx.alerts().find(records.alerts[at].alert);
        const auto matter = alert ? tx.cases().find(alert->case_id) : std::nullopt;
        const bool over = !matter || (matter->closed_at && *matter->closed_at < records.at - kLooksBack);
        records.alerts[at] = over ? Record{} : record_of(tx, rules, *alert, *matter);
    }
}

/// Alert by alert, a few at a time: a flood of alerts must not make the auditor hold up the next one.
asio::awaitable<void> AuditorWorker::gather(std::shared_ptr<Records> records) {
    storage::Store::Work first = [records](storage::Transaction& tx) {
        records->roster = tx.staff().roster();
        records->roster_version = tx.staff().version();
        records->roster_since = tx.journal().last("roster_imported");
        records->alerts.clear();
        for (const auto& alert : tx.alerts().recent(records->at - kLooksBack))
            records->alerts.push_back({.alert = alert.id});
    };
    // Danger's lane: what waits behind a flood of texts would audit nothing while it matters.
    co_await parts_.gate.transact(storage::Store::Lane::kDanger, std::move(first));
    for (std::size_t from = 0; from < records->alerts.size(); from += kReadAtOnce) {
        storage::Store::Work some = [records, from, rules = &parts_.rules](storage::Transaction& tx) {
            read_some(tx, *rules, *records, from);
        };
        co_await parts_.gate.transact(storage::Store::Lane::kDanger, std::move(some));
    }
}

asio::awaitable<std::shared_ptr<const AuditorWorker::Records>> AuditorWorker::look() {
    if (!asked_) {
        asked_ = std::make_shared<Records>();
        asked_->at = parts_.clock.now();
        asio::co_spawn(executor_, gather(asked_), [this, asked = asked_](std::exception_ptr error) {
            asked->error = std::move(error);
            asked->over = true;
            answered_.cancel();
        });
    }
    answered_.expires_after(parts_.patience);
    boost::system::error_code ignored;
    if (!asked_->over) co_await answered_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    std::shared_ptr<const Records> records;
    if (asked_->over) records = std::exchange(asked_, nullptr);
    co_return records;
}

void AuditorWorker::missed(std::string_view why) {
    if (++misses_ < kMissesTold) return;
    differences_ = std::max<std::size_t>(differences_, 1);
    parts_.on_audit(differences_);
    if (misses_ == kMissesTold) parts_.log.error("duty_unaudited", {{"why", why}});
}

/// A roster that was replaced still answers for what happened while it stood.
void AuditorWorker::learn_roster(const Records& records) {
    const bool first = rosters_.empty();
    if (!first && rosters_.back().version == records.roster_version) return;
    // One that came by another way than a command is as old as we know it.
    const bool dated = first || records.roster_since > rosters_.back().from;
    rosters_.push_back({.from = dated ? records.roster_since : records.at,
                        .version = records.roster_version,
                        .roster = records.roster});
}

std::vector<AuditorWorker::Finding> AuditorWorker::judge(const Records& records) const {
    const auto roster_at = [this](core::Instant at) -> const core::Roster& {
        auto found = rosters_.begin();
        for (auto next = found; next != rosters_.end() && next->from <= at; ++next) found = next;
        return found->roster;
    };
    const auto& settings = parts_.rules.settings.duty;
    const auto ladders = ladders_of(settings);
    const auto night = night_of(settings);
    std::vector<Finding> findings;
    for (const auto& record : records.alerts) {
        if (!record.alert) continue;
        const petition::Post post{.district = record.place, .department = record.department};
        duty::AuditRules rules{
            .ladder = ladder_of(ladders, record.level),
            .reachable =
                [&](core::Role role, core::Instant at) {
                    const auto local = parts_.rules.zone.local(at);
                    return duty::reachable_in(roster_at(at), post, role, record.level, local, night);
                },
            .administrators = [&](core::Instant at) { return petition::administrators(roster_at(at)); },
            .tolerance = settings.audit_tolerance,
            .may_wait = duty::longest_wait(record.level, settings.bundle)};
        if (record.level == core::Level::kRed && !settings.call_channel.empty())
            rules.is_called = [&](core::StaffId staff, core::Instant at) { return is_called(roster_at(at), staff); };
        for (const auto& difference : duty::audit(record.story, rules, records.at))
            if (difference.at + kLooksBack + rules.may_wait >= records.at)
                findings.push_back({.alert = record.alert, .case_id = record.case_id, .difference = difference});
    }
    return findings;
}

void AuditorWorker::alarm(storage::Transaction& tx, core::Instant now) const {
    const auto& name = parts_.rules.settings.duty.alarm_channel;
    if (name.empty()) return;
    const auto& channel = parts_.rules.channel(name);
    for (const core::StaffId staff : petition::administrators(tx.staff().roster())) {
        const auto member = tx.staff().find(staff);
        if (!member || member->phone.empty()) continue;
        const auto handset = tx.handsets().find_or_add(member->phone, now);
        const flow::Say say{.key = "adm.duty_audit"};
        tx.outbox().add({.channel = channel.name,
                         .to = handset.id,
                         .text = parts_.rules.words(channel, handset.language, {say}),
                         .kind = core::MessageClass::kRedPage,
                         .created_at = now,
                         .due_at = now,
                         .expires_at = now + parts_.rules.settings.outbox.page_expiry});
    }
}

/// What is new goes into the journal, one line each, and out as one text.
asio::awaitable<void> AuditorWorker::tell(std::vector<Finding> findings, core::Instant now) {
    std::erase_if(findings, [this](const Finding& one) { return told_.contains(key_of(one.alert, one.difference)); });
    if (findings.empty()) co_return;
    for (const auto& [alert, case_id, difference] : findings)
        parts_.log.error("duty_audit", {{"case", case_id},
                                        {"alert", alert},
                                        {"what", name_of(difference.kind)},
                                        {"staff", difference.staff},
                                        {"ago_s", now - difference.at}});
    auto shared = std::make_shared<const std::vector<Finding>>(std::move(findings));
    storage::Store::Work work = [this, shared, now](storage::Transaction& tx) {
        bool any = false;
        for (const auto& [alert, case_id, difference] : *shared) {
            const auto key = key_of(alert, difference);
            if (tx.journal().last(key) != core::Instant{}) continue;  // Told before a restart.
            tx.journal().append({.at = now, .event = key, .case_id = case_id});
            tx.journal().append({.at = now,
                                 .event = "duty_audit",
                                 .case_id = case_id,
                                 .detail = std::string{name_of(difference.kind)}});
            any = true;
        }
        if (any) alarm(tx, now);
    };
    co_await parts_.gate.transact(storage::Store::Lane::kDanger, std::move(work));
    for (const auto& one : *shared) told_.insert(key_of(one.alert, one.difference));
    parts_.on_commit();
}

asio::awaitable<std::size_t> AuditorWorker::run_once() {
    const auto records = co_await look();
    if (!records || records->error) {
        missed(records ? "the database could not be read" : "the storage thread did not answer");
        co_return misses_ < kMissesTold ? 0 : differences_;
    }
    misses_ = 0;
    learn_roster(*records);
    auto findings = judge(*records);
    differences_ = findings.size();
    parts_.on_audit(differences_);
    if (findings.empty()) told_.clear();
    co_await tell(std::move(findings), records->at);
    co_return differences_;
}

asio::awaitable<void> AuditorWorker::run() {
    while (!stopping_) {
        try {
            co_await run_once();
        } catch (const std::exception& error) {
            missed(error.what());
        }
        if (stopping_) break;
        sleep_.expires_after(kAuditEvery);
        boost::system::error_code ignored;
        co_await sleep_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
}

void AuditorWorker::stop() {
    stopping_ = true;
    sleep_.cancel();
    answered_.cancel();
}

std::string AuditorWorker::remark() const {
    if (misses_ >= kMissesTold) return "pages can not be audited; see duty_unaudited in the log";
    if (differences_ == 0) return {};
    return "pages differ from what they should be: " + std::to_string(differences_) + "; see duty_audit in the log";
}

}  // namespace harborline::gateway
