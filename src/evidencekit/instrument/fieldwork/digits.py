"""Preference for some last digits: the indices of Whipple and of Myers."""

from __future__ import annotations

from typing import Any

import numpy as np

from evidencekit.columns import Floats
from evidencekit.errors import InputError
from evidencekit.instrument.fieldwork.limits import Limits
from evidencekit.instrument.fieldwork.opened import Opened
from evidencekit.instrument.fieldwork.standing import Check, standing, tally

__all__ = ["heaping", "myers", "whipple"]

_NOTE = (
    "Whipple: 100 where whole numbers that end in 0 or 5 are as many as they should be, 500 where there are no others. Myers: 0 to 90, the "
    "percentage of answers that would have to move for all last digits to be alike. Worked out for whole numbers that are spread widely "
    "enough: over 10 for Whipple's index, over 20 for Myers's."
)
_FEWEST = 50  # answers for an index


def whipple(values: Any, low: int = 23, high: int = 62) -> float:
    """Whipple's index: five times the share of numbers that end in 0 or 5, in percent.

    Parameters
    ----------
    values : (n,) numbers
        Whole numbers; NaN is left out.
    low, high : int
        The range, ends included: it holds as many whole fives as that has multiples of five. By default 23 to 62, as for ages of adults.

    Returns
    -------
    float
        100 without preference, 500 where all numbers end in 0 or 5; NaN where there are none.

    References
    ----------
    Shryock and Siegel (1976), The Methods and Materials of Demography. United Nations (1955), Manual II.

    Examples
    --------
    >>> from evidencekit.instrument.fieldwork import whipple
    >>> whipple(range(23, 63)), whipple([30, 35, 40, 31])
    (100.0, 375.0)
    """
    if (high - low + 1) % 5 or (high - low + 1) < 5:
        raise InputError("The range of Whipple's index is a whole number of fives, such as 23 to 62.")
    x = _known(values)
    inside = x[(x >= low) & (x <= high)]
    return 500 * float((inside % 5 == 0).sum()) / len(inside) if len(inside) else float("nan")


def myers(values: Any, low: int = 10, high: int = 89) -> float:
    """Myers's blended index: half the sum of the deviations of the ten last digits from 10 %.

    Parameters
    ----------
    values : (n,) numbers
        Whole numbers; NaN is left out.
    low, high : int
        The range, ends included, of whole tens, at least two.

    Returns
    -------
    float
        From 0, where all digits are alike, to 90, where there is one; NaN where there are no numbers.

    Notes
    -----
    Digits are counted ten times, over windows of the same length that start at `low`, `low` + 1 ... `low` + 9, and the counts added, so
    that no digit comes first and numbers that become rarer as they grow make no preference.

    References
    ----------
    Myers (1940), Trans. Actuar. Soc. Am. 41, 395-415; (1954), J. Am. Statist. Assoc. 49, 826-831.

    Examples
    --------
    >>> from evidencekit.instrument.fieldwork import myers
    >>> myers(range(10, 90)), round(myers([20, 30, 40, 50]), 6)
    (0.0, 90.0)
    """
    if (high - low + 1) % 10 or (high - low + 1) < 20:
        raise InputError("The range of Myers's index is two or more whole tens, such as 10 to 89.")
    x = _known(values)
    long = high - low + 1 - 10
    blended = np.zeros(10)
    for start in range(low, low + 10):
        inside = x[(x >= start) & (x < start + long)]
        blended += np.bincount((inside % 10).astype(np.intp), minlength=10)
    return float(50 * np.abs(blended / blended.sum() - 0.1).sum()) if blended.sum() else float("nan")


def heaping(work: Opened, limits: Limits) -> tuple[Check, Check] | None:
    """The indices by item, and the share of numbers that end in 0 or 5 by interviewer; None where no item has such numbers."""
    rows: list[tuple[str, int, str, float, float]] = []
    events, places = np.zeros(work.n), np.zeros(work.n)
    for name, answers in work.answers.items():
        x = answers.x
        ends = _range(_known(x)) if answers.item.kind == "integer" else None
        if ends is None:
            continue
        low, high = ends
        inside = (x >= low) & (x <= high)
        places += inside
        events += inside & (x % 5 == 0)
        tens = (high - low + 1) // 10 * 10
        blended = myers(x, low, low + tens - 1) if tens >= 20 else float("nan")
        rows.append((name, int(inside.sum()), f"{low} to {high}", whipple(x, low, high), blended))
    if not rows:
        return None
    flags = [
        f"Item {name!r}: Whipple's index is {index:.0f}; numbers that end in 0 or 5 are preferred."
        for name, count, _, index, _ in rows
        if index >= limits.whipple and index - 100 > limits.z * 500 * np.sqrt(0.2 * 0.8 / count)
    ]
    names = ("item", "answers", "range", "whipple", "myers")
    by_item = Check("digits", "Last digits", {n: [row[k] for row in rows] for k, n in enumerate(names)}, tuple(flags), _NOTE)
    found = standing(work.who, len(work.people), events, places, limits.fewest)
    flags = [found.said(work.people[k], k, "numbers end in 0 or 5") for k in found.out(limits.z)]
    columns = {
        "interviewer": list(work.people),
        "interviews": found.interviews.tolist(),
        "ends_in_0_or_5": tally(found, limits.fewest),
        "rate": found.rate,
        "z": found.z,
    }
    note = "Of the numbers within the ranges above, those that end in 0 or 5; a fifth would. More than the others is flagged, fewer is not."
    return by_item, Check("digits_by_interviewer", "Last digits by interviewer", columns, tuple(flags), note)


def _known(values: Any) -> Floats:
    x = np.asarray(list(values) if isinstance(values, range) else values, dtype=np.float64)
    return x[~np.isnan(x)]


def _range(x: Floats) -> tuple[int, int] | None:
    """Whole fives between the 5th and the 95th percentile, with the multiple of five in the middle of each; None under two of them."""
    if len(x) < _FEWEST or (x != np.trunc(x)).any():
        return None
    bottom, top = np.quantile(x, (0.05, 0.95))
    first, last = int(np.ceil((bottom + 2) / 5)), int(np.floor((top - 2) / 5))
    return (5 * first - 2, 5 * last + 2) if last - first >= 1 else None
