"""The same answer all the way down a battery."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from evidencekit.errors import InputError, UnknownColumn
from evidencekit.instrument.fieldwork.limits import Limits
from evidencekit.instrument.fieldwork.opened import Opened
from evidencekit.instrument.fieldwork.standing import Check, standing, tally
from evidencekit.instrument.form import Instrument
from evidencekit.instrument.items import Group, Item, walk

__all__ = ["batteries_of", "straightlining"]

_NOTE = (
    "Batteries where every answer is the same. Where a battery asks about rare things the same answer all the way down is what most "
    "children truthfully give: what counts is whether an interviewer has more of them than the others."
)


def batteries_of(form: Instrument, least: int) -> dict[str, tuple[str, ...]]:
    """Runs of questions with one answer from the same list, in one group; named by their first item."""
    runs: list[list[Item]] = []
    before: tuple[Item, tuple[Group, ...]] | None = None
    for part, within in walk(form.items):
        if isinstance(part, Group) or part.kind in ("note", "calculate") or any(group.repeat for group in within):
            continue
        alike = before is not None and part.kind == "select_one" == before[0].kind and part.choices is not None and part.relevant == ""
        if alike and before is not None and part.choices == before[0].choices and within == before[1]:
            runs[-1].append(part)
        else:
            runs.append([part])
        before = (part, within)
    return {run[0].name: tuple(item.name for item in run) for run in runs if len(run) >= least}


def straightlining(work: Opened, batteries: Mapping[str, Sequence[str]], limits: Limits) -> Check | None:
    """How many batteries an interviewer's respondents answered with one code throughout; None where there is no battery."""
    events, places = np.zeros(work.n), np.zeros(work.n)
    for name, items in batteries.items():
        if unknown := [item for item in items if item not in work.answers]:
            raise UnknownColumn(unknown[0], list(work.answers), f"batteries= {name!r}")
        if len(items) < limits.battery:
            raise InputError(f"The battery {name!r} has {len(items)} items, fewer than {limits.battery}.")
        texts = [work.answers[item] for item in items]
        levels = {level: k for k, level in enumerate(dict.fromkeys(level for one in texts for level in one.levels))}
        coded = np.stack([np.where(one.given, np.array([*(levels[v] for v in one.levels), -1])[one.at], -1) for one in texts], axis=1)
        answered = (coded >= 0).sum(axis=1)
        high = coded.max(axis=1)
        same = ((coded == high[:, None]) | (coded < 0)).all(axis=1)
        places += answered >= limits.battery
        events += same & (answered >= limits.battery)
    if not places.any():
        return None
    found = standing(work.who, len(work.people), events, places, limits.fewest)
    flags = [found.said(work.people[k], k, "batteries have one answer throughout") for k in found.out(limits.z)]
    columns = {
        "interviewer": list(work.people),
        "interviews": found.interviews.tolist(),
        "batteries": [None if few else round(p) for few, p in zip(found.interviews < limits.fewest, found.places, strict=True)],
        "one_answer": tally(found, limits.fewest),
        "rate": found.rate,
        "z": found.z,
    }
    return Check("straightlining", "The same answer throughout", columns, tuple(flags), _NOTE)
