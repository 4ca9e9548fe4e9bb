"""From the named columns of a two-phase design to the rows, weights and variance structure of its second phase."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Codes, Column, Floats, factorise, numeric
from evidencekit.errors import DesignError, InputError, LonelyPSU
from evidencekit.frames import Rows, eager
from evidencekit.survey.design.binding import design_units, design_weights
from evidencekit.survey.design.phases import Approximate, Grouping, Phases, common, merged
from evidencekit.survey.design.stages import Stages
from evidencekit.survey.design.twophase import TwoPhase
from evidencekit.survey.design.units import Level, Units, cross

__all__ = ["PhaseOne", "bound_phases"]

COUNTED = "units in phase 1, stage "


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PhaseOne:
    """All rows of phase 1 and their weights; `inside` marks those of phase 2."""

    rows: Rows
    w: Floats
    inside: NDArray[np.bool_]

    def column(self, name: str) -> Column:
        """A column as integer codes."""
        return factorise(eager(self.rows.frame, "A two-phase design")[name], self.rows.value_labels.get(name))

    def number(self, name: str, role: str) -> Floats:
        """A column as numbers, NaN where missing."""
        return numeric(eager(self.rows.frame, "A two-phase design")[name], role)


class Bound(NamedTuple):
    """What a Survey keeps of a two-phase design: the rows of phase 2, their weights and units, and phase 1."""

    rows: Rows
    w: Floats
    units: Units
    phase1: PhaseOne


def bound_phases(design: TwoPhase, rows: Rows) -> Bound:
    """Bind a two-phase design to the rows of phase 1.

    Raises
    ------
    UnknownColumn, InputError
        A column is not in the data, the data are lazy or have no rows, or `subset` is not true/false.
    DesignError
        As for one phase; rows of which nobody knows whether they are in phase 2, strata of phase 1 without a unit in phase 2.
    LonelyPSU
        A stratum of either phase has one unit, and the policy is to fail.
    """
    frame = eager(rows.frame, "A two-phase design")
    n = len(frame)
    if not n:
        raise InputError("The data have no rows.")
    _refuse_unknown(design, rows)
    whole = PhaseOne(rows, np.ones(n), _inside(frame[design.subset], design.subset))
    picked = np.flatnonzero(whole.inside)
    part = PhaseOne(replace(rows, frame=frame[picked]), np.ones(len(picked)), whole.inside[picked])
    first = design_units(design.phase1, _coded(whole, "phase 1"), whole.number, n)
    w1 = design_weights(design.phase1, whole.number, first, n)
    counted = None
    if not design.phase2.fpc or design.method != "full":
        counted = _in_phase1(design.phase2, whole, n)
        _refuse_unsampled(counted, picked)
    stages, number = _second(design.phase2, counted, part, picked)
    second = design_units(replace(stages, lonely="certainty"), _coded(part, "phase 2"), number, len(picked))
    if design.phase2.lonely == "fail":
        _refuse_lonely(second)
    w2 = design_weights(stages, number, second, len(picked))
    units = _units(design, (first, picked, w1), second, counted)
    return Bound(part.rows, w1[picked] * w2, units, replace(whole, w=w1))


def _refuse_unknown(design: TwoPhase, rows: Rows) -> None:
    rows.need(design.subset, "subset=")
    for phase in ("phase1", "phase2"):
        stages: Stages = getattr(design, phase)
        for name in (*stages.stage_columns, *(stages.fpc or ()), *([stages.weights] if stages.weights is not None else [])):
            rows.need(name, f"{phase}=")


def _inside(column: nw.Series[Any], name: str) -> NDArray[np.bool_]:
    """Who is in phase 2."""
    blank = int(column.null_count())
    if not blank and not (column.dtype.is_numeric() or column.dtype == nw.Boolean):
        raise InputError(
            f"subset= column {name!r} is not true/false, and does not hold numbers.",
            "Make a true/false (or 1/0) column of it: true for phase 2.",
        )
    values = np.ones(1) if blank else numeric(column, "subset= column")
    blank = max(blank, int(np.isnan(values).sum()))
    if blank:
        raise DesignError(
            f"subset= column {name!r} is missing in {blank} of {len(column)} rows.",
            "Say of every row of phase 1 whether it is in phase 2: true or false.",
        )
    if not np.isin(values, (0, 1)).all():
        raise InputError(f"subset= column {name!r} is not true/false.", "It is true (or 1) for the rows of phase 2, and false (or 0) else.")
    if not values.any():
        raise DesignError(f"subset= column {name!r} says that no row is in phase 2.")
    return values == 1


def _coded(phase: PhaseOne, words: str) -> Callable[[str, str], Column]:
    """Columns as codes, for a phase whose rows all need their place in the design."""

    def column(name: str, role: str) -> Column:
        made = phase.column(name)
        blank = int((made.codes < 0).sum())
        if blank:
            raise DesignError(
                f"{role} column {name!r} is missing in {blank} of {len(made.codes)} rows of {words}.",
                'Fill it in. Where only phase 2 has it, give phase2= the fpc= as well, and method="full".',
            )
        return made

    return column


def _in_phase1(stages: Stages, whole: PhaseOne, n: int) -> Units:
    """Phase 2's strata and units in all of phase 1."""
    everyone = replace(stages, weights=None, fpc=(COUNTED,) * stages.stages)
    return design_units(everyone, _coded(whole, "phase 1"), lambda name, role: np.ones(n), n)


def _refuse_unsampled(counted: Units, picked: Codes) -> None:
    """Every stratum has to have a unit in phase 2, below the first stage in the units that are in phase 2."""
    finest = np.arange(counted.n) if counted.row is None else counted.row
    above = np.ones(len(finest), dtype=bool)
    for stage, level in enumerate(counted.levels):
        unit = _of(level, finest)
        group = level.group[unit]
        missed = len(np.setdiff1d(group[above], group[picked]))
        if missed:
            raise DesignError(
                f"{missed} {'strata of phase 2 have' if missed > 1 else 'stratum of phase 2 has'} no unit in phase 2 at stage {stage + 1}.",
                "Nothing can be said for those rows of phase 1: combine strata, or leave the rows out and say so in population=.",
            )
        above = np.isin(unit, unit[picked])


def _second(stages: Stages, counted: Units | None, part: PhaseOne, picked: Codes) -> tuple[Stages, Callable[[str, str], Floats]]:
    """Phase 2 with a finite population correction at each stage: the one given, or units in phase 1."""
    if stages.fpc or counted is None:
        return stages, part.number
    finest = np.arange(counted.n) if counted.row is None else counted.row
    columns: dict[str, Floats] = {}
    for stage, level in enumerate(counted.levels):
        columns[f"{COUNTED}{stage + 1}"] = level.size[level.group[_of(level, finest)]][picked]

    def number(name: str, role: str) -> Floats:
        return columns[name] if name in columns else part.number(name, role)

    return replace(stages, fpc=tuple(columns)), number


def _of(level: Level, finest: Codes) -> Codes:
    return finest if level.of is None else level.of[finest]


def _refuse_lonely(second: Units) -> None:
    for stage, level in enumerate(second.levels):
        alone = int(level.lonely.sum())
        if alone:
            what = "strata have" if alone > 1 else "stratum has"
            raise LonelyPSU(
                f"{alone} {what} a single unit in phase 2 at stage {stage + 1}, of several in phase 1.",
                'Combine strata, or choose lonely="certainty" for phase2=, which leaves out what those strata add.',
            )


def _units(design: TwoPhase, phase1: tuple[Units, Codes, Floats], second: Units, counted: Units | None) -> Units:
    """The units of phase 2's rows, with the variance structure of both phases."""
    first, picked, w1 = phase1
    n = len(picked)
    one = picked if first.row is None else first.row[picked]
    two = np.arange(n) if second.row is None else second.row
    inner = design.method != "full" and _inner(first, second, one, two)
    row, count, example = None, n, np.arange(n)
    if first.row is not None and second.row is not None and not inner:
        row, count, example = cross([(one, first.n), (two, second.n)])
    at_one, at_two = one[example], two[example]
    c2 = _groupings(second, at_two)
    if design.method == "full":
        c1 = [_each(first, at_one)] if design.cohort else _groupings(first, at_one)
        both = [Grouping(g.group, -g.coefficient) for g in common(c1, c2, count)]
        phases = Phases(merged([*c1, *both], count), merged(c2, count))
    else:
        assert counted is not None
        made = _approximate(first, one, (picked, example), counted if design.phase2.strata else None)
        phases = Phases(made.groupings(), merged(c2, count), np.sqrt(1.0 / w1[picked]) if inner else None, made)
    psu, stratum = _fewer([_primary(first, at_one), _primary(second, at_two)])
    return Units(row, count, psu, stratum, (), None, phases)


def _groupings(units: Units, finest: Codes) -> list[Grouping]:
    """A design's ``1 - p_i p_j / p_ij`` as coefficients of its units and strata; a stratum of one unit counts as certain."""
    out: list[Grouping] = []
    for level in units.levels:
        unit = _of(level, finest)
        scale = np.where(level.size[level.group] > 1, level.scale, 0.0)
        inside = np.zeros(len(level.size))
        inside[level.group] = scale
        out += [_dense(unit, scale), _dense(level.group[unit], -inside / level.size)]
    return out


def _each(units: Units, finest: Codes) -> Grouping:
    """Units that were drawn independently of each other, each with next to no chance."""
    return _dense(_of(units.levels[0], finest), np.ones(len(units.levels[0].group)))


def _dense(group: Codes, coefficient: Floats) -> Grouping:
    """A grouping by the groups that occur."""
    there, code = np.unique(group, return_inverse=True)
    if len(there) == len(group):
        return Grouping(None, coefficient[group])
    return Grouping(code.astype(np.intp), coefficient[there])


def _inner(first: Units, second: Units, one: Codes, two: Codes) -> bool:
    """Whether several of phase 2's units lie in one of phase 1's."""
    psu = _of(second.levels[0], two)
    _, example = np.unique(psu, return_index=True)
    outer = _of(first.levels[0], one)[example]
    return len(np.unique(outer)) < len(outer)


def _approximate(first: Units, one: Codes, rows: tuple[Codes, Codes], strata: Units | None) -> Approximate:
    """Phase 1's sampling units that are in phase 2, and the share of units in phase 2 where each belongs.

    The share is by phase 2's strata; without any, by those of phase 1.
    """
    picked, example = rows
    level = first.levels[0]
    everyone = _of(level, np.arange(first.n) if first.row is None else first.row)
    mine = _of(level, one)
    there, at, inverse = np.unique(mine, return_index=True, return_inverse=True)
    if strata is None:
        size = level.size
        share = np.bincount(level.group[there], minlength=len(size)) / size
        chance = share[level.group[there]]
    else:
        finest = np.arange(strata.n) if strata.row is None else strata.row
        stratum = strata.levels[0].group[_of(strata.levels[0], finest)]
        count = len(strata.levels[0].size)
        held, drawn = _distinct(stratum, everyone, count), _distinct(stratum[picked], mine, count)
        chance = (drawn / held)[stratum[picked[at]]]
    kept, stratum_of = np.unique(level.group[there], return_inverse=True)
    scale = np.zeros(len(level.size))
    scale[level.group] = np.where(level.size[level.group] > 1, level.scale, 0.0)
    return Approximate(inverse.astype(np.intp)[example], stratum_of.astype(np.intp), chance, at, level.size[kept], scale[kept])


def _distinct(group: Codes, unit: Codes, groups: int) -> Floats:
    """How many different units are in each group."""
    pairs = np.unique(group * (int(unit.max()) + 1) + unit)
    return np.bincount(pairs // (int(unit.max()) + 1), minlength=groups).astype(np.float64)


def _primary(units: Units, finest: Codes) -> tuple[Codes | None, Codes]:
    """Each variance unit's primary sampling unit, of those that are there, and each of these units' stratum."""
    psu = finest if units.psu is None else units.psu[finest]
    there, code = np.unique(psu, return_inverse=True)
    _, stratum = np.unique(units.stratum[there], return_inverse=True)
    code, stratum = code.astype(np.intp), stratum.astype(np.intp)
    return (code, stratum) if len(there) < len(finest) else (None, stratum[code])


def _fewer(phases: list[tuple[Codes | None, Codes]]) -> tuple[Codes | None, Codes]:
    """The phase that leaves fewer degrees of freedom."""
    return min(reversed(phases), key=lambda p: len(p[1]) - len(np.unique(p[1])))
