"""A release by rounding: the numbers of answers and of cases in multiples of a base, and nothing that is worked out from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace

import numpy as np

from evidencekit.columns import Codes, Floats
from evidencekit.disclosure.additive import parts_of
from evidencekit.disclosure.notes import BLANKS
from evidencekit.disclosure.profiles import Profile
from evidencekit.disclosure.tables import audit_rounding, controlled_rounding, cube
from evidencekit.errors import InputError, Refused
from evidencekit.estimate import Counts, Covariance, Estimate, fingerprint

__all__ = ["rounded_counts"]


def rounded_counts(est: Estimate, rules: Profile, *, progress: bool | None = None) -> Estimate:
    """The numbers of answers and of cases of a share, rounded so that margins add up; every other number is gone.

    A weighted share is not released by rounding. Its own rounding says something of the cases that the rounded count does not, the more so
    the more answers there are, and where weights are alike it says nearly all; standard errors, limits and design effects give away
    answers and cases together.

    Parameters
    ----------
    est : Estimate
        Of `proportion`.
    rules : Profile
        Whose method is to round.
    progress : bool or None
        Whether to show how far it is; None shows it on a terminal.

    Raises
    ------
    InputError
        Not a share, or counts that are not those of single people.
    Refused
        The rounded table tells a small count exactly.
    """
    if est.statistic != "proportion" or np.isnan(est.counts.n).any() or np.isnan(est.counts.cases).any():
        raise InputError(
            f"Profile {rules.name} rounds, and only the numbers of answers and of cases behind shares can be rounded.",
            'Use proportion(), or a profile whose method is "suppress".',
        )
    n, cases = np.zeros(len(est)), np.zeros(len(est))
    for rows in parts_of(est).values():
        n[rows], cases[rows] = _rounded(est, rows, rules, progress)
    decided = tuple(one for one in est.provenance.policies if one[0] != BLANKS)  # how many are missing goes with how many there are
    nothing = np.full(len(est), np.nan)
    counts = {f.name: nothing for f in fields(Counts)}
    return replace(
        est,
        points=nothing,
        covariance=Covariance(nothing, None if est.covariance.matrix is None else np.full((len(est), len(est)), np.nan), None),
        df=nothing,
        interval=replace(est.interval, low=nothing, high=nothing),
        counts=Counts(**{**counts, "n": n, "cases": cases}),
        support=None,
        flags=("",) * len(est),
        provenance=replace(est.provenance, data=fingerprint(n), sample=(), missing=(), policies=decided),
    )


def _rounded(est: Estimate, rows: Codes, rules: Profile, progress: bool | None) -> tuple[Floats, Floats]:
    """Answers and cases of each row of one variable."""
    columns, n, cases = est.cells.columns, est.counts.n[rows], est.counts.cases[rows]
    split = [c for c in est.cells.by if len({columns[c][i] for i in rows}) > 1]
    choices = [columns["category"][i] for i in rows] if "category" in columns and "category" not in est.cells.by else [""] * len(rows)
    at = tuple(_codes([columns[c][i] for i in rows]) for c in split)
    chosen = _codes(choices)
    sizes = [int(codes.max()) + 1 for codes in at]
    table = np.zeros([*sizes, int(chosen.max()) + 2])  # the last is for those who chose none of them
    table[(*at, chosen)] = cases
    whole = np.zeros(sizes)
    whole[at] = n if at else n[0]
    table[..., -1] = whole - table.sum(axis=-1)
    if len(set(zip(*(codes.tolist() for codes in (*at, chosen)), strict=True))) < len(rows) or (table < -0.5).any():
        raise InputError("The categories of this share do not add up to the answers, so they cannot be rounded together.")
    system = cube(np.maximum(table, 0))
    assert rules.method.base is not None  # a Method that rounds has one
    found = controlled_rounding(system, base=rules.method.base, progress=progress)
    audit = audit_rounding(found, system, threshold=max(rules.protection.least, rules.method.base), progress=progress)
    if not audit.passed:
        raise Refused("The rounded table tells a small count exactly.", "Take a larger base, fewer groups, or a profile that suppresses.")
    shown = found.values[system.tables[0]]
    inside = tuple(codes + 1 for codes in at)
    return shown[(*inside, 0)] * np.ones(len(rows)), shown[(*inside, chosen + 1)]


def _codes(labels: Sequence[object]) -> Codes:
    """Labels as whole numbers from 0, in their own order."""
    order: dict[object, int] = {}
    return np.array([order.setdefault(label, len(order)) for label in labels], dtype=np.intp)
