#include "storage/recordings.hpp"

#include <stdexcept>

#include "storage/sqlite/recording_packing.hpp"
#include "storage/sqlite/repositories.hpp"

namespace harborline::storage::sqlite {
namespace {

using namespace std::chrono_literals;

/// No attempt is put off for so long: a due time beyond it is left over from a clock that was set back.
constexpr auto kLongestWait = 24h;

#define HARBORLINE_RECORDING_COLUMNS \
    "id, name, case_id, handset, created_at, state, due_at, attempts, bytes, length_ms, sealed"

class SqliteRecordings : public Recordings {
  public:
    explicit SqliteRecordings(Context& context) : context_(context) {}

    static constexpr auto kAdd = R"sql(
        INSERT INTO recording (id, name, case_id, handset, created_at, state, at_carrier, due_at, attempts, bytes,
            length_ms, sealed)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?))sql";
    void add(const Recording& recording) override {
        if (recording.name.empty() || id_.integer(recording.name) != 0)
            throw std::logic_error("a recording needs a name of its own");
        const auto id = next_id_.take();
        const auto sealed = seal(id, recording);
        add_.run(id, recording.name, recording.case_id, recording.handset, recording.created_at, recording.state,
                 !recording.carrier_url.empty(), recording.due_at, recording.attempts, recording.bytes,
                 recording.length.count(), Blob{sealed});
    }

    static constexpr auto kFind = "SELECT " HARBORLINE_RECORDING_COLUMNS " FROM recording WHERE name = ?";
    std::optional<Recording> find(std::string_view name) override {
        return find_.first([this](Row row) { return read(row); }, std::string{name});
    }

    static constexpr auto kOfCase = "SELECT " HARBORLINE_RECORDING_COLUMNS R"sql( FROM recording
        WHERE case_id = ? AND case_id <> 0 ORDER BY created_at, id)sql";
    std::vector<Recording> of_case(core::CaseId id) override {
        return of_case_.all([this](Row row) { return read(row); }, id);
    }

    static constexpr auto kKept = R"sql(SELECT name FROM recording WHERE state = 0 ORDER BY id)sql";
    std::vector<std::string> kept_names() override {
        return kept_.all([](Row row) { return row.text(0); });
    }

    static constexpr auto kDue = R"sql(SELECT name FROM recording
        WHERE at_carrier = 1 AND (due_at <= ? OR due_at > ?) ORDER BY due_at, id LIMIT ?)sql";
    std::vector<std::string> due(core::Instant now, int limit) override {
        return due_.all([](Row row) { return row.text(0); }, now, now + kLongestWait, limit);
    }

    static constexpr auto kPutOff = R"sql(UPDATE recording SET due_at = ? WHERE name = ?)sql";
    void put_off(std::string_view name, core::Instant until) override { put_off_.run(until, std::string{name}); }

    static constexpr auto kUpdate = R"sql(
        UPDATE recording SET case_id = ?, state = ?, at_carrier = ?, due_at = ?, attempts = ?, bytes = ?,
            length_ms = ?, sealed = ?
        WHERE id = ?)sql";
    void update(const Recording& changed) override {
        const auto id = id_.integer(changed.name);
        if (id == 0) throw std::logic_error("there is no recording of this name");
        const auto sealed = seal(id, changed);
        update_.run(changed.case_id, changed.state, !changed.carrier_url.empty(), changed.due_at, changed.attempts,
                    changed.bytes, changed.length.count(), Blob{sealed}, id);
    }

  private:
    std::string seal(std::int64_t id, const Recording& recording) {
        const sealing::KeyScope scope = recording.case_id
                                            ? sealing::KeyScope{sealing::KeyPurpose::kCase, recording.case_id.value}
                                            : context_.period();
        return context_.seal(scope, kRecordingColumn, id, pack(recording));
    }

    Recording read(Row row) {
        Recording recording{.name = row.text(1),
                            .case_id = {row.integer(2)},
                            .handset = {row.integer(3)},
                            .created_at = row.instant(4),
                            .state = row.as<Recording::State>(5),
                            .bytes = row.integer(8),
                            .length = std::chrono::milliseconds{row.integer(9)},
                            .attempts = static_cast<int>(row.integer(7)),
                            .due_at = row.instant(6)};
        unpack(context_.open(kRecordingColumn, row.integer(0), row.bytes(10)), recording);
        return recording;
    }

    static constexpr auto kId = R"sql(SELECT id FROM recording WHERE name = ?)sql";

    Context& context_;
    NextId next_id_{context_, "SELECT max(id) FROM recording"};
    Sql id_{context_.db, kId};
    Sql add_{context_.db, kAdd};
    Sql find_{context_.db, kFind};
    Sql of_case_{context_.db, kOfCase};
    Sql kept_{context_.db, kKept};
    Sql due_{context_.db, kDue};
    Sql put_off_{context_.db, kPutOff};
    Sql update_{context_.db, kUpdate};
};

}  // namespace

std::unique_ptr<Recordings> make_recordings(Context& context) {
    return std::make_unique<SqliteRecordings>(context);
}

}  // namespace harborline::storage::sqlite
