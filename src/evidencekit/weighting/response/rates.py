"""Response rates as the American Association for Public Opinion Research defines them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Codes, Column, Floats, factorise, numeric
from evidencekit.errors import InputError
from evidencekit.frames import Rows, eager, frame_of, open_data
from evidencekit.rendering.text import html_table, table_of, text_table
from evidencekit.survey.design.units import cross
from evidencekit.survey.survey import Survey
from evidencekit.weighting.response.dispositions import KINDS, Dispositions, kinds_of

__all__ = ["ResponseRates", "response_rates"]

RATES = ("rr1", "rr2", "rr3", "rr4", "rr5", "rr6")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ResponseRates:
    """Response rates, one row in all or one per group.

    ``n`` rows, without weights always; how many were ``respondent, interrupted, nonrespondent`` (of these ``refused`` and
    ``not_contacted``, when told apart),
    ``ineligible`` and ``unknown``; ``e`` the share eligible among the unknown; ``rr1`` to ``rr6``; with refusals told apart
    ``ref1, ref2, ref3, coop3, coop4``, with non-contacts ``con1, con2, con3, coop1, coop2``. Where `weighted`, all but ``n`` are sums of
    weights and their ratios.

    Parameters
    ----------
    by : tuple of str
        Columns that groups are made of.
    columns : dict
        The columns above, each (groups,).
    backend : str
        The kind of frame of `to_frame`.
    weighted : bool
        Whether rates are those of weights.
    """

    by: tuple[str, ...]
    columns: dict[str, Any]
    backend: str = "pandas"
    weighted: bool = False

    def to_frame(self) -> Any:
        """The table in the caller's kind of frame."""
        return frame_of(self.columns, self.backend)

    def combined(self, other: ResponseRates) -> ResponseRates:
        """The rates of two stages multiplied: households, and respondents in the households that took part.

        Parameters
        ----------
        other : ResponseRates
            Of the other stage, by the same columns, with the same groups.

        Returns
        -------
        ResponseRates
            The groups and ``rr1`` to ``rr6``.

        Raises
        ------
        InputError
            The groups of the two are not the same.
        """
        if not isinstance(other, ResponseRates):
            raise InputError(f"combined() takes ResponseRates, not a {type(other).__name__}.")
        if self.by != other.by:
            raise InputError("The two stages' rates are not by the same columns.", "Give both response_rates() the same by=.")
        ours, theirs = _keys(self), _keys(other)
        apart = len(set(ours) ^ set(theirs))
        if apart:
            raise InputError(f"{apart} groups occur in one of the two stages only.", "Rates are multiplied within the same groups.")
        place = {key: i for i, key in enumerate(theirs)}
        order = [place[key] for key in ours]
        made = {name: self.columns[name] for name in self.by}
        made |= {name: np.asarray(self.columns[name]) * np.asarray(other.columns[name])[order] for name in RATES}
        return ResponseRates(self.by, made, self.backend)

    def __repr__(self) -> str:
        return f"{self._title()}\n{text_table(*table_of(self.columns), limit=40)}"

    def _repr_html_(self) -> str:
        return html_table(*table_of(self.columns), caption=self._title(), limit=40)

    def _title(self) -> str:
        return "Response rates, weighted (n counts rows)" if self.weighted and "n" in self.columns else "Response rates"


def response_rates(
    data: Any,
    dispositions: Dispositions,
    *,
    by: str | Sequence[str] | None = None,
    weights: str | bool = False,
    e: float | None = None,
) -> ResponseRates:
    """AAPOR response rates 1 to 6, and refusal, contact and cooperation rates where dispositions tell them apart.

    Parameters
    ----------
    data : Survey, Dataset or data frame
        In memory, one row per unit that was selected. Rows of a Survey that have no weight are out, such as those of households that did
        not take part when the respondents' rates are asked for.
    dispositions : Dispositions
        What the labels mean.
    by : str or sequence of str, optional
        Groups, such as strata.
    weights : str or bool
        Default False: counts of rows. A column of weights, or True for a Survey's weights as they are: weighted rates, which say how
        much of the population was covered.
    e : float, optional
        The share eligible among the unknown. Default, in each group: the share among the known.

    Returns
    -------
    ResponseRates
        With `to_frame`, and `combined` for the product of the household and the individual rates.

    Raises
    ------
    InputError
        A label without a kind, a row without a disposition, group or weight, an `e` outside 0 to 1, or lazy data.

    Notes
    -----
    With I complete and P interrupted interviews, R refusals, NC non-contacts, O other eligible non-respondents, and U unknown:
    ``RR1 = I / (I + P + R + NC + O + U)``, ``RR3 = I / (I + P + R + NC + O + e U)``, ``RR5 = I / (I + P + R + NC + O)``; RR2, RR4 and
    RR6 have ``I + P`` above the line. REF1 to REF3 have R there, CON1 to CON3 ``I + P + R + O``, over the denominators of RR1, RR3 and
    RR5. COOP1 and COOP2 are I and I + P over ``I + P + R + O``, COOP3 and COOP4 over ``I + P + R``. ``e`` is
    ``(I + P + R + NC + O) / (I + P + R + NC + O + ineligible)``.

    References
    ----------
    American Association for Public Opinion Research (2023), Standard Definitions, 10th edition.

    Examples
    --------
    A fictional sample of ten households.

    >>> import pandas as pd, evidencekit as ek
    >>> homes = pd.DataFrame({"result": ["done"] * 6 + ["refused", "nobody in", "empty", "not visited"]})
    >>> kinds = ek.weighting.Dispositions(
    ...     "result", respondent="done", refused="refused", not_contacted="nobody in", ineligible="empty", unknown="not visited"
    ... )
    >>> ek.weighting.response_rates(homes, kinds).to_frame()[["rr1", "rr3", "rr5"]].round(4).values.tolist()
    [[0.6667, 0.675, 0.75]]
    """
    if e is not None and (isinstance(e, bool) or not isinstance(e, (int, float)) or not 0 <= e <= 1):
        raise InputError("e= is the share eligible among the unknown, from 0 to 1.")
    rows = data.rows if isinstance(data, Survey) else open_data(data)
    frame = eager(rows.frame, "response_rates()")
    used = data.w > 0 if isinstance(data, Survey) and data.w is not None else np.ones(len(frame), dtype=bool)
    if not used.any():
        raise InputError("There are no rows to count.")

    def coded(name: str, role: str) -> Column:
        rows.need(name, role)
        return factorise(frame[name], rows.value_labels.get(name))

    kind = kinds_of(dispositions, coded, used)
    names = (by,) if isinstance(by, str) else tuple(by or ())
    group, labels = _groups([coded(name, "by=") for name in names], names, used)
    size = int(group.max()) + 1
    amount = _amounts(data, rows, weights)[used]
    counts = np.bincount(group * len(KINDS) + kind[used], amount, size * len(KINDS)).reshape(size, len(KINDS))
    number: dict[str, Floats] = {name: counts[:, k].astype(np.float64) for k, name in enumerate(KINDS)}
    made = {"n": np.bincount(group, minlength=size), **_rates(number, dispositions, e)}
    taken = [name for name in names if name in made]
    if taken:
        raise InputError(f"by= cannot split by a column called {taken[0]!r}: the rates have a column of that name.", "Rename it first.")
    return ResponseRates(names, {**labels, **made}, rows.backend, weights is not False)


def _amounts(data: Any, rows: Rows, weights: str | bool) -> Floats:
    """How much each row counts."""
    if weights is False:
        return np.ones(len(rows.frame))  # type: ignore[arg-type]  # in memory by now
    if weights is True:
        if not isinstance(data, Survey) or data.w is None:
            raise InputError("weights=True takes the weights of a Survey.", "For a data frame, name the column of weights.")
        return data.w
    rows.need(weights, "weights=")
    frame: Any = rows.frame
    amount = numeric(frame[weights], "weights= column")
    wrong = int((~(amount >= 0)).sum())
    if wrong:
        raise InputError(f"weights= column {weights!r} is missing or negative in {wrong} rows.", "Every row needs a weight of 0 or more.")
    return amount


def _groups(columns: Sequence[Column], names: tuple[str, ...], used: NDArray[np.bool_]) -> tuple[Codes, dict[str, Any]]:
    """The group of each row used, and the groups' labels."""
    if not columns:
        return np.zeros(int(used.sum()), dtype=np.intp), {}
    blank = int((used & np.any([c.codes < 0 for c in columns], axis=0)).sum())
    if blank:
        raise InputError(
            f"{blank} rows have no {' or '.join(map(repr, names))}.", "Everyone who was selected belongs to a group: fill it in."
        )
    rows = np.flatnonzero(used)
    group, _, first = cross([(c.codes[rows], len(c.levels)) for c in columns])
    return group, {name: tuple(c.levels[k] for k in c.codes[rows][first]) for name, c in zip(names, columns, strict=True)}


def _rates(number: dict[str, Floats], told: Dispositions, e: float | None) -> dict[str, Floats]:
    """The rates from the numbers of each kind."""
    whole, partial, refused, away = (number[k] for k in ("respondent", "interrupted", "refused", "not_contacted"))
    missed = number["nonrespondent"] + refused + away
    eligible, out, unknown = whole + partial + missed, number["ineligible"], number["unknown"]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = eligible / (eligible + out) if e is None else np.full(len(eligible), float(e))
        bottoms = (eligible + unknown, eligible + np.where(unknown > 0, share * unknown, 0.0), eligible)
        made = {"respondent": whole, "interrupted": partial, "nonrespondent": missed}
        made |= {name: number[name] for name in ("refused", "not_contacted") if getattr(told, name)}
        made |= {"ineligible": out, "unknown": unknown, "e": share}
        for k, bottom in enumerate(bottoms):
            made |= {f"rr{2 * k + 1}": whole / bottom, f"rr{2 * k + 2}": (whole + partial) / bottom}
        if told.refused:
            made |= {f"ref{k + 1}": refused / bottom for k, bottom in enumerate(bottoms)}
        reached = eligible - away
        if told.not_contacted:
            made |= {f"con{k + 1}": reached / bottom for k, bottom in enumerate(bottoms)}
            made |= {"coop1": whole / reached, "coop2": (whole + partial) / reached}
        if told.refused:
            asked = whole + partial + refused
            made |= {"coop3": whole / asked, "coop4": (whole + partial) / asked}
    return made


def _keys(rates: ResponseRates) -> list[tuple[Any, ...]]:
    """Each row's group."""
    return list(zip(*(rates.columns[name] for name in rates.by), strict=True)) if rates.by else [()]
