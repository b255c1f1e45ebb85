#include "storage/sqlite/context.hpp"

#include <algorithm>

namespace harborline::storage::sqlite {

sealing::KeyScope Context::period() const {
    const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(now)};
    const auto month = static_cast<int>(day.year()) * 12 + static_cast<int>(static_cast<unsigned>(day.month())) - 1;
    return {sealing::KeyPurpose::kPeriod, month};
}

std::int64_t NextId::last() {
    if (epoch_ != context_.epoch) {
        id_ = std::max(query_.integer(), floor_.integer());
        epoch_ = context_.epoch;
    }
    return id_;
}

std::int64_t NextId::take() {
    return id_ = last() + 1;
}

void Channels::refresh() {
    if (epoch_ == context_.epoch) return;
    known_ = all_.all([](Row row) { return std::pair{row.integer(0), row.text(1)}; });
    epoch_ = context_.epoch;
}

std::int64_t Channels::id_of(std::string_view name) {
    refresh();
    for (const auto& [id, known] : known_)
        if (known == name) return id;

    const std::int64_t id = known_.empty() ? 1 : known_.back().first + 1;
    add_.run(id, std::string{name});
    known_.emplace_back(id, name);
    return id;
}

const std::string& Channels::name_of(std::int64_t id) {
    refresh();
    for (const auto& [known, name] : known_)
        if (known == id) return name;
    throw sealing::Damaged("a row names a channel that does not exist");
}

}  // namespace harborline::storage::sqlite
