"""Population: how many people a share is multiplied up to, where that number is from, and how sure it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evidencekit.disclosure import Released
from evidencekit.errors import InputError
from evidencekit.findings.languages import Message, said
from evidencekit.findings.register.kinds import is_finite
from evidencekit.findings.register.mentions import mentions

__all__ = ["Population", "population_of", "source_of"]

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_SOURCE = 'As source="National Statistics Office, census projection for 2025".'


@dataclass(frozen=True, slots=True)
class Population:
    """How many people there are; `se` is 0 where the number is taken as known."""

    size: float
    se: float
    source: str

    def of(self, fraction: str) -> Message:
        """A fraction of the number, with how sure the number is and where it is from."""
        slots = {"fraction": fraction, "population": round(self.size), "source": self.source}
        if self.se:
            return said("{fraction} of {population} (standard error {se}; {source})", {**slots, "se": round(self.se)})
        return said("{fraction} of {population} (a number taken as known; {source})", slots)


def population_of(released: Released, row: int, given: Any, *, se: Any, source: object) -> Population:
    """The population of a cell, refused where it cannot be that of the people its share is of."""
    size = _number("population", _of_cell(released, row, given))
    error = 0.0 if se is None else _number("population_se", se)
    cited = source_of(source)
    if not 1 <= size < float("inf") or not 0 <= error < size:
        raise InputError(
            "population= is a number of people, 1 or more, and population_se= is 0 or more and smaller than it.",
            "Count people, not shares.",
        )
    counts, high = released.estimate.counts, released.estimate.interval.high[row]
    if size < counts.n[row]:  # False where it is not known how many answered
        raise InputError("population= is smaller than the number of people who answered.", "Give all those whom the share is of.")
    if size * high < counts.cases[row]:
        raise InputError(
            "With this population= fewer people would be concerned than said so in the survey.", "Give all those whom the share is of."
        )
    return Population(size, error, cited)


def source_of(source: object) -> str:
    """Where a number of people is from: a text with a year and without any other number."""
    if not isinstance(source, str):
        raise InputError(f"source= takes a text, not a {type(source).__name__}.", _SOURCE)
    said = " ".join(source.split()).rstrip(".")
    if not _YEAR.search(said):
        raise InputError("source= says where the number of people is from and of which year.", _SOURCE)
    if mentions(said):
        raise InputError("source= holds a number that is no year or a word that compares.", f"Name the source and its year only. {_SOURCE}")
    return said


def _of_cell(released: Released, row: int, given: Any) -> Any:
    """The number that is given for a cell: groups are named with theirs, so that no group is multiplied up to everybody."""
    cells = released.estimate.cells
    labels = tuple(cells.columns[c][row] for c in cells.by)
    if not isinstance(given, Mapping):
        if labels:
            raise InputError(
                "This cell is of a group, and population= is one number, which may be everybody's.",
                "Name the group that it is the number of: population={label: number}; of several by= columns, a tuple of their labels.",
            )
        return given
    if not labels:
        raise InputError("population= names groups, and the table has none.", "Give one number of people.")
    key = labels[0] if len(labels) == 1 else labels
    if key not in given:
        raise InputError(
            f"population= does not name the group of this cell by its label in {', '.join(cells.by)}.",
            "Use the labels shown by to_frame().",
        )
    return given[key]


def _number(name: str, given: Any) -> float:
    if not is_finite(given):
        raise InputError(f"{name}= is a number of people, not of type {type(given).__name__}, and finite.", "As population=1_800_000.")
    return float(given)
