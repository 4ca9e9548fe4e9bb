"""diagnose: carry a plan out many times on a computer, and see how far its numbers would be from the truth."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence

import numpy as np

from evidencekit._version import __version__
from evidencekit.disclosure.profiles import Profile
from evidencekit.errors import EvidencekitWarning, InputError, is_whole
from evidencekit.planning.diagnosing.batches import Trial
from evidencekit.planning.diagnosing.diagnosis import Diagnosis
from evidencekit.planning.diagnosing.folders import opened
from evidencekit.planning.diagnosing.grids import as_truths
from evidencekit.planning.diagnosing.measures import performance
from evidencekit.planning.diagnosing.running import check_jobs, collected, run
from evidencekit.planning.diagnosing.surviving import rules_of
from evidencekit.planning.discovery import method_named
from evidencekit.planning.method import Method
from evidencekit.planning.plan import Plan
from evidencekit.planning.settling import settled
from evidencekit.planning.truth import Truth

__all__ = ["diagnose"]

MOST = 10_000_000  # simulations: about three hours of one core, and more than anybody needs


def diagnose(
    plan: Plan,
    *,
    seed: int,
    sims: int = 1000,
    truth: Truth | Sequence[Truth] | None = None,
    profile: str | Profile = "child-survey",
    jobs: int | None = None,
    folder: str | os.PathLike[str] | None = None,
    progress: bool | None = None,
) -> Diagnosis:
    """Carry a plan out many times on a computer: population, draw, non-response, misreporting, weights, estimate, release.

    Parameters
    ----------
    plan : Plan
        From a method, or from `recommend`.
    seed : int
        Each simulation of each truth has a seed of its own made from it: results are the same however the work is shared out, and after
        an interruption.
    sims : int
        Simulations of each truth. With 1,000 of them a coverage of 95% has a Monte Carlo standard error of 0.7 points.
    truth : Truth or sequence of Truth, optional
        What is taken for true, or a grid of it (`planning.truths`). What the context expects, by default.
    profile : str or Profile
        The rules of the release.
    jobs : int, optional
        Workers; -1 takes all cores. By default what joblib is told: one, or those of ``with joblib.parallel_config(...)``, by which a Dask
        or Ray cluster does the work.
    folder : path, optional
        Where every batch that is done is kept, as numbers of 50 simulations and no answers, so that the same call goes on where it was
        stopped; a call with more simulations uses those that are there. A file that was damaged is made again.
    progress : bool, optional
        Whether to show how far it is; on a terminal only, by default.

    Returns
    -------
    Diagnosis

    Raises
    ------
    InputError
        Not a Plan or a Truth, no simulation, an unknown profile, a folder that is a file or of another diagnosis, no simulation that could
        be analysed; a simulator that does not say what its card estimates, an analysis that takes several simulations for one.

    Warns
    -----
    EvidencekitWarning
        Fewer intervals hold the truth than they promise, by more than chance.

    References
    ----------
    Blair, Cooper, Coppock and Humphreys (2019), American Political Science Review 113, on diagnosing a design before it is
    carried out. Morris, White and Crowther (2019), Statistics in Medicine 38.

    Examples
    --------
    >>> import evidencekit as ek
    >>> household = ek.method_named("household_one_child")
    >>> plan = household.plan(household.example())
    >>> found = ek.diagnose(plan, sims=20, seed=1, truth=ek.planning.Truth(p=0.12, sensitivity=0.9))
    >>> found.performances[0].bias.value < 0
    True
    """
    if not isinstance(plan, Plan):
        raise InputError(f"diagnose() takes a Plan, not a {type(plan).__name__}.", "Make one: ek.method_named(name).plan(context).")
    if not is_whole(sims, least=1, most=MOST):
        raise InputError(f"sims= is a whole number, from 1 to {MOST:,}.", "1,000 give a coverage to within 1.4 points.")
    if not is_whole(seed, least=0):
        raise InputError("seed= is a whole number, 0 or more.", "Any will do; the same one gives the same results.")
    if progress is not None and not isinstance(progress, bool):
        raise InputError("progress= takes True, False or None.", "None shows it on a terminal.")
    check_jobs(jobs)
    several = as_truths(truth, plan.context)
    if len(several) * int(sims) > MOST:
        raise InputError(f"{len(several):,} truths of {sims:,} simulations each are more than {MOST:,} in all.", "Take fewer of either.")
    trial = Trial(
        plan=plan,
        method=_method(plan),
        at=settled(plan.context),
        truths=several,
        seed=int(seed),
        rules=rules_of(profile),
    )
    done = run(trial, int(sims), jobs=jobs, folder=opened(folder, trial), progress=progress)
    performances = []
    for at, one in enumerate(trial.truths):
        numbers, level, why = collected(done, at)
        if not np.isfinite(numbers["estimate"]).any():
            raise InputError("No simulation gave a number.", f"The analysis of {trial.method.name} said: {why}")
        performances.append(performance(plan, one, numbers, level, why))
    made = Diagnosis(
        method=plan.method,
        title=plan.card.title,
        inference=plan.inference,
        measure=plan.card.estimand.measure,
        currency=plan.context.currency,
        profile=trial.rules.stamp,
        sims=int(sims),
        seed=int(seed),
        version=f"{plan.card.version} in evidencekit {__version__}",
        performances=tuple(performances),
    )
    for words in made.warnings:
        warnings.warn(words, EvidencekitWarning, stacklevel=2)
    return made


def _method(plan: Plan) -> Method:
    """The method that made a plan; that of its name, for a plan made otherwise."""
    return plan.maker if isinstance(plan.maker, Method) else method_named(plan.method)
