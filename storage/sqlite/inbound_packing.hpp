#pragma once
#include "handlers/core/inbound.hpp"
#include "storage/sqlite/packing.hpp"

namespace harborline::storage::sqlite {

void pack(Packer& packer, const core::Inbound& inbound);
core::Inbound unpack_inbound(Unpacker& unpacker);

}  // namespace harborline::storage::sqlite
