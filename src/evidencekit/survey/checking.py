"""check_survey: what an analyst should look at before believing a number, as counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from evidencekit.columns import Codes, Column, Floats, factorise
from evidencekit.errors import InputError
from evidencekit.frames import eager, open_data
from evidencekit.survey.design.binding import need_columns, weight_notes
from evidencekit.survey.design.replicates import Replicates
from evidencekit.survey.design.stages import Stages
from evidencekit.survey.design.units import cross
from evidencekit.survey.summing.totals import in_memory
from evidencekit.survey.survey import Survey

__all__ = ["Check", "check_survey"]

TINY, SHOWN = 3, 10
Names = str | tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Check:
    """Counts of what was found in a survey's design; no answer from the data.

    A Survey with missing or negative weights, or with rows that have no stratum or unit, is refused when it is built, so those counts
    are above 0 for data only. `lonely_strata` are the labels of the strata with one unit, crossed strata joined by a slash. Rows without a
    place in the design are left out of its counts, and weights of 0 and unusable ones out of `kish_deff`.

    Parameters
    ----------
    rows, strata, psus : int
        How many there are.
    weights_missing, weights_negative, weights_zero : int
        Weights of these kinds.
    kish_deff : float
        The design effect that unequal weights alone cause.
    rows_without_stratum, rows_without_psu : int
        Rows without a place in the design.
    psu_codes_reused_across_strata : int
        Codes of units that are in several strata.
    strata_with_one_psu, strata_with_under_3_psus : int
        Strata of one unit, and of fewer than three.
    psus_with_one_row : int
        Units with one row.
    lonely_strata : tuple of str
        Labels of the strata with one unit.
    notes : tuple of str
        What must be said of it.
    """

    rows: int
    strata: int
    psus: int
    weights_missing: int
    weights_negative: int
    weights_zero: int
    kish_deff: float
    rows_without_stratum: int
    rows_without_psu: int
    psu_codes_reused_across_strata: int
    strata_with_one_psu: int
    strata_with_under_3_psus: int
    psus_with_one_row: int
    lonely_strata: tuple[str, ...]
    notes: tuple[str, ...]

    def __repr__(self) -> str:
        counts = [f.name for f in fields(self) if f.name not in ("notes", "lonely_strata")]
        lines = [f"  {name.replace('_', ' ')}: {getattr(self, name):,.4g}" for name in counts]
        if self.lonely_strata:
            more = f" and {len(self.lonely_strata) - SHOWN} more" if len(self.lonely_strata) > SHOWN else ""
            lines.append(f"  lonely strata: {', '.join(self.lonely_strata[:SHOWN])}{more}")
        return "\n".join(["Survey check", *lines, *(f"  note: {n}" for n in self.notes)])


def check_survey(
    data: Any, *, weights: str | None = None, strata: Names = None, psu: Names = None, fpc: Names = None, nest: bool = True
) -> Check:
    """Count what could go wrong with a design.

    Parameters
    ----------
    data : Survey, Dataset or data frame
        In memory. Data that a Survey refuses are looked at with the columns below.
    weights, strata, psu, fpc, nest
        As for `Survey`, for data that are not one yet. Without `weights` every row counts once.

    Returns
    -------
    Check
        Missing, negative and zero weights, rows without a place in the design, sampling-unit codes found in more than one stratum (right
        with ``nest=True``), strata with one and with under three units, units of one row, and the design effect that the weights alone
        would cause. Only the first stage is looked at.

    Raises
    ------
    InputError
        Not data, or they are lazy; or a Survey together with columns.
    UnknownColumn
        A column is not in the data.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> found = ek.check_survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> found.weights_missing, found.strata_with_one_psu
    (0, 0)
    """
    given = [weights, strata, psu, fpc]
    if isinstance(data, Survey):
        if any(part is not None for part in given) or nest is not True:
            raise InputError("check_survey() of a Survey takes no columns: its design names them.", "Pass the data to look at another.")
        in_memory(data, "check_survey()")
        assert data.w is not None
        notes, design = data.notes, data.stages
        found = _Found(data.column, len(data.w), design.nest)
        units = (data.design.psu,) if isinstance(data.design, Replicates) and data.design.psu is not None else design.psu
        return found.check(data.w, design.strata or (), units or (), notes)
    rows = open_data(data)
    frame = eager(rows.frame, "check_survey()")
    if not len(frame):
        raise InputError("The data have no rows.")
    design = Stages(weights=weights, strata=strata, psu=psu, fpc=fpc, nest=nest)
    need_columns(design, rows)
    w = np.ones(len(frame)) if weights is None else _weights(frame[weights])
    usable = w[np.isfinite(w) & (w >= 0)]
    notes = weight_notes(usable) if weights is not None and usable.sum() > 0 else ()
    found = _Found(lambda name: factorise(frame[name], rows.value_labels.get(name)), len(frame), nest)
    return found.check(w, design.strata or (), design.psu or (), notes)


def _weights(series: nw.Series[Any]) -> Floats:
    """A column of weights as it is, infinite ones as missing."""
    if not series.dtype.is_numeric():
        raise InputError(f"weights= column {series.name!r} does not hold numbers.", "Turn it into numbers first.")
    values = np.array(series.cast(nw.Float64).to_numpy(), dtype=np.float64)
    values[np.isinf(values)] = np.nan
    return values


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Found:
    """Where the columns of a design come from."""

    column: Any
    rows: int
    nest: bool

    def check(self, w: Floats, strata: Sequence[str], psu: Sequence[str], notes: tuple[str, ...]) -> Check:
        """The counts."""
        parts: list[Column] = [self.column(name) for name in strata]
        unit: Column | None = self.column(psu[0]) if psu else None
        codes = np.arange(self.rows) if unit is None else unit.codes
        stratum, labels, placed = self._strata(parts)
        there = np.flatnonzero(placed & (codes >= 0))
        of_stratum, units, sizes, reused = self._units(stratum[there], codes[there], None if unit is None else len(unit.levels))
        size = np.bincount(of_stratum, minlength=len(labels))
        usable = w[np.isfinite(w) & (w > 0)]
        return Check(
            rows=self.rows,
            strata=int((size > 0).sum()),
            psus=units,
            weights_missing=int(np.isnan(w).sum()),
            weights_negative=int((w < 0).sum()),
            weights_zero=int((w == 0).sum()),
            kish_deff=float(len(usable) * (usable @ usable) / usable.sum() ** 2) if usable.sum() > 0 else float("nan"),
            rows_without_stratum=int((~placed).sum()),
            rows_without_psu=int((codes < 0).sum()),
            psu_codes_reused_across_strata=reused,
            strata_with_one_psu=int((size == 1).sum()),
            strata_with_under_3_psus=int(((size > 0) & (size < TINY)).sum()),
            psus_with_one_row=int((sizes == 1).sum()),
            lonely_strata=tuple(labels[s] for s in np.flatnonzero(size == 1)) if strata else (),
            notes=notes,
        )

    def _strata(self, parts: Sequence[Column]) -> tuple[Codes, list[str], Any]:
        """Each row's stratum, the strata's labels, and which rows have one."""
        placed = np.ones(self.rows, dtype=bool)
        for part in parts:
            placed &= part.codes >= 0
        out = np.full(self.rows, -1, dtype=np.intp)
        if not parts or not placed.any():
            return np.where(placed, 0, out), [""], placed
        rows = np.flatnonzero(placed)
        out[rows], _, first = cross([(part.codes[rows], len(part.levels)) for part in parts])
        return out, [" / ".join(str(part.levels[part.codes[rows[f]]]) for part in parts) for f in first], placed

    def _units(self, stratum: Codes, code: Codes, known: int | None) -> tuple[Codes, int, Codes, int]:
        """The stratum of each unit, how many units there are, their rows, and how many codes are found in several strata."""
        if known is None or not len(code):
            return stratum, len(code), np.ones(len(code), dtype=np.intp), 0
        pair, pairs, first = cross([(stratum, int(stratum.max()) + 1), (code, known)])
        reused = int((np.bincount(code[first], minlength=known) > 1).sum())
        if self.nest:
            return stratum[first], pairs, np.bincount(pair), reused
        unit, units, _ = cross([(code, known)])
        return stratum[first], units, np.bincount(unit), reused
