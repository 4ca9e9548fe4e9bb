"""Two stages: households, classes or segments drawn within the areas or schools of a first draw."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NoReturn

import numpy as np

from evidencekit.columns import Codes, Floats
from evidencekit.errors import DesignError, InputError, how_many
from evidencekit.sampling.drawing.algorithms import ALGORITHMS
from evidencekit.sampling.drawing.draw import Draw
from evidencekit.survey import Stages

__all__ = ["TwoStage", "second_stage"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class TwoStage:
    """A sample in two stages: a first draw of areas, and a draw within each of them.

    Parameters
    ----------
    first : Draw
        Of areas or schools.
    second : Draw
        Of households, classes or segments, with the areas as strata.

    Examples
    --------
    See `second_stage`.
    """

    first: Draw
    second: Draw
    of: Codes = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "of", _places(self.first, self.second))

    @property
    def n(self) -> int:
        """How many units of the second stage were drawn."""
        return self.second.n

    @property
    def chances(self) -> tuple[Floats, Floats]:
        """The chance of each unit's area, and of the unit within it; their product is the chance of the unit."""
        return self.first.chance[self.of], self.second.chance

    @property
    def sample(self) -> Any:
        """The chosen units of the second stage as a data frame.

        Returns
        -------
        data frame
            In the caller's kind, with the columns of the second frame and ``chance_1``, ``chance_2``, ``weight``, ``variance_stratum`` (of
            the area), ``selection`` and, when the second draw was split, ``release``.
        """
        one, two = self.chances
        columns: dict[str, Any] = {
            "chance_1": one,
            "chance_2": two,
            "weight": 1 / (one * two),
            "variance_stratum": self.first.variance_stratum[self.of],
            "selection": self.second.selection,
        }
        if self.second.record.releases > 1:
            columns["release"] = self.second.release
        return self.second.table(self.second.chosen, columns)

    @property
    def design(self) -> Stages:
        """The design of a Survey on `sample`, or on answers joined to it: both stages with their chances."""
        first = self.first.design
        return Stages(
            weights="weight",
            strata=first.strata,
            psu=(*(self.second.frame.strata or ()), self.second.frame.id),
            fpc=("chance_1", "chance_2"),
            unequal="brewer" if first.unequal else None,
        )

    def __repr__(self) -> str:
        return f"TwoStage({how_many(self.second.n, 'unit')} in {len(np.unique(self.of)):,} of {self.first.n:,} drawn at the first stage)"

    def __reduce__(self) -> NoReturn:
        raise InputError("A TwoStage is not pickled: its frames may hold addresses.", "Send the records of its draws.")


def second_stage(first: Draw, second: Draw) -> TwoStage:
    """Put a draw within areas together with the draw of the areas.

    Parameters
    ----------
    first : Draw
        Of areas or schools, without replacement.
    second : Draw
        From a frame of the households, classes or segments listed in them, whose ``strata=`` is the column of the areas. It may have
        another name than in the first frame.

    Returns
    -------
    TwoStage
        Its `sample` has the chances of both stages and the weight, its `design` is what a Survey needs.

    Raises
    ------
    DesignError
        A unit is in an area that was not drawn, or an area that was drawn has no list.
    InputError
        Something else than two draws, or a first draw with replacement.

    Examples
    --------
    Twelve households in each of 60 areas of the invented country, listed anew:

    >>> import evidencekit as ek
    >>> areas = ek.Frame(ek.fictional.area_list(), id="area_number", size="households", strata="area")
    >>> first = ek.sampling.pps_systematic(areas, {"urban": 30, "rural": 30}, seed=1)
    >>> homes = ek.fictional.national_population()[["area_number", "household"]].drop_duplicates()
    >>> listing = homes[homes["area_number"].isin(first.sample["area_number"])]
    >>> households = ek.Frame(listing, id="household", strata="area_number")
    >>> second = ek.sampling.systematic(households, ek.sampling.in_each(households, 12), seed=1)
    >>> both = ek.sampling.second_stage(first, second)
    >>> both
    TwoStage(720 units in 60 of 60 drawn at the first stage)
    >>> both.design.psu, both.design.fpc
    (('area_number', 'household'), ('chance_1', 'chance_2'))
    """
    if not isinstance(first, Draw) or not isinstance(second, Draw):
        raise InputError(f"second_stage() takes two Draws, not a {type(first).__name__} and a {type(second).__name__}.")
    return TwoStage(first, second)


def _places(first: Draw, second: Draw) -> Codes:
    """Where the area of each unit stands in the first draw."""
    if ALGORITHMS[first.record.algorithm].again or ALGORITHMS[second.record.algorithm].again:
        raise InputError("second_stage() takes draws without replacement.", "Draw by srs() or another design without replacement.")
    if len(second.frame.strata or ()) != 1:
        raise InputError(
            "The second frame has no single strata= column.",
            "Name the column of the areas: Frame(list, id=..., strata=...) of the areas drawn.",
        )
    drawn = {first.frame.ids[place]: k for k, place in enumerate(first.chosen.tolist())}
    keys = [key[0] for key in second.frame.keys]
    strange, unlisted = sum(key not in drawn for key in keys), len(set(drawn) - set(keys))
    if strange or unlisted:
        strata = how_many(strange, "stratum of the second frame was", "strata of the second frame were")
        units = how_many(unlisted, "unit drawn at the first stage has", "units drawn at the first stage have")
        found = [f"{strata} not drawn at the first stage"] if strange else []
        found += [f"{units} no list"] if unlisted else []
        raise DesignError(
            f"The two draws do not fit: {', and '.join(found)}.",
            "The second frame lists what is in the areas that were drawn. An area that could not be listed is non-response, not a smaller "
            "sample: write its households as a list of one, and leave it unanswered.",
        )
    return np.array([drawn[keys[h]] for h in second.frame.codes[second.chosen].tolist()], dtype=np.intp)
