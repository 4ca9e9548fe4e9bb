"""The variance structure of a design as integer codes, made once.

A `Level` is one stage: its units, the group (stratum, or parent unit and stratum) each belongs to, and the factor by which
squared deviations count. Variance is a sum over levels of ``scale * (z - group mean)**2``; units that are not in a domain are
zeros. A joint matrix replaces the levels by one quadratic form over the primary sampling units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Codes, Floats
from evidencekit.errors import DesignError, LonelyPSU
from evidencekit.survey.phases import Phases
from evidencekit.survey.stages import Joint, Stages

__all__ = ["Level", "Units", "build_units", "cross"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Level:
    """One stage of sampling.

    `of` maps the finest unit to this level's unit (None: they are the same), `group` a unit to its group, `size` counts the units
    drawn in each group, `scale` is per unit, `lonely` marks groups of one unit that were not taken with certainty.
    """

    of: Codes | None
    group: Codes
    size: Floats
    scale: Floats
    lonely: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Units:
    """Every row's unit, every unit's place in the design.

    `row` maps a row to its finest unit (None: each row is one), `psu` the finest unit to its primary sampling unit and `stratum`
    that unit to its first-stage stratum. `form` is the quadratic form of a joint matrix, over primary sampling units; `phases` takes the
    place of the levels after two phases of sampling.
    """

    row: Codes | None
    n: int
    psu: Codes | None
    stratum: Codes
    levels: tuple[Level, ...]
    form: Floats | None
    reused: int
    probability: Floats | None
    phases: Phases | None = None

    @property
    def n_psus(self) -> int:
        """The number of primary sampling units."""
        return len(self.stratum)


def cross(parts: Sequence[tuple[Codes, int]]) -> tuple[Codes, int, Codes]:
    """Codes of the combinations that occur, in sorted order.

    Parameters
    ----------
    parts : sequence of (codes, number of codes)
        The first varies slowest. No code is negative.

    Returns
    -------
    codes : (n,) array
    count : int
        The number of combinations that occur.
    first : (count,) array
        A row in which each combination occurs.
    """
    codes, size = parts[0]
    for more, count in parts[1:]:
        if size * count > 2**62:
            _, codes = np.unique(codes, return_inverse=True)
            size = int(codes.max(initial=-1)) + 1
        codes = codes * count + more
        size *= count
    if size <= max(4 * codes.size, 65_536):
        first = np.full(size, -1, dtype=np.intp)
        first[codes[::-1]] = np.arange(codes.size - 1, -1, -1, dtype=np.intp)
        there = first >= 0
        if there.all():
            return codes.astype(np.intp, copy=False), size, first
        return (np.cumsum(there) - 1)[codes], int(there.sum()), first[there]
    _, first, inverse = np.unique(codes, return_index=True, return_inverse=True)
    return inverse.astype(np.intp, copy=False), len(first), first.astype(np.intp, copy=False)


def build_units(
    stages: Stages,
    strata: tuple[Codes, int],
    units: Sequence[tuple[Codes, int]],
    below: Sequence[tuple[Codes, int] | None],
    fpc: Sequence[Floats],
) -> Units:
    """Make the variance structure from the design's columns.

    Parameters
    ----------
    stages : Stages
        The policies, and whether codes are nested.
    strata : (codes, count)
        First-stage stratum per row.
    units : sequence of (codes, count)
        Per stage, the unit per row. Empty: every row is a unit.
    below : sequence of ((codes, count) or None)
        Strata of the second stage and on.
    fpc : sequence of (n,) arrays
        Per stage, population counts or fractions per row.

    Raises
    ------
    DesignError
        Codes are reused across strata though ``nest=False``, or an fpc is impossible.
    LonelyPSU
        A group has one unit and the policy is to fail.
    """
    n = len(strata[0])
    each = (np.arange(n, dtype=np.intp), n)
    given = list(units) or [each]
    depth = _depth(len(given), fpc, stages)
    groups, codes, firsts, reused = [strata], [], [], 0
    for stage in range(depth):
        group = groups[stage]
        if not units:
            code, count, first = each[0], n, each[0]
        elif stages.nest or stage > 0:
            code, count, first = cross([group, given[stage]])
            reused = count - given[0][1] if stage == 0 else reused
        else:
            code, count, first = cross([given[stage]])
            _refuse_reused(group[0], code, first)
        codes.append((code, count))
        firsts.append(first)
        inner = below[stage] if stage < len(below) else None
        groups.append(cross([(code, count), inner])[:2] if inner else (code, count))
    levels, before = [], np.ones(n)
    finest, deep = codes[-1], firsts[-1]
    for stage in range(depth):
        fractions = _fractions(groups[stage][0], codes[stage], firsts[stage], fpc, stage, stages)
        level = _level(groups[stage], codes[stage], firsts[stage], fractions, before, stages.lonely, stage)
        same = stage == depth - 1
        levels.append(Level(None if same else codes[stage][0][deep], *level))
        before = before * (0.0 if fractions is None else fractions[codes[stage][0]])
    stratum = strata[0][firsts[0]]
    return Units(
        row=None if not units else finest[0],
        n=finest[1],
        psu=None if depth == 1 else codes[0][0][deep],
        stratum=stratum,
        levels=tuple(levels),
        form=_form(stages, stratum, fpc[0][firsts[0]] if fpc else None, len(firsts[0])),
        reused=max(reused, 0),
        probability=None,
    )


def _depth(stages: int, fpc: Sequence[Floats], policies: Stages) -> int:
    """A stage is carried when the stage before it has a finite population correction."""
    if isinstance(policies.unequal, Joint) or policies.unequal in ("overton", "hartley-rao", "poisson"):
        return 1
    return min(stages, len(fpc) + 1)


def _refuse_reused(group: Codes, code: Codes, first: Codes) -> None:
    split = len(np.unique(code[group != group[first][code]]))
    if split:
        raise DesignError(
            f"{split} PSU codes stand in more than one stratum, and nest=False says every code is one unit.",
            "Use nest=True if codes start again in every stratum.",
        )


def _fractions(group: Codes, code: tuple[Codes, int], first: Codes, fpc: Sequence[Floats], stage: int, stages: Stages) -> Floats | None:
    """The sampling fraction of each unit at this stage; None where it counts as drawn with replacement."""
    if stage >= len(fpc):
        return None
    values = fpc[stage]
    label = (stages.fpc or ("",) * 9)[stage]
    if np.isnan(values).any() or (values <= 0).any():
        raise DesignError(f"fpc= column {label!r} has missing values or values of 0 or below.")
    counts = bool((values > 1).any())
    if counts and (values < 1).any():
        raise DesignError(f"fpc= column {label!r} mixes counts above 1 and fractions below 1.", "Give all counts or all fractions.")
    per_unit = stages.unequal is not None and stage == 0
    if counts and per_unit:
        raise DesignError(f"fpc= column {label!r} must hold inclusion probabilities when unequal= is given.")
    reference = values[first][code[0]] if per_unit else _first_of(group, values)
    if not np.allclose(values, reference, rtol=1e-9, atol=0):
        where = "unit" if per_unit else "stratum"
        raise DesignError(f"fpc= column {label!r} varies within a {where}.", f"It is one number for each {where}.")
    drawn = np.bincount(group[first], minlength=int(group.max(initial=-1)) + 1).astype(np.float64)
    if not counts:
        return values[first]
    out = drawn[group[first]] / values[first]
    if (out > 1 + 1e-9).any():
        raise DesignError(
            f"fpc= column {label!r} says that fewer units exist than were drawn in {int((out > 1 + 1e-9).sum())} units' strata."
        )
    return np.minimum(out, 1.0)


def _first_of(group: Codes, values: Floats) -> Floats:
    keep = np.zeros(int(group.max(initial=-1)) + 1)
    keep[group[::-1]] = values[::-1]
    return keep[group]


def _level(
    group: tuple[Codes, int],
    code: tuple[Codes, int],
    first: Codes,
    fractions: Floats | None,
    before: Floats,
    lonely: str,
    stage: int,
) -> tuple[Codes, Floats, Floats, NDArray[np.bool_]]:
    """Group, size, scale and loneliness of one stage's units."""
    belongs = group[0][first]
    size = np.bincount(belongs, minlength=group[1]).astype(np.float64)
    rest = np.ones(code[1]) if fractions is None else 1.0 - fractions
    n = size[belongs]
    scale = before[first] * rest * np.where(n > 1, n / np.maximum(n - 1, 1), 1.0)
    open_ = np.zeros(group[1], dtype=bool)
    open_[belongs[rest > 1e-7]] = True
    alone = (size == 1) & open_
    if lonely == "fail" and alone.any():
        what = "strata have" if alone.sum() > 1 else "stratum has"
        raise LonelyPSU(
            f"{int(alone.sum())} {what} a single sampling unit at stage {stage + 1}, so its variance cannot be estimated.",
            'Combine strata, or choose lonely="adjust" (conservative), "average", "certainty" or "remove"; '
            "check_survey() on a survey built with one of these counts them.",
        )
    return belongs, size, scale, alone


def _form(stages: Stages, stratum: Codes, probability: Floats | None, n: int) -> Floats | None:
    """The matrix Q of a variance z'Qz over weighted unit totals, where pairs of units matter."""
    kind = stages.unequal
    if isinstance(kind, Joint):
        if len(kind.probabilities) != n:
            raise DesignError(f"The joint matrix is for {len(kind.probabilities)} units, and the data have {n}.")
        pairs = kind.probabilities
        own = np.diag(pairs)
        check = 1.0 - np.outer(own, own) / pairs
        np.fill_diagonal(check, 1.0 - own)
        return check - np.diag(check.sum(axis=1)) if kind.variance == "yates-grundy" else check
    if kind is None or kind == "brewer" or probability is None:
        return None
    if kind == "poisson":
        return np.diag(1.0 - probability)
    form = np.zeros((n, n))
    for s in np.unique(stratum):
        here = np.flatnonzero(stratum == s)
        form[np.ix_(here, here)] = _approximate(kind, probability[here])
    return form


def _approximate(kind: str, p: Floats) -> Floats:
    """Overton's and Hartley and Rao's approximations to 1 - p_i p_j / p_ij within a stratum."""
    n = len(p)
    if n == 1:
        return np.array([[1.0 - p[0]]])
    both = p[:, None] + p[None, :]
    check = 1.0 - (n - both / 2.0) / (n - 1) if kind == "overton" else 1.0 - (n - both + p.sum() / n) / (n - 1)
    np.fill_diagonal(check, 1.0 - p)
    return check
