"""Population totals as the analyst gives them, matched to the rows of a survey."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Codes, Column, Floats
from evidencekit.errors import InputError, WeightingError
from evidencekit.survey.design.units import cross
from evidencekit.survey.summing.domains import Where, where_mask
from evidencekit.survey.survey import Survey
from evidencekit.weighting.asking import names_in
from evidencekit.weighting.calibration.known_totals import Key, known_totals, looks_other, unmatched

__all__ = ["Inside", "Margin", "Margins", "inside_of", "margins_of", "of_one_population", "refuse_apart"]

Margins = Mapping[Any, Any]
Inside = NDArray[np.bool_] | None
SAME, NEAR = 1e-6, 0.02


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Margin:
    """The population totals of one variable, or of the combinations of several.

    `codes` are each row's level, -1 for rows that are not calibrated; `totals` one per level, and `levels` what is shown for it. With
    `shares` only their shares are known, and they add up to what the weights did.
    """

    names: tuple[str, ...]
    codes: Codes
    totals: Floats
    levels: tuple[str, ...]
    shares: bool = False

    @property
    def words(self) -> str:
        """The variables, as messages name them."""
        return " x ".join(self.names)

    @property
    def sum(self) -> float:
        """What the totals add up to."""
        return float(self.totals.sum())

    def scaled(self, total: float) -> Margin:
        """The same margin, adding up to another total."""
        return replace(self, totals=self.totals * (total / self.sum))


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
        and a column ``total``. Levels may be the values in the data or their labels.
    doing : str
        What messages call it.
    inside : (n,) array or None
        The rows that are calibrated; None is all.

    Raises
    ------
    InputError, UnknownColumn
        A margin is not one, or names a column the data do not have.
    WeightingError
        Rows without an answer, levels without a total or without rows, totals that are not positive.
    """
    if not isinstance(margins, Mapping):
        whole = nw.dependencies.is_into_dataframe(margins) or nw.dependencies.is_into_series(margins)
        raise InputError(
            f"{doing} needs margins: a mapping of column names to their population totals, not a {type(margins).__name__}.",
            'A frame or a Series of totals stands under its column\'s name: {"sex": totals}.' if whole else "",
        )
    if not margins:
        raise InputError(f"{doing} needs margins: a mapping of column names to their population totals.")
    return [_margin(survey, names_in(key, "A margin"), given, inside) for key, given in margins.items()]


def of_one_population(survey: Survey, made: Sequence[Margin], inside: Inside, people: float | None) -> list[Margin]:
    """The margins as numbers of people who add up to the same.

    Totals that add up to 1 in every margin are shares, of the weights as they are: how many people there are is then not known but
    estimated, and varies. With the size of the population given, every margin is brought to it.

    Parameters
    ----------
    survey, made, inside
        The survey, its margins, and the rows that are calibrated.
    people : float or None
        The size of the population.

    Raises
    ------
    WeightingError
        Totals that are nearly shares, or look like percentages; that are fewer than the rows; or that disagree.
    """
    assert survey.w is not None
    if people is not None:
        return [m.scaled(people) for m in made]
    w = survey.w if inside is None else survey.w[inside]
    whole = float(w.sum())
    if all(abs(m.sum - 1) < SAME for m in made):
        return [replace(m.scaled(whole), shares=True) for m in made]
    remedy = "or give population_total=, to which every margin is then brought."
    for m in sorted(made, key=lambda m: abs(m.sum - 1) < SAME):
        if SAME <= abs(m.sum - 1) <= NEAR and whole > 1 + NEAR:
            raise WeightingError(
                f"The totals of {m.words!r} add up to {m.sum:.7g}: shares add up to 1, in every margin.", f"Give more digits, {remedy}"
            )
        if abs(m.sum - 100) <= 100 * NEAR and not 50 <= whole <= 200:
            raise WeightingError(
                f"The totals of {m.words!r} add up to {m.sum:.7g}: these look like percentages.", f"Divide by 100, give counts, {remedy}"
            )
        if m.sum < (1 - NEAR) * len(w):
            raise WeightingError(
                f"The totals of {m.words!r} add up to {m.sum:,.7g}, fewer than the {len(w):,} rows that are calibrated.",
                f"Give numbers of people in the population (not thousands of them), {remedy}",
            )
    refuse_apart(made, f"correct them, {remedy}")
    return list(made)


def refuse_apart(made: Sequence[Margin], remedy: str = "correct them.") -> None:
    """Raise a `WeightingError` when margins do not add up to the same."""
    for m in made[1:]:
        if abs(m.sum - made[0].sum) > SAME * made[0].sum:
            raise WeightingError(
                f"The totals of {made[0].words!r} add up to {made[0].sum:,.10g}, those of {m.words!r} to {m.sum:,.10g}.",
                f"Every margin describes the same population: {remedy}",
            )


def _margin(survey: Survey, names: tuple[str, ...], given: Any, inside: Inside) -> Margin:
    for name in names:
        survey.rows.need(name, "margins=")
    columns = [survey.column(name) for name in names]
    blank = sum(int(((c.codes < 0) if inside is None else (c.codes < 0) & inside).sum()) for c in columns)
    words = " x ".join(names)
    if blank:
        raise WeightingError(
            f"{blank} rows have no answer to {words!r}, so they have no place in its margin.",
            "Where they are those who did not take part, adjust_nonresponse() first, which leaves them without a weight; otherwise fill "
            "the answers in, or give the missing ones a category with a total.",
        )
    codes, levels = _levels(columns, inside)
    wanted = known_totals(given, names)
    matched = [_match(wanted, level) for level in levels]
    used = {key for key in matched if key is not None}
    left = [key for key in wanted if key not in used]
    lost = len(levels) - sum(key is not None for key in matched)
    if lost or left:
        unused, said = unmatched(left, columns)
        parts = [f"{lost} of its levels in the data have no total"] if lost else []
        parts += [f"{unused} of its totals have no rows{said}"] if unused else []
        hints = [looks_other([key[i] for key in left if len(key) > i], c, "The totals") for i, c in enumerate(columns)]
        raise WeightingError(
            f"Margin {words!r}: {' and '.join(parts)}.",
            f"{''.join(dict.fromkeys(hints))}Give one total for each level in the data; put levels that nobody has together with another.",
        )
    totals = np.array([wanted[key] for key in matched if key is not None], dtype=np.float64)
    if not (np.isfinite(totals).all() and (totals > 0).all()):
        raise WeightingError(
            f"Margin {words!r}: totals are numbers above 0.", "Leave out the rows of a level that the population does not have."
        )
    return Margin(names, codes, totals, tuple(" x ".join(str(c.levels[i]) for c, i in level) for level in levels))


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


def _match(wanted: Mapping[Key, float], level: list[tuple[Column, int]]) -> Key | None:
    """The key of the total of one combination of levels: its values or their labels."""
    for key in (tuple(c.keys[i] for c, i in level), tuple(c.levels[i] for c, i in level)):
        if key in wanted:
            return key
    return None
