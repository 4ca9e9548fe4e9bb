"""Time-location sampling: those who come often are met often, and weights undo it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from many_simulations import many, simulations, stacked

import evidencekit as ek
from evidencekit.methods import venue_time_location

METHOD = ek.method_named("venue_time_location")


@pytest.mark.slow
@pytest.mark.parametrize(
    "change",
    [{}, {"outcome.p": 0.02}, {"outcome.p": 0.4}, {"outcome.rho": 0.1}, {"resources.cost_psu": 3000}, {"access.response": 0.4}],
    ids=str,
)
def test_the_plan_promises_what_comes_wherever_it_is_used(change: dict[str, float]) -> None:
    """Within a twentieth, and 2.5 Monte Carlo standard errors. A product of weights and clusters promised up to a fifth too little."""
    context = METHOD.example().settled({"resources.budget": None, **change})
    found = many(METHOD, 1000, context=context)
    assert abs(found.ratio - 1) < 0.05 + 2.5 * found.ratio / 2000**0.5


def test_as_many_are_asked_as_are_planned() -> None:
    """Though some periods have fewer people than were to be asked."""
    counts = [len(one.data["y"]) for one in simulations(METHOD, 100)]  # pyright: ignore[reportArgumentType]
    assert np.mean(counts) == pytest.approx(METHOD.plan(METHOD.example()).sizing.interviews, rel=0.03)


@pytest.mark.parametrize("p", [0.02, 0.15, 0.4])
def test_weights_by_visits_as_the_share_feels_them(p: float) -> None:
    """By drawing people as often as they come, and the mean square of the terms of the share over that without weights."""
    rng = np.random.default_rng(3)
    group = venue_time_location.attendance(p)
    true = rng.random(400_000) < p
    steps = np.cumsum(group, axis=1)
    times = np.array([1.0, 2.0, 4.0, 8.0])[(rng.random(len(true))[:, None] > steps[true.astype(int), :3]).sum(axis=1)]
    met = rng.choice(len(true), 400_000, p=times / times.sum())
    weight = 1 / times[met]
    effect = np.mean((weight * (true[met] - p)) ** 2) / weight.mean() ** 2 / (p * (1 - p))
    assert 1 + venue_time_location.cv_visits(p) ** 2 == pytest.approx(effect, rel=0.02)


def test_without_visits_the_number_is_of_attendances() -> None:
    """Those who come often count many times, and it happens to more of them."""
    several = simulations(METHOD, 300)
    data = stacked(several)
    data["weight"] *= data["visits"]
    points = METHOD.analyse(data, by=("simulation",)).points
    truth = METHOD.example().middle("outcome.p")
    assert points.mean() - truth > 4.5 * points.std(ddof=1) / 300**0.5
    assert points.mean() / truth == pytest.approx(16.4 / 14.3, abs=0.06)  # as in the survey that the card names


@pytest.mark.parametrize("p", [0.001, 0.15, 0.9, 0.999])
def test_groups_of_attendance_mix_to_all_who_attend(p: float) -> None:
    """Whatever the share."""
    others, those = venue_time_location.attendance(p)
    np.testing.assert_allclose([others.sum(), those.sum()], 1)
    np.testing.assert_allclose(p * those + (1 - p) * others, venue_time_location.PEOPLE)
    assert min(others.min(), those.min()) >= -1e-12


def test_it_speaks_for_those_who_attend() -> None:
    """And says so."""
    found = METHOD.analyse(simulations(METHOD, 1)[0].data)
    assert found.inference == "venue"
    assert "attend" in found.provenance.population


def test_weights_of_a_period_sum_to_attendances_counted() -> None:
    """Before visits: people counted over the chance of the period, as in sampling.venue_sample."""
    data = pd.DataFrame(simulations(METHOD, 1)[0].data)
    before = (data["weight"] * data["visits"]).groupby(data["psu"])
    np.testing.assert_allclose(before.max(), before.min())


def test_it_draws_periods_and_their_answers_get_the_same_design() -> None:
    """From the list of periods to an estimate by the same verbs as in the field."""
    plan = METHOD.plan(METHOD.example())
    rng = np.random.default_rng(1)
    hours = [(f"place {k}", day, hour) for k in range(30) for day in ("Fri", "Sat", "Sun") for hour in (10, 18)]
    periods = pd.DataFrame(hours, columns=["place", "day", "hour"]).assign(expected=rng.integers(20, 80, len(hours)))
    frame = ek.sampling.venue_frame(periods, venue="place", day="day", time="hour", size="expected")
    drawn = plan.draw(frame, seed=1, synthetic=True)
    assert drawn.n == round(plan.sizing.psus)
    unit = drawn.sample["venue_day_time"].tolist()
    answers = pd.DataFrame({"venue_day_time": unit * 5, "times": rng.integers(1, 9, 5 * len(unit)), "y": rng.integers(0, 2, 5 * len(unit))})
    made = ek.sampling.venue_sample(drawn, answers, visits="times", counted=dict.fromkeys(unit, 40))
    assert ek.proportion(ek.Survey(made.sample, design=made.design), "y").inference == "venue"
