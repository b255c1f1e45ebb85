#include <algorithm>
#include <deque>
#include <optional>
#include <set>

#include "handlers/flow/conventions.hpp"
#include "handlers/flow/proof_parts.hpp"

namespace harborline::flow {
namespace {

using Names = std::set<std::string, std::less<>>;
using Kind = Graph::Edge::Kind;

/// What is surely saved when a step is entered: the intersection over all ways there. Ways of silence do not count,
/// because nothing is said on them.
class Values {
  public:
    Values(const Graph& graph) : graph_(graph), before_(graph.nodes.size()) {}

    void solve() {
        std::deque<std::size_t> open;
        for (const std::size_t entry : graph_.entries) {
            before_[entry] = Names{};
            open.push_back(entry);
        }
        while (!open.empty()) {
            const std::size_t node = open.front();
            open.pop_front();
            for (const std::size_t at : graph_.out[node]) {
                const auto& edge = graph_.edges[at];
                if (edge.kind != Kind::kSilence && meet(before_[edge.to], after(edge))) open.push_back(edge.to);
            }
        }
    }

    /// What the step's own words may use; nothing where it is never reached with words.
    std::optional<Names> at(std::size_t node) const {
        auto names = before_[node];
        if (names)
            for (const auto& [name, value] : graph_.nodes[node].step->set.entries()) names->insert(name);
        return names;
    }

  private:
    Names after(const Graph::Edge& edge) const {
        const auto& [flow, step] = graph_.nodes[edge.from];
        Names names;
        if (edge.kind == Kind::kMenu) return names;
        names = *at(edge.from);
        if (edge.kind == Kind::kAnswer && !step->save.empty()) names.insert(step->save);
        const bool fills = edge.kind == Kind::kOutcome && edge.outcome != core::Outcome::kNone &&
                           edge.outcome != core::Outcome::kNeedsPin;
        if (fills)
            for (const auto name : core::spec_of(step->deed).fills) names.emplace(name);
        if (graph_.nodes[edge.to].flow == flow) return names;
        for (const auto& [name, left] : flow->steps)
            if (left.save != names::kPlace) names.erase(left.save);
        return names;
    }

    static bool meet(std::optional<Names>& known, const Names& arriving) {
        if (!known) {
            known = arriving;
            return true;
        }
        return std::erase_if(*known, [&](const std::string& name) { return !arriving.contains(name); }) > 0;
    }

    const Graph& graph_;
    std::vector<std::optional<Names>> before_;
};

}  // namespace

void prove_values(const Book& book, const Graph& graph, core::Findings& findings) {
    Values values{graph};
    values.solve();
    for (std::size_t node = 0; node < graph.nodes.size(); ++node) {
        const auto& [flow, step] = graph.nodes[node];
        auto known = values.at(node);
        if (!known) continue;
        const auto check = [&, &on_flow = *flow, &on_step = *step](std::string_view text) {
            for (const auto& name : book.catalogue.placeholders(text))
                if (!known->contains(name))
                    findings.push_back(
                        about(on_flow, on_step,
                              "text " + std::string{text} + " needs {" + name + "}, which is not surely known here"));
        };
        check(step->text);
        const auto area = names::area_name(step->options_from);
        if (!area.empty() && !known->contains(area))
            findings.push_back(about(
                *flow, *step, "lists the places of \"" + std::string{area} + "\", which is not surely known here"));
        known->insert(step->save);
        check(step->more);
    }
}

}  // namespace harborline::flow
