"""Planting errors of known kinds in rows that are noted down."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from evidencekit.instrument.expressions import Numbers, parse, truth
from evidencekit.instrument.form import Instrument
from evidencekit.instrument.inventing.answers import PlantedError
from evidencekit.instrument.inventing.kinds import ErrorKind
from evidencekit.instrument.inventing.nouns import ErrorRate
from evidencekit.instrument.inventing.ordering import names_in, placed
from evidencekit.instrument.inventing.shares import substantive
from evidencekit.instrument.inventing.sheet import Bools, Sheet, stream
from evidencekit.instrument.items import Item
from evidencekit.instrument.wording import in_numbers

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["own", "plant"]

_FAR = (1e6, -1e6)  # numbers that a constraint with a range does not take
_NOT_A_CODE = "no-such-code"


def own(name: str, columns: Collection[str]) -> str:
    """What the file's own column is called: a question may have its name."""
    return f"_{name}" if f"_{name}" in columns else name


@dataclass(frozen=True, slots=True, eq=False)
class _Place:
    """Where an error of a kind can go: a column, the rows, and what is written there (given the row)."""

    column: str
    rows: Bools
    write: Callable[[int], Any]


def plant(
    frame: pd.DataFrame, form: Instrument, sheet: Sheet, errors: ErrorRate, seed: int
) -> tuple[pd.DataFrame, tuple[PlantedError, ...]]:
    """The frame with errors, and which row got which; every row gets at most one."""
    rng = stream(seed, "errors")
    rows = rng.permutation(len(frame))[: round(errors.rate * len(frame))].tolist()
    if not rows:
        return frame, ()
    made = frame.copy()
    clean = np.ones(len(frame), dtype=bool)
    clean[rows] = False
    places = {kind: _places(kind, frame, form, sheet) for kind in errors.kinds}
    done: list[PlantedError] = []
    kinds: list[ErrorKind] = [kind for kind in errors.kinds if places[kind] or kind == "copied-answers"]
    for k, row in enumerate(sorted(rows)):
        first = k % max(len(kinds), 1)
        turned: list[ErrorKind] = kinds[first:] + kinds[:first]
        for kind in turned:
            column = _planted(made, frame, kind, row, _Try(places[kind], form, sheet, clean, rng))
            if column is not None:
                done.append(PlantedError(row, column, kind))
                break
    return made, tuple(done)


@dataclass(frozen=True, slots=True, eq=False)
class _Try:
    """What planting one error looks at."""

    places: Sequence[_Place]
    form: Instrument
    sheet: Sheet
    clean: Bools
    rng: np.random.Generator


def _planted(made: pd.DataFrame, frame: pd.DataFrame, kind: ErrorKind, row: int, at: _Try) -> str | None:
    """Plant one error; the column it went to, None where the row has no place for it."""
    if kind in ("copied-answers", "duplicate-key"):
        same = at.clean & (at.sheet.asker == at.sheet.asker[row]) & (np.arange(len(frame)) != row)
        if not same.any():
            return None
        source = int(at.rng.choice(np.flatnonzero(same)))
        columns = [own("key", frame.columns)] if kind == "duplicate-key" else [n for n in at.sheet.asked if n in frame.columns]
        if not columns:
            return None
        for name in columns:
            made.loc[made.index[row], name] = frame[name].iloc[source]
        return columns[0]
    fits = [place for place in at.places if place.rows[row]]
    if not fits:
        return None
    place = fits[int(at.rng.integers(len(fits)))]
    value = place.write(row)
    if isinstance(value, str) and made[place.column].dtype.kind in "if":
        made[place.column] = made[place.column].astype(object)
    elif value is None and made[place.column].dtype.kind == "i":
        made[place.column] = made[place.column].astype(np.float64)
    made.loc[made.index[row], place.column] = np.nan if value is None and made[place.column].dtype.kind == "f" else value
    return place.column


def _places(kind: ErrorKind, frame: pd.DataFrame, form: Instrument, sheet: Sheet) -> list[_Place]:
    if kind == "end-before-start":
        early = timedelta(minutes=10)
        start = frame[own("start", frame.columns)].tolist()
        write = lambda row: (datetime.fromisoformat(start[row]) - early).isoformat(timespec="milliseconds")  # noqa: E731
        return [_Place(own("end", frame.columns), np.ones(len(frame), dtype=bool), write)]
    if kind == "duplicate-key":
        return [_Place(own("key", frame.columns), np.ones(len(frame), dtype=bool), lambda _: None)]
    referred = names_in(form.items)
    leaves = [one.item for one in placed(form.items) if one.item.name in frame.columns and one.item.name not in referred]
    found = (_place(kind, item, frame, sheet) for item in leaves if item.name in sheet.asked and item.asked)
    return [place for place in found if place is not None and place.rows.any()]


def _place(kind: ErrorKind, item: Item, frame: pd.DataFrame, sheet: Sheet) -> _Place | None:
    asked, filled = sheet.asked[item.name], frame[item.name].notna().to_numpy()
    alone = not item.constraint.strip() or set(parse(item.constraint).names) <= {item.name}
    if kind == "required-blank" and item.required:
        return _Place(item.name, asked & filled, lambda _: None)
    if kind == "skip-answered" and alone and item.kind in ("select_one", "integer", "decimal") and filled.any():
        other = frame[item.name][filled].iloc[0]
        return _Place(item.name, ~asked, lambda _: other)
    if kind == "outside-constraint" and alone and item.constraint.strip() and item.kind in ("integer", "decimal"):
        return _outside(item, asked & filled, sheet)
    if item.choices is None or item.constraint.strip():
        return None
    if kind == "outside-list" and item.kind == "select_one":
        wrong: Any = max(map(int, (*item.choices.codes, *item.missing))) + 1000 if in_numbers(item) else _NOT_A_CODE
        return _Place(item.name, asked & filled, lambda _: wrong)
    if kind == "exclusive" and item.kind == "select_multiple":
        others = [option.code for option in substantive(item) if not option.alone]
        single = [option.code for option in item.choices.listed if option.alone]
        if others and single:
            return _Place(item.name, asked & filled, lambda _: f"{others[0]} {single[0]}")
    return None


def _same(value: Any, _: int) -> Any:
    return value


def _outside(item: Item, rows: Bools, sheet: Sheet) -> _Place | None:
    """A number far out that the constraint does not take."""
    kept = sheet.values[item.name]
    wanted = parse(item.constraint)
    try:
        for far in _FAR:
            sheet.values[item.name] = Numbers(np.full(sheet.n, far))
            refused = ~np.broadcast_to(truth(wanted, sheet.context(item.name)).yes, (sheet.n,))
            if (rows & refused).any():
                value = int(far) if item.kind == "integer" else far
                return _Place(item.name, rows & refused, partial(_same, value))
    finally:
        sheet.values[item.name] = kept
    return None
