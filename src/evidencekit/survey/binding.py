"""From named columns to a design's units and weights, with what is wrong with them said before anything is computed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from evidencekit.columns import Codes, Column, Floats
from evidencekit.errors import DesignError, InputError
from evidencekit.survey.replicates import Replicates
from evidencekit.survey.resampling import Resampling, rank_of
from evidencekit.survey.stages import Stages
from evidencekit.survey.units import Units, build_units, cross

__all__ = ["design_units", "design_weights", "replicate_units", "weight_notes", "weight_notes_of", "weight_problems"]


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
    below = [whole(s, "strata_below=") if s else None for s in stages.strata_below]
    return build_units(stages, strata, units, below, [number(name, "fpc=") for name in stages.fpc or ()])


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
    """The weights a design names, or that follow from its sampling fractions.

    Raises
    ------
    DesignError
        Weights are missing or negative, or none is above zero.
    """
    if stages.weights == "":
        return np.ones(n)
    values = _inverse_fractions(stages, number, units) if stages.weights is None else number(stages.weights, "weights=")
    total = values.sum()
    if not np.isfinite(total) or values.min() < 0 or total <= 0:
        weight_problems(stages.weights or "fpc", int(np.isnan(values).sum()), int((values < 0).sum()), bool(np.nansum(values) > 0))
    return values


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
        factors = np.divide(factors, w, out=np.zeros_like(factors), where=w > 0)
    pattern, first = _patterns(factors)
    psu, count = (None, len(w) if pattern is None else len(first)) if design.psu is None else _whole(column, design.psu, "psu=", len(w))
    row, unit, n = pattern, None, len(first)
    if psu is not None:
        row, n, example = cross([(psu, count), (np.arange(len(w)) if pattern is None else pattern, len(first))])
        unit, psu = (example if pattern is None else pattern[example]), psu[example]
    units = Units(row, n, psu, np.zeros(count, dtype=np.intp), (), None, 0, None)
    factors = factors[:, first] if pattern is not None else factors
    words = f"{len(names)} {design.kind} replicates"
    return units, Resampling(words, factors, unit, scales, design.centred_at_full, np.inf, rank_of(factors), design.kind.startswith("JK"))


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


def weight_notes_of(weight: float, rows: int, *, whole: bool) -> tuple[str, ...]:
    """The same from the sum of the weights, the number of rows, and whether the weights are whole numbers."""
    mean = weight / rows
    if abs(mean / 1e6 - 1.0) < 0.2 and whole:
        return ("the weights are whole numbers that average a million (DHS style, x 1e6): shares are right, totals are not",)
    if abs(mean - 1.0) < 0.01:
        return ("the weights add up to the number of interviews (normalised): shares are right, totals are not",)
    return ()
