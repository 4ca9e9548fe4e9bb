"""Don't know and prefer not to say, by interviewer."""

from __future__ import annotations

import numpy as np

from evidencekit.instrument.fieldwork.limits import Limits
from evidencekit.instrument.fieldwork.opened import Opened
from evidencekit.instrument.fieldwork.standing import Check, Standing, standing, tally
from evidencekit.missingness import Missing

__all__ = ["refusals"]

_NOTE = (
    'Of the answers to items that offer them, the share that is "don\'t know" or "prefer not to say". More than the others may mean '
    "that questions are hurried, fewer that they are pressed. A way out that is used is not an error in itself. z: how far it is from "
    "that of all interviews."
)
_SAID = {Missing.DONT_KNOW: "don't know", Missing.REFUSED: "prefer not to say"}


def refusals(work: Opened, limits: Limits) -> Check | None:
    """Rates of both kinds; None where no item offers one."""
    columns: dict[str, object] = {
        "interviewer": list(work.people),
        "interviews": np.bincount(work.who, minlength=len(work.people)).tolist(),
    }
    flags: list[str] = []
    for kind, words in _SAID.items():
        found = _rates(work, kind, limits)
        if found is None:
            continue
        name = kind.name.lower()
        columns |= {name: tally(found, limits.fewest), f"{name}_rate": found.rate, f"{name}_z": found.z}
        for k in np.flatnonzero(np.abs(np.nan_to_num(found.z)) > limits.z).tolist():
            flags.append(found.said(work.people[k], k, f'answers are "{words}"', digits=1))
    if len(columns) == 2:
        return None
    return Check("refusals", "Don't know and prefer not to say", columns, tuple(flags), _NOTE)


def _rates(work: Opened, kind: Missing, limits: Limits) -> Standing | None:
    events, places = np.zeros(work.n), np.zeros(work.n)
    for answers in work.answers.values():
        if kind in answers.item.missing.values() or kind in answers.kinds:
            places += answers.there
            events += answers.kinds.get(kind, False)
    if not places.any():
        return None
    return standing(work.who, len(work.people), events, places, limits.fewest)
