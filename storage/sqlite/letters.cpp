#include "storage/letters.hpp"

#include <chrono>

#include "storage/sealing/day_keys.hpp"
#include "storage/sqlite/packing.hpp"
#include "storage/sqlite/repositories.hpp"
#include "storage/store.hpp"

namespace harborline::storage::sqlite {
namespace {

using sealing::DayKeys;

constexpr auto kWordsColumn = "letter.words";

#define HARBORLINE_LETTER_COLUMNS "id, tie, to_child, written_at, outbox, recording, words"

class SqliteLetters : public Letters {
  public:
    SqliteLetters(Context& context, DayKeys& keys) : context_(context), keys_(keys) {}

    // Who still holds the number of a letter that is gone must not come upon another, so it is counted apart.
    static constexpr auto kNext = R"sql(
        UPDATE counter SET value = value + 1 WHERE name = 'letter' RETURNING value)sql";
    static constexpr auto kAdd = R"sql(
        INSERT INTO letter (id, tie, to_child, day, written_at, outbox, recording, words)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?))sql";
    core::LetterId add(const core::Letter& letter) override {
        const core::LetterId id{next_.all([](Row row) { return row.integer(0); }).at(0)};
        const auto day = DayKeys::day_of(letter.written_at);
        const auto packed = Packer{}.text(letter.words).text(letter.opener);
        const auto words = keys_.seal(day, {kWordsColumn, id.value}, packed.bytes());
        if (!words) throw Unavailable("the key of the day on which a letter was written is not there");
        add_.run(id, letter.tie, letter.to_child, number_of(day), letter.written_at, letter.outbox, letter.recording,
                 Blob{*words});
        if (letter.is_spoken()) forget_recording(letter.recording);
        return id;
    }

    static constexpr auto kFind = "SELECT " HARBORLINE_LETTER_COLUMNS " FROM letter WHERE id = ?";
    std::optional<core::Letter> find(core::LetterId id) override {
        return find_.first([this](Row row) { return read(row); }, id);
    }

    static constexpr auto kOfOutbox = "SELECT " HARBORLINE_LETTER_COLUMNS R"sql( FROM letter
        WHERE outbox = ? AND outbox <> 0)sql";
    std::optional<core::Letter> of_outbox(core::OutboxId id) override {
        return of_outbox_.first([this](Row row) { return read(row); }, id);
    }

    static constexpr auto kWaiting = "SELECT " HARBORLINE_LETTER_COLUMNS R"sql( FROM letter
        WHERE tie = ? AND to_child = ? AND (outbox = 0 OR recording <> '') ORDER BY id)sql";
    std::vector<core::Letter> waiting(core::TieId tie, bool to_child) override {
        return waiting_.all([this](Row row) { return read(row); }, tie, to_child);
    }

    static constexpr auto kDropOf = R"sql(INSERT OR IGNORE INTO dropped_recording
        SELECT recording FROM letter WHERE id = ? AND recording <> '')sql";
    static constexpr auto kErase = R"sql(DELETE FROM letter WHERE id = ?)sql";
    void erase(core::LetterId id) override {
        drop_of_.run(id);
        erase_.run(id);
    }

    static constexpr auto kNextDay = R"sql(SELECT day FROM letter WHERE day > ? ORDER BY day LIMIT 1)sql";
    static constexpr auto kOfDay = "SELECT " HARBORLINE_LETTER_COLUMNS R"sql( FROM letter
        WHERE day = ? ORDER BY id LIMIT ?)sql";
    std::vector<core::Letter> overdue(core::Instant now, int limit) override {
        // There are few days, however many letters wait.
        std::vector<core::Letter> found;
        for (auto day = day_after(DayKeys::Day::min()); day; day = day_after(*day)) {
            const int room = limit - static_cast<int>(found.size());
            if (room <= 0) break;
            if (keys_.has(*day) && now < *day + DayKeys::kLife) continue;
            of_day_.each([&](Row row) { found.push_back(without_words(row)); }, number_of(*day), room);
        }
        return found;
    }

    static constexpr auto kTakenOn = R"sql(
        SELECT count FROM letters_taken WHERE tie = ? AND to_child = ? AND day = ?)sql";
    int taken_on(core::LocalDate day, core::TieId tie, bool to_child) override {
        return static_cast<int>(taken_on_.integer(tie, to_child, number_of(std::chrono::sys_days{day})));
    }
    static constexpr auto kNoteTaken = R"sql(
        INSERT INTO letters_taken (tie, to_child, day, count) VALUES (?, ?, ?, 1)
        ON CONFLICT (tie, to_child) DO UPDATE SET
            count = CASE day WHEN excluded.day THEN count + 1 ELSE 1 END, day = excluded.day)sql";
    void note_taken(core::LocalDate day, core::TieId tie, bool to_child) override {
        note_taken_.run(tie, to_child, number_of(std::chrono::sys_days{day}));
    }

    static constexpr auto kRemember = R"sql(INSERT OR REPLACE INTO untold (writer, at) VALUES (?, ?))sql";
    void remember_untold(core::PersonId writer, core::Instant at) override { remember_.run(writer, at); }
    static constexpr auto kIsUntold = R"sql(SELECT 1 FROM untold WHERE writer = ?)sql";
    bool is_untold(core::PersonId writer) override { return is_untold_.integer(writer) != 0; }
    static constexpr auto kForgetUntold = R"sql(DELETE FROM untold WHERE writer = ?)sql";
    void forget_untold(core::PersonId writer) override { forget_untold_.run(writer); }
    static constexpr auto kForgetSince = R"sql(DELETE FROM untold WHERE at < ?)sql";
    void forget_untold_since(core::Instant before) override { forget_since_.run(before); }

    static constexpr auto kRecordings = R"sql(SELECT recording FROM letter WHERE recording <> '' ORDER BY id)sql";
    std::vector<std::string> recordings() override {
        return recordings_.all([](Row row) { return row.text(0); });
    }

    static constexpr auto kDrop = R"sql(INSERT OR IGNORE INTO dropped_recording VALUES (?))sql";
    void drop_recording(std::string_view name) override { drop_.run(std::string{name}); }

    static constexpr auto kDropped = R"sql(SELECT name FROM dropped_recording LIMIT ?)sql";
    std::vector<std::string> dropped_recordings(int limit) override {
        return dropped_.all([](Row row) { return row.text(0); }, limit);
    }

    static constexpr auto kForget = R"sql(DELETE FROM dropped_recording WHERE name = ?)sql";
    void forget_recording(std::string_view name) override { forget_.run(std::string{name}); }

  private:
    static std::int64_t number_of(DayKeys::Day day) { return day.time_since_epoch().count(); }

    std::optional<DayKeys::Day> day_after(DayKeys::Day day) {
        return next_day_.first([](Row row) { return DayKeys::Day{std::chrono::days{row.integer(0)}}; }, number_of(day));
    }

    static core::Letter without_words(Row row) {
        return {.id = {row.integer(0)},
                .tie = {row.integer(1)},
                .to_child = row.integer(2) != 0,
                .written_at = row.instant(3),
                .outbox = {row.integer(4)},
                .recording = row.text(5)};
    }
    core::Letter read(Row row) const {
        auto letter = without_words(row);
        const auto opened = keys_.open({kWordsColumn, letter.id.value}, row.bytes(6));
        if (!opened) return letter;
        Unpacker unpacker{*opened};
        letter.words = unpacker.text();
        letter.opener = unpacker.text();
        return letter;
    }

    Context& context_;
    DayKeys& keys_;
    Sql next_{context_.db, kNext};
    Sql add_{context_.db, kAdd};
    Sql find_{context_.db, kFind};
    Sql of_outbox_{context_.db, kOfOutbox};
    Sql waiting_{context_.db, kWaiting};
    Sql drop_of_{context_.db, kDropOf};
    Sql erase_{context_.db, kErase};
    Sql next_day_{context_.db, kNextDay};
    Sql of_day_{context_.db, kOfDay};
    Sql taken_on_{context_.db, kTakenOn};
    Sql note_taken_{context_.db, kNoteTaken};
    Sql remember_{context_.db, kRemember};
    Sql is_untold_{context_.db, kIsUntold};
    Sql forget_untold_{context_.db, kForgetUntold};
    Sql forget_since_{context_.db, kForgetSince};
    Sql recordings_{context_.db, kRecordings};
    Sql drop_{context_.db, kDrop};
    Sql dropped_{context_.db, kDropped};
    Sql forget_{context_.db, kForget};
};

}  // namespace

std::unique_ptr<Letters> make_letters(Context& context, DayKeys& keys) {
    return std::make_unique<SqliteLetters>(context, keys);
}

}  // namespace harborline::storage::sqlite
