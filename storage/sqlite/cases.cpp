#include <optional>
#include <stdexcept>

#include "storage/sqlite/packing.hpp"
#include "storage/sqlite/repositories.hpp"

namespace harborline::storage::sqlite {
namespace {

constexpr auto kCaseColumn = "case_file.sealed";
constexpr auto kEntryColumn = "case_entry.sealed";

#define HARBORLINE_CASE_COLUMNS                                                                                 \
    "id, kind, level, status, owner, petitioner, anonymous, contact, opened_at, notice_due, closed_at, reply, " \
    "sealed, child"

class SqliteCases : public Cases {
  public:
    explicit SqliteCases(Context& context) : context_(context) {}

    // Matters have a floor of their own after a restore: there are only so many reference numbers.
    static constexpr auto kNext = R"sql(
        SELECT 1 + max(coalesce((SELECT max(id) FROM case_file), 0),
                       coalesce((SELECT value FROM counter WHERE name = 'case_floor'), 0)))sql";
    core::CaseId next_id() override { return {next_.integer()}; }

    static constexpr auto kOpen = R"sql(
        INSERT INTO case_file (kind, level, status, owner, petitioner, anonymous, contact, notice_due, closed_at,
            reply, sealed, id, opened_at, child)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?))sql";
    void open(const core::Case& opened) override {
        if (opened.id != next_id()) throw std::logic_error("a matter is opened under the id that comes next");
        require_owner(opened);
        const auto sealed = seal(opened);
        open_.run(opened.kind, opened.level, opened.status, opened.owner, opened.petitioner, opened.anonymous,
                  opened.contact, opened.notice_due, opened.closed_at, opened.reply, Blob{sealed}, opened.id,
                  opened.opened_at, opened.child);
    }

    static constexpr auto kFind = "SELECT " HARBORLINE_CASE_COLUMNS " FROM case_file WHERE id = ?";
    std::optional<core::Case> find(core::CaseId id) override {
        return find_.first([this](Row row) { return read(row); }, id);
    }

    static constexpr auto kUpdate = R"sql(
        UPDATE case_file SET kind = ?, level = ?, status = ?, owner = ?, petitioner = ?, anonymous = ?, contact = ?,
            notice_due = ?, closed_at = ?, reply = ?, sealed = coalesce(nullif(?, x''), sealed)
        WHERE id = ?)sql";
    void update(const core::Case& changed) override {
        bool whole = true;
        const auto before = find_.first([&](Row row) { return read(row, &whole); }, changed.id);
        if (!before) throw std::logic_error("there is no matter with this id");
        // A closed matter keeps the owner it had, even when she has left since.
        const bool at_rest = before->owner == changed.owner && changed.status == core::CaseStatus::kClosed;
        if (!at_rest) require_owner(changed);

        auto written = changed;
        written.reference = before->reference;
        // What can not be read is not written over: a backup may tell what it was.
        const auto sealed = whole ? seal(written) : std::string{};
        update_.run(changed.kind, changed.level, changed.status, changed.owner, changed.petitioner, changed.anonymous,
                    changed.contact, changed.notice_due, changed.closed_at, changed.reply, Blob{sealed}, changed.id);
    }

    static constexpr auto kList = "SELECT " HARBORLINE_CASE_COLUMNS R"sql( FROM case_file
        WHERE (?1 = 0 OR status <> 3) AND (?2 = 0 OR owner = ?2) ORDER BY id DESC LIMIT ?3)sql";
    std::vector<core::Case> list(const CaseFilter& filter) override {
        return list_.all([this](Row row) { return read(row); }, filter.open_only, filter.owner, filter.limit);
    }

    static constexpr auto kLatest = "SELECT " HARBORLINE_CASE_COLUMNS R"sql( FROM case_file
        WHERE petitioner = ? AND kind = ? AND status <> 3 AND child = 0 ORDER BY id DESC LIMIT 1)sql";
    std::optional<core::Case> latest_open_of(core::HandsetId handset, core::CaseKind kind) override {
        return latest_.first([this](Row row) { return read(row); }, handset, kind);
    }

    static constexpr auto kCountOf = R"sql(
        SELECT count(*) FROM case_file WHERE petitioner = ? AND kind = ? AND child = 0)sql";
    std::int64_t count_of(core::HandsetId handset, core::CaseKind kind) override {
        return count_of_.integer(handset, kind);
    }

    static constexpr auto kLatestOfChild = "SELECT " HARBORLINE_CASE_COLUMNS R"sql( FROM case_file
        WHERE child = ? AND child <> 0 AND status <> 3 ORDER BY id DESC LIMIT 1)sql";
    std::optional<core::Case> latest_open_of_child(core::PersonId child) override {
        return latest_of_child_.first([this](Row row) { return read(row); }, child);
    }

    static constexpr auto kAppend = R"sql(
        INSERT INTO case_entry (id, case_id, at, kind, by, message, sealed) VALUES (?, ?, ?, ?, ?, ?, ?))sql";
    void append(core::CaseId id, const core::CaseEntry& entry) override {
        const auto entry_id = next_entry_.take();
        const auto sealed = context_.seal(key_of(id), kEntryColumn, entry_id, entry.text);
        append_.run(entry_id, id, entry.at, entry.kind, entry.by, entry.message, Blob{sealed});
    }

    static constexpr auto kEntries = R"sql(
        SELECT id, at, kind, by, message, sealed FROM case_entry WHERE case_id = ? ORDER BY id)sql";
    std::vector<core::CaseEntry> entries(core::CaseId id) override {
        return entries_.all(
            [this](Row row) {
                return core::CaseEntry{.id = row.integer(0),
                                       .at = row.instant(1),
                                       .kind = row.as<core::CaseEntry::Kind>(2),
                                       .by = {row.integer(3)},
                                       .text = entry_text(row),
                                       .message = {row.integer(4)}};
            },
            id);
    }

  private:
    static sealing::KeyScope key_of(core::CaseId id) { return {sealing::KeyPurpose::kCase, id.value}; }

    /// One line that can not be read must not hide the others.
    std::string entry_text(Row row) {
        try {
            return context_.open(kEntryColumn, row.integer(0), row.bytes(5));
        } catch (const sealing::Damaged&) {
            return {};
        }
    }

    static constexpr auto kOwner = R"sql(SELECT count(*) FROM staff WHERE id = ? AND active = 1)sql";
    void require_owner(const core::Case& matter) {
        if (owner_.integer(matter.owner) != 1)
            throw std::logic_error("every matter needs an owner who is on the staff");
    }

    std::string seal(const core::Case& matter) {
        const auto packed = Packer{}
                                .text(matter.reference)
                                .text(matter.category)
                                .text(matter.place)
                                .text(matter.department)
                                .text(matter.channel)
                                .text(matter.pin)
                                .text(matter.close_reason);
        return context_.seal(key_of(matter.id), kCaseColumn, matter.id.value, packed.bytes());
    }

    /// Of one whose words can not be read the rest is there: whose it is, how urgent, and who answers for it. Nobody's
    /// 9 may fail because of them, and no list.
    core::Case read(Row row, bool* whole = nullptr) {
        core::Case matter{.id = {row.integer(0)},
                          .kind = row.as<core::CaseKind>(1),
                          .level = row.as<core::Level>(2),
                          .status = row.as<core::CaseStatus>(3),
                          .owner = {row.integer(4)},
                          .petitioner = {row.integer(5)},
                          .child = {row.integer(13)},
                          .anonymous = row.integer(6) != 0,
                          .contact = row.as<core::ContactBack>(7),
                          .opened_at = row.instant(8),
                          .notice_due = row.instant(9)};
        if (!row.is_null(10)) matter.closed_at = row.instant(10);
        matter.reply = {row.integer(11)};
        try {
            read_words(context_.open(kCaseColumn, row.integer(0), row.bytes(12)), matter);
        } catch (const sealing::Damaged&) {
            if (whole != nullptr) *whole = false;
        }
        return matter;
    }
    static void read_words(std::string_view opened, core::Case& matter) {
        Unpacker unpacker{opened};
        matter.reference = unpacker.text();
        matter.category = unpacker.text();
        matter.place = unpacker.text();
        matter.department = unpacker.text();
        matter.channel = unpacker.text();
        matter.pin = unpacker.text();
        matter.close_reason = unpacker.text();
    }

    Context& context_;
    NextId next_entry_{context_, "SELECT max(id) FROM case_entry"};
    Sql next_{context_.db, kNext};
    Sql open_{context_.db, kOpen};
    Sql find_{context_.db, kFind};
    Sql update_{context_.db, kUpdate};
    Sql list_{context_.db, kList};
    Sql latest_{context_.db, kLatest};
    Sql count_of_{context_.db, kCountOf};
    Sql latest_of_child_{context_.db, kLatestOfChild};
    Sql append_{context_.db, kAppend};
    Sql entries_{context_.db, kEntries};
    Sql owner_{context_.db, kOwner};
};

}  // namespace

std::unique_ptr<Cases> make_cases(Context& context) {
    return std::make_unique<SqliteCases>(context);
}

}  // namespace harborline::storage::sqlite
