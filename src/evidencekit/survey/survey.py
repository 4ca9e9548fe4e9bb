"""Survey: the data and the design they were drawn by, bound once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from hashlib import blake2b
from typing import Any, Literal, NoReturn, get_args

import narwhals.stable.v2 as nw
import numpy as np

from evidencekit.columns import Codes, Column, Floats, factorise, numeric
from evidencekit.errors import InputError, one_of
from evidencekit.frames import Rows, eager, open_data
from evidencekit.sameness import Sample, mixed, sample_of
from evidencekit.survey.adjustments.adjustment import Adjustment
from evidencekit.survey.adjustments.projection import Projection, phased_projection, projection_of
from evidencekit.survey.design.binding import design_units, design_weights, designed_names, need_columns, replicate_units, weight_notes
from evidencekit.survey.design.replicates import Replicates
from evidencekit.survey.design.resampling import Replayed, Resampling, atoms_of
from evidencekit.survey.design.stages import Joint, Lonely, Stages, column_name
from evidencekit.survey.design.subsampling import PhaseOne, bound_phases
from evidencekit.survey.design.twophase import TwoPhase
from evidencekit.survey.design.units import Units

__all__ = ["Inference", "NoDesign", "Survey"]

Inference = Literal[
    "probability", "network", "venue", "model", "administrative", "random-walk", "quota", "self-selected-adjusted", "self-selected"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoDesign:
    """Answers that no probability sample produced: their numbers describe those who answered, and carry no interval.

    Parameters
    ----------
    inference : {"self-selected", "self-selected-adjusted", "quota", "random-walk", "administrative"}
        How the answers came.
    weights : str, optional
        A column of adjustment weights. Without it every answer counts once.

    Examples
    --------
    >>> import pandas as pd, evidencekit as ek
    >>> poll = ek.Survey(pd.DataFrame({"told": [0, 1, 1]}), design=ek.NoDesign(inference="self-selected"))
    >>> ek.mean(poll, "told").flags
    ('no design: self-selected',)
    """

    inference: Inference = "self-selected"
    weights: str | None = None

    def __post_init__(self) -> None:
        allowed = ("self-selected", "self-selected-adjusted", "quota", "random-walk", "administrative")
        one_of("inference", self.inference, allowed)
        column_name(self.weights, "weights")


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
    design : Stages, Replicates, TwoPhase or NoDesign, optional
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
    Units and strata become integer codes once, here. A lazy frame is not scanned until a number is asked for. `w` is the array of the
    rows' weights after every step of `evidencekit.weighting`, `n` the number of rows; ``weighting.with_weights(survey)`` gives the data
    with the weights as a column. After two phases of sampling (`TwoPhase`) the rows are those of phase 2; what phase 1 knew is kept for
    `weighting.calibrate_to_phase1`. Numbers from phase 1 alone need a Survey of their own: the same data with the `Stages` of phase 1.

    References
    ----------
    Lumley (2010), Complex Surveys: A Guide to Analysis Using R, chapter 2.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu", population="children 12-17")
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
    design: Stages | Replicates | TwoPhase | NoDesign = field(default=None, kw_only=True)  # type: ignore[assignment]  # set below
    rows: Rows = field(init=False)
    w: Floats | None = field(init=False)
    units: Units | None = field(init=False)
    adjustments: tuple[Adjustment, ...] = field(init=False)
    resampling: Resampling | None = field(init=False)
    policies: tuple[tuple[str, str], ...] = field(init=False)
    phase1: PhaseOne | None = field(init=False)
    cache: dict[Any, Any] = field(init=False)

    def __post_init__(self) -> None:
        keep = object.__setattr__
        if not isinstance(self.population, str):
            raise InputError(f"population= says in words whom the numbers speak for; it is not a {type(self.population).__name__}.")
        keep(self, "rows", open_data(self.data))
        keep(self, "cache", {})
        keep(self, "adjustments", ())
        keep(self, "resampling", None)
        keep(self, "policies", ())
        keep(self, "phase1", None)
        keep(self, "design", self._design())
        if isinstance(self.design, TwoPhase):
            for part, made in bound_phases(self.design, self.rows)._asdict().items():
                keep(self, part, made)
            return
        need_columns(self.stages, self.rows)
        if isinstance(self.design, Replicates) and self.design.psu is not None:
            self.rows.need(self.design.psu, "psu=")
        if isinstance(self.rows.frame, nw.LazyFrame):
            keep(self, "w", None)
            keep(self, "units", None)
            return
        if not len(self.rows.frame):
            raise InputError("The data have no rows.")
        stages, n = self.stages, len(self.rows.frame)
        units = design_units(stages, self._codes, self._number, n)
        w = design_weights(stages, self._number, units, n)
        if isinstance(self.design, Replicates):
            units, resampling = replicate_units(self.design, self.rows.columns, self._codes, self._number, w)
            keep(self, "resampling", resampling)
        keep(self, "w", w)
        keep(self, "units", units)

    def _design(self) -> Stages | Replicates | TwoPhase | NoDesign:
        named = [p for p in ("weights", "strata", "psu", "fpc") if getattr(self, p) is not None]
        if self.design is None:
            for part in named:
                if isinstance(getattr(self, part), str):
                    self.rows.need(getattr(self, part), f"{part}=")
            made = Stages(weights=self.weights, strata=self.strata, psu=self.psu, fpc=self.fpc, nest=self.nest, lonely=self.lonely)
            return _with_weights(made)
        given = [*named, *(["nest"] if self.nest is not True else []), *(["lonely"] if self.lonely != "fail" else [])]
        if given:
            raise InputError(f"design= already says how the sample was drawn; {', '.join(given)} was given as well.")
        if not isinstance(self.design, get_args(Stages | Replicates | TwoPhase | NoDesign)):
            raise InputError(f"design= takes Stages, Replicates, TwoPhase or NoDesign, not a {type(self.design).__name__}.")
        return _with_weights(self.design) if isinstance(self.design, Stages) else self.design

    @property
    def stages(self) -> Stages:
        """The design; answers without one are treated as rows of equal standing."""
        if isinstance(self.design, TwoPhase):
            return Stages()
        # Without a design nothing is estimated that a row on its own could spoil.
        return self.design if isinstance(self.design, Stages) else Stages(weights=self.design.weights, lonely="remove")

    @property
    def inference(self) -> Inference:
        """What kind of statement about a population these data can carry."""
        return self.design.inference

    @property
    def n(self) -> int:
        """The number of rows; a lazy frame is counted by its engine."""
        frame = self.rows.frame
        return len(frame) if isinstance(frame, nw.DataFrame) else int(frame.select(nw.len()).collect().item())

    @property
    def notes(self) -> tuple[str, ...]:
        """What was recognised about the weights, in words; nothing when they are the inverse of known sampling fractions."""
        if self.w is None or (self.stages.weights is None and self.stages.fpc and not self.adjustments):
            return ()
        return weight_notes(self.w)

    @property
    def projection(self) -> Projection | None:
        """What the calibrations of the weights explain; None when there are none, or replicates do them again."""
        if not self.adjustments or self.resampling is not None:
            return None
        if "projection" not in self.cache:
            assert self.units is not None
            make = projection_of if self.units.phases is None else phased_projection
            self.cache["projection"] = make(self.adjustments, self.units.row, self.units.n)
        return self.cache["projection"]

    @property
    def atoms(self) -> tuple[Units, Replayed] | None:
        """The units whose totals replicates need, and the replicates' factors on them; None without replicates."""
        if self.resampling is None:
            return None
        if "atoms" not in self.cache:
            assert self.units is not None
            assert self.w is not None
            self.cache["atoms"] = atoms_of(self.units, self.adjustments, self.resampling, self.w)
        return self.cache["atoms"]

    @property
    def designed(self) -> set[str]:
        """The columns that say how the sample was drawn."""
        return set(designed_names(self.design, self.rows.columns))

    @property
    def sample(self) -> Sample | None:
        """What the rows are known by, whatever is done to weights and answers later; None of lazy data, which are not looked at."""
        if ("sample",) not in self.cache:
            w, units = self.adjustments[0].before if self.adjustments else self.w, self.units
            made = None
            if w is not None and units is not None:
                place = np.arange(units.n) if units.row is None else units.row
                place = place if units.psu is None else units.psu[place]
                made = sample_of(self.data, self.designed, place, units.stratum, w)
            self.cache["sample",] = made
        return self.cache["sample",]

    def adjusted(self, adjustment: Adjustment) -> Survey:
        """The same survey with other weights, and the record of how they were made."""
        design = self.design
        if isinstance(design, NoDesign) and design.inference == "self-selected":
            design = replace(design, inference="self-selected-adjusted")
        w, units = adjustment.after.view(), self.units
        w.setflags(write=False)
        if adjustment.to_phase1 and units is not None and units.phases is not None:
            units = replace(units, phases=units.phases.reweighted(adjustment.ratio))
        adjustments = (*self.adjustments, adjustment)
        return self._changed({"design": design, "w": w, "adjustments": adjustments, "units": units})

    def resampled(self, resampling: Resampling) -> Survey:
        """The same survey with replicates, which do all adjustments again."""
        return self._changed({"resampling": resampling})

    def completed(self, data: Any, policy: tuple[str, str]) -> Survey:
        """The same design and weights over the same rows with answers filled in, and the record of how, for every provenance."""
        rows, phase1 = open_data(data), self.phase1
        if phase1 is not None:
            phase1 = replace(phase1, rows=rows)
            rows = replace(rows, frame=eager(rows.frame, "A two-phase design")[np.flatnonzero(phase1.inside)])
        made = self._changed({"data": data, "rows": rows, "phase1": phase1, "policies": (*self.policies, policy)})
        made.cache.clear()
        made.cache["sample",] = self.sample
        return made

    def having(self, made: Mapping[str, Column]) -> Survey:
        """The same survey with further columns that are made from its rows and are in no frame: for shares, which look at codes alone."""
        out = self._changed({"rows": replace(self.rows, columns=(*self.rows.columns, *made))})
        out.cache.update({**self.cache, ("sample",): self.sample})  # one sample, looked at once
        out.cache.update({("column", name): column for name, column in made.items()})
        return out

    def reweighted(self, weights: Floats) -> Survey:
        """The same survey with one replicate's weights, for its points alone: nothing is recorded, so variances would be wrong."""
        return self._changed({"w": weights, "adjustments": (), "resampling": None})

    def _changed(self, parts: dict[str, Any]) -> Survey:
        """A copy with other parts; columns already read are kept."""
        made = object.__new__(Survey)
        kept = {key: value for key, value in self.cache.items() if isinstance(key, tuple) and key[0] in ("column", "sample")}
        for part in fields(self):
            object.__setattr__(made, part.name, parts.get(part.name, getattr(self, part.name)))
        object.__setattr__(made, "cache", kept)
        return made

    def column(self, name: str) -> Column:
        """A column as integer codes, made once for this survey."""
        key = ("column", name)
        if key not in self.cache:
            frame = self.rows.frame
            assert isinstance(frame, nw.DataFrame)
            self.cache[key] = factorise(frame[name], self.rows.value_labels.get(name))
        return self.cache[key]

    def levels(self, name: str) -> tuple[Any, ...]:
        """The values that occur in a column, as they stand in the data; a lazy frame's engine finds them."""
        frame = self.rows.frame
        if isinstance(frame, nw.DataFrame):
            return self.column(name).keys
        return factorise(frame.select(nw.col(name)).unique().collect()[name]).keys

    def _codes(self, name: str, role: str) -> Column:
        return self.column(name)

    def _number(self, name: str, role: str) -> Floats:
        frame = self.rows.frame
        assert isinstance(frame, nw.DataFrame)
        return numeric(frame[name], role)

    def fingerprint(self) -> str:
        """A short hash of the whole design, every row's place in it and the weights.

        The same data and design give the same hash. Of lazy data, which are not looked at, it identifies the design alone.
        """
        if "fingerprint" not in self.cache:
            digest = blake2b(digest_size=8)
            digest.update(repr((self.design, [a.words for a in self.adjustments])).encode())
            unequal = self.stages.unequal
            if isinstance(unequal, Joint):
                digest.update(unequal.probabilities.tobytes())
            if self.resampling is not None:
                again = self.resampling
                digest.update(repr((again.words, again.mse)).encode() + mixed(again.factors.ravel()) + mixed(again.scales))
                digest.update(b"" if again.unit is None else mixed(again.unit))
            if self.w is not None and self.units is not None:
                place = self.units.stratum if self.units.row is None else self.units.row
                together = len(place) == len(self.w)
                digest.update(mixed(place, self.w) if together else mixed(place) + mixed(self.w))
                digest.update(_of_units(self.units, fractions=bool(self.stages.fpc)))
            self.cache["fingerprint"] = digest.hexdigest()
        return self.cache["fingerprint"]

    def __repr__(self) -> str:
        units = self.units
        size = f"{len(self.w):,} rows" if self.w is not None else "lazy rows"
        if not isinstance(self.design, Stages):
            body = f"{size}, no design: {self.inference}" if isinstance(self.design, NoDesign) else size
            body = f"{size} of {len(self.phase1.w):,} in phase 1" if self.phase1 is not None else body
        elif units is None:
            body = f"{size}, design: {_describe(self.design)}"
        else:
            body = f"{size}, {_number_of(units.n_psus, 'PSU', 'PSUs')} in {_number_of(int(units.stratum.max()) + 1, 'stratum', 'strata')}"
        lines = [f"Survey({body})", *(f"  {part}" for part in self._made()), *(f"  note: {note}" for note in self.notes)]
        if self.inference == "venue":
            lines.insert(1, "  venue sample: speaks for those who attend the venues of the frame")
        if self.population:
            lines.insert(1, f"  population: {self.population}")
        return "\n".join(lines)

    def _made(self) -> list[str]:
        """How the weights and the replicates were made, a line each."""
        said = [f"weights: {a.words}" for a in self.adjustments] + [f"{what}: {how}" for what, how in self.policies]
        return said if self.resampling is None else [*said, f"variance: {self.resampling.words}"]

    def __reduce__(self) -> NoReturn:
        raise InputError("A Survey is not pickled: it holds children's answers.", "Send the file's path and build it again.")


def _with_weights(design: Stages) -> Stages:
    """The design, when the weights are named or follow from it."""
    if design.weights is None and not design.fpc:
        raise InputError(
            "A survey needs weights=.",
            "Name the column of weights; where all were drawn with the same chance, a column that is 1 for everyone. "
            "Answers that nobody was drawn to give (a panel, an open link) have no design: Survey(data, design=ek.NoDesign()).",
        )
    return design


def _number_of(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"


def _describe(stages: Stages) -> str:
    parts = [f"{p}={getattr(stages, p)}" for p in ("weights", "strata", "psu", "fpc") if getattr(stages, p)]
    return ", ".join([*parts, f"nest={stages.nest}", f"lonely={stages.lonely}", f"unequal={stages.unequal}"])


def _of_units(units: Units, *, fractions: bool) -> bytes:
    """Bytes that identify every unit's place in the design, and with sampling fractions what they are."""
    parts: list[Floats | Codes] = [] if units.row is None else [units.stratum]
    parts += [] if units.psu is None else [units.psu]
    for stage, level in enumerate(units.levels):
        parts += [level.scale] if fractions else []
        parts += [level.group] if stage else []
        parts += [] if level.of is None else [level.of]
    return b"".join(map(mixed, parts))
