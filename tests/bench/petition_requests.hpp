#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/handset_order.hpp"

namespace harborline::bench {

/// Petitions as Kannel delivers them, the same requests as petitions.lua makes. In every round of HandsetOrder each
/// handset sends the next text of its petition. It begins in the round that its number names, modulo the texts of a
/// petition, so that at any time all steps of a petition are under way.
class PetitionRequests {
  public:
    /// `path` is that of the webhook; `run` is part of every id. `texts` has one text of a petition a line. `first`:
    /// where an earlier run ended.
    PetitionRequests(std::string path, std::string run, const std::filesystem::path& texts, std::int64_t first = 0);

    std::string next();
    /// Where the next run goes on.
    std::int64_t position() const { return position_; }

  private:
    std::string path_;
    std::string run_;
    std::vector<std::string> bodies_{};
    HandsetOrder order_;
    std::int64_t position_;
};

}  // namespace harborline::bench
