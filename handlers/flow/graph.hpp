#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "handlers/flow/book.hpp"

namespace harborline::flow {

/// All steps of all flows and the ways between them, for the proof.
struct Graph {
    struct Node {
        const Flow* flow = nullptr;
        const Step* step = nullptr;
        bool is_ask() const { return step->kind == Step::Kind::kAsk; }
    };
    struct Edge {
        enum class Kind {
            kAnswer,   ///< She answered.
            kWord,     ///< She sent a keyword of the step.
            kOutcome,  ///< Of a deed.
            kNext,     ///< Without anybody.
            kSilence,  ///< Nobody answered.
            kMenu,     ///< She chose another flow by its digit.
        };
        std::size_t from = 0;
        std::size_t to = 0;
        Kind kind = Kind::kNext;
        core::Outcome outcome{};
    };

    std::vector<Node> nodes{};
    std::vector<Edge> edges{};
    std::vector<std::vector<std::size_t>> out{};  ///< Edges by their `from`.
    std::vector<std::size_t> entries{};           ///< Where the engine enters by itself.
};

/// Targets that do not exist are findings.
Graph make_graph(const Book& book, core::Findings& findings);

/// A finding about a step, in the form that all have.
core::Finding about(const Flow& flow, const Step& step, const std::string& message);
/// A finding about a whole flow.
core::Finding about(const Flow& flow, const std::string& message);

}  // namespace harborline::flow
