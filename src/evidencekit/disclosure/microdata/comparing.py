"""The risk before and after a plan was carried out, by the measures of `risk` or by one of the caller's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from evidencekit.columns import Floats
from evidencekit.disclosure.microdata.held import Held
from evidencekit.disclosure.microdata.individual import individual_risk
from evidencekit.disclosure.microdata.keys import KeyFrequencies, combined, counted
from evidencekit.disclosure.microdata.measured import MicrodataRisk, RecordRisk
from evidencekit.disclosure.microdata.steps import Plan
from evidencekit.survey.design.binding import weight_notes

__all__ = ["Risk", "risks"]

Risk = Callable[[Any, Sequence[str], str | None], Mapping[str, float]]
"""A measure of risk: the data, the keys they have and the column of weights in; numbers by name out."""


def risks(before: Held, after: Held, plan: Plan, weights: Floats, own: Risk | None) -> dict[str, tuple[float, float]]:
    """The measures before, on all keys, and after, on those still there; none where the plan has no keys.

    Parameters
    ----------
    before, after : Held
        The rows, in the same order.
    plan : Plan
        The keys, and the column of weights.
    weights : array (n,)
        Of the rows before; 1 where the plan names none. They stand for the rows after too, also where the column was dropped: how many
        people share a combination does not hang on whether the file says so.
    own : callable or None
        The caller's measure in the place of ours. It gets what is in the file.
    """
    if not plan.keys:
        return {}
    left = [key for key in plan.keys if key in after.columns]
    if own is None:
        # Weights that do not add up to people say nothing of a population: the rows are taken for all there are, the highest risk.
        people = weights if plan.weights is not None and not weight_notes(weights) else None
        one, two = _measured(before, plan.keys, people), _measured(after, left, people)
    else:
        one, two = own(before.data, plan.keys, plan.weights), own(after.data, left, plan.weights if plan.weights in after.columns else None)
    return {name: (float(one[name]), float(two[name])) for name in one if name in two}


def _measured(held: Held, keys: Sequence[str], people: Floats | None) -> Mapping[str, float]:
    """What `risk` measures by default, but for special uniques. Without a key nobody is told apart."""
    columns = [(codes, len(levels)) for codes, levels in map(held.codes, keys)] or [(np.zeros(len(held), dtype=np.intp), 1)]
    made = combined(tuple(keys), columns)
    f, big_f = counted(made, people, 1.0)
    found = MicrodataRisk(
        keys=made.names,
        frequencies=KeyFrequencies(f[made.group], big_f[made.group], len(made.size)),
        found=RecordRisk(individual_risk(f, big_f)[made.group], None, "exact"),
        suda=None,
        diversity=None,
        closeness=None,
        notes=(),
        backend="",
    )
    return {measure: value for measure, _, value in found.measures()}
