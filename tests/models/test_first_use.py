"""What somebody who uses tables and models for the first time stumbles over: names, calls, messages, what is printed."""

from __future__ import annotations

import inspect
from functools import cache
from types import ModuleType

import narwhals as nw
import numpy as np
import pandas as pd
import pytest

import evidencekit as ek
from evidencekit.errors import InputError


@cache
def survey() -> ek.Survey:
    return ek.Survey(ek.fictional.national_survey().data, weights="weight", strata="stratum", psu="psu", population="children 12-17")


@pytest.mark.parametrize("room", [ek, ek.tables, ek.models], ids=lambda room: room.__name__)
def test_every_verb_with_a_domain_lets_it_be_named(room: ModuleType) -> None:
    # Results of a domain without a name say "give where_label= to name it".
    verbs = [getattr(room, name) for name in room.__all__ if inspect.isfunction(getattr(room, name))]
    domains = [verb for verb in verbs if "where" in inspect.signature(verb).parameters]
    assert domains
    assert [verb.__name__ for verb in domains if "where_label" not in inspect.signature(verb).parameters] == []


@pytest.mark.parametrize(
    ("formula", "wanted"),
    [
        ("asked_for_image ~ i.age + sex", r"C\(age\)"),
        ("asked_for_image ~ sex + ib2.age_group", r"C\(age_group\)"),
        ("asked_for_image ~ factor(age)", r"C\(x\)"),
        ("asked_for_image ~ as.factor(age)", r"C\(age\)"),
        ("sex ~ age", "1 for the category.*multinomial"),
    ],
)
def test_formulas_of_other_programs_are_told_what_to_write(formula: str, wanted: str) -> None:
    with pytest.raises(InputError, match=wanted):
        ek.models.logit(survey(), formula)


def test_adjusted_takes_one_column_that_the_model_holds() -> None:
    model = ek.models.logit(survey(), "asked_for_image ~ sex + age")
    with pytest.raises(InputError, match="put the column into the formula"):
        ek.models.adjusted(model, "province")
    with pytest.raises(InputError, match="name of one column"):
        ek.models.adjusted(model, ["sex", "age"])  # pyright: ignore[reportArgumentType]


def test_hypotheses_are_told_in_the_words_of_the_field() -> None:
    model = ek.models.logit(survey(), "asked_for_image ~ sex + age")
    assert "asked_for_image is not associated with sex" in repr(ek.models.term_test(model, "sex"))
    assert "sex and school are independent" in repr(ek.tables.association(survey(), "sex", "school"))


def test_what_was_passed_in_place_of_an_estimate_is_told_apart() -> None:
    est = ek.proportion(survey(), "asked_for_image", by="province")
    with pytest.raises(InputError, match=r"Pass its \.estimate"):
        ek.combining.rank_sets(ek.release(est))  # pyright: ignore[reportArgumentType]
    assert len(ek.combining.rank_sets(ek.release(est).estimate)) == len(est)
    with pytest.raises(InputError, match=r"Make one: ek\.proportion"):
        ek.models.fay_herriot(survey(), None, formula="1")  # pyright: ignore[reportArgumentType]


def test_a_column_of_zeros_and_ones_is_no_condition_yet() -> None:
    with pytest.raises(InputError, match=r'nw.col\("internet_daily"\) == 1'):
        ek.proportion(survey(), "asked_for_image", where="internet_daily")
    made = ek.proportion(survey(), "asked_for_image", where=nw.col("internet_daily") == 1, where_label="online every day")
    assert made.provenance.where == "online every day"


def test_a_test_of_one_number_tells_it_with_its_interval() -> None:
    made = ek.tables.ttest(survey(), "hours_online", by="sex")
    assert made.estimate is not None
    low, high = made.estimate.interval.low[0], made.estimate.interval.high[0]
    assert f"difference: girl - boy = {made.estimate.points[0]:.4g} (95% interval {low:.4g} to {high:.4g})" in repr(made)
    assert "slope: " in repr(ek.tables.trend(survey(), "asked_for_image", by="age"))
    assert "sex girl" in repr(ek.tables.ranktest(survey(), "hours_online", "sex"))
    assert "\n" not in repr(ek.tables.association(survey(), "sex", "school")).split("independent")[1]


@pytest.mark.slow
def test_results_of_tables_and_models_have_a_page_of_html() -> None:
    # A notebook shows _repr_html_; without one it shows the text of repr, in one line of a cell.
    frame = ek.fictional.national_survey().data.frame
    model = ek.models.logit(survey(), "asked_for_image ~ sex + age")
    made = [
        ek.tables.ttest(survey(), "hours_online", by="sex"),
        ek.tables.crosstab(survey(), "sex", "school"),
        ek.tables.table_one(survey(), ["school"]),
        model,
        ek.models.proportional_odds(survey(), "age ~ sex", order=sorted(set(frame["age"]))),
        ek.models.interviewer_effect(survey(), "internet_daily", interviewer="psu"),
        ek.models.mode_effect(survey(), "internet_daily", mode="area", adjust="age + sex"),
        ek.combining.equivalent(ek.difference(ek.proportion(survey(), "school", by="sex"), 0, 1), margin=0.1),
    ]
    assert [type(one).__name__ for one in made if "<table>" not in one._repr_html_()] == []


def test_effects_of_few_interviewers_are_told_without_numbers_that_are_none() -> None:
    frame = pd.DataFrame({"y": np.tile([0, 1, 1], 20), "who": np.repeat(np.arange(12), 5), "psu": np.arange(60) % 20, "w": 1.0})
    made = ek.models.interviewer_effect(ek.Survey(frame, weights="w", psu="psu"), "y", interviewer="who")
    assert "nan" not in repr(made)
    assert "headline without one interviewer: not shown" in repr(made)


def test_an_area_model_tells_what_it_was_made_with() -> None:
    est = ek.proportion(survey(), "internet_daily", by="province")
    known = pd.DataFrame({"province": est.cells.columns["province"], "power": [0.9, 0.7, 0.8, 0.7, 0.8, 0.6], "children": 100})
    bench = ek.models.Benchmark(national=ek.proportion(survey(), "internet_daily"), population="children")
    made = ek.models.fay_herriot(est, known, formula="power", benchmark=bench)
    for said in (repr(made), made._repr_html_()):
        assert "coefficients (standard errors): " in said
        assert "power" in said
        assert "benchmark: ratio" in said


def test_a_finding_of_an_incidence_needs_its_age_in_words() -> None:
    rng = np.random.default_rng(2)
    now, first = rng.integers(18, 25, 900), rng.integers(8, 60, 900)
    frame = pd.DataFrame({"t": np.minimum(now, first), "ever": (first <= now) * 1, "psu": np.arange(900) // 10, "w": 1.0})
    made = ek.models.cumulative_incidence(ek.Survey(frame, weights="w", psu="psu"), time="t", event="ever", at=17)
    with pytest.raises(InputError, match=r"told with that age.*by age 17"):
        ek.finding(ek.release(made))
