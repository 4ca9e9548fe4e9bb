"""Two Estimates of the same rows are never taken to be independent, and two samples always may be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import evidencekit as ek

FICTION = ek.fictional.national_survey()
FRAME = FICTION.frame
Y = "any_contact_unwanted"


def survey(data: Any = FRAME, weights: str = "weight", **more: Any) -> ek.Survey:
    return ek.Survey(data, weights=weights, strata="stratum", psu="psu", **more)


def raked(made: ek.Survey) -> ek.Survey:
    return ek.weighting.rake(made, {"sex": {"girl": 0.5, "boy": 0.5}})


OTHERS: dict[str, Callable[[], ek.Survey]] = {
    "raked": lambda: raked(survey()),
    "trimmed twice": lambda: ek.weighting.trim(raked(survey()), upper=900.0),
    "bootstrap": lambda: ek.weighting.bootstrap(survey(), seed=1, replicates=20),
    "raked, then jackknifed": lambda: ek.weighting.jackknife(raked(survey())),
    "another column of weights": lambda: survey(FRAME.assign(w2=FRAME["weight"] ** 0.5), "w2"),
    "without strata": lambda: ek.Survey(FRAME, weights="weight", psu="psu"),
    "another policy": lambda: survey(lonely="adjust"),
    "a column more": lambda: survey(FRAME.assign(more=1)),
    "an answer recoded": lambda: survey(FRAME.assign(**{Y: 1 - FRAME[Y]})),
    "codes taken for missing": lambda: survey(FICTION.data),
    "polars": lambda: survey(pl.from_pandas(FRAME)),
    "pyarrow": lambda: survey(pa.Table.from_pandas(FRAME, preserve_index=False)),
    "lazy": lambda: survey(pl.from_pandas(FRAME).lazy()),
    "no design": lambda: ek.Survey(FRAME, design=ek.survey.NoDesign()),
    "its own replicate weights": lambda: ek.Survey(
        pd.concat([FRAME, ek.weighting.replicate_weights(ek.weighting.jackknife(survey())).drop(columns="weight")], axis=1),
        design=ek.Replicates(weights="weight", columns="repw_", kind="other", scale=1.0),
    ),
    "filled in": lambda: ek.weighting.impute(survey(FICTION.data), "knew_sender", imputations=2, seed=1)[1],
}


@pytest.mark.parametrize("case", OTHERS)
def test_one_sample_is_known_whatever_its_weights(case: str) -> None:
    """Once "raked less unraked" and "bootstrap less Taylor" of one survey had the interval of two independent ones."""
    one, other = ek.mean(survey(), Y), ek.mean(OTHERS[case](), Y)
    for pair in ((one, other), (other, one)):
        with pytest.raises(ek.errors.Refused, match="same survey"):
            ek.difference(*pair)


def test_two_phases_are_of_the_sample_they_were_drawn_from() -> None:
    frame = FRAME.assign(long_form=np.random.default_rng(1).random(len(FRAME)) < 0.4)
    design = ek.TwoPhase(phase1=ek.Stages(weights="weight", strata="stratum", psu="psu"), phase2=ek.Stages(), subset="long_form")
    with pytest.raises(ek.errors.Refused, match="same survey"):
        ek.difference(ek.mean(ek.Survey(frame, design=design), "age"), ek.mean(survey(frame), "age"))


def test_a_statistic_of_ones_own_and_a_difference_know_their_sample() -> None:
    boot = OTHERS["bootstrap"]()
    own = ek.weighting.replicate(boot, lambda w, d: w @ d[Y] / w.sum())
    with pytest.raises(ek.errors.Refused, match="same survey"):
        ek.difference(own, ek.weighting.replicate(ek.weighting.jackknife(survey()), lambda w, d: w @ d[Y] / w.sum()))
    by = ek.mean(survey(), Y, by="sex")
    with pytest.raises(ek.errors.Refused, match="same survey"):
        ek.difference(ek.difference(by, 0, 1), ek.difference(ek.mean(raked(survey()), Y, by="sex"), 0, 1))


def poll(seed: int, n: int = 1000) -> pd.DataFrame:
    return pd.DataFrame({"y": np.random.default_rng(seed).integers(0, 2, n), "w": 5.0, "psu": np.arange(n) // 20})


@pytest.mark.parametrize("psu", [None, "psu"])
def test_two_polls_of_one_size_and_equal_weights_are_two(psu: str | None) -> None:
    """Once they were taken for the same survey."""
    one, two = (ek.mean(ek.Survey(poll(seed), weights="w", psu=psu), "y") for seed in (1, 2))
    assert len(ek.difference(one, two)) == 1
    with pytest.raises(ek.errors.Refused, match="same survey"):
        ek.difference(one, ek.mean(ek.Survey(poll(1), weights="w", psu=psu), "y", where=nw.col("psu") > 3))


def test_three_rounds_pair_by_pair() -> None:
    one, two, three = (ek.mean(ek.Survey(poll(seed), weights="w"), "y") for seed in (1, 2, 3))
    assert len(ek.difference(ek.difference(one, two), ek.difference(three, ek.mean(ek.Survey(poll(4), weights="w"), "y")))) == 1
    with pytest.raises(ek.errors.Refused, match="same survey"):
        ek.difference(ek.difference(one, two), ek.difference(one, three))


def test_marks_are_gone_from_what_is_released() -> None:
    """A digest of rows may not go where only what may be shown goes."""
    assert ek.mean(survey(), Y).provenance.sample
    assert ek.release(ek.mean(survey(), Y)).estimate.provenance.sample == ()


def test_marks_say_nothing_in_words() -> None:
    assert repr(ek.mean(survey(), Y).provenance.sample[0]).startswith("<")


@pytest.mark.parametrize("form", [pl.from_pandas, lambda f: pa.Table.from_pandas(f, preserve_index=False)])
def test_every_kind_of_frame_has_the_same_marks(form: Callable[[Any], Any]) -> None:
    frame = FRAME.assign(day=pd.Timestamp("2026-01-01") + pd.to_timedelta(np.arange(len(FRAME)), "D"), yes=FRAME["age"] > 14)
    frame = frame.assign(some=frame["hours_online"].where(frame["age"] > 13))
    assert survey(frame).sample == survey(form(frame)).sample


def test_values_of_every_kind_have_a_mark() -> None:
    frame = pd.DataFrame(
        {
            "w": [1.0, 2.0, 1.0],
            "y": [0, 1, 1],
            "text": ["a", None, "é"],
            "day": pd.to_datetime(["2024-01-01", None, "2024-01-03"]),
            "kind": pd.Categorical(["x", None, "y"]),
            "list": [[1], [2], None],
            "na": pd.array([1, None, 2], dtype="Int64"),
        }
    )
    one, two = (ek.mean(ek.Survey(made, weights="w"), "y").provenance.sample for made in (frame, frame.copy()))
    assert one == two
    assert len(one[0].columns) == 6
