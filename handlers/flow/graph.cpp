#include "handlers/flow/graph.hpp"

#include <array>
#include <map>
#include <optional>

#include "handlers/flow/conventions.hpp"

namespace harborline::flow {
namespace {

class GraphMaker {
  public:
    GraphMaker(const Book& book, core::Findings& findings) : book_(book), findings_(findings) {}

    Graph make() {
        for (const auto& [id, flow] : book_.flows) {
            for (const auto& [name, step] : flow.steps) {
                index_.emplace(&step, graph_.nodes.size());
                graph_.nodes.push_back({&flow, &step});
            }
        }
        graph_.out.resize(graph_.nodes.size());
        for (std::size_t node = 0; node < graph_.nodes.size(); ++node) add_edges(node);
        add_entries();
        return std::move(graph_);
    }

  private:
    using Kind = Graph::Edge::Kind;

    std::optional<std::size_t> find(const Flow& from, const Target& target) const {
        const Flow* flow = target.flow.empty() ? &from : book_.flow(target.flow);
        if (flow == nullptr) return std::nullopt;
        const Step* step = flow->step(target.step.empty() ? flow->first : target.step);
        if (step == nullptr) return std::nullopt;
        return index_.at(step);
    }

    void connect(std::size_t from, const Target& target, Kind kind, core::Outcome outcome = {}) {
        const auto& node = graph_.nodes[from];
        const auto to = find(*node.flow, target);
        if (!to) {
            const std::string name = (target.flow.empty() ? "" : "@" + target.flow) +
                                     (target.flow.empty() || target.step.empty() ? "" : ".") + target.step;
            findings_.push_back(about(*node.flow, *node.step, "leads to \"" + name + "\", which does not exist"));
            return;
        }
        graph_.out[from].push_back(graph_.edges.size());
        graph_.edges.push_back({from, *to, kind, outcome});
    }

    void add_edges(std::size_t node) {
        const Flow& flow = *graph_.nodes[node].flow;
        const Step& step = *graph_.nodes[node].step;
        const Kind onward = step.kind == Step::Kind::kAsk ? Kind::kAnswer : Kind::kNext;
        if (step.next) connect(node, *step.next, onward);
        for (const auto& [value, target] : step.next_by) connect(node, target, onward);
        for (const auto& [word, target] : step.words) connect(node, target, Kind::kWord);
        if (step.skip) connect(node, *step.skip, Kind::kWord);
        for (const auto& [outcome, target] : step.on) connect(node, target, Kind::kOutcome, outcome);
        if (step.kind == Step::Kind::kAsk) add_asks_edges(node, flow, step);
    }

    void add_asks_edges(std::size_t node, const Flow& flow, const Step& step) {
        if (step.silence) {
            connect(node, *step.silence, Kind::kSilence);
        } else {
            if (flow.silence) connect(node, *flow.silence, Kind::kSilence);
            for (const auto& [name, target] : flow.silence_after) connect(node, target, Kind::kSilence);
        }
        if (step.expect != Expect::kMenu && (step.expect != Expect::kText || step.keys != Keys::kMenu)) return;
        for (const auto& [id, other] : book_.flows)
            if (other.menu != 0 || id == names::kMenu) connect(node, {.flow = id}, Kind::kMenu);
    }

    void add_entries() {
        const std::array own{names::kMenu,   names::kSafety,       names::kPerson,        names::kCovert,
                             names::kCallMe, names::kGivenUp,      names::kAnswer,        names::kBooked,
                             names::kWeekly, names::kWeeklyByText, names::kWeeklyOfCarer, names::kAppointment};
        for (const auto name : own) {
            const auto dot = name.find('.');
            const Target target{std::string{name.substr(0, dot)},
                                dot == std::string_view::npos ? "" : std::string{name.substr(dot + 1)}};
            if (const auto entry = find({}, target)) graph_.entries.push_back(*entry);
        }
        for (const auto& [id, flow] : book_.flows) {
            if (!flow.first_by_phone.empty()) {
                if (const auto entry = find(flow, {.step = flow.first_by_phone})) graph_.entries.push_back(*entry);
            }
            if (id == names::kQuiet || id == names::kStaff || id == names::kSlow)
                if (const auto entry = find(flow, {})) graph_.entries.push_back(*entry);
        }
        for (const auto& [id, flow] : book_.flows)
            if (flow.menu != 0)
                if (const auto entry = find(flow, {})) graph_.entries.push_back(*entry);
    }

    const Book& book_;
    core::Findings& findings_;
    Graph graph_{};
    std::map<const Step*, std::size_t> index_{};
};

}  // namespace

Graph make_graph(const Book& book, core::Findings& findings) {
    return GraphMaker{book, findings}.make();
}

core::Finding about(const Flow& flow, const Step& step, const std::string& message) {
    return {flow.file, step.line, "step " + step.name + ": " + message};
}

core::Finding about(const Flow& flow, const std::string& message) {
    const Step* first = flow.step(flow.first);
    return {flow.file, 1, "flow " + flow.id + (first ? ", step " + first->name : "") + ": " + message};
}

}  // namespace harborline::flow
