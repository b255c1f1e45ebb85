#include "gateway/commands/matter.hpp"

namespace harborline::gateway {

core::Case by_reference(CommandGround& ground, storage::Transaction& tx, const std::string& reference) {
    const auto id = ground->rules().references.id_of(reference);
    if (!id) throw CommandFailed("this is no reference number; check its 8 digits for a typing error", 2);
    const auto found = tx.cases().find(*id);
    if (!found) throw CommandFailed("no matter has this number");
    return *found;
}

}  // namespace harborline::gateway
