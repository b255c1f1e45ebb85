#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/handset_order.hpp"

namespace harborline::bench {

/// Petitions as Kannel delivers them, the same requests as petitions.lua makes: request n comes from the n-th handset
/// of HandsetOrder and is the next text of its petition.
class PetitionRequests {
  public:
    /// `path` is that of the webhook; `run` is part of every id. `texts` has one text of a petition a line.
    PetitionRequests(std::string path, std::string run, const std::filesystem::path& texts);

    std::string at(std::int64_t message);

  private:
    std::string path_;
    std::string run_;
    std::vector<std::string> bodies_{};
    HandsetOrder order_;
};

}  // namespace harborline::bench
