"""The step of a calibration: what is calibrated on, row by row or cell by cell, and the factors that meet the targets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from evidencekit.columns import Codes, Floats, summed
from evidencekit.errors import WeightingError
from evidencekit.survey.adjustments.adjustment import Adjustment, Known, Partition, inside_of
from evidencekit.survey.adjustments.pieces import scores
from evidencekit.survey.design.units import cross
from evidencekit.survey.survey import Survey
from evidencekit.weighting.calibration.distances import Distance
from evidencekit.weighting.calibration.margins import Margin
from evidencekit.weighting.calibration.solving import Unsolved, ratios, regress, solve
from evidencekit.weighting.covariates import indicators

__all__ = ["Calibration", "applied", "known_of"]

PEOPLE = "people"
DISAGREE = "Check that the totals agree with each other; put small categories together; use fewer margins or wider bounds."


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Calibration:
    """A calibration that can be done again: `names` tell which target belongs to what, `numbers` which are of numeric columns.

    Where no more than shares is known, `shares` are the targets' for each unit of weight calibrated, and the targets follow the weights.
    With `cluster` (cells,) the covariates are averaged within clusters with the weights at hand, so that a cluster has one factor. `start`
    is what it came to in the full sample.
    """

    covariates: Floats | Partition
    targets: Floats
    names: tuple[str, ...]
    numbers: tuple[bool, ...]
    distance: Distance
    tilt: Floats | None = None
    cluster: Codes | None = None
    shares: Floats | None = None
    start: Floats | None = None

    def goals(self, weights: Floats) -> Floats:
        """The targets for these cell weights."""
        if self.shares is None:
            return self.targets
        whole = float(weights[inside_of(self.covariates)].sum())
        return np.where(self.shares > 0, self.shares * whole, self.targets)

    def solve(self, weights: Floats) -> Floats:
        """The coefficients that meet the targets with these cell weights; of a partition, the factor of each class."""
        x = self.averaged(weights)
        try:
            if isinstance(x, Partition):
                return ratios(weights, x, self.goals(weights), self.distance)
            with np.errstate(over="ignore", invalid="ignore"):  # targets that cannot be met send the factors to infinity
                return solve(weights, x, self.goals(weights), self.distance, tilt=self.tilt, start=self.start)
        except Unsolved as trouble:
            raise self._unsolved(weights, x, trouble.gap) from None

    def linear(self) -> tuple[Floats, Floats] | None:
        """The covariates, and the same times the tilt, of a linear calibration without bounds; None of any other."""
        x = self.covariates
        if isinstance(x, Partition) or self.cluster is not None or not self.distance.straight:
            return None
        return x, x if self.tilt is None else self.tilt[:, None] * x

    def regressed(self, sums: Floats, reach: Floats, products: Floats) -> Floats:
        """The coefficients of every replicate of a linear calibration, from its sums of the covariates, their sizes and products."""
        goals: Floats = self.targets
        if self.shares is not None:
            whole = sums[:, self.shares > 0].sum(axis=1) / self.shares.sum()  # every margin adds up to it
            goals = np.where(self.shares > 0, whole[:, None] * self.shares, self.targets)
        try:
            return regress(sums, reach, products, goals)
        except Unsolved as trouble:
            told = self._off(np.broadcast_to(goals, sums.shape)[trouble.replicate], reach[trouble.replicate], trouble.gap)
            raise WeightingError(f"{told.rstrip('.')} (in replicate {trouble.replicate + 1} of {len(sums)}).", DISAGREE) from None

    def factor(self, weights: Floats, solution: Floats) -> Floats:
        """The factor on each cell's weights."""
        x = self.averaged(weights)
        return np.append(solution, 1.0)[x.group] if isinstance(x, Partition) else self._factor(x, self.distance, solution)

    def averaged(self, weights: Floats) -> Floats | Partition:
        """The covariates; weighted averages within clusters where one factor is asked for each."""
        if self.cluster is None or isinstance(self.covariates, Partition):
            return self.covariates
        return averages(self.covariates, weights, self.cluster)[self.cluster]

    def out_of_range(self, weights: Floats) -> str:
        """A column whose total implies a mean outside the range of its values; empty when there is none."""
        x, number = self.covariates, np.array(self.numbers, dtype=bool)
        if number.all() or isinstance(x, Partition):
            return ""
        people = float(self.targets[np.flatnonzero(~number & (np.array(self.names) == self.names[int(np.argmin(number))]))].sum())
        inside = x[:, ~number].any(axis=1) & (weights > 0)
        for j in np.flatnonzero(number):
            mean, values = self.targets[j] / people, x[inside, j]
            slack = 1e-9 * max(abs(values.max(initial=0.0)), abs(values.min(initial=0.0)))
            if len(values) and not values.min() - slack <= mean <= values.max() + slack:
                return self.names[j]
        return ""

    def _factor(self, x: Floats, distance: Distance, solution: Floats) -> Floats:
        score = scores(x, solution)
        return distance.factor(score if self.tilt is None else score * self.tilt)[0]

    def _unsolved(self, weights: Floats, x: Floats | Partition, gap: Floats) -> WeightingError:
        """What to say when no weights meet the targets."""
        beyond = self.out_of_range(weights)
        if beyond:
            return WeightingError(
                f"No weights meet all the totals: {beyond!r} stays furthest off, because the mean that its total implies lies outside "
                "the range of the column.",
                "Its total is the sum over all people that the other totals count: check its unit, and that it is of the same population.",
            )
        reach = x.sums(weights) if isinstance(x, Partition) else np.abs(x).T @ weights
        return WeightingError(self._off(self.goals(weights), reach, gap), self._needed(weights, x) or DISAGREE)

    def _off(self, goals: Floats, reach: Floats, gap: Floats) -> str:
        """Which total stays furthest off, in its own units and as a share of it."""
        scale = np.maximum(np.abs(goals), reach)
        off = np.abs(gap) / np.where(scale > 0, scale, 1.0)
        worst = int(np.argmax(off))
        target = float(goals[worst])
        share = f" of {target:,.6g} ({abs(gap[worst] / target):.2%})" if abs(target) > 1e-9 * scale[worst] else ""
        return f"No weights meet all the totals: {self.names[worst]!r} stays furthest off, by {abs(gap[worst]):,.6g}{share}."

    def _needed(self, weights: Floats, x: Floats | Partition) -> str:
        """How far the factors would have to go without bounds; empty when bounds are not what stands in the way."""
        free = self.distance.unbounded()
        if free is None:
            return ""
        try:
            with np.errstate(over="ignore", invalid="ignore"):
                if isinstance(x, Partition):
                    factor = ratios(weights, x, self.goals(weights), free)
                else:
                    factor = self._factor(x, free, solve(weights, x, self.goals(weights), free, tilt=self.tilt))[weights > 0]
        except Unsolved:
            return ""
        return (
            f"Without bounds the factors would lie between {factor.min():.4g} and {factor.max():.4g}: widen the bounds, put small "
            "categories together, or use fewer margins."
        )


def averages(covariates: Floats, weights: Floats, cluster: Codes) -> Floats:
    """The weighted averages of rows' covariates within clusters, shape (clusters, p)."""
    size = int(cluster.max(initial=-1)) + 1
    whole = summed(cluster, weights, size)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.nan_to_num(np.column_stack([summed(cluster, weights * x, size) / whole for x in covariates.T]))


def known_of(made: list[Margin], plain: Mapping[str, float], columns: list[Floats], people: tuple[float, Floats] | None) -> Known:
    """What is calibrated on: margins, numbers and the number of people; by cells when all of it is categories."""
    names = [m.words for m in made for _ in m.totals] + list(plain) + ([PEOPLE] if people is not None else [])
    levels = [level for m in made for level in m.levels]
    numbers = tuple(len(levels) <= i < len(levels) + len(plain) for i in range(len(names)))
    levels += [""] * (len(names) - len(levels))
    targets = np.concatenate([*(m.totals for m in made), list(plain.values()), [] if people is None else [people[0]]])
    shares = None
    if any(m.shares for m in made):
        shares = np.concatenate([*(m.totals / m.sum for m in made), np.zeros(len(targets) - sum(len(m.totals) for m in made))])
    if not plain and people is None:
        covariates, cell = _cells(made)
        return Known(tuple(names), tuple(levels), numbers, targets, covariates, cell, shares)
    parts = [*(indicators(m.codes, len(m.totals)) for m in made), *(c[:, None] for c in columns)]
    parts += [] if people is None else [people[1][:, None]]
    return Known(tuple(names), tuple(levels), numbers, targets, np.hstack(parts), None, shares)


def _cells(made: list[Margin]) -> tuple[Floats | Partition, Codes]:
    """The combinations of the margins' levels that occur, and each row's; rows outside have none of them."""
    shift = int(made[0].codes.min(initial=0) < 0)
    cell, _, first = cross([(m.codes + shift if shift else m.codes, len(m.totals) + shift) for m in made])
    if len(made) == 1:
        return Partition(made[0].codes[first], len(made[0].totals)), cell
    return np.hstack([indicators(m.codes[first], len(m.totals)) for m in made]), cell


def applied(
    survey: Survey,
    known: Known,
    distance: Distance,
    words: str,
    *,
    tilt: Floats | None = None,
    cluster: Codes | None = None,
) -> Survey:
    """The survey after calibration to the known totals.

    Parameters
    ----------
    survey : Survey
        Data in memory.
    known : Known
        What is calibrated on.
    distance : Distance
        How far weights may move.
    words : str
        What was done.
    tilt : (n,) array, optional
        One over the assumed variance of each row; what is calibrated on is then by rows.
    cluster : (n,) array, optional
        Each row's cluster, where all rows of one get the same factor.
    """
    before = survey.w
    assert before is not None
    x, cell = known.covariates, known.cell
    if cell is not None and not (tilt is None and cluster is None and np.ndim(distance.low) == 0):
        x, cell = (x.dense() if isinstance(x, Partition) else x)[cell], None
    if cluster is not None and not isinstance(x, Partition) and _fixed_within(survey, cluster, np.flatnonzero(x.any(axis=1))):
        x, cell, cluster = averages(x, before, cluster), cluster, None
    step = Calibration(x, known.targets, known.names, known.numbers, distance, tilt, cluster, known.shares)
    weights = before if cell is None else summed(cell, before, len(x))
    found = step.solve(weights)
    step, factor = replace(step, start=found), step.factor(weights, found)
    after = before * (factor if cell is None else factor[cell])
    negative = int((after < 0).sum())
    if negative:
        beyond = step.out_of_range(weights)
        raise WeightingError(
            f"The calibration gives {negative} negative weights.",
            f"The mean that the total of {beyond!r} implies lies outside the range of the column: check its unit."
            if beyond
            else 'Set bounds=(0.2, 5), or use method="raking" or "logit", or fewer totals.',
        )
    made = step.averaged(weights)
    return survey.adjusted(
        Adjustment(
            words=words,
            step=step,
            cell=cell,
            covariates=made,
            tilt=tilt,
            before=before,
            after=after,
            known=known,
            shares=known.shares,
        )
    )


def _fixed_within(survey: Survey, cluster: Codes, used: Codes) -> bool:
    """Whether weights within clusters keep their ratios in every replicate, so that averages over them are always the same."""
    units = survey.units
    assert units is not None
    if any(a.step is not None for a in survey.adjustments):
        return False
    code, row = cluster[used], used if units.row is None else units.row[used]
    return cross([(code, int(cluster.max()) + 1), (row, units.n)])[1] == len(np.unique(code))
