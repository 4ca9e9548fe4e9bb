"""An interval for opt-in answers that rests on a model, and says so: only where it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from evidencekit.columns import Floats, summed
from evidencekit.errors import EstimationError, InputError, WeightingError
from evidencekit.estimate import Covariance, Estimate, Interval
from evidencekit.survey.design.resampling import Resampling
from evidencekit.survey.summing.domains import need_survey
from evidencekit.survey.survey import Survey
from evidencekit.survey.uncertainty.intervals import ProportionInterval, check_level, proportion_limits, t_limits
from evidencekit.survey.uncertainty.replicated import spread_over
from evidencekit.weighting.optin.participation import TakingPart
from evidencekit.weighting.replication.bootstrapping import bootstrap
from evidencekit.weighting.replication.designs import generator
from evidencekit.weighting.replication.replicating import each_weights

__all__ = ["model_interval"]

LOST = 0.1


def model_interval(
    survey: Survey,
    statistic: Callable[[Survey], Estimate],
    *,
    seed: int | np.random.Generator,
    replicates: int = 200,
    level: float = 0.95,
) -> Estimate:
    """An estimate from opt-in answers with an interval that takes the model of taking part for true.

    Parameters
    ----------
    survey : Survey
        Made by `quasi_randomise`, and perhaps raked or trimmed since.
    statistic : callable (Survey) -> Estimate
        What to estimate, as ``lambda s: ek.proportion(s, "told_someone", by="sex")``.
    seed : int or numpy Generator
        The same seed gives the same interval.
    replicates : int
        How many each for the sample and for the reference; default 200.
    level : float
        Confidence level.

    Returns
    -------
    Estimate
        The same points and inference class, with standard errors and limits whose method begins with "model", and a flag that says what
        is assumed.

    Raises
    ------
    InputError
        The survey was not quasi-randomised, or `statistic` does not give an Estimate of the same cells each time.
    EstimationError
        The model cannot be fitted in one in ten replicates or more.

    Notes
    -----
    Taken as true: everybody in the population could have taken part, did so independently of the others, and, given the covariates,
    for no reason that goes with the answers. No interval can show how wrong that is. Respondents get independent exponential weights
    (the Bayesian bootstrap), and the reference its own replicates or a bootstrap of its design; each time the model is fitted again and
    all later steps are repeated. The two variances are added, and their degrees of freedom combined as Satterthwaite's. Limits of shares
    are t on the log-odds, all others plain t.

    References
    ----------
    Chen, Li and Wu (2020), JASA 115, 2011-2021, section 3. Elliott and Valliant (2017), Statist. Sci. 32, 249-264. Rubin (1981), Ann.
    Statist. 9, 130-134.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> reference = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> children = ek.fictional.national_population()
    >>> panel = ek.Survey(children.sample(400, random_state=1), design=ek.NoDesign())
    >>> made = ek.weighting.quasi_randomise(panel, reference, ["sex", "age"])
    >>> est = ek.weighting.model_interval(made, lambda s: ek.proportion(s, "internet_daily"), seed=1, replicates=50)
    >>> est.interval.method, est.inference
    ('model (quasi-randomisation, logit)', 'self-selected-adjusted')
    """
    check_level(level)
    if isinstance(replicates, bool) or not isinstance(replicates, int) or replicates < 2:
        raise InputError("replicates= is a whole number of 2 or more.")
    step = _step(survey)
    rng = generator(seed)
    est = _asked(statistic, survey, None)
    of_sample, lost_a = _values(survey, est, statistic, ((g, step.weights) for g in _drawn(survey.n, replicates, rng)), replicates)
    resampling, weights = _of_reference(step, replicates, rng)
    count = resampling.count
    of_reference, lost_b = _values(survey, est, statistic, ((np.ones(survey.n), d) for d in weights), count)
    if lost_a + lost_b > LOST * (replicates + count):
        raise EstimationError(
            f"The model of taking part cannot be fitted in {lost_a + lost_b} of {replicates + count} replicates.",
            "Use fewer covariates, or put small levels together.",
        )
    even = replace(resampling, scales=np.full(replicates, 1 / (replicates - 1)), mse=False)
    parts = [spread_over(even, of_sample, est.points).rows, spread_over(resampling, of_reference, est.points).rows]
    one, other = ((rows**2).sum(axis=0) for rows in parts)
    both = np.vstack(parts)
    with np.errstate(divide="ignore", invalid="ignore"):
        df = (one + other) ** 2 / (one**2 / (min(survey.n, replicates) - 1) + other**2 / resampling.degrees)
    interval = _limits(est, one + other, df, level)
    flag = "model-based interval: taken as true that the covariates explain who took part"
    flags = [flag if f.startswith("no design") else "; ".join(x for x in (f, flag) if x) for f in est.flags]
    said = "generator given" if isinstance(seed, np.random.Generator) else f"seed {int(seed)}"
    theirs = resampling.words if step.source.resampling is not None else resampling.words.removesuffix(" (generator given)")
    words = f"model of taking part, {replicates} bootstrap replicates of the sample, {theirs} of the reference ({said})"
    return replace(
        est,
        covariance=Covariance(one + other, both.T @ both, None),
        df=df,
        interval=interval,
        support=None,
        flags=tuple(flags),
        provenance=replace(est.provenance, policies=(*est.provenance.policies, ("variance", words))),
    )


def _step(survey: Survey) -> TakingPart:
    """The model of taking part."""
    need_survey(survey, "model_interval()")
    step = survey.adjustments[0].step if survey.adjustments else None
    if not isinstance(step, TakingPart):
        raise InputError("model_interval() needs a sample weighted by quasi_randomise(): without a model there is no interval.")
    return step


def _asked(statistic: Callable[[Survey], Estimate], survey: Survey, like: Estimate | None) -> Estimate:
    made = statistic(survey)
    if not isinstance(made, Estimate):
        raise InputError("The statistic must give an Estimate.", 'For example: lambda s: ek.proportion(s, "told_someone").')
    if like is not None and dict(made.cells.columns) != dict(like.cells.columns):
        raise InputError("The statistic gives other cells with other weights.", "Ask for the same cells each time.")
    return made


def _drawn(n: int, replicates: int, rng: np.random.Generator) -> Iterator[Floats]:
    for _ in range(replicates):
        yield rng.standard_exponential(n)


def _of_reference(step: TakingPart, replicates: int, rng: np.random.Generator) -> tuple[Resampling, Iterator[Floats]]:
    """The reference's replicates, and its weights in each."""
    source = step.source
    made = source if source.resampling is not None else bootstrap(source, seed=rng, replicates=replicates)
    assert made.resampling is not None
    assert made.w is not None
    w = made.w

    def weights() -> Iterator[Floats]:
        for _, again in each_weights(made):
            scaled = step.weights * np.divide(again, w, out=np.zeros_like(w), where=w > 0)
            yield scaled if step.total is None else scaled * (step.total / scaled.sum())

    return made.resampling, weights()


def _values(
    survey: Survey, est: Estimate, statistic: Callable[[Survey], Estimate], draws: Iterator[tuple[Floats, Floats]], count: int
) -> tuple[Floats, int]:
    """The points of every replicate, and in how many the model could not be fitted."""
    out, lost = np.full((count, len(est)), np.nan), 0
    for r, (ours, theirs) in enumerate(draws):
        try:
            w = _again(survey, ours, theirs)
        except WeightingError:
            lost += 1
            continue
        out[r] = _asked(statistic, survey.reweighted(w), est).points
    return out, lost


def _again(survey: Survey, ours: Floats, theirs: Floats) -> Floats:
    """The sample's weights, every step done again."""
    w = survey.adjustments[0].before * ours
    for k, a in enumerate(survey.adjustments):
        if a.step is None:
            w = w * a.ratio
            continue
        cells = w if a.cell is None else summed(a.cell, w, a.cells)
        solution = a.step.fitted(cells, theirs) if k == 0 and isinstance(a.step, TakingPart) else a.step.solve(cells)
        factor = a.step.factor(cells, solution)
        w = w * (factor if a.cell is None else factor[a.cell])
    return w


def _limits(est: Estimate, variances: Floats, df: Floats, level: float) -> Interval:
    if est.statistic not in ("proportion", "cdf"):
        low, high = t_limits(est.points, np.sqrt(variances), df, level)
        return Interval(low, high, level, "model (quasi-randomisation, t)")
    how = ProportionInterval(method="logit")
    inside = (est.points > 1e-14) & (est.points < 1 - 1e-14)
    low, high = proportion_limits(est.points, variances, est.counts.n, df, level=level, how=how)
    return Interval(np.where(inside, low, np.nan), np.where(inside, high, np.nan), level, "model (quasi-randomisation, logit)")
