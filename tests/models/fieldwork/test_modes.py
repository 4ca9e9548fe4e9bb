"""Mode effects: crude and adjusted differences, and a made effect found again."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

import evidencekit as ek
from evidencekit.errors import EstimationError, InputError, UnknownColumn
from evidencekit.models import mode_effect


@cache
def answered() -> pd.DataFrame:
    """Older people chose the web more often, and say yes more often by any mode; the web itself adds 0.1."""
    draw = np.random.default_rng(4)
    age = draw.integers(12, 18, 6000)
    web = draw.uniform(size=6000) < (age - 11) / 8
    yes = draw.uniform(size=6000) < 0.05 + 0.08 * (age - 12) + 0.1 * web
    mode = np.where(web, "web", np.where(draw.uniform(size=6000) < 0.5, "home", "phone"))
    place = draw.integers(0, 100, 6000)
    return pd.DataFrame({"psu": place, "w": draw.uniform(1, 2, 6000), "age": age, "mode": mode, "yes": yes.astype(int), "hours": yes * 2.5})


def survey(data: pd.DataFrame | None = None) -> ek.Survey:
    return ek.Survey(answered() if data is None else data, weights="w", psu="psu")


def test_the_effect_is_found_and_the_choice_of_mode_taken_out() -> None:
    made = mode_effect(survey(), "yes", mode="mode", adjust="age", reference="home")
    assert made.estimate.cells.columns["contrast"] == ("phone - home", "web - home")
    assert made.estimate.points[1] == pytest.approx(0.1, abs=3 * made.estimate.se[1])
    assert made.crude.points[1] > 0.15
    assert made.estimate.points[0] == pytest.approx(0, abs=3 * made.estimate.se[0])
    shares = ek.proportion(survey(), "yes", by="mode")
    gap = ek.difference(shares, {"mode": "web"}, {"mode": "home"})
    assert made.crude.points[1] == pytest.approx(gap.points[0], rel=1e-8)
    assert made.crude.se[1] == pytest.approx(gap.se[0], rel=1e-6)
    wanted = ek.models.adjusted(ek.models.logit(survey(), "yes ~ mode + age"), "mode")
    np.testing.assert_allclose(made.levels.points, wanted.points, rtol=1e-10)
    assert "adjusted for age" in repr(made)
    assert "<table" in made._repr_html_()


def test_the_reference_is_the_commonest_and_amounts_have_means() -> None:
    made = mode_effect(survey(), "hours", mode="mode", adjust="age")
    assert made.reference == "web"
    assert made.levels.statistic == "adjusted mean"
    coded = answered().assign(**{"how asked": answered()["mode"].map({"web": 1, "home": 2, "phone": 3})})
    again = mode_effect(survey(coded), "hours", mode="how asked", adjust="age")
    np.testing.assert_allclose(np.sort(again.estimate.points), np.sort(made.estimate.points), rtol=1e-8)


def test_what_cannot_be_compared() -> None:
    with pytest.raises(UnknownColumn):
        mode_effect(survey(), "yes", mode="way", adjust="age")
    with pytest.raises(InputError, match="adjust="):
        mode_effect(survey(), "yes", mode="mode", adjust="")
    with pytest.raises(InputError, match="not one of the 3 modes"):
        mode_effect(survey(), "yes", mode="mode", adjust="age", reference="SECRET")
    with pytest.raises(InputError, match="holds categories"):
        mode_effect(survey(answered().assign(yes=np.where(answered()["yes"] > 0, "SECRET", "no"))), "yes", mode="mode", adjust="age")
    with pytest.raises(EstimationError):
        mode_effect(survey(answered().assign(mode="SECRET")), "yes", mode="mode", adjust="age")
    partly = answered().assign(age=answered()["age"].where(answered()["mode"] != "web"))
    with pytest.raises(EstimationError, match="A mode has no row") as told:
        mode_effect(survey(partly), "yes", mode="mode", adjust="age")
    assert "web" not in str(told.value)
