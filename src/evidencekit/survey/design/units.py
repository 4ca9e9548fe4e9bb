"""The variance structure of a design as integer codes, made once.

A `Level` is one stage: its units, the group (stratum, or parent unit and stratum) each belongs to, and the factor by which
squared deviations count. Variance is a sum over levels of ``scale * (z - group mean)**2``; units that are not in a domain are
zeros. Unequal probabilities without replacement replace the levels by one quadratic form over the primary sampling units (`Form`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Codes, Floats, summed
from evidencekit.errors import DesignError, LonelyPSU
from evidencekit.survey.design.phases import Phases
from evidencekit.survey.design.stages import Joint, Stages

__all__ = ["Form", "Level", "Units", "build_units", "cross"]


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
class Form:
    """The matrix Q of a variance z'Qz over the weighted totals of n primary sampling units.

    A joint matrix is kept whole, in `matrix`. The approximations are never written out: ``own`` (n,) is what a unit's square counts
    beside the pairs, and a pair within stratum h counts ``alpha[h] + beta[h] (p_i + p_j)``, with ``alpha`` and ``beta`` (H,).
    """

    matrix: Floats | None
    own: Floats
    p: Floats
    stratum: Codes
    alpha: Floats
    beta: Floats

    def covariance(self, z: Floats) -> Floats:
        """``z'Qz``.

        Parameters
        ----------
        z : (n, k) array
            Linearised totals of k statistics.
        """
        if self.matrix is not None:
            return z.T @ self.matrix @ z
        out = (z * self.own[:, None]).T @ z
        if self.alpha.any():
            sums = np.array([summed(self.stratum, column, len(self.alpha)) for column in z.T])
            leaning = np.array([summed(self.stratum, self.p * column, len(self.alpha)) for column in z.T])
            mixed = (sums * self.beta) @ leaning.T
            out += (sums * self.alpha) @ sums.T + mixed + mixed.T
        return out


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Units:
    """Every row's unit, every unit's place in the design.

    `row` maps a row to its finest unit (None: each row is one), `psu` the finest unit to its primary sampling unit and `stratum`
    that unit to its first-stage stratum. `form` replaces the levels where pairs of units matter, `phases` after two phases of
    sampling.
    """

    row: Codes | None
    n: int
    psu: Codes | None
    stratum: Codes
    levels: tuple[Level, ...]
    form: Form | None
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
    squares: Floats | None = None,
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
    squares : (n,) array or None
        The population's sum of squared inclusion probabilities per row's stratum, where it is known.

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
    depth = _depth(len(given), fpc)
    groups, codes, firsts = [strata], [], []
    for stage in range(depth):
        group = groups[stage]
        if not units:
            code, count, first = each[0], n, each[0]
        elif stages.nest or stage > 0:
            code, count, first = cross([group, given[stage]])
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
    probability = fpc[0][firsts[0]] if fpc else None
    known = None if squares is None else _per_stratum(strata, squares, stages.sum_of_squares)
    return Units(
        row=None if not units else finest[0],
        n=finest[1],
        psu=None if depth == 1 else codes[0][0][deep],
        stratum=stratum,
        levels=tuple(levels),
        form=_form(stages, stratum, strata[1], probability, known),
    )


def _depth(stages: int, fpc: Sequence[Floats]) -> int:
    """A stage is carried when the stage before it has a finite population correction."""
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
            "Combine strata (check_survey() on the data names them), or choose lonely=: "
            '"adjust" takes the unit to differ from the mean of all units (conservative), "average" takes the stratum to be as variable '
            'as the others, "certainty" and "remove" take its variance to be none (for a unit that was certain to be drawn).',
        )
    return belongs, size, scale, alone


def _per_stratum(strata: tuple[Codes, int], squares: Floats, name: str | None) -> Floats:
    """The known sum of squared probabilities of each stratum."""
    if not (squares > 0).all():
        raise DesignError(f"sum_of_squares= column {name!r} has missing values or values of 0 or below.")
    out = np.zeros(strata[1])
    out[strata[0]] = squares
    if not np.allclose(squares, out[strata[0]], rtol=1e-9, atol=0):
        raise DesignError(f"sum_of_squares= column {name!r} varies within a stratum.", "It is one number for each stratum.")
    return out


def _form(stages: Stages, stratum: Codes, strata: int, probability: Floats | None, squares: Floats | None) -> Form | None:
    """What a variance over primary sampling units is where pairs of them matter; Overton's and Hartley and Rao's approximations."""
    kind = stages.unequal
    none, zeros = np.zeros(0), np.zeros(strata)
    if isinstance(kind, Joint):
        return Form(_joint_form(kind, len(stratum), probability), none, none, stratum, zeros, zeros)
    if kind is None or kind == "brewer" or probability is None:
        return None
    own = 1.0 - probability
    if kind == "poisson":
        return Form(None, own, probability, stratum, zeros, zeros)
    n = np.bincount(stratum, minlength=strata).astype(np.float64)
    pairs = np.where(n > 1, 1.0 / np.maximum(n - 1, 1), 0.0)
    if kind == "overton":
        alpha, beta = -pairs, pairs / 2
    else:
        known = summed(stratum, probability, strata) if squares is None else squares
        alpha, beta = -(1 + known / np.maximum(n, 1)) * pairs, pairs
    return Form(None, own - alpha[stratum] - 2 * beta[stratum] * probability, probability, stratum, alpha, beta)


def _joint_form(joint: Joint, n: int, probability: Floats | None) -> Floats:
    """The matrix of a joint matrix of inclusion probabilities, once it is seen to be that of these units."""
    pairs, own = joint.probabilities, np.diag(joint.probabilities)
    if len(pairs) != n:
        raise DesignError(f"The joint matrix is for {len(pairs)} units, and the data have {n}.")
    if probability is not None and not np.allclose(own, probability, rtol=1e-6, atol=0):
        raise DesignError(
            f"The diagonal of the joint matrix is not the fpc= of {int((~np.isclose(own, probability, rtol=1e-6, atol=0)).sum())} units.",
            "Put its rows and columns in the order of the units, sorted by stratum and then by unit code; without psu=, of the rows.",
        )
    check = 1.0 - np.outer(own, own) / pairs
    np.fill_diagonal(check, 1.0 - own)
    return check - np.diag(check.sum(axis=1)) if joint.variance == "yates-grundy" else check
