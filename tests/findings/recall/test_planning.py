"""How many people a recall test needs: R's own numbers, and what must hold for any input."""

from __future__ import annotations

import itertools
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, norm, t

from evidencekit.errors import InputError
from evidencekit.findings.recall import Sessions, plan
from evidencekit.sampling import power_of_difference

REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "findings" / "recall.json").read_text(encoding="utf-8"))
shares = st.floats(0.05, 0.95)


@pytest.mark.parametrize("case", REFERENCE["cases"], ids=lambda case: f"{case['a']}-{case['b']}-{case['power']}-{case['level']}")
def test_people_are_those_of_power_prop_test(case: dict[str, float]) -> None:
    made = plan(case["a"], case["b"], power=case["power"], level=case["level"])
    assert made.n == math.ceil(case["n"])
    assert made.people == made.n


@pytest.mark.parametrize("case", REFERENCE["detectable"], ids=lambda case: f"{case['a']}-{case['n']}")
def test_the_difference_is_that_of_power_prop_test(case: dict[str, Any]) -> None:
    assert plan(case["a"], n=case["n"]).recall_b == pytest.approx(case["b"], abs=1e-9)


@given(shares, shares, st.floats(0.6, 0.95), st.floats(0, 0.6))
def test_what_is_planned_has_the_power_and_one_fewer_has_not(a: float, b: float, power: float, loss: float) -> None:
    if abs(a - b) < 0.05:
        return
    made = plan(a, b, power=power, loss=loss)
    assert power_of_difference(a, b, n=made.n, method="pooled") >= power - 1e-9
    if made.n > 5:
        # Two-sided power counts the wrong side too, which is next to nothing here.
        assert power_of_difference(a, b, n=made.n - 1, method="pooled") < power + 0.002
    assert made.people * (1 - loss) >= made.n - 1e-6
    assert (made.people - 1) * (1 - loss) < made.n


@given(st.floats(0.05, 0.6), st.integers(20, 400))
def test_the_difference_that_can_be_shown_needs_as_many(a: float, n: int) -> None:
    assert abs(plan(a, plan(a, n=n).recall_b).n - n) <= 1


@pytest.mark.parametrize(("a", "b"), [(0.45, 0.7), (0.35, 0.65), (0.1, 0.44), (0.6, 0.3), (0.2, 0.35)])
def test_the_interval_of_the_analysis_has_about_the_power_planned(a: float, b: float) -> None:
    """Summed over every outcome that can be, with its chance."""
    n = plan(a, b).n
    cases = np.arange(n + 1)
    chances = np.outer(binom.pmf(cases, n, b), binom.pmf(cases, n, a))
    assert 0.77 <= (chances * _shown(n)).sum() <= 0.84


def _shown(n: int) -> Any:
    """Where Newcombe's interval of every pair of counts leaves 0 out, all at once."""
    z, p = norm.ppf(0.975), np.arange(n + 1) / n
    centre, reach = p + z * z / (2 * n), z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low, high = (centre - reach) / (1 + z * z / n), (centre + reach) / (1 + z * z / n)
    gap = p[:, None] - p[None, :]
    below = gap - np.hypot((p - low)[:, None], (high - p)[None, :])
    above = gap + np.hypot((high - p)[:, None], (p - low)[None, :])
    return (below > 0) | (above < 0)


def test_sessions_need_more_people_and_few_sessions_more_still() -> None:
    alone = plan(0.45, 0.7)
    made = plan(0.45, 0.7, sessions=Sessions(size=12, icc=0.05))
    assert made.deff == pytest.approx(1.55)
    assert made.n > alone.n * made.deff
    assert made.sessions is not None
    assert made.people == made.sessions * 12
    assert plan(0.45, 0.7, sessions=Sessions(size=12, icc=0.05, cv=0.6)).deff == pytest.approx(1 + (1.36 * 12 - 1) * 0.05)
    # Those who are left of a session count for its design effect.
    assert plan(0.45, 0.7, loss=0.25, sessions=Sessions(size=12, icc=0.05)).deff == pytest.approx(1.4)


@given(st.floats(0.1, 0.5), st.integers(3, 30), st.floats(2, 25), st.floats(0, 0.3))
def test_sessions_and_their_difference_are_each_others_answer(a: float, sessions: int, size: float, icc: float) -> None:
    of = Sessions(size=size, icc=icc)
    try:
        b = plan(a, n=sessions, sessions=of).recall_b
    except InputError:
        return
    again = plan(a, b, sessions=of).sessions
    assert again in (sessions, sessions + 1)


def as_documented(a: float, b: float, of: Sessions, loss: float, units: int) -> float:
    """People per version that the formula of the notes asks for, with the quantiles of so many sessions."""
    high, power = (float(t.ppf(chance, 2 * units - 2)) for chance in (0.975, 0.8))
    p, m = (a + b) / 2, of.size * (1 - loss)
    root = high * np.sqrt(2 * p * (1 - p)) + power * np.sqrt(a * (1 - a) + b * (1 - b))
    return float((root / (a - b)) ** 2 * max(1.0, 1 + ((1 + of.cv**2) * m - 1) * of.icc) / m)


@pytest.mark.parametrize("loss", [0.0, 0.2, 0.35])
def test_sessions_are_the_fewest_that_the_documented_formula_asks_for(loss: float) -> None:
    """Those who are lost are missing from every session, and the quantiles are those of the sessions less two."""
    other_loss = 0
    for a, b, size, icc in itertools.product((0.2, 0.45), (0.6, 0.7, 0.8), (5, 12, 30), (0.02, 0.1)):
        of = Sessions(size=size, icc=icc)
        fewest = next(k for k in range(2, 500) if as_documented(a, b, of, loss, k) <= k)
        made = plan(a, b, loss=loss, sessions=of)
        assert made.sessions == fewest
        assert made.people == fewest * size
        assert made.n == int(fewest * size * (1 - loss) + 1e-9)
        other_loss += plan(a, b, sessions=of).sessions != fewest
        assert as_documented(a, plan(a, n=fewest, loss=loss, sessions=of).recall_b, of, loss, fewest) == pytest.approx(fewest)
    assert loss == 0 or other_loss > 10


def test_the_plan_says_what_it_takes_for_granted() -> None:
    said = plan(0.45, 0.7, loss=0.15, sessions=Sessions(size=12, icc=0.05)).explain()
    for word in ("80%", "5.0%", "15%", "intraclass correlation of 0.05", "design effect", "less two", "does not say that there is none"):
        assert word in said
    assert "smallest difference" in repr(plan(0.45, n=60))


WRONG: dict[str, dict[str, Any]] = {
    "equal": {"recall_a": 0.4, "recall_b": 0.4},
    "neither": {"recall_a": 0.4},
    "and not both": {"recall_a": 0.4, "recall_b": 0.5, "n": 10},
    "above 0 and below 1": {"recall_a": 40, "recall_b": 0.5},
    "loss=": {"recall_a": 0.4, "recall_b": 0.5, "loss": 1},
    "Sessions": {"recall_a": 0.4, "recall_b": 0.5, "sessions": 12},
    "cannot show": {"recall_a": 0.9, "n": 3},
    "One session": {"recall_a": 0.4, "n": 1, "sessions": Sessions(size=10, icc=0.1)},
}


@pytest.mark.parametrize("words", WRONG)
def test_what_makes_no_plan_is_refused(words: str) -> None:
    given_ = dict(WRONG[words])
    with pytest.raises(InputError, match="recall_b= or n=" if words == "neither" else words):
        plan(given_.pop("recall_a"), given_.pop("recall_b", None), **given_)


@pytest.mark.slow
def test_sessions_of_a_plan_have_its_power() -> None:
    """Sessions whose chances vary as the correlation says, judged by the t test of their shares."""
    from scipy.stats import t as student

    a, b, of, rng = 0.4, 0.65, Sessions(size=15, icc=0.08), np.random.default_rng(11)
    made = plan(a, b, sessions=of)
    k, runs = int(made.sessions or 0), 4000

    def shares_of(mean: float) -> Any:
        by = 1 / of.icc - 1
        return rng.binomial(15, rng.beta(mean * by, (1 - mean) * by, size=(runs, k))) / 15

    one, two = shares_of(a), shares_of(b)
    se = np.sqrt((one.var(axis=1, ddof=1) + two.var(axis=1, ddof=1)) / k)
    power = np.mean(np.abs(two.mean(axis=1) - one.mean(axis=1)) > student.ppf(0.975, 2 * k - 2) * se)
    assert 0.78 <= power <= 0.86
