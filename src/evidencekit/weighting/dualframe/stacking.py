"""Two independent samples as one: their rows in one frame, their designs side by side."""

from __future__ import annotations

from typing import Any, NamedTuple

import narwhals.stable.v2 as nw
import numpy as np

from evidencekit.columns import Codes, Floats
from evidencekit.combining import weakest
from evidencekit.errors import InputError, in_our_words
from evidencekit.frames import Dataset, eager
from evidencekit.survey.design.stages import Stages
from evidencekit.survey.survey import Survey

__all__ = ["stacked"]

# A sampling fraction of nought may not be named; this one does not show in any digit.
NOUGHT = 1e-300


class _Stage(NamedTuple):
    """One stage, row by row: the stratum (or parent unit and stratum), the unit, the share of units that was drawn."""

    group: Codes
    unit: Codes
    fraction: Floats


def stacked(samples: tuple[Survey, Survey], names: tuple[str, str]) -> tuple[Dataset, Stages, Floats]:
    """The rows of both samples, the design that keeps them apart, and the weights before any adjustment.

    Raises
    ------
    InputError
        Frames of different kinds, columns of one name that hold different things, or other policies for lonely units.
    """
    first, second = (s.stages for s in samples)
    for policy in ("lonely", "lonely_domain"):
        if getattr(first, policy) != getattr(second, policy):
            raise InputError(f"The two samples have different {policy}= policies.", "Build both surveys with the same one.")
    stages = [_stages(s) for s in samples]
    depth = max(len(s) for s in stages)
    corrected = any((stage.fraction > 0).any() for sample in stages for stage in sample)
    base = [s.adjustments[0].before if s.adjustments else _weights(s) for s in samples]
    columns: list[dict[str, Any]] = []
    shift = 0
    for sample, w in zip(stages, base, strict=True):
        made: dict[str, Any] = {"frame_weight": w}
        for k in range(depth):
            stage = sample[k] if k < len(sample) else _whole(len(w))
            made |= {f"frame_stratum_{k + 1}": stage.group + shift, f"frame_unit_{k + 1}": stage.unit}
            made |= {f"frame_fraction_{k + 1}": np.maximum(stage.fraction, NOUGHT)} if corrected else {}
        shift = int(max(stage.group.max() for stage in sample)) + 1
        columns.append(made)
    each = range(1, depth + 1)
    design = Stages(
        weights="frame_weight",
        strata="frame_stratum_1",
        psu=tuple(f"frame_unit_{k}" for k in each),
        fpc=tuple(f"frame_fraction_{k}" for k in each) if corrected else None,
        strata_below=tuple(f"frame_stratum_{k}" for k in each if k > 1),
        lonely=first.lonely,
        lonely_domain=first.lonely_domain,
        inference=weakest(first.inference, second.inference),
        unequal="brewer" if corrected and "brewer" in (first.unequal, second.unequal) else None,
    )
    return _together(samples, columns, names), design, np.concatenate(base)


def _weights(survey: Survey) -> Floats:
    assert survey.w is not None
    return survey.w


def _whole(n: int) -> _Stage:
    """A stage at which everything is taken."""
    return _Stage(np.zeros(n, dtype=np.intp), np.arange(n, dtype=np.intp), np.ones(n))


def _stages(survey: Survey) -> list[_Stage]:
    """The stages that the variance of a sample rests on."""
    units = survey.units
    assert units is not None
    finest = np.arange(units.n) if units.row is None else units.row
    before, out = np.ones(len(finest)), list[_Stage]()
    for level in units.levels:
        unit = finest if level.of is None else level.of[finest]
        group = level.group[unit]
        size = level.size[group]
        bessel = np.where(size > 1, size / np.maximum(size - 1, 1), 1.0)
        rest = np.divide(level.scale[unit], before * bessel, out=np.zeros(len(finest)), where=before > 0)
        fraction = np.clip(1.0 - rest, 0.0, 1.0)
        fraction = np.where(fraction < 1e-12, 0.0, np.where(fraction > 1 - 1e-12, 1.0, fraction))
        out.append(_Stage(group, unit, fraction))
        before = before * fraction
    return out


def _together(samples: tuple[Survey, Survey], columns: list[dict[str, Any]], names: tuple[str, str]) -> Dataset:
    """One frame of both samples' rows, with the columns of the design."""
    frames = [nw.maybe_reset_index(eager(s.rows.frame, "dual_frame()")) for s in samples]
    if frames[0].implementation != frames[1].implementation:
        raise InputError("The two samples are in frames of different kinds.", "Turn one into the kind of the other.")
    taken = [c for f in frames for c in f.columns if c in {"frame", *columns[0]}]
    if taken:
        raise InputError(f"The data have a column {taken[0]!r}, which dual_frame() makes.", "Rename it first.")
    for name in set(frames[0].columns) & set(frames[1].columns):
        if len({f[name].dtype.is_numeric() or f[name].dtype == nw.Boolean for f in frames}) > 1:
            raise InputError(f"Column {name!r} holds numbers in one sample and something else in the other.", "Bring them to one kind.")
    full = [
        f.with_columns(nw.lit(word).alias("frame"), *(nw.new_series(k, v, backend=f.implementation) for k, v in made.items()))
        for f, made, word in zip(frames, columns, names, strict=True)
    ]
    joined = in_our_words(lambda: nw.concat(full, how="diagonal"), _apart)
    return Dataset(nw.maybe_reset_index(joined).to_native(), _labels(samples), _value_labels(samples))


def _apart(trouble: Exception) -> InputError:
    return InputError(
        f"The rows of the two samples cannot be put together ({type(trouble).__name__}).",
        "Columns of one name need one kind of data in both.",
    )


def _labels(samples: tuple[Survey, Survey]) -> dict[str, str]:
    return {**samples[1].rows.labels, **samples[0].rows.labels}


def _value_labels(samples: tuple[Survey, Survey]) -> dict[str, dict[Any, str]]:
    """Value labels of both samples.

    Raises
    ------
    InputError
        A code means one thing in one sample and something else in the other.
    """
    out: dict[str, dict[Any, str]] = {name: dict(labels) for name, labels in samples[0].rows.value_labels.items()}
    for name, labels in samples[1].rows.value_labels.items():
        known = out.setdefault(name, {})
        if any(known.get(code, label) != label for code, label in labels.items()):
            raise InputError(f"The codes of column {name!r} have other labels in one sample than in the other.", "Recode one of them.")
        known.update(labels)
    return out
