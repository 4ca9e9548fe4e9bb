"""Recoding ladders: ever coarser codings of a column, as data. Climbing only merges: what one rung joins, none above parts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from evidencekit.errors import InputError, how_many
from evidencekit.frames import eager, open_data

__all__ = ["All", "Bands", "Groups", "Ladder", "Rung"]


@dataclass(frozen=True, slots=True)
class Bands:
    """Numbers in bands, each from its edge up to the next.

    Parameters
    ----------
    edges : sequence of number
        At least two, rising. ``(12, 14, 16, 18)`` makes 12 to under 14, 14 to under 16, 16 to under 18. The last may be infinite, and so
        may the first.

    Raises
    ------
    InputError
        Fewer than two edges, or they do not rise.

    Examples
    --------
    >>> from evidencekit.disclosure.microdata import Bands
    >>> Bands((12, 15, 18)).labels
    ('12-14', '15-17')
    >>> Bands((0, 2.5, float("inf"))).labels
    ('0 to under 2.5', '2.5 or more')
    """

    edges: Sequence[float]

    def __post_init__(self) -> None:
        given = self.edges
        if isinstance(given, (str, bytes)) or not isinstance(given, Sequence) or len(given) < 2:
            raise InputError("Bands takes two edges or more.", "For example Bands((12, 15, 18)).")
        if not all(isinstance(e, (int, float)) and not isinstance(e, bool) for e in given) or not all(a < b for a, b in pairwise(given)):
            raise InputError("The edges of Bands are numbers that rise.", "For example Bands((12, 15, 18)).")
        object.__setattr__(self, "edges", tuple(given))

    @property
    def labels(self) -> tuple[str, ...]:
        """A label for each band."""
        whole = all(math.isinf(e) or float(e).is_integer() for e in self.edges)
        return tuple(_band(low, high, whole) for low, high in pairwise(self.edges))


@dataclass(frozen=True, slots=True)
class Groups:
    """Codes put together: each code of the rung below, or each value of the column, with what it becomes.

    Parameters
    ----------
    into : mapping of value to str
        Several values may become the same.

    Examples
    --------
    >>> import evidencekit as ek
    >>> ek.disclosure.microdata.Groups({"12-14": "12-17", "15-17": "12-17"}).into["15-17"]
    '12-17'
    """

    into: Mapping[Any, str]

    def __post_init__(self) -> None:
        if not isinstance(self.into, Mapping) or not self.into or not all(isinstance(v, str) and v for v in self.into.values()):
            raise InputError("Groups takes a mapping of values to texts.", 'For example Groups({"Amber Coast": "coast"}).')
        object.__setattr__(self, "into", MappingProxyType(dict(self.into)))

    def __repr__(self) -> str:
        return f"Groups({how_many(len(self.into), 'value')} into {len(set(self.into.values()))})"

    def __reduce__(self) -> tuple[Any, ...]:
        return Groups, (dict(self.into),)


@dataclass(frozen=True, slots=True)
class All:
    """Everyone together: the top of a ladder.

    Parameters
    ----------
    label : str
        What all become; default ``"all"``.

    Examples
    --------
    >>> import evidencekit as ek
    >>> ek.disclosure.microdata.All().label
    'all'
    """

    label: str = "all"

    def __post_init__(self) -> None:
        if not isinstance(self.label, str) or not self.label:
            raise InputError("All takes a label, a text.")


Rung = Bands | Groups | All


@dataclass(frozen=True, slots=True)
class Ladder:
    """An ordered series of ever coarser codings of a column.

    Parameters
    ----------
    rungs : sequence of Bands, Groups or All
        From the finest to the coarsest; rung 1 is the first. Edges of Bands are among the edges of those below, and no Bands stand above
        Groups. Groups name the codes of the rung below (labels of its bands), or values of the column on rung 1.

    Raises
    ------
    InputError
        No rungs; bands that would part what a rung below joins; a rung on top of All; groups that leave out a code of the rung below.

    Examples
    --------
    >>> import evidencekit as ek
    >>> from evidencekit.disclosure.microdata import All, Bands, Ladder
    >>> Ladder([Bands((12, 14, 16, 18)), Bands((12, 18)), All()])
    Ladder(3 rungs)
    """

    rungs: Sequence[Rung]

    def __post_init__(self) -> None:
        given = self.rungs
        if isinstance(given, (str, bytes)) or not isinstance(given, Sequence) or not given:
            raise InputError("A ladder takes one rung or more.", "Give Bands, Groups and All from the finest to the coarsest.")
        if not all(isinstance(rung, (Bands, Groups, All)) for rung in given):
            raise InputError("The rungs of a ladder are Bands, Groups and All.")
        for k, (below, above) in enumerate(pairwise(given), start=2):
            _refuse_parting(below, above, k)
        object.__setattr__(self, "rungs", tuple(given))

    def __len__(self) -> int:
        return len(self.rungs)

    def __repr__(self) -> str:
        return f"Ladder({how_many(len(self.rungs), 'rung')})"

    @classmethod
    def from_table(cls, table: Any, columns: Sequence[str], *, top: str = "") -> Ladder:
        """A ladder from a table of areas: commune, district, province.

        Parameters
        ----------
        table : data frame
            A row for each of the finest areas.
        columns : sequence of str
            From the finest to the coarsest. The first holds what stands in the data; each of the others is a rung.
        top : str
            A last rung that joins all, under this label; none by default.

        Raises
        ------
        InputError
            Something is missing, or an area lies in two of the next: a name that stands for two places needs a code.

        Examples
        --------
        >>> import pandas as pd
        >>> from evidencekit.disclosure.microdata import Ladder
        >>> areas = pd.DataFrame({"commune": ["a", "b", "c"], "district": ["d", "d", "e"], "province": ["p", "p", "p"]})
        >>> Ladder.from_table(areas, ["commune", "district", "province"], top="country")
        Ladder(3 rungs)
        """
        if isinstance(columns, (str, bytes)) or len(columns) < 2:
            raise InputError("columns= of a ladder takes two columns or more, the finest first.")
        rows = open_data(table)
        for name in columns:
            rows.need(name, "columns=")
        frame = eager(rows.frame, "A ladder")
        rungs: list[Rung] = []
        for fine, coarse in pairwise(columns):
            rungs.append(Groups(_into(frame[fine].to_list(), frame[coarse].to_list(), fine, coarse)))
        return cls([*rungs, All(top)] if top else rungs)


def _into(below: list[Any], above: list[Any], fine: str, coarse: str) -> dict[Any, str]:
    made: dict[Any, str] = {}
    twice = 0
    for one, of in zip(below, above, strict=True):
        if one is None or of is None or one != one or of != of:
            raise InputError(f"The table of areas has a blank in {fine!r} or {coarse!r}.", "Fill it, or take the row out.")
        twice += made.setdefault(one, str(of)) != str(of)
    if twice:
        raise InputError(
            f"{how_many(twice, 'row')} of the table put an area of {fine!r} into a second one of {coarse!r}.",
            "Where two places share a name, use codes.",
        )
    # Above the first rung the codes are texts, whatever stood in the table.
    return made


def _refuse_parting(below: Rung, above: Rung, k: int) -> None:
    if isinstance(below, All):
        raise InputError(f"Rung {k} of the ladder stands above All, which joins everyone already.", "Let All be the last.")
    if isinstance(above, Bands):
        if not isinstance(below, Bands):
            raise InputError(f"Rung {k} of the ladder cuts bands of what is in groups already.", "Put Bands below Groups.")
        if not set(above.edges) <= set(below.edges) or (above.edges[0], above.edges[-1]) != (below.edges[0], below.edges[-1]):
            raise InputError(
                f"Rung {k} of the ladder parts what the rung below joins, or ends elsewhere.",
                "Take its edges from those of the rung below.",
            )
    if isinstance(above, Groups):
        codes = set(below.labels) if isinstance(below, Bands) else set(below.into.values())
        left = len(codes - {str(code) for code in above.into})
        if left:
            raise InputError(f"Rung {k} of the ladder leaves out {how_many(left, 'code')} of the rung below.", "Give each a group.")


def _band(low: float, high: float, whole: bool) -> str:
    if math.isinf(low):
        return f"under {high:g}"
    if math.isinf(high):
        return f"{low:g} or more"
    if whole:
        return f"{low:g}" if high - low == 1 else f"{low:g}-{high - 1:g}"
    return f"{low:g} to under {high:g}"
