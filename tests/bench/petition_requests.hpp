#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/handset_order.hpp"

namespace harborline::bench {

/// One text as Kannel delivers it. `number` without its plus; `body` in UTF-16BE.
std::string kannel_text(std::string_view path, std::string_view id, std::uint64_t number, std::string_view body);

/// UTF-8 as phones send it: UTF-16BE (the texts have no character beyond U+FFFF).
std::string wide(std::string_view text);

/// Petitions as Kannel delivers them, the same requests as petitions.lua makes. In every round of HandsetOrder each
/// handset sends the next text of its petition. It begins in the round that its number names, modulo the texts of a
/// petition, so that at any time all steps of a petition are under way.
class PetitionRequests {
  public:
    /// `path` is that of the webhook; `run` is part of every id. `texts` has one text of a petition a line. `first`:
    /// where an earlier run ended.
    PetitionRequests(std::string path, std::string run, const std::filesystem::path& texts, std::int64_t first = 0);

    std::string next();
    /// Whose text the last one was, without the plus.
    std::uint64_t number() const { return number_; }
    /// Where the next run goes on.
    std::int64_t position() const { return position_; }

  private:
    std::string path_;
    std::string run_;
    std::vector<std::string> bodies_{};
    HandsetOrder order_;
    std::int64_t position_;
    std::uint64_t number_ = 0;
};

}  // namespace harborline::bench
