#pragma once
#include <optional>

#include "handlers/flow/book.hpp"

namespace harborline::flow {

/// Reads one flow file. Nothing where it is no flow at all; otherwise as much as can be read, faults as findings.
std::optional<Flow> read_flow(const SourceFile& source, core::Findings& findings);

/// Reads the places into areas, and their names into the catalogue as labels `area.<code>` and `place.<code>`.
void read_places(const SourceFile& source, Book& book, core::Findings& findings);

}  // namespace harborline::flow
