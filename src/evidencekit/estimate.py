"""Estimate: the one shape every number about a population comes in, and the second waist of the library."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from hashlib import blake2b
from typing import Any, Protocol

import numpy as np

from evidencekit.columns import Codes, Floats
from evidencekit.errors import InputError
from evidencekit.frames import frame_of
from evidencekit.rendering.text import html_table, table_of, text_table
from evidencekit.sameness import Sample

__all__ = [
    "NEARLY_TWO",
    "Cells",
    "Counts",
    "Covariance",
    "CovarianceSource",
    "Estimate",
    "Interval",
    "Provenance",
    "Support",
    "fingerprint",
]

NEARLY_TWO = "columns of nearly two values"  # the policy that names them


class CovarianceSource(Protocol):
    """Something that can work out the covariance of some cells when asked."""

    def of(self, rows: Codes) -> Floats:
        """The covariance matrix of these cells."""
        ...


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Covariance:
    """The covariance of an estimate's cells: a matrix, or where that would be too large, what it is computed from."""

    variances: Floats
    matrix: Floats | None
    source: CovarianceSource | None

    def of(self, rows: Codes | list[int]) -> Floats:
        """The covariance matrix of some cells, in the order given."""
        picked = np.asarray(rows, dtype=np.intp)
        if self.matrix is not None:
            return self.matrix[np.ix_(picked, picked)]
        if self.source is None:
            return np.full((len(picked), len(picked)), np.nan)
        return self.source.of(picked)


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """What each number is about: column name to one label per cell; `by` names the columns that split the population."""

    columns: Mapping[str, tuple[Any, ...]]
    by: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def find(self, wanted: Mapping[str, Any] | int) -> int:
        """The one cell that has all the wanted labels.

        Raises
        ------
        InputError
            No cell or several cells have them. The message names columns, never labels.
        """
        if isinstance(wanted, (int, np.integer)):
            if not 0 <= wanted < len(self):
                raise InputError(f"The estimate has {len(self)} cells, numbered from 0.")
            return int(wanted)
        apart = [c for c in self.columns if len(set(self.columns[c])) > 1]
        if not isinstance(wanted, Mapping):
            by = ", ".join(f'"{name}": ...' for name in self.by or list(self.columns)[:1])
            raise InputError(
                f"A cell is not named by a {type(wanted).__name__}.",
                f"Give a mapping, for example {{{by}}}, with labels as to_frame() shows them, or the cell's number.",
            )
        unknown = [name for name in wanted if name not in self.columns]
        if unknown:
            raise InputError(f"The estimate has no column {unknown[0]!r}.", f"Its cells are told apart by {', '.join(self.columns)}.")
        hits = [i for i in range(len(self)) if all(self.columns[c][i] == v for c, v in wanted.items())]
        if len(hits) != 1:
            problem = "No cell has" if not hits else f"{len(hits)} cells have"
            raise InputError(
                f"{problem} the labels asked for in {', '.join(wanted) or 'an empty selection'}.",
                f"Use the labels shown by to_frame(), not codes; cells are told apart by {', '.join(apart)}."
                if apart
                else "The estimate has one cell: number 0.",
            )
        return hits[0]


@dataclass(frozen=True, slots=True, eq=False)
class Interval:
    """Confidence limits and how they were made. Limits are NaN where there is no honest interval."""

    low: Floats
    high: Floats
    level: float = 0.95
    method: str = "t"
    sided: str = "two"


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """What each number rests on.

    ``n`` answers, ``cases`` answers that are 1 (whatever verb, where the column has two values, or two but for a few answers: the larger;
    of a ratio, a covariance or a contrast the smallest group it rests on), ``psus`` sampling units with a member, ``weighted_n`` the sum
    of their weights, ``n_eff = n / deff``, ``deff`` the design effect, ``kish`` the part of it that unequal weights alone would cause.
    """

    n: Floats
    cases: Floats
    psus: Floats
    weighted_n: Floats
    n_eff: Floats
    deff: Floats
    kish: Floats

    def of(self, rows: Any) -> Counts:
        """Those of some cells, or of cells again and again, in the order of `rows`."""
        return Counts(*(getattr(self, each.name)[rows] for each in fields(self)))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Support:
    """Which sampling units have a member in which cell, so that a contrast can count its degrees of freedom.

    `psu` and `group` are pairs: unit `psu` has a member in group `group`; `of_cell` is each cell's group; `limit` the most degrees of
    freedom that replicate weights allow.
    """

    stratum: Codes
    psu: Codes
    group: Codes
    of_cell: Codes
    limit: float = float("inf")

    def df(self, rows: list[int] | Codes) -> float:
        """PSUs minus strata over the union of the cells."""
        wanted = np.isin(self.group, self.of_cell[np.asarray(rows, dtype=np.intp)])
        psus = np.unique(self.psu[wanted])
        return min(self.limit, float(len(psus) - len(np.unique(self.stratum[psus]))))


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a number comes from, in words and fingerprints.

    `design` is the fingerprint of the design and the weights, `data` that of the numbers; `sample` holds marks of the rows themselves, one
    for each survey the number was made from (none once it is released). `held` names the columns that a model held equal, where one did.
    """

    method: str
    population: str = ""
    where: str = ""
    design: str = ""
    data: str = ""
    version: str = ""
    policies: tuple[tuple[str, str], ...] = ()
    missing: tuple[tuple[str, int], ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    backend: str = "pandas"
    sample: tuple[Sample, ...] = ()
    held: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Estimate:
    """Numbers about a population, with everything needed to judge, combine, protect and say them.

    Parameters
    ----------
    cells : Cells
        What each of the k numbers is about.
    points : (k,) array
        The estimates. Shares are between 0 and 1.
    covariance : Covariance
        Of the k estimates.
    df : (k,) array
        Design degrees of freedom per cell; NaN without a design.
    interval : Interval
        Confidence limits.
    counts : Counts
        What each number rests on.
    support : Support or None
        Units per cell; None for an Estimate made from others.
    flags : tuple of str
        Per cell, what the reader must know; empty when there is nothing.
    statistic : str
        ``"proportion"``, ``"mean"``, ``"total"``, ...
    estimand : str
        The quantity in words.
    inference : str
        Inference class (see `Survey.inference`).
    provenance : Provenance
        Where it comes from.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> est = ek.proportion(survey, "internet_daily", by="sex")
    >>> list(est.to_frame().columns)[:4]
    ['variable', 'category', 'sex', 'estimate']
    """

    cells: Cells
    points: Floats
    covariance: Covariance
    df: Floats
    interval: Interval
    counts: Counts
    support: Support | None = None
    flags: tuple[str, ...] = ()
    statistic: str = ""
    estimand: str = ""
    inference: str = "probability"
    provenance: Provenance = field(default_factory=lambda: Provenance(""))

    def __len__(self) -> int:
        return len(self.points)

    @property
    def se(self) -> Floats:
        """Standard errors, shape (k,)."""
        return np.sqrt(np.maximum(self.covariance.variances, 0.0))

    @property
    def vcov(self) -> Floats:
        """The full covariance matrix, shape (k, k)."""
        return self.covariance.of(np.arange(len(self)))

    @property
    def columns(self) -> dict[str, Any]:
        """The documented table, column name to values."""
        se, counts = self.se, self.counts
        with np.errstate(divide="ignore", invalid="ignore"):
            rse = np.where(self.points != 0, se / np.abs(self.points), np.nan)
        return {
            **self.cells.columns,
            "estimate": self.points,
            "se": se,
            "rse": rse,
            "low": self.interval.low,
            "high": self.interval.high,
            "df": self.df,
            "n": _whole(counts.n),
            "cases": counts.cases,
            "psus": _whole(counts.psus),
            "weighted_n": counts.weighted_n,
            "n_eff": counts.n_eff,
            "deff": counts.deff,
            "kish": counts.kish,
            "flag": self.flags,
        }

    def to_frame(self) -> Any:
        """The table in the caller's kind of frame.

        Returns
        -------
        data frame
            One row a cell: ``variable``, ``category``, the ``by=`` columns under their own names, ``quantile`` where it applies,
            ``estimate, se, rse, low, high, df, n, cases, psus, weighted_n, n_eff, deff, kish, flag``.
        """
        return frame_of(self.columns, self.provenance.backend)

    def _shown(self) -> tuple[list[str], list[list[str]]]:
        keep = ["estimate", "se", "low", "high", "n", "deff", "flag"]
        labels = [c for c, v in self.cells.columns.items() if any(x not in (None, "") for x in v)]
        return table_of({c: self.columns[c] for c in [*labels, *keep]})

    def __repr__(self) -> str:
        return "\n".join([self._title(), text_table(*self._shown(), limit=20), *self._notes()])

    def _repr_html_(self) -> str:
        return html_table(*self._shown(), caption=". ".join([self._title(), *self._notes()]), limit=60)

    def _notes(self) -> list[str]:
        """What was decided on the way, one line, when there is anything."""
        policies = [f"{what}: {how}" for what, how in self.provenance.policies]
        return [f"note: {'; '.join(policies)}"] if policies else []

    def _labelled_estimand(self) -> str:
        """The estimand, and after the variable's name what it is in words, when there is one variable and it has a label."""
        said = self.estimand or self.statistic
        name, *others = dict.fromkeys(self.cells.columns.get("variable", ())) or ("",)
        label = dict(self.provenance.labels).get(name)
        if others or not label:
            return said
        return re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", lambda found: f'{found[0]} "{label}"', said, count=1)

    def _title(self) -> str:
        what = self._labelled_estimand()
        whom = f", {self.provenance.population}" if self.provenance.population else ""
        where = f", {self.provenance.where}" if self.provenance.where else ""
        level = f"; {self.interval.level:.0%} interval ({self.interval.method})" if np.isfinite(self.interval.low).any() else ""
        return f"Estimate: {what}{whom}{where}{level}; {self.inference}"


def fingerprint(points: Floats) -> str:
    """A short digest of the numbers, by which two records can be seen to hold the same ones."""
    return blake2b(np.ascontiguousarray(points).tobytes(), digest_size=8).hexdigest()


def _whole(counts: Floats) -> Any:
    """Counts as integers, unless some are hidden."""
    return counts if np.isnan(counts).any() else counts.astype(np.int64)
