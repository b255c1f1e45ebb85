#include "handlers/flow/proof.hpp"

#include <gtest/gtest.h>

#include <iostream>

#include "handlers/flow/lengths.hpp"
#include "tests/handlers/flow/shipped_book.hpp"

namespace harborline {
namespace {

TEST(Proof, HoldsForTheShippedFlows) {
    const auto report = flow::prove(testing::shipped_book(), testing::shipped_channels());
    std::cout << "proof: " << report.flows << " flows, " << report.steps << " steps, " << report.states << " states, "
              << report.edges << " edges\n";

    for (const auto& finding : report.findings)
        ADD_FAILURE() << finding.file << ":" << finding.line << ": " << finding.message;
    EXPECT_EQ(report.flows, testing::shipped_book().flows.size());
    EXPECT_GT(report.edges, report.steps);
}

}  // namespace
}  // namespace harborline
