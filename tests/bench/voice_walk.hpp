#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/walk.hpp"

namespace harborline::bench {

/// One telephone that calls, keys its way to where the story would be recorded, hangs up, and calls again. As Twilio
/// hands it over: signed forms, each to the address that the answer before it named.
class VoiceWalk : public Walk {
  public:
    struct Account {
        std::string base{};  ///< What is signed begins with it: http://host:port
        std::string path{};  ///< /in/<channel>/<token>
        std::string password{};
    };
    /// `run` keeps the calls of two runs apart.
    VoiceWalk(const std::vector<Screen>& screens, const Account& account, std::string_view run, int handset);

    std::string request() override;

  private:
    bool fits(std::string_view body) const override;

    const Account& account_;
    std::string run_;
    std::string digits_;
    int called_ = 0;
};

}  // namespace harborline::bench
