"""Time-location sampling: those who come often are met often, and weights undo it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from many_simulations import simulations, stacked

import evidencekit as ek
from evidencekit.methods import venue_time_location

METHOD = ek.method_named("venue_time_location")


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
