"""Planning: from what is known of a place to designs that fit it, and what each would find, before anybody is asked.

::

    what is known           Context: Population, Access, Outcome, Safety, Protection, Resources; from_toml
    which methods           method_names(), method_named(name) -> Method: .card, .fits(context), .plan(context), .simulate(), .analyse()
    what it takes           Plan: .sizing, .cost, .se, .bias, .rmse, .swings (what to find out first), .draw(frame, seed=, ethics_id=)
    which to take           recommend(context) -> Recommendation: .plans, .beside, .refused, .find_out_first, .explain(), .save(path)
    rules                   RULES (what to warn of), GATES (when nobody is asked), Advice, Caution, Tip, FindOut, Refusal
    how things may be       Truth, truths: a grid of them; Simulated
    what it would find      diagnose(plan, seed=, truth=) -> Diagnosis: .performances (Performance, of Figures), .says, .picture()
    a method of one's own   Card, read_card; Sizing, Line, Bias; clustered, Clusters, household_fieldwork, elements; what simulators share
                            is in `planning.simulating`, what draws share in `planning.drawing`; evidencekit.testing.check_method holds
                            it to what every method promises
"""

from evidencekit.planning.cards import Card, Condition, read_card
from evidencekit.planning.context import Access, Context, Outcome, Population, Protection, Range, Resources, Safety
from evidencekit.planning.diagnosing import Diagnosis, Figure, Performance, diagnose, truths
from evidencekit.planning.discovery import method_named, method_names
from evidencekit.planning.fitting import Fit
from evidencekit.planning.gates import GATES, Why
from evidencekit.planning.method import Method
from evidencekit.planning.plan import Plan, Swing
from evidencekit.planning.recommending import Advice, Aside, FindOut, Recommendation, Refusal, Tip, recommend
from evidencekit.planning.rules import RULES, Caution, Rule
from evidencekit.planning.sizing import Bias, Clusters, Line, Sizing, clustered, elements, household_fieldwork
from evidencekit.planning.truth import Simulated, Truth
from evidencekit.planning.workload import Workload

__all__ = [
    "GATES",
    "RULES",
    "Access",
    "Advice",
    "Aside",
    "Bias",
    "Card",
    "Caution",
    "Clusters",
    "Condition",
    "Context",
    "Diagnosis",
    "Figure",
    "FindOut",
    "Fit",
    "Line",
    "Method",
    "Outcome",
    "Performance",
    "Plan",
    "Population",
    "Protection",
    "Range",
    "Recommendation",
    "Refusal",
    "Resources",
    "Rule",
    "Safety",
    "Simulated",
    "Sizing",
    "Swing",
    "Tip",
    "Truth",
    "Why",
    "Workload",
    "clustered",
    "diagnose",
    "elements",
    "household_fieldwork",
    "method_named",
    "method_names",
    "read_card",
    "recommend",
    "truths",
]
