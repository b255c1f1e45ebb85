#pragma once
#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

#include "handlers/core/ids.hpp"
#include "handlers/core/phone_number.hpp"
#include "handlers/core/time.hpp"

namespace harborline::gateway {

/// Where texts for terminal phones lie until one asks for them: the "air" of the handset channel. In memory and
/// bounded; nothing here is durable, and nothing needs to be: a text that nobody fetched has no receipt.
class Mailbox {
  public:
    struct Text {
        std::int64_t number = 0;  ///< Counts up, over all phones, and over restarts.
        core::OutboxId message{};
        std::string text{};
    };

    /// Phones outlive a service: one that was begun later gives higher numbers, or they would throw its texts away.
    explicit Mailbox(core::Instant began) : last_(core::to_millis(began)) {}

    void put(const core::PhoneNumber& to, core::OutboxId message, std::string text);
    /// What lies here for a phone behind `after`; what is not behind it has been read and is thrown away.
    std::vector<Text> take_after(const core::PhoneNumber& phone, std::int64_t after);

  private:
    static constexpr std::size_t kPhonesMax = 1'000;
    static constexpr std::size_t kTextsMax = 100;
    std::unordered_map<std::uint64_t, std::deque<Text>> boxes_{};
    std::int64_t last_;
};

}  // namespace harborline::gateway
