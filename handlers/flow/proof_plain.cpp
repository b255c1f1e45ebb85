#include <algorithm>
#include <optional>
#include <string_view>

#include "handlers/flow/proof_parts.hpp"

namespace harborline::flow {
namespace {

/// "triage.free.yes": the step that asks, and its answer that lets her in.
struct Consent {
    const Flow* flow = nullptr;
    const Step* step = nullptr;
    const Target* target = nullptr;
};

std::optional<Consent> consent_of(const Book& book, std::string_view written) {
    const auto first = written.find('.');
    const auto second = first == std::string_view::npos ? first : written.find('.', first + 1);
    if (second == std::string_view::npos) return std::nullopt;
    const std::string answer{written.substr(second + 1)};
    Consent consent{.flow = book.flow(written.substr(0, first))};
    if (consent.flow == nullptr || !consent.flow->sensitive || !consent.flow->plain_after.empty()) return std::nullopt;
    consent.step = consent.flow->step(written.substr(first + 1, second - first - 1));
    if (consent.step == nullptr || consent.step->expect != Expect::kChoice) return std::nullopt;
    const auto by_answer = consent.step->next_by.find(answer);
    // An answer without a way of its own would let in whoever gives any other answer as well.
    if (by_answer == consent.step->next_by.end()) return std::nullopt;
    consent.target = &by_answer->second;
    return consent;
}

/// Walks everything that can be reached without the answer, and reports every way into the flow.
class WithoutConsent {
  public:
    WithoutConsent(const Graph& graph, const Flow& plain, const Consent& consent)
        : graph_(graph), plain_(plain), consent_(consent), seen_(graph.nodes.size()) {}

    void prove(core::Findings& findings) {
        std::vector<std::size_t> open;
        const auto meet = [&](std::size_t node) {
            if (!seen_[node] && graph_.nodes[node].flow != &plain_) open.push_back(node);
            seen_[node] = true;
        };
        for (const std::size_t entry : graph_.entries) {
            if (graph_.nodes[entry].flow == &plain_)
                findings.push_back(
                    about(plain_, "its words are plain, so nobody may enter it by the menu or by calling"));
            meet(entry);
        }
        while (!open.empty()) {
            const std::size_t node = open.back();
            open.pop_back();
            for (const std::size_t at : graph_.out[node]) {
                const auto& edge = graph_.edges[at];
                if (lets_in(edge)) continue;
                const auto& from = graph_.nodes[edge.from];
                if (graph_.nodes[edge.to].flow == &plain_)
                    findings.push_back(about(*from.flow, *from.step,
                                             "leads to flow " + plain_.id +
                                                 ", whose words are plain, without the answer " + plain_.plain_after));
                meet(edge.to);
            }
        }
    }

  private:
    bool lets_in(const Graph::Edge& edge) const {
        const auto& to = graph_.nodes[edge.to];
        const Flow* flow = consent_.target->flow.empty() ? consent_.flow : nullptr;
        const bool same_flow = flow != nullptr ? to.flow == flow : to.flow->id == consent_.target->flow;
        const std::string_view step =
            consent_.target->step.empty() ? std::string_view{to.flow->first} : std::string_view{consent_.target->step};
        return edge.kind == Graph::Edge::Kind::kAnswer && graph_.nodes[edge.from].step == consent_.step && same_flow &&
               to.step->name == step;
    }

    const Graph& graph_;
    const Flow& plain_;
    const Consent& consent_;
    std::vector<bool> seen_;
};

}  // namespace

void prove_plain(const Book& book, const Graph& graph, core::Findings& findings) {
    for (const auto& [id, flow] : book.flows) {
        if (flow.plain_after.empty()) continue;
        if (!flow.sensitive) findings.push_back(about(flow, "plain_after is for sensitive flows"));
        const auto consent = consent_of(book, flow.plain_after);
        if (consent)
            WithoutConsent{graph, flow, *consent}.prove(findings);
        else
            findings.push_back(
                about(flow, "plain_after = \"" + flow.plain_after +
                                "\" names no answer with a way of its own to a choice of a sensitive flow"));
    }
}

}  // namespace harborline::flow
