"""The best cuts by search: many starts, then every place for one boundary at a time, then two neighbours together.

The moves are those of Kozak's random search, but all of them are tried (in two rounds, coarse and fine, where there are many places), so
that the result is the same every time.
"""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np

from evidencekit.columns import Codes
from evidencekit.sampling.allocating.planning import Aim, Values, Worth, by_both, by_cv, by_exact, by_total, planned
from evidencekit.sampling.allocating.rules import by_shares, by_steps, geometric

__all__ = ["searched"]

ALL, LINE, WINDOW, ROUNDS = 60_000, 512, 12, 200
FINALISTS, BEAM, BEAM_ROUNDS = 6, 300, 20


def searched(values: Values, aim: Aim, strata: int) -> Codes | None:
    """The best cuts found (L - 1,), None where no start and no move has a possible plan."""
    worths: tuple[Worth, ...] = (by_cv,) if aim.cv is None else (by_exact, by_total)
    places = len(values.different)
    if comb(places - 1, strata - 1) <= ALL:
        every = np.array(list(combinations(range(1, places), strata - 1)), dtype=np.intp)
        worth = worths[-1](planned(values, aim, every))
        return every[worth.argmin()] if np.isfinite(worth.min()) else None
    starts = [_settled(values, aim, start, worths[0], pairs=False) for start in _starts(values, strata)]
    first = worths[0](planned(values, aim, np.array(starts)))
    best, least = None, np.inf
    for at in np.argsort(first, kind="stable")[:FINALISTS]:
        cuts = starts[at]
        for worth in worths:
            cuts = _settled(values, aim, cuts, worth)
        found = float(worths[-1](planned(values, aim, cuts[None]))[0])
        if found < least:
            best, least = cuts, found
    return best if best is None or aim.cv is None else _lowered(values, aim, best)


def _starts(values: Values, strata: int) -> list[Codes]:
    """Cuts by several rules, apart by at least two places where there is room, each once."""
    bounds = [by_shares(values, strata, power) for power in (0, 0.25, 0.5, 0.75, 1, 1.5, 2)] + [by_steps(values, strata)]
    if values.different[0] > 0:
        bounds.append(geometric(values, strata))
    gap = 2 if len(values.different) >= 2 * strata else 1
    room = gap * np.arange(1, strata)
    made: dict[tuple[int, ...], Codes] = {}
    for bound in bounds:
        cuts = np.searchsorted(values.different, bound, side="left")
        low = np.maximum.accumulate(np.maximum(cuts, room) - room) + room
        cuts = np.minimum(low, len(values.different) - gap * np.arange(strata - 1, 0, -1))
        made[tuple(cuts.tolist())] = cuts.astype(np.intp)
    return list(made.values())


def _settled(values: Values, aim: Aim, cuts: Codes, worth: Worth, *, pairs: bool = True) -> Codes:
    """Cuts that no move makes better: of one boundary, or of two neighbours too."""
    now = float(worth(planned(values, aim, cuts[None]))[0])
    for _ in range(ROUNDS):
        before = now
        for h in range(len(cuts)):
            cuts, now = _line(values, aim, cuts, h, worth, now)
        if now < before:
            continue
        if not pairs:
            break
        for h in range(len(cuts) - 1):
            cuts, now = _best_of(values, aim, _windows(values, cuts, h), worth, cuts, now)
        if now >= before:
            break
    return cuts


def _line(values: Values, aim: Aim, cuts: Codes, h: int, worth: Worth, now: float) -> tuple[Codes, float]:
    """The best place of one boundary between its neighbours."""
    low = int(cuts[h - 1]) + 1 if h else 1
    high = int(cuts[h + 1]) - 1 if h + 1 < len(cuts) else len(values.different) - 1
    step = max(1, (high - low) // LINE)
    while high >= low:
        tried = np.tile(cuts, (len(range(low, high + 1, step)), 1))
        tried[:, h] = np.arange(low, high + 1, step)
        cuts, now = _best_of(values, aim, tried, worth, cuts, now)
        if step == 1:
            break
        low, high = max(low, int(cuts[h]) - step), min(high, int(cuts[h]) + step)
        step = max(1, (high - low) // LINE)
    return cuts, now


def _windows(values: Values, cuts: Codes, h: int) -> Codes:
    """Two neighbouring boundaries moved a few places each, or a few dozen where there are many places (K, L - 1)."""
    fine = np.arange(-WINDOW, WINDOW + 1)
    coarse = fine * max(1, len(values.different) // 500)
    moves = np.unique(np.concatenate([fine, coarse]))
    first, second = (part.ravel() for part in np.meshgrid(cuts[h] + moves, cuts[h + 1] + moves))
    low = cuts[h - 1] if h else 0
    high = cuts[h + 2] if h + 2 < len(cuts) else len(values.different)
    kept = (first > low) & (second > first) & (second < high)
    tried = np.tile(cuts, (int(kept.sum()), 1))
    tried[:, h], tried[:, h + 1] = first[kept], second[kept]
    return tried


def _lowered(values: Values, aim: Aim, cuts: Codes) -> Codes:
    """Cuts around these that need fewer whole units: the most promising few hundred are moved on, round after round."""
    step = max(1, len(values.different) // 2000)
    moves = np.array([m * side * step for m in (1, 2, 3, 4, 6, 9, 14, 20) for side in (-1, 1)])
    beam, best = cuts[None], cuts
    least = float(by_total(planned(values, aim, beam))[0])
    for _ in range(BEAM_ROUNDS):
        shifts = np.concatenate([np.outer(moves, row) for row in np.eye(len(cuts), dtype=np.intp)])
        tried = np.concatenate([beam, (beam[:, None] + shifts[None]).reshape(-1, len(cuts))])
        edges = np.pad(tried, ((0, 0), (1, 1)), constant_values=((0, 0), (0, len(values.different))))
        tried = np.unique(tried[(np.diff(edges, axis=1) > 0).all(axis=1)], axis=0)
        plans = planned(values, aim, tried)
        found, promise = by_total(plans), by_both(plans)
        if found.min() < least:
            best, least = tried[found.argmin()], float(found.min())
        kept = tried[np.argsort(promise, kind="stable")[:BEAM]]
        if np.array_equal(kept, beam):
            break
        beam = kept
    return best


def _best_of(values: Values, aim: Aim, tried: Codes, worth: Worth, cuts: Codes, now: float) -> tuple[Codes, float]:
    if not len(tried):
        return cuts, now
    found = worth(planned(values, aim, tried))
    at = int(found.argmin())
    return (tried[at], float(found[at])) if found[at] < now else (cuts, now)
