"""Two phases: many are asked a little, and of these some are drawn, by what they told, and asked the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn

import narwhals.stable.v2 as nw
import numpy as np

from evidencekit.errors import InputError
from evidencekit.frames import Dataset, eager, open_data
from evidencekit.sampling.drawing.algorithms import ALGORITHMS
from evidencekit.sampling.drawing.draw import Draw
from evidencekit.sampling.stages.answering import Answered, with_answers
from evidencekit.sampling.stages.multistage import MultiStage
from evidencekit.survey import Stages, TwoPhase

__all__ = ["Phased", "two_phase"]

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

        What phase 2 is asked is joined to it, and missing for the others.
        """
        whole = self.first.sample if isinstance(self.first.sample, Dataset) else Dataset(self.first.sample)
        frame = eager(open_data(whole.frame).frame, "two_phase()")
        inside = np.zeros(len(frame), dtype=bool)
        inside[self.second.frame.place[self.second.chosen]] = True
        made = frame.with_columns(nw.new_series(PHASE2, inside, backend=frame.implementation)).to_native()
        return whole.with_frame(made) if whole is self.first.sample else made

    @property
    def design(self) -> TwoPhase:
        """The design of a Survey on `sample`.

        Phase 1 by unequal chances counts as drawn with replacement, and so do its later stages: two phases know no other variance.
        """
        one, strata = self.first.design, self.second.frame.strata
        if one.unequal is not None:
            one = Stages(weights=one.weights, strata=one.strata, psu=(one.psu or ())[:1])
        return TwoPhase(phase1=one, phase2=Stages(strata=tuple(strata or ())), subset=PHASE2)

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
        Answers from units that phase 1 did not draw.
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
    >>> long_form = phases.sample.merge(children[["child", "any_contact_unwanted"]], on="child")
    >>> ek.Survey(long_form, design=phases.design).n
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
    return Phased(with_answers(first, second.frame.data, id=id), second)
