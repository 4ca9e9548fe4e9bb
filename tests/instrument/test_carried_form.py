"""Data that were described by a form carry it, so that indicators on them need none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import evidencekit as ek
from evidencekit import instrument
from evidencekit.errors import InputError

YES_NO = ek.Choices("yes_no", {1: "Yes", 2: "No", 9: "I prefer not to say"}, missing={9: ek.Missing.REFUSED})
ONLINE = ek.Item("online", "select_one", "Do you use the internet?", YES_NO)
FORM = ek.Instrument("lesson", [ONLINE, ek.Item("told", "select_one", "Did you tell someone?", YES_NO, relevant="${online} = 1")])
TOLD = ek.Indicator(code="TOLD", title="Told someone", numerator="${told}", recall="lifetime")
USES = ek.Indicator(code="ONLINE", title="Online", numerator="${online}", recall="lifetime")
KINDS: dict[str, Callable[[pd.DataFrame], Any]] = {"pandas": lambda f: f, "polars": pl.from_pandas, "pyarrow": pa.Table.from_pandas}


def answers() -> pd.DataFrame:
    rng = np.random.default_rng(8)
    online = rng.choice([1, 2, 9], 200, p=[0.7, 0.25, 0.05])
    told = np.where(online == 1, rng.choice([1.0, 2.0, 9.0], 200, p=[0.3, 0.6, 0.1]), np.nan)
    return pd.DataFrame({"online": online, "told": told, "area": np.arange(200) // 10, "w": 1.0 + np.arange(200) % 3})


def survey_of(data: Any) -> ek.Survey:
    return ek.Survey(data, weights="w", psu="area")


@pytest.mark.parametrize("kind", KINDS)
def test_an_indicator_finds_the_form_that_the_data_carry(kind: str) -> None:
    data = instrument.dataset(KINDS[kind](answers()), FORM)
    assert data.form is FORM
    survey = survey_of(data)
    found, said = ek.prevalence(survey, TOLD), ek.prevalence(survey, TOLD, form=FORM)
    assert found.estimate.points.tolist() == said.estimate.points.tolist()
    assert found.estimate.counts.n[0] == (answers()["told"] < 9).sum() + (answers()["online"] == 2).sum(), "who is not online told nobody"
    without = ek.prevalence(survey_of(replace(data, form=None)), TOLD)
    assert without.estimate.counts.n[0] == (answers()["told"] < 9).sum()
    pair, passed = (ek.compare_definitions(survey, [TOLD, USES], form=form) for form in (None, FORM))
    assert pair.estimate.points.tolist() == passed.estimate.points.tolist()
    pairs, passed_too = (instrument.forms_experienced(survey, [TOLD, USES], form=form) for form in (None, FORM))
    assert pairs.estimate.points.tolist() == passed_too.estimate.points.tolist()


def test_a_form_that_is_passed_takes_precedence() -> None:
    other = ek.Choices("other", {2: "Yes", 1: "No", 9: "I prefer not to say"}, missing={9: ek.Missing.REFUSED})
    turned = ek.Instrument("turned", [ek.Item("told", "select_one", "Did you tell someone?", other)])
    data = instrument.dataset(answers(), FORM, not_asked=None)
    survey = survey_of(replace(data, value_labels={}))
    share = ek.prevalence(survey_of(replace(data, value_labels={}, form=None)), TOLD, form=turned).estimate.points[0]
    assert ek.prevalence(survey, TOLD, form=turned).estimate.points[0] == share
    assert ek.prevalence(survey, TOLD).estimate.points[0] not in (share, pytest.approx(share))
    assert instrument.dataset(data, turned).form is turned


def test_it_goes_where_the_rows_go() -> None:
    data = instrument.dataset(answers(), FORM)
    taken = data.with_frame(data.frame[data.frame["online"] == 1].assign(chance=0.5))
    weighted = ek.weighting.base_weights(taken, probabilities="chance", name="base")
    survey = ek.Survey(weighted, weights="base", psu="area")
    raked = ek.weighting.trim(survey, upper=3.0)
    for made in (taken, weighted, survey.data, raked.data, ek.weighting.with_weights(raked)):
        assert made.form is FORM
    invented = instrument.fictional_answers(FORM, 40, seed=1)
    assert invented.form is FORM
    assert invented.with_frame(invented.frame.head(3)).form is FORM


def test_what_is_no_form_is_refused_where_it_is_used() -> None:
    data = ek.Dataset(answers(), form="lesson-canary")
    assert "canary" not in repr(data)
    with pytest.raises(InputError, match="form= takes an Instrument, not a str") as caught:
        ek.prevalence(survey_of(data), TOLD)
    assert "canary" not in str(caught.value)
