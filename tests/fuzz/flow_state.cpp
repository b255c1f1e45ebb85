#include "handlers/core/flow_state.hpp"

#include "tests/fuzz/target.hpp"

void harborline::fuzz::try_input(std::string_view input) {
    const auto state = core::decode_flow_state(input);
    if (state) require(core::encode(*state) == input, "what is read is what would be written");
}
