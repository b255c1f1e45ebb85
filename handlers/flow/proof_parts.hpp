#pragma once
#include "handlers/flow/graph.hpp"
#include "handlers/flow/proof.hpp"

/// The parts of the proof. Each adds what it finds.
namespace harborline::flow {

/// Every list of choices that a step can offer: one for each area where the answer before it decides.
std::vector<std::vector<Choice>> offers_of(const Book& book, const Step& step);

/// Reachable, ending, bounded, never stuck on silence.
void prove_ways(const Graph& graph, core::Findings& findings);

/// Keys, menu digits, outcomes, lists, and what the engine expects of the flows it knows by name.
void prove_rules(const Book& book, const Graph& graph, core::Findings& findings);

/// A sensitive flow whose words are plain (`plain_after`) is entered only behind the answer that it names.
void prove_plain(const Book& book, const Graph& graph, core::Findings& findings);

/// Every value that a text is filled with has surely been saved or filled in before.
void prove_values(const Book& book, const Graph& graph, core::Findings& findings);

/// Every text is there in every language, fits its channel, and is neutral where it must be.
void prove_texts(const Book& book, const Graph& graph, const std::vector<ChannelLimits>& channels,
                 core::Findings& findings);

/// Where there is a voice channel: nothing is too long to listen to, and what a sensitive flow reads out betrays
/// nothing. That no list has more than seven entries is a rule of every channel.
void prove_voice(const Book& book, const Graph& graph, const std::vector<ChannelLimits>& channels,
                 core::Findings& findings);

}  // namespace harborline::flow
