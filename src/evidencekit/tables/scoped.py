"""What tests that revisit rows share: columns of numbers and of groups, and covariances of sums of influence."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from evidencekit.columns import Bools, Codes, Floats
from evidencekit.errors import EstimationError, InputError
from evidencekit.survey.means import refuse_categories
from evidencekit.survey.summing.domains import Where, names_of
from evidencekit.survey.summing.totals import numbers
from evidencekit.survey.survey import Survey
from evidencekit.survey.uncertainty.scope import Scope, scope_of

__all__ = ["Groups", "amounts", "fixed_covariance", "groups", "need_order", "one_name", "scope_with"]


def one_name(survey: Survey, name: str, role: str) -> str:
    """The name of one column, checked."""
    names = names_of(name, role, survey)
    if len(names) != 1:
        raise InputError(f"{role} takes one column.")
    return names[0]


def amounts(survey: Survey, names: Sequence[str]) -> list[Floats]:
    """Columns of numbers that are no codes, NaN where missing."""
    refuse_categories(survey, names)
    return numbers(survey, names)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Groups:
    """The groups rows are in: codes (m,) and what they are called, those only that somebody is in."""

    codes: Codes
    keys: tuple[Any, ...]
    levels: tuple[Any, ...]

    def __len__(self) -> int:
        return len(self.levels)


def groups(scope: Scope, name: str, doing: str, *, least: int = 2, most: int | None = None) -> Groups:
    """The groups of a column within the scope.

    Raises
    ------
    EstimationError
        Fewer than `least` groups.
    InputError
        More than `most`.
    """
    column = scope.survey.column(name)
    codes = column.codes[scope.rows]
    there = np.flatnonzero(np.bincount(codes, minlength=len(column.keys)))
    if len(there) < least:
        raise EstimationError(f"{doing} compares groups, and {name!r} has one level only among the rows it looks at.")
    if most is not None and len(there) > most:
        raise InputError(f"{doing} compares {most} groups, and {name!r} has {len(there)}.", "Choose two with where=.")
    place = np.full(len(column.keys), -1, dtype=np.intp)
    place[there] = np.arange(len(there))
    return Groups(place[codes], tuple(column.keys[i] for i in there), tuple(column.levels[i] for i in there))


def need_order(survey: Survey, name: str, keys: Sequence[Any], doing: str, fix: str) -> None:
    """Refuse three or more categories of text that have no order but the alphabet's.

    Text is in order where the column declares one (an ordered or enumerated type), or where its categories begin with rising numbers:
    "12-14", "15-17", "18+". Single letters are grades.

    Raises
    ------
    InputError
        The categories have no order.
    """
    frame = survey.rows.frame
    kept = frame.collect_schema()[name] in (nw.Enum, nw.Categorical)
    if kept or len(keys) < 3 or not any(isinstance(key, str) and len(key) > 1 for key in keys):
        return
    first = [re.match(r"\s*(\d+)", str(key)) for key in keys]
    starts = [int(found[1]) for found in first if found is not None]
    if len(starts) < len(keys) or any(b <= a for a, b in pairwise(starts)):
        raise InputError(f"{doing} needs categories in order, and {name!r} is text, which has no order but that of the alphabet.", fix)


def scope_with(survey: Survey, blanks: Mapping[str, Bools | None], doing: str, where: Where, where_label: str) -> Scope:
    """The scope of a test, which has degrees of freedom."""
    scope = scope_of(survey, blanks, doing, where=where, where_label=where_label)
    if not scope.df > 0:
        raise EstimationError(f"{doing} has no degrees of freedom: one sampling unit per stratum is left.", "Look at check_survey(survey).")
    return scope


def fixed_covariance(scope: Scope, influence: Floats) -> Floats:
    """The covariance of weighted sums of (m, p) values taken as fixed, by linearisation or from replicates."""
    return scope.spread(np.zeros(influence.shape[1]), lambda: influence, lambda w: w @ influence)
