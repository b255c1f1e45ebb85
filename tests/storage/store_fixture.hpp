#pragma once
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <memory>
#include <string>

#include "storage/open.hpp"
#include "storage/sqlite/database.hpp"
#include "storage/sqlite/migrations.hpp"
#include "storage/sqlite/session.hpp"
#include "tests/support/fakes.hpp"
#include "tests/support/temporary_folder.hpp"

namespace harborline::storage {

using namespace std::chrono_literals;

inline core::PhoneNumber number(int last_digits) {
    return core::PhoneNumber::from_value(8619900000000ULL + static_cast<std::uint64_t>(last_digits));
}

inline std::string bytes_of(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

/// An empty database as the program of that version left it.
inline void make_old_database(const std::filesystem::path& path, int version) {
    std::filesystem::remove(path);
    SQLite::Database db{path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
    for (const auto migration : sqlite::migrations().first(static_cast<std::size_t>(version)))
        db.exec(std::string{migration});
    db.exec("PRAGMA application_id = " + std::to_string(sqlite::kApplicationId));
    db.exec("PRAGMA user_version = " + std::to_string(version));
}

/// A real store in a temporary folder.
class StoreFixture : public ::testing::Test {
  protected:
    StoreOptions options(std::uint64_t seed = 7) {
        randoms_.push_back(std::make_unique<testing::FakeRandom>(seed));
        return {.database = folder / "harborline.db",
                .master_key = folder / "master.key",
                .clock = &clock,
                .random = randoms_.back().get()};
    }
    std::unique_ptr<Store> open(const StoreOptions& with) {
        auto opened = open_sqlite(with);
        if (!opened) throw std::runtime_error(opened.error().message);
        return std::move(*opened);
    }
    std::unique_ptr<Store> open() { return open(options()); }
    void back_up(const std::filesystem::path& to) { back_up_sqlite(folder / "harborline.db", to); }
    void reopen() {
        store.reset();
        store = open(options(++seed_));
    }

    /// Runs a piece and hands its value out.
    template <class Fn>
    auto in(Store& where, Fn fn) {
        using Value = std::invoke_result_t<Fn, Transaction&>;
        if constexpr (std::is_void_v<Value>) {
            where.run([&](Transaction& tx) { fn(tx); });
        } else {
            std::optional<Value> value;
            where.run([&](Transaction& tx) { value = fn(tx); });
            return *value;
        }
    }
    template <class Fn>
    auto run(Fn fn) {
        return in(*store, fn);
    }

    core::Roster roster_of(std::initializer_list<const char*> keys) {
        core::Roster roster;
        int next = 0;
        for (const char* key : keys) {
            ++next;
            roster.staff.push_back(
                {.id = {next}, .key = key, .name = std::string{"Name of "} + key, .phone = number(100 + next)});
        }
        return roster;
    }
    core::StaffId staff_id(const char* key) {
        return run([&](Transaction& tx) { return tx.staff().by_key(key)->id; });
    }
    core::Case some_case(Transaction& tx, core::StaffId owner) {
        return {.id = tx.cases().next_id(),
                .reference = "10000042",
                .category = "land",
                .place = "230103",
                .department = "RIGHTS",
                .owner = owner,
                .petitioner = {9},
                .channel = "kannel",
                .pin = "4711",
                .opened_at = clock.now(),
                .notice_due = clock.now() + 24h};
    }
    core::Message some_message(core::MessageClass kind = core::MessageClass::kAnswer) {
        return {.channel = "kannel",
                .to = {1},
                .text = "您好",
                .kind = kind,
                .created_at = clock.now(),
                .due_at = clock.now(),
                .expires_at = clock.now() + 24h};
    }
    Turn some_turn(std::string identity) {
        return {.received_at = clock.now(),
                .channel = "kannel",
                .handset = {1},
                .conversation = {1},
                .identity = std::move(identity),
                .text = "text",
                .answer = "answer",
                .note = "menu/kind"};
    }

    testing::TemporaryFolder folder;
    testing::FakeClock clock;
    std::vector<std::unique_ptr<testing::FakeRandom>> randoms_;
    std::uint64_t seed_ = 7;
    std::unique_ptr<Store> store;
};

class OpenStoreFixture : public StoreFixture {
  protected:
    OpenStoreFixture() { store = open(); }
};

/// The one way under the interfaces: what a broken disk or a careless piece would do to the connection.
inline SQLite::Database& connection(Transaction& tx) {
    return dynamic_cast<sqlite::Session&>(tx).database();
}

/// Keeps the storage thread busy until released, so that what is submitted meanwhile forms a group.
class Blocker {
  public:
    explicit Blocker(Store& store) {
        auto running = started_.get_future();
        store.submit(
            Store::Lane::kOrdinary,
            [this](Transaction&) {
                started_.set_value();
                released_.get_future().wait();
            },
            [this](std::exception_ptr) { done_.set_value(); });
        running.wait();
    }
    void release() {
        released_.set_value();
        done_.get_future().wait();
    }

  private:
    std::promise<void> started_{};
    std::promise<void> released_{};
    std::promise<void> done_{};
};

}  // namespace harborline::storage
