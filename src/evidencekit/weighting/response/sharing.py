"""Weight handed from some to others within classes: the step that unknown eligibility, non-response and propensity classes share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evidencekit.columns import Codes, Column, Floats, summed
from evidencekit.errors import InputError, WeightingError
from evidencekit.survey.adjustments.adjustment import Adjustment, Partition
from evidencekit.survey.design.units import cross
from evidencekit.survey.survey import Survey
from evidencekit.weighting.response.dispositions import KINDS, Dispositions, kinds_of

__all__ = ["GIVES", "OUT", "TAKES", "Classes", "Sharing", "classes_of", "kinds_for", "roles_of", "share_out", "share_unknown"]

TAKES, GIVES, OUT = 0, 1, 2
Classes = tuple[Codes, int]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Sharing:
    """Within each class, the weight of those who give goes to those who take, in proportion to theirs; the others are left without.

    `group` (cells,) is each cell's class and `role` (cells,) what it does there.
    """

    group: Codes
    role: Codes
    groups: int

    def sides(self, weights: Floats) -> tuple[Floats, Floats]:
        """The weight of those who take and of those who give, for each class."""
        takes, gives = self.role == TAKES, self.role == GIVES
        return summed(self.group[takes], weights[takes], self.groups), summed(self.group[gives], weights[gives], self.groups)

    def refuse_empty(self, weights: Floats, takers: str) -> None:
        """Raise a `WeightingError` when a class has weight to hand on and nobody to take it."""
        taken, given = self.sides(weights)
        empty = int(((given > 0) & (taken <= 0)).sum())
        if empty:
            raise WeightingError(
                f"{empty} of {self.groups} weighting classes have weight to hand on and not {takers} to take it up.",
                "Combine them with classes like them: fewer or broader classes.",
            )

    def solve(self, weights: Floats) -> Floats:
        """The factor on the weights of those who take, for each class."""
        taken, given = self.sides(weights)
        empty = int(((given > 0) & (taken <= 0)).sum())
        if empty:
            raise WeightingError(
                f"In a replicate, {empty} of {self.groups} weighting classes have nobody left to take up the others' weight.",
                "Combine small classes with others like them, so that each has respondents in several sampling units.",
            )
        return np.divide(taken + given, taken, out=np.ones(self.groups), where=taken > 0)

    def factor(self, weights: Floats, solution: Floats) -> Floats:
        """The factor on each cell's weights."""
        return np.where(self.role == TAKES, solution[self.group], 0.0)

    def classes(self) -> Partition:
        """Each cell's class, none for those left out."""
        return Partition(np.where(self.role != OUT, self.group, -1), self.groups)


def kinds_for(survey: Survey, dispositions: Dispositions) -> Codes:
    """The kinds of a survey's rows, -1 for rows without weight.

    Raises
    ------
    InputError
        As `kinds_of`; or nobody responded.
    """

    def column(name: str, role: str) -> Column:
        survey.rows.need(name, role)
        return survey.column(name)

    assert survey.w is not None
    kind = kinds_of(dispositions, column, survey.w > 0)
    if not (kind == KINDS.index("respondent")).any():
        raise InputError(f"Nobody with a weight responded, as column {dispositions.column!r} has it.", "Check respondent=.")
    return kind


def classes_of(survey: Survey, by: str | Sequence[str] | None, role: str, kind: Codes) -> tuple[Classes, str]:
    """Each row's class, how many there are, and words for them; rows without weight are in class 0.

    Raises
    ------
    InputError
        A row with weight has no class.
    """
    names = (by,) if isinstance(by, str) else tuple(by or ())
    group = np.zeros(len(kind), dtype=np.intp)
    if not names:
        return (group, 1), ""
    for name in names:
        survey.rows.need(name, role)
    columns = [survey.column(name) for name in names]
    used = kind >= 0
    words = " x ".join(names)
    blank = int((used & np.any([c.codes < 0 for c in columns], axis=0)).sum())
    if blank:
        raise InputError(
            f"{blank} rows with a weight have no {words!r} ({role}).", "Classes are made of what is known of everyone who was selected."
        )
    group[used], groups, _ = cross([(c.codes[used], len(c.levels)) for c in columns])
    return (group, groups), f" within {words}"


def roles_of(kind: Codes) -> Codes:
    """What rows do when non-response is adjusted for: respondents take, eligible non-respondents give."""
    role = np.full(len(KINDS) + 1, OUT, dtype=np.intp)
    role[KINDS.index("respondent")] = TAKES
    for name in ("interrupted", "nonrespondent", "refused", "not_contacted"):
        role[KINDS.index(name)] = GIVES
    return role[kind]


def share_unknown(survey: Survey, kind: Codes, classes: Classes, words: str) -> Survey:
    """The weight of those whose eligibility is unknown shared out among those of whom it is known."""
    if not (kind == KINDS.index("unknown")).any():
        return survey
    role = np.where(kind < 0, OUT, np.where(kind == KINDS.index("unknown"), GIVES, TAKES))
    return share_out(survey, role, classes, f"unknown eligibility shared out{words}", "anyone whose eligibility is known")


def share_out(survey: Survey, role: Codes, classes: Classes, words: str, takers: str) -> Survey:
    """The survey after weight was handed on within classes.

    Raises
    ------
    WeightingError
        A class in which nobody can take up the weight.
    """
    before = survey.w
    assert before is not None
    cell, count, first = cross([classes, (role, OUT + 1)])
    step = Sharing(classes[0][first], role[first], classes[1])
    weights = summed(cell, before, count)
    step.refuse_empty(weights, takers)
    after = before * step.factor(weights, step.solve(weights))[cell]
    return survey.adjusted(
        Adjustment(words=words, step=step, cell=cell, covariates=step.classes(), before=before, after=after, estimated=True)
    )
