#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace harborline::fuzz {

/// One input for the target that a program is built of. Returning means that every property held; a finding ends the
/// process, by `require`, an exception or a sanitizer.
void try_input(std::string_view input);

/// Ends the process where a property does not hold.
void require(bool holds, const char* property);

/// Takes values off the front of an input; what is used up reads as 0 and as empty.
class Draw {
  public:
    explicit Draw(std::string_view input) : rest_(input) {}

    bool empty() const { return rest_.empty(); }
    std::string_view rest() const { return rest_; }
    std::uint8_t byte();
    /// `bound` > 0.
    std::size_t below(std::size_t bound) { return byte() % bound; }
    std::string_view take(std::size_t size);
    /// Up to the separator, which goes too.
    std::string_view until(char separator);

  private:
    std::string_view rest_;
};

}  // namespace harborline::fuzz
