"""Weights for answers nobody was drawn to give: how likely a respondent was to take part, judged against a probability sample."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from evidencekit.columns import Floats
from evidencekit.errors import InputError, Refused, WeightingError, one_of
from evidencekit.survey.adjustments.adjustment import Adjustment
from evidencekit.survey.summing.domains import Where, where_mask
from evidencekit.survey.summing.totals import in_memory
from evidencekit.survey.survey import NoDesign, Survey
from evidencekit.weighting.asking import people_in
from evidencekit.weighting.covariates import Block, Mask, Names, matched

__all__ = ["Participation", "TakingPart", "quasi_randomise"]

Participation = Literal["chen-li-wu", "odds"]
ROUNDS, CLOSE = 60, 1e-10
APART = 1e-9  # a weight below it: the covariates tell the two samples apart, and coefficients grow without end


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class TakingPart:
    """A model of taking part that can be fitted again: on other weights of the sample, or of the reference.

    `sample` (n, p) and `reference` (m, p) are the covariates, a constant first; `weights` (m,) the reference's, which add up to `total`
    where that is known; `source` is the reference itself, whose design says how far its weights could have been others.
    """

    sample: Floats
    reference: Floats
    weights: Floats
    method: Participation
    total: float | None
    source: Survey

    def solve(self, weights: Floats) -> Floats:
        """The coefficients with these weights of the sample."""
        return self.fitted(weights, self.weights)

    def factor(self, weights: Floats, solution: Floats) -> Floats:
        """One over the probability of taking part."""
        with np.errstate(over="ignore"):
            odds = np.exp(-(self.sample @ solution))
        return odds if self.method == "odds" else 1 + odds

    def fitted(self, ours: Floats, theirs: Floats) -> Floats:
        """The coefficients by Newton's steps, halved where a whole one would go too far."""
        theta = np.zeros(self.sample.shape[1])
        theta[0] = np.log(ours.sum() / theirs.sum())
        reached = self._likelihood(theta, ours, theirs)
        scale = np.abs(self.sample).T @ ours
        for _ in range(ROUNDS):
            gradient, hessian = self._slopes(theta, ours, theirs)
            if (np.abs(gradient) <= CLOSE * scale).all():
                if (self.factor(ours, theta)[ours > 0] < APART).any():
                    break
                return theta
            step = np.linalg.pinv(hessian, hermitian=True) @ gradient
            tried, halved = self._likelihood(theta + step, ours, theirs), 0
            while not tried >= reached - 1e-12 * abs(reached) and halved < ROUNDS:
                step, halved = step / 2, halved + 1
                tried = self._likelihood(theta + step, ours, theirs)
            theta, reached = theta + step, tried
        raise WeightingError(
            "The model of taking part does not converge: some combination of covariates is found in one sample only.",
            "Use fewer covariates, or put small levels together.",
        )

    def _likelihood(self, theta: Floats, ours: Floats, theirs: Floats) -> float:
        mine, other = self.sample @ theta, self.reference @ theta
        joint = ours @ (-np.logaddexp(0, -mine) if self.method == "odds" else mine)
        return float(joint - theirs @ np.logaddexp(0, other))

    def _slopes(self, theta: Floats, ours: Floats, theirs: Floats) -> tuple[Floats, Floats]:
        mine, other = self.sample @ theta, self.reference @ theta
        p = _expit(other)
        gradient = -(self.reference.T @ (theirs * p))
        hessian = (self.reference.T * (theirs * p * (1 - p))) @ self.reference
        if self.method == "odds":
            q = _expit(mine)
            return gradient + self.sample.T @ (ours * (1 - q)), hessian + (self.sample.T * (ours * q * (1 - q))) @ self.sample
        return gradient + self.sample.T @ ours, hessian


def _expit(x: Floats) -> Floats:
    return np.exp(-np.logaddexp(0, -x))


def quasi_randomise(
    sample: Survey,
    reference: Survey,
    covariates: Names,
    *,
    method: Participation = "chen-li-wu",
    where: Where = None,
    population_total: float | None = None,
) -> Survey:
    """Weight an opt-in sample by one over the probability of taking part, estimated against a probability sample.

    Parameters
    ----------
    sample : Survey
        Answers without a design (`evidencekit.NoDesign`), each counting once.
    reference : Survey
        A probability sample of the population the answers are to speak for, with its weights as they are after its own adjustments.
    covariates : sequence of str or tuple of str
        Columns both have, coded alike: numbers enter as they are, everything else (text, true/false, labelled codes) by level. A tuple
        is the combinations of its columns. Choose what goes with taking part and with the answers.
    method : {"chen-li-wu", "odds"}
        ``"chen-li-wu"`` (default) maximises the pseudo-likelihood of taking part in a population that the reference stands for;
        ``"odds"`` fits a weighted logistic regression to both samples together and takes its odds. They agree where few take part.
    where : narwhals expression or str, optional
        The part of the reference that could have taken part (internet users, say).
    population_total : float, optional
        The size of the population, when the reference's weights are normalised.

    Returns
    -------
    Survey
        With the new weights and the inference class ``"self-selected-adjusted"``. Its estimates carry no interval, and their flags say
        so; see `model_interval` for one that rests on the model.

    Raises
    ------
    InputError, UnknownColumn
        A sample with a design or weights of its own, a reference without a design, covariates that are not in both.
    Refused
        The reference's weights are normalised, and `population_total` is not given.
    WeightingError
        Missing answers, levels that only one sample has, a sample larger than the population, or a model that does not converge.

    Notes
    -----
    With x the covariates, A the sample and d the reference's weights, ``"chen-li-wu"`` solves ``sum_A x = sum_ref d p(x) x`` for
    ``p = 1/(1 + exp(-x'b))``, and weights are ``1/p``; ``"odds"`` maximises ``sum_A log p + sum_ref d log(1 - p)``, and weights are
    ``(1 - p)/p``. With one categorical covariate both are post-stratification to the reference's totals.

    What the covariates do not explain stays in the numbers: whoever chose to answer may differ in what was not asked. Look at
    `balance` and `report`, and trim weights that stand out.

    References
    ----------
    Chen, Li and Wu (2020), JASA 115, 2011-2021. Elliott and Valliant (2017), Statist. Sci. 32, 249-264. Wang, Valliant and Li (2021),
    Statist. Med. 40, 5237-5250, for the odds.

    Examples
    --------
    >>> import evidencekit as ek, narwhals.stable.v2 as nw
    >>> fiction = ek.fictional.national_survey()
    >>> reference = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> children = ek.fictional.national_population()
    >>> panel = ek.Survey(children[children["internet_daily"] == 1].sample(500, random_state=1), design=ek.NoDesign())
    >>> made = ek.weighting.quasi_randomise(panel, reference, ["sex", "age", "area"], where=nw.col("internet_daily") == 1)
    >>> made.inference, ek.proportion(made, "asked_for_image").flags
    ('self-selected-adjusted', ('no design: self-selected-adjusted',))
    """
    one_of("method", method, get_args(Participation))
    for survey, whose in ((sample, "sample"), (reference, "reference")):
        if not isinstance(survey, Survey):
            raise InputError(f"quasi_randomise() takes two Surveys; the {whose} is a {type(survey).__name__}.")
        in_memory(survey, "quasi_randomise()")
    _refuse(sample, reference)
    assert sample.w is not None
    assert reference.w is not None
    inside = where_mask(reference, where)
    weights = _known(reference, population_total, inside)
    if not sample.n < weights.sum():
        raise WeightingError("The reference's weights do not add up to more people than the sample has.", "Give population_total=.")
    blocks = matched(sample, reference, covariates, inside, "quasi_randomise()")
    step = TakingPart(*_designed(blocks, weights), weights, method, population_total, reference)
    after = sample.w * step.factor(sample.w, step.solve(sample.w))
    if not np.isfinite(after).all():
        raise WeightingError("Some respondents get no finite weight: nobody in the reference is like them.", "Use fewer covariates.")
    names = ", ".join(block.name for block in blocks)
    words = f"quasi-randomised ({method}) against a reference of {int((weights > 0).sum()):,} by {names}"
    return sample.adjusted(Adjustment(words=words, step=step, cell=None, covariates=None, before=sample.w, after=after))


def _refuse(sample: Survey, reference: Survey) -> None:
    if not isinstance(sample.design, NoDesign):
        raise InputError("quasi_randomise() is for answers without a design.", "A probability sample has weights; adjust those.")
    if sample.adjustments or sample.design.weights is not None:
        raise InputError("The sample already has weights.", "quasi_randomise() comes first: build the Survey without them.")
    if reference.inference != "probability":  # those who attend venues are not the population that the answers are to resemble
        raise InputError("The reference must be a probability sample.", "Against known totals, use rake() or calibrate().")


def _known(reference: Survey, population_total: float | None, inside: Mask | None) -> Floats:
    """The reference's weights, adding up to people."""
    assert reference.w is not None
    weights = reference.w if inside is None else np.where(inside, reference.w, 0.0)
    population_total = people_in(population_total)
    if population_total is not None:
        return weights * (population_total / weights.sum())
    if reference.notes:
        raise Refused(
            "The reference's weights are normalised, so they do not say how many people the sample was drawn from.",
            "Give population_total=: the number of people the reference (or its where=) stands for.",
        )
    return weights


def _designed(blocks: list[Block], weights: Floats) -> tuple[Floats, Floats]:
    """The covariates with a constant; numbers are centred and scaled by the reference, each set of levels leaves its first out."""
    sample, reference = [np.ones((len(blocks[0].sample), 1))], [np.ones((len(weights), 1))]
    for block in blocks:
        if block.levels is not None:
            sample.append(block.sample[:, 1:])
            reference.append(block.reference[:, 1:])
            continue
        middle = np.average(block.reference[:, 0], weights=weights)
        spread = np.sqrt(np.average((block.reference[:, 0] - middle) ** 2, weights=weights)) or 1.0
        sample.append((block.sample - middle) / spread)
        reference.append((block.reference - middle) / spread)
    return np.hstack(sample), np.hstack(reference)
