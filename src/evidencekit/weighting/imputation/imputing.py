"""Multiple imputation: answers that should be there are filled in several times, with the design in the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Codes, Floats, factorise, numeric
from evidencekit.errors import EstimationError, InputError, one_of
from evidencekit.frames import Dataset
from evidencekit.missingness import Missing
from evidencekit.survey.summing.domains import Where, names_of, where_mask
from evidencekit.survey.summing.totals import in_memory
from evidencekit.survey.survey import Survey
from evidencekit.weighting.imputation.chained import Link, complete, neighbours
from evidencekit.weighting.replication.designs import generator

__all__ = ["impute"]

Blanks = Literal["refuse", "fill", "leave"]
Mask = NDArray[np.bool_]
ASKED = (Missing.DONT_KNOW, Missing.REFUSED, Missing.NOT_REACHED, Missing.TECHNICAL, Missing.UNSTATED, Missing.SUPPRESSED)
LEVELS, SMALL = 30, 30


def impute(
    survey: Survey,
    columns: str | Sequence[str],
    *,
    using: str | Sequence[str] = (),
    imputations: int = 20,
    seed: int | np.random.Generator,
    kinds: Sequence[Missing] = ASKED,
    asked: Mapping[str, Where] | None = None,
    blanks: Blanks = "refuse",
    iterations: int = 10,
) -> tuple[Survey, ...]:
    """Fill in missing answers several times by chained equations, with the design in the model.

    Parameters
    ----------
    survey : Survey
        Data in memory. Rows without weight (those who did not take part, say) are neither filled nor learnt from, and of a two-phase
        sample only the rows of phase 2 are.
    columns : str or sequence of str
        The columns to fill. Each helps to fill the others.
    using : str or sequence of str
        Columns that help to fill them: whatever goes with the answers or with not giving them, and everything a later analysis splits
        by. Their own gaps are bridged in the model and stay in the data.
    imputations : int
        How many completed surveys; default 20. See `Combined.note` for whether that was enough.
    seed : int or numpy Generator
        The same seed gives the same answers.
    kinds : sequence of Missing
        The kinds of missing to fill; default all but "not asked", which is never filled.
    asked : mapping, optional
        Column to the condition (narwhals expression, true/false column, or None: always) under which it was asked. Other rows are left
        alone; blanks in these are filled.
    blanks : {"refuse", "fill", "leave"}
        What a blank without a kind means in a column that is not in `asked`. It may be skip logic, so by default it is an error;
        ``"fill"`` says that everybody was asked, ``"leave"`` that these rows were not.
    iterations : int
        Rounds of the chain before each completed survey, default 10.

    Returns
    -------
    tuple of Survey
        With the same design and weights. The provenance of every estimate says how many rows were filled. Combine them with `rubin`.

    Raises
    ------
    InputError, UnknownColumn
        A column is not there or belongs to the design, nothing is to be filled, or blanks whose meaning is not said.
    EstimationError
        A column has no answers to learn from, or its model cannot be fitted.

    Notes
    -----
    Numbers of more than two values are filled with an answer somebody gave (predictive mean matching, 5 donors); categories, and numbers
    of at most two values, are drawn from logistic regressions. The model has the log weight, an indicator of each stratum with at least 30
    rows, and what others in the same sampling unit answered. The caller's data are not touched, and rows that were not asked keep their
    code.

    Calibrate before imputing, or calibrate each completed survey in the same way.

    References
    ----------
    van Buuren (2018), Flexible Imputation of Missing Data, chapters 3-4. Reiter, Raghunathan and Kinney (2006), Survey Methodology 32,
    143-149, for the design. White, Daniel and Royston (2010), Comput. Statist. Data Anal. 54, 2267-2275, for perfect prediction.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> data = fiction.data
    >>> survey = ek.Survey(data, weights="weight", strata="stratum", psu="psu")
    >>> made = ek.weighting.impute(survey, "knew_sender", using=("sex", "age"), imputations=2, seed=1)
    >>> made[0].data.kinds("knew_sender")  # those without contact were not asked
    {<Missing.NOT_ASKED: 'not asked'>: 1669}
    """
    in_memory(survey, "impute()")
    one_of("blanks", blanks, ("refuse", "fill", "leave"))
    for name, value in (("imputations", imputations), ("iterations", iterations)):
        if isinstance(value, bool) or not isinstance(value, int) or value < (2 if name == "imputations" else 1):
            raise InputError(f"{name}= is a whole number of {2 if name == 'imputations' else 1} or more.")
    wanted, helping = names_of(columns, "columns", survey), names_of(using, "using=", survey)
    _refuse(survey, wanted, kinds, dict(asked or {}))
    at = _Rows.of(survey)
    gaps = _Gaps(survey, at, frozenset(kinds), dict(asked or {}))
    fill = {name: gaps.of(name, blanks) for name in wanted}
    if not any(f.any() for f in fill.values()):
        raise InputError("There is nothing to fill in: no row of these columns has a missing answer of these kinds.")
    fill |= {name: gaps.of(name, "leave") for name in helping if name not in fill}
    psu = _psu(survey, at)
    coded = [_link(survey, at, name, gap, psu) for name, gap in fill.items()]
    rng = generator(seed)
    made = complete([link for link, _ in coded], _design(survey, at, psu), imputations=imputations, iterations=iterations, rng=rng)
    counts = ", ".join(f"{name} in {int(fill[name].sum())} rows" for name in wanted if fill[name].any())
    policy = ("imputed", f"{counts}; {imputations} imputations by chained equations")
    return tuple(survey.completed(_filled(survey, at, coded[: len(wanted)], values), policy) for values in made)


def _refuse(survey: Survey, wanted: tuple[str, ...], kinds: Sequence[Missing], asked: Mapping[str, Where]) -> None:
    if not wanted:
        raise InputError("Name at least one column to fill.")
    taken = [name for name in wanted if name in survey.designed]
    if taken:
        raise InputError(f"Column {taken[0]!r} belongs to the design, which is not imputed.", "Every row needs its own place in it.")
    if isinstance(kinds, str) or not all(isinstance(k, Missing) for k in kinds) or Missing.NOT_ASKED in kinds:
        raise InputError("kinds= takes kinds of missing other than NOT_ASKED: whoever was not asked has no answer to fill in.")
    for name in asked:
        survey.rows.need(name, "asked=")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Rows:
    """The rows that are looked at: those with a weight, by their place in the survey and in the data, which have both of two phases."""

    survey: Codes
    data: Codes

    @staticmethod
    def of(survey: Survey) -> _Rows:
        assert survey.w is not None
        used = np.flatnonzero(survey.w > 0)
        return _Rows(used, used if survey.phase1 is None else np.flatnonzero(survey.phase1.inside)[used])


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Gaps:
    """Which answers are to be filled, by the kinds of missing and the skip logic."""

    survey: Survey
    at: _Rows
    kinds: frozenset[Missing]
    asked: Mapping[str, Where]

    def of(self, name: str, blanks: Blanks) -> Mask:
        """Which of the rows looked at are to be filled in one column."""
        data, rows = self.survey.data, self.at.data
        blank = _nulls(data.frame if isinstance(data, Dataset) else data, name)[rows]
        coded = np.zeros(len(blank), dtype=bool)
        if isinstance(data, Dataset):
            codes = {code: kind for code, kind in data.missing.get(name, {}).items() if kind in self.kinds}
            if codes:
                coded = _nulls(Dataset(data.frame, missing={name: codes}).to_frame(), name)[rows] & ~blank
            if Missing.NOT_ASKED in data.missing.get(name, {}).values() and blanks == "refuse":
                blanks = "fill"  # those not asked have a code of their own
        if name in self.asked:
            inside = where_mask(self.survey, self.asked[name])
            gaps = coded | (blank & (Missing.UNSTATED in self.kinds))
            return gaps if inside is None else gaps & inside[self.at.survey]
        if blank.any() and blanks == "refuse" and Missing.UNSTATED in self.kinds:
            raise InputError(
                f"Column {name!r} is blank in {int(blank.sum())} rows, and a blank does not say whether the question was asked.",
                "Say who was asked (asked=), or what blanks mean (blanks='fill' if everybody was asked, 'leave' if they were not).",
            )
        return coded | (blank & (blanks == "fill") & (Missing.UNSTATED in self.kinds))


def _nulls(frame: Any, name: str) -> Mask:
    series = nw.from_native(frame, eager_only=True)[name]
    null = series.is_null()
    null = null | series.is_nan().fill_null(value=False) if series.dtype.is_float() else null
    return null.to_numpy().astype(bool)


Coded = tuple[Link, Codes]


def _link(survey: Survey, at: _Rows, name: str, fill: Mask, psu: Codes | None) -> Coded:
    """A column as the chain reads it, and for each of its levels (or values, in order) a row of the data that has it."""
    frame: Any = survey.rows.frame
    series = frame[name][at.survey.tolist()]
    column = factorise(series, survey.rows.value_labels.get(name))
    known = column.codes >= 0
    if not known.any():
        raise EstimationError(f"Column {name!r} has no answers to learn from.")
    first = np.full(len(column.keys), -1, dtype=np.intp)
    first[column.codes[known][::-1]] = at.data[known][::-1]
    labelled = name in survey.rows.value_labels and set(column.keys) <= set(survey.rows.value_labels[name])
    counted = series.dtype.is_numeric() and not labelled and len(column.keys) > 2
    if counted:
        values, levels = np.where(known, numeric(series, "Column"), 0.0), 0
    else:
        values, levels = column.codes.astype(np.float64), len(column.keys)
        if levels > LEVELS:
            raise InputError(f"Column {name!r} has {levels} categories, at most {LEVELS}.", "Put small ones together, or leave it out.")
    return Link(name, values, levels, known, fill & ~known, neighbours(values, levels, known, psu)), first


def _psu(survey: Survey, at: _Rows) -> Codes | None:
    """Each row's sampling unit; None where each row is one."""
    units = survey.units
    assert units is not None
    if units.row is None and units.psu is None:
        return None
    row = np.arange(units.n) if units.row is None else units.row
    return (row if units.psu is None else units.psu[row])[at.survey]


def _design(survey: Survey, at: _Rows, psu: Codes | None) -> Floats:
    """The log weight, and an indicator of each stratum large enough for one."""
    assert survey.w is not None
    assert survey.units is not None
    log = np.log(survey.w[at.survey])
    spread = log.std()
    stratum = survey.units.stratum[at.survey if psu is None else psu]
    large = np.flatnonzero(np.bincount(stratum) >= SMALL)[1:]
    return np.column_stack([(log - log.mean()) / (spread if spread > 0 else 1.0), *((stratum == h).astype(np.float64) for h in large)])


def _filled(survey: Survey, at: _Rows, coded: Sequence[Coded], values: Sequence[Floats]) -> Any:
    """The caller's data with the filled answers in place, each copied from a row that gave it; every type of column stays what it is."""
    data = survey.data
    frame: Any = nw.from_native(data.frame if isinstance(data, Dataset) else data, eager_only=True)
    made = []
    for (link, first), value in zip(coded, values, strict=False):
        take, gaps = np.arange(len(frame)), at.data[link.fill]
        if link.levels:
            take[gaps] = first[value[link.fill].astype(np.intp)]
        else:
            keys = np.unique(link.values[link.known])
            take[gaps] = first[np.searchsorted(keys, value[link.fill])]
        made.append(frame[link.name][take.tolist()].alias(link.name))
    done = frame.with_columns(*made).to_native()
    return data.with_frame(done) if isinstance(data, Dataset) else done
