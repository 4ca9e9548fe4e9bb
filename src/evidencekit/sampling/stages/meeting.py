"""A sample of venues after the fieldwork: answers with their weights, from the counts of those who came and how often they come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import narwhals.stable.v2 as nw
import numpy as np

from evidencekit.columns import Codes, Floats, numeric
from evidencekit.errors import DesignError, InputError
from evidencekit.frames import Rows, eager, open_data
from evidencekit.sampling.allocating.asking import is_number
from evidencekit.sampling.drawing.algorithms import ALGORITHMS
from evidencekit.sampling.drawing.draw import Draw
from evidencekit.sampling.drawing.framing import blank_in
from evidencekit.sampling.stages.appending import appended, given_back, rows_as_given
from evidencekit.sampling.streams import canonical
from evidencekit.survey import Stages

__all__ = ["VenueSample", "venue_sample"]

UNIT = "variance_unit"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class VenueSample:
    """Answers from a sample of venues, with their weights, and the design of a Survey on them.

    Parameters
    ----------
    draw : Draw
        Of the periods.
    sample : data frame or Dataset
        In the caller's kind and order: the answers with ``chance`` (of the period), ``weight``, ``variance_stratum`` and, where a period
        was certain to be drawn, ``variance_unit``; then a row without answers and with weight 0 for each drawn period without interviews.
    counted, interviewed : (n,) array
        For each drawn period, the people counted and those interviewed.

    Examples
    --------
    See `venue_sample`.
    """

    draw: Draw
    sample: Any
    counted: Floats
    interviewed: Codes

    @property
    def design(self) -> Stages:
        """The design of a Survey on `sample`: periods as drawn with replacement, speaking for those who attend the venues.

        In a period that was certain to be drawn, the people interviewed are the sampling units.
        """
        certain = bool(self.draw.certain.any())
        return Stages(
            weights="weight",
            strata="variance_stratum" if self.draw.frame.strata or certain else None,
            psu=UNIT if certain else self.draw.frame.id,
            inference="venue",
        )

    def __repr__(self) -> str:
        met = self.interviewed > 0
        parts = [f"{int(self.interviewed.sum()):,} interviews of {self.counted.sum():,.0f} people counted"]
        parts[0] += f" in {int(met.sum()):,} of {met.size:,} periods drawn"
        parts += [f"{nobody} with nobody there"] if (nobody := int((self.counted == 0).sum())) else []
        parts += [f"{lost} with people and no interview"] if (lost := int((~met & (self.counted > 0)).sum())) else []
        return f"VenueSample({', '.join(parts)})"

    def __reduce__(self) -> NoReturn:
        raise InputError("A VenueSample is not pickled: it holds answers.", "Send the file's path and the record of the draw.")


def venue_sample(draw: Draw, answers: Any, *, visits: str, counted: Any) -> VenueSample:
    """Give the answers from a sample of venues their weights and design.

    Parameters
    ----------
    draw : Draw
        Of periods, without replacement; usually from a `venue_frame`.
    answers : Dataset or data frame
        In memory, one row an interview, with the identifier of the period it was made in (``venue_day_time``) under the name it has in the
        frame. Where a form has venue, day and time instead, join these columns of ``draw.sample`` and its identifier to them first.
    visits : str
        Column of how often the respondent is at any listed venue in all the periods of the frame together, this time included. Ask about
        the days that the frame covers, not about a usual month.
    counted : mapping or pandas Series
        Identifier of a period to how many people of the target population were counted there, for every period drawn: 0 where nobody came.
        The count is the team's, made once for a period; a period without interviews has one too, and no answer to hold it. Where everybody
        was counted, multiply by the share of those screened who belong to the population; it need not come out whole.

    Returns
    -------
    VenueSample
        ``.sample`` with ``weight`` and ``.design``: ``ek.Survey(made.sample, design=made.design, population=...)``.

    Raises
    ------
    UnknownColumn
        A column is not in the answers.
    DesignError
        Answers from periods that were not drawn, or more interviews than people counted.
    InputError
        Something else than a Draw, or one with replacement; visits missing, not above 0, or codes with labels; a period without a count.

    Notes
    -----
    The weight is 1 / (chance of the period) x (people counted / people interviewed) x 1 / visits. The first two count attendances, of which
    a person has as many as there are visits; without the last one, those who come often would count as many times. So the sample speaks for
    those who attend a listed venue in a listed period at least once, and for nobody else; and it takes visits to be told right, and those
    interviewed to be like those counted in the same period: intercept by a fixed rule, never volunteers.

    Periods count as drawn with replacement, which is cautious where many of the periods of the frame were drawn. It fits draws that do not
    follow the order of the list, such as `pps_random_systematic` or `pareto`; a systematic draw in the order of names can vary more than it
    says. A period that was certain is a stratum of its own in which people are the units; with a single interview its variance is not
    known, and the Survey says so.

    **A drawn period without any interview** stays in the sample. Where nobody came, its total is 0, which is an observation: it is there as
    a row of weight 0, so that the variance knows how many periods were drawn; never draw or visit another one instead. Where people came
    and nobody was interviewed, or the team did not go, that is non-response: its total is not 0 but unknown, and what is left of the
    stratum has to stand for it. Shares hardly change; totals are too small, by the share of expected attendance that was lost.

    References
    ----------
    Karon and Wejnert (2012), Journal of Urban Health 89, 565-586: weights by the inverse of the approximate chance of being met.
    Leon, Jauffret-Roustide and Le Strat (2015), Biostatistics 16(3), 565: the same as indirect sampling (weight share). Sommen et al.
    (2018), Epidemiology and Infection: what leaving out attendance does.

    Examples
    --------
    >>> import pandas as pd, evidencekit as ek
    >>> periods = pd.DataFrame({"place": list("ABCDEFGH"), "day": "Fri", "time": "evening", "expected": [9, 5, 7, 6, 8, 5, 6, 7]})
    >>> frame = ek.sampling.venue_frame(periods, venue="place", day="day", time="time", size="expected")
    >>> draw = ek.sampling.pps_random_systematic(frame, 3, seed=1)
    >>> met = draw.sample["venue_day_time"].tolist()
    >>> answers = pd.DataFrame({"venue_day_time": [met[0]] * 2 + [met[1]] * 2, "times": [1, 2, 1, 4], "told": [1, 0, 0, 1]})
    >>> made = ek.sampling.venue_sample(draw, answers, visits="times", counted={met[0]: 10, met[1]: 6, met[2]: 0})
    >>> made
    VenueSample(4 interviews of 16 people counted in 2 of 3 periods drawn, 1 with nobody there)
    >>> survey = ek.Survey(made.sample, design=made.design)
    >>> survey.inference, survey.n, int(ek.mean(survey, "told").counts.n[0])
    ('venue', 5, 4)
    """
    if not isinstance(draw, Draw):
        raise InputError(
            f"venue_sample() takes a Draw, not a {type(draw).__name__}.", "Draw from venue_frame(...), as by pps_systematic()."
        )
    if ALGORITHMS[draw.record.algorithm].again:
        raise InputError("venue_sample() takes a draw without replacement.", "Draw by pps_systematic() or another such design.")
    rows = open_data(answers)
    frame = eager(rows.frame, "venue_sample()")
    if not len(frame):
        raise InputError("The answers have no rows.")
    places = {draw.frame.ids[place]: k for k, place in enumerate(draw.chosen.tolist())}
    names, of = _periods(draw, rows, frame, places)
    times = _visits(rows, frame, visits)
    present, interviewed = _present(counted, places), np.bincount(of, minlength=draw.n)
    if wrong := int((present < interviewed).sum()):
        raise DesignError(
            f"{wrong:,} periods have more interviews than people counted.",
            "Count everybody of the target population who comes in the period, whether interviewed or not; and check the identifiers.",
        )
    factor = present / np.maximum(interviewed, 1) / draw.chance
    columns: dict[str, Any] = {
        "chance": draw.chance[of],
        "weight": factor[of] / times,
        "variance_stratum": draw.variance_stratum[of],
    } | ({UNIT: np.where(draw.certain[of], draw.n + np.arange(of.size), of)} if draw.certain.any() else {})
    # In a certain period nobody's absence varies from draw to draw.
    empty = np.flatnonzero((interviewed == 0) & ~draw.certain)
    sample = _sample(draw, answers, names, columns, empty)
    return VenueSample(draw, sample, present, interviewed)


def _periods(draw: Draw, rows: Rows, frame: nw.DataFrame[Any], places: Mapping[str, int]) -> tuple[list[str], Codes]:
    """The identifier of each answer's period, and its place in the draw."""
    unit = draw.frame.id
    rows.need(unit, "the period of each answer")
    if missing := int(blank_in(frame[unit]).sum()):
        raise InputError(
            f"{missing:,} answers do not say in which period they were given.", f"Fill in column {unit!r} from the team's sheet."
        )
    names = canonical(frame[unit].to_list())
    if strange := sum(name not in places for name in names):
        raise DesignError(
            f"{strange:,} of {len(names):,} answers are from periods that were not drawn.",
            "Correct the identifiers; answers from another venue or time are not part of the sample: take them out, and say so.",
        )
    return names, np.array([places[name] for name in names], dtype=np.intp)


def _visits(rows: Rows, frame: nw.DataFrame[Any], name: str) -> Floats:
    """How often each respondent is at a listed venue."""
    rows.need(name, "visits=")
    times = numeric(frame[name], "visits= column")
    missing, wrong = int(np.isnan(times).sum()), int((times < 1e-9).sum())
    many = int((times > 1e9).sum())
    if missing or wrong or many:
        found = [f"missing for {missing:,} answers"] if missing else []
        found += [f"not above 0 for {wrong:,} answers"] if wrong else []
        found += [f"beyond a billion for {many:,} answers"] if many else []
        raise InputError(
            f"visits= column {name!r} is {' and '.join(found)}.",
            "Whoever was met came at least once. Fill in what was not told from others of the same period, and say so.",
        )
    labels = rows.value_labels.get(name) or {}
    if all(str(labels.get(k, k)).strip() not in (str(k), str(int(k))) for k in np.unique(times).tolist()):
        raise InputError(f"visits= column {name!r} holds codes of categories.", "Turn them into numbers of visits first.")
    return times


def _present(counted: Any, places: Mapping[str, int]) -> Floats:
    """The people counted in each drawn period."""
    if not isinstance(counted, Mapping) and not nw.dependencies.is_pandas_series(counted):
        raise InputError(f"counted= is a mapping of periods to people counted, not a {type(counted).__name__}.", "A pandas Series will do.")
    pairs = [(canonical([key])[0], value) for key, value in counted.items()]
    given = dict(pairs)
    lost, strange, twice = len(places.keys() - given.keys()), len(given.keys() - places.keys()), len(pairs) - len(given)
    if lost or strange or twice:
        found = [f"has no count for {lost:,} of the {len(places):,} periods drawn"] if lost else []
        found += [f"has {strange:,} periods that were not drawn"] if strange else []
        found += [f"has {twice:,} periods twice"] if twice else []
        raise InputError(
            f"counted= {' and '.join(found)}.",
            "Give one for every period drawn, 0 where nobody came; where the team did not go, how many would have been expected.",
        )
    values = [given[name] for name in places]
    if wrong := sum(not is_number(value) or not 0 <= value <= 1e12 for value in values):
        raise InputError(f"counted= is not a number of 0 or more for {wrong:,} periods.", "It counts people; there are fewer than 10**12.")
    return np.array(values, dtype=np.float64)


def _sample(draw: Draw, answers: Any, names: list[str], columns: Mapping[str, Any], empty: Codes) -> Any:
    """The answers with their columns, and a row for each period without any."""
    raw, unit = rows_as_given(answers, "venue_sample()"), draw.frame.id
    if taken := [name for name in columns if name in raw.columns]:
        raise InputError(f"The answers already have a column {taken[0]!r}, which venue_sample() adds.", "Leave it out, or rename it.")
    kind = raw.implementation
    added = [nw.new_series(name, values, backend=kind) for name, values in columns.items()]
    # One way of writing a letter, so that a period is one sampling unit.
    added += [nw.new_series(unit, names, nw.String, backend=kind)] if raw[unit].dtype == nw.String else []
    made = raw.with_columns(*added)
    if empty.size:
        rest: dict[str, Any] = {
            unit: [draw.frame.ids[place] for place in draw.chosen[empty].tolist()],
            "chance": draw.chance[empty],
            "weight": np.zeros(empty.size),
            "variance_stratum": draw.variance_stratum[empty],
        } | ({UNIT: empty} if UNIT in columns else {})
        made = appended(made, rest)
    return given_back(answers, made)
