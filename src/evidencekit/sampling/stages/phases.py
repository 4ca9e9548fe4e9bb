"""Two phases: many are asked a little, and of these some are drawn, by what they told, and asked the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Codes
from evidencekit.errors import DesignError, InputError
from evidencekit.frames import eager, open_data
from evidencekit.sampling.drawing.algorithms import ALGORITHMS
from evidencekit.sampling.drawing.draw import Draw
from evidencekit.sampling.stages.answering import Answered, with_answers
from evidencekit.sampling.stages.appending import given_back, rows_as_given
from evidencekit.sampling.stages.matching import units_of_answers
from evidencekit.sampling.stages.multistage import UNIT, MultiStage
from evidencekit.survey import Stages, TwoPhase

__all__ = ["Phased", "two_phase", "with_phase2"]

PHASE2 = "phase2"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Phased:
    """A sample drawn in two phases.

    Parameters
    ----------
    first : Answered
        Everybody of phase 1, with the weights of phase 1.
    second : Draw
        Who of them is in phase 2.

    Examples
    --------
    See `two_phase`.
    """

    first: Answered
    second: Draw

    @property
    def sample(self) -> Any:
        """Everybody of phase 1: the data of the second frame with the design of phase 1 and ``phase2``, who was drawn.

        What phase 2 is asked is put to it by `with_phase2`.
        """
        frame = rows_as_given(self.first.sample, "two_phase()")
        inside = np.zeros(len(frame), dtype=bool)
        inside[self.second.frame.place[self.second.chosen]] = True
        columns: dict[str, Any] = {PHASE2: inside}
        if self._replaced and self._certain.any():
            columns[UNIT] = np.where(self._certain, self._areas.n + np.arange(len(frame)), self._area)
        made = frame.with_columns(*(nw.new_series(name, values, backend=frame.implementation) for name, values in columns.items()))
        return given_back(self.first.sample, made)

    @property
    def design(self) -> TwoPhase:
        """The design of a Survey on `sample`.

        Phase 1 by unequal chances counts as drawn with replacement, and so do its later stages: two phases know no other variance. In an
        area that was certain to be drawn the people are then the sampling units, in a column ``variance_unit``.
        """
        one, strata = self.first.design, self.second.frame.strata
        if self._replaced:
            unit = UNIT if self._certain.any() else (one.psu or ("",))[0]
            one = Stages(weights=one.weights, strata=one.strata, psu=unit)
        return TwoPhase(phase1=one, phase2=Stages(strata=tuple(strata or ())), subset=PHASE2)

    @property
    def _replaced(self) -> bool:
        """Whether phase 1 counts as drawn with replacement."""
        return self.first.design.unequal is not None or self.first.design.fpc is None

    @property
    def _areas(self) -> Draw:
        """The first stage of phase 1."""
        return self.first.drawn if isinstance(self.first.drawn, Draw) else self.first.drawn.draws[0]

    @property
    def _area(self) -> Codes:
        """Where each row's unit of the first stage stands in its draw."""
        drawn, unit = self.first.drawn, self.first.unit
        return unit if isinstance(drawn, Draw) else drawn.paths[0][unit]

    @property
    def _certain(self) -> NDArray[np.bool_]:
        """Which rows are from areas that were certain to be drawn."""
        return self._areas.certain[self._area]

    def __repr__(self) -> str:
        return f"Phased({self.second.n:,} of {self.second.frame.n:,} in phase 2)"

    def __reduce__(self) -> NoReturn:
        raise InputError("A sample in two phases is not pickled: it holds answers.", "Send the records of its draws.")


def two_phase(first: Draw | MultiStage, second: Draw, *, id: str | None = None) -> Phased:
    """Put a second draw, from those who answered in a first sample, together with the draw of that sample.

    Parameters
    ----------
    first : Draw or MultiStage
        The sample of phase 1.
    second : Draw
        From a frame of the answers of phase 1, one row a person, with what they told as ``strata=``: by `srs` or `systematic`.
    id : str, optional
        The column of these answers that says which unit of `first` a person is of; by default it is called as in the frame of `first`.

    Returns
    -------
    Phased
        ``.sample``: everybody of phase 1; ``.design``: what a Survey on it needs.

    Raises
    ------
    DesignError
        Answers from units that phase 1 did not draw, or both draws go by the same random numbers.
    InputError
        Something else than draws, or a second draw with unequal chances, with replacement or in releases.

    References
    ----------
    Sarndal, Swensson and Wretman (1992), Model Assisted Survey Sampling, chapter 9.

    Examples
    --------
    All children of the areas drawn answer a short form; 150 of those who use the internet daily and 50 of the others get the long one.

    >>> import evidencekit as ek
    >>> areas = ek.Frame(ek.fictional.area_list(), id="area_number", strata="area")
    >>> first = ek.sampling.srs(areas, {"urban": 20, "rural": 20}, seed=1)
    >>> children = ek.fictional.national_population().reset_index(names="child")
    >>> short = children.loc[children["area_number"].isin(first.sample["area_number"]), ["child", "area_number", "internet_daily"]]
    >>> frame = ek.Frame(short, id="child", strata="internet_daily")
    >>> phases = ek.sampling.two_phase(first, ek.sampling.srs(frame, {1: 150, 0: 50}, seed=1))
    >>> long_form = children.loc[children["child"].isin(phases.second.sample["child"]), ["child", "any_contact_unwanted"]]
    >>> ek.Survey(ek.sampling.with_phase2(phases, long_form), design=phases.design).n
    200
    """
    if not isinstance(second, Draw):
        raise InputError(f"two_phase() takes a second Draw, not a {type(second).__name__}.")
    how = ALGORITHMS[second.record.algorithm]
    plain = how.sizes == "ignored" and not how.again and second.record.releases == 1 and not second.record.parts
    if not plain:
        raise InputError(
            "The second draw of two_phase() has equal chances within strata, without replacement, and is not split.",
            "Draw by srs() or systematic(), with a stratum for each chance that is wanted.",
        )
    if PHASE2 in second.frame.rows.columns:
        raise InputError(f"The answers of phase 1 already have a column {PHASE2!r}, which the sample adds.", "Give it another name.")
    draws = (first,) if isinstance(first, Draw) else first.draws if isinstance(first, MultiStage) else ()
    if any(_numbers(draw) == _numbers(second) for draw in draws):
        raise DesignError(
            "Both phases go by the same random numbers, and who is in phase 1 was chosen for having small ones.",
            'Give the second draw a stream of its own: stream="phase 2".',
        )
    return Phased(with_answers(first, second.frame.data, id=id, several=True), second)


def _numbers(draw: Draw) -> tuple[int, str]:
    """What the random numbers of a draw are hashed from, with identifiers."""
    return draw.record.seed, draw.record.stream


def with_phase2(phases: Phased, answers: Any, *, id: str | None = None) -> Any:
    """Put the answers of phase 2 beside everybody of phase 1.

    Parameters
    ----------
    phases : Phased
        What `two_phase` made.
    answers : data frame
        One row for each person of phase 2 who answered, in memory, of the kind of the data of phase 1.
    id : str, optional
        The column of `answers` that identifies the person; by default it is called as in the frame of the second draw.

    Returns
    -------
    data frame or Dataset
        ``phases.sample`` with the columns of `answers`, missing for those who were not in phase 2 and for those who did not answer: what
        ``ek.Survey(..., design=phases.design)`` takes.

    Raises
    ------
    UnknownColumn
        The column of the identifier is not there.
    DesignError
        Answers of people who are not in phase 2, or several of one.
    InputError
        Something else than a `Phased`, identifiers missing, or columns that phase 1 has already.

    Examples
    --------
    See `two_phase`.
    """
    if not isinstance(phases, Phased):
        raise InputError(f"with_phase2() takes what two_phase() made, not a {type(phases).__name__}.")
    rows = open_data(answers)
    name = phases.second.frame.id if id is None else id
    rows.need(name, "id=")
    frame = eager(rows.frame, "with_phase2()")
    unit = units_of_answers(phases.second, frame[name], several=False)
    everybody = phases.sample
    base = rows_as_given(everybody, "with_phase2()")
    if taken := [column for column in frame.columns if column != name and column in base.columns]:
        raise InputError(f"Phase 1 already has a column {taken[0]!r}.", "Leave it out of the answers, or give it another name.")
    row_of = np.full(len(base), -1, dtype=np.intp)
    row_of[phases.second.frame.place[phases.second.chosen[unit]]] = np.arange(unit.size)
    return given_back(everybody, base.with_columns(*(_spread(frame[column], row_of) for column in frame.columns if column != name)))


def _spread(series: nw.Series[Any], row_of: Codes) -> nw.Series[Any]:
    """A column of answers in the rows of phase 1, missing where there is none."""
    rows = nw.new_series("row", row_of, backend=series.implementation).to_frame()
    answers = nw.DataFrame.from_dict({"row": nw.new_series("row", np.arange(len(series)), backend=series.implementation)})
    return rows.join(answers.with_columns(series.alias(series.name)), on="row", how="left")[series.name]
