"""Survey: the data and the design they were drawn by, bound once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from hashlib import blake2b
from typing import Any, Literal, NoReturn, get_args

import narwhals.stable.v2 as nw
import numpy as np

from evidencekit.columns import Codes, Column, Floats, factorise, numeric, summed
from evidencekit.errors import DesignError, InputError, one_of
from evidencekit.frames import Rows, open_data
from evidencekit.survey.adjustment import Adjustment
from evidencekit.survey.projection import Projection, projection_of
from evidencekit.survey.stages import Lonely, Stages
from evidencekit.survey.units import Units, build_units, cross

__all__ = ["Inference", "NoDesign", "Survey", "design_units", "weight_notes_of", "weight_problems"]

Inference = Literal["probability", "network", "venue", "model", "self-selected", "self-selected-adjusted", "quota", "administrative"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoDesign:
    """Answers that no probability sample produced: their numbers describe those who answered, and carry no interval.

    Parameters
    ----------
    inference : {"self-selected", "self-selected-adjusted", "quota", "administrative"}
        How the answers came.
    weights : str, optional
        A column of adjustment weights. Without it every answer counts once.

    Examples
    --------
    >>> import pandas as pd, evidencekit as ek
    >>> poll = ek.Survey(pd.DataFrame({"told": [0, 1, 1]}), design=ek.survey.NoDesign(inference="self-selected"))
    >>> ek.mean(poll, "told").flags
    ('no design: self-selected',)
    """

    inference: Inference = "self-selected"
    weights: str | None = None

    def __post_init__(self) -> None:
        allowed = ("self-selected", "self-selected-adjusted", "quota", "administrative")
        one_of("inference", self.inference, allowed)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Survey:
    """Survey data bound to the design they were drawn by.

    Parameters
    ----------
    data : Dataset or data frame
        pandas, polars or pyarrow in memory; or a lazy frame (DuckDB relation, Polars LazyFrame, Dask, PySpark, Ibis), which is never
        brought into memory: only group sums leave it.
    weights : str
        Column of analysis weights, none missing, none negative.
    strata, psu, fpc : str or tuple of str, optional
        See `Stages`. Several `psu` are sampling stages, several `strata` are crossed.
    nest : bool
        PSU codes start again in every stratum (default).
    lonely : {"fail", "certainty", "remove", "adjust", "average"}
        Policy for strata with one PSU. The default refuses, because any other choice is an assumption.
    population : str
        Whom the numbers speak for, in words: ``"internet-using children aged 12-17 in ..."``.
    design : Stages or NoDesign, optional
        A richer design, instead of the column parameters.

    Raises
    ------
    UnknownColumn
        A column is not in the data; the nearest names are suggested.
    DesignError
        Missing or negative weights, missing strata or PSU codes, impossible fpc.
    LonelyPSU
        A stratum has one PSU and the policy is to fail.

    Notes
    -----
    Units and strata become integer codes once, here. A lazy frame is not scanned until a number is asked for.

    References
    ----------
    Lumley (2010), Complex Surveys: A Guide to Analysis Using R, chapter 2.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.frame, weights="weight", strata="stratum", psu="psu", population="children 12-17")
    >>> survey.n > 1000
    True
    """

    data: Any
    weights: str | None = field(default=None, kw_only=True)
    strata: str | tuple[str, ...] | None = field(default=None, kw_only=True)
    psu: str | tuple[str, ...] | None = field(default=None, kw_only=True)
    fpc: str | tuple[str, ...] | None = field(default=None, kw_only=True)
    nest: bool = field(default=True, kw_only=True)
    lonely: Lonely = field(default="fail", kw_only=True)
    population: str = field(default="", kw_only=True)
    design: Stages | NoDesign = field(default=None, kw_only=True)  # type: ignore[assignment]  # set below
    rows: Rows = field(init=False)
    w: Floats | None = field(init=False)
    units: Units | None = field(init=False)
    adjustments: tuple[Adjustment, ...] = field(init=False)
    cache: dict[Any, Any] = field(init=False)

    def __post_init__(self) -> None:
        keep = object.__setattr__
        keep(self, "rows", open_data(self.data))
        keep(self, "cache", {})
        keep(self, "adjustments", ())
        keep(self, "design", self._design())
        self._check_columns()
        if isinstance(self.rows.frame, nw.LazyFrame):
            keep(self, "w", None)
            keep(self, "units", None)
            return
        if not len(self.rows.frame):
            raise InputError("The data have no rows.")
        stages = self.stages
        keep(self, "units", design_units(stages, lambda name, role: self.column(name), self._number, len(self.rows.frame)))
        keep(self, "w", self._weights(stages))

    def _design(self) -> Stages | NoDesign:
        given = [p for p in ("weights", "strata", "psu", "fpc") if getattr(self, p) is not None]
        if self.design is None:
            return Stages(weights=self.weights, strata=self.strata, psu=self.psu, fpc=self.fpc, nest=self.nest, lonely=self.lonely)
        if given:
            raise InputError(f"design= already says how the sample was drawn; {', '.join(given)} was given as well.")
        if not isinstance(self.design, get_args(Stages | NoDesign)):
            raise InputError(f"design= takes Stages or NoDesign, not a {type(self.design).__name__}.")
        return self.design

    def _check_columns(self) -> None:
        design = self.design
        if isinstance(design, Stages):
            for part in ("strata", "psu", "fpc"):
                for name in getattr(design, part) or ():
                    self.rows.need(name, f"{part}=")
            for name in design.strata_below:
                if name is not None:
                    self.rows.need(name, "strata_below=")
        if design.weights is not None:
            self.rows.need(design.weights, "weights=")

    @property
    def stages(self) -> Stages:
        """The design; answers without one are treated as rows of equal standing."""
        return self.design if isinstance(self.design, Stages) else Stages(weights=self.design.weights or "")

    @property
    def inference(self) -> Inference:
        """What kind of statement about a population these data can carry."""
        return "probability" if isinstance(self.design, Stages) else self.design.inference

    @property
    def n(self) -> int:
        """The number of rows; a lazy frame is counted by its engine."""
        frame = self.rows.frame
        return len(frame) if isinstance(frame, nw.DataFrame) else int(frame.select(nw.len()).collect().item())

    @property
    def notes(self) -> tuple[str, ...]:
        """What was recognised about the weights, in words."""
        return weight_notes(self.w) if self.w is not None else ()

    @property
    def projection(self) -> Projection | None:
        """What the calibrations of the weights explain; None when the weights are as they were given."""
        if not self.adjustments:
            return None
        if "projection" not in self.cache:
            assert self.units is not None
            self.cache["projection"] = projection_of(self.adjustments, self.units.row, self.units.n)
        return self.cache["projection"]

    def adjusted(self, adjustment: Adjustment) -> Survey:
        """The same survey with other weights, and the record of how they were made."""
        design = self.design
        if isinstance(design, NoDesign):
            design = replace(design, inference="self-selected-adjusted" if design.inference == "self-selected" else design.inference)
        made = object.__new__(Survey)
        for part in fields(self):
            object.__setattr__(made, part.name, getattr(self, part.name))
        kept = {key: value for key, value in self.cache.items() if isinstance(key, tuple) and key[0] == "column"}
        for name, value in (
            ("design", design),
            ("w", adjustment.after),
            ("adjustments", (*self.adjustments, adjustment)),
            ("cache", kept),
        ):
            object.__setattr__(made, name, value)
        return made

    def column(self, name: str) -> Column:
        """A column as integer codes, made once for this survey."""
        key = ("column", name)
        if key not in self.cache:
            frame = self.rows.frame
            assert isinstance(frame, nw.DataFrame)
            self.cache[key] = factorise(frame[name], self.rows.value_labels.get(name))
        return self.cache[key]

    def _number(self, name: str, role: str) -> Floats:
        frame = self.rows.frame
        assert isinstance(frame, nw.DataFrame)
        return numeric(frame[name], role)

    def _weights(self, stages: Stages) -> Floats:
        if stages.weights == "":
            return np.ones(self.n)
        if stages.weights is None:
            values = _inverse_fractions(stages, self._number, self.units)
        else:
            values = self._number(stages.weights, "weights=")
        total = values.sum()
        if not np.isfinite(total) or values.min() < 0 or total <= 0:
            weight_problems(stages.weights or "fpc", int(np.isnan(values).sum()), int((values < 0).sum()), bool(np.nansum(values) > 0))
        return values

    def fingerprint(self) -> str:
        """A short hash of the design and its unit totals; the same data and design give the same hash."""
        if "fingerprint" not in self.cache:
            digest = blake2b(digest_size=8)
            digest.update("; ".join(a.words for a in self.adjustments).encode())
            digest.update(repr(self.design if not isinstance(self.design, Stages) else _describe(self.design)).encode())
            if self.w is not None and self.units is not None:
                unit = self.units.row
                sums = self.w if unit is None else summed(unit, self.w, self.units.n)
                digest.update(np.ascontiguousarray(sums).tobytes())
            self.cache["fingerprint"] = digest.hexdigest()
        return self.cache["fingerprint"]

    def __repr__(self) -> str:
        units = self.units
        size = f"{len(self.w):,} rows" if self.w is not None else "lazy rows"
        if not isinstance(self.design, Stages):
            body = f"{size}, no design: {self.inference}"
        elif units is None:
            body = f"{size}, design: {_describe(self.design)}"
        else:
            body = f"{size}, {units.n_psus:,} PSUs in {int(units.stratum.max()) + 1:,} strata"
        lines = [f"Survey({body})", *(f"  weights: {a.words}" for a in self.adjustments), *(f"  note: {note}" for note in self.notes)]
        if self.population:
            lines.insert(1, f"  population: {self.population}")
        return "\n".join(lines)

    def __reduce__(self) -> NoReturn:
        raise InputError("A Survey is not pickled: it holds children's answers.", "Send the file's path and build it again.")


def _describe(stages: Stages) -> str:
    parts = [f"{p}={getattr(stages, p)}" for p in ("weights", "strata", "psu", "fpc") if getattr(stages, p)]
    return ", ".join([*parts, f"nest={stages.nest}", f"lonely={stages.lonely}", f"unequal={stages.unequal}"])


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
        made: Column = column(name, role)
        blank = int((made.codes < 0).sum()) if made.codes.size and made.codes.min() < 0 else 0
        if blank:
            raise DesignError(
                f"{role} column {name!r} is missing in {blank} of {n} rows.",
                "Every row needs its place in the design: fill it in, or leave out rows that were not sampled.",
            )
        return made.codes, len(made.levels)

    def crossed(names: Sequence[str], role: str) -> tuple[Codes, int]:
        parts = [whole(name, role) for name in names]
        return parts[0] if len(parts) == 1 else cross(parts)[:2]

    strata = crossed(stages.strata, "strata=") if stages.strata else (np.zeros(n, dtype=np.intp), 1)
    units = [whole(name, "psu=") for name in stages.psu or ()]
    below = [whole(s, "strata_below=") if s else None for s in stages.strata_below]
    return build_units(stages, strata, units, below, [number(name, "fpc=") for name in stages.fpc or ()])


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
