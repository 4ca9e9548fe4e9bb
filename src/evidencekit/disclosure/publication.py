"""Publication: how a table will be shown, so that it can be told what its readers know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evidencekit.disclosure.ledger import Group, PublishedTable, published
from evidencekit.errors import InputError, how_many
from evidencekit.estimate import Estimate

__all__ = ["Publication"]


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
        Of the percentages, 0 by default. What is audited is what readers see: show no more columns and no more decimals than you say here,
        though the Released has them.
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
