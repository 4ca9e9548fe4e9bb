"""Several stages: households, classes or segments drawn within areas or schools, and members within those."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NoReturn

import numpy as np

from evidencekit.columns import Codes, Floats
from evidencekit.errors import DesignError, InputError
from evidencekit.sampling.drawing.algorithms import ALGORITHMS
from evidencekit.sampling.drawing.draw import Draw
from evidencekit.sampling.drawing.record import Record
from evidencekit.survey import Stages

__all__ = ["UNIT", "MultiStage", "multistage"]

UNIT = "variance_unit"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class MultiStage:
    """A sample in several stages: a first draw, of areas or schools, and in each of its units a draw of what is in it; and so on.

    Parameters
    ----------
    draws : tuple of Draw
        First stage first; each with the units of the one before as its strata.

    Examples
    --------
    See `multistage`.
    """

    draws: tuple[Draw, ...]
    parents: tuple[Codes, ...] = field(init=False)
    paths: tuple[Codes, ...] = field(init=False)

    def __post_init__(self) -> None:
        parents = tuple(_parents(above, below) for above, below in zip(self.draws, self.draws[1:], strict=False))
        paths = [np.arange(self.draws[-1].n)]
        for parent in reversed(parents):
            paths.append(parent[paths[-1]])
        object.__setattr__(self, "parents", parents)
        object.__setattr__(self, "paths", tuple(reversed(paths)))

    @property
    def n(self) -> int:
        """How many units of the last stage were drawn."""
        return self.draws[-1].n

    @property
    def ids(self) -> tuple[str, ...]:
        """The columns of identifiers, first stage first, as the last frame and the answers call them."""
        return (*(below.frame.strata[0] for below in self.draws[1:] if below.frame.strata), self.draws[-1].frame.id)

    @property
    def chances(self) -> tuple[Floats, ...]:
        """For each stage, the chance of every unit's ancestor there, given the stages before; their product is the unit's chance."""
        return tuple(draw.chance[path] for draw, path in zip(self.draws, self.paths, strict=True))

    @property
    def added(self) -> dict[str, Any]:
        """The columns that say how each unit of the last stage was drawn, in the order of the last draw."""
        first, path = self.draws[0], self.paths[0]
        columns: dict[str, Any] = {f"chance_{k}": chance for k, chance in enumerate(self.chances, 1)}
        columns["weight"] = 1 / np.prod(self.chances, axis=0)
        columns["variance_stratum"] = first.variance_stratum[path]
        if first.record.parts:
            columns["part"] = [first.record.parts[k] for k in first.part[path].tolist()]
        if self.draws[-1].record.releases > 1:
            columns["release"] = self.draws[-1].release
        return columns

    @property
    def records(self) -> tuple[Record, ...]:
        """The records of its draws, first stage first; each is verified with its own frame."""
        return tuple(draw.record for draw in self.draws)

    @property
    def sample(self) -> Any:
        """The chosen units of the last stage as a data frame.

        Returns
        -------
        data frame
            In the caller's kind, with the columns of the last frame, the identifiers of the stages above where it does not have them, and
            ``chance_1``, ``chance_2``, ..., ``weight``, ``variance_stratum`` (of the first stage), ``selection`` and, when they were
            parted or split, ``part`` and ``release``; ``variance_unit`` where `design` needs it.
        """
        last = self.draws[-1]
        columns = {**self.above(), **self.added, **self.units_of(np.arange(self.n)), "selection": last.selection}
        return last.table(last.chosen, columns)

    def above(self, *, whole: bool = False) -> dict[str, Any]:
        """The identifiers of the stages above: those that the last frame does not hold, or all."""
        held = () if whole else self.draws[-1].frame.rows.columns
        return {name: self.told(k, name) for k, name in enumerate(self.ids[:-1], 1) if name not in held}

    def told(self, stage: int, name: str) -> list[Any]:
        """A column of the frame of a stage, counted from 0, for every unit of the last one."""
        draw, path = self.draws[stage], self.paths[stage]
        data: Any = draw.frame.rows.frame
        return data[name][draw.frame.place[draw.chosen[path]].tolist()].to_list()

    @property
    def design(self) -> Stages:
        """The design of a Survey on `sample`: the stages with their chances, as far down as their variance can be estimated.

        A stage that drew one unit (one child a household) says nothing of its own variance: the stage above it then counts as drawn with
        replacement, which makes variances a little too large rather than too small. So it does where chances within a unit differ. Where
        this happens to the first stage, units that were certain are strata in which those of the second stage are the sampling units, in a
        column ``variance_unit``.
        """
        return self.design_of(np.arange(self.n))

    def design_of(self, units: Codes) -> Stages:
        """The design of a Survey on some of the units of the last stage: those that answered."""
        first = self.draws[0].design
        depth, reason = self.depth(units)
        fpc = tuple(f"chance_{k}" for k in range(1, depth + (not reason)))
        return Stages(
            weights="weight",
            strata=first.strata,
            psu=tuple(self.units_of(units)) or self.ids[:depth],
            fpc=fpc or None,
            unequal=first.unequal if fpc else None,
        )

    def units_of(self, units: Codes) -> dict[str, Codes]:
        """The column of sampling units where those of the second stage stand for areas that were certain; empty where none do."""
        first, path = self.draws[0], self.paths
        if not first.certain.any() or self.depth(units)[0] > 1:
            return {}
        return {UNIT: np.where(first.certain[path[0]], first.n + path[1], path[0])[units]}

    def depth(self, units: Codes) -> tuple[int, str]:
        """The number of stages whose variance can be estimated, and why the last of them counts as drawn with replacement, if it does."""
        if self.draws[0].record.parts:
            return 1, "the parts of a stratum have no area in common"
        for k, parent in enumerate(self.parents, 1):
            there = np.unique(self.paths[k][units])
            of, chance = parent[there], self.draws[k].chance[there]
            drawn = np.bincount(of)
            if ((drawn[of] == 1) & (chance < 1)).any():
                return k, f"of some there is one {self.ids[k]} only"
            lowest, highest = np.full(drawn.size, np.inf), np.zeros(drawn.size)
            np.minimum.at(lowest, of, chance)
            np.maximum.at(highest, of, chance)
            if (highest[of] > lowest[of] * (1 + 1e-9)).any():
                return k + 1, "chances within a unit differ"
        return len(self.draws), ""

    def __repr__(self) -> str:
        return f"MultiStage({' > '.join(f'{draw.n:,}' for draw in self.draws)} units at {len(self.draws)} stages)"

    def __reduce__(self) -> NoReturn:
        raise InputError("A MultiStage is not pickled: its frames may hold addresses.", "Send the records of its draws.")


def multistage(first: Draw, second: Draw, *more: Draw) -> MultiStage:
    """Put draws within areas, schools or households together with the draw of those.

    Parameters
    ----------
    first : Draw
        Of areas or schools. It may be parted (`split_psus`), or be the first releases of a draw (`Draw.released`).
    second : Draw
        From a frame of the households, classes or segments listed in them, whose ``strata=`` is the column of the areas. It may have
        another name than in the first frame.
    *more : Draw
        Further stages, such as one child a household (`one_respondent`): each from a frame whose ``strata=`` is the column of the units
        of the stage before.

    Returns
    -------
    MultiStage
        Its `sample` has the chances of all stages and the weight, its `design` is what a Survey needs.

    Raises
    ------
    DesignError
        A unit is in an area that was not drawn, or an area that was drawn has no list.
    InputError
        Something else than draws, or draws with replacement or of random size.

    References
    ----------
    Sarndal, Swensson and Wretman (1992), Model Assisted Survey Sampling, chapter 4.

    Examples
    --------
    Twelve households in each of 60 areas of the invented country, listed anew, and one child in each:

    >>> import evidencekit as ek
    >>> areas = ek.Frame(ek.fictional.area_list(), id="area_number", size="households", strata="area")
    >>> first = ek.sampling.pps_systematic(areas, {"urban": 30, "rural": 30}, seed=1)
    >>> children = ek.fictional.national_population().reset_index(names="child")
    >>> listing = children[children["area_number"].isin(first.sample["area_number"])].drop_duplicates("household")
    >>> households = ek.Frame(listing[["area_number", "household"]], id="household", strata="area_number")
    >>> second = ek.sampling.systematic(households, ek.sampling.in_each(households, 12), seed=1)
    >>> both = ek.sampling.multistage(first, second)
    >>> both
    MultiStage(60 > 720 units at 2 stages)
    >>> both.design.psu, both.design.fpc
    (('area_number', 'household'), ('chance_1', 'chance_2'))
    >>> roster = children[children["household"].isin(second.sample["household"])]
    >>> third = ek.sampling.one_respondent(ek.Frame(roster, id="child", strata="household"), seed=1)
    >>> ek.sampling.multistage(first, second, third)
    MultiStage(60 > 720 > 720 units at 3 stages)

    Schools in proportion to pupils, then two whole classes in each:

    >>> import pandas as pd
    >>> schools = pd.DataFrame({"school": range(40), "pupils": range(200, 1000, 20)})
    >>> drawn = ek.sampling.pps_systematic(ek.Frame(schools, id="school", size="pupils"), 10, seed=1)
    >>> classes = pd.DataFrame([(s, 100 * s + k) for s in drawn.sample["school"] for k in range(6)], columns=["school", "class"])
    >>> listed = ek.Frame(classes, id="class", strata="school")
    >>> ek.sampling.multistage(drawn, ek.sampling.systematic(listed, ek.sampling.in_each(listed, 2), seed=1))
    MultiStage(10 > 20 units at 2 stages)
    """
    draws = (first, second, *more)
    for draw in draws:
        if not isinstance(draw, Draw):
            raise InputError(f"multistage() takes Draws, not a {type(draw).__name__}.")
        how = ALGORITHMS[draw.record.algorithm]
        if how.again or not how.fixed:
            raise InputError(
                f"multistage() takes draws without replacement and of a fixed size, not by {how.name}().",
                "Draw by another design, such as pps_systematic(), pareto() or srs().",
            )
    return MultiStage(draws)


def _parents(above: Draw, below: Draw) -> Codes:
    """Where the parent of each unit of a draw stands in the draw of the stage above."""
    if len(below.frame.strata or ()) != 1:
        raise InputError(
            "The frame of a later stage has no single strata= column.",
            "Name the column of the units of the stage above: Frame(list, id=..., strata=...).",
        )
    drawn = {above.frame.ids[place]: k for k, place in enumerate(above.chosen.tolist())}
    keys = [key[0] for key in below.frame.keys]
    strange, unlisted = sum(key not in drawn for key in keys), len(set(drawn) - set(keys))
    if strange or unlisted:
        found = [f"{strange} strata of the later frame were not drawn at the stage above"] if strange else []
        found += [f"{unlisted} units drawn at the stage above have no list"] if unlisted else []
        raise DesignError(
            f"The draws do not fit: {', and '.join(found)}.",
            "The later frame lists what is in the units that were drawn. Of a household survey put the answers to the draw of households, "
            "a row each with its result, and let weighting.select_within() count the children: a household without a child is then "
            "ineligible, and one that was not reached non-response. So is an area that could not be listed: it makes no smaller sample.",
        )
    return np.array([drawn[keys[h]] for h in below.frame.codes[below.chosen].tolist()], dtype=np.intp)
