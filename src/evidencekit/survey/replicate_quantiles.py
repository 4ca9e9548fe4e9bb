"""Quantiles in every replicate: the answers are sorted once, and the weights change."""

from __future__ import annotations

import numpy as np

from evidencekit.columns import Codes, Floats
from evidencekit.survey.domains import Domains
from evidencekit.survey.resampling import Replayed
from evidencekit.survey.rules import quantile_of
from evidencekit.survey.units import Units

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
                weights = full * each[atom]
                there = weights > 0
                kept, xs = weights[there], x[there]
                running = np.cumsum(kept)
                out[r, d] = [quantile_of(xs, kept, running, p, rule) for p in ps]
    return out


def _sorted(values: Floats, inside: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Codes:
    rows = np.flatnonzero(inside)
    return rows[np.argsort(values[rows], kind="stable")]
