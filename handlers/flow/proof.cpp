#include "handlers/flow/proof.hpp"

#include <algorithm>
#include <tuple>

#include "handlers/flow/proof_parts.hpp"

namespace harborline::flow {
namespace {

/// How many values the counters of a step can have: 0 to 2 misses, with the question to resume open or not, and the
/// visits of a bounded step.
std::size_t states_of(const Step& step) {
    const std::size_t visits = static_cast<std::size_t>(step.visits_max) + 1;
    return visits * (step.kind == Step::Kind::kAsk ? 3 * 2 : 1);
}

}  // namespace

ProofReport prove(const Book& book, const std::vector<ChannelLimits>& channels) {
    ProofReport report;
    const Graph graph = make_graph(book, report.findings);
    report.flows = book.flows.size();
    report.steps = graph.nodes.size();
    report.edges = graph.edges.size();
    for (const auto& node : graph.nodes) report.states += states_of(*node.step);
    prove_rules(book, graph, report.findings);
    prove_ways(graph, report.findings);
    prove_plain(book, graph, report.findings);
    prove_values(book, graph, report.findings);
    prove_texts(book, graph, channels, report.findings);
    prove_voice(book, graph, channels, report.findings);
    const auto order = [](const core::Finding& finding) {
        return std::tie(finding.file, finding.line, finding.message);
    };
    std::ranges::sort(report.findings, {}, order);
    const auto repeated = std::ranges::unique(report.findings, {}, order);
    report.findings.erase(repeated.begin(), repeated.end());
    return report;
}

}  // namespace harborline::flow
