#pragma once
#include <memory>

#include "storage/sealing/day_keys.hpp"
#include "storage/sqlite/context.hpp"
#include "storage/sqlite/conversations.hpp"
#include "storage/sqlite/repeat_log.hpp"
#include "storage/sqlite/turn_tail.hpp"
#include "storage/transaction.hpp"

/// The repositories over one connection. Each prepares all its statements when it is made.
namespace harborline::storage::sqlite {

std::unique_ptr<Handsets> make_handsets(Context& context);
struct TurnParts {
    Context& context;
    Channels& channels;
    SqliteConversations& conversations;
    TurnTail& tail;
    RepeatLog& repeats;
};
std::unique_ptr<Turns> make_turns(const TurnParts& parts);
std::unique_ptr<Fragments> make_fragments(Context& context, sealing::DayKeys& keys);
std::unique_ptr<Cases> make_cases(Context& context);
std::unique_ptr<Alerts> make_alerts(Context& context);
std::unique_ptr<Outbox> make_outbox(Context& context, Channels& channels);
std::unique_ptr<CarrierIds> make_carrier_ids(Context& context);
std::unique_ptr<Recordings> make_recordings(Context& context);
std::unique_ptr<Staff> make_staff(Context& context, Handsets& handsets, Cases& cases);
std::unique_ptr<ContactPlans> make_contact_plans(Context& context);
std::unique_ptr<People> make_people(Context& context, Handsets& handsets);
std::unique_ptr<Letters> make_letters(Context& context, sealing::DayKeys& keys);
std::unique_ptr<KinCalls> make_kin_calls(Context& context);
std::unique_ptr<Appointments> make_appointments(Context& context);
std::unique_ptr<WeeklyContacts> make_weekly_contacts(Context& context);
std::unique_ptr<Deadlines> make_deadlines(Context& context);
std::unique_ptr<Timekeeping> make_timekeeping(Context& context, Deadlines& deadlines);
std::unique_ptr<Stranded> make_stranded(Context& context);
std::unique_ptr<Journal> make_journal(Context& context);

}  // namespace harborline::storage::sqlite
