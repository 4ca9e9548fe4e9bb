"""Back-checks: how often the second answer is another one."""

from __future__ import annotations

from typing import Any

import numpy as np

from evidencekit.columns import Codes, factorise
from evidencekit.errors import InputError
from evidencekit.frames import Dataset, eager, open_data
from evidencekit.instrument.fieldwork.limits import BackChecks, Limits
from evidencekit.instrument.fieldwork.opened import Answers, Bools, Opened, answers_of, text_of
from evidencekit.instrument.fieldwork.standing import Check, standing, tally

__all__ = ["backchecks"]

_NOTE = (
    "Of the answers that both interviews have, the share that differs; where only one has an answer, that counts as a difference. Some "
    "answers change with time or with who asks: compare the kinds of items before people."
)


def backchecks(data: Any, work: Opened, checks: BackChecks, limits: Limits) -> tuple[Check, Check, Check]:
    """Error rates by item, by kind of item and by interviewer.

    Raises
    ------
    InputError
        A key stands on two rows, no key is in both, or the second data have no item of the form.
    """
    first, second = _keys(data, checks.key, "the data"), _keys(checks.data, checks.key, "the back-checks")
    place = {key: row for row, key in enumerate(first) if key is not None}
    pairs = [(place[key], row) for row, key in enumerate(second) if key is not None and key in place]
    if not pairs:
        raise InputError(f"No key of the back-checks is among those of the data ({len(second)} rows looked up).", "Check key=.")
    one, two = (np.array(rows, dtype=np.intp) for rows in zip(*pairs, strict=True))
    differs, compared = _compared(work, checks, one, two)
    kinds = _kinds(work, checks, list(differs))
    by_item = {
        "item": list(differs),
        "kind": [kinds[name] for name in differs],
        "compared": [int(compared[name].sum()) for name in differs],
        "differ": [int(differs[name].sum()) for name in differs],
        "rate": [_share(differs[name], compared[name]) for name in differs],
    }
    by_kind: dict[str, list[Any]] = {"kind": [], "items": [], "compared": [], "rate": []}
    for kind in dict.fromkeys(kinds.values()):
        names = [name for name in differs if kinds[name] == kind]
        row = (
            kind,
            len(names),
            int(sum(compared[n].sum() for n in names)),
            _share(*(np.concatenate([m[n] for n in names]) for m in (differs, compared))),
        )
        for column, value in zip(by_kind.values(), row, strict=True):
            column.append(value)
    events = np.sum([mask for mask in differs.values()], axis=0).astype(np.float64)
    room = np.sum([mask for mask in compared.values()], axis=0).astype(np.float64)
    found = standing(work.who[one], len(work.people), events, room, limits.fewest)
    flags = [found.said(work.people[k], k, "answers were others when asked again") for k in found.out(limits.z)]
    by_person = {
        "interviewer": list(work.people),
        "checked": found.interviews.tolist(),
        "differ": tally(found, limits.fewest),
        "rate": found.rate,
        "z": found.z,
    }
    lost = len(second) - len(pairs)
    note = f"{_NOTE} {len(pairs)} interviews have a back-check{f'; {lost} back-checks have no interview' if lost else ''}."
    return (
        Check("backchecks", "Back-checks by interviewer", by_person, tuple(flags), note),
        Check("backchecks_by_kind", "Back-checks by kind of item", by_kind, (), note),
        Check("backchecks_by_item", "Back-checks by item", by_item, (), note),
    )


def _keys(data: Any, key: str, where: str) -> list[str | None]:
    rows = open_data(data.frame if isinstance(data, Dataset) else data)
    rows.need(key, "key=")
    column = factorise(eager(rows.frame, "Back-checks")[key])
    counts = np.bincount(column.codes[column.codes >= 0], minlength=len(column.keys))
    if twice := int((counts > 1).sum()):
        raise InputError(f"{twice} keys stand on more than one row of {where}.", "Keep one row for each key.")
    names = [text_of(level) for level in column.keys]
    return [names[k] if k >= 0 else None for k in column.codes.tolist()]


def _compared(work: Opened, checks: BackChecks, one: Codes, two: Codes) -> tuple[dict[str, Bools], dict[str, Bools]]:
    """Where each item's answers differ, and where they are compared: where either interview has one."""
    rows = open_data(checks.data.frame if isinstance(checks.data, Dataset) else checks.data)
    frame = eager(rows.frame, "Back-checks")
    declared = checks.data.missing if isinstance(checks.data, Dataset) else {}
    differs: dict[str, Bools] = {}
    compared: dict[str, Bools] = {}
    for name, answers in work.answers.items():
        if name not in rows.columns or name == checks.key or answers.item.kind in ("text", "place", "file"):
            continue
        again = answers_of(frame[name], answers.item, declared.get(name, {}))
        compared[name] = answers.there[one] | again.there[two]
        differs[name] = compared[name] & ~_same(answers, again, one, two, checks.tolerance.get(name, 0.0))
    if not differs:
        raise InputError("The back-checks have no column that is an item of the form and of the data.", "Look at their names.")
    return differs, compared


def _same(answers: Answers, again: Answers, one: Codes, two: Codes, tolerance: float) -> Bools:
    place = {text_of(level): k for k, level in enumerate(answers.levels)}
    moved = np.array([*(place.get(text_of(level), -2) for level in again.levels), -1], dtype=np.intp)[again.at[two]]
    same = answers.at[one] == moved
    if tolerance > 0:
        with np.errstate(invalid="ignore"):
            same |= np.abs(answers.x[one] - again.x[two]) <= tolerance
    return same


def _kinds(work: Opened, checks: BackChecks, names: list[str]) -> dict[str, str]:
    given = {name: kind for kind, listed in checks.kinds.items() for name in listed}
    if unknown := [name for name in given if name not in names]:
        raise InputError(f"kinds= of the back-checks names {unknown[0]!r}, which is not compared.", "Name items that both data sets have.")
    rest = "other items" if given else ""
    return {name: given.get(name, rest or work.answers[name].item.kind.replace("_", " ")) for name in names}


def _share(events: Bools, places: Bools) -> float:
    return float(events.sum() / places.sum()) if places.any() else float("nan")
