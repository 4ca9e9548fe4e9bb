"""Publication: how a table will be shown, so that it can be told what its readers know; and the table as it is shown."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evidencekit.columns import Bools, Floats
from evidencekit.disclosure.ledger import Group, PublishedTable, published
from evidencekit.disclosure.ledger.estimates import are_shares, counts_people
from evidencekit.disclosure.ledger.numbers import as_percent
from evidencekit.errors import InputError, how_many
from evidencekit.estimate import Estimate

__all__ = ["Publication"]

AMOUNT = 2  # decimals that a number has more than a percentage: 7 percent is 0.07
DEFF = 2  # decimals of a design effect
SLACK = 1e-9  # of a step: what floating point adds to a limit that is a whole step is no reason to go one further


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """How a table will be shown.

    Parameters
    ----------
    title : str
        What readers know the table by.
    universe : str
        The round of the survey. Tables are compared within a universe; name it, since its default, the fingerprint of the design, changes
        with the weights.
    where : mapping, optional
        The part of the universe, as levels of variables: ``{"age": (15, 16, 17)}``. Needed where the Estimate was made with ``where=``.
    shows : sequence of str
        What is shown of each cell: ``"n"``, ``"cases"``, ``"percent"``, ``"se"``, ``"limits"``, ``"deff"``, ``"n_eff"``, ``"weighted_n"``.
        By default n, cases, percentages and the limits of their intervals, which a finding has too.
        `release` audits n and cases whether they are named or not, since the release and its file hold them. Of a table that is to be
        printed without them, audit what `ledger.published` makes.
    decimals : int
        Of the percentages, 0 by default; what is neither a share nor a number of people has two more. What is audited is what readers
        see: ``Released.published()`` shows it so, with no more columns and no more decimals, though the Released has them.
    made_of : mapping, optional
        For columns that are recodes: column to label to levels of other variables.

    Raises
    ------
    InputError
        No title.

    Examples
    --------
    >>> import evidencekit as ek
    >>> ek.disclosure.Publication(title="Contact by sex", universe="round 1").decimals
    0
    """

    title: str
    universe: str = ""
    where: Mapping[str, Any] | Group | None = None
    shows: Sequence[str] = ("n", "cases", "percent", "limits")
    decimals: int = 0
    made_of: Mapping[str, Mapping[Any, Mapping[str, Any]]] | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.title, str) or not self.title.strip():
            raise InputError("A publication needs a title.", "What readers know the table by.")
        if isinstance(self.shows, Sequence) and not isinstance(self.shows, str):
            object.__setattr__(self, "shows", tuple(self.shows))  # a list could be changed after the audit

    @property
    def shown_as(self) -> str:
        """What is shown of each cell, in words."""
        places = f"percent of {how_many(self.decimals, 'decimal')}" if self.decimals else "whole percent"
        return ", ".join({"percent": places, "limits": "limits of intervals"}.get(word, word) for word in self.shows)

    def entry(self, estimate: Estimate) -> PublishedTable:
        """An Estimate, as it is left to be shown, as an entry of a ledger."""
        return published(
            estimate,
            title=self.title,
            universe=self.universe,
            where=self.where,
            shows=self.shows,
            decimals=self.decimals,
            made_of=self.made_of,
        )

    def cut(self, estimate: Estimate, unsaid: Bools) -> dict[str, Any]:
        """An Estimate, as it is left to be shown, as its readers see it: column name to values.

        n and cases are exact in the ledger, and percentages are rounded by the function that it uses. `release` has it take n and cases
        as known in any case, so limits, standard errors and design effects may be rounded in any way without saying more: they are
        rounded away from the point, so that nothing looks more certain than it is.

        Parameters
        ----------
        estimate : Estimate
            Hidden numbers are NaN.
        unsaid : array of bool (k,)
            Cells that are up for review: no number of theirs is shown.
        """
        made = _Cut(estimate, unsaid, self.decimals)
        out = {name: values for name, values in estimate.cells.columns.items() if any(x not in (None, "") for x in values)}
        for word, columns in made.columns.items():
            if word in self.shows:
                out |= columns()
        return out


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Cut:
    """Numbers that are rounded to be shown."""

    est: Estimate
    unsaid: Bools
    decimals: int

    @property
    def columns(self) -> dict[str, Callable[[], dict[str, Any]]]:
        """What is shown, in this order, by the words of a publication."""
        est, counts = self.est, self.est.counts
        share, scale = ("percent_", 100.0) if self.share else ("", 1.0)
        return {
            "n": lambda: {"n": self.whole(counts.n)},
            "cases": lambda: {"cases": self.whole(counts.cases)},
            "percent": lambda: {"percent" if self.share else "estimate": self.told(est.points, as_percent if self.share else round)},
            "se": lambda: {f"{share}se": self.told(scale * est.se, _up)},
            "limits": lambda: {
                f"{share}low": self.told(scale * est.interval.low, _down),
                f"{share}high": self.told(scale * est.interval.high, _up),
            },
            "deff": lambda: {"deff": self.said(np.round(counts.deff, DEFF))},
            "n_eff": lambda: {"n_eff": self.whole(counts.n_eff)},
            "weighted_n": lambda: {"weighted_n": self.whole(counts.weighted_n)},
        }

    @property
    def share(self) -> bool:
        """Whether the numbers are percentages."""
        return self.est.statistic in ("cdf", "adjusted proportion", "cumulative incidence") or are_shares(self.est)

    @property
    def people(self) -> bool:
        """Whether they are numbers of people."""
        return self.est.statistic == "count" or counts_people(self.est)

    def said(self, values: Floats) -> Floats:
        """What is not up for review."""
        return np.where(self.unsaid, np.nan, values)

    def whole(self, values: Floats) -> Any:
        """Whole numbers, of a type that says so where none is missing."""
        out = np.round(self.said(values))
        return out if np.isnan(out).any() else out.astype(np.int64)

    def told(self, values: Floats, how: Callable[[float, int], float]) -> Any:
        """Numbers as they are rounded; those that are missing stay so."""
        places = self.decimals if self.share else 0 if self.people else self.decimals + AMOUNT
        out = np.array([how(float(x), places) if math.isfinite(x) else float(x) for x in self.said(values)], dtype=np.float64)
        return self.whole(out) if self.people else out


def _up(value: float, places: int) -> float:
    return round(math.ceil(value * 10**places - SLACK) / 10**places, places)


def _down(value: float, places: int) -> float:
    return round(math.floor(value * 10**places + SLACK) / 10**places, places)
