// Sealed values: nothing that we did not seal for this very place opens.
#include "storage/sealing/sealer.hpp"
#include "tests/fuzz/target.hpp"
#include "tests/support/fakes.hpp"

namespace harborline::fuzz {
namespace {

using namespace storage::sealing;

constexpr Place kPlace{.column = "turn.body", .row = 7};

bool opens(const Key& key, const Place& place, std::string_view sealed) {
    try {
        key_id_of(sealed);
        open(key, place, sealed);
        return true;
    } catch (const Damaged&) {
        return false;
    }
}

}  // namespace

void try_input(std::string_view input) {
    static const Key key = Key{}.derive("fuzz");
    static testing::FakeRandom random;
    static Sealer sealer{key, random};
    require(!opens(key, kPlace, input), "what we did not seal does not open");

    Draw draw{input};
    const std::int64_t key_id = draw.byte() * 1'000'003;
    const std::size_t at = draw.byte();
    const auto flip = static_cast<char>(draw.byte());
    std::string sealed = sealer.seal(key_id, kPlace, draw.rest());
    require(key_id_of(sealed) == key_id, "a sealed value names its key");
    require(open(key, kPlace, sealed) == draw.rest(), "a sealed value opens");
    require(!opens(key, {.column = kPlace.column, .row = 8}, sealed), "a sealed value opens in its own row only");
    require(!opens(key, {.column = "turn.from", .row = 7}, sealed), "a sealed value opens in its own column only");
    if (flip == 0) return;
    sealed[at % sealed.size()] = static_cast<char>(sealed[at % sealed.size()] ^ flip);
    require(!opens(key, kPlace, sealed), "a changed value does not open");
}

}  // namespace harborline::fuzz
