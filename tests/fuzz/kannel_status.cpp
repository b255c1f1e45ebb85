#include "tests/fuzz/carriers.hpp"
#include "tests/fuzz/target.hpp"

void harborline::fuzz::try_input(std::string_view input) {
    static const auto carrier = kannel();
    require_sound_receipts(*carrier, {.method = "GET", .action = "status", .query = std::string{input}});
}
