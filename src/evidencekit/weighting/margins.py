"""Population totals as the analyst gives them, matched to the rows of a survey."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Codes, Column, Floats, numeric
from evidencekit.errors import InputError, WeightingError
from evidencekit.survey.domains import Where, where_mask
from evidencekit.survey.survey import Survey
from evidencekit.survey.units import cross

__all__ = ["Inside", "Margin", "Margins", "inside_of", "margins_of"]

Margins = Mapping[Any, Any]
Inside = NDArray[np.bool_] | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Margin:
    """The population totals of one variable, or of the combinations of several.

    `codes` are each row's level, -1 for rows that are not calibrated; `totals` one per level.
    """

    names: tuple[str, ...]
    codes: Codes
    totals: Floats

    @property
    def words(self) -> str:
        """The variables, as messages name them."""
        return " x ".join(self.names)

    @property
    def sum(self) -> float:
        """What the totals add up to."""
        return float(self.totals.sum())


def inside_of(survey: Survey, where: Where) -> Inside:
    """The rows to calibrate: those that have a weight and satisfy the condition; None when that is every row."""
    assert survey.w is not None
    mask = where_mask(survey, where)
    if survey.w.min() > 0:
        return mask
    return survey.w > 0 if mask is None else mask & (survey.w > 0)


def margins_of(survey: Survey, margins: Margins, doing: str, inside: Inside = None) -> list[Margin]:
    """The margins, each checked against the data.

    Parameters
    ----------
    survey : Survey
        Data in memory, with positive weights.
    margins : mapping
        A column name, or a tuple of them, to its totals: a mapping of levels (tuples of levels) to numbers, or a frame with the columns
        and a column ``total``. Levels may be the values in the data or their labels. Totals that add up to 1 in every margin are
        shares, of the weights as they are.
    doing : str
        What messages call it.
    inside : (n,) array or None
        The rows that are calibrated; None is all.

    Raises
    ------
    InputError, UnknownColumn
        A margin is not one, or names a column the data do not have.
    WeightingError
        Rows without an answer, levels without a total or without rows, totals that are not positive or that disagree.
    """
    if not isinstance(margins, Mapping) or not margins:
        raise InputError(f"{doing} needs margins: a mapping of column names to their population totals.")
    made = [_margin(survey, _names(key), given, inside) for key, given in margins.items()]
    assert survey.w is not None
    if all(abs(m.sum - 1) < 1e-6 for m in made):
        whole = float((survey.w if inside is None else survey.w[inside]).sum())
        made = [Margin(m.names, m.codes, m.totals * (whole / m.sum)) for m in made]
    for m in made[1:]:
        if abs(m.sum - made[0].sum) > 1e-6 * made[0].sum:
            raise WeightingError(
                f"The totals of {made[0].words!r} add up to {made[0].sum:,.10g}, those of {m.words!r} to {m.sum:,.10g}.",
                "Every margin describes the same population: bring them to one total first.",
            )
    return made


def _names(key: Any) -> tuple[str, ...]:
    names = (key,) if isinstance(key, str) else key
    if not isinstance(names, tuple) or not names or not all(isinstance(n, str) for n in names):
        raise InputError("A margin is named by a column name, or by a tuple of them.")
    return names


def _margin(survey: Survey, names: tuple[str, ...], given: Any, inside: Inside) -> Margin:
    columns = [survey.column(_known(survey, name)) for name in names]
    blank = sum(int(((c.codes < 0) if inside is None else (c.codes < 0) & inside).sum()) for c in columns)
    words = " x ".join(names)
    if blank:
        raise WeightingError(
            f"{blank} rows have no answer to {words!r}, so they have no place in its margin.",
            "Fill the answers in, or give the missing ones a category with a total.",
        )
    codes, levels = _levels(columns, inside)
    wanted = _totals(given, names)
    matched = [_match(wanted, level) for level in levels]
    lost = sum(1 for m in matched if m is None)
    unused = len(wanted) - (len(levels) - lost)
    if lost or unused:
        parts = [f"{lost} of its levels in the data have no total"] if lost else []
        parts += [f"{unused} of its totals have no rows"] if unused else []
        raise WeightingError(
            f"Margin {words!r}: {' and '.join(parts)}.",
            "Give one total for each level in the data; put levels that nobody has together with another.",
        )
    totals = np.array(matched, dtype=np.float64)
    if not (np.isfinite(totals).all() and (totals > 0).all()):
        raise WeightingError(
            f"Margin {words!r}: totals are numbers above 0.", "Leave out the rows of a level that the population does not have."
        )
    return Margin(names, codes, totals)


def _levels(columns: list[Column], inside: Inside) -> tuple[Codes, list[list[tuple[Column, int]]]]:
    """Each row's combination of levels, and the combinations that occur; -1 for rows outside."""
    if len(columns) == 1 and inside is None:
        return columns[0].codes, [[(columns[0], level)] for level in range(len(columns[0].levels))]
    rows = slice(None) if inside is None else np.flatnonzero(inside)
    codes, _, first = cross([(c.codes[rows], len(c.levels)) for c in columns])
    levels = [[(c, int(c.codes[rows][row])) for c in columns] for row in first]
    if inside is None:
        return codes, levels
    whole = np.full(len(inside), -1, dtype=np.intp)
    whole[rows] = codes
    return whole, levels


def _known(survey: Survey, name: str) -> str:
    survey.rows.need(name, "margins=")
    return name


def _totals(given: Any, names: tuple[str, ...]) -> dict[tuple[Any, ...], float]:
    """Totals by tuples of levels."""
    if isinstance(given, Mapping):
        return {key if isinstance(key, tuple) else (key,): value for key, value in given.items()}
    try:
        frame = nw.from_native(given, eager_only=True)
    except TypeError:
        raise InputError(
            f"The totals of {' x '.join(names)!r} are a mapping of levels to numbers, or a frame with a column 'total'."
        ) from None
    for name in (*names, "total"):
        if name not in frame.columns:
            raise InputError(f"The frame of totals has no column {name!r}.", "It needs the margin's columns and one called 'total'.")
    totals = numeric(frame["total"], "Column")
    return dict(zip(zip(*(frame[n].to_list() for n in names), strict=True), totals.tolist(), strict=True))


def _match(wanted: Mapping[tuple[Any, ...], float], level: list[tuple[Column, int]]) -> float | None:
    """The total of one combination of levels, by its values or by their labels."""
    for key in (tuple(c.keys[i] for c, i in level), tuple(c.levels[i] for c, i in level)):
        if key in wanted:
            return wanted[key]
    return None
