"""Quantiles in every replicate: the answers are sorted once, and the weights change."""

from __future__ import annotations

import numpy as np

from evidencekit.columns import Codes, Floats
from evidencekit.survey.design.resampling import Replayed
from evidencekit.survey.design.units import Units
from evidencekit.survey.rules import quantile_of
from evidencekit.survey.summing.domains import Domains

__all__ = ["replicate_points"]


def replicate_points(
    atoms: tuple[Units, Replayed], w: Floats, values: Floats, domains: Domains, ps: tuple[float, ...], rule: str
) -> Floats:
    """Each replicate's quantiles, shape (R, D, q).

    Parameters
    ----------
    atoms : (Units, Replayed)
        Each row's atom, and the replicates' factors on atoms.
    w, values : (n,) arrays
        Full-sample weights and answers, NaN where missing.
    domains : Domains
        The D domains.
    ps : q shares
        Which quantiles.
    rule : str
        One of `Rule`.
    """
    units, replayed = atoms
    use = ~np.isnan(values) & (w > 0)
    out = np.full((replayed.resampling.count, domains.count, len(ps)), np.nan)
    members = [_sorted(values, use if domains.row is None else use & (domains.row == d)) for d in range(domains.count)]
    for span, factors in replayed.blocks():
        for d, rows in enumerate(members):
            atom = rows if units.row is None else units.row[rows]
            x, full = values[rows], w[rows]
            for r, each in zip(range(span.start, span.stop), factors, strict=True):
                xs, kept = _counted(x, full * each[atom])
                running = np.cumsum(kept)
                out[r, d] = [quantile_of(xs, kept, running, p, rule) for p in ps]
    return out


def _counted(x: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Sorted values and their weights, without those that have none.

    Negative weights, which a linear calibration may give in a replicate, count as they do in means: the share at or below a value is the
    sum of all weights up to there, and the quantile is where the highest such share so far passes p.
    """
    if weights.min(initial=0.0) < 0:
        start = np.flatnonzero(np.append(True, x[1:] != x[:-1]))
        sums = np.cumsum(np.add.reduceat(weights, start))
        x, weights = x[start], np.diff(np.clip(np.maximum.accumulate(sums), 0.0, max(sums[-1], 0.0)), prepend=0.0)
    there = weights > 0
    return x[there], weights[there]


def _sorted(values: Floats, inside: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Codes:
    rows = np.flatnonzero(inside)
    return rows[np.argsort(values[rows], kind="stable")]
