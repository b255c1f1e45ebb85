#pragma once
#include "storage/alerts.hpp"
#include "storage/appointments.hpp"
#include "storage/carrier_ids.hpp"
#include "storage/cases.hpp"
#include "storage/contact_plans.hpp"
#include "storage/conversations.hpp"
#include "storage/deadlines.hpp"
#include "storage/fragments.hpp"
#include "storage/handsets.hpp"
#include "storage/journal.hpp"
#include "storage/kin_calls.hpp"
#include "storage/letters.hpp"
#include "storage/outbox.hpp"
#include "storage/people.hpp"
#include "storage/recordings.hpp"
#include "storage/staff.hpp"
#include "storage/stranded.hpp"
#include "storage/timekeeping.hpp"
#include "storage/turns.hpp"
#include "storage/weekly_contacts.hpp"

namespace harborline::storage {

/// One piece of work's view of the store: all of it is written, or nothing. Lives on the storage thread.
class Transaction {
  public:
    virtual ~Transaction() = default;

    virtual Handsets& handsets() = 0;
    virtual Conversations& conversations() = 0;
    virtual Turns& turns() = 0;
    virtual Fragments& fragments() = 0;
    virtual Cases& cases() = 0;
    virtual Alerts& alerts() = 0;
    virtual Outbox& outbox() = 0;
    virtual CarrierIds& carrier_ids() = 0;
    virtual Recordings& recordings() = 0;
    virtual Staff& staff() = 0;
    virtual ContactPlans& contact_plans() = 0;
    virtual People& people() = 0;
    virtual Letters& letters() = 0;
    virtual KinCalls& kin_calls() = 0;
    virtual Appointments& appointments() = 0;
    virtual WeeklyContacts& weekly_contacts() = 0;
    virtual Deadlines& deadlines() = 0;
    virtual Stranded& stranded() = 0;
    virtual Journal& journal() = 0;
    virtual Timekeeping& timekeeping() = 0;
};

}  // namespace harborline::storage
