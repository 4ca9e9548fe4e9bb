"""A draw: the chosen units with their chances, weights and order, and the record of how they were chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Codes, Floats, factorise
from evidencekit.errors import DesignError, InputError, how_many
from evidencekit.sampling.drawing.algorithms import ALGORITHMS
from evidencekit.sampling.drawing.framing import Frame
from evidencekit.sampling.drawing.record import Record
from evidencekit.sampling.selecting.joint import joint_probabilities
from evidencekit.survey import Stages

__all__ = ["ADDED", "Draw"]

_PAIRS = 20_000  # units whose joint chances fit in memory
ADDED = ("chance", "weight", "variance_stratum", "certainty", "selection", "part", "release")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Draw:
    """A sample drawn from a frame by one of the verbs of `evidencekit.sampling`.

    Parameters
    ----------
    frame : Frame
        What it was drawn from.
    record : Record
        How: enough to draw it again.
    chosen : (n,) array
        Places of the chosen units in the frame's order; with replacement a unit has one for every time it was drawn.
    chance : (n,) array
        Inclusion probabilities (with replacement, and in Poisson sampling as in all others, the expected number of times).
    certain : (n,) array of bool
        Which units were certain to be drawn.
    selection : (n,) array
        A random order of the units, 1 to n.
    part : (n,) array
        The part each unit belongs to, a place in ``record.parts``; all 0 unless the draw was parted (`split_psus`).
    release : (n,) array
        The release each unit belongs to, from 1.

    Examples
    --------
    >>> import evidencekit as ek
    >>> areas = ek.Frame(ek.fictional.area_list(), id="area_number", size="households", strata="stratum")
    >>> draw = ek.sampling.pareto(areas, ek.sampling.in_each(areas, 10), seed=1, stream="areas")
    >>> draw
    Draw(pareto, 120 of 2,400 units, 12 strata, seed=1, stream='areas')
    >>> draw.design
    Stages(weights='weight', ...)
    """

    frame: Frame
    record: Record = field(kw_only=True)
    chosen: Codes = field(kw_only=True)
    chance: Floats = field(kw_only=True)
    certain: NDArray[np.bool_] = field(kw_only=True)
    selection: Codes = field(kw_only=True)
    part: Codes = field(kw_only=True)
    release: Codes = field(kw_only=True)

    @property
    def n(self) -> int:
        """How many units were drawn."""
        return len(self.chosen)

    @property
    def weight(self) -> Floats:
        """The design weight of each unit: one over its chance."""
        return 1 / self.chance

    @property
    def sample(self) -> Any:
        """The chosen units as a data frame.

        Returns
        -------
        data frame
            In the caller's kind and in the frame's order, with the columns of the frame and ``chance``, ``weight``, ``variance_stratum``
            (the number of the stratum, or of its part; a certain unit is one of its own), ``certainty``, ``selection`` (a random order, 1
            to n) and, when the draw was parted or split, ``part`` and ``release``.
        """
        return self.table(self.chosen, {**self.added, "certainty": self.certain, "selection": self.selection})

    def released(self, through: int) -> Draw:
        """The draw as it is when only the first releases went out.

        Releases are random parts of the sample, so those that went out are a probability sample themselves: every unit of a release that
        was opened stays in it, reached or not. Nobody in the field chooses a substitute.

        Parameters
        ----------
        through : int
            The last release that went out, 1 to the number of releases.

        Returns
        -------
        Draw
            The units of releases 1 to `through`, with the chances and weights of a sample that ends there.

        Raises
        ------
        InputError
            There is no such release.
        """
        if isinstance(through, bool) or not isinstance(through, (int, np.integer)) or not 1 <= through <= self.record.opened:
            raise InputError(f"through= is a release of this draw, 1 to {self.record.opened}.", "releases(draw, number) splits a draw.")
        inside = self.release <= through
        drawn = np.bincount(self.group[~self.certain], minlength=self.groups)
        out = np.bincount(self.group[~self.certain & inside], minlength=self.groups)
        share = np.where(self.certain, 1.0, out[self.group] / np.maximum(drawn[self.group], 1))
        return replace(
            self,
            record=replace(self.record, through=int(through) if through < self.record.releases else 0),
            chosen=self.chosen[inside],
            chance=(self.chance * share)[inside],
            certain=self.certain[inside],
            selection=self.selection[inside],
            part=self.part[inside],
            release=self.release[inside],
        )

    @property
    def design(self) -> Stages:
        """The design of a Survey on `sample`, or on answers joined to it: weights, strata, sampling units and their chances.

        The inclusion probability is the fpc. Unequal ones have Brewer's variance; ``Stages(..., unequal=Joint(draw.joint()))`` has the
        exact one where every chosen unit was interviewed and joint probabilities are known. Certain units add no variance. The parts of a
        draw (`split_psus`) count as drawn with replacement: their areas cannot be the same, which makes a difference between them vary more
        than two samples that know nothing of each other, and by leaving out the finite population correction that is covered.
        """
        how = ALGORITHMS[self.record.algorithm]
        strata = "variance_stratum" if self.frame.strata or self.record.parts or self.certain.any() else None
        if how.again:
            return Stages(weights="weight", strata=strata, psu="selection")
        if self.record.parts:
            return Stages(weights="weight", strata=strata, psu=self.frame.id)
        free = self.chance[~self.certain]  # none where everything is certain, or a Poisson sample is empty
        unequal = how.variance if not how.fixed or (free.size and np.ptp(free) > 0) else None
        return Stages(weights="weight", strata=strata, psu=self.frame.id, fpc="chance", unequal=unequal)

    def joint(self) -> Floats:
        """Joint inclusion probabilities of the chosen units, exact.

        Returns
        -------
        (n, n) array
            In the order `survey.Joint` takes: by variance stratum, then by identifier as a Survey sorts it.

        Raises
        ------
        DesignError
            The design has none that are exact, or they would take too long to compute.
        """
        how = ALGORITHMS[self.record.algorithm]
        if self.record.parts:
            raise DesignError("Joint chances are those of a draw that was not parted.", "Use draw.design, which knows of the parts.")
        if self.record.opened < self.record.releases:
            raise DesignError("Joint chances are those of a whole draw, and releases of this one did not go out.", "Use draw.design.")
        if how.pairs is None:
            raise DesignError(
                f"A draw by {how.name}() has no joint inclusion probabilities for a variance: they are not known in closed form, "
                "or some pairs can never come together.",
                "Use draw.design, whose variance does without them, or draw with conditional_poisson(), which has them. "
                "joint_probabilities() has the numbers of more designs.",
            )
        if self.n > _PAIRS:
            raise DesignError(f"The pairs of {self.n:,} units are too many.", f"They are computed for up to {_PAIRS:,}; use draw.design.")
        made = np.outer(self.chance, self.chance)
        stratum = self.frame.codes[self.chosen]
        asked = {part.stratum: part.asked for part in self.record.sizes}
        for h in np.unique(stratum[~self.certain]):
            inside = np.flatnonzero((stratum == h) & ~self.certain)
            members = np.flatnonzero(self.frame.codes == h)
            sizes = None if self.frame.sizes is None else self.frame.sizes[members]
            chances = how.chances(sizes, members.size, asked[self.frame.keys[h]])
            open_ = chances < 1
            places = np.searchsorted(members[open_], self.chosen[inside])
            made[np.ix_(inside, inside)] = joint_probabilities(chances[open_], how.pairs, among=places)
        np.fill_diagonal(made, self.chance)
        by_id = factorise(nw.from_native(self.sample, eager_only=True)[self.frame.id]).codes
        order = np.lexsort((by_id, self.variance_stratum))
        return made[np.ix_(order, order)]

    @property
    def added(self) -> dict[str, Any]:
        """The columns that the design goes by, in the order of the chosen units."""
        columns: dict[str, Any] = {"chance": self.chance, "weight": self.weight, "variance_stratum": self.variance_stratum}
        if self.record.parts:
            columns["part"] = [self.record.parts[k] for k in self.part.tolist()]
        if self.record.releases > 1:
            columns["release"] = self.release
        return columns

    @property
    def groups(self) -> int:
        """The number of strata, times that of the parts of each."""
        return len(self.frame.keys) * max(1, len(self.record.parts))

    @property
    def group(self) -> Codes:
        """The part of the stratum that each unit belongs to, from 0; without parts the stratum."""
        return self.frame.codes[self.chosen] * max(1, len(self.record.parts)) + self.part

    @property
    def variance_stratum(self) -> Codes:
        """The number of each unit's stratum, or of its part, from 1; certain units come after, each a stratum of its own."""
        stratum = self.group + 1
        stratum[self.certain] = self.groups + np.arange(1, int(self.certain.sum()) + 1)
        return stratum

    def table(self, chosen: Codes, columns: Mapping[str, Any], only: tuple[str, ...] | None = None) -> Any:
        """Units of the frame, by their places, with more columns; in the caller's kind."""
        rows = self.frame.rows
        if taken := [name for name in columns if name in (only or rows.columns)]:
            raise InputError(f"The frame already has a column {taken[0]!r}, which a sample adds.", "Give the frame's column another name.")
        whole: Any = rows.frame.select(*only) if only else rows.frame
        picked = nw.maybe_reset_index(whole[self.frame.place[chosen].tolist()])
        added = [nw.new_series(name, values, backend=whole.implementation) for name, values in columns.items()]
        return picked.with_columns(*added).to_native()

    def __repr__(self) -> str:
        made = self.record
        parts = [made.algorithm, f"{self.n:,} of {how_many(self.frame.n, 'unit')}"]
        parts += [how_many(len(made.sizes), "stratum", "strata")] if made.strata else []
        parts += [f"{int(self.certain.sum())} certain"] if self.certain.any() else []
        parts += [f"parts {' and '.join(map(repr, made.parts))}"] if made.parts else []
        parts += [made.released] if made.releases > 1 else []
        parts += [f"wave {made.wave}"] if made.rotation else []
        return f"Draw({', '.join(parts)}, seed={made.seed}, stream={made.stream!r})"

    def __reduce__(self) -> NoReturn:
        raise InputError("A Draw is not pickled: its frame may hold addresses.", "Send draw.record.to_json(): the draw can be made again.")
