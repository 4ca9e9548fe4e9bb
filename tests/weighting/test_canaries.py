"""What is passed by mistake may be an answer: no message, cause or context of an error repeats it."""

from __future__ import annotations

import pickle
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import evidencekit as ek
from evidencekit.errors import EvidencekitError, InputError, WeightingError

CANARY = "canary-7731-girl"
W = ek.weighting
ANSWERED = W.Dispositions("result", respondent=1, refused=2)


def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {"sex": [CANARY, "boy"] * 6, "psu": np.repeat(range(6), 2), "w": 2.0, "y": range(12), "result": [1, 1, 2] * 4, "p": 0.5}
    )


def survey(kind: str = "pandas") -> ek.Survey:
    made: Any = {"pandas": lambda f: f, "polars": pl.from_pandas, "pyarrow": pa.Table.from_pandas}[kind](frame())
    return ek.Survey(made, weights="w", psu="psu")


VALUES = frame()["sex"]
MISTAKES: dict[str, Any] = {
    "margins by level": lambda s: W.rake(s, {CANARY: 0.5, "boy": 0.5}),
    "margin of a level": lambda s: W.rake(s, {"sex": {CANARY: 3, "girl": 4}}),
    "covariates": lambda s: W.adjust_propensity(s, ANSWERED, VALUES),
    "balance": lambda s: W.balance(s, s, VALUES.tolist()),
    "probabilities": lambda s: W.base_weights(frame(), probabilities=VALUES.tolist()),
    "classes": lambda s: W.adjust_nonresponse(s, ANSWERED, by=VALUES.tolist()),
    "rates": lambda s: W.response_rates(s, ANSWERED, by=VALUES.tolist()),
    "post-strata": lambda s: W.poststratify(s, tuple(VALUES), {CANARY: 1.0}),
    "rscales": lambda s: ek.Replicates(weights="w", columns="r", kind="JKn", rscales=VALUES),
    "replicate columns": lambda s: ek.Survey(frame(), design=ek.Replicates(weights="w", columns=VALUES.tolist(), kind="JK1")),
    "a condition in words": lambda s: ek.mean(s, "y", where=f"sex == '{CANARY}'"),
    "a condition of another type": lambda s: W.rake(s, {"psu": dict.fromkeys(range(6), 1)}, where=nw.col("sex").cast(nw.Int64) > 1),
    "a name that is a value": lambda s: ek.mean(s, CANARY),
}


@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow"])
@pytest.mark.parametrize("mistake", MISTAKES)
def test_no_error_repeats_what_may_be_an_answer(mistake: str, kind: str) -> None:
    with pytest.raises(EvidencekitError) as caught:
        MISTAKES[mistake](survey(kind))
    seen: BaseException | None = caught.value
    while seen is not None:
        assert CANARY not in str(seen), mistake
        seen = seen.__cause__ or seen.__context__


def test_rows_are_not_pickled() -> None:
    with pytest.raises(InputError, match="not pickled"):
        pickle.dumps(survey().rows)


def test_wide_integers_stay_apart_on_every_engine() -> None:
    """Once three codes beyond 2**53 merged on Polars, and two refusals became respondents."""
    codes = pl.DataFrame({"w": [1.0, 1, 1, 0], "r": [2**60, 2**60 + 1, 2**60 + 2, None]})
    answered = W.Dispositions("r", respondent=2**60, refused=(2**60 + 1, 2**60 + 2))
    made = W.adjust_nonresponse(ek.Survey(codes, weights="w"), answered)
    assert made.w is not None
    assert made.w.tolist() == [3, 0, 0, 0]
    wide = pl.DataFrame({"w": [1.0] * 4, "y": [1.0, 2, 3, 4], "r": pl.Series([2**70, 2, None, 2], dtype=pl.Int128)})
    assert ek.mean(ek.Survey(wide, weights="w"), "y", by="r").points.tolist() == [3, 1]


def test_samples_that_a_covariate_tells_apart_are_refused() -> None:
    """Once the weights came out as next to nothing, without a word."""
    reference = ek.Survey(pd.DataFrame({"age": [12, 13, 14] * 10, "w": 50.0}), weights="w")
    panel = ek.Survey(pd.DataFrame({"age": [16, 17] * 10}), design=ek.survey.NoDesign())
    for method in ("odds", "chen-li-wu"):
        with pytest.raises(WeightingError, match="found in one sample only"):
            W.quasi_randomise(panel, reference, ["age"], method=method)


def test_rows_without_a_weight_stand_for_nobody() -> None:
    reference = ek.Survey(pd.DataFrame({"sex": ["girl", "boy"] * 5, "w": [20.0, 0.0] * 5}), weights="w")
    panel = ek.Survey(pd.DataFrame({"sex": ["girl", "boy"] * 5}), design=ek.survey.NoDesign())
    with pytest.raises(WeightingError, match="1 of its levels are only in the sample"):
        W.quasi_randomise(panel, reference, ["sex"])
    homes = pd.DataFrame({"w": [50.0, 50.0, 0.0, 0.0], "both": [0, 0, 1, None], "y": 1.0})
    schools = pd.DataFrame({"w": [30.0] * 3, "both": [1, 1, 0], "y": 1.0})
    with pytest.raises(WeightingError, match="Nobody in sample 'A' is in the overlap"):
        W.dual_frame(ek.Survey(homes, weights="w"), ek.Survey(schools, weights="w"), overlap="both")


def test_balance_without_a_difference_to_look_at_says_so() -> None:
    reference = ek.Survey(pd.DataFrame({"age": [15.0] * 6, "w": 2.0}), weights="w")
    panel = ek.Survey(pd.DataFrame({"age": [14.0, 16.0, 17.0]}), design=ek.survey.NoDesign())
    assert np.isnan(W.balance(panel, reference, ["age"]).worst).all()


def test_one_answer_without_a_design_is_described() -> None:
    est = ek.mean(ek.Survey(pd.DataFrame({"y": [3.0]}), design=ek.survey.NoDesign()), "y")
    assert est.points.tolist() == [3]
    assert est.flags == ("no design: self-selected",)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"psu": "nosuch"}, "name in psu= is not a column"),
        ({"psu": 5}, "psu= takes a column name"),
        ({"columns": ["r1", "r1"]}, "names a column twice"),
        ({"columns": ["w", "r1"]}, "or the full-sample weight"),
        ({"rscales": [0, 0, 0]}, "not all 0"),
    ],
)
def test_replicates_that_cannot_be(options: dict[str, Any], said: str) -> None:
    data = frame().assign(r1=2.0, r2=2.0, r3=2.0)
    with pytest.raises(InputError, match=said):
        ek.Survey(data, design=ek.Replicates(**({"weights": "w", "columns": "r", "kind": "JK1"} | options)))


def test_a_label_that_is_the_code_of_another_level_is_not_used() -> None:
    """Once a total for "b" went to "a", whose label is "b", as well; and a refusal became a respondent."""
    data = ek.Dataset(pd.DataFrame({"w": 1.0, "g": ["a", "b"] * 5}), value_labels={"g": {"a": "b", "b": "c"}})
    held = ek.Survey(data, weights="w")
    made = W.rake(held, {"g": {"a": 300, "b": 700}})
    assert made.w is not None
    assert made.w[:2].tolist() == pytest.approx([60, 140])
    with pytest.raises(WeightingError, match="totals have no rows"):
        W.rake(held, {"g": {"b": 300, "zzz": 700}})
    with pytest.raises(InputError, match="labels that were given no kind"):
        W.adjust_nonresponse(held, W.Dispositions("g", respondent="b"))


def test_a_survey_whose_weights_are_all_nought_has_no_report() -> None:
    held = ek.Survey(frame().assign(w=1.0), weights="w", psu="psu")
    with pytest.raises(InputError, match="weights other than 0"):
        W.report(held.reweighted(np.zeros(12)))
