#include <algorithm>
#include <set>

#include "handlers/flow/conventions.hpp"
#include "handlers/flow/proof_parts.hpp"

namespace harborline::flow {
namespace {

constexpr std::size_t kChoicesMost = 7;

class Rules {
  public:
    Rules(const Book& book, core::Findings& findings) : book_(book), findings_(findings) {}

    void prove(const Graph& graph) {
        for (const auto& [id, flow] : book_.flows) prove_flow(flow);
        for (const auto& node : graph.nodes) prove_step(*node.flow, *node.step);
        prove_menu();
        prove_safety();
        prove_person();
        prove_rings(graph);
        prove_kinship();
        prove_weekly();
        prove_hushed();
    }

  private:
    void report(const Flow& flow, const Step& step, const std::string& message) {
        findings_.push_back(about(flow, step, message));
    }

    void prove_flow(const Flow& flow) {
        const Step* first = flow.step(flow.first);
        if (first == nullptr) findings_.push_back(about(flow, "its first step \"" + flow.first + "\" does not exist"));
        if (!flow.first_by_phone.empty() && flow.step(flow.first_by_phone) == nullptr)
            findings_.push_back(about(flow, "its first step by phone \"" + flow.first_by_phone + "\" does not exist"));
        if (flow.menu != 0 && (flow.menu < '1' || flow.menu > '7'))
            findings_.push_back(about(flow, "menu digits are 1 to 7"));
        if (flow.menu != 0 && book_.by_menu(flow.menu) != &flow)
            findings_.push_back(about(
                flow, std::string{"the menu digit "} + flow.menu + " belongs to flow " + book_.by_menu(flow.menu)->id));
        if (flow.menu != 0 && flow.label.empty())
            findings_.push_back(about(flow, "is on the main menu and needs a label"));
        const bool asks_number =
            first != nullptr && first->kind == Step::Kind::kAsk && first->expect == Expect::kNumber;
        if (flow.shortcut && (!asks_number || flow.menu == 0))
            findings_.push_back(about(flow, "a shortcut needs a menu digit and a number as its first question"));
        for (const auto& [name, target] : flow.silence_after) {
            const bool saved = std::ranges::any_of(
                flow.steps, [&saved_as = name](const auto& entry) { return entry.second.save == saved_as; });
            if (!saved) findings_.push_back(about(flow, "silence_after: no step saves \"" + name + "\""));
        }
    }

    void prove_step(const Flow& flow, const Step& step) {
        if (step.kind == Step::Kind::kDo) prove_deed(flow, step);
        if (step.kind == Step::Kind::kAsk && step.expect == Expect::kChoice) prove_choice(flow, step);
    }

    void prove_deed(const Flow& flow, const Step& step) {
        const auto& spec = core::spec_of(step.deed);
        if (step.deed == core::Deed::kFail) report(flow, step, "the deed fail is for tests only");
        for (const core::Outcome outcome : spec.outcomes)
            if (!step.on.contains(outcome))
                report(flow, step,
                       std::string{spec.name} + " can end in \"" + std::string{core::name_of(outcome)} +
                           "\", and nothing leads on from there");
        for (const auto& [outcome, target] : step.on)
            if (std::ranges::find(spec.outcomes, outcome) == spec.outcomes.end())
                report(flow, step,
                       std::string{spec.name} + " never ends in \"" + std::string{core::name_of(outcome)} + "\"");
    }

    void prove_choice(const Flow& flow, const Step& step) {
        const auto area_name = names::area_name(step.options_from);
        if (!step.options_from.empty() && step.options_from != names::kAreas && area_name.empty())
            report(flow, step, "options_from is \"area\" or \"place:{name}\"");
        for (const auto& choices : offers_of(book_, step)) prove_offer(flow, step, choices);
        if (!step.options_from.empty()) return;
        for (const auto& [value, target] : step.next_by) {
            const bool offered = std::ranges::any_of(
                step.options, [&wanted = value](const auto& entry) { return entry.second.value == wanted; });
            if (!offered) report(flow, step, "next names \"" + value + "\", which no option saves");
        }
    }

    void prove_offer(const Flow& flow, const Step& step, const std::vector<Choice>& choices) {
        std::set<char> keys;
        for (const auto& choice : choices) {
            if (choice.key < '1' || choice.key > '7')
                report(flow, step, "options are 1 to 7; 0, 8 and 9 belong to the engine");
            if (!keys.insert(choice.key).second)
                report(flow, step, std::string{"offers "} + choice.key + " for two answers");
        }
        if (choices.empty()) report(flow, step, "offers nothing");
        if (choices.size() > kChoicesMost) report(flow, step, "offers more than 7 answers; ask in two questions");
    }

    const Flow* required(std::string_view id) {
        const Flow* flow = book_.flow(id);
        if (flow == nullptr) findings_.push_back({"flows", 0, "there is no flow " + std::string{id}});
        return flow;
    }

    /// Of "flow.step".
    static std::string_view step_of(std::string_view name) { return name.substr(name.find('.') + 1); }

    /// The step behind "flow.step", which must do this deed.
    const Step* required_deed(const Flow& flow, std::string_view name, core::Deed deed) {
        const Step* step = flow.step(step_of(name));
        if (step == nullptr) {
            findings_.push_back(about(flow, "needs the step " + std::string{name}));
        } else if (step->kind != Step::Kind::kDo || step->deed != deed) {
            report(flow, *step, "must do " + std::string{core::spec_of(deed).name});
        }
        return step;
    }

    void prove_menu() {
        const Flow* flow = required(names::kMenu);
        const Step* first = flow == nullptr ? nullptr : flow->step(flow->first);
        if (first != nullptr && (first->kind != Step::Kind::kAsk || first->expect != Expect::kMenu))
            report(*flow, *first, "the main menu must be its first step");
    }

    void prove_safety() {
        const Flow* flow = required(names::kSafety);
        if (flow == nullptr) return;
        if (!flow->sensitive) findings_.push_back(about(*flow, "must be sensitive"));
        required_deed(*flow, flow->first, core::Deed::kRaiseAlert);
        const Step* covert = required_deed(*flow, names::kCovert, core::Deed::kRaiseAlert);
        if (covert != nullptr && covert->set.get(names::kIsCovert) != "1")
            report(*flow, *covert, "must set covert = \"1\"");
        if (!flow->first_by_phone.empty()) required_deed(*flow, flow->first_by_phone, core::Deed::kRaiseAlert);
        for (const auto& [name, step] : flow->steps) {
            const bool takes_all = step.text.empty() && step.expect == Expect::kText && step.keys == Keys::kText;
            const bool rings = step.expect == Expect::kBridge && step.text == names::kPleaseWait;
            if (step.kind == Step::Kind::kAsk && !((takes_all || rings) && step.words.empty()))
                report(*flow, step,
                       "must wait in silence and take whatever she writes (ask = \"\", keys = \"text\"), or ring "
                       "somebody with safe.wait");
            if (step.kind != Step::Kind::kAsk && !step.text.empty() && step.text != names::kReceived &&
                step.text != names::kCover)
                report(*flow, step, "a 9 is answered with safe.received or safe.cover and nothing else");
        }
        prove_covert_words(*flow);
    }

    /// Nothing but the cover story once the way is covert, and nobody who asks her aloud what is the matter; never the
    /// cover story on the open way.
    void prove_covert_words(const Flow& flow) {
        const auto follow = [&](std::string_view from, std::string_view forbidden) {
            const bool covert = forbidden != names::kCover;
            std::set<std::string> seen;
            std::vector<std::string> open{std::string{from}};
            while (!open.empty()) {
                const std::string name = open.back();
                open.pop_back();
                const Step* step = flow.step(name);
                if (step == nullptr || !seen.insert(name).second) continue;
                if (step->text == forbidden) report(flow, *step, "may not say " + std::string{forbidden} + " here");
                if (covert && is_bridge(*step)) report(flow, *step, "may not ring anybody here");
                if (step->next && step->next->flow.empty()) open.push_back(step->next->step);
                for (const auto& [answer, target] : step->next_by)
                    if (target.flow.empty()) open.push_back(target.step);
                for (const auto& [outcome, target] : step->on)
                    if (target.flow.empty()) open.push_back(target.step);
            }
        };
        follow(names::kCovert.substr(names::kCovert.find('.') + 1), names::kReceived);
        follow(flow.first, names::kCover);
        follow(flow.begins_at(true), names::kCover);
    }

    static bool is_bridge(const Step& step) { return step.kind == Step::Kind::kAsk && step.expect == Expect::kBridge; }

    /// Whom it rings is decided by the deed before it, which also knows where nobody can be.
    void prove_rings(const Graph& graph) {
        const auto check = [&](const Graph::Node& node, const Graph::Edge* edge) {
            if (!is_bridge(*node.step)) return;
            const Step* before = edge == nullptr ? nullptr : graph.nodes[edge->from].step;
            const bool found = before != nullptr && before->kind == Step::Kind::kDo &&
                               edge->kind == Graph::Edge::Kind::kOutcome && edge->outcome == core::Outcome::kFound;
            const bool for_her = found && before->deed == core::Deed::kFindHelp;
            const bool for_staff = found && before->deed == core::Deed::kStaffReach && node.flow->id == names::kStaff;
            const bool for_family = found && before->deed == core::Deed::kKinRing && node.flow->id == names::kKinship;
            const bool for_a_person = found && before->deed == core::Deed::kFindDuty && !node.flow->sensitive;
            if (!for_her && !for_a_person && !for_staff && !for_family)
                report(*node.flow, *node.step,
                       std::string{"rings where "} + (node.flow->sensitive ? "find_help" : "find_duty or find_help") +
                           " has not found anybody");
        };
        for (const auto& edge : graph.edges) check(graph.nodes[edge.to], &edge);
        for (const std::size_t entry : graph.entries) check(graph.nodes[entry], nullptr);
    }

    void prove_kinship() {
        const Flow* flow = book_.flow(names::kKinship);
        if (flow == nullptr) return;
        required_deed(*flow, names::kAnswer, core::Deed::kKinAnswer);
        required_deed(*flow, names::kBooked, core::Deed::kKinBooked);
    }

    /// Nobody has asked for its questions, so what does not answer them is not misunderstood.
    void prove_weekly() {
        const Flow* flow = book_.flow(names::kWeekly);
        if (flow == nullptr) return;
        for (const auto name : {names::kWeeklyByText, names::kWeeklyOfCarer})
            if (flow->step(step_of(name)) == nullptr)
                findings_.push_back(about(*flow, "needs the step " + std::string{name}));
        for (const auto& [name, step] : flow->steps)
            if (step.kind == Step::Kind::kAsk && (step.expect != Expect::kText || step.keys != Keys::kText))
                report(*flow, step, "must take whatever is sent (expect = \"text\", keys = \"text\")");
    }

    /// Whoever may not be heard to speak is not rung, neither there nor later in the call.
    void prove_hushed() {
        const Flow* flow = book_.flow(names::kQuiet);
        if (flow == nullptr) return;
        for (const auto& [name, step] : flow->steps)
            if (step.kind == Step::Kind::kDo && step.set.get(names::kHushed) != "1")
                report(*flow, step, "must set hushed = \"1\": nobody is rung for whoever can not speak");
    }

    void prove_person() {
        const Flow* flow = required(names::kPerson);
        if (flow == nullptr) return;
        required_deed(*flow, names::kCallMe, core::Deed::kOpenTask);
        required_deed(*flow, names::kGivenUp, core::Deed::kOpenTask);
    }

    const Book& book_;
    core::Findings& findings_;
};

}  // namespace

std::vector<std::vector<Choice>> offers_of(const Book& book, const Step& step) {
    const auto area_name = names::area_name(step.options_from);
    if (area_name.empty()) return {book.choices(step, {})};
    std::vector<std::vector<Choice>> all;
    for (const auto& area : book.areas) all.push_back(book.choices(step, {{std::string{area_name}, area.code}}));
    return all;
}

void prove_rules(const Book& book, const Graph& graph, core::Findings& findings) {
    Rules{book, findings}.prove(graph);
}

}  // namespace harborline::flow
