#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/walk.hpp"

namespace harborline::bench {

/// One handset that dials, walks through its petition screen by screen, and dials again. As Africa's Talking hands it
/// over: a form whose text holds everything that was entered since she dialled.
class UssdWalk : public Walk {
  public:
    /// `run` keeps the sessions of two runs apart.
    UssdWalk(const std::vector<Screen>& screens, std::string_view path, std::string_view run, int handset);

    std::string request() override;

  private:
    bool fits(std::string_view body) const override;

    std::string path_;
    std::string run_;
    std::string digits_;
    int dialled_ = 0;
    std::string text_{};
};

}  // namespace harborline::bench
