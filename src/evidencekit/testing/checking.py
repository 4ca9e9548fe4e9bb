"""Whether a method keeps what every method promises: one call that says everything that is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from evidencekit.errors import InputError, is_whole
from evidencekit.planning import Method
from evidencekit.testing import answers, canary, cards, performing
from evidencekit.testing.bench import Bench, bench_of
from evidencekit.testing.conformance import Conformance
from evidencekit.testing.offline import offline

__all__ = ["check_method"]

T = TypeVar("T")
MOST = 1_000_000
LEAST = 20  # simulations, below which nothing is told of a bias

_CHECKS: tuple[Callable[[Bench], list[str]], ...] = (
    cards.of_example,
    cards.of_plan,
    answers.of_simulation,
    answers.of_seeds,
    answers.of_estimate,
    answers.of_invariance,
    answers.of_empty,
    answers.of_constants,
    answers.of_mutation,
    answers.of_stacks,
    canary.of_messages,
)


def check_method(method: Method, *, sims: int = 400, seed: int = 1) -> Conformance:
    """Hold a method to what every method promises.

    Offline and repeatable: the same method, `sims` and `seed` give the same report. Checked are

    - the card; the example, which the method fits and plans; a plan where nothing is known;
    - that a seed gives the same answers, with the columns ``y, sex, weight, stratum, psu`` and the truth of the card's measure;
    - that the analysis gives one Estimate of the card's class, with an interval where, and only where, there is a design; whatever the
      order of rows, the scale of weights and the kind of frame (1e-10); for a stack of simulations as for each alone (1e-12);
    - that it refuses data without answers, bears answers that are all alike, changes nothing it is given and puts no answer into a message.

    Then on its simulator, where nothing but chance errs:

    - the mean of the estimates is within 4.5 Monte Carlo standard errors of the truth, also where that is half as frequent, and twice as
      frequent among girls as among boys (half as many simulations);
    - intervals hold the truth as often as the card declares, less 2.326 Monte Carlo standard errors (99 %, one-sided);
    - the planned standard error is 0.8 to 1.25 times the standard deviation of the estimates, wider by 2.326 standard errors of that.

    Parameters
    ----------
    method : Method
        Of the library, or of another package.
    sims : int
        Simulations; at least 20. With 400 a coverage is known to about 1.3 points, about a second for a household survey.
    seed : int
        Of the first simulation.

    Returns
    -------
    Conformance
        What was measured.

    Raises
    ------
    AssertionError
        It fails; every failure is a line of the message.
    InputError
        It is no Method, or `sims` or `seed` is no whole number that can be used.

    Examples
    --------
    >>> import evidencekit as ek
    >>> from evidencekit.testing import check_method
    >>> check_method(ek.method_named("household_one_child"), sims=20).inference
    'probability'
    """
    if not isinstance(method, Method):
        raise InputError(f"check_method takes a Method, not a {type(method).__name__}.", "ek.method_named(name), or a module's METHOD.")
    if not is_whole(sims, least=LEAST, most=MOST) or not is_whole(seed, least=0):
        raise InputError(f"sims= is a whole number of {LEAST} or more, at most {MOST:,}; seed= one of 0 or more.")
    with offline() as tried:
        failures, found = _looked_at(method, int(sims), int(seed))
    if tried:
        failures += [f"offline: it tried to reach a network ({tried[0]}, {len(tried)} times)"]
    if failures or found is None:
        raise AssertionError("\n".join([f"{method.card.name} fails {len(failures)} checks:", *(f"  {one}" for one in failures)]))
    return found


def _looked_at(method: Method, sims: int, seed: int) -> tuple[list[str], Conformance | None]:
    """Everything that is wrong, and what was measured where a measure could be had."""
    failures: list[str] = []
    _tried(lambda: failures.extend(cards.of_card(method)), "card", failures)
    bench = _tried(lambda: bench_of(method, seed), "example, plan or simulator", failures)
    if bench is None:
        return failures, None
    for check in _CHECKS:
        failures += _tried(lambda check=check: check(bench), check.__name__.removeprefix("of_"), failures) or []
    runs = _tried(lambda: performing.runs_of(bench, bench.truth, sims=sims, seed=seed), "simulations", failures)
    if runs is None:
        return failures, None
    found = performing.measured(bench, runs, seed=seed)
    failures += [*performing.of_bias(found), *performing.of_coverage(found), *performing.of_sizing(found)]
    other = _tried(lambda: performing.of_other_truths(bench, sims=sims, seed=seed), "simulations of another truth", failures)
    return [*failures, *(other or [])], found


def _tried(work: Callable[[], T], what: str, failures: list[str]) -> T | None:
    """What `work` gives, or None and a line among the failures."""
    try:
        return work()
    except Exception as error:
        failures.append(f"{what}: it raises {type(error).__name__}: {error}")
        return None
