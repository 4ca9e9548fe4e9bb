"""Degrees of freedom and the sampling units behind each cell."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evidencekit.columns import Codes, Floats
from evidencekit.estimate import Support
from evidencekit.survey.design.resampling import Replayed, rank_of
from evidencekit.survey.design.units import Units
from evidencekit.survey.summing.measured import Table

__all__ = ["joined_support", "rank_df", "support_of"]

RANKED = 64


def support_of(units: Units, tables: Sequence[Table], domains: int, of_cell: Codes) -> tuple[Support, Floats, Floats]:
    """Units with a member per cell, and from them degrees of freedom: PSUs with a member minus strata with a member.

    Parameters
    ----------
    units : Units
        The design.
    tables : sequence of Table
        One per variable; group ``t * domains + d`` is domain d of table t.
    domains : int
        The number of domains.
    of_cell : (k,) array
        Each cell's group.

    Returns
    -------
    support : Support
    psus : (k,) array
    df : (k,) array

    References
    ----------
    Korn and Graubard (1999), Analysis of Health Surveys, section 5.2.
    """
    psu_parts, group_parts = [], []
    for t, table in enumerate(tables):
        real = table.w > 0
        unit, domain = (table.unit, table.domain) if real.all() else (table.unit[real], table.domain[real])
        psu = unit if units.psu is None else units.psu[unit]
        pairs = psu * domains + domain
        if units.psu is not None:
            pairs = np.unique(pairs)
        psu_parts.append(pairs // domains)
        group_parts.append(pairs % domains + t * domains)
    psu, group = np.concatenate(psu_parts), np.concatenate(group_parts)
    count = len(tables) * domains
    strata = int(units.stratum.max(initial=-1)) + 1
    psus = np.bincount(group, minlength=count).astype(np.float64)
    key = units.stratum[psu] * count + group
    if strata * count <= max(4 * key.size, 1_000_000):
        seen = np.zeros(strata * count, dtype=bool)
        seen[key] = True
        held = seen.reshape(strata, count).sum(axis=0)
    else:
        held = np.bincount(np.unique(key) % count, minlength=count)
    df = psus - held
    return Support(units.stratum, psu, group, of_cell), psus[of_cell], df[of_cell]


def joined_support(parts: Sequence[Support | None]) -> Support | None:
    """The supports of several estimates of one survey, cells in the same order."""
    known = [p for p in parts if p is not None]
    if len(known) < len(parts):
        return None
    shift, psu, group, of_cell = 0, [], [], []
    for part in known:
        psu.append(part.psu)
        group.append(part.group + shift)
        of_cell.append(part.of_cell + shift)
        shift += int(max(part.group.max(initial=-1), part.of_cell.max(initial=-1))) + 1
    return Support(known[0].stratum, np.concatenate(psu), np.concatenate(group), np.concatenate(of_cell), known[0].limit)


def rank_df(replayed: Replayed, tables: Sequence[Table], domains: int, of_cell: Codes) -> Floats:
    """Rank less one of the replicate factors of the units in each cell; with more than 64 groups, units less one.

    Parameters
    ----------
    replayed : Replayed
        The replicates on atoms.
    tables, domains, of_cell
        As for `support_of`.

    References
    ----------
    Lumley (2010), Complex Surveys, section 2.3.
    """
    df = np.full(len(tables) * domains, np.nan)
    groups = np.unique(of_cell)
    for group in groups:
        table = tables[group // domains]
        atom = table.unit[(table.domain == group % domains) & (table.w > 0)]
        column = np.unique(atom if replayed.unit is None else replayed.unit[atom])
        factors = replayed.resampling.factors
        whole = len(column) == factors.shape[1]
        rank = replayed.resampling.rank if whole else rank_of(factors[:, column]) if len(groups) <= RANKED else len(column)
        df[group] = rank - 1.0
    return df[of_cell]
