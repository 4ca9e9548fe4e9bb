"""From named columns to a design's units and weights, with what is wrong with them said before anything is computed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from evidencekit.columns import Codes, Column, Floats
from evidencekit.errors import DesignError, InputError, UnknownColumn
from evidencekit.frames import Rows
from evidencekit.survey.design.replicates import Replicates
from evidencekit.survey.design.resampling import Resampling, rank_of
from evidencekit.survey.design.stages import Joint, Stages
from evidencekit.survey.design.twophase import TwoPhase
from evidencekit.survey.design.units import Units, build_units, cross

__all__ = [
    "adds_up",
    "design_units",
    "design_weights",
    "designed_names",
    "need_columns",
    "need_names",
    "replicate_units",
    "weight_notes",
    "weight_notes_of",
    "weight_problems",
]

WORLD = 8.2e9  # people on earth in 2025


def need_columns(design: Stages, rows: Rows) -> None:
    """Raise unless every column that a design names is in the data.

    Raises
    ------
    UnknownColumn, InputError
        As `need_names`.
    """
    for part in ("weights", "sum_of_squares"):
        if getattr(design, part) is not None:
            rows.need(getattr(design, part), f"{part}=")
    for part in ("strata", "psu", "fpc", "strata_below"):
        need_names(getattr(design, part) or (), rows, f"{part}=")


def designed_names(design: Any, columns: Sequence[str]) -> list[str]:
    """The columns that say how a sample was drawn, whatever the kind of design."""
    parts = (design.phase1, design.phase2) if isinstance(design, TwoPhase) else (design,)
    names: list[str | None] = [part.weights for part in parts]
    for part in parts:
        names += [*part.stage_columns, *(part.fpc or ())] if isinstance(part, Stages) else []
    names += [*design.names(columns), design.psu] if isinstance(design, Replicates) else []
    names += [design.subset] if isinstance(design, TwoPhase) else []
    return [name for name in names if name]


def need_names(names: Sequence[str | None], rows: Rows, role: str) -> None:
    """Raise `UnknownColumn` unless the names in a list are columns of the data."""
    for place, name in enumerate(names, 1):
        if name is not None and name not in rows.columns:
            raise UnknownColumn(name, rows.columns, role, f"name {place} of the {len(names)}" if len(names) > 1 else "")


def design_units(stages: Stages, column: Any, number: Any, n: int) -> Units:
    """The variance structure from named columns.

    Parameters
    ----------
    stages : Stages
        The design.
    column : callable (name, role) -> Column
        Gives a column as integer codes.
    number : callable (name, role) -> (n,) array
        Gives a column as numbers.
    n : int
        The number of rows.

    Raises
    ------
    DesignError
        A stratum or unit is missing for some rows.
    """

    def whole(name: str, role: str) -> tuple[Codes, int]:
        return _whole(column, name, role, n)

    def crossed(names: Sequence[str], role: str) -> tuple[Codes, int]:
        parts = [whole(name, role) for name in names]
        return parts[0] if len(parts) == 1 else cross(parts)[:2]

    strata = crossed(stages.strata, "strata=") if stages.strata else (np.zeros(n, dtype=np.intp), 1)
    units = [whole(name, "psu=") for name in stages.psu or ()]
    below = [None if s is None else whole(s, "strata_below=") for s in stages.strata_below or ()]
    squares = None if stages.sum_of_squares is None else number(stages.sum_of_squares, "sum_of_squares=")
    return build_units(stages, strata, units, below, [number(name, "fpc=") for name in stages.fpc or ()], squares)


def _whole(column: Any, name: str, role: str, n: int) -> tuple[Codes, int]:
    made: Column = column(name, role)
    blank = int((made.codes < 0).sum()) if made.codes.size and made.codes.min() < 0 else 0
    if blank:
        raise DesignError(
            f"{role} column {name!r} is missing in {blank} of {n} rows.",
            "Every row needs its place in the design: fill it in, or leave out rows that were not sampled.",
        )
    return made.codes, len(made.levels)


def design_weights(stages: Stages, number: Callable[[str, str], Floats], units: Units, n: int) -> Floats:
    """The weights a design names, or that follow from its sampling fractions; 1 for answers without either.

    They are a copy, which nobody can write to.

    Raises
    ------
    DesignError
        Weights are missing or negative, or none is above zero; or they say that a joint matrix has its units in another order.
    """
    if stages.weights is not None:
        values = number(stages.weights, "weights=").copy()
    else:
        values = _inverse_fractions(stages, number, units) if stages.fpc else np.ones(n)
    with np.errstate(over="ignore"):
        total = values.sum()
    if np.isposinf(total) and np.isfinite(values).all():
        raise DesignError(f"weights= column {stages.weights!r} is too large to add up.", "Divide it by a power of ten first.")
    if not np.isfinite(total) or values.min() < 0 or total <= 0:
        weight_problems(stages.weights or "fpc", int(np.isnan(values).sum()), int((values < 0).sum()), bool(np.nansum(values) > 0))
    if isinstance(stages.unequal, Joint) and not stages.fpc:
        _refuse_order(stages.unequal, units, values)
    values.setflags(write=False)
    return values


def _refuse_order(joint: Joint, units: Units, w: Floats) -> None:
    """Raise when the weights are the inverse of a joint matrix's diagonal, but of other units."""
    unit = np.arange(units.n) if units.row is None else units.row
    each = np.zeros(units.n)
    each[unit] = w
    own = np.diag(joint.probabilities)
    if not (each > 0).all() or not np.allclose(each[unit], w, rtol=1e-9, atol=0):
        return
    if np.allclose(np.sort(1 / each), np.sort(own), rtol=1e-6, atol=0) and not np.allclose(1 / each, own, rtol=1e-6, atol=0):
        raise DesignError(
            "The joint matrix fits the weights in another order of its units only.",
            "Put its rows and columns in the order of the units, sorted by stratum and then by unit code; without psu=, of the rows.",
        )


def replicate_units(
    design: Replicates, columns: Sequence[str], column: Any, number: Callable[[str, str], Floats], w: Floats
) -> tuple[Units, Resampling]:
    """Units and factors from columns of replicate weights: rows with the same factors are one unit.

    Raises
    ------
    DesignError
        Replicate weights are missing, or are factors where weights were said.
    """
    names = design.names(columns)
    factors = np.array([number(name, "columns=") for name in names])
    blank = int(np.isnan(factors).any(axis=0).sum())
    if blank:
        raise DesignError(f"Replicate weights are missing in {blank} of {len(w)} rows.", "Every row needs all of them.")
    scales = design.scales(len(names))
    design.refuse_scale(float(w.mean()), float(factors.mean()))
    if design.combined:
        astray = int(((w == 0) & (factors != 0).any(axis=0)).sum())
        if astray:
            raise DesignError(
                f"{astray} rows have no full-sample weight, and replicate weights.", "Check that weights= belongs to columns=."
            )
        factors = np.divide(factors, w, out=np.zeros_like(factors), where=w != 0)
    pattern, first = _patterns(factors)
    psu, count = (None, len(w) if pattern is None else len(first)) if design.psu is None else _whole(column, design.psu, "psu=", len(w))
    row, unit, n = pattern, None, len(first)
    if psu is not None:
        row, n, example = cross([(psu, count), (np.arange(len(w)) if pattern is None else pattern, len(first))])
        unit, psu = (example if pattern is None else pattern[example]), psu[example]
    units = Units(row, n, psu, np.zeros(count, dtype=np.intp), (), None)
    factors = factors[:, first] if pattern is not None else factors
    words = f"{len(names)} {design.kind} replicates"
    df = np.inf if design.df is None else float(design.df)
    return units, Resampling(words, factors, unit, scales, design.centred_at_full, df, rank_of(factors), design.kind.startswith("JK"))


def _patterns(factors: Floats) -> tuple[Codes | None, Codes]:
    """Codes of the rows' different factors, and a row of each; None when (nearly) every row differs."""
    n = factors.shape[1]
    rounded = np.ascontiguousarray(np.round(factors, 12).T) + 0.0
    keys = rounded.view(np.dtype((np.void, rounded.dtype.itemsize * rounded.shape[1]))).ravel()
    _, first, code = np.unique(keys, return_index=True, return_inverse=True)
    return (None, np.arange(n, dtype=np.intp)) if 2 * len(first) > n else (code.astype(np.intp), first.astype(np.intp))


def _inverse_fractions(stages: Stages, number: Any, units: Units | None) -> Floats:
    """Weights from the sampling fractions when none are given."""
    names = stages.fpc or ()
    if len(names) < stages.stages:
        raise InputError("Without weights=, fpc= must name every stage.", "Name the column of weights.")
    assert units is not None
    weight = np.ones(1)
    for stage, name in enumerate(names):
        values = number(name, "fpc=")
        if (values > 1).any():
            level = units.levels[stage]
            finest = units.row if units.row is not None else np.arange(units.n)
            unit = finest if level.of is None else level.of[finest]
            values = level.size[level.group][unit] / values
        weight = weight / values
    return weight


def weight_problems(name: str, missing: int, negative: int, positive: bool) -> None:
    """Raise the `DesignError` for weights that cannot be used."""
    found = [f"{missing} missing"] if missing else []
    found += [f"{negative} negative"] if negative else []
    if not found and not positive:
        found = ["no value above zero"]
    if found:
        raise DesignError(
            f"weights= column {name!r} has {' and '.join(found)}.",
            "Every row needs a weight of zero or more; check_survey() counts what is wrong.",
        )


def weight_notes(w: Floats) -> tuple[str, ...]:
    """What the size of the weights says about how they were scaled."""
    return weight_notes_of(float(w.sum()), len(w), whole=bool((w == np.round(w)).all()))


def adds_up(weight: Any, rows: Any) -> Any:
    """Whether weights of this sum can stand for more people than were interviewed; arrays are judged one by one."""
    return weight > 1.05 * rows


def weight_notes_of(weight: float, rows: int, *, whole: bool) -> tuple[str, ...]:
    """The same from the sum of the weights, the number of rows, and whether the weights are whole numbers."""
    mean = weight / rows
    if weight > WORLD:
        return ("the weights add up to more than all people on earth (DHS style, x 1e6?): shares are right, totals are not",)
    if abs(mean / 1e6 - 1.0) < 0.2 and whole:
        return ("the weights are whole numbers that average a million (DHS style, x 1e6): shares are right, totals are not",)
    if not adds_up(weight, rows):
        about = "the number of interviews" if abs(mean - 1.0) < 0.01 else f"{mean:.3g} times the number of interviews"
        return (f"the weights add up to {about} (normalised): shares are right, totals are not",)
    return ()
