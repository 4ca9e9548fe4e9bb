"""Answers put to the units that were drawn: what a Survey is made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

import narwhals.stable.v2 as nw
import numpy as np

from evidencekit.columns import Codes
from evidencekit.errors import DesignError, InputError
from evidencekit.frames import Dataset, eager, open_data
from evidencekit.sampling.drawing.algorithms import ALGORITHMS
from evidencekit.sampling.drawing.draw import Draw
from evidencekit.sampling.drawing.framing import blank_in
from evidencekit.sampling.stages.multistage import MultiStage
from evidencekit.sampling.stages.venues import PERIOD
from evidencekit.sampling.streams import canonical
from evidencekit.survey import Stages

__all__ = ["Answered", "with_answers"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Answered:
    """Answers with the weights and the design of the draw they came from.

    Parameters
    ----------
    drawn : Draw or MultiStage
        The sample.
    sample : data frame
        The answers with the columns of the design.
    design : Stages
        The design of a Survey on `sample`.
    units : int
        How many of the units drawn have an answer.

    Examples
    --------
    See `with_answers`.
    """

    drawn: Draw | MultiStage
    sample: Any = field(kw_only=True)
    design: Stages = field(kw_only=True)
    units: int = field(kw_only=True)

    def __repr__(self) -> str:
        answers = len(eager(open_data(self.sample).frame, "Answered"))
        return f"Answered({answers:,} answers from {self.units:,} of {self.drawn.n:,} units drawn)"

    def __reduce__(self) -> NoReturn:
        raise InputError("Answers are not pickled.", "Keep the file they are in, and the record of the draw.")


def with_answers(drawn: Draw | MultiStage, answers: Any, *, id: str | None = None, columns: Sequence[str] = ()) -> Answered:
    """Put the answers to the units that were drawn.

    Parameters
    ----------
    drawn : Draw or MultiStage
        The sample. When it was split into releases: those that went out, ``draw.released(3)``.
    answers : Dataset or data frame
        One or several rows a unit (all pupils of a class, say), in memory. Units without a row have not answered.
    id : str, optional
        The column of `answers` that identifies the unit of the last stage; by default it is called as in the frame.
    columns : sequence of str
        Columns of the (last) frame to bring along, such as the province.

    Returns
    -------
    Answered
        ``.sample``: the answers, in their kind and order, with the chances, ``weight``, ``variance_stratum`` and the identifiers that the
        design goes by. ``.design``: the design of a Survey on them, ``ek.Survey(made.sample, design=made.design)``. When `answers` is a
        Dataset, so is the sample.

    Raises
    ------
    UnknownColumn
        The column of the identifier, or one of `columns`, is not there.
    DesignError
        Rows whose unit was not drawn, or a release without any answer.
    InputError
        Identifiers missing, or columns that the answers have already.

    Notes
    -----
    The weights are those of the draw: what non-response takes away is the work of `evidencekit.weighting.adjust_nonresponse`. A stage of
    which only one unit answered somewhere counts as `MultiStage.design` says.

    Examples
    --------
    >>> import evidencekit as ek
    >>> areas = ek.Frame(ek.fictional.area_list(), id="area_number", size="households", strata="area")
    >>> draw = ek.sampling.pps_systematic(areas, {"urban": 30, "rural": 30}, seed=1)
    >>> children = ek.fictional.national_population()
    >>> told = children.loc[children["area_number"].isin(draw.sample["area_number"]), ["area_number", "sex", "any_contact_unwanted"]]
    >>> made = ek.sampling.with_answers(draw, told, columns=["province"])
    >>> survey = ek.Survey(made.sample, design=made.design)
    >>> survey.designed >= {"weight", "area_number", "chance"}
    True
    """
    if not isinstance(drawn, (Draw, MultiStage)):
        raise InputError(f"with_answers() takes a Draw or what multistage() made, not a {type(drawn).__name__}.")
    whole = answers if isinstance(answers, Dataset) else Dataset(answers)
    rows = open_data(answers)
    frame = eager(rows.frame, "with_answers()")
    last = drawn if isinstance(drawn, Draw) else drawn.draws[-1]
    if last.frame.id == PERIOD:
        raise InputError("These answers were given at venues, and count by who came and how often.", "Use venue_sample().")
    name = last.frame.id if id is None else id
    rows.need(name, "id=")
    unit = _units(last, frame[name])
    _all_went_out(last, unit)
    brought = _brought(drawn, last, unit, columns)
    if taken := [column for column in brought if column in rows.columns]:
        raise InputError(
            f"The answers already have a column {taken[0]!r}, which the draw brings.",
            "Leave out what came from the draw, or give the column another name.",
        )
    plain = eager(open_data(whole.frame).frame, "with_answers()")
    added = [nw.new_series(column, values, backend=plain.implementation) for column, values in brought.items()]
    made = plain.with_columns(*added).to_native()
    design = drawn.design if isinstance(drawn, Draw) else drawn.design_of(unit)
    if name != last.frame.id:
        assert design.psu is not None
        design = replace(design, psu=tuple(name if column == last.frame.id else column for column in design.psu))
    return Answered(drawn, sample=whole.with_frame(made) if answers is whole else made, design=design, units=len(np.unique(unit)))


def _units(last: Draw, series: nw.Series[Any]) -> Codes:
    """Where the unit of each answer stands in the draw."""
    if missing := int(blank_in(series).sum()):
        raise InputError(f"id= column {series.name!r} is missing for {missing:,} answers.", "Say for each which unit it came from.")
    if ALGORITHMS[last.record.algorithm].again:
        raise InputError(
            "A draw with replacement has a unit several times, and an answer does not say for which of them it stands.",
            "Join answers to draw.sample by its selection, and use draw.design.",
        )
    place = {last.frame.ids[chosen]: k for k, chosen in enumerate(last.chosen.tolist())}
    found = [place.get(text, -1) for text in canonical(series.to_list())]
    if strange := sum(k < 0 for k in found):
        raise DesignError(
            f"{strange:,} of {len(found):,} answers are from units that were not drawn.",
            "Correct their identifiers. A unit that somebody chose in the field has no chance, and no place in the sample.",
        )
    return np.array(found, dtype=np.intp)


def _all_went_out(last: Draw, unit: Codes) -> None:
    """Raise when a release has no answer at all: its units would pass for people who did not respond."""
    silent = sorted(set(range(1, last.record.opened + 1)) - set(last.release[unit].tolist()))
    if last.record.releases > 1 and silent:
        raise DesignError(
            f"Release {', '.join(map(str, silent))} has no answers.",
            "If it never went out, use the draw of those that did: with_answers(draw.released(2), answers).",
        )


def _brought(drawn: Draw | MultiStage, last: Draw, unit: Codes, columns: Sequence[str]) -> dict[str, Any]:
    """The columns of the draw and of its frame, a value an answer."""
    names = list(columns) if isinstance(columns, Iterable) and not isinstance(columns, str) else [columns]
    for name in names:
        last.frame.rows.need(name, "columns=")
    made = drawn.added if isinstance(drawn, Draw) else {**drawn.above(whole=True), **drawn.added}
    brought = {name: _taken(values, unit) for name, values in made.items()}
    data: Any = last.frame.rows.frame
    place = last.frame.place[last.chosen[unit]].tolist()
    return brought | {name: data[name][place].to_list() for name in names if name not in brought}


def _taken(values: Any, unit: Codes) -> Any:
    """A value of the draw for each answer."""
    return values[unit] if isinstance(values, np.ndarray) else [values[k] for k in unit.tolist()]
