"""suppress_locally: single key values taken out until at least k records match each record."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Codes, Floats
from evidencekit.disclosure.microdata.changed import Changed, LogEntry
from evidencekit.disclosure.microdata.held import Bools, Held, hold, need_count
from evidencekit.disclosure.microdata.patterns import MANY, MissingKeys, Patterns, alike, keyed, matches, superset_sums
from evidencekit.errors import InputError, how_many, one_of

__all__ = ["suppress_locally"]


def suppress_locally(
    data: Any,
    keys: Sequence[str],
    *,
    k: int = 3,
    importance: Mapping[str, float] | None = None,
    strata: Sequence[str] = (),
    missing: MissingKeys = "matches any",
) -> Changed:
    """Take out single values of the keys until the file is k-anonymous.

    Parameters
    ----------
    data : Dataset or data frame
        In memory. It is not changed.
    keys : sequence of str
        The quasi-identifiers, at most 16: columns by which someone who knows a person could find her.
    k : int
        How many records at least match each record on the keys, itself included; default 3.
    importance : mapping of str to float
        What it costs to lose a value of a key; 1 by default. What is taken out costs the least in all, then is the fewest values.
    strata : sequence of str
        Columns within whose levels the file is to be k-anonymous; nothing is taken out of them.
    missing : {"matches any", "own category"}
        What a missing key matches. Under ``"matches any"``, the convention of sdcMicro (``alpha = 1``), it may be anything.
        Under ``"own category"`` it is a level like any other, and each kind of missing that the file tells apart is one: stricter, and it
        takes more out.

    Returns
    -------
    Changed
        In a Dataset a value that was taken out is ``ek.Missing.SUPPRESSED`` under a code of its own; in a plain frame it is null.
        Counted are the values taken out, by key and in all, and the records they were taken from.

    Raises
    ------
    InputError
        Fewer than `k` records in the data or in a stratum; no keys or too many; a key is a stratum too.
    UnknownColumn
        A key or a stratum is not a column.

    Notes
    -----
    Under ``"matches any"`` each record that too few match loses the cheapest set of values with which `k` records match it *as they were
    before*: it does not lean on values that others lost. Matches only grow as more is taken out, so the result is k-anonymous.
    That costs a little more than the convention asks for, which one record without any key would meet for all others.

    Under ``"own category"`` records are put together that agree when the same keys are taken out, with the fewest keys first, at each
    step the set of keys that settles the most records for what it costs. What is left over at the end loses every key, with some others if
    they are too few.

    References
    ----------
    Sweeney (2002), k-anonymity: a model for protecting privacy, Int. J. Uncertainty, Fuzziness and Knowledge-Based Systems 10(5).
    Templ, Kowarik & Meindl (2015), Statistical disclosure control for micro-data using the R package sdcMicro, J. Stat. Softw. 67(4).

    Examples
    --------
    >>> import evidencekit as ek
    >>> from evidencekit.disclosure.microdata import suppress_locally
    >>> data = ek.fictional.national_survey().data
    >>> made = suppress_locally(data, ["province", "area", "sex", "age", "eligible_children"], k=3)
    >>> made.entry.counts["values taken out"], made.entry.counts["records below k before"]
    (215, 215)
    >>> made.data.kinds("eligible_children")
    {<Missing.SUPPRESSED: 'suppressed'>: 149}
    """
    held = hold(data)
    keys, strata = _names(keys, "keys="), _names(strata, "strata=")
    held.need(keys, "keys=")
    held.need(strata, "strata=")
    _refuse(keys, strata)
    need_count("k", k, 2)
    one_of("missing", missing, ("matches any", "own category"))
    costs = _costs(keys, importance)
    patterns = keyed(held, keys, missing)
    parts = _parts(held, strata, k)
    gone, below = np.zeros(patterns.shape, dtype=bool), 0
    for rows in parts:
        part = patterns[rows]
        few = matches(part) < k
        below += int(few.sum())
        gone[rows] = _against_others(part, few, k, costs) if missing == "matches any" else _together(part, few, k, costs)
    answered = np.column_stack([~held.blank(key) for key in keys])
    if missing == "matches any":
        gone &= answered  # what is missing for another reason keeps its kind; under "own category" it joins the suppressed
    made = held.suppress({key: gone[:, j] for j, key in enumerate(keys)})
    gone &= answered
    by_key = {f"from {key}": int(gone[:, j].sum()) for j, key in enumerate(keys)}
    counts = {"records below k before": below, "records changed": int(gone.any(axis=1).sum()), "values taken out": int(gone.sum())}
    return Changed(made.data, LogEntry("suppress", keys, {**counts, **by_key}))


def _against_others(patterns: Patterns, few: Bools, k: int, costs: Floats) -> Bools:
    """For each record that too few match, the cheapest set of keys without which enough of the others, as they are, match it."""
    m = patterns.shape[1]
    different, at, counts = np.unique(patterns, axis=0, return_inverse=True, return_counts=True)
    sets = np.arange(1 << m)
    member = (sets[:, None] >> np.arange(m)) & 1 > 0
    price, size = member @ costs, member.sum(axis=1)
    out = np.zeros(patterns.shape, dtype=bool)
    at = at.ravel()
    for pattern in np.unique(at[few]):
        apart = np.zeros(1 << m, dtype=np.intp)
        np.add.at(apart, alike(different, different[pattern]), counts)
        enough = superset_sums(apart, m)
        fit = np.flatnonzero(enough >= k)
        best = fit[np.lexsort((fit, -enough[fit], size[fit], price[fit]))[0]]
        out[at == pattern] = member[best]
    return out


def _together(patterns: Patterns, few: Bools, k: int, costs: Floats) -> Bools:
    """Records that too few share their pattern with, joined where the same keys taken out make them alike."""
    n, m = patterns.shape
    out = np.zeros((n, m), dtype=bool)
    left = few.copy()
    for size in range(1, m):
        # What a set of keys settles only shrinks as others are settled, so a gain worked out before is never too small.
        sets = [np.array(chosen) for chosen in combinations(range(m), size)]
        queue = [(-float("inf"), i) for i in range(len(sets))]
        while queue and left.any():
            _, i = heapq.heappop(queue)
            hit = _settled(patterns, left, sets[i], k)
            gain = float(hit.sum() / costs[sets[i]].sum())
            if queue and gain < -queue[0][0]:
                heapq.heappush(queue, (-gain, i))
            elif gain:
                out[np.ix_(np.flatnonzero(hit), sets[i])] = True
                left &= ~hit
    if left.any():
        out[_enough(patterns, out, left, k)] = True
    return out


def _settled(patterns: Patterns, left: Bools, chosen: NDArray[np.intp], k: int) -> Bools:
    """Which of those left are k or more when these keys are taken out."""
    rows = np.flatnonzero(left)
    rest = np.delete(patterns[rows], chosen, axis=1)
    _, at, counts = np.unique(rest, axis=0, return_inverse=True, return_counts=True)
    hit = np.zeros(len(patterns), dtype=bool)
    hit[rows[counts[at.ravel()] >= k]] = True
    return hit


def _enough(patterns: Patterns, out: Bools, left: Bools, k: int) -> Bools:
    """Those left, and where they are fewer than k some others: spare ones of a large group, or whole small groups."""
    taken = left.copy()
    shown = np.where(out, -1, patterns)
    _, at, counts = np.unique(shown, axis=0, return_inverse=True, return_counts=True)
    at, wanted = at.ravel(), k - int(left.sum())
    groups = [group for group in np.argsort(-counts, kind="stable").tolist() if not left[at == group].any()]
    for group in groups:
        spare = max(min(wanted, int(counts[group]) - k), 0)
        taken[np.flatnonzero(at == group)[:spare]] = True
        wanted -= spare
    for group in reversed(groups):
        if wanted > 0:
            rows = np.flatnonzero((at == group) & ~taken)
            taken[rows] = True
            wanted -= len(rows)
    return taken


def _parts(held: Held, strata: Sequence[str], k: int) -> list[Codes]:
    """The rows of each stratum."""
    at = keyed(held, strata, "own category")
    _, place, counts = (
        np.unique(at, axis=0, return_inverse=True, return_counts=True) if strata else (None, np.zeros(len(at), int), [len(at)])
    )
    small = sum(count < k for count in counts)
    if small:
        where = f"{how_many(small, 'stratum has', 'strata have')}" if strata else "The data have"
        raise InputError(
            f"{where} fewer than {k} records, so no record can be matched by {k}.",
            "Recode the strata, or take the rows out." if strata else "",
        )
    place = place.ravel()
    return [np.flatnonzero(place == s) for s in range(len(counts))]


def _costs(keys: Sequence[str], importance: Mapping[str, float] | None) -> Floats:
    given = {} if importance is None else importance
    if not isinstance(given, Mapping) or not set(given) <= set(keys):
        raise InputError("importance= takes a mapping of keys to numbers.", 'For example importance={"sex": 5}.')
    if not all(isinstance(c, (int, float)) and not isinstance(c, bool) and 0 < c < float("inf") for c in given.values()):
        raise InputError("The importance of a key is a number above 0.")
    return np.array([float(given.get(key, 1.0)) for key in keys])


def _names(names: Any, role: str) -> tuple[str, ...]:
    if isinstance(names, (bytes, Mapping)) or not isinstance(names, (str, Sequence)):
        raise InputError(f"{role} takes names of columns, not a {type(names).__name__}.")
    return (names,) if isinstance(names, str) else tuple(names)


def _refuse(keys: Sequence[str], strata: Sequence[str]) -> None:
    if not 1 <= len(keys) <= MANY:
        raise InputError(f"keys= takes 1 to {MANY} columns, and {len(keys)} were given.", "Take those that others can know of a person.")
    if len(set(keys)) < len(keys):
        raise InputError("keys= names a column twice.")
    if set(keys) & set(strata):
        raise InputError("A key cannot be a stratum too.")
