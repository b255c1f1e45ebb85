#include "storage/sqlite/repositories.hpp"

namespace harborline::storage::sqlite {
namespace {

core::Alert read_alert(Row row) {
    return {.id = {row.integer(0)},
            .case_id = {row.integer(1)},
            .level = row.as<core::Level>(2),
            .raised_at = row.instant(3),
            .taken_by = {row.integer(4)},
            .taken_at = row.instant(5),
            .open = row.integer(6) != 0,
            .steps_done = static_cast<int>(row.integer(7)),
            .ladder_from = row.instant(8),
            .handed_back = static_cast<int>(row.integer(9))};
}

core::Page read_page(Row row) {
    return {.id = {row.integer(0)},
            .staff = {row.integer(1)},
            .code = static_cast<int>(row.integer(2)),
            .case_id = {row.integer(3)},
            .alert = {row.integer(4)},
            .level = row.as<core::Level>(5),
            .sent_at = row.instant(6),
            .state = row.as<core::Page::State>(7),
            .told = row.integer(8) != 0};
}

class SqliteAlerts : public Alerts {
  public:
    explicit SqliteAlerts(Context& context) : context_(context) {}

    static constexpr auto kRaise = R"sql(
        INSERT INTO alert (id, case_id, level, raised_at, taken_by, taken_at, open, steps_done, ladder_from)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?))sql";
    core::AlertId raise(const core::Alert& alert) override {
        const core::AlertId id{next_alert_.take()};
        raise_.run(id, alert.case_id, alert.level, alert.raised_at, alert.taken_by, alert.taken_at, alert.open,
                   alert.steps_done, alert.ladder_from);
        return id;
    }

    static constexpr auto kFind =
        R"sql(SELECT id, case_id, level, raised_at, taken_by, taken_at, open, steps_done, ladder_from, handed_back FROM alert WHERE id = ?)sql";
    std::optional<core::Alert> find(core::AlertId id) override { return find_.first(read_alert, id); }

    static constexpr auto kUpdate = R"sql(
        UPDATE alert SET case_id = ?, level = ?, raised_at = ?, taken_by = ?, taken_at = ?, open = ?, steps_done = ?,
            ladder_from = ?, handed_back = ?
        WHERE id = ?)sql";
    void update(const core::Alert& alert) override {
        update_.run(alert.case_id, alert.level, alert.raised_at, alert.taken_by, alert.taken_at, alert.open,
                    alert.steps_done, alert.ladder_from, alert.handed_back, alert.id);
    }

    static constexpr auto kOpen =
        R"sql(SELECT id, case_id, level, raised_at, taken_by, taken_at, open, steps_done, ladder_from, handed_back FROM alert WHERE open = 1 ORDER BY id)sql";
    std::vector<core::Alert> open() override { return open_.all(read_alert); }

    static constexpr auto kRecent = R"sql(
        SELECT id, case_id, level, raised_at, taken_by, taken_at, open, steps_done, ladder_from, handed_back FROM alert
        WHERE open = 1 OR (id > (SELECT max(id) FROM alert) - 1000 AND (raised_at >= ?1 OR taken_at >= ?1))
        ORDER BY id)sql";
    std::vector<core::Alert> recent(core::Instant since) override { return recent_.all(read_alert, since); }

    static constexpr auto kOpenFor = R"sql(
        SELECT id, case_id, level, raised_at, taken_by, taken_at, open, steps_done, ladder_from, handed_back FROM alert WHERE case_id = ? AND open = 1 ORDER BY id DESC LIMIT 1)sql";
    std::optional<core::Alert> open_for(core::CaseId case_id) override { return open_for_.first(read_alert, case_id); }

    static constexpr auto kPage = R"sql(
        INSERT INTO page (id, staff, code, case_id, alert, level, sent_at, state, told)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?))sql";
    core::PageId page(const core::Page& page) override {
        const core::PageId id{next_page_.take()};
        page_.run(id, page.staff, page.code, page.case_id, page.alert, page.level, page.sent_at, page.state, page.told);
        return id;
    }

    static constexpr auto kFindPage =
        R"sql(SELECT id, staff, code, case_id, alert, level, sent_at, state, told FROM page WHERE id = ?)sql";
    std::optional<core::Page> find_page(core::PageId id) override { return find_page_.first(read_page, id); }

    static constexpr auto kUpdatePage = R"sql(
        UPDATE page SET staff = ?, code = ?, case_id = ?, alert = ?, level = ?, sent_at = ?, state = ?,
            told = ?
        WHERE id = ?)sql";
    void update(const core::Page& page) override {
        update_page_.run(page.staff, page.code, page.case_id, page.alert, page.level, page.sent_at, page.state,
                         page.told, page.id);
    }

    static constexpr auto kPagesOf = R"sql(
        SELECT id, staff, code, case_id, alert, level, sent_at, state, told FROM page WHERE staff = ? AND sent_at >= ? ORDER BY sent_at DESC, id DESC)sql";
    std::vector<core::Page> pages_of(core::StaffId staff, core::Instant since) override {
        return pages_of_.all(read_page, staff, since);
    }

    static constexpr auto kCountPagesOf = R"sql(
        SELECT count(*) FROM page WHERE staff = ? AND sent_at > ?)sql";
    std::int64_t count_pages_of(core::StaffId staff, core::Instant since) override {
        return count_pages_of_.integer(staff, since);
    }

    static constexpr auto kPagesFor =
        R"sql(SELECT id, staff, code, case_id, alert, level, sent_at, state, told FROM page WHERE case_id = ? ORDER BY id)sql";
    std::vector<core::Page> pages_for(core::CaseId case_id) override { return pages_for_.all(read_page, case_id); }

    static constexpr auto kCallFor = R"sql(INSERT OR IGNORE INTO paging (page, at, message) VALUES (?, ?, 0))sql";
    void call_for(core::PageId page, core::Instant at) override { call_for_.run(page, at); }

    static constexpr auto kTold = R"sql(UPDATE paging SET message = ? WHERE page = ? AND message = 0)sql";
    void told(core::PageId page, core::OutboxId message) override { told_.run(message, page); }

    static constexpr auto kPagings = R"sql(SELECT at, message FROM paging WHERE page = ? ORDER BY at)sql";
    std::vector<core::Paging> pagings_of(core::PageId page) override {
        return pagings_.all([](Row row) { return core::Paging{.at = row.instant(0), .message = {row.integer(1)}}; },
                            page);
    }

  private:
    Context& context_;
    NextId next_alert_{context_, "SELECT max(id) FROM alert"};
    NextId next_page_{context_, "SELECT max(id) FROM page"};
    Sql raise_{context_.db, kRaise};
    Sql find_{context_.db, kFind};
    Sql update_{context_.db, kUpdate};
    Sql open_{context_.db, kOpen};
    Sql recent_{context_.db, kRecent};
    Sql open_for_{context_.db, kOpenFor};
    Sql page_{context_.db, kPage};
    Sql find_page_{context_.db, kFindPage};
    Sql update_page_{context_.db, kUpdatePage};
    Sql pages_of_{context_.db, kPagesOf};
    Sql count_pages_of_{context_.db, kCountPagesOf};
    Sql pages_for_{context_.db, kPagesFor};
    Sql call_for_{context_.db, kCallFor};
    Sql told_{context_.db, kTold};
    Sql pagings_{context_.db, kPagings};
};

}  // namespace

std::unique_ptr<Alerts> make_alerts(Context& context) {
    return std::make_unique<SqliteAlerts>(context);
}

}  // namespace harborline::storage::sqlite
