#include <functional>

#include "handlers/flow/proof_parts.hpp"

namespace harborline::flow {
namespace {

using Kind = Graph::Edge::Kind;
using Nodes = std::vector<bool>;

Nodes reachable(const Graph& graph) {
    Nodes seen(graph.nodes.size());
    std::vector<std::size_t> open = graph.entries;
    while (!open.empty()) {
        const std::size_t node = open.back();
        open.pop_back();
        if (seen[node]) continue;
        seen[node] = true;
        for (const std::size_t edge : graph.out[node]) open.push_back(graph.edges[edge].to);
    }
    return seen;
}

Nodes reaching_an_end(const Graph& graph) {
    Nodes ends(graph.nodes.size());
    for (std::size_t node = 0; node < ends.size(); ++node)
        ends[node] = graph.nodes[node].step->kind == Step::Kind::kEnd;
    for (bool changed = true; changed;) {
        changed = false;
        for (const auto& edge : graph.edges) {
            if (!ends[edge.to] || ends[edge.from]) continue;
            ends[edge.from] = true;
            changed = true;
        }
    }
    return ends;
}

/// Steps at which a cycle closes that consists of the given edges only.
std::vector<std::size_t> cycles(const Graph& graph, const std::function<bool(const Graph::Edge&)>& counts) {
    enum class Mark { kNew, kOpen, kDone };
    std::vector<Mark> marks(graph.nodes.size(), Mark::kNew);
    std::vector<std::size_t> found;
    const std::function<void(std::size_t)> visit = [&](std::size_t node) {
        marks[node] = Mark::kOpen;
        for (const std::size_t at : graph.out[node]) {
            const auto& edge = graph.edges[at];
            if (!counts(edge)) continue;
            if (marks[edge.to] == Mark::kOpen) found.push_back(edge.to);
            if (marks[edge.to] == Mark::kNew) visit(edge.to);
        }
        marks[node] = Mark::kDone;
    };
    for (std::size_t node = 0; node < marks.size(); ++node)
        if (marks[node] == Mark::kNew) visit(node);
    return found;
}

bool has_onward(const Step& step) {
    if (step.kind == Step::Kind::kSay) return step.next.has_value();
    if (step.kind != Step::Kind::kAsk || step.expect == Expect::kMenu || step.next) return true;
    if (step.expect != Expect::kChoice || !step.options_from.empty()) return false;
    for (const auto& [key, option] : step.options)
        if (!step.next_by.contains(option.value)) return false;
    return true;
}

}  // namespace

void prove_ways(const Graph& graph, core::Findings& findings) {
    const auto report = [&](std::size_t node, const std::string& message) {
        findings.push_back(about(*graph.nodes[node].flow, *graph.nodes[node].step, message));
    };
    const Nodes reached = reachable(graph);
    const Nodes ending = reaching_an_end(graph);
    for (std::size_t node = 0; node < graph.nodes.size(); ++node) {
        const auto& [flow, step] = graph.nodes[node];
        const bool used_by_silence = step->kind == Step::Kind::kAsk;
        if (!reached[node]) report(node, "nothing leads here; lead to it or delete it");
        if (!ending[node]) report(node, "no end can be reached from here");
        if (used_by_silence && !step->silence && !flow->silence)
            report(node, "has no way out when nobody answers; give the step or the flow a silence");
        if (!has_onward(*step)) report(node, "has no way on for every answer; give it a next");
    }
    const auto unbounded = [&](const Graph::Edge& edge) {
        return graph.nodes[edge.from].step->visits_max == 0 && graph.nodes[edge.to].step->visits_max == 0;
    };
    const auto without_person = [&](const Graph::Edge& edge) {
        return unbounded(edge) && !graph.nodes[edge.from].is_ask() && !graph.nodes[edge.to].is_ask();
    };
    const auto through_silence = [&](const Graph::Edge& edge) {
        return unbounded(edge) && (!graph.nodes[edge.from].is_ask() || edge.kind == Kind::kSilence);
    };
    const auto alone = cycles(graph, without_person);
    for (const std::size_t node : alone) report(node, "goes round in a circle without a person; give it visits_max");
    if (!alone.empty()) return;
    for (const std::size_t node : cycles(graph, through_silence))
        report(node, "goes round in a circle when nobody answers; its silence must lead to an end");
}

}  // namespace harborline::flow
