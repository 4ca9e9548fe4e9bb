"""Key variables: who shares a combination of what others may know, in the sample and in the population."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Bools, Codes, Floats, factorise, numeric
from evidencekit.disclosure.microdata.matching import grouped, matched
from evidencekit.errors import InputError, how_many
from evidencekit.frames import Rows, eager, open_data
from evidencekit.survey.design.binding import weight_notes, weight_problems

__all__ = ["KeyFrequencies", "Keys", "alpha_of", "codes_of", "combined", "counted", "frequencies", "names_of", "opened_keys", "weights_of"]

_HELD = "Per-row results are not pickled: their order says which row stands alone."


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Keys:
    """Key variables as combinations.

    `group` (n,) is each row's place in `patterns` (P, m), which holds a code per key, -1 where it is missing; `size` (P,) is how many
    rows have the combination, `levels` how many different values each key has.
    """

    names: tuple[str, ...]
    group: Codes
    patterns: NDArray[np.intp]
    size: Codes
    levels: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.group)

    @property
    def incomplete(self) -> Bools:
        """Which combinations miss a key."""
        return np.any(self.patterns < 0, axis=1)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know of the keys."""
        single = [name for name, levels in zip(self.names, self.levels, strict=True) if levels < 2]
        out = [f"keys with one value or none tell nobody apart: {', '.join(single)}"] if single else []
        blank = int(self.size[self.incomplete].sum())
        return (*out, f"{how_many(blank, 'row misses', 'rows miss')} a key") if blank else tuple(out)

    def __reduce__(self) -> NoReturn:
        raise InputError(_HELD, "Send the file's path and measure again.")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class KeyFrequencies:
    """How often each row's combination of keys occurs.

    Parameters
    ----------
    sample : array (n,)
        How many rows have the keys of each row.
    population : array (n,)
        The same by the weights.
    combinations : int
        How many combinations of keys there are.
    """

    sample: Floats
    population: Floats
    combinations: int

    def __len__(self) -> int:
        return len(self.sample)

    def __repr__(self) -> str:
        alone = int((self.sample < 2).sum())
        return f"KeyFrequencies({how_many(len(self), 'row')}, {how_many(self.combinations, 'combination')}, {alone:,} alone)"

    def __reduce__(self) -> NoReturn:
        raise InputError(_HELD, "Send the file's path and measure again.")


def frequencies(data: Any, *, keys: Sequence[str], weights: str | None = None, alpha: float = 1.0) -> KeyFrequencies:
    """How many rows, and how many people behind them, share each row's combination of keys.

    Parameters
    ----------
    data : Dataset or data frame
        One row a person, in memory. What a Dataset declares missing is missing here.
    keys : sequence of str
        Columns that somebody may know from elsewhere (age, sex, district, school grade).
    weights : str, optional
        Column of weights that add up to the population. Without it the rows are taken for the whole population.
    alpha : float
        How much a match counts that rests on a missing key, from 0 to 1 (default, as in sdcMicro). See Notes.

    Returns
    -------
    KeyFrequencies
        ``.sample`` (f) and ``.population`` (F), one number a row.

    Raises
    ------
    InputError
        No keys, a key twice, no rows, lazy data, no answer in any key, alpha outside 0 to 1, or weights that do not add up to people.
    DesignError
        Weights are missing or negative.
    UnknownColumn
        A column is not there.

    Notes
    -----
    Two rows match where they agree on every key that both have. A row with all keys counts `alpha` for each row it matches with a key
    missing, and 1 for each other one; a row with a key missing counts 1 for rows with all keys and for rows that miss the same ones, and
    `alpha` for the rest. A row without any key matches everybody and counts as such. ``alpha=1`` takes a missing key for any value;
    ``alpha=0`` gives the highest risk. sdcMicro 5.8 does the same, but for one thing: there, where there are several keys, a row without
    any counts for rows that miss some and not for rows that miss none, so that one more key can lower a risk. Here it counts for both.

    References
    ----------
    Templ, Kowarik and Meindl (2015), J. Stat. Softw. 67(4).

    Examples
    --------
    >>> import pandas as pd, evidencekit as ek
    >>> data = pd.DataFrame({"sex": ["f", "f", "m", None], "age": [12, 12, 12, 12], "w": [50.0, 70.0, 40.0, 60.0]})
    >>> found = ek.disclosure.microdata.frequencies(data, keys=["sex", "age"], weights="w", alpha=0.5)
    >>> found.sample.tolist(), found.population.tolist()
    ([2.5, 2.5, 1.5, 4.0], [150.0, 150.0, 70.0, 220.0])
    """
    rows = open_data(data)
    made = opened_keys(rows, keys)
    f, big_f = counted(made, weights_of(rows, weights), alpha)
    return KeyFrequencies(f[made.group], big_f[made.group], len(made.size))


def counted(keys: Keys, w: Floats | None, alpha: float) -> tuple[Floats, Floats]:
    """Sample and population frequency of each combination."""
    rows = keys.size.astype(np.float64)
    people = rows if w is None else np.bincount(keys.group, weights=w, minlength=len(rows)).astype(np.float64)
    f, big_f = matched(keys.patterns, keys.levels, np.stack([rows, people]), alpha_of(alpha))
    return f, big_f


def opened_keys(rows: Rows, keys: Sequence[str]) -> Keys:
    """The keys of data in memory as combinations.

    Raises
    ------
    InputError
        No keys, a key twice, no rows, lazy data, or no answer in any key.
    UnknownColumn
        A key is not a column.
    """
    names = names_of(keys, "keys=", rows)
    if not names:
        raise InputError("keys= names no column.", "Name what somebody may know of a person from elsewhere, such as age, sex and district.")
    made = [codes_of(rows, name) for name in names]
    if not any(size for _, size in made):
        raise InputError("No row has an answer in any of the keys.", "Look at the missing codes that were declared for them.")
    return combined(names, made)


def combined(names: tuple[str, ...], made: Sequence[tuple[Codes, int]]) -> Keys:
    """Columns of codes (-1 where missing), each with its number of values, as combinations."""
    columns, levels = [codes for codes, _ in made], tuple(size for _, size in made)
    group, first = grouped(columns, levels)
    patterns = np.stack([codes[first] for codes in columns], axis=1)
    return Keys(names, group, patterns, np.bincount(group, minlength=len(first)), levels)


def codes_of(rows: Rows, name: str) -> tuple[Codes, int]:
    """A column as codes, -1 where it is missing, and how many different values it has."""
    column = factorise(eager(rows.frame, "The risk of rows")[name])
    if not len(column.codes):
        raise InputError("The data have no rows.")
    return column.codes, len(column.keys)


def names_of(given: Any, role: str, rows: Rows) -> tuple[str, ...]:
    """Column names, each once and each in the data."""
    names = (given,) if isinstance(given, str) else given
    if not isinstance(names, (tuple, list)):
        raise InputError(f"{role} takes column names in a list, not a {type(given).__name__}.")
    for name in names:
        rows.need(name, role)
    if len(set(names)) < len(names):
        raise InputError(f"{role} names a column twice.")
    return tuple(names)


def weights_of(rows: Rows, name: str | None) -> Floats | None:
    """Weights that stand for people; None where none are named.

    Raises
    ------
    InputError
        They add up to the number of rows or to more than all people: frequencies in the population would be wrong by that factor.
    DesignError
        Some are missing or negative, or none is above zero.
    """
    if name is None:
        return None
    rows.need(name, "weights=")
    w = numeric(eager(rows.frame, "The risk of rows")[name], "weights=")
    if not len(w):
        raise InputError("The data have no rows.")
    blank = np.isnan(w)
    weight_problems(name, int(blank.sum()), int((w[~blank] < 0).sum()), bool((w[~blank] > 0).any()))
    scaled = weight_notes(w)
    if scaled and not (w == 1).all():
        raise InputError(
            "The risk rests on how many people share a combination, and " + scaled[0].partition(":")[0] + ".",
            "Give weights that add up to the population; leave weights= out only where the rows are the whole population.",
        )
    return w


def alpha_of(alpha: object) -> float:
    """How much a match by a missing key counts."""
    if isinstance(alpha, bool) or not isinstance(alpha, Real) or not 0 <= float(alpha) <= 1:
        raise InputError("alpha= is a number from 0 to 1: how much a match counts that rests on a missing key.")
    return float(alpha)
