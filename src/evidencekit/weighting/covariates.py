"""The same columns in two samples: categories as indicators of the same levels, numbers as they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Codes, Column, Floats, numeric
from evidencekit.errors import InputError, WeightingError
from evidencekit.survey.survey import Survey
from evidencekit.weighting.asking import names_in

__all__ = ["Block", "Mask", "Names", "indicators", "matched"]

Names = str | Sequence[str | tuple[str, ...]]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Block:
    """One covariate in the sample (n, k) and in the reference (m, k): k levels, or one number (``levels`` is None)."""

    name: str
    levels: tuple[str, ...] | None
    sample: Floats
    reference: Floats


def matched(sample: Survey, reference: Survey, covariates: Names, inside: Mask | None, doing: str) -> list[Block]:
    """The covariates of two samples, level for level.

    Parameters
    ----------
    sample, reference : Survey
        Both with data in memory.
    covariates : sequence of str or tuple of str
        Columns both have; a tuple is the combinations of its columns.
    inside : (m,) array of bool, optional
        The rows of the reference that count.
    doing : str
        What messages call it.

    Raises
    ------
    InputError, UnknownColumn
        No covariates, or columns that one sample does not have.
    WeightingError
        Missing answers, or a level that one sample has and the other does not.
    """
    listed = [covariates] if isinstance(covariates, str) else list(covariates)
    if not listed:
        raise InputError(f"{doing} needs covariates: columns that the sample and the reference both have.")
    assert reference.w is not None
    counts = reference.w > 0
    if not counts.all():  # nobody answers for a row without a weight
        inside = counts if inside is None else counts & inside
    return [_block(sample, reference, names_in(c, "A covariate"), inside, doing) for c in listed]


def _block(sample: Survey, reference: Survey, names: tuple[str, ...], inside: Mask | None, doing: str) -> Block:
    for name in names:
        sample.rows.need(name, "covariates=")
        if name not in reference.rows.columns:
            raise InputError(f"The reference has no column {name!r}.", "Give the same question the same name in both samples.")
    words = " x ".join(names)
    if len(names) == 1 and _is_number(sample, words) and _is_number(reference, words):
        here, there = (_number(s, words) for s in (sample, reference))
        _refuse_blank((np.isnan(here), np.isnan(there)), inside, words)
        return Block(words, None, here[:, None], np.nan_to_num(there)[:, None])
    codes, shown = zip(*(_joined(sample.column(n), reference.column(n), sample.n) for n in names), strict=True)
    blank = np.any([c < 0 for c in codes], axis=0)
    _refuse_blank((blank[: sample.n], blank[sample.n :]), inside, words)
    sizes = tuple(len(s) for s in shown)
    whole = np.asarray(np.ravel_multi_index(tuple(np.maximum(c, 0) for c in codes), sizes))
    outside = np.zeros(sample.n + reference.n, dtype=bool)
    if inside is not None:
        outside[sample.n :] = ~inside
    ours, theirs = np.unique(whole[: sample.n]), np.unique(whole[sample.n :][~outside[sample.n :]])
    alone = [len(np.setdiff1d(ours, theirs)), len(np.setdiff1d(theirs, ours))]
    if any(alone):
        raise WeightingError(
            f"Covariate {words!r}: {alone[0]} of its levels are only in the sample, {alone[1]} only in the reference.",
            "Nobody can stand for them: code both samples alike, put small levels together, or limit the reference (where=).",
        )
    spots: Any = np.column_stack(np.unravel_index(ours, sizes)).tolist()
    levels = [" x ".join(str(s[k]) for s, k in zip(shown, spot, strict=True)) for spot in spots]
    place = np.where(outside | blank, -1, np.searchsorted(ours, whole))
    return Block(words, tuple(levels), indicators(place[: sample.n], len(ours)), indicators(place[sample.n :], len(ours)))


def _is_number(survey: Survey, name: str) -> bool:
    """Whether a column is a quantity: numbers without labels."""
    frame: Any = survey.rows.frame
    return frame[name].dtype.is_numeric() and name not in survey.rows.value_labels


def _number(survey: Survey, name: str) -> Floats:
    frame: Any = survey.rows.frame
    return numeric(frame[name], "Column")


def _joined(ours: Column, theirs: Column, n: int) -> tuple[Codes, tuple[Any, ...]]:
    """One set of codes for both samples' rows, ours first; levels are the same by their value or by what is shown for them."""
    place = {key: i for i, key in enumerate(ours.keys)}
    labels = {label: i for i, label in enumerate(ours.levels)}
    shown = list(ours.levels)
    move = np.empty(len(theirs.keys) + 1, dtype=np.intp)
    move[-1] = -1
    for i, (key, label) in enumerate(zip(theirs.keys, theirs.levels, strict=True)):
        move[i] = place.get(key, labels.get(label, len(shown)))
        if move[i] == len(shown):
            shown.append(label)
    return np.concatenate([ours.codes, move[theirs.codes]]), tuple(shown)


def _refuse_blank(blank: tuple[Any, Any], inside: Mask | None, words: str) -> None:
    counts = [int(blank[0].sum()), int((blank[1] if inside is None else blank[1] & inside).sum())]
    if any(counts):
        raise WeightingError(
            f"Covariate {words!r} is missing in {counts[0]} rows of the sample and {counts[1]} of the reference.",
            "Fill the answers in, give the missing ones a category of their own, or leave the column out.",
        )


def indicators(codes: Codes, levels: int) -> Floats:
    """A column of 0 and 1 for each level; nothing for a code of -1."""
    return (codes[:, None] == np.arange(levels)).astype(np.float64)
