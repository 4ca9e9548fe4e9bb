"""A plan diagnosed: what is found of known errors, and that simulations are the same alone, together and on any worker."""

from __future__ import annotations

import json
import pickle
import time
import warnings
from dataclasses import replace
from typing import Any

import joblib
import numpy as np
import pytest

import evidencekit as ek
from evidencekit.errors import EvidencekitWarning, InputError, LonelyPSU
from evidencekit.planning import Method, Simulated, Truth
from evidencekit.planning.diagnosing.batches import NAMES, Task, Trial, carried_out, seed_of
from evidencekit.planning.diagnosing.measures import performance
from evidencekit.planning.diagnosing.saying import per_hundred
from evidencekit.planning.settling import settled
from evidencekit.planning.stacking import stacked

HOUSEHOLD = ek.method_named("household_one_child")
PLAN = HOUSEHOLD.plan(HOUSEHOLD.example())
RULES = ek.disclosure.profile("child-survey")


def quietly(plan: ek.planning.Plan = PLAN, **how: Any) -> ek.planning.Diagnosis:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EvidencekitWarning)
        return ek.diagnose(plan, **how)


def made_of(method: Method) -> ek.planning.Plan:
    """A plan of an invented method."""
    return method.plan(method.example())


def trial(*truths: Truth, method: Method = HOUSEHOLD) -> Trial:
    at = settled(method.example())
    return Trial(plan=made_of(method), method=method, at=at, truths=truths or (Truth.of(at),), seed=5, rules=RULES)


def simulated(one: Trial, number: int) -> Simulated:
    rng = np.random.default_rng(seed_of(one, 0, number))
    return one.method.simulator(one.at, one.plan.sizing, one.truths[0], rng)


@pytest.mark.parametrize("p", [0.035, 0.08])
def test_together_is_the_same_as_one_at_a_time(p: float) -> None:
    """Estimates, standard errors, limits, the difference of girls and boys, and what may go out: by the public verbs, one by one."""
    one = trial(Truth(p=p, girls_times=2.0))
    numbers, level, _ = carried_out(one, Task(0, 0, 50))
    assert level == 0.95
    assert set(numbers["found"]) == {0.0, 1.0}
    assert 0 < np.mean(numbers["kept_by_sex"]) < 1
    for k in range(0, 50, 3):
        answers = simulated(one, k)
        overall, split = HOUSEHOLD.analyse(answers.data), HOUSEHOLD.analyse(answers.data, by=("sex",))
        alone = {"estimate": overall.points, "se": overall.se, "low": overall.interval.low, "high": overall.interval.high}
        for name, value in alone.items():
            assert numbers[name][k] == pytest.approx(value[0], abs=1e-12, rel=1e-12)
        gap = ek.difference(split, {"sex": 1}, {"sex": 0}).interval
        assert numbers["found"][k] == (gap.low[0] > 0 or gap.high[0] < 0)
        assert numbers["interviews"][k] == len(np.asarray(answers.data["y"]))
        if k < 20:
            safe = ek.release([overall, split], progress=False)
            assert [numbers["shown"][k], numbers["shown_by_sex"][k]] == [
                np.mean([word not in ("protected", "withheld") for word in table.status]) for table in safe
            ]
    few = [ek.release(HOUSEHOLD.analyse(simulated(one, k).data), progress=False).status[0] == "protected" for k in range(8)]
    assert [value == 0 for value in numbers["kept"][:8]] == few


def test_seeds_are_of_each_simulation_and_not_of_the_batch() -> None:
    one = trial()
    whole, parts = carried_out(one, Task(0, 0, 50))[0], [carried_out(one, Task(0, a, b))[0] for a, b in ((0, 7), (7, 50))]
    for name in NAMES:
        np.testing.assert_allclose(whole[name], parts[0][name] + parts[1][name], rtol=1e-12)
    assert len(set(whole["estimate"])) == 50


def test_a_perfect_world_shows_no_bias_and_the_coverage_that_was_promised() -> None:
    found = ek.diagnose(PLAN, sims=400, seed=2, truth=Truth(p=0.12, girls_times=2))
    one = found.performances[0]
    assert one.bias.error is not None
    assert abs(one.bias.value) < 3 * one.bias.error
    assert one.coverage is not None
    assert one.coverage.value > 0.92
    assert found.warnings == ()
    assert one.se is not None
    assert one.sd is not None
    assert one.se.value == pytest.approx(one.sd.value, rel=0.15)
    assert one.rmse.value**2 == pytest.approx(one.bias.value**2 + one.sd.value**2 * 399 / 400)
    assert one.power is not None
    assert 0.4 < one.power.value < 0.95
    assert (one.sims, one.failed, one.released, one.intervals) == (400, 0, 20, 400)


def test_misreporting_shows_as_bias_and_lost_coverage_with_a_warning() -> None:
    """With a sensitivity of 0.7 the expected share is 0.7 p, for the simulator draws answers so."""
    with pytest.warns(EvidencekitWarning, match="intervals hold the truth in"):
        found = ek.diagnose(PLAN, sims=200, seed=2, truth=Truth(p=0.12, sensitivity=0.7))
    one = found.performances[0]
    assert one.bias.error is not None
    assert one.bias.value == pytest.approx(-0.3 * 0.12, abs=4 * one.bias.error)
    assert one.coverage is not None
    assert f"in {per_hundred(one.coverage.value)} simulations, fewer than the 95 they promise" in repr(found)
    assert "points too low on average, where the truth is 12%" in repr(found)


def test_where_boys_and_girls_are_alike_a_difference_is_seldom_found() -> None:
    one = quietly(sims=300, seed=1).performances[0]
    assert one.power is not None
    assert one.power.value < 0.1


def test_a_grid_has_a_performance_for_each_truth_and_a_picture() -> None:
    grid = ek.planning.truths(PLAN.context, {"sensitivity": [1, 0.8], "girls_times": [1, 2]})
    found = quietly(sims=12, seed=1, truth=list(grid))
    assert [one.truth for one in found.performances] == list(grid)
    frame = found.to_frame()
    assert list(frame["sensitivity"]) == [1, 1, 0.8, 0.8]
    assert list(frame["bias"]) == [one.bias.value for one in found.performances]
    assert found.says[0].startswith("furthest off with girls_times")
    assert "sensitivity 0.8" in found.says[0]
    assert len(repr(found).splitlines()) < 25
    picture = found.picture()
    assert picture.to_png() == found.picture().to_png()
    assert all(word in picture.alt for word in ("sensitivity 0.8", "girls to boys 2", "RMSE", "Truth in interval"))
    alone = quietly(sims=12, seed=1, truth=grid[0])
    assert alone.performances[0] == found.performances[0]


def test_json_is_the_same_bytes_and_holds_every_number() -> None:
    first, second = (quietly(sims=6, seed=4) for _ in range(2))
    assert first.to_json() == second.to_json()
    record = json.loads(first.to_json())
    assert record["performances"][0]["bias"]["value"] == first.performances[0].bias.value
    assert quietly(sims=6, seed=5).to_json() != first.to_json()
    assert pickle.loads(pickle.dumps(first)) == first


@pytest.mark.parametrize("backend", ["threading", "loky"])
def test_workers_of_any_backend_give_the_same_bytes(backend: str) -> None:
    alone = quietly(sims=120, seed=1)
    with joblib.parallel_config(backend, n_jobs=2):
        assert quietly(sims=120, seed=1).to_json() == alone.to_json()


@pytest.mark.outside
def test_a_dask_cluster_gives_the_same_bytes() -> None:
    distributed = pytest.importorskip("distributed")
    with distributed.Client(processes=False, n_workers=1, threads_per_worker=2, dashboard_address=None), joblib.parallel_config("dask"):
        assert quietly(sims=120, seed=1).to_json() == quietly(sims=120, seed=1, jobs=1).to_json()


@pytest.mark.outside
def test_a_ray_cluster_gives_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    ray = pytest.importorskip("ray")
    register_ray = pytest.importorskip("ray.util.joblib").register_ray
    alone = quietly(sims=120, seed=1)
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    try:
        register_ray()
        with joblib.parallel_config("ray", n_jobs=2):
            assert quietly(sims=120, seed=1).to_json() == alone.to_json()
    finally:
        ray.shutdown()


def no_design(answers: Any, by: Any) -> ek.Estimate:
    survey = ek.Survey(answers, design=ek.NoDesign(inference="self-selected", weights="weight"))
    return ek.proportion(survey, "y", by=list(by))


def test_a_class_without_intervals_has_no_coverage_and_says_why() -> None:
    method = replace(HOUSEHOLD, card=replace(HOUSEHOLD.card, inference="self-selected"), analysis=no_design)
    found = ek.diagnose(made_of(method), sims=10, seed=1)
    one = found.performances[0]
    assert (one.coverage, one.power, one.se, one.level, one.low_by) == (None, None, None, None, None)
    assert "numbers of the class self-selected carry no interval, so there is neither coverage nor power" in repr(found)
    assert found.to_frame()["coverage"].isna().all()
    assert "none" in found.picture().alt
    json.loads(found.to_json())


def test_no_child_no_referral() -> None:
    method = replace(HOUSEHOLD, card=replace(HOUSEHOLD.card, respondents="adults", minimum_age=18))
    one = quietly(made_of(method), sims=10, seed=1).performances[0]
    assert one.referrals is None
    share = PLAN.context.range("protection.referral_share")
    asked = quietly(sims=10, seed=1).performances[0]
    assert asked.referrals is not None
    assert asked.referrals.high == pytest.approx(share.high * asked.interviews.value)
    price = PLAN.context.middle("resources.cost_interview")
    assert asked.cost.value == pytest.approx(PLAN.sizing.cost + price * (asked.interviews.value - PLAN.sizing.interviews))


def test_simulations_that_cannot_be_analysed_are_counted() -> None:
    """Every fourth simulation loses all areas of a stratum but one: the library refuses it, alone and among others."""

    def losing(context: Any, sizing: Any, truth: Truth, rng: np.random.Generator) -> Simulated:
        made = HOUSEHOLD.simulator(context, sizing, truth, rng)
        columns = {name: np.asarray(values) for name, values in made.data.items()}
        if rng.random() < 0.25:
            first = columns["psu"][columns["stratum"] == 0].min()
            keep = (columns["stratum"] == 1) | (columns["psu"] == first)
            columns = {name: values[keep] for name, values in columns.items()}
        return replace(made, data=columns)

    found = quietly(made_of(replace(HOUSEHOLD, simulator=losing)), sims=100, seed=1)
    one = found.performances[0]
    assert 10 < one.failed < 40
    assert one.sims + one.failed == 100
    assert one.why.startswith(LonelyPSU.__name__)
    assert f"{one.failed} of 100 simulations gave no number" in repr(found)


def test_nobody_answers_in_some_simulations() -> None:
    def silent(context: Any, sizing: Any, truth: Truth, rng: np.random.Generator) -> Simulated:
        made = HOUSEHOLD.simulator(context, sizing, truth, rng)
        return made if rng.random() < 0.8 else replace(made, data={name: np.asarray(values)[:0] for name, values in made.data.items()})

    one = quietly(made_of(replace(HOUSEHOLD, simulator=silent)), sims=60, seed=1).performances[0]
    assert one.failed > 0

    def none(context: Any, sizing: Any, truth: Truth, rng: np.random.Generator) -> Simulated:
        made = HOUSEHOLD.simulator(context, sizing, truth, rng)
        return replace(made, data={name: np.asarray(values)[:0] for name, values in made.data.items()})

    with pytest.raises(InputError, match="No simulation gave a number"):
        quietly(made_of(replace(HOUSEHOLD, simulator=none)), sims=10, seed=1)


def test_an_analysis_that_takes_simulations_for_one_is_refused() -> None:
    """Weights made over all rows, whatever `by` says."""

    def pooled(answers: Any, by: Any) -> ek.Estimate:
        whole = answers.assign(weight=answers["weight"] * (1 + (answers["y"] > 0) * answers["psu"].max() / 1000))
        return HOUSEHOLD.analysis(whole, by)

    with pytest.raises(InputError, match="another estimate for a simulation by itself than by simulation"):
        quietly(made_of(replace(HOUSEHOLD, analysis=pooled)), sims=50, seed=1)


def test_a_simulator_that_does_not_say_what_is_true_is_refused() -> None:
    card = replace(HOUSEHOLD.card, estimand=replace(HOUSEHOLD.card.estimand, measure="incidence"))
    with pytest.raises(InputError, match="does not say the true incidence"):
        quietly(made_of(replace(HOUSEHOLD, card=card)), sims=5, seed=1)


def test_a_method_without_sex_has_no_power() -> None:
    def bare(context: Any, sizing: Any, truth: Truth, rng: np.random.Generator) -> Simulated:
        made = HOUSEHOLD.simulator(context, sizing, truth, rng)
        return replace(made, data={name: values for name, values in made.data.items() if name != "sex"})

    one = quietly(made_of(replace(HOUSEHOLD, simulator=bare)), sims=6, seed=1).performances[0]
    assert (one.power, one.kept_by_sex, one.shown_by_sex) == (None, None, None)
    assert one.shown is not None


def test_monte_carlo_errors_are_those_of_many_runs() -> None:
    """200 sets of 60 errors of known kind: the spread of each measure between sets is what one set says of itself."""
    rng = np.random.default_rng(1)
    made = []
    for _ in range(200):
        estimate = 0.1 + 0.02 * rng.standard_normal(60)
        se = 0.02 + 0.001 * rng.standard_normal(60)
        columns = {name: np.full(60, np.nan) for name in NAMES} | {"estimate": estimate, "se": se, "target": np.full(60, 0.09)}
        columns |= {"low": estimate - 2 * se, "high": estimate + 2 * se, "interviews": 500 + 9 * rng.standard_normal(60)}
        columns |= {"found": (rng.random(60) < 0.4) * 1.0, "kept": np.ones(60)}
        made.append(performance(PLAN, Truth(p=0.09), {n: v.tolist() for n, v in columns.items()}, 0.95, ""))
    for name in ("bias", "sd", "se", "rmse", "coverage", "power", "interviews", "cost"):
        between = np.std([getattr(one, name).value for one in made], ddof=1)
        assert between == pytest.approx(np.mean([getattr(one, name).error for one in made]), rel=0.2), name


def test_one_simulation_has_no_monte_carlo_error() -> None:
    found = quietly(sims=1, seed=1)
    one = found.performances[0]
    assert (one.bias.error, one.sd, one.interviews.error) == (None, None, None)
    assert "one simulation" in repr(found)
    json.loads(found.to_json())


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ({"sims": 0}, "sims= is a whole number"),
        ({"sims": 2.5}, "sims= is a whole number"),
        ({"seed": -1}, "seed= is a whole number"),
        ({"truth": 0.1}, "truth= takes a planning.Truth"),
        ({"truth": [Truth(p=0.1), "x"]}, "truth= takes a planning.Truth"),
        ({"truth": []}, "truth= is an empty list"),
        ({"profile": "nobody"}, "nobody"),
        ({"profile": 3}, "profile= takes a name"),
        ({"jobs": 0}, "jobs= takes a whole number"),
        ({"jobs": 1.5}, "jobs= takes a whole number"),
        ({"folder": 3}, "folder= takes a path"),
        ({"progress": "yes"}, "progress= takes True"),
    ],
)
def test_bad_input_is_refused(how: dict[str, Any], says: str) -> None:
    given: dict[str, Any] = {"seed": 1, "sims": 5, **how}
    with pytest.raises(InputError, match=says):
        ek.diagnose(PLAN, **given)


def test_what_is_no_plan_is_refused() -> None:
    wrong: Any = PLAN.context
    with pytest.raises(InputError, match="takes a Plan, not a Context"):
        ek.diagnose(wrong, seed=1)


@pytest.mark.parametrize(
    ("base", "grid", "says"),
    [
        (0.1, {"p": [0.1]}, "begins with a Context or a Truth"),
        (Truth(p=0.1), {}, "mapping of fields"),
        (Truth(p=0.1), {"sensitivty": [1]}, "sensitivity"),
        (Truth(p=0.1), {"sensitivity": 1}, "takes a list"),
        (Truth(p=0.1), {"sensitivity": []}, "takes a list"),
        (Truth(p=0.1), {"sensitivity": [2]}, "is a share"),
    ],
)
def test_grids_that_cannot_be_are_refused(base: Any, grid: Any, says: str) -> None:
    with pytest.raises(InputError, match=says):
        ek.planning.truths(base, grid)


def test_stacks_refuse_what_does_not_fit() -> None:
    good = {"y": np.array([0, 1]), "psu": np.array([0, 1]), "stratum": np.array([0, 0])}
    for bad, says in (
        ({"y": np.array([0, 1])}, "other columns"),
        (good | {"y": np.array([0])}, "not as long"),
        (good | {"psu": np.array([0.5, 1.0])}, "whole numbers"),
    ):
        with pytest.raises(InputError, match=says):
            stacked([Simulated(good, {}, 2), Simulated(bad, {}, 2)], [0, 1])
    two = stacked([Simulated(good, {}, 2), Simulated(good, {}, 2)], [0, 1])
    assert len(set(zip(two["stratum"].tolist(), two["psu"].tolist(), strict=True))) == 4
    assert two["simulation"].tolist() == [0, 0, 1, 1]
    assert good["psu"].tolist() == [0, 1]


def test_a_plan_made_without_its_method_finds_it_by_name() -> None:
    assert quietly(replace(PLAN, maker=None), sims=5, seed=1).to_json() == quietly(sims=5, seed=1).to_json()


def test_progress_is_shown_where_it_is_asked_for(capfd: pytest.CaptureFixture[str]) -> None:
    quietly(sims=5, seed=1)
    assert not capfd.readouterr().err
    quietly(sims=5, seed=1, progress=True)
    assert "simulations" in capfd.readouterr().err


@pytest.mark.slow
def test_a_thousand_surveys_of_two_thousand_interviews_take_less_than_a_minute_on_two_cores() -> None:
    context = HOUSEHOLD.example().settled({"outcome.rse": 0.0805, "resources.budget": None})
    began = time.monotonic()
    one = quietly(HOUSEHOLD.plan(context), sims=1000, seed=1, jobs=2).performances[0]
    assert time.monotonic() - began < 60
    assert one.interviews.value == pytest.approx(2000, rel=0.05)
    assert one.coverage is not None
    assert one.coverage.value > 0.93
