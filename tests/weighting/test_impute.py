"""Filling in answers: only those that should be there, with what others answered, the same every time."""

from __future__ import annotations

import traceback
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import evidencekit as ek
from evidencekit.errors import EstimationError, EvidencekitError, InputError, UnknownColumn

impute = ek.weighting.impute
MISSING = {"told": {97: ek.Missing.DONT_KNOW, 98: ek.Missing.REFUSED, 99: ek.Missing.NOT_ASKED}, "hours": {-1: ek.Missing.REFUSED}}


def frame(n: int = 240, seed: int = 1) -> pd.DataFrame:
    """Contact is asked of all, told of those with contact; hours may be refused; place is a category."""
    rng = np.random.default_rng(seed)
    psu = np.arange(n) // 6
    age = rng.integers(12, 18, n)
    contact = rng.random(n) < 0.5
    told = np.where(contact, (rng.random(n) < 0.3 + 0.08 * (age - 12)).astype(int), 99)
    told[contact & (rng.random(n) < 0.2)] = 98
    told[contact & (rng.random(n) < 0.1)] = 97
    hours = np.round(1 + 0.3 * (age - 12) + rng.gamma(2, 0.5, n), 1)
    hours[rng.random(n) < 0.15] = -1
    place = rng.choice(["home", "school", "street"], n).astype(object)
    return pd.DataFrame(
        {
            "h": psu % 4,
            "i": psu,
            "w": rng.uniform(1, 4, n),
            "age": age,
            "contact": contact,
            "told": told,
            "hours": hours,
            "place": np.where(rng.random(n) < 0.1, None, place),
        }
    )


def survey(data: Any, **more: Any) -> ek.Survey:
    return ek.Survey(data, weights="w", strata="h", psu="i", **more)


def dataset(made: Any = None) -> ek.Dataset:
    return ek.Dataset(frame() if made is None else made, missing=MISSING)


def test_only_what_was_asked_is_filled() -> None:
    raw = frame()
    before = raw.copy(deep=True)
    data = dataset(raw)
    made = impute(survey(data), ["told", "hours"], using="age", imputations=3, seed=1)
    pd.testing.assert_frame_equal(raw, before)
    for s in made:
        got = s.data.frame
        assert s.data.kinds("told") == {ek.Missing.NOT_ASKED: int((raw["told"] == 99).sum())}
        assert s.data.kinds("hours") == {}
        for name, gap in (("told", raw["told"].isin([97, 98])), ("hours", raw["hours"] == -1)):
            assert (got[name][~gap] == raw[name][~gap]).all()
            assert set(got[name][gap]) <= set(raw[name][~gap & (raw[name] != 99)])
            assert got[name].dtype == raw[name].dtype
        pd.testing.assert_frame_equal(got.drop(columns=["told", "hours"]), raw.drop(columns=["told", "hours"]))
    assert any(not made[0].data.frame["hours"].equals(s.data.frame["hours"]) for s in made[1:])


def test_kinds_say_what_is_filled() -> None:
    made = impute(survey(dataset()), "told", imputations=2, seed=1, kinds=[ek.Missing.DONT_KNOW])
    kinds = made[0].data.kinds("told")
    assert ek.Missing.DONT_KNOW not in kinds
    assert kinds[ek.Missing.REFUSED] == dataset().kinds("told")[ek.Missing.REFUSED]


def test_the_same_seed_gives_the_same_answers() -> None:
    once, twice, other = (impute(survey(dataset()), ["told", "hours"], using="age", imputations=2, seed=s) for s in (5, 5, 6))
    for a, b in zip(once, twice, strict=True):
        pd.testing.assert_frame_equal(a.data.frame, b.data.frame)
    assert not once[0].data.frame["hours"].equals(other[0].data.frame["hours"])
    state = np.random.get_state()[1].copy()  # type: ignore[union-attr]
    again = impute(survey(dataset()), "hours", imputations=2, seed=np.random.default_rng(5))
    assert np.array_equal(np.random.get_state()[1], state)
    assert len(again) == 2


def test_design_and_weights_stay() -> None:
    whole = ek.weighting.rake(survey(dataset()), {"age": {k: 1 / 6 for k in range(12, 18)}})
    made = impute(whole, "hours", using="age", imputations=2, seed=1)
    for s in made:
        assert s.w is whole.w
        assert s.adjustments == whole.adjustments
        assert s.fingerprint() == whole.fingerprint()
    ages = [ek.mean(s, "age") for s in made]
    np.testing.assert_allclose(ages[0].se, 0, atol=1e-9)
    said = dict(ek.mean(made[0], "hours").provenance.policies)["imputed"]
    assert said == f"hours in {int((frame()['hours'] == -1).sum())} rows; 2 imputations by chained equations"
    assert said in repr(made[0])
    boot = impute(ek.weighting.bootstrap(whole, seed=1, replicates=20), "hours", imputations=2, seed=1)
    policies = dict(ek.weighting.replicate(boot[0], lambda w, d: float(w @ d["hours"])).provenance.policies)
    assert policies["imputed"] == said


def test_blanks_must_be_explained() -> None:
    whole = survey(frame())
    with pytest.raises(InputError, match=r"'place' is blank in \d+ rows"):
        impute(whole, "place", seed=1)
    gaps = frame()["place"].isna()
    filled = impute(whole, "place", seed=1, imputations=2, blanks="fill")[0].data
    assert filled["place"].notna().all()
    young = nw.col("age") < 15
    part = impute(whole, "place", seed=1, imputations=2, asked={"place": young})[0].data
    assert part["place"].isna().equals(gaps & (frame()["age"] >= 15))
    whoever = impute(whole, "place", seed=1, imputations=2, asked={"place": None})[0].data
    assert whoever["place"].equals(filled["place"])
    with pytest.raises(InputError, match="nothing to fill"):
        impute(whole, "place", seed=1, blanks="leave")
    with pytest.raises(InputError, match="nothing to fill"):
        impute(whole, "place", seed=1, blanks="fill", kinds=[ek.Missing.REFUSED])


def test_blanks_beside_a_code_for_not_asked_are_filled() -> None:
    raw = frame().assign(told=lambda d: d["told"].astype(float).mask(d["told"] == 97))
    made = impute(survey(dataset(raw)), "told", imputations=2, seed=1)[0].data
    assert set(made.kinds("told")) == {ek.Missing.NOT_ASKED}


@pytest.mark.parametrize("kind", ["category", "string", "bool", "labels"])
def test_types_of_columns_stay(kind: str) -> None:
    raw = frame()
    if kind == "bool":
        raw["place"] = raw["place"].map({"home": True, "school": False}).astype("boolean")
    elif kind != "labels":
        raw["place"] = raw["place"].astype(kind)
    data: Any = raw
    if kind == "labels":
        raw["place"] = raw["place"].map({"home": 1, "school": 2, "street": 3}).fillna(9).astype("int8")
        data = ek.Dataset(raw, missing={"place": {9: ek.Missing.UNSTATED}}, value_labels={"place": {1: "a", 2: "b", 3: "c", 9: "d"}})
    made = impute(survey(data), "place", using=("age", "told"), imputations=2, seed=1, blanks="fill")[0].data
    got = made.frame if kind == "labels" else made
    assert got["place"].dtype == raw["place"].dtype
    assert got["place"].notna().all()
    assert not (got["place"] == 9).any() or kind != "labels"


@pytest.mark.parametrize("backend", ["polars", "pyarrow"])
def test_other_frames(backend: str) -> None:
    raw = frame()
    data = pl.from_pandas(raw) if backend == "polars" else pa.Table.from_pandas(raw)
    made = impute(survey(ek.Dataset(data, missing=MISSING)), ["told", "hours", "place"], imputations=2, seed=1, blanks="fill")[0]
    want = impute(survey(dataset(raw)), ["told", "hours", "place"], imputations=2, seed=1, blanks="fill")[0]
    got = made.data.frame.to_pandas()
    assert got["hours"].tolist() == want.data.frame["hours"].tolist()
    assert got["place"].tolist() == want.data.frame["place"].tolist()
    assert type(made.data.frame) is type(data)


def test_an_index_that_repeats_itself() -> None:
    raw = frame()
    raw.index = np.arange(len(raw)) // 2
    got = impute(survey(dataset(raw)), "hours", imputations=2, seed=1)[0].data.frame
    assert got.index.equals(raw.index)
    keep = (raw["hours"] != -1).to_numpy()
    assert np.array_equal(got["hours"].to_numpy()[keep], raw["hours"].to_numpy()[keep])


def test_what_helps_is_bridged_and_left_alone() -> None:
    made = impute(survey(dataset()), "told", using=("hours", "place"), imputations=2, seed=1)[0].data
    assert made.kinds("hours") == dataset().kinds("hours")
    assert made.kinds("place") == dataset().kinds("place")


def test_perfect_prediction_is_survived() -> None:
    raw = frame().assign(twin=lambda d: np.where(d["hours"] == -1, 97, (d["age"] > 14).astype(int)))
    data = ek.Dataset(raw, missing={"twin": {97: ek.Missing.DONT_KNOW}})
    raw["old"] = (raw["age"] > 14).astype(int)
    made = impute(survey(data), "twin", using="old", imputations=5, seed=1)
    gap = raw["twin"] == 97
    agree = np.mean([(s.data.frame["twin"][gap] == raw["old"][gap]).mean() for s in made])
    assert agree > 0.9


def test_answers_follow_what_predicts_them() -> None:
    """Among the filled, older children say yes more often, as among those who answered."""
    raw = frame(2400, 7)
    made = impute(survey(dataset(raw)), "told", using="age", imputations=10, seed=1)
    gap, old = raw["told"].isin([97, 98]), raw["age"] >= 15
    shares = [np.mean([s.data.frame["told"][gap & g].mean() for s in made]) for g in (~old, old)]
    seen = [raw["told"][raw["told"].isin([0, 1]) & g].mean() for g in (~old, old)]
    np.testing.assert_allclose(shares, seen, atol=0.06)


def test_no_design() -> None:
    poll = ek.Survey(dataset(), design=ek.survey.NoDesign())
    made = impute(poll, "hours", using="age", imputations=2, seed=1)
    est = ek.weighting.rubin([ek.mean(s, "hours") for s in made]).estimate
    assert np.isnan(est.interval.low).all()


WRONG: dict[str, tuple[Any, type[Exception], str]] = {
    "no survey": (lambda: impute(frame(), "told", seed=1), InputError, "takes a Survey"),
    "no column": (lambda: impute(survey(dataset()), [], seed=1), InputError, "at least one"),
    "unknown": (lambda: impute(survey(dataset()), "tolt", seed=1), UnknownColumn, "told"),
    "unknown using": (lambda: impute(survey(dataset()), "told", using="agee", seed=1), UnknownColumn, "using="),
    "unknown asked": (lambda: impute(survey(dataset()), "told", asked={"x": "contact"}, seed=1), UnknownColumn, "asked="),
    "weights": (lambda: impute(survey(dataset()), "w", seed=1), InputError, "belongs to the design"),
    "psu": (lambda: impute(survey(dataset()), "i", seed=1), InputError, "belongs to the design"),
    "not asked": (lambda: impute(survey(dataset()), "told", seed=1, kinds=[ek.Missing.NOT_ASKED]), InputError, "NOT_ASKED"),
    "kinds in words": (lambda: impute(survey(dataset()), "told", seed=1, kinds="refused"), InputError, "kinds="),
    "nothing": (lambda: impute(survey(dataset()), "age", seed=1), InputError, "nothing to fill"),
    "one": (lambda: impute(survey(dataset()), "told", seed=1, imputations=1), InputError, "imputations="),
    "no rounds": (lambda: impute(survey(dataset()), "told", seed=1, iterations=0), InputError, "iterations="),
    "seed": (lambda: impute(survey(dataset()), "told", seed=-1), InputError, "seed="),
    "blanks": (lambda: impute(survey(dataset()), "told", seed=1, blanks="drop"), InputError, "blanks="),
    "no answers": (lambda: impute(survey(dataset(frame().assign(hours=-1.0))), "hours", seed=1), EstimationError, "no answers"),
    "names": (
        lambda: impute(survey(frame().assign(place=[f"n{k}" for k in range(239)] + [None])), "place", seed=1, blanks="fill"),
        InputError,
        "239 categories",
    ),
    "few answers": (
        lambda: impute(
            survey(dataset(frame().assign(told=lambda d: d["told"].mask(d.index > 20, 98)))), "told", seed=1, using=("age", "hours")
        ),
        EstimationError,
        "cannot be fitted",
    ),
    "lazy": (lambda: impute(survey(pl.from_pandas(frame()).lazy()), "told", seed=1), InputError, "lazy"),
}


@pytest.mark.parametrize("case", WRONG)
def test_refused(case: str) -> None:
    call, error, words = WRONG[case]
    with pytest.raises(error, match=words):
        call()


SECRET, NUMBER = "Zanzibarella-7f3", 987654321.25


@pytest.mark.parametrize("column", ["age", "told", "hours", "place", "w", "h", "i"])
def test_nothing_leaks(column: str) -> None:
    """A secret in each column is in no message and no repr."""
    heard: list[str] = []
    for value in (SECRET, NUMBER):
        raw = frame(60)
        raw[column] = raw[column].astype(object)
        raw.loc[0, column] = value
        raw[column] = raw[column] if value == SECRET else pd.to_numeric(raw[column], errors="coerce")
        for columns in ("told", "hours", "place", ["hours", column]):
            for using in ((), ("age", column), "place"):
                try:
                    made = impute(survey(dataset(raw)), columns, using=using, imputations=2, iterations=1, seed=1, blanks="fill")
                    heard += [repr(made), repr(ek.weighting.rubin([ek.count(s) for s in made]))]
                except EvidencekitError as error:
                    heard.append("".join(traceback.format_exception(error)))
    for secret in (SECRET, "987654321", "987,654,321", "9.87654"):
        assert secret not in "\n".join(heard).replace(f'SECRET, NUMBER = "{SECRET}"', "")


def test_rows_without_weight_are_left_alone() -> None:
    """Once those who had not taken part were filled in, and counted among the answers that were missing."""
    raw = frame()
    gone = np.random.default_rng(2).random(len(raw)) < 0.3
    raw["result"] = np.where(gone, "out", "done")
    raw.loc[gone, "place"] = None
    raw["hours"] = raw["hours"].astype(float).mask(gone)
    data = dataset(raw)
    kinds = ek.weighting.Dispositions("result", respondent="done", not_contacted="out")
    whole = ek.weighting.adjust_nonresponse(survey(data), kinds, by="h")
    made = impute(whole, ["told", "hours"], using="place", imputations=2, seed=1)  # a blank of theirs is no question
    told = raw["told"].isin([97, 98]) & ~gone
    hours = (raw["hours"] == -1) & ~gone
    said = dict(ek.mean(made[0], "hours").provenance.policies)["imputed"]
    assert said.startswith(f"told in {int(told.sum())} rows, hours in {int(hours.sum())} rows;")
    for s in made:
        got = s.data.frame
        pd.testing.assert_frame_equal(got[gone], raw[gone])
        assert (got["hours"][~gone] >= 0).all()
    answered = raw[~gone]
    part = survey(dataset(answered.assign(w=whole.w[~gone])))  # type: ignore[index]
    alone = impute(part, ["told", "hours"], using="place", imputations=2, seed=1)
    for a, b in zip(made, alone, strict=True):
        pd.testing.assert_frame_equal(a.data.frame[~gone].drop(columns="w"), b.data.frame.drop(columns="w"))
    complete = impute(whole, "hours", imputations=2, seed=1)
    with pytest.raises(InputError, match="nothing to fill"):
        impute(complete[0], "hours", imputations=2, seed=1)


@pytest.mark.parametrize("form", [lambda f: f, pl.from_pandas])
def test_of_two_phases_the_second_is_filled(form: Any) -> None:
    """Once an error about shapes that could not be broadcast."""
    raw = frame()
    raw["inside"] = np.random.default_rng(3).random(len(raw)) < 0.6
    raw["hours"] = raw["hours"].astype(float).where(raw["inside"], np.nan)
    design = ek.TwoPhase(phase1=ek.Stages(weights="w", strata="h", psu="i"), phase2=ek.Stages(), subset="inside")
    whole = ek.Survey(ek.Dataset(form(raw), missing=MISSING), design=design)
    made = impute(whole, "hours", using=("age", "place"), imputations=2, seed=1)
    gap = (raw["hours"] == -1) & raw["inside"]
    for s in made:
        got = nw.from_native(s.data.frame, eager_only=True)["hours"].to_numpy()
        np.testing.assert_array_equal(got[~gap], raw["hours"][~gap])
        assert (got[gap] > 0).all()
        assert s.n == whole.n
        est = ek.mean(s, "hours")
        assert est.counts.n[0] == raw["inside"].sum()
        np.testing.assert_allclose(est.points[0], np.average(got[raw["inside"]], weights=whole.w))
    assert ek.weighting.rubin([ek.mean(s, "hours") for s in made]).estimate.se[0] > 0
    again = ek.weighting.calibrate_to_phase1(made[0], ["contact"])
    assert np.isfinite(ek.mean(again, "hours").se[0])
    with pytest.raises(InputError, match="belongs to the design"):
        impute(whole, "inside", imputations=2, seed=1)
