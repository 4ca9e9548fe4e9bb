"""Strata and what is known of each, read from mappings, pandas Series or a frame into arrays in one order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from evidencekit.columns import Codes, Floats
from evidencekit.errors import InputError, UnknownColumn, in_our_words
from evidencekit.frames import Rows, eager, open_data

__all__ = ["LARGEST", "Strata", "as_float", "in_range", "is_number", "strata_of"]

_MOST, LARGEST = 10**15, 1e30  # counts that floats hold exactly; numbers whose squares and products they hold


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Strata:
    """The strata in the order they were given: labels, sizes (H,), and ranks (H,) that settle ties whatever that order."""

    labels: tuple[Any, ...]
    sizes: Floats
    rank: Codes
    rows: Rows | None = None

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def backend(self) -> str:
        """The kind of frame results are given in."""
        return self.rows.backend if self.rows is not None else "pandas"

    def numbers(self, given: Any, role: str, *, above: float = -np.inf, least: float = -np.inf, scaled: bool = False) -> Floats:
        """One number per stratum, shape (H,), from a number for all, a mapping, a pandas Series or a column of the frame of sizes.

        `scaled`: only their ratios are computed with.

        Raises
        ------
        InputError
            A stratum without a number, or a number for a stratum that is not there; text, missing, or out of bounds.
        """
        if is_number(given):
            made = np.full(len(self), as_float(given))
        elif isinstance(given, str):
            if self.rows is None:
                raise InputError(f"{role} names a column, and sizes= is no frame.", "Give a mapping of strata to numbers.")
            made = _column(self.rows, given, role)
        else:
            made = self._matched(_pairs(given, role), role)
        _bounded(made, role, above, least)
        _reached(made, role, scaled=scaled)
        return made

    def _matched(self, pairs: list[tuple[Any, Any]], role: str) -> Floats:
        known = self.words(dict(pairs), role, total=len(pairs))
        wrong = sum(1 for value in known if not is_number(value))
        if wrong:
            raise InputError(f"{role}: {wrong} of {len(known)} values are not numbers.", "Give numbers, not text.")
        return np.array([as_float(value) for value in known])

    def words(self, given: Mapping[Any, Any], role: str, *, total: int | None = None) -> list[Any]:
        """What a mapping holds for each stratum, in their order."""
        if total is not None and total > len(given):
            raise InputError(f"{role}: {total - len(given)} of {total} rows repeat a stratum.", "Give each stratum once.")
        lost = sum(1 for label in self.labels if label not in given)
        if lost:
            raise InputError(
                f"{role} has nothing for {lost} of the {len(self)} strata of sizes=.", "Write the strata the same way in both, all of them."
            )
        if len(given) > len(self):
            extra = len(given) - len(self)
            raise InputError(
                f"{role}: {extra} of its {len(given)} strata {'is' if extra == 1 else 'are'} not in sizes=.",
                "Write the strata the same way in both.",
            )
        return [given[label] for label in self.labels]


def strata_of(sizes: Any, size: str = "size", stratum: str = "stratum") -> Strata:
    """The strata and their sizes.

    Parameters
    ----------
    sizes : mapping, pandas Series or data frame
        Strata to numbers of units; a frame has a row a stratum, with the columns ``stratum`` and ``size``.
    size, stratum : str
        The names of these columns.

    Raises
    ------
    InputError
        No strata, a stratum that stands twice or has no label, or sizes that are not whole numbers above 0.
    """
    rows: Rows | None = None
    if isinstance(sizes, Mapping) or nw.dependencies.is_pandas_series(sizes):
        pairs = _pairs(sizes, "sizes=")
        labels, values = [label for label, _ in pairs], [value for _, value in pairs]
        wrong = sum(1 for value in values if not is_number(value))
        if wrong:
            raise InputError(f"sizes=: {wrong} of {len(values)} values are not numbers.", "Give the number of units in each stratum.")
        numbers = np.array([as_float(value) for value in values])
    else:
        if isinstance(sizes, (str, bytes, int, float, Sequence, np.ndarray)):
            raise InputError(
                f"sizes= is a mapping of strata to numbers of units, a Series or a data frame, not a {type(sizes).__name__}.",
                'Such as {"north": 12000, "south": 4100}.',
            )
        rows = open_data(sizes)
        for name in (stratum, size):
            rows.need(name, "sizes=")
        labels = eager(rows.frame, "An allocation")[stratum].to_list()
        numbers = _column(rows, size, "sizes=")
    if not labels:
        raise InputError("sizes= has no strata.", "Give the number of units in each stratum.")
    if any(map(_blank, labels)):
        raise InputError("sizes= has a stratum without a label.", "Give every stratum one.")
    once = in_our_words(lambda: len(set(labels)), lambda _: InputError("sizes= calls strata by lists.", "Give every stratum a name."))
    if once < len(labels):
        raise InputError(f"sizes=: {len(labels) - once} of {len(labels)} rows repeat a stratum.", "Give each stratum once.")
    _bounded(numbers, "sizes=", 0.0, -np.inf)
    if numbers.max() > _MOST:
        raise InputError(f"sizes= has a stratum of more than {_MOST:,} units.", "They count units: look for a number with too many digits.")
    if not np.array_equal(numbers, np.trunc(numbers)):
        raise InputError("sizes= are counts of units: whole numbers.", "Round sizes that were projected.")
    order = sorted(range(len(labels)), key=lambda i: (str(labels[i]), type(labels[i]).__name__))
    rank = np.empty(len(labels), dtype=np.intp)
    rank[order] = np.arange(len(labels))
    return Strata(tuple(labels), numbers, rank, rows)


def is_number(value: Any) -> bool:
    """Whether it is a real number; true and false are not."""
    return isinstance(value, Real) and not isinstance(value, (bool, np.bool_))


def as_float(value: Any) -> float:
    """A real number as a float; one too large for that is infinite."""
    try:
        return float(value)
    except OverflowError:
        return np.inf


def in_range(value: Any) -> bool:
    """Whether a number above 0 and its square can be computed with."""
    return is_number(value) and 1 / LARGEST <= as_float(value) <= LARGEST


def _blank(label: Any) -> bool:
    """Whether a stratum has no label. A missing value differs from itself, or says neither."""
    try:
        return label is None or bool(label != label)
    except (TypeError, ValueError):
        return True


def _pairs(given: Any, role: str) -> list[tuple[Any, Any]]:
    if isinstance(given, Mapping) or nw.dependencies.is_pandas_series(given):
        return list(given.items())
    raise InputError(
        f"{role} is a mapping of strata to numbers, not a {type(given).__name__}.",
        "A pandas Series with the strata as its index will do, and the name of a column where sizes= is a frame.",
    )


def _column(rows: Rows, name: str, role: str) -> Floats:
    if name not in rows.columns:
        raise UnknownColumn(name, rows.columns, role)
    values: Sequence[Any] = eager(rows.frame, "An allocation")[name].to_list()
    wrong = sum(1 for value in values if value is not None and not is_number(value))
    if wrong:
        raise InputError(f"{role}: {wrong} of the {len(values)} values of column {name!r} are not numbers.", "Give numbers, not text.")
    return np.array([np.nan if value is None else as_float(value) for value in values])


def _bounded(made: Floats, role: str, above: float, least: float) -> None:
    lost = int((~np.isfinite(made)).sum())
    if lost:
        raise InputError(f"{role}: {lost} of {len(made)} values are missing or infinite.", "Give every stratum a number.")
    out = int(((made <= above) | (made < least)).sum())
    if out:
        words = f"above {above:g}" if np.isfinite(above) else f"{least:g} or more"
        raise InputError(f"{role}: {out} of {len(made)} values are not {words}.", "Correct them, or leave these strata out.")


def _reached(made: Floats, role: str, *, scaled: bool) -> None:
    """Raise where numbers are too large, too small or too far apart to be multiplied."""
    far = np.abs(made[made != 0])
    if scaled and far.size and 1e-305 < far.max() < 1e250:
        far = far / far.max()
    if wide := int(((far > LARGEST) | (far < 1 / LARGEST)).sum()):
        raise InputError(
            f"{role}: {wide} of {len(made)} values are too large or too small to compute with.", "Use another unit of measurement."
        )
