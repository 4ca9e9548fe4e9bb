"""What became of everyone who was selected, as kinds of outcome that response rates and weights understand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Codes, Column
from evidencekit.errors import InputError
from evidencekit.weighting.calibration.known_totals import looks_other, unmatched

__all__ = ["KINDS", "Dispositions", "kinds_of"]

KINDS = ("respondent", "interrupted", "nonrespondent", "refused", "not_contacted", "ineligible", "unknown")
ASIDE = -1

Labels = Any


@dataclass(frozen=True, slots=True, repr=False)
class Dispositions:
    """The final outcome of everyone who was selected: which labels of a column mean what.

    Every label that occurs has to be given a kind. One that has none, or a row without a disposition, is an error wherever this is
    used; nobody becomes a respondent by default.

    Parameters
    ----------
    column : str
        The column of dispositions.
    respondent : label or sequence of labels
        Complete interviews. Labels are the values in the data or their value labels.
    interrupted : label or sequence of labels
        Interviews broken off to keep the child's privacy or safety (partial, in AAPOR's words).
    nonrespondent : label or sequence of labels
        Eligible and not interviewed, for reasons other than the next two, or when those are not told apart.
    refused : label or sequence of labels
        Eligible non-respondents who refused, or whose parent or caregiver did.
    not_contacted : label or sequence of labels
        Eligible non-respondents who were never reached.
    ineligible : label or sequence of labels
        Not in the population: no eligible child, dwelling empty or destroyed.
    unknown : label or sequence of labels
        It was never found out whether they are eligible.

    Raises
    ------
    InputError
        No label for respondents, or a label with two kinds.

    References
    ----------
    American Association for Public Opinion Research (2023), Standard Definitions: Final Dispositions of Case Codes and Outcome Rates for
    Surveys, 10th edition.

    Examples
    --------
    >>> import evidencekit as ek
    >>> ek.weighting.Dispositions("result", respondent=1, interrupted=2, refused=3, not_contacted=(4, 5), ineligible=6, unknown=7)
    Dispositions('result': 1 label respondent, 1 interrupted, 1 refused, 2 not contacted, 1 ineligible, 1 unknown)
    """

    column: str
    respondent: Labels = field(kw_only=True)
    interrupted: Labels = field(default=(), kw_only=True)
    nonrespondent: Labels = field(default=(), kw_only=True)
    refused: Labels = field(default=(), kw_only=True)
    not_contacted: Labels = field(default=(), kw_only=True)
    ineligible: Labels = field(default=(), kw_only=True)
    unknown: Labels = field(default=(), kw_only=True)

    def __post_init__(self) -> None:
        if not isinstance(self.column, str) or not self.column:
            raise InputError("Dispositions() takes the name of the column of dispositions first.")
        seen: set[Any] = set()
        for kind in KINDS:
            labels = _labels(getattr(self, kind), kind)
            if len(set(labels)) < len(labels) or seen & set(labels):
                raise InputError(f"A label given as {kind}= stands twice.", "Every label has one kind.")
            seen |= set(labels)
            object.__setattr__(self, kind, labels)
        if not self.respondent:
            raise InputError("No label says who responded.", "Give respondent= the label of complete interviews.")

    def __repr__(self) -> str:
        counts = [(len(getattr(self, kind)), kind.replace("_", " ")) for kind in KINDS]
        said = [f"{n} {kind}" for n, kind in counts if n]
        said[0] = said[0].replace(" ", " label " if counts[0][0] == 1 else " labels ", 1)
        return f"Dispositions({self.column!r}: {', '.join(said)})"


def _labels(given: Any, kind: str) -> tuple[Any, ...]:
    """One label or several as a tuple."""
    one = isinstance(given, (str, bytes)) or not hasattr(given, "__iter__")
    labels: tuple[Any, ...] = (given,) if one else tuple(given)
    if any(not isinstance(label, (str, int, float, np.generic)) or label != label for label in labels):
        raise InputError(f"{kind}= takes labels of dispositions: text or numbers, one or several.")
    return labels


def kinds_of(dispositions: Dispositions, column_of: Callable[[str, str], Column], used: NDArray[np.bool_]) -> Codes:
    """Each row's kind as a place in `KINDS`, -1 for rows not used.

    Parameters
    ----------
    dispositions : Dispositions
        Which labels mean what.
    column_of : callable (name, role) -> Column
        Gives a column of the data as codes.
    used : (n,) array of bool
        The rows that need a disposition.

    Raises
    ------
    InputError
        A row without a disposition, or with a label that has no kind or two.
    """
    if not isinstance(dispositions, Dispositions):
        raise InputError(
            f"dispositions= takes Dispositions, not a {type(dispositions).__name__}.",
            'Make them: ek.weighting.Dispositions("result", respondent=..., nonrespondent=...).',
        )
    column = column_of(dispositions.column, "dispositions=")
    place = {label: k for k, kind in enumerate(KINDS) for label in getattr(dispositions, kind)}
    found = [{place[x] for x in (key, level) if x in place} for key, level in zip(column.keys, column.levels, strict=True)]
    kind = np.array([*(next(iter(f)) if len(f) == 1 else -2 - len(f) for f in found), ASIDE], dtype=np.intp)[column.codes]
    kind = np.where(used, kind, ASIDE)
    missing, unmatched, double = int((used & (column.codes < 0)).sum()), int((kind == -2).sum()), int((kind == -4).sum())
    if missing or unmatched or double:
        parts = [f"{missing} rows have no disposition"] if missing else []
        if unmatched:
            parts += [f"{unmatched} rows have one of {len(np.unique(column.codes[kind == -2]))} labels that were given no kind"]
        parts += [f"{double} rows have a label whose value and value label were given different kinds"] if double else []
        raise InputError(
            f"Column {dispositions.column!r}: {', '.join(parts)}.",
            f"{_slips(place, column) if unmatched else ''}Give every label that occurs one kind in Dispositions(); "
            "those of whom nothing is known are unknown.",
        )
    return kind


def _slips(place: Mapping[Any, int], column: Column) -> str:
    """What may have gone wrong with labels the analyst wrote that no row has."""
    other = looks_other(place, column, "The dispositions")
    _, said = unmatched(((label,) for label in place), [column])
    return other or (f"They name labels that no row has{said}. " if said else "")
