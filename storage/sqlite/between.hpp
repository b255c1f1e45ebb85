#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/sqlite/context.hpp"
#include "storage/sqlite/family_packing.hpp"
#include "storage/sqlite/sql.hpp"

namespace harborline::storage::sqlite {

/// Whether one is written in the place of the other, where both are between the same two persons.
template <class Value>
bool replaces(const Value& /*one*/, const Value& /*other*/) {
    return true;
}
inline bool replaces(const core::ProtectionOrder& one, const core::ProtectionOrder& other) {
    return one.number == other.number;
}

/// A table and its columns for the two persons, with the members that they are read into.
template <class Value>
struct BetweenTable {
    std::string name{};
    std::string left{};
    core::PersonId Value::*left_member = nullptr;
    std::string right{};
    core::PersonId Value::*right_member = nullptr;
};

/// What stands between two persons, in one table: who they are is open, the rest sealed. Always by id, which is the
/// order in which it was written down.
template <class Value>
class Between {
  public:
    Between(Context& context, BetweenTable<Value> table)
        : context_(context),
          table_(std::move(table)),
          column_(table_.name + ".sealed"),
          next_id_(context, ("SELECT max(id) FROM " + table_.name).c_str()),
          find_(context.db, select("id = ?").c_str()),
          of_left_(context.db, select(table_.left + " = ?").c_str()),
          of_either_(context.db, select(table_.left + " = ?1 OR " + table_.right + " = ?1").c_str()),
          of_both_(context.db, select(table_.left + " = ? AND " + table_.right + " = ?").c_str()),
          put_(context.db, ("INSERT INTO " + table_.name + " (id, " + table_.left + ", " + table_.right +
                            ", sealed) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed")
                               .c_str()) {}

    std::optional<Value> find(std::int64_t id) {
        return find_.first([this](Row row) { return read(row, opened(row)); }, id);
    }
    std::vector<Value> of_left(core::PersonId person) {
        return of_left_.all([this](Row row) { return read(row, opened(row)); }, person);
    }
    std::vector<Value> of_either(core::PersonId person) {
        return of_either_.all([this](Row row) { return read(row, opened(row)); }, person);
    }

    /// Whether it changed anything.
    bool put(const Value& value) {
        const auto packed = pack(value);
        const auto known = known_as(value);
        if (known && known->packed == packed) return false;
        const auto id = known ? known->id : next_id_.take();
        const auto sealed = context_.seal({sealing::KeyPurpose::kIdentity}, column_, id, packed);
        put_.run(id, value.*table_.left_member, value.*table_.right_member, Blob{sealed});
        return true;
    }

  private:
    struct Known {
        std::int64_t id = 0;
        std::string packed{};
    };

    std::string select(const std::string& where) const {
        return "SELECT id, " + table_.left + ", " + table_.right + ", sealed FROM " + table_.name + " WHERE " + where +
               " ORDER BY id";
    }

    std::string opened(Row row) { return context_.open(column_, row.integer(0), row.bytes(3)); }

    Value read(Row row, std::string_view packed) const {
        Value value;
        if constexpr (requires { value.id; }) value.id = {row.integer(0)};
        value.*table_.left_member = {row.integer(1)};
        value.*table_.right_member = {row.integer(2)};
        unpack(packed, value);
        return value;
    }

    std::optional<Known> known_as(const Value& value) {
        std::optional<Known> known;
        of_both_.each(
            [&](Row row) {
                auto packed = opened(row);
                if (replaces(value, read(row, packed))) known = Known{row.integer(0), std::move(packed)};
            },
            value.*table_.left_member, value.*table_.right_member);
        return known;
    }

    Context& context_;
    const BetweenTable<Value> table_;
    const std::string column_;
    NextId next_id_;
    Sql find_;
    Sql of_left_;
    Sql of_either_;
    Sql of_both_;
    Sql put_;
};

}  // namespace harborline::storage::sqlite
