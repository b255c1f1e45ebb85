// A number that somebody may have been told; and the number of any matter with a slip of the thumb.
#include "handlers/petition/reference_number.hpp"

#include "tests/fuzz/target.hpp"

namespace harborline::fuzz {
namespace {

const petition::ReferenceNumbers& numbers() {
    static const petition::ReferenceNumbers made{petition::ReferenceNumbers::Key{std::byte{7}}};
    return made;
}

void try_slips(Draw draw) {
    std::int64_t id = 0;
    for (int at = 0; at < 3; ++at) id = id * 256 + draw.byte();
    id = 1 + id % petition::ReferenceNumbers::kMatters;
    const std::string told = numbers().of(core::CaseId{id}).value();
    require(told.size() == 8 && told[0] >= '1' && told[0] <= '7', "a number has 8 digits and begins with 1 to 7");
    require(numbers().id_of(told) == core::CaseId{id}, "a number that was told leads back");

    const std::size_t at = draw.below(told.size());
    std::string slipped = told;
    slipped[at] = static_cast<char>('0' + draw.below(10));
    if (slipped != told) require(!numbers().id_of(slipped), "a wrong digit is noticed");
    std::string swapped = told;
    std::swap(swapped[at], swapped[(at + 1) % 8]);
    if (swapped != told && at < 7) require(!numbers().id_of(swapped), "two digits swapped are noticed");
}

}  // namespace

void try_input(std::string_view input) {
    const auto id = numbers().id_of(input);
    if (id) require(numbers().of(*id).value() == input, "a number that is right is the matter's own");
    try_slips(Draw{input});
}

}  // namespace harborline::fuzz
