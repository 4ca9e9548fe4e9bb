"""Answers put to the units that were drawn: what a Survey is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

import narwhals.stable.v2 as nw
import numpy as np

from evidencekit.columns import Codes
from evidencekit.errors import DesignError, InputError
from evidencekit.frames import eager, open_data
from evidencekit.sampling.drawing.draw import Draw
from evidencekit.sampling.stages.appending import appended, given_back, rows_as_given
from evidencekit.sampling.stages.matching import units_of_answers
from evidencekit.sampling.stages.multistage import MultiStage
from evidencekit.sampling.stages.venues import PERIOD
from evidencekit.survey import Stages

__all__ = ["Answered", "with_answers"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Answered:
    """Answers with the weights and the design of the draw they came from.

    Parameters
    ----------
    drawn : Draw or MultiStage
        The sample.
    sample : data frame or Dataset
        The answers with the columns of the design.
    design : Stages
        The design of a Survey on `sample`.
    unit : (n,) array
        For each row, where its unit of the last stage stands in the draw.
    units : int
        How many of the units drawn have an answer.
    note : str
        What the design takes as drawn with replacement, and why; empty when all stages are as they were drawn.

    Examples
    --------
    See `with_answers`.
    """

    drawn: Draw | MultiStage
    sample: Any = field(kw_only=True)
    design: Stages = field(kw_only=True)
    unit: Codes = field(kw_only=True)
    units: int = field(kw_only=True)
    note: str = field(kw_only=True)

    def __repr__(self) -> str:
        rows = len(eager(open_data(self.sample).frame, "Answered"))
        said = f"Answered({rows:,} rows, {self.units:,} of {self.drawn.n:,} units drawn have answers)"
        return f"{said}\n  {self.note}" if self.note else said

    def __reduce__(self) -> NoReturn:
        raise InputError("Answers are not pickled.", "Keep the file they are in, and the record of the draw.")


def with_answers(
    drawn: Draw | MultiStage,
    answers: Any,
    *,
    id: str | None = None,
    columns: Sequence[str] = (),
    silent: Mapping[str, Any] | None = None,
    several: bool = False,
) -> Answered:
    """Put the answers to the units that were drawn.

    Parameters
    ----------
    drawn : Draw or MultiStage
        The sample. When it was split into releases: those that went out, ``draw.released(3)``.
    answers : Dataset or data frame
        One row a unit, in memory. Units without a row have not answered.
    id : str, optional
        The column of `answers` that identifies the unit of the last stage; by default it is called as in the frame.
    columns : sequence of str
        Columns of the frames to bring along, such as the province.
    silent : mapping of str to value, optional
        Adds a row for each unit without one, with what is written here: ``silent={"result": "not reached"}``. An adjustment for
        non-response needs everyone who was drawn, and counts only those it is shown.
    several : bool
        Whether a unit may have several rows: all pupils of a class, all children of a household. By default it is refused, since it is
        usually an interview that was sent twice.

    Returns
    -------
    Answered
        ``.sample``: the answers, in their kind and order, with the chances, ``weight``, ``variance_stratum`` and the identifiers that the
        design goes by. ``.design``: the design of a Survey on them, ``ek.Survey(made.sample, design=made.design)``. When `answers` is a
        Dataset, so is the sample.

    Raises
    ------
    UnknownColumn
        The column of the identifier, or one of `columns` or `silent`, is not there.
    DesignError
        Rows whose unit was not drawn, several rows of one unit, or a release without any answer.
    InputError
        Identifiers missing, columns that the answers have already, or answers from a sample of venues.

    Notes
    -----
    The weights are those of the draw: what non-response takes away is the work of `evidencekit.weighting.adjust_nonresponse`. A stage of
    which only one unit answered somewhere counts as `MultiStage.design` says, and ``.note`` says so.

    The usual survey of households: draw areas and households (`multistage`), interview in each household the child that
    `respondent_table` or the tablet chose, and put one row a household here, whatever came of it. Then adjust for non-response, where a
    household without a child is ineligible, and multiply by the children of the household (`evidencekit.weighting.select_within`).

    Examples
    --------
    >>> import evidencekit as ek
    >>> areas = ek.Frame(ek.fictional.area_list(), id="area_number", size="households", strata="area")
    >>> draw = ek.sampling.pps_systematic(areas, {"urban": 30, "rural": 30}, seed=1)
    >>> children = ek.fictional.national_population()
    >>> told = children.loc[children["area_number"].isin(draw.sample["area_number"]), ["area_number", "sex", "any_contact_unwanted"]]
    >>> made = ek.sampling.with_answers(draw, told, columns=["province"], several=True)
    >>> survey = ek.Survey(made.sample, design=made.design)
    >>> survey.designed >= {"weight", "area_number", "chance"}
    True
    """
    if not isinstance(drawn, (Draw, MultiStage)):
        raise InputError(f"with_answers() takes a Draw or what multistage() made, not a {type(drawn).__name__}.")
    last = drawn if isinstance(drawn, Draw) else drawn.draws[-1]
    if last.frame.id == PERIOD:
        raise InputError("These answers were given at venues, and count by who came and how often.", "Use venue_sample().")
    rows = open_data(answers)
    name = last.frame.id if id is None else id
    rows.need(name, "id=")
    unit = units_of_answers(last, eager(rows.frame, "with_answers()")[name], several=several)
    _all_went_out(last, unit)
    frame = rows_as_given(answers, "with_answers()")
    if silent is not None:
        for column in silent:
            rows.need(column, "silent=")
        frame, unit = _with_silent(last, frame, name, unit, silent)
    brought = _brought(drawn, unit, columns)
    if taken := [column for column in brought if column in rows.columns]:
        raise InputError(
            f"The answers already have a column {taken[0]!r}, which the draw brings.",
            "Leave out what came from the draw, or give the column another name.",
        )
    made = frame.with_columns(*(nw.new_series(column, values, backend=frame.implementation) for column, values in brought.items()))
    design, note = _design(drawn, unit)
    if name != last.frame.id and design.psu is not None:
        design = replace(design, psu=tuple(name if column == last.frame.id else column for column in design.psu))
    answered = len(np.unique(unit[: len(eager(rows.frame, "with_answers()"))]))
    return Answered(drawn, sample=given_back(answers, made), design=design, unit=unit, units=answered, note=note)


def _all_went_out(last: Draw, unit: Codes) -> None:
    """Raise when a release has no answer at all: its units would pass for people who did not respond."""
    unheard = sorted(set(range(1, last.record.opened + 1)) - set(last.release[unit].tolist()))
    if last.record.releases > 1 and unheard:
        raise DesignError(
            f"Release {', '.join(map(str, unheard))} has no answers.",
            "If it never went out, use the draw of those that did: with_answers(draw.released(2), answers).",
        )


def _with_silent(
    last: Draw, frame: nw.DataFrame[Any], name: str, unit: Codes, silent: Mapping[str, Any]
) -> tuple[nw.DataFrame[Any], Codes]:
    """The answers with a row for each unit that has none."""
    lost = np.setdiff1d(np.arange(last.n), unit)
    if not lost.size:
        return frame, unit
    rest: dict[str, Any] = {name: [last.frame.ids[place] for place in last.chosen[lost].tolist()]}
    rest |= {column: [value] * lost.size for column, value in silent.items()}
    return appended(frame, rest), np.concatenate([unit, lost])


def _brought(drawn: Draw | MultiStage, unit: Codes, columns: Sequence[str]) -> dict[str, Any]:
    """The columns of the draw and of its frames, a value a row."""
    several = drawn if isinstance(drawn, MultiStage) else MultiStage((drawn,))
    made = drawn.added if isinstance(drawn, Draw) else {**drawn.above(whole=True), **drawn.added}
    brought = {name: _taken(values, unit) for name, values in made.items()}
    brought |= {} if isinstance(drawn, Draw) else drawn.units_of(unit)
    for name in list(columns) if isinstance(columns, Iterable) and not isinstance(columns, str) else [columns]:
        stage = next((k for k in reversed(range(len(several.draws))) if name in several.draws[k].frame.rows.columns), None)
        if stage is None:
            several.draws[-1].frame.rows.need(name, "columns=")
        elif name not in brought:
            brought[name] = _taken(several.told(stage, name), unit)
    return brought


def _taken(values: Any, unit: Codes) -> Any:
    """A value of the draw for each row."""
    return values[unit] if isinstance(values, np.ndarray) else [values[k] for k in unit.tolist()]


def _design(drawn: Draw | MultiStage, unit: Codes) -> tuple[Stages, str]:
    """The design of those who answered, and what it takes as drawn with replacement."""
    if isinstance(drawn, Draw):
        return drawn.design, ""
    depth, reason = drawn.depth(unit)
    return drawn.design_of(unit), f"variance: {drawn.ids[depth - 1]} as drawn with replacement, because {reason}" if reason else ""
