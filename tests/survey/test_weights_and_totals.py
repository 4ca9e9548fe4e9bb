"""Weights belong to the survey, their scale is recognised, and a total is given only where it is one."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import polars as pl
import pytest

import evidencekit as ek
from evidencekit.errors import InputError, Refused, UnknownColumn
from evidencekit.survey.design.binding import weight_notes

BASE = pd.DataFrame(
    {
        "weight": np.linspace(20, 60, 40),
        "psu": np.repeat(np.arange(10), 4),
        "y": np.arange(40) % 7 + 1.0,
        "code": np.arange(40) % 2 + 1,
        "yes": np.arange(40) % 2,
        "age": np.arange(40) % 5 + 12,
        "reports": np.arange(40) % 3,
    }
)
LABELS = {
    "code": {1: "Yes", 2: "No"},
    "yes": {0: "No", 1: "Yes"},
    "age": {a: str(a) for a in range(12, 17)},
    "reports": {0: "none", 98: "do not know"},
}


def survey(frame: Any = BASE, **design: Any) -> ek.Survey:
    return ek.Survey(frame, **{"weights": "weight", "psu": "psu", **design})


def test_a_column_without_a_name_is_a_column_of_weights() -> None:
    frame = BASE.rename(columns={"weight": ""})
    assert ek.mean(ek.Survey(frame, weights="", psu="psu"), "y").points == ek.mean(survey(), "y").points
    poll = ek.Survey(frame, design=ek.survey.NoDesign(weights=""))
    assert ek.mean(poll, "y").points[0] == pytest.approx(np.average(BASE.y, weights=BASE.weight))
    assert ek.mean(ek.Survey(BASE, design=ek.survey.NoDesign()), "y").points[0] == pytest.approx(BASE.y.mean())
    with pytest.raises(UnknownColumn):
        ek.Survey(BASE, weights="")


@pytest.mark.parametrize("made", [lambda w: pd.DataFrame({"weight": w}, copy=False), lambda w: pl.DataFrame({"weight": w})])
def test_nobody_can_change_the_weights_afterwards(made: Any) -> None:
    buffer = np.ones(20) * 3
    frame = made(buffer)
    held = ek.Survey(frame, weights="weight")
    before = ek.count(held).points[0]
    buffer[0] = 1e9
    if isinstance(frame, pd.DataFrame):
        frame.loc[1, "weight"] = 1e9
    assert held.w is not None
    assert held.w.tolist() == [3.0] * 20
    assert ek.count(held).points[0] == before == 60
    with pytest.raises(ValueError, match="read-only"):
        held.w[0] = 1


def test_adjusted_weights_are_read_only_too() -> None:
    held = ek.weighting.trim(survey(), upper=50.0)
    assert held.w is not None
    with pytest.raises(ValueError, match="read-only"):
        held.w[0] = 1


def test_missing_answers_are_said() -> None:
    frame = BASE.assign(y=BASE.y.mask(BASE.index < 3), age=BASE.age.mask(BASE.index == 9))
    held = survey(frame)
    assert "missing answers: 3 of y, counted as zero" in repr(ek.total(held, "y"))
    assert "missing answers: 3 of y, 1 of age, left out" in repr(ek.mean(held, ["y", "age", "yes"]))
    assert "missing answers: 3 of y, left out" in repr(ek.proportion(held, "y"))
    assert "missing answers: 3 of y, 1 of age, left out" in repr(ek.quantile(held, ["y", "age"]))
    assert "missing answers" not in repr(ek.mean(held, "yes"))
    many = frame.assign(**{f"v{i}": frame.y for i in range(8)})
    assert "3 of v4 and of 3 more variables, left out" in repr(ek.mean(survey(many), [f"v{i}" for i in range(8)]))


NUMERIC: dict[str, Any] = {
    "mean": lambda s, y: ek.mean(s, y),
    "total": lambda s, y: ek.total(s, y),
    "ratio above": lambda s, y: ek.ratio(s, y, "y"),
    "ratio below": lambda s, y: ek.ratio(s, "y", y),
    "variance": lambda s, y: ek.variance(s, y),
    "quantile": lambda s, y: ek.quantile(s, y),
    "cdf": lambda s, y: ek.cdf(s, y, at=1),
}


@pytest.mark.parametrize("name", NUMERIC)
def test_codes_of_categories_are_not_numbers(name: str) -> None:
    held = survey(ek.Dataset(BASE, value_labels=LABELS))
    with pytest.raises(
        Refused, match=r"all 2 that occur have value labels.*proportion\(survey, 'code', category=\.\.\.\).*value_labels={}"
    ):
        NUMERIC[name](held, "code")
    for fine in ("yes", "age", "reports", "y"):
        NUMERIC[name](held, fine)
    NUMERIC[name](survey(ek.Dataset(BASE, value_labels={})), "code")
    assert ek.proportion(held, "code", category="Yes").points[0] == pytest.approx(BASE.weight[BASE.code == 1].sum() / BASE.weight.sum())


def test_one_code_of_a_pair_is_no_number_either() -> None:
    with pytest.raises(Refused):
        ek.total(survey(ek.Dataset(BASE.assign(code=1), value_labels=LABELS)), "code")
    ek.total(survey(ek.Dataset(BASE.assign(yes=1), value_labels=LABELS)), "yes")


def test_codes_in_lazy_data() -> None:
    lazy = survey(ek.Dataset(pl.from_pandas(BASE).lazy(), value_labels=LABELS))
    with pytest.raises(Refused, match="value labels"):
        ek.mean(lazy, "code")
    assert ek.mean(lazy, "yes").points[0] == pytest.approx(np.average(BASE.yes, weights=BASE.weight))


@pytest.mark.parametrize("average", [0.2, 0.9, 0.995, 1.0, 1.02, 1.049])
def test_weights_too_small_for_a_population(average: float) -> None:
    held = survey(BASE.assign(weight=BASE.weight / BASE.weight.mean() * average))
    for ask in (lambda **k: ek.total(held, "yes", **k), lambda **k: ek.count(held, **k)):
        with pytest.raises(Refused, match=r"normalised.*population_total="):
            ask()
        ask(population_total="weights")
    with pytest.raises(Refused, match='deff="replace"'):
        ek.mean(held, "y", deff="wor")
    assert "normalised" in repr(held)


def test_weights_large_enough() -> None:
    held = survey(BASE.assign(weight=BASE.weight / BASE.weight.mean() * 1.06))
    assert ek.count(held).points[0] == pytest.approx(1.06 * 40)
    assert np.isfinite(ek.mean(held, "y", deff="wor").counts.deff).all()
    assert "note" not in repr(held)


def test_weights_from_sampling_fractions_are_right_however_small() -> None:
    census = ek.Survey(BASE.assign(f=1.0), fpc="f")
    assert ek.count(census).points[0] == 40
    assert census.notes == ()


def test_dhs_weights() -> None:
    rng = np.random.default_rng(1)
    assert "average a million" in weight_notes(np.round(rng.gamma(4, 2.5e5, 3_000)))[0]
    assert "more than all people on earth" in weight_notes(rng.gamma(4, 1e5, 30_000))[0]
    assert "more than all people on earth" in weight_notes(np.full(4_000, 2.5e6))[0]
    assert weight_notes(np.round(rng.gamma(4, 2.5e4, 10_000))) == ()  # a billion people, a hundred thousand for each interview
    assert weight_notes(np.full(50, 3e6)) == ()
    held = survey(BASE.assign(weight=np.round(BASE.weight / BASE.weight.mean() * 1e6)))
    with pytest.raises(Refused, match="average a million"):
        ek.count(held)


@pytest.mark.parametrize("inference", ["self-selected", "self-selected-adjusted", "quota", "random-walk", "administrative"])
def test_those_who_chose_to_answer_have_no_total(inference: Any) -> None:
    poll = ek.Survey(BASE, design=ek.survey.NoDesign(inference=inference, weights="weight"))
    for known in (None, 1e6, "weights"):
        for ask in (lambda **k: ek.total(poll, "yes", **k), lambda **k: ek.count(poll, **k)):
            with pytest.raises(Refused, match=f"not from a probability sample .{inference}.*mean"):
                ask(population_total=known)


def test_numbers_of_any_library() -> None:
    held = survey()
    want = ek.total(held, "y", population_total=1_000).points
    for known in (np.int64(1_000), np.float32(1_000), np.array(1_000.0)):
        assert ek.total(held, "y", population_total=known).points == want
    for wrong in (True, 10**400, np.nan, "1000", [1000], np.bool_(True), None.__class__):
        with pytest.raises(InputError, match="above 0"):
            ek.total(held, "y", population_total=wrong)  # type: ignore[arg-type]
    assert ek.mean(held, "y", level=np.float32(0.5)).interval.low == ek.mean(held, "y", level=0.5).interval.low
    for wrong in (True, np.array([0.95]), "0.95", None, 10**400):
        with pytest.raises(InputError, match="level="):
            ek.mean(held, "y", level=wrong)  # type: ignore[arg-type]


def test_kish_is_the_design_effect_of_weights_alone() -> None:
    held = ek.Survey(pd.DataFrame({"w": [2.0, 2.0, 2.0, 6.0], "y": [1.0, 2.0, 3.0, 4.0]}), weights="w")
    est = ek.mean(held, "y")
    assert est.counts.kish[0] == pytest.approx(4 * (3 * 4 + 36) / 12**2)
    assert est.counts.n_eff[0] == pytest.approx(4 / est.counts.deff[0])
    assert ek.check_survey(held).kish_deff == pytest.approx(4 / 3)
    part = ek.mean(held, "y", where=nw.col("y") > 2).counts
    assert part.kish[0] == pytest.approx(2 * (4 + 36) / 8**2)


def test_rows_without_weight_are_not_counted_in_kish() -> None:
    """Once those who had not taken part made the weights of the others look three times as unequal."""
    frame = pd.DataFrame({"w": [2.0, 2.0, 2.0, 6.0] + [0.0] * 8, "y": 1.0})
    held = ek.Survey(frame, weights="w")
    assert ek.check_survey(held).kish_deff == pytest.approx(4 / 3)
    assert ek.check_survey(frame, weights="w").kish_deff == pytest.approx(4 / 3)
    assert ek.weighting.report(held).to_frame()["kish"].tolist() == pytest.approx([4 / 3])
    assert ek.check_survey(held).weights_zero == 8
